"""Whether judging stands where the ledger leaves it: the row of ``standing``.

1. The count of faults is that of the fault opened last.
2. Since when the monitor is blind, the events tell; what each reference answered last, its stretch.
3. The heartbeat is not before anything that was judged; after an orderly stop it is the instant of the stop.
4. The software is the one that was started last.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.faults.events import (
    BlipSeen,
    DaemonStarted,
    DaemonStopped,
    Event,
    FaultEvent,
    FaultOpened,
    LineFirstSeen,
    LineUnknown,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
)
from monitor.faults.observation import Outcome
from monitor.store import tables
from monitor.store.codec import sight_of
from monitor.store.errors import Unreadable
from monitor.store.findings import Report, What
from monitor.store.projection import IntervalKind, Projection
from monitor.store.round_checks import Key
from monitor.store.stretches import Stretch, Target
from monitor.store.walking import walk

THE_ROW = 1
JUDGED = (
    BlipSeen,
    DaemonStopped,
    FaultEvent,
    LineFirstSeen,
    LineUnknown,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
)
"""Events of instants judged. A start comes before the first of its run; what was gathered may come a moment late."""


class StandingChecks:
    """What the events tell of where judging stands, compared with what is kept of it."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report
        self._opened: tuple[int, str] | None = None
        self._started: tuple[int, str] | None = None
        self._judged: tuple[int, datetime] | None = None
        self.crashes: set[datetime] = set()
        self.judged_at: datetime | None = None
        self._kept: Any = None

    def take(self, seq: int, event: Event, *, stopped: bool) -> None:
        """Note what an event tells; ``stopped``: the monitor did not run until then, and had ended in order."""
        if isinstance(event, FaultOpened):
            self._opened = (seq, event.no)
        if isinstance(event, DaemonStarted):
            self._started = (seq, event.software)
            if event.last_judged_at is not None:
                self._reached(seq, event.last_judged_at)
                if not stopped:
                    self.crashes.add(event.last_judged_at)
        elif isinstance(event, JUDGED):
            self._reached(seq, event.at)

    def read(self) -> None:
        """Read what is kept; one row that is lost is named by the head that is lost with it."""
        for row in walk(self._connection, tables.standing, self._unreadable):
            if row.id == THE_ROW:
                self._kept, self.judged_at = row, row.judged_at
            else:
                self._found(None, f"there is a row {row.id} in standing beside the one")

    def compare(self, projection: Projection, open_ones: dict[Key, Stretch]) -> None:
        """Compare with what the events made of blindness and stops, and with the references' open stretches."""
        if self._kept is None:
            return
        self._numbered()
        self._heartbeat(projection)
        self._sight(projection, open_ones)
        if self._started is not None and self._kept.software != self._started[1]:
            seq, software = self._started
            self._found(seq, f"standing.software is {self._kept.software}, event {seq} started {software}")

    def _reached(self, seq: int, at: datetime) -> None:
        if self._judged is None or at >= self._judged[1]:
            self._judged = (seq, at)

    def _numbered(self) -> None:
        """Compare the last number given with that of the fault opened last: another would be given a second time."""
        on, count = self._kept.numbered_on, self._kept.numbered
        said = None if on is None and count is None else f"F{str(on).replace('-', '')}-{count or 0:04d}"
        seq, no = self._opened or (None, None)
        if said != no:
            gave = "no event gave one" if no is None else f"event {seq} gave {no}"
            text = f"the last number given is kept as {said} (standing.numbered, numbered_on), {gave}"
            self._report.add(What.RECORD, seq, text)

    def _heartbeat(self, projection: Projection) -> None:
        at = self.judged_at
        stop = projection.intervals.get(IntervalKind.STOPPED.value)
        if stop is not None and at != stop.begin_at:
            self._found(stop.seq, f"standing.judged_at is {at}, event {stop.seq} ended judging at {stop.begin_at}")
        elif self._judged is not None and (at is None or at < self._judged[1]):
            seq, judged = self._judged
            self._found(seq, f"standing.judged_at is {at}, event {seq} tells that {judged} was judged")

    def _sight(self, projection: Projection, open_ones: dict[Key, Stretch]) -> None:
        body = self._kept.sight
        blind = projection.intervals.get(IntervalKind.BLIND.value)
        since, seq = (None, None) if blind is None else (blind.begin_at, blind.seq)
        try:
            sight = None if body is None else sight_of(body)
        except Unreadable as error:
            self._found(seq, f"standing.sight does not read: {error}")
            return
        if sight is None:
            if self.judged_at is not None:
                self._found(seq, f"standing.sight is empty, though judging stands at {self.judged_at}")
            return
        if sight.blind_since != since:
            told = "no event tells of it" if seq is None else f"event {seq} tells of {since}"
            self._found(seq, f"standing.sight is blind since {sight.blind_since}, {told}")
        for reference, good in sight.latest.items():
            stretch = open_ones.get((Target.REFERENCE.value, reference))
            if stretch is None or good != (stretch.outcome == Outcome.GOOD.value):
                kept = "nothing" if stretch is None else stretch.outcome
                answered = "answered" if good else "did not answer"
                self._found(None, f"standing.sight says that {reference} {answered}; open_stretch has {kept} of it")

    def _found(self, seq: int | None, text: str) -> None:
        self._report.add(What.STANDING, seq, text)

    def _unreadable(self, _: tuple[Any, ...], why: str) -> None:
        self._found(None, f"the row of standing does not read: {why}")
