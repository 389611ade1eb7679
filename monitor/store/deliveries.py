"""Messages on their ways: for each message of the outbox a delivery by channel, and an attempt for each try.

A try is written before its letter goes, and again with what came of it: one that was killed in between stays on record
as a try of which nobody knows whether it arrived.

An outbox row is ``pending`` until it is routed, ``routed`` while some delivery of it waits, then ``done``; one that no
route takes is ``unrouted``. These tables are kept beside the ledger: that a message was due is an event, how it
travelled is not; that a carrier was told is one again (`FaultNotified`), by the inbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, exists, func, or_, select, update

from monitor.faults.actions import Action
from monitor.faults.events import MessageDue
from monitor.faults.fault import Status
from monitor.faults.terms import MessageKind
from monitor.store import tables
from monitor.store.inbox import put_in
from monitor.store.projection import OutboxRow
from monitor.store.rows import NAMES, parts, put, row_of


class Stage(StrEnum):
    """Where a message of the outbox is."""

    PENDING = "pending"
    ROUTED = "routed"
    DONE = "done"
    UNROUTED = "unrouted"


class State(StrEnum):
    """How a delivery stands: waiting, delivered, given up, or not wanted any more when its turn came."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNWANTED = "unwanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message on its way through one channel, there as ``kind`` (an ``opened`` may go on as ``unacknowledged``).

    ``since`` is from when it is to go; ``next_at`` when it may be tried; ``status`` that of the last try;
    ``carried_by`` the key of the letter that took it, another message's where several went as one. ``to_carrier``:
    it tells the carrier of the fault, not the centre.
    """

    message: OutboxRow
    channel: str
    kind: MessageKind
    to_carrier: bool
    since: datetime
    state: State = State.WAITING
    tries: int = 0
    next_at: datetime
    status: str | None = None
    carried_by: str | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        """The idempotency key: the message's, or one of its own where it goes as another kind."""
        return self.message.key if self.kind == self.message.kind else due_of(self.message, kind=self.kind).key

    @property
    def thread(self) -> str:
        """What must stay in order on a channel: the messages of one fault, each other one by itself."""
        return self.message.fault_no or self.message.key


UNKNOWN = "unknown"
"""Fate and status of a try of which it is not known what came of it: it is under way, or was when all was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at one letter through one channel, which stood for so many messages; it took ``took_s`` seconds.

    ``fate`` and ``status`` are `UNKNOWN` until it ends. ``answer`` is what the receiver said, cut and without secrets;
    ``retry_after_s`` for how many seconds it asked to be left alone.
    """

    key: str
    channel: str
    number: int
    at: datetime
    took_s: float
    letters: int
    fate: str
    status: str
    answer: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one transaction marks: an attempt, the deliveries as they are after it, and what it says for people.

    ``asked`` are actions by their ids: that the carrier was told, that a receiver's answer takes the fault on.
    """

    deliveries: tuple[Delivery, ...]
    attempt: Attempt | None = None
    asked: tuple[tuple[str, Action], ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that wait: how many, and since when the oldest is due (None: there is none)."""

    count: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not delivered through a channel.

    ``waiting`` messages were to go by now, the first of them at ``waiting_since``; ``failed`` were given up lately,
    the first of which was to go at ``failed_since``.
    """

    channel: str
    waiting: int
    waiting_since: datetime | None
    failed: int
    failed_since: datetime | None


SHOWN_FOR = timedelta(hours=24)  # after a message was given up
LONGEST_TRY = timedelta(minutes=10)  # whatever a receiver does
REMEMBERED = timedelta(days=7)  # what was given up, to be told of by the next run where this one cannot
DELIVERY = ("channel", "kind", "to_carrier", "since", "state", "tries", "next_at", "status", "carried_by", "ended_at")
ATTEMPT = ("key", "channel", "number", "at", "took_s", "letters", "fate", "status", "answer", "retry_after_s")


def due_of(message: OutboxRow, *, kind: MessageKind | None = None, due_at: datetime | None = None) -> MessageDue:
    """Return the event that a row of the outbox is of, or what it becomes as another kind, due at another time."""
    return MessageDue(
        at=message.created_at,
        message=kind or MessageKind(message.kind),
        due_at=due_at or message.due_at,
        no=message.fault_no,
        line=message.line,
        carrier=message.carrier,
        episode=message.episode,
        fraction=message.fraction,
        repeat=message.repeat,
        subject=message.subject,
        detail=message.detail,
    )


def unrouted(connection: Connection, most: int, after: int = 0) -> list[OutboxRow]:
    """Return messages not yet routed whose events come after a row of the ledger, the oldest first, at most so many."""
    columns = tables.outbox.c
    pending = select(tables.outbox).where(columns.state == Stage.PENDING.value, columns.seq > after)
    return [row_of(OutboxRow, row) for row in connection.execute(pending.order_by(columns.seq).limit(most))]


def put_routed(connection: Connection, routed: Iterable[tuple[OutboxRow, tuple[Delivery, ...]]]) -> None:
    """Write the ways of messages, in the connection's transaction; none of a message: it goes nowhere."""
    stages: dict[Stage, list[str]] = {Stage.ROUTED: [], Stage.UNROUTED: []}
    rows: list[dict[str, Any]] = []
    for message, deliveries in routed:
        stages[Stage.ROUTED if deliveries else Stage.UNROUTED].append(message.key)
        rows += [_values(delivery) for delivery in deliveries]
    put(connection, tables.delivery, rows, first_stays=True)
    for stage, keys in stages.items():
        for part in parts(keys):
            connection.execute(update(tables.outbox).where(tables.outbox.c.key.in_(part)).values(state=stage.value))


def put_tried(connection: Connection, tried: Tried) -> None:
    """Mark what came of a try, in the connection's transaction."""
    if tried.attempt is not None:
        put(connection, tables.attempt, [{name: getattr(tried.attempt, name) for name in ATTEMPT}])
        put(connection, tables.carried, [*_carried(tried.attempt, tried.deliveries)], first_stays=True)
    put(connection, tables.delivery, [_values(delivery) for delivery in tried.deliveries])
    for name, action in tried.asked:
        put_in(connection, name, action)
    still = exists().where(
        tables.delivery.c.outbox_key == tables.outbox.c.key, tables.delivery.c.state == State.WAITING.value
    )
    for part in parts(sorted({delivery.message.key for delivery in tried.deliveries})):
        ended = update(tables.outbox).where(tables.outbox.c.key.in_(part), ~still)
        connection.execute(ended.values(state=Stage.DONE.value))


def waiting(connection: Connection) -> list[Delivery]:
    """Return every delivery that waits, the oldest message first."""
    return _deliveries(connection, _joined().where(tables.delivery.c.state == State.WAITING.value))


def deliveries_of(connection: Connection, no: str) -> list[Delivery]:
    """Return every delivery of a fault's messages, the oldest message first."""
    return _deliveries(connection, _joined().where(tables.outbox.c.fault_no == no))


def attempts_of(connection: Connection, no: str) -> list[Attempt]:
    """Return every try at a letter that carried a message of a fault, the earliest first."""
    attempt, carried, delivery = tables.attempt.c, tables.carried.c, tables.delivery.c
    same_letter = and_(carried.channel == attempt.channel, carried.key == attempt.key, carried.number == attempt.number)
    mine = and_(delivery.channel == carried.channel, delivery.key == carried.delivery_key)
    joined = (
        tables.attempt.join(tables.carried, same_letter)
        .join(tables.delivery, mine)
        .join(tables.outbox, tables.outbox.c.key == delivery.outbox_key)
    )
    query = select(*(attempt[name] for name in ATTEMPT)).select_from(joined).where(tables.outbox.c.fault_no == no)
    ordered = query.distinct().order_by(attempt.at, attempt.channel)
    return [Attempt(**row._mapping) for row in connection.execute(ordered)]


def backlogs(connection: Connection, now: datetime) -> list[Backlog]:
    """Return the channels through which messages wait that were to go by now, or were given up lately."""
    columns = tables.delivery.c
    waits = and_(columns.state == State.WAITING.value, columns.since <= now)
    failed = and_(columns.state == State.FAILED.value, columns.ended_at > now - SHOWN_FOR)
    counted = select(
        columns.channel,
        func.count(case((waits, 1))),
        func.min(case((waits, columns.since))),
        func.count(case((failed, 1))),
        func.min(case((failed, columns.since))),
    )
    states = columns.state.in_((State.WAITING.value, State.FAILED.value))
    found = counted.where(states, or_(waits, failed)).group_by(columns.channel).order_by(columns.channel)
    return [Backlog(*row) for row in connection.execute(found)]


def given_up_last(connection: Connection) -> tuple[list[Delivery], list[OutboxRow]]:
    """Return what was given up in the last week in which anything was, and the alarms of such since then."""
    columns, outbox = tables.delivery.c, tables.outbox.c
    failed = columns.state == State.FAILED.value
    last = connection.execute(select(func.max(columns.ended_at)).where(failed)).scalar()
    if last is None:
        return [], []
    since = last - REMEMBERED
    alarms = select(tables.outbox).where(
        outbox.kind == MessageKind.UNDELIVERED.value, outbox.created_at > since - SHOWN_FOR
    )
    found = _deliveries(connection, _joined().where(failed, columns.ended_at > since))
    return found, [row_of(OutboxRow, row) for row in connection.execute(alarms.order_by(outbox.seq))]


def untaken_last(connection: Connection, needed: Iterable[MessageKind]) -> tuple[list[OutboxRow], list[OutboxRow]]:
    """Return what reached no carrier in the last week in which anything did not, and the alarms of such since then.

    No route took these messages, of the kinds ``needed``, or every channel to the carrier gave them up.
    """
    outbox, columns, other = tables.outbox.c, tables.delivery.c, tables.delivery.alias().c
    failed = State.FAILED.value
    elsewhere = exists().where(other.key == columns.key, other.to_carrier, other.state != failed)
    given_up = select(columns.outbox_key).where(columns.to_carrier, columns.state == failed, ~elsewhere)
    unrouted = and_(outbox.state == Stage.UNROUTED.value, outbox.kind.in_([kind.value for kind in needed]))
    untaken = and_(outbox.fault_no.is_not(None), or_(unrouted, outbox.key.in_(given_up)))
    last = connection.execute(select(func.max(outbox.created_at)).where(untaken)).scalar()
    if last is None:
        return [], []
    alarms = outbox.kind == MessageKind.UNREACHED.value
    since = select(tables.outbox).where(outbox.created_at > last - REMEMBERED).order_by(outbox.seq)
    messages, told = (connection.execute(since.where(which)) for which in (untaken, alarms))
    return [row_of(OutboxRow, row) for row in messages], [row_of(OutboxRow, row) for row in told]


def active_on(connection: Connection, channel: str) -> list[Delivery]:
    """Return, for every open fault that a channel was told of, the last delivery that told it; so of blindness."""
    open_ones = select(tables.fault.c.no).where(tables.fault.c.status == Status.OPEN.value)
    columns, outbox, blind = tables.delivery.c, tables.outbox.c, MessageKind.MONITOR_BLIND.value
    of_sight = outbox.kind.in_([blind, MessageKind.MONITOR_SEES.value])
    lasts = and_(outbox.kind == blind, outbox.seq == select(func.max(outbox.seq)).where(of_sight).scalar_subquery())
    query = _joined().where(columns.channel == channel, columns.state == State.DELIVERED.value)
    found = _deliveries(connection, query.where(or_(outbox.fault_no.in_(open_ones), lasts)))
    return list({delivery.thread: delivery for delivery in found}.values())


def reached(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of the messages that some channel delivered to the carrier."""
    columns = tables.delivery.c
    told = select(columns.key).where(columns.state == State.DELIVERED.value, columns.to_carrier)
    return {
        key for part in parts(sorted(keys)) for key in connection.execute(told.where(columns.key.in_(part))).scalars()
    }


def tried_since(connection: Connection, since: datetime) -> list[tuple[str, datetime, float]]:
    """Return of every try begun since an instant its channel, by when it had ended, and the seconds asked for then.

    Of one of which it is not known what came of it, that is the longest that it can have been under way.
    """
    columns = tables.attempt.c
    query = select(columns.channel, columns.at, columns.took_s, columns.fate, columns.retry_after_s)
    return [
        (channel, at + (LONGEST_TRY if fate == UNKNOWN else timedelta(seconds=took_s)), asked_s or 0.0)
        for channel, at, took_s, fate, asked_s in connection.execute(query.where(columns.at >= since))
    ]


def on_their_way(connection: Connection) -> Waiting:
    """Return how many messages wait to be routed or delivered; one to go only later is not waiting yet."""
    columns = tables.outbox.c
    stages = (Stage.PENDING.value, Stage.ROUTED.value)
    query = select(func.count(), func.min(columns.due_at)).where(columns.state.in_(stages), or_(*_overripe()))
    return Waiting(*connection.execute(query).one())


def _overripe() -> tuple[Any, Any]:
    """A message not routed yet, or one with a delivery that waits though it was to go at once."""
    columns = tables.delivery.c
    at_once = exists().where(
        columns.outbox_key == tables.outbox.c.key,
        columns.state == State.WAITING.value,
        columns.since <= tables.outbox.c.due_at,
    )
    return tables.outbox.c.state == Stage.PENDING.value, at_once


def _joined() -> Select[Any]:
    message = (tables.outbox.c[name].label(f"message_{name}") for name in NAMES[OutboxRow])
    joined = select(*message, *(tables.delivery.c[name] for name in DELIVERY)).join(
        tables.outbox, tables.outbox.c.key == tables.delivery.c.outbox_key
    )
    return joined.order_by(tables.outbox.c.seq, tables.delivery.c.channel)


def _deliveries(connection: Connection, query: Select[Any]) -> list[Delivery]:
    return [_delivery(row) for row in connection.execute(query)]


def _delivery(row: Row[Any]) -> Delivery:
    found = row._mapping
    message = OutboxRow(**{name: found[f"message_{name}"] for name in NAMES[OutboxRow]})
    values = {name: found[name] for name in DELIVERY}
    return Delivery(message=message, **values | {"kind": MessageKind(found["kind"]), "state": State(found["state"])})


def _carried(attempt: Attempt, deliveries: Iterable[Delivery]) -> Iterator[dict[str, Any]]:
    """Go through what the letter of an attempt carried; others were marked beside it."""
    for each in deliveries:
        if each.carried_by == attempt.key and each.state is not State.UNWANTED:
            letter = {"key": attempt.key, "channel": attempt.channel, "number": attempt.number}
            yield {"delivery_key": each.key} | letter


def _values(delivery: Delivery) -> dict[str, Any]:
    values = {name: getattr(delivery, name) for name in DELIVERY}
    keys = {"key": delivery.key, "outbox_key": delivery.message.key}
    return values | keys | {"kind": delivery.kind.value, "state": delivery.state.value}
