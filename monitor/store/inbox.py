"""People's actions on their way to the judging: put in by any process, taken by the one that writes.

An action waits without its instant; whoever judges gives it the one judged next, and the answer is written in the
transaction of the events that came of it (`Batch.answers`). So each is done once, whatever is killed when: an action
put in again under its id finds its answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from sqlalchemy import Connection, Row, literal, select, update

from monitor.editions.actions import DrawEdition, NoteSending, WordEdition
from monitor.faults.actions import (
    Acknowledge,
    Action,
    ActionRefused,
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
from monitor.faults.events import ExclusionGranted
from monitor.faults.fault import Fault
from monitor.registers.actions import EnterRegister, EraseRegister, TakeRegister
from monitor.store import editions, revision, tables
from monitor.store.bodies import Body, erase, keep
from monitor.store.codec import action_json, action_of, fault_of
from monitor.store.database import require_file, told, url_of, writing_engine
from monitor.store.errors import Unreadable
from monitor.store.instant import EPOCH, Instant
from monitor.store.ledger import events
from monitor.store.rows import parts, put

KINDS: dict[str, type[Action]] = {
    "report": Report,
    "acknowledge": Acknowledge,
    "claim_restored": ClaimRestored,
    "eta": GiveEta,
    "notified": Notified,
    "restore": Restore,
    "exclude": Exclude,
    "revoke_exclusion": RevokeExclusion,
    "attribute": Attribute,
    "note": Note,
    "maintenance": Maintain,
    "cancel_maintenance": CancelMaintenance,
    "enter_register": EnterRegister,
    "erase_register": EraseRegister,
    "take_register": TakeRegister,
    "draw_edition": DrawEdition,
    "word_edition": WordEdition,
    "note_sending": NoteSending,
}
"""What is asked for, by the names of ``replay.md``. That a notice was delivered, delivery says, or who telephoned."""

FAR = timedelta(days=3653)  # times of an action farther off than ten years are slips of the pen


class State(StrEnum):
    """How an action stands."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An action that waits. ``needed`` are faults on record that it may concern; the judging may know them newer."""

    id: str
    asked_at: datetime
    body: str
    needed: tuple[Fault, ...] = ()

    def action(self, at: datetime) -> Action:
        """Return the action at its instant; raises `Unreadable`."""
        return action_of(self.body, self.id, at, KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of an action: done, with the fault it concerned, or refused, with the rule in ``text``."""

    id: str
    state: State
    text: str | None = None
    fault_no: str | None = None


class Judging(Protocol):
    """Who does actions: `monitor.supervision.Supervision`."""

    def recall(self, fault: Fault) -> None:
        """Take an older fault back from the record; a known one stays."""

    def act(self, action: Action) -> Fault | None:
        """Do an action, or raise `ActionRefused`; return the fault that it concerned."""


def answered(asked: Asked, at: datetime, judging: Judging) -> Answer:
    """Do a waiting action at an instant, and return what came of it; its events come with the next step."""
    for fault in asked.needed:
        judging.recall(fault)
    try:
        action = asked.action(at)
        _refuse_slips(action)
        concerned = judging.act(action)
    except (ActionRefused, Unreadable) as refused:
        return Answer(id=asked.id, state=State.REFUSED, text=str(refused))
    return Answer(id=asked.id, state=State.DONE, fault_no=None if concerned is None else concerned.no)


def _refuse_slips(action: Action) -> None:
    for field in fields(action):
        value = getattr(action, field.name)
        if isinstance(value, datetime) and abs(value - action.at) > FAR:
            raise ActionRefused(f"{field.name} {value:%Y-%m-%d} lies more than ten years off: look at its year")


class Inbox:
    """The actions of one database, for those who ask: the command line, a console."""

    def __init__(self, url: str) -> None:
        """Open a database to put actions in, beside whoever writes to it.

        Raises:
            StoreMissing: there is none, or no tables in it.
            RevisionMismatch: its tables are of another version.
            StoreUnavailable: it cannot be reached.
        """
        self.url = url_of(url)
        require_file(self.url)
        self._engine = writing_engine(self.url)
        with told(self.url), self._engine.connect() as connection, connection.begin():
            revision.require(connection)

    def __enter__(self) -> Self:
        """Lend it to a ``with`` statement."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give up the connections."""
        self._engine.dispose()

    def put(
        self, name: str, action: Action, bodies: Iterable[Body] = (), files: Iterable[editions.Kept] = ()
    ) -> Answer:
        """Put an action in under an id of its own, and return how it stands; ``action.at`` is when it was asked for.

        Again under the same id nothing is put in: what came of the first is returned. ``bodies`` are what it keeps
        apart, ``files`` what it keeps of an edition.

        Raises:
            ActionRefused: the id was given to another action.
            StoreUnavailable: the database cannot be written now; to try again with the same id is right.
        """
        with told(self.url), self._engine.connect() as connection, connection.begin():
            return put_in(connection, name, action, bodies, files)

    def asked(self, name: str) -> Action | None:
        """Return the action that was put in under an id, None where none was; raises `Unreadable`."""
        with told(self.url), self._engine.connect() as connection, connection.begin():
            found = connection.execute(select(tables.action).where(tables.action.c.id == name)).one_or_none()
        return None if found is None else action_of(found.body, found.id, found.asked_at, KINDS)

    def answer(self, name: str) -> Answer | None:
        """Return how an action stands, None where none was put in under that id."""
        with told(self.url), self._engine.connect() as connection, connection.begin():
            found = connection.execute(select(tables.action).where(tables.action.c.id == name)).one_or_none()
        return None if found is None else _answer(found)


def put_in(
    connection: Connection,
    name: str,
    action: Action,
    bodies: Iterable[Body] = (),
    files: Iterable[editions.Kept] = (),
) -> Answer:
    """Put an action in, in the connection's transaction: what is written beside it is written with it or not at all.

    What it keeps apart is written with it, and gone with a refusal.

    Raises:
        ActionRefused: the id was given to another action.
    """
    kind = next((word for word, known in KINDS.items() if known is type(action)), None)
    if kind is None:
        raise ActionRefused(f"{type(action).__name__} is nothing that is asked for")
    body = action_json(action, kind)
    row = {"id": name, "asked_at": action.at, "body": body, "state": State.PENDING.value}
    put(connection, tables.action, [row], first_stays=True)
    found = connection.execute(select(tables.action).where(tables.action.c.id == name)).one()
    if found.body != body:
        raise ActionRefused(f"the id {name} was given to another action before: give this one an id of its own")
    if found.state == State.PENDING.value:
        keep(connection, bodies, action.at)
        editions.keep(connection, files, action.at)
    return _answer(found)


def digests_asked_for(connection: Connection) -> set[str]:
    """Return the digests of what waiting actions keep apart, of registers and editions."""
    columns = tables.action.c
    query = select(columns.id, columns.body, literal(EPOCH, Instant()).label("asked_at"))  # when says nothing here
    waiting = [_read(row) for row in connection.execute(query.where(columns.state == State.PENDING.value))]
    return {digest for action in waiting for digest in digests_of(action)}


def pending(connection: Connection) -> list[Asked]:
    """Return the actions that wait, in the order in which they were asked for, with the faults they may concern."""
    columns = tables.action.c
    waiting = select(tables.action).where(columns.state == State.PENDING.value).order_by(columns.asked_at, columns.id)
    return [
        Asked(id=row.id, asked_at=row.asked_at, body=row.body, needed=_needed(connection, row))
        for row in connection.execute(waiting).all()
    ]


def mark(connection: Connection, answers: Iterable[Answer]) -> None:
    """Write answers, in the connection's transaction; one that is there already stays.

    What a refused action wanted to keep apart is deleted: nothing will ever name it.
    """
    answers = tuple(answers)
    refused = _refused(connection, answers)
    erase(connection, refused)
    for each in answers:
        row = update(tables.action).where(tables.action.c.id == each.id, tables.action.c.state == State.PENDING.value)
        connection.execute(row.values(state=each.state.value, answer=each.text, fault_no=each.fault_no))
    if refused:
        editions.erase(connection, set(refused) - digests_asked_for(connection) - editions.named(connection))


def _refused(connection: Connection, answers: Iterable[Answer]) -> list[str]:
    """Return the digests of actions that wait and are now refused."""
    refused = [each.id for each in answers if each.state is State.REFUSED]
    columns, found = tables.action.c, []
    for part in parts(refused):
        query = select(tables.action).where(columns.id.in_(part), columns.state == State.PENDING.value)
        found += [_read(row) for row in connection.execute(query)]
    return [digest for action in found for digest in digests_of(action)]


def digests_of(action: Action | None) -> Iterable[str]:
    """Return the digests of what an action keeps apart."""
    match action:
        case EnterRegister():
            return (draft.digest for draft in action.drafts if draft.digest is not None)
        case DrawEdition():
            return action.digests
        case _:
            return ()


def _read(row: Row[tuple[object, ...]]) -> Action | None:
    try:
        return action_of(row.body, row.id, row.asked_at, KINDS)
    except Unreadable:
        return None


def _needed(connection: Connection, row: Row[tuple[object, ...]]) -> tuple[Fault, ...]:
    action = _read(row)
    numbers = set()
    if isinstance(action, LineAction) and action.no is not None:
        numbers.add(action.no)
    if isinstance(action, Exclude | RevokeExclusion):
        numbers |= {
            recorded.event.no
            for recorded in events(connection, kinds=(ExclusionGranted,))
            if isinstance(recorded.event, ExclusionGranted) and recorded.event.id == action.id
        }
    columns = tables.fault.c
    found = connection.execute(select(columns.no, columns.body).where(columns.no.in_(numbers)))
    return tuple(fault_of(body, no) for no, body in found)


def _answer(found: Row[tuple[object, ...]]) -> Answer:
    return Answer(id=found.id, state=State(found.state), text=found.answer, fault_no=found.fault_no)
