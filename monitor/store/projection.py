"""What follows from the ledger, one row at a time: the same fold writes the tables and checks them. Pure.

Faults fold apart (`fold`): theirs is the state machine of `monitor.faults.fault`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.faults.events import (
    BlipSeen,
    DaemonStarted,
    DaemonStopped,
    Event,
    FaultEvent,
    FaultOpened,
    LineFirstSeen,
    LineUnknown,
    MessageDue,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
)
from monitor.faults.fault import Fault, apply, begin
from monitor.store.codec import to_json


class IntervalKind(StrEnum):
    """Why the monitor could not judge: it saw nothing, or did not run."""

    BLIND = "blind"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRow:
    """A confirmed outage, by the event that confirmed it; without end while it lasts."""

    seq: int
    line: str
    first_failed_at: datetime
    confirmed_at: datetime
    last_bad_at: datetime | None = None
    restored_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRow:
    """A line was unknown over ``[begin_at, end_at)``."""

    seq: int
    line: str
    begin_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """The first accepted round of a line."""

    line: str
    seq: int
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BlipRow:
    """A bad streak that ended before it was an outage."""

    seq: int
    line: str
    first_failed_at: datetime
    ended_at: datetime
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRow:
    """The monitor was blind or stopped over ``[begin_at, end_at)``, still so while ``end_at`` is None."""

    seq: int
    kind: str
    begin_at: datetime
    end_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message to be sent, under its idempotency key."""

    key: str
    seq: int
    kind: str
    fault_no: str | None
    line: str | None
    carrier: str | None
    episode: int | None
    fraction: float | None
    repeat: int | None
    due_at: datetime
    created_at: datetime
    subject: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """A fault as its events left it; ``body`` is the whole of it."""

    no: str
    line: str
    unit: str
    carrier: str
    role: str
    source: str
    status: str
    first_failed_at: datetime
    discovered_at: datetime
    restored_at: datetime | None
    closed_at: datetime | None
    flapping: bool
    body: str


Row = OutageRow | UnknownRow | SeenRow | BlipRow | IntervalRow | OutboxRow


class DoesNotFollow(ValueError):
    """An event cannot come after those before it."""


class Projection:
    """The fold of everything but faults; it holds what is open and so may still change."""

    def __init__(self, *, outages: Iterable[OutageRow] = (), intervals: Iterable[IntervalRow] = ()) -> None:
        """Go on from the outages and intervals still open."""
        self.outages = {outage.line: outage for outage in outages}
        self.intervals = {interval.kind: interval for interval in intervals}

    def take(self, seq: int, event: Event) -> Row | None:
        """Return the row that event ``seq`` makes or completes, if any.

        Raises:
            DoesNotFollow: it ends what never began.
        """
        match event:
            case LineFirstSeen():
                return SeenRow(line=event.line, seq=seq, first_seen_at=event.at)
            case LineUnknown():
                return UnknownRow(seq=seq, line=event.line, begin_at=event.unknown_from, end_at=event.at)
            case BlipSeen():
                return _blip(seq, event)
            case OutageConfirmed():
                return self._confirmed(seq, event)
            case OutageEnded():
                return self._ended(event)
            case MessageDue():
                return message_row(seq, event)
            case _:
                return self._interval(seq, event)

    def _confirmed(self, seq: int, event: OutageConfirmed) -> OutageRow:
        if event.line in self.outages:
            raise DoesNotFollow(f"an outage of line {event.line} is confirmed while another lasts")
        row = OutageRow(seq=seq, line=event.line, first_failed_at=event.first_failed_at, confirmed_at=event.at)
        self.outages[event.line] = row
        return row

    def _ended(self, event: OutageEnded) -> OutageRow:
        row = self.outages.pop(event.line, None)
        if row is None or row.first_failed_at != event.first_failed_at:
            raise DoesNotFollow(f"an outage of line {event.line} ends that never began")
        return replace(row, last_bad_at=event.last_bad_at, restored_at=event.restored_at)

    def _interval(self, seq: int, event: Event) -> IntervalRow | None:
        match event:
            case MonitorBlind():
                return self._begin(IntervalRow(seq=seq, kind=IntervalKind.BLIND.value, begin_at=event.at))
            case MonitorSees():
                row = self._end(IntervalKind.BLIND, event.at)
                if row is None:
                    raise DoesNotFollow("the monitor sees again, though it was never blind")
                return row
            case DaemonStopped() if IntervalKind.STOPPED.value not in self.intervals:
                return self._begin(IntervalRow(seq=seq, kind=IntervalKind.STOPPED.value, begin_at=event.at))
            case DaemonStarted():
                return self._end(IntervalKind.STOPPED, event.at) or _crashed(seq, event)
            case _:
                return None

    def _begin(self, row: IntervalRow) -> IntervalRow:
        self.intervals[row.kind] = row
        return row

    def _end(self, kind: IntervalKind, at: datetime) -> IntervalRow | None:
        row = self.intervals.pop(kind.value, None)
        return None if row is None else replace(row, end_at=at)


def fold(faults: Mapping[str, Fault], events: Iterable[Event]) -> dict[str, Fault]:
    """Return the faults that events change, as the events leave them, from the faults before.

    Raises:
        DoesNotFollow: an event concerns a fault that never opened, or opens one twice.
        IllegalTransition: an event cannot happen to its fault.
    """
    changed: dict[str, Fault] = {}
    for event in events:
        match event:
            case FaultOpened():
                if event.no in changed or event.no in faults:
                    raise DoesNotFollow(f"fault {event.no} opens a second time")
                changed[event.no] = begin(event)
            case FaultEvent() | MessageDue(no=str()):
                no = event.no or ""
                before = changed.get(no) or faults.get(no)
                if before is None:
                    raise DoesNotFollow(f"{event.kind} happens to fault {no}, which never opened")
                changed[no] = apply(before, event)
            case _:
                pass
    return changed


def fault_row(fault: Fault) -> FaultRow:
    """Return a fault's row. ``restored_at`` is that of its latest episode, ``first_failed_at`` of its first."""
    return FaultRow(
        no=fault.no,
        line=fault.line,
        unit=fault.unit,
        carrier=fault.carrier,
        role=fault.role,
        source=fault.source.value,
        status=fault.status.value,
        first_failed_at=fault.episodes[0].first_failed_at,
        discovered_at=fault.discovered_at,
        restored_at=fault.episode.restored_at,
        closed_at=fault.closed_at,
        flapping=fault.flapping,
        body=to_json(fault),
    )


def _crashed(seq: int, event: DaemonStarted) -> IntervalRow | None:
    """After a crash nothing tells of the end but the last instant judged."""
    if event.last_judged_at is None or event.last_judged_at >= event.at:
        return None
    return IntervalRow(seq=seq, kind=IntervalKind.STOPPED.value, begin_at=event.last_judged_at, end_at=event.at)


def _blip(seq: int, event: BlipSeen) -> BlipRow:
    return BlipRow(
        seq=seq, line=event.line, first_failed_at=event.first_failed_at, ended_at=event.at, rounds=event.rounds
    )


def message_row(seq: int, event: MessageDue) -> OutboxRow:
    """Return the outbox's row of a message that event ``seq`` made due."""
    return OutboxRow(
        key=event.key,
        seq=seq,
        kind=event.message.value,
        fault_no=event.no,
        line=event.line,
        carrier=event.carrier,
        episode=event.episode,
        fraction=event.fraction,
        repeat=event.repeat,
        due_at=event.due_at,
        created_at=event.at,
        subject=event.subject,
        detail=event.detail,
    )
