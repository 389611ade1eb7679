"""Rounds as stretches of like ones: every round's instant is exactly ``first_at + k * step``. Pure, in memory.

A line that answers every minute for a year is one row. Exporting and judging history anew reads these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor.faults.observation import Observation, Outcome

NO_TIME = timedelta()
SECOND = timedelta(seconds=1)


class Target(StrEnum):
    """What was measured."""

    LINE = "line"
    REFERENCE = "reference"


class Stretch(NamedTuple):
    """Like rounds of one line or reference. ``step_s`` is 0 where all of them are at one instant.

    ``number`` counts the stretches of a subject from 1; a stretch keeps it from its first round on.
    """

    target: str
    subject: str
    number: int
    outcome: str
    first_at: datetime
    last_at: datetime
    step_s: int
    rounds: int

    def instants(self) -> Iterator[datetime]:
        """Go through the instants of its rounds."""
        step = timedelta(seconds=self.step_s)
        return (self.first_at + k * step for k in range(self.rounds))


class _Run:
    """A stretch that still grows. ``dirty`` while it holds what was not taken yet."""

    __slots__ = ("dirty", "first", "last", "number", "outcome", "rounds", "step")

    def __init__(self, number: int, outcome: Outcome, at: datetime) -> None:
        if at.microsecond:
            raise ValueError(f"a round is at a whole second, not {at.isoformat()}")
        self.number = number
        self.outcome = outcome
        self.first = self.last = at
        self.step = NO_TIME
        self.rounds = 1
        self.dirty = True


class Stretches:
    """The open stretch of each subject, and those closed since they were last taken."""

    def __init__(self, target: Target, resumed: Iterable[Stretch] = ()) -> None:
        """Begin with nothing, or go on from the open stretches of another run."""
        self._target = target.value
        self._runs: dict[str, _Run] = {}
        self._closed: list[Stretch] = []
        for stretch in resumed:
            run = _Run(stretch.number, Outcome(stretch.outcome), stretch.first_at)
            run.last, run.rounds, run.dirty = stretch.last_at, stretch.rounds, False
            run.step = timedelta(seconds=stretch.step_s)
            self._runs[stretch.subject] = run

    def add(self, observation: Observation) -> bool:
        """Take one round; tell whether it began a stretch."""
        subject, at, outcome = observation.subject, observation.at, observation.outcome
        run = self._runs.get(subject)
        if run is None:
            self._runs[subject] = _Run(1, outcome, at)
            return True
        gap = at - run.last
        if run.outcome is outcome and (gap == run.step or (run.rounds == 1 and gap > NO_TIME)):
            run.step = gap
            run.last = at
            run.rounds += 1
            run.dirty = True
            return False
        self._runs[subject] = _Run(run.number + 1, outcome, at)
        self._closed.append(self._stretch(subject, run))
        return True

    def take_closed(self) -> tuple[Stretch, ...]:
        """Return the stretches closed since the last call."""
        closed, self._closed = tuple(self._closed), []
        return closed

    def take_open(self, subject: str) -> Stretch | None:
        """Return a subject's open stretch, or None where it holds nothing new."""
        run = self._runs.get(subject)
        if run is None or not run.dirty:
            return None
        run.dirty = False
        return self._stretch(subject, run)

    def _stretch(self, subject: str, run: _Run) -> Stretch:
        return Stretch(
            self._target,
            subject,
            run.number,
            run.outcome.value,
            run.first,
            run.last,
            run.step // SECOND,
            run.rounds,
        )
