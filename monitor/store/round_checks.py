"""Whether the rounds on record can have been measured: stretches by their order, hours by the stretches.

The ledger holds no round. What is kept of them is held together in itself: the stretches of a line have numbers
without a gap, follow one another in time, and are as long as they can be; an hour's counts are those of the stretches
in it. Of the oldest, what is not kept for so long is gone (`Store.forget_rounds`): each then begins later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from monitor.faults.observation import Outcome
from monitor.store import tables
from monitor.store.findings import Report, What
from monitor.store.stretches import Stretch, Target
from monitor.store.walking import walk

Key = tuple[str, str]
OUTCOMES, TARGETS = frozenset(Outcome), frozenset(Target)


class RoundChecks:
    """Stretches, closed and open, by target and subject. ``open`` are those that read."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report
        self.open: dict[Key, Stretch] = {}

    def check(self, judged_at: datetime | None) -> None:
        """Look at all of them; no round is later than the last instant judged."""
        for row in walk(self._connection, tables.open_stretch, self._unreadable("open_stretch")):
            self.open[row.target, row.subject] = Stretch(*row)
        closed = (Stretch(*row) for row in walk(self._connection, tables.stretch, self._unreadable("stretch")))
        met: set[Key] = set()
        for key, several in groupby(closed, key=lambda each: (each.target, each.subject)):
            met.add(key)
            self._in_order(key, several)
        for key, stretch in self.open.items():
            if key not in met:
                self._own(stretch)
            if judged_at is None or stretch.last_at > judged_at:
                self._found(stretch, f"goes on to {stretch.last_at}, after the last instant judged, {judged_at}")

    def _in_order(self, key: Key, closed: Iterable[Stretch]) -> None:
        before: Stretch | None = None
        for stretch in self._with_open(key, closed):
            self._own(stretch)
            if before is not None:
                self._follows(before, stretch)
            before = stretch

    def _with_open(self, key: Key, closed: Iterable[Stretch]) -> Iterator[Stretch]:
        last: Stretch | None = None
        for last in closed:
            yield last
        if key in self.open:
            yield self.open[key]
        elif last is not None:
            self._found(last, "is followed by none that is open")

    def _own(self, stretch: Stretch) -> None:
        """Look at what a stretch says of itself."""
        for wrong in own_slips(stretch):
            self._found(stretch, wrong)

    def _follows(self, before: Stretch, stretch: Stretch) -> None:
        if stretch.number != before.number + 1:
            self._found(stretch, f"follows number {before.number}: one is missing or too many")
            return
        gap = stretch.first_at - before.last_at
        if gap < timedelta():
            self._found(stretch, f"begins at {stretch.first_at}, before number {before.number} ends, {before.last_at}")
        elif stretch.outcome == before.outcome and _joined(before, gap):
            self._found(stretch, f"goes on where number {before.number} ends, in the same way: they would be one")

    def _found(self, stretch: Stretch, wrong: str) -> None:
        self._report.add(What.ROUNDS, None, f"the stretch {named(stretch)} {wrong}")

    def _unreadable(self, table: str) -> Any:
        return lambda key, why: self._report.add(What.ROUNDS, None, f"the row {key} of {table} does not read: {why}")


def named(stretch: Stretch) -> str:
    """Return a stretch's key for people."""
    return f"{stretch.number} of {stretch.target} {stretch.subject}"


def own_slips(stretch: Stretch) -> Iterator[str]:
    """Go through what cannot be in a stretch, whatever is around it."""
    if stretch.target not in TARGETS or stretch.outcome not in OUTCOMES:
        yield f"is of the target {stretch.target} and the outcome {stretch.outcome}: there are no such"
    if stretch.number < 1 or stretch.rounds < 1 or stretch.step_s < 0 or stretch.first_at.microsecond:
        yield "has a number, rounds, step or beginning that cannot be"
        return
    if stretch.rounds == 1 and stretch.step_s:
        yield f"has one round and yet a step of {stretch.step_s} s"
    try:
        ends = stretch.first_at + timedelta(seconds=stretch.step_s * (stretch.rounds - 1))
    except OverflowError:
        yield f"has {stretch.rounds} rounds {stretch.step_s} s apart, more than there is time for"
        return
    if ends != stretch.last_at:
        yield f"ends at {stretch.last_at}; {stretch.rounds} rounds {stretch.step_s} s apart end at {ends}"


def _joined(before: Stretch, gap: timedelta) -> bool:
    """Tell whether a like round after ``gap`` would have gone on a stretch (`Stretches.add`)."""
    return gap == timedelta(seconds=before.step_s) or (before.rounds == 1 and gap > timedelta())
