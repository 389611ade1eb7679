"""A line's rounds of one hour in one row: counts, and round-trip times as a histogram that can be merged. Pure.

The histogram's bounds are powers of ``2^(1/8)``: bucket ``i`` holds times in ``[2^(i/8), 2^((i+1)/8))`` seconds, so a
quantile read from it is off by at most 4.5 % and never outside of what was measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from math import ceil, floor, log2
from typing import Any

from monitor.faults.observation import Observation, Outcome
from monitor.store.errors import Unreadable

HOUR = timedelta(hours=1)
PER_DOUBLING = 8
P50, P95, P99 = 0.5, 0.95, 0.99  # the quantiles kept
SHORTEST = 1e-6  # seconds; what is measured as less, by clocks that disagree, counts as this

Buckets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """One hour of one line. Times are seconds; ``echoes`` is how many were timed; ``buckets`` ascend."""

    line: str
    hour: datetime
    good: int = 0
    bad: int = 0
    error: int = 0
    sent: int = 0
    received: int = 0
    echoes: int = 0
    rtt_sum: float = 0.0
    rtt_min: float | None = None
    rtt_max: float | None = None
    buckets: Buckets = ()

    @property
    def rtt_mean(self) -> float | None:
        """The mean round-trip time; None where nothing was timed."""
        return self.rtt_sum / self.echoes if self.echoes else None

    def quantile(self, share: float) -> float | None:
        """Return the time that ``share`` of the echoes did not exceed (the middle of its bucket, by ratio)."""
        if self.rtt_min is None or self.rtt_max is None:
            return None
        rank, seen = rank_of(share, self.echoes), 0
        for index, count in self.buckets:
            seen += count
            if seen >= rank:
                return min(self.rtt_max, max(self.rtt_min, middle_of(index)))
        return self.rtt_max

    def merged(self, other: Rollup) -> Rollup:
        """Return both together, under this one's line and hour."""
        counts = dict(self.buckets)
        for index, count in other.buckets:
            counts[index] = counts.get(index, 0) + count
        return replace(
            self,
            good=self.good + other.good,
            bad=self.bad + other.bad,
            error=self.error + other.error,
            sent=self.sent + other.sent,
            received=self.received + other.received,
            echoes=self.echoes + other.echoes,
            rtt_sum=self.rtt_sum + other.rtt_sum,
            rtt_min=min((rtt for rtt in (self.rtt_min, other.rtt_min) if rtt is not None), default=None),
            rtt_max=max((rtt for rtt in (self.rtt_max, other.rtt_max) if rtt is not None), default=None),
            buckets=tuple(sorted(counts.items())),
        )


def columns(rollup: Rollup) -> dict[str, Any]:
    """Return an hour's row of the table ``hourly``, with the figures that follow from the others."""
    return {
        "line": rollup.line,
        "hour": rollup.hour,
        "good": rollup.good,
        "bad": rollup.bad,
        "error": rollup.error,
        "sent": rollup.sent,
        "received": rollup.received,
        "echoes": rollup.echoes,
        "rtt_sum": rollup.rtt_sum,
        "rtt_min": rollup.rtt_min,
        "rtt_mean": rollup.rtt_mean,
        "rtt_max": rollup.rtt_max,
        "rtt_p50": rollup.quantile(P50),
        "rtt_p95": rollup.quantile(P95),
        "rtt_p99": rollup.quantile(P99),
        "buckets": buckets_json(rollup.buckets),
    }


def bucket_of(rtt: float) -> int:
    """Return the bucket that a time in seconds falls into."""
    return floor(log2(rtt if rtt > SHORTEST else SHORTEST) * PER_DOUBLING)


@cache
def middle_of(bucket: int) -> float:
    """Return the middle of a bucket, by ratio, in seconds."""
    middle: float = 2 ** ((bucket + 0.5) / PER_DOUBLING)
    return middle


def rank_of(share: float, echoes: int) -> int:
    """Return which of so many echoes, from the shortest, is the first that ``share`` of them did not exceed."""
    return max(1, ceil(share * echoes))


def buckets_json(buckets: Buckets) -> str:
    """Return buckets as compact JSON, ``[index, count, index, count, …]``."""
    return json.dumps([number for bucket in buckets for number in bucket], separators=(",", ":"))


def buckets_of(text: str) -> Buckets:
    """Return the buckets of their JSON; raises `Unreadable`."""
    try:
        flat = [int(number) for number in json.loads(text)]
        return tuple(zip(flat[::2], flat[1::2], strict=True))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Unreadable(f"a histogram of round-trip times is malformed: {text[:80]}") from error


class _Hour:
    """One line's running hour."""

    __slots__ = (
        "bad",
        "buckets",
        "dirty",
        "echoes",
        "error",
        "good",
        "hour",
        "longest",
        "received",
        "sent",
        "shortest",
        "total",
        "until",
    )

    def __init__(self, hour: datetime) -> None:
        self.hour = hour
        self.until = hour + HOUR
        self.good = self.bad = self.error = self.sent = self.received = self.echoes = 0
        self.total = 0.0
        self.shortest: float | None = None
        self.longest: float | None = None
        self.buckets: dict[int, int] = {}
        self.dirty = True


class Rollups:
    """The running hour of each line, and the hours finished since they were last taken."""

    def __init__(self, resumed: Iterable[Rollup] = ()) -> None:
        """Begin with nothing, or go on with the running hours of another run."""
        self._hours: dict[str, _Hour] = {}
        self._finished: list[Rollup] = []
        for rollup in resumed:
            self._hours[rollup.line] = _resumed(rollup)

    def add(self, observation: Observation) -> None:
        """Take one round of a line."""
        hour = self._hours.get(observation.subject)
        if hour is None or observation.at >= hour.until:
            hour = self._begin(observation.subject, observation.at, hour)
        hour.dirty = True
        hour.sent += observation.sent
        hour.received += observation.received
        if observation.outcome is Outcome.GOOD:
            hour.good += 1
        elif observation.outcome is Outcome.BAD:
            hour.bad += 1
        else:
            hour.error += 1
        if observation.rtts:
            _time(hour, observation.rtts)

    def take_finished(self) -> tuple[Rollup, ...]:
        """Return the hours finished since the last call."""
        finished, self._finished = tuple(self._finished), []
        return finished

    def take_running(self, line: str) -> Rollup | None:
        """Return a line's running hour, or None where it holds nothing new."""
        hour = self._hours.get(line)
        if hour is None or not hour.dirty:
            return None
        hour.dirty = False
        return _rollup(line, hour)

    def _begin(self, line: str, at: datetime, before: _Hour | None) -> _Hour:
        if before is not None and before.dirty:
            self._finished.append(_rollup(line, before))
        hour = self._hours[line] = _Hour(at.astimezone(UTC).replace(minute=0, second=0, microsecond=0))
        return hour


def _time(hour: _Hour, rtts: tuple[float, ...]) -> None:
    buckets = hour.buckets
    for rtt in rtts:
        index = bucket_of(rtt)
        buckets[index] = buckets.get(index, 0) + 1
        hour.total += rtt
    hour.echoes += len(rtts)
    shortest, longest = min(rtts), max(rtts)
    if hour.shortest is None or shortest < hour.shortest:
        hour.shortest = shortest
    if hour.longest is None or longest > hour.longest:
        hour.longest = longest


def _rollup(line: str, hour: _Hour) -> Rollup:
    return Rollup(
        line=line,
        hour=hour.hour,
        good=hour.good,
        bad=hour.bad,
        error=hour.error,
        sent=hour.sent,
        received=hour.received,
        echoes=hour.echoes,
        rtt_sum=hour.total,
        rtt_min=hour.shortest,
        rtt_max=hour.longest,
        buckets=tuple(sorted(hour.buckets.items())),
    )


def _resumed(rollup: Rollup) -> _Hour:
    hour = _Hour(rollup.hour)
    hour.good, hour.bad, hour.error = rollup.good, rollup.bad, rollup.error
    hour.sent, hour.received, hour.echoes = rollup.sent, rollup.received, rollup.echoes
    hour.total, hour.shortest, hour.longest = rollup.rtt_sum, rollup.rtt_min, rollup.rtt_max
    hour.buckets = dict(rollup.buckets)
    hour.dirty = False
    return hour
