"""Whether the hourly roll-ups are those of the rounds on record, and their figures those of their histograms.

1. Means and quantiles follow from sums and histogram; every timed echo is in the histogram, and came back.
2. Good, bad and failed rounds are those of the line's stretches, as far back as these go.

Two differences are no fault. An hour is written when it ends, the round that a quiet line's stretch ends with within a
minute of that: until then, and for good after a crash in that minute, the hour knows of good rounds more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from math import isclose
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.faults.observation import Outcome
from monitor.store import tables
from monitor.store.errors import Unreadable
from monitor.store.findings import Report, What
from monitor.store.remembered import rollup_of
from monitor.store.rollups import HOUR, Rollup, bucket_of, columns
from monitor.store.round_checks import Key, own_slips
from monitor.store.stretches import Stretch, Target
from monitor.store.walking import walk

SWEPT_WITHIN = timedelta(minutes=3)  # `measurements.SWEEP`, and a commit that was late
NEARLY = 1e-9  # of a sum of floating-point numbers


class HourChecks:
    """Hours, line by line."""

    def __init__(
        self, connection: Connection, report: Report, crashes: Collection[datetime], judged_at: datetime | None
    ) -> None:
        """``crashes`` are the last instants judged of runs that did not end in order, ``judged_at`` of this one."""
        self._connection, self._report = connection, report
        self._crashes, self._judged_at = crashes, judged_at

    def check(self, open_ones: Mapping[Key, Stretch]) -> None:
        """Compare all hours; ``open_ones`` are the open stretches."""
        oldest = self._oldest()
        rows = walk(self._connection, tables.hourly, self._unreadable)
        met: set[str] = set()
        for line, several in groupby(rows, key=lambda row: str(row.line)):
            met.add(line)
            counts = _Counts(self._stretches(line, open_ones))
            for row in several:
                if counts.last_at is None:  # an open stretch is never forgotten
                    self._found(line, row.hour, "no round of that line is on record")
                self._hour(row, counts)
            self._complete(line, counts, oldest)
        if oldest is not None:
            for target, line in open_ones:
                if target == Target.LINE.value and line not in met:
                    self._complete(line, _Counts(self._stretches(line, open_ones)), oldest)

    def _hour(self, row: Any, counts: _Counts) -> None:
        try:
            rollup = rollup_of(row)
        except Unreadable as error:
            self._found(row.line, row.hour, str(error))
            return
        for wrong in (*_own_slips(row, rollup), *self._against(rollup, counts)):
            self._found(row.line, row.hour, wrong)

    def _against(self, rollup: Rollup, counts: _Counts) -> Iterator[str]:
        """Go through what differs from the stretches."""
        if not counts.cover(rollup.hour):
            return
        found = counts.take(rollup.hour)
        said = {Outcome.GOOD: rollup.good, Outcome.BAD: rollup.bad, Outcome.ERROR: rollup.error}
        for outcome, number in said.items():
            more = number - found[outcome.value]
            late = outcome is Outcome.GOOD and more > 0 and self._may_lack(rollup.hour, counts)
            if more and not late:
                yield f"{outcome.value} is {number}, the stretches hold {found[outcome.value]}"

    def _may_lack(self, hour: datetime, counts: _Counts) -> bool:
        """Tell whether an hour's last good rounds may be in no stretch, yet or for good."""
        end = hour + HOUR
        ended = self._judged_at is not None and end <= self._judged_at
        waits = ended and counts.last_at is not None and counts.last_at < end
        return waits or any(end <= at < end + SWEPT_WITHIN for at in self._crashes)

    def _complete(self, line: str, counts: _Counts, oldest: datetime | None) -> None:
        """Look for rounds of which no hour tells."""
        for hour in counts.left(oldest):
            self._found(line, hour, "is missing: there are rounds in it")

    def _oldest(self) -> datetime | None:
        """Return from when on every hour is kept: of the oldest, some may be forgotten already."""
        try:
            found: datetime | None = self._connection.execute(select(func.min(tables.hourly.c.hour))).scalar()
        except (TypeError, ValueError, OverflowError):
            return None  # it is named by the walk
        return None if found is None else found + HOUR

    def _stretches(self, line: str, open_ones: Mapping[Key, Stretch]) -> list[Stretch]:
        rows = walk(self._connection, tables.stretch, lambda _, __: None, target=Target.LINE.value, subject=line)
        found = [Stretch(*row) for row in rows]
        if (Target.LINE.value, line) in open_ones:
            found.append(open_ones[Target.LINE.value, line])
        ends = self._judged_at
        # others are named already
        return [each for each in found if ends is not None and each.last_at <= ends and not [*own_slips(each)]]

    def _found(self, line: str, hour: datetime, wrong: str) -> None:
        self._report.add(What.ROUNDS, None, f"the hour {hour} of line {line} in hourly: {wrong}")

    def _unreadable(self, key: tuple[Any, ...], why: str) -> None:
        self._report.add(What.ROUNDS, None, f"the row {key} of hourly does not read: {why}")


class _Counts:
    """A line's rounds by hour and outcome, as far back as its stretches go."""

    def __init__(self, stretches: list[Stretch]) -> None:
        self.last_at = stretches[-1].last_at if stretches else None
        self._whole = bool(stretches) and stretches[0].number == 1
        self._first_at = stretches[0].first_at if stretches else None
        self._hours: dict[datetime, Counter[str]] = {}
        for stretch in stretches:
            for hour, rounds in by_hour(stretch):
                self._hours.setdefault(hour, Counter())[stretch.outcome] += rounds

    def cover(self, hour: datetime) -> bool:
        """Tell whether all rounds of an hour are in the stretches."""
        return self._whole or (self._first_at is not None and self._first_at <= hour)

    def take(self, hour: datetime) -> Counter[str]:
        """Return an hour's rounds by outcome, and leave them out from then on."""
        return self._hours.pop(hour, Counter())

    def left(self, oldest: datetime | None) -> list[datetime]:
        """Return the hours that were not taken and lie behind ``oldest``."""
        return [] if oldest is None else [hour for hour in self._hours if hour >= oldest and self.cover(hour)]


def by_hour(stretch: Stretch) -> Iterator[tuple[datetime, int]]:
    """Go through the hours of a stretch with how many of its rounds are in each."""
    hour = stretch.first_at.replace(minute=0, second=0, microsecond=0)
    if not stretch.step_s:
        yield hour, stretch.rounds
        return
    counted = 0
    while counted < stretch.rounds:
        until = int((hour + HOUR - stretch.first_at).total_seconds())
        reached = min(stretch.rounds, -(-until // stretch.step_s))
        if reached > counted:
            yield hour, reached - counted
        counted, hour = reached, hour + HOUR


def _own_slips(row: Any, rollup: Rollup) -> Iterator[str]:
    """Go through what cannot be in an hour, whatever its stretches say."""
    if min(rollup.good, rollup.bad, rollup.error) < 0 or not 0 <= rollup.echoes <= rollup.received <= rollup.sent:
        yield "a count cannot be"
    if rollup.hour.minute or rollup.hour.second or rollup.hour.microsecond:
        yield "it begins at no full hour"
    if sum(count for _, count in rollup.buckets) != rollup.echoes:
        yield f"echoes is {rollup.echoes}, which is not what buckets holds"
        return
    if rollup.echoes and not _in_buckets(rollup):
        yield "rtt_min, rtt_max or rtt_sum does not fit the times in buckets"
        return
    for name, wanted in columns(rollup).items():
        if not _same(getattr(row, name), wanted):
            yield f"{name} is {getattr(row, name)}, not {wanted}"


def _same(kept: Any, wanted: Any) -> bool:
    """Compare figures; powers of two differ in their last bit from one machine to another."""
    if isinstance(kept, float) and isinstance(wanted, float):
        return isclose(kept, wanted, rel_tol=NEARLY)
    return bool(kept == wanted)


def _in_buckets(rollup: Rollup) -> bool:
    shortest, longest, total = rollup.rtt_min, rollup.rtt_max, rollup.rtt_sum
    if shortest is None or longest is None:
        return False
    ends = bucket_of(shortest), bucket_of(longest)
    slack = NEARLY * max(1.0, abs(total))
    fits = rollup.echoes * shortest - slack <= total <= rollup.echoes * longest + slack
    return fits and ends == (rollup.buckets[0][0], rollup.buckets[-1][0])
