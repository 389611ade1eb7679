"""A line that answers, but badly (section 12 of the fault rules). Pure; a `Quality` is the memory of one line.

Rounds are gathered in fifteen buckets of the rule's time, and judged whenever a bucket is full: the share of echoes
lost, and the mean round-trip time against three times the line's baseline, the median of its hourly means in the last
seven days. A confirmed outage is no degradation: what was gathered is dropped.
"""

from __future__ import annotations

from array import array
from collections import deque
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from monitor.faults.observation import Observation
from monitor.faults.terms import Cause
from monitor.policy import DegradationRule

BUCKETS = 15
ENOUGH = 12  # buckets with any round in them, below which nothing is said
HOUR = timedelta(hours=1)
HOURS = 7 * 24
HOURS_ENOUGH = 6  # hourly means below which there is no baseline


def never_told(interval: timedelta) -> timedelta:
    """Return the time over which rounds an interval apart can fill no more than `ENOUGH` - 1 buckets: none is told."""
    return (ENOUGH - 1) * interval


class Bucket(NamedTuple):
    """Echoes of a fifteenth of the rule's time; ``rtt_sum`` in seconds over ``timed`` echoes."""

    sent: int = 0
    received: int = 0
    rtt_sum: float = 0.0
    timed: int = 0


EMPTY = Bucket()


class Quality:
    """What is known of how well one line answers; the sums are those over the window."""

    __slots__ = ("baseline", "bucket", "hour", "hours", "received", "seen", "sent", "until", "window")

    def __init__(self) -> None:
        """Begin knowing nothing."""
        self.hour: tuple[datetime, float, int] | None = None
        self.hours = array("d")
        self.baseline: float | None = None
        self.drop()

    def __eq__(self, other: object) -> bool:
        """Tell whether both know the same."""
        names = self.__slots__
        return isinstance(other, Quality) and all(getattr(self, name) == getattr(other, name) for name in names)

    def copy(self) -> Quality:
        """Return one that does not follow what happens later."""
        copied = Quality()
        for name in self.__slots__:
            setattr(copied, name, getattr(self, name))
        copied.window, copied.hours = self.window.copy(), self.hours[:]
        return copied

    __hash__ = None  # type: ignore[assignment]  # it changes

    def remember(self, hourly_means: list[float]) -> None:
        """Take the hourly mean round-trip times (seconds) of the last seven days, from the oldest."""
        self.hours = array("d", hourly_means[-HOURS:])
        self._median()

    def drop(self) -> None:
        """Forget what was gathered of the rule's time: an outage was confirmed."""
        self.until: datetime | None = None
        self.window: deque[Bucket] = deque()
        self.bucket = EMPTY
        self.sent = self.received = self.seen = 0

    def take(self, observation: Observation, rule: DegradationRule) -> bool:
        """Take an accepted round of a line that is not down; tell whether a bucket was filled: then judge."""
        at, filled = observation.at, False
        if self.until is None or at >= self.until:
            filled = self._turn(at, rule.lasting / BUCKETS)
        sent, received, rtt_sum, timed = self.bucket
        rtts = observation.rtts
        if rtts:
            total = sum(rtts)
            rtt_sum, timed = rtt_sum + total, timed + len(rtts)
            self._time(at, total, len(rtts))
        self.bucket = Bucket(sent + observation.sent, received + observation.received, rtt_sum, timed)
        return filled

    @property
    def telling(self) -> bool:
        """Tell whether enough was seen over the rule's time to judge at all."""
        return len(self.window) == BUCKETS and self.seen >= ENOUGH

    def judge(self, rule: DegradationRule) -> Cause | None:
        """Tell what is bad over the rule's time that lies behind; None where nothing is."""
        lost = self.sent - self.received
        if lost and lost >= rule.loss * self.sent:
            return Cause.LOSS
        if self.baseline is None:
            return None
        timed = sum(bucket.timed for bucket in self.window)
        mean = sum(bucket.rtt_sum for bucket in self.window) / timed if timed else 0.0
        return Cause.RTT if mean > float(rule.rtt_factor) * self.baseline else None

    def _turn(self, at: datetime, length: timedelta) -> bool:
        """Close the bucket that is over, with empty ones for the time in which nothing was seen."""
        if self.until is None:
            self.until = at + length
            return False
        missed = (at - self.until) // length
        if missed >= BUCKETS:
            self.drop()
            self.until = at + length
            return False
        self._close(self.bucket)
        for _ in range(missed):
            self._close(EMPTY)
        self.bucket = EMPTY
        self.until += (missed + 1) * length
        return True

    def _close(self, bucket: Bucket) -> None:
        self.window.append(bucket)
        self.sent += bucket.sent
        self.received += bucket.received
        self.seen += bucket.sent > 0
        if len(self.window) > BUCKETS:
            gone = self.window.popleft()
            self.sent -= gone.sent
            self.received -= gone.received
            self.seen -= gone.sent > 0

    def _time(self, at: datetime, total: float, timed: int) -> None:
        if self.hour is None:
            self.hour = (at + HOUR, total, timed)
            return
        until, so_far, count = self.hour
        if at < until:
            self.hour = (until, so_far + total, count + timed)
            return
        self.hours.append(so_far / count)
        del self.hours[:-HOURS]
        self._median()
        self.hour = (at + HOUR, total, timed)

    def _median(self) -> None:
        self.baseline = median(self.hours) if len(self.hours) >= HOURS_ENOUGH else None
