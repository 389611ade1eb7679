"""Whether what people asked for and what came of it is what the events tell.

An action that was done made events in the same transaction: what both say must agree, its fault with it. One that
waits has no answer, one that was refused the rule and no fault. When it was asked for, and under which id, the ledger
does not tell; of what is kept apart with it, the time is that of the action.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.editions.actions import DrawEdition, NoteSending, WordEdition
from monitor.faults.actions import (
    Acknowledge,
    Action,
    Attribute,
    CancelMaintenance,
    ClaimRestored,
    Exclude,
    GiveEta,
    LineAction,
    Maintain,
    Note,
    Notified,
    Report,
    Restore,
    RevokeExclusion,
)
from monitor.faults.events import (
    EditionDrawn,
    EditionFrozen,
    EditionSent,
    EditionWorded,
    EpisodeRestored,
    EtaGiven,
    Event,
    ExclusionGranted,
    ExclusionRevoked,
    FaultAcknowledged,
    FaultNoted,
    FaultNotified,
    FaultReported,
    MaintenanceApproved,
    MaintenanceCancelled,
    PartyRuled,
    RegisterEntered,
    RegisterErased,
    RegisterTaken,
    ReportKept,
    RestorationClaimed,
)
from monitor.faults.terms import Source
from monitor.registers.actions import EnterRegister, EraseRegister, TakeRegister
from monitor.store import tables
from monitor.store.codec import action_of, event_of
from monitor.store.errors import Unreadable
from monitor.store.findings import Report as Findings
from monitor.store.findings import What
from monitor.store.inbox import KINDS, State, digests_of
from monitor.store.rows import parts
from monitor.store.walking import walk

MADE: dict[type[Action], tuple[type[Event], ...]] = {
    Report: (FaultReported, ReportKept),
    Acknowledge: (FaultAcknowledged,),
    ClaimRestored: (RestorationClaimed,),
    GiveEta: (EtaGiven,),
    Notified: (FaultNotified,),
    Restore: (EpisodeRestored,),
    Exclude: (ExclusionGranted,),
    RevokeExclusion: (ExclusionRevoked,),
    Attribute: (PartyRuled,),
    Note: (FaultNoted,),
    Maintain: (MaintenanceApproved,),
    CancelMaintenance: (MaintenanceCancelled,),
    EnterRegister: (RegisterEntered,),
    EraseRegister: (RegisterErased,),
    TakeRegister: (RegisterTaken,),
    DrawEdition: (EditionDrawn, EditionFrozen),
    WordEdition: (EditionWorded,),
    NoteSending: (EditionSent,),
}
"""The events that a done action makes."""

OPEN_TO_ALL = (Report, Acknowledge, ClaimRestored, GiveEta, Note, Notified)
BY_THE_MONITOR_TOO = (DrawEdition, WordEdition, NoteSending)


class ActionChecks:
    """The inbox. ``kept_at`` are the instants of actions by the digests of what they keep apart."""

    def __init__(self, connection: Connection, report: Findings) -> None:
        self._connection, self._report = connection, report
        self.kept_at: dict[str, set[datetime]] = {}

    def check(self) -> None:
        """Look at all actions."""
        for page in parts(walk(self._connection, tables.action, self._unreadable)):
            read = [(row, self._action(row)) for row in page]
            done = [(row, action) for row, action in read if action is not None and row.state == State.DONE.value]
            events = _Events(self._connection, done)
            for row, action in read:
                for digest in digests_of(action):
                    self.kept_at.setdefault(digest, set()).add(row.asked_at)
                for wrong in _own(row):
                    self._found(row.id, wrong)
            for row, action in done:
                self._done(row, action, events)

    def _action(self, row: Any) -> Action | None:
        """Return the action of a row, None where it does not read; what other software asked for was refused."""
        try:
            return action_of(row.body, row.id, row.asked_at, KINDS)
        except Unreadable as error:
            if row.state == State.DONE.value:
                self._found(row.id, str(error))
            return None

    def _done(self, row: Any, action: Action, events: _Events) -> None:
        if isinstance(action, LineAction) and row.fault_no is not None:
            line = events.lines.get(row.fault_no)
            if line != action.line:
                self._found(row.id, f"it is on line {action.line}, its fault {row.fault_no} on {line}")
        if action.by not in _who_may(action):
            self._found(row.id, f"it is by {action.by}, who may not do that, and yet it is done")
        for part in _parts(action):
            if not events.has(row.fault_no, action, part):
                kinds = " or ".join(kind.kind for kind in MADE[type(action)])
                self._found(row.id, f"it is done as body and fault_no say, but no event {kinds} tells of that")

    def _found(self, name: str, wrong: str) -> None:
        self._report.add(What.ACTION, None, f"the action {name} in action: {wrong}")

    def _unreadable(self, key: tuple[Any, ...], why: str) -> None:
        self._report.add(What.ACTION, None, f"the row {key} of action does not read: {why}")


def _own(row: Any) -> Iterator[str]:
    """Go through what cannot be in a row of the inbox."""
    if row.state not in frozenset(State):
        yield f"state is {row.state}: there is no such"
    if (row.answer is not None) != (row.state == State.REFUSED.value):
        yield f"state is {row.state}, answer {row.answer}"
    if row.fault_no is not None and row.state != State.DONE.value:
        yield f"state is {row.state}, and yet it has the fault {row.fault_no}"


def _who_may(action: Action) -> Collection[Source]:
    """Return by whom an action may be."""
    if isinstance(action, OPEN_TO_ALL):
        return tuple(Source)
    return (Source.CENTRE, Source.MONITOR) if isinstance(action, BY_THE_MONITOR_TOO) else (Source.CENTRE,)


def _parts(action: Action) -> Iterable[Any]:
    """Return what of an action makes an event each."""
    return action.drafts if isinstance(action, EnterRegister) else (action,)


class _Events:
    """The events that a page of done actions may have made, and the lines of their faults."""

    def __init__(self, connection: Connection, done: list[tuple[Any, Action]]) -> None:
        columns = tables.event.c
        nos = sorted({row.fault_no for row, _ in done if row.fault_no is not None})
        others = {kind.kind for row, action in done if row.fault_no is None for kind in MADE[type(action)]}
        kinds = {kind.kind for _, action in done for kind in MADE[type(action)]}
        query = select(columns.fault_no, columns.body, columns.seq)
        asked = (
            query.where(columns.fault_no.in_(nos), columns.kind.in_(kinds)),
            query.where(columns.fault_no.is_(None), columns.kind.in_(others)),
        )
        self._events: dict[tuple[str | None, str | None], list[Event]] = {}
        for each in asked:
            for no, body, seq in connection.execute(each):
                try:
                    event = event_of(str(body), seq)
                except Unreadable:
                    continue  # it is named where events are looked at
                self._events.setdefault((no, _thing(event)), []).append(event)
        known = select(tables.fault.c.no, tables.fault.c.line).where(tables.fault.c.no.in_(nos))
        self.lines: dict[str, str] = {row.no: row.line for row in connection.execute(known)}

    def has(self, no: str | None, action: Action, part: Any) -> bool:
        """Tell whether there is an event that says what an action, or a part of one, says."""
        return any(
            isinstance(event, MADE[type(action)]) and _agrees(action, event) and _agrees(part, event)
            for event in self._events.get((no, _thing(part)), ())
        )


def _thing(said: Any) -> str | None:
    """Return the name of what an action or event is about beside a fault: both have it, so it is looked for by it."""
    return next((getattr(said, name) for name in ("entry", "edition", "id") if hasattr(said, name)), None)


def _agrees(said: Any, event: Event) -> bool:
    """Tell whether an event has the same in every field that both have, but for the instant."""
    theirs = {field.name for field in fields(event)}
    names = [field.name for field in fields(said) if field.name in theirs and field.name not in _left_open(said)]
    if isinstance(said, DrawEdition) and said.frozen != isinstance(event, EditionFrozen):
        return False
    return all(getattr(said, name) == getattr(event, name) for name in names)


def _left_open(said: Any) -> set[str]:
    """Return the fields that an action need not settle: judging does."""
    left = {"at"}
    if isinstance(said, LineAction) and said.no is None:
        left.add("no")
    if isinstance(said, Notified) and said.episode is None:
        left.add("episode")
    if isinstance(said, EraseRegister):
        left.add("versions")  # those of which nothing is left to erase are not in the event
    return left
