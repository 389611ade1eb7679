"""Whether messages on their ways are of messages that were due, and hold together: outbox, deliveries, tries.

That a message was due is an event; how it travelled is not. So what is kept of that is held together in itself: the
stage of a message is that of its deliveries; a delivery has the key of its message and the state of its last try; a
letter carried what it says, and nothing was carried that was not tried. That a carrier was told is an event again
(`monitor.store.action_checks`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from monitor.faults.terms import MessageKind
from monitor.store import tables
from monitor.store.deliveries import UNKNOWN, Stage, State, due_of
from monitor.store.findings import Report, What
from monitor.store.projection import OutboxRow
from monitor.store.rows import NAMES, parts, row_of
from monitor.store.walking import walk

KINDS, STATES, STAGES = frozenset(MessageKind), frozenset(State), frozenset(Stage)
FATES = ("delivered", "again", "refused", UNKNOWN)


class DeliveryChecks:
    """The tables of messages on their ways."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report

    def check(self) -> None:
        """Look at all of them."""
        self._each(tables.outbox, self._messages)
        self._each(tables.delivery, self._deliveries)
        self._each(tables.attempt, self._attempts)
        self._each(tables.carried, self._carried)

    def _each(self, table: Any, look: Any) -> None:
        def unreadable(key: tuple[Any, ...], why: str) -> None:
            self._report.add(What.DELIVERY, None, f"the row {key} of {table.name} does not read: {why}")

        for page in parts(walk(self._connection, table, unreadable)):
            for key, wrong in look(page):
                seq = getattr(key, "seq", None)
                named = ", ".join(str(getattr(key, column.name)) for column in table.primary_key.columns)
                self._report.add(What.DELIVERY, seq, f"the row {named} of {table.name}: {wrong}")

    # -- the stage of a message ----------------------------------------------------------------------------------

    def _messages(self, page: list[Any]) -> Iterator[tuple[Any, str]]:
        """Compare the stage of messages with their deliveries; between pending and unrouted nothing tells."""
        columns = tables.delivery.c
        ways = select(columns.outbox_key, columns.state, columns.carried_by.is_(None), func.count())
        ways = ways.where(columns.outbox_key.in_([row.key for row in page]))
        found: dict[str, list[tuple[str, bool]]] = {}
        for key, state, by_none, _ in self._connection.execute(
            ways.group_by(columns.outbox_key, columns.state, columns.carried_by.is_(None))
        ):
            found.setdefault(key, []).append((state, bool(by_none)))
        for row in page:
            mine = found.get(row.key, [])
            if row.state not in _stages(mine):
                wanted = " or ".join(sorted(_stages(mine)))
                yield row, f"state is {row.state}, by its {'deliveries' if mine else 'having none'} {wanted}"

    # -- deliveries ----------------------------------------------------------------------------------------------

    def _deliveries(self, page: list[Any]) -> Iterator[tuple[Any, str]]:
        messages = self._messages_of({row.outbox_key for row in page})
        tries = self._tries_of(page)
        for row in page:
            wrongs = (*_of_its_message(row, messages.get(row.outbox_key)), *_of_its_state(row))
            for wrong in (*wrongs, *_of_its_tries(row, tries.get((row.key, row.channel), []))):
                yield row, wrong

    def _messages_of(self, keys: set[str]) -> dict[str, OutboxRow]:
        found: dict[str, OutboxRow] = {}
        columns = [tables.outbox.c[name] for name in NAMES[OutboxRow]]
        try:
            for row in self._connection.execute(select(*columns).where(tables.outbox.c.key.in_(keys))):
                found[row.key] = row_of(OutboxRow, row)
        except (TypeError, ValueError, OverflowError):
            return {}  # it is named where the outbox is looked at
        return found

    def _tries_of(self, page: list[Any]) -> dict[tuple[str, str], list[Any]]:
        """Return the tries at the letters that carried deliveries, by delivery, the latest last."""
        carried, attempt = tables.carried.c, tables.attempt.c
        joined = tables.carried.outerjoin(
            tables.attempt,
            (carried.channel == attempt.channel) & (carried.key == attempt.key) & (carried.number == attempt.number),
        )
        query = select(carried.delivery_key, carried.channel, carried.key, carried.number, attempt.fate, attempt.status)
        query = query.select_from(joined).where(carried.delivery_key.in_([row.key for row in page]))
        found: dict[tuple[str, str], list[Any]] = {}
        for row in self._connection.execute(query.order_by(attempt.at, carried.number)):
            if type(row.key) is str and type(row.number) is int:  # others are named where carried is looked at
                found.setdefault((row.delivery_key, row.channel), []).append(row)
        return found

    # -- tries ---------------------------------------------------------------------------------------------------

    def _attempts(self, page: list[Any]) -> Iterator[tuple[Any, str]]:
        columns = tables.carried.c
        letter = (columns.channel, columns.key, columns.number)
        counted = select(*letter, func.count()).where(tuple_(*letter).in_([_letter(row) for row in page]))
        counts = {tuple(row[:3]): row[3] for row in self._connection.execute(counted.group_by(*letter))}
        for row in page:
            for wrong in _of_a_try(row, counts.get(_letter(row), 0)):
                yield row, wrong

    def _carried(self, page: list[Any]) -> Iterator[tuple[Any, str]]:
        delivery, attempt = tables.delivery.c, tables.attempt.c
        ways, letter = (delivery.key, delivery.channel), (attempt.channel, attempt.key, attempt.number)
        asked = {(row.delivery_key, row.channel) for row in page}, {_letter(row) for row in page}
        known = {tuple(row) for row in self._connection.execute(select(*ways).where(tuple_(*ways).in_(asked[0])))}
        tried = {tuple(row) for row in self._connection.execute(select(*letter).where(tuple_(*letter).in_(asked[1])))}
        for row in page:
            if (row.delivery_key, row.channel) not in known:
                yield row, "there is no such delivery"
            if _letter(row) not in tried:
                yield row, "there is no such try in attempt"


def _letter(row: Any) -> tuple[str, str, int]:
    return row.channel, row.key, row.number


def _stages(deliveries: list[tuple[str, bool]]) -> set[str]:
    """Return the stages that a message with deliveries of these states can be in; with it, that none carried them."""
    if not deliveries:
        return {Stage.PENDING.value, Stage.UNROUTED.value}
    if any(state == State.WAITING.value for state, _ in deliveries):
        return {Stage.ROUTED.value}
    if all(state == State.DELIVERED.value and by_none for state, by_none in deliveries):
        return {Stage.ROUTED.value, Stage.DONE.value}  # told past the database, before it was routed
    return {Stage.DONE.value}


def _of_its_message(row: Any, message: OutboxRow | None) -> Iterator[str]:
    if message is None:
        yield f"there is no message {row.outbox_key} in outbox"
        return
    if row.kind not in KINDS:
        yield f"kind is {row.kind}: there is no such"
        return
    key = message.key if row.kind == message.kind else due_of(message, kind=MessageKind(row.kind)).key
    if row.key != key:
        yield f"the {row.kind} of message {message.key} has the key {key}"
    if row.to_carrier and (message.carrier is None or message.fault_no is None):
        yield "to_carrier is set, though it is of no carrier's fault"
    if row.since < message.due_at:
        yield f"since is {row.since}, before it was due, {message.due_at}"


def _of_its_state(row: Any) -> Iterator[str]:
    if row.state not in STATES:
        yield f"state is {row.state}: there is no such"
    if (row.ended_at is None) != (row.state == State.WAITING.value):
        yield f"state is {row.state}, ended_at {row.ended_at}"
    if row.tries < 0:
        yield f"tries is {row.tries}"


def _of_its_tries(row: Any, tries: list[Any]) -> Iterator[str]:
    """Go through what differs from the letters that carried it; some tries come to no letter."""
    own = [each for each in tries if each.key == row.key]  # a letter has the key and number of its first delivery
    if row.tries < max((each.number for each in own), default=min(1, len(tries))):
        yield f"tries is {row.tries}, fewer than the letters that carried it"
    letters = {each.key for each in tries}
    if (row.carried_by is not None or letters) and row.carried_by not in letters:
        yield f"carried_by is {row.carried_by}, by carried it is {', '.join(sorted(letters)) or 'none'}"
    delivered = [each for each in tries if each.fate == "delivered"]
    if row.state == State.DELIVERED.value and row.carried_by is not None and not delivered:
        yield "state is delivered, though no letter that carried it was"
    if row.state != State.DELIVERED.value and any(each in own for each in delivered):
        yield f"state is {row.state}, though a letter that carried it was delivered"
    if delivered and row.status not in {each.status for each in delivered}:
        yield f"status is {row.status}, that of the letter delivered {delivered[-1].status}"


def _of_a_try(row: Any, carried: int) -> Iterator[str]:
    if not 1 <= row.letters <= carried:  # one that was given up and written anew may have become shorter
        yield f"letters is {row.letters}, carried names {carried}"
    if row.fate not in FATES:
        yield f"fate is {row.fate}: there is no such"
    if row.number < 1 or row.took_s < 0 or (row.retry_after_s or 0.0) < 0:
        yield "number, took_s or retry_after_s cannot be"
    if row.fate == UNKNOWN and (row.status, row.answer, row.took_s) != (UNKNOWN, "", 0.0):
        yield "what came of it is not known, and yet it says something"
    if row.fate != UNKNOWN and row.status == UNKNOWN:
        yield f"its fate is {row.fate}, its status {row.status}"
