"""What the rounds leave behind, gathered until the next commit: stretches, hourly roll-ups, states of lines. Pure.

Not every line is written at every commit. A line in trouble is: whatever the ledger says of it, its rounds and state
are on record with it. A quiet line's only news is that it answered again; it is written once in `SWEEP`, the lines
in slices by name, so that a slice falls on few pages of the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from monitor.faults.evidence import Testimony
from monitor.faults.observation import Observation, Outcome
from monitor.faults.outage import Watch
from monitor.store.rollups import Rollup, Rollups
from monitor.store.stretches import Stretch, Stretches, Target

_T = TypeVar("_T")
SWEEP = timedelta(seconds=60)


class LineState(NamedTuple):
    """Where a line stands: as it was judged, and what its device said (None: nothing)."""

    line: str
    watch: Watch
    heard: Testimony | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the next commit writes of the rounds: absolute values, so that writing them twice changes nothing."""

    closed: tuple[Stretch, ...] = ()
    open: tuple[Stretch, ...] = ()
    hours: tuple[Rollup, ...] = ()
    states: tuple[LineState, ...] = ()


NOTHING_MEASURED = Measured()
NOTHING_HEARD: Mapping[str, Testimony] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Resumed:
    """The open stretches and running hours that another run left behind."""

    stretches: tuple[Stretch, ...] = ()
    hours: tuple[Rollup, ...] = ()


def quiet(watch: Watch) -> bool:
    """Tell whether nothing is known of a line but that it answered: ``Watch(last_at, True)``."""
    return watch.last_good and watch.bad_since is None and watch.down_since is None


class Measurements:
    """The rounds since the last commit, for lines and references."""

    def __init__(
        self,
        resumed: Resumed | None = None,
        watches: Mapping[str, Watch] | None = None,
        *,
        sweep: timedelta = SWEEP,
    ) -> None:
        """Begin with nothing, or go on from another run (``watches`` as stored then).

        ``sweep`` is the time in which every quiet line is written once, `SWEEP` at most.
        """
        self.sweep_within(sweep)
        resumed = resumed or Resumed()
        watches = watches or {}
        mine = [stretch for stretch in resumed.stretches if stretch.target == Target.LINE.value]
        theirs = [stretch for stretch in resumed.stretches if stretch.target != Target.LINE.value]
        self._lines = Stretches(Target.LINE, mine)
        self._references = Stretches(Target.REFERENCE, theirs)
        self._hours = Rollups(resumed.hours)
        self._known = {stretch.subject for stretch in mine} | set(watches)
        self._names: list[str] = sorted(self._known)
        self._new: list[str] = []
        self._urgent: set[str] = set()
        self._referred: set[str] = set()
        self._troubled = {line: LineState(line, watch) for line, watch in watches.items() if not quiet(watch)}
        self._swept = 0
        self._owed = 0.0  # lines whose turn has come, to the fraction
        self._swept_at: datetime | None = None

    def sweep_within(self, sweep: timedelta) -> None:
        """Write every quiet line once in this time from now on, or once in `SWEEP` where that is less."""
        self._sweep = min(sweep, SWEEP)

    def concern(self, line: str) -> None:
        """Write a line with the next commit, for an event in it says something of the line.

        Else the ledger could hold the end of a gap that the line's state, after a crash, does not know of.
        """
        self._urgent.add(line)

    def add_line(self, observation: Observation) -> None:
        """Take one round of a line, accepted by the judging or not."""
        subject = observation.subject
        if self._lines.add(observation) or observation.outcome is not Outcome.GOOD:
            self._urgent.add(subject)
            if subject not in self._known:
                self._known.add(subject)
                self._new.append(subject)
        self._hours.add(observation)

    def add_reference(self, observation: Observation) -> None:
        """Take one round of a reference."""
        self._references.add(observation)
        self._referred.add(observation.subject)

    def take(
        self,
        at: datetime,
        watches: Mapping[str, Watch],
        heard: Mapping[str, Testimony] = NOTHING_HEARD,
        *,
        whole: bool = False,
    ) -> Measured:
        """Return what a commit at ``at`` is to write; what is returned is not returned again.

        ``watches`` are the lines as judged, ``heard`` what their devices said. ``whole`` leaves nothing behind: at an
        orderly end.
        """
        due = self._urgent | self._troubled.keys()
        self._urgent = set()
        due.update(self._slice(at, whole=whole))
        lines = sorted(due)
        referred, self._referred = sorted(self._referred), set()
        return Measured(
            closed=self._lines.take_closed() + self._references.take_closed(),
            open=_present(map(self._lines.take_open, lines)) + _present(map(self._references.take_open, referred)),
            hours=self._hours.take_finished() + _present(map(self._hours.take_running, lines)),
            states=tuple(self._changed(lines, watches, heard)),
        )

    def _slice(self, at: datetime, *, whole: bool) -> list[str]:
        """Return the lines whose turn it is: as great a share of all as has passed of the sweep."""
        if self._new:
            self._names = sorted([*self._names, *self._new])
            self._new = []
        if whole:
            return self._names
        passed, self._swept_at = at - (self._swept_at or at), at
        number = len(self._names)
        self._owed += number * min(1.0, max(0.0, passed / self._sweep))
        due, begin = int(self._owed), self._swept
        self._owed -= due
        self._swept = (begin + due) % number if number else 0
        return self._names[begin : begin + due] + self._names[: max(0, begin + due - number)]

    def _changed(
        self, lines: Iterable[str], watches: Mapping[str, Watch], heard: Mapping[str, Testimony]
    ) -> Iterable[LineState]:
        for line in lines:
            watch = watches.get(line)
            if watch is None:
                continue
            state = LineState(line, watch, heard.get(line))
            if self._troubled.get(line) == state:
                continue
            if quiet(watch):
                self._troubled.pop(line, None)
            else:
                self._troubled[line] = state
            yield state


def _present(items: Iterable[_T | None]) -> tuple[_T, ...]:
    return tuple(item for item in items if item is not None)
