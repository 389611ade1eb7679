"""Whether the hourly roll-ups are those of the rounds on record, and their figures those of their histograms.

1. Means and quantiles follow from sums and histogram; every timed echo is in the histogram, and came back.
2. Good, bad and failed rounds are those of the line's stretches, as far back as these go.

Two differences are no fault. An hour is written when it ends, the round that a quiet line's stretch ends with within a
minute of that: until then, and for good after a crash in that minute, the hour knows of good rounds more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, groupby
from operator import add, itemgetter
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.faults.observation import Outcome
from monitor.store import tables
from monitor.store.errors import Unreadable
from monitor.store.findings import Report, What
from monitor.store.hour_figures import slips, sound
from monitor.store.instant import EPOCH
from monitor.store.remembered import rollup_of
from monitor.store.rollups import HOUR, Rollup
from monitor.store.round_checks import Key, own_slips
from monitor.store.rows import parts
from monitor.store.stretches import SECOND, Stretch, Target
from monitor.store.walking import pages, read, walk

SWEPT_WITHIN = timedelta(minutes=3)  # `measurements.SWEEP`, and a commit that was late
OUTCOMES = [Outcome.GOOD.value, Outcome.BAD.value, Outcome.ERROR.value]
TOGETHER = 50  # hours looked at together: one that is not sound, as in an outage, has as many looked at singly
ROUNDS = slice(2, 5)  # the columns of a row that count them
Rounds = tuple[int, ...]


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
        met: set[str] = set()
        for line, found in groupby(self._parts(), key=itemgetter(0)):
            met.add(line)
            counts = _Counts(self._stretches(line, open_ones))
            for _, numbers, rows in found:
                if numbers is None or not counts.agree(numbers, [row[ROUNDS] for row in rows]):
                    for row in rows:
                        self._look(row, counts)
            self._complete(line, counts, oldest)
        if oldest is not None:
            for target, line in open_ones:
                if target == Target.LINE.value and line not in met:
                    self._complete(line, _Counts(self._stretches(line, open_ones)), oldest)

    def _parts(self) -> Iterator[tuple[str, list[int] | None, list[Any]]]:
        """Go through all rows, some of a line at once, with the numbers of their hours if all are sound."""
        for some in parts(chain.from_iterable(pages(self._connection, tables.hourly)), TOGETHER):
            numbers, done = sound(some), 0
            for line, several in groupby(some, key=itemgetter(0)):
                rows = list(several)
                yield str(line), None if numbers is None else numbers[done : done + len(rows)], rows
                done += len(rows)

    def _look(self, kept: Any, counts: _Counts) -> None:
        """Find out what is wrong with an hour, if anything is."""
        row = read(tables.hourly, kept, self._unreadable)
        if row is None:
            return
        if counts.last_at is None:  # an open stretch is never forgotten
            self._found(row.line, row.hour, "no round of that line is on record")
        self._hour(row, counts)

    def _hour(self, row: Any, counts: _Counts) -> None:
        try:
            rollup = rollup_of(row)
        except Unreadable as error:
            self._found(row.line, row.hour, str(error))
            return
        for wrong in (*slips(row, rollup), *self._against(rollup, counts)):
            self._found(row.line, row.hour, wrong)

    def _against(self, rollup: Rollup, counts: _Counts) -> Iterator[str]:
        """Go through what differs from the stretches."""
        hour = (rollup.hour - EPOCH) // HOUR
        if not counts.cover(hour):
            return
        said = (rollup.good, rollup.bad, rollup.error)
        for outcome, number, found in zip(OUTCOMES, said, counts.take(hour), strict=True):
            more = number - found
            late = outcome == Outcome.GOOD.value and more > 0 and self._may_lack(rollup.hour, counts)
            if more and not late:
                yield f"{outcome} is {number}, the stretches hold {found}"

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
    """A line's rounds by the number of their hour and by outcome, as far back as its stretches go."""

    def __init__(self, stretches: list[Stretch]) -> None:
        self.last_at = stretches[-1].last_at if stretches else None
        self._whole = bool(stretches) and stretches[0].number == 1
        self._first = -((EPOCH - stretches[0].first_at) // HOUR) if stretches else None
        self._hours: dict[int, Rounds] = {}
        for stretch in stretches:
            for hours, rounds in by_hour(stretch):
                self._add(hours, rounds, stretch.outcome)

    def _add(self, hours: range, rounds: int, outcome: str) -> None:
        alone = tuple(rounds if outcome == each else 0 for each in OUTCOMES)
        shared = [hour for hour in (hours[0], hours[-1]) if hour in self._hours]
        more = {hour: tuple(map(add, self._hours[hour], alone)) for hour in shared}
        self._hours.update(dict.fromkeys(hours, alone) | more)

    def agree(self, hours: Sequence[int], said: Sequence[Rounds]) -> bool:
        """Tell whether hours, in order, have the rounds that are said, and leave them out from then on if so."""
        if self._first is None or self.cover(hours[0]) != self.cover(hours[-1]):
            return False
        if self.cover(hours[0]):
            if [*map(self._hours.get, hours)] != said:
                return False
            for hour in hours:
                del self._hours[hour]
        return True

    def cover(self, hour: int) -> bool:
        """Tell whether all rounds of an hour are in the stretches."""
        return self._whole or (self._first is not None and self._first <= hour)

    def take(self, hour: int) -> Rounds:
        """Return an hour's rounds by outcome, and leave them out from then on."""
        return self._hours.pop(hour, (0, 0, 0))

    def left(self, oldest: datetime | None) -> list[datetime]:
        """Return the hours that were not taken and lie behind ``oldest``."""
        kept = [EPOCH + hour * HOUR for hour in self._hours if self.cover(hour)]
        return [] if oldest is None else [hour for hour in kept if hour >= oldest]


def by_hour(stretch: Stretch) -> Iterator[tuple[range, int]]:
    """Go through the hours of a stretch, by their numbers since 1970, with how many of its rounds are in each."""
    first, step, rounds = (stretch.first_at - EPOCH) // SECOND, stretch.step_s, stretch.rounds
    hour, counted = first // 3600, 0
    if not step:
        yield range(hour, hour + 1), rounds
        return
    while counted < rounds:
        until = (hour + 1) * 3600 - first
        reached = min(rounds, -(-until // step))
        if reached > counted:
            yield range(hour, hour + 1), reached - counted
        counted, hour = reached, hour + 1
        alike = 0 if 3600 % step else (rounds - counted) * step // 3600
        if alike:  # the hours between the first and the last have the same
            yield range(hour, hour + alike), 3600 // step
            counted, hour = counted + alike * 3600 // step, hour + alike
