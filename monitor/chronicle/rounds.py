"""Where the rounds of a line or reference begin, and how they are cut. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from monitor.faults.observation import Outcome
from monitor.inventory.model import Line
from monitor.sla.spans import Spans
from monitor.store.stretches import Stretch


def begun_well(rounds: Sequence[Stretch], line: Line, since: datetime, unheard: Spans) -> Sequence[Stretch]:
    """Cut a line's rounds so that they begin with its last accepted good one not after ``since``.

    ``unheard`` is when a good round says nothing of itself: while the monitor was blind, or the line down. Without any
    such round all are returned.
    """
    for place in range(len(rounds) - 1, -1, -1):
        stretch = rounds[place]
        if stretch.first_at > since or stretch.outcome != Outcome.GOOD.value:
            continue
        for number in range(rounds_until(stretch, since) - 1, -1, -1):
            at = stretch.first_at + number * timedelta(seconds=stretch.step_s)
            if at not in unheard and line.in_service(at):
                return [_from(stretch, number), *rounds[place + 1 :]]
    return rounds


def from_last_before(rounds: Sequence[Stretch], since: datetime) -> Sequence[Stretch]:
    """Cut a reference's rounds so that they begin with the last instant not after ``since``."""
    for place in range(len(rounds) - 1, -1, -1):
        stretch = rounds[place]
        if stretch.first_at <= since:
            number = rounds_until(stretch, since) - 1 if stretch.step_s else 0
            return [_from(stretch, number), *rounds[place + 1 :]]
    return rounds


def until(rounds: Sequence[Stretch], end: datetime) -> Iterator[Stretch]:
    """Leave out the rounds after ``end``."""
    for stretch in rounds:
        if stretch.first_at <= end:
            count = rounds_until(stretch, end)
            last_at = stretch.first_at + (count - 1) * timedelta(seconds=stretch.step_s)
            yield stretch._replace(rounds=count, last_at=last_at)


def rounds_until(stretch: Stretch, at: datetime) -> int:
    """Return how many of a stretch's rounds, begun by then, are not after an instant."""
    if not stretch.step_s:
        return stretch.rounds
    return min(stretch.rounds, (at - stretch.first_at) // timedelta(seconds=stretch.step_s) + 1)


def _from(stretch: Stretch, number: int) -> Stretch:
    first_at = stretch.first_at + number * timedelta(seconds=stretch.step_s)
    return stretch._replace(first_at=first_at, rounds=stretch.rounds - number)
