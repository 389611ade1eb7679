"""What people did, as the entries of a history say it. Pure.

An entry names a line and concerns its open fault, else its latest. What was done to an older fault is told at the
instant at which the next one was opened, before it: rulings and exclusions mean the same then. A notice concerns the
running episode, so that one of an earlier episode is told before the next began: either way nothing of it counts.
Notes and expected times of repair move nothing, and have no words there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.chronicle.reach import Case, Past, told
from monitor.faults.events import (
    EpisodeRestored,
    Event,
    ExclusionGranted,
    ExclusionRevoked,
    FaultAcknowledged,
    FaultEvent,
    FaultNotified,
    FaultReported,
    MaintenanceApproved,
    MaintenanceCancelled,
    PartyRuled,
    ReportKept,
    RestorationClaimed,
)
from monitor.faults.terms import Source
from monitor.sla.spelling import Json, spell_time

CENTRE = Source.CENTRE.value


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did, and its entry; ``late``: to a fault no longer its line's latest, told before others then."""

    at: datetime
    late: bool
    entry: Json


class Deeds:
    """Spells the events of people, of the faults that a history tells."""

    def __init__(self, past: Past, since: Mapping[str, datetime]) -> None:
        """Tell of faults that begin within the history: ``since`` is when it begins, by line."""
        self._told = {no: case for no, case in past.cases.items() if told(case, since)}
        self._lines = since
        self._next: dict[str, Case] = {}
        self._notified: set[tuple[str, int]] = set()
        latest: dict[str, str] = {}
        for no, case in past.cases.items():
            if case.opened.line in latest:
                self._next[latest[case.opened.line]] = case
            latest[case.opened.line] = no
        self.untold: list[str] = []

    def of(self, events: Iterable[Event], start: datetime) -> list[Deed]:
        """Return the deeds in the order in which they are to be told; windows that ended by ``start`` are left out."""
        events = tuple(events)
        over = _over(events, start)
        deeds: list[Deed] = []
        for event in events:
            if isinstance(event, FaultEvent):
                deeds += self._of_fault(event)
            elif isinstance(event, ReportKept) and event.line in self._lines and event.at >= self._lines[event.line]:
                deeds.append(Deed(event.at, False, _entry(event.at, "report", line=event.line, by=event.by.value)))
            elif isinstance(event, MaintenanceApproved | MaintenanceCancelled) and event.id not in over:
                deeds.append(Deed(event.at, False, _window(event)))
        return sorted(deeds, key=lambda deed: (deed.at, not deed.late))

    def _of_fault(self, event: FaultEvent) -> Iterator[Deed]:
        case = self._told.get(event.no)
        if case is None:
            return
        if isinstance(event, FaultNotified):
            yield from self._notice(event, case)
            return
        following = self._next.get(event.no)
        late = following is not None and following.opened.at < event.at
        at = following.opened.at if following is not None and late else event.at
        entry = _of_fault(event, at, case.opened.line)
        if entry is None:
            return
        if late and isinstance(event, FaultAcknowledged):
            self.untold.append(f"the acknowledgement of fault {event.no} at {spell_time(event.at)}, after the next one")
            return
        yield Deed(at, late, entry)

    def _notice(self, event: FaultNotified, case: Case) -> Iterator[Deed]:
        """Tell a notice while its episode was the latest of the line; what no instant can say any more is untold."""
        told_at, number, line = event.notified_at or event.at, event.episode, case.opened.line
        if number is None:  # of the episode that ran then
            yield Deed(told_at, False, _entry(told_at, "notified", line=line))
            return
        again, following = (event.no, number) in self._notified, self._next.get(event.no)
        self._notified.add((event.no, number))
        last = number > len(case.relapsed)
        until = case.relapsed[number - 1] if not last else following.opened.at if following is not None else None
        if until is None or told_at < until:
            yield Deed(told_at, False, _entry(told_at, "notified", line=line))
        elif not last or told_at == until:
            yield Deed(until, True, _entry(until, "notified", line=line))
        elif not again:
            self.untold.append(f"the notice of fault {event.no} at {spell_time(told_at)}, after the next one")


def _of_fault(event: FaultEvent, at: datetime, line: str) -> Json | None:
    match event:
        case FaultReported():
            return _entry(at, "report", line=line, by=event.by.value)
        case FaultAcknowledged():
            return _entry(at, "acknowledge", line=line, by=event.by.value)
        case RestorationClaimed():
            return _entry(at, "claim_restored", line=line, by=event.by.value)
        case EpisodeRestored() if event.by is not Source.MONITOR:
            return _entry(at, "restore", line=line, restored_at=spell_time(event.restored_at), by=CENTRE)
        case PartyRuled():
            return _entry(at, "attribute", line=line, party=event.party.value, by=CENTRE)
        case ExclusionRevoked():
            return _entry(at, "revoke_exclusion", id=event.id, by=CENTRE)
        case ExclusionGranted():
            span = {"from": spell_time(event.begins_at), "to": spell_time(event.ends_at)}
            return _entry(at, "exclude", line=line, id=event.id, **span, reason=event.reason.value, by=CENTRE)
        case _:
            return None


def _window(event: MaintenanceApproved | MaintenanceCancelled) -> Json:
    if isinstance(event, MaintenanceCancelled):
        return _entry(event.at, "cancel_maintenance", id=event.id, by=CENTRE)
    span = {"from": spell_time(event.begins_at), "to": spell_time(event.ends_at)}
    return _entry(event.at, "maintenance", id=event.id, scope={event.scope.value: event.subject}, **span, by=CENTRE)


def _over(events: Iterable[Event], start: datetime) -> set[str]:
    ends = {
        event.id: event.ends_at for event in events if isinstance(event, MaintenanceApproved | MaintenanceCancelled)
    }
    return {name for name, ends_at in ends.items() if ends_at <= start}


def _entry(at: datetime, action: str, **keys: object) -> Json:
    return {"at": spell_time(at), "action": action, **keys}
