"""The ledger itself: append events and what follows from them; read them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from monitor.faults.events import Event, FaultEvent, MessageDue, OutageEnded
from monitor.faults.fault import Fault, IllegalTransition
from monitor.sla.spans import Span
from monitor.store import tables
from monitor.store.chain import Head, chain
from monitor.store.codec import event_json, event_of, fault_of
from monitor.store.errors import LedgerConflict
from monitor.store.projection import DoesNotFollow, IntervalRow, OutageRow, Projection, fault_row, fold
from monitor.store.rows import parts, put_rows, row_of

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its number in the ledger."""

    seq: int
    event: Event


def head(connection: Connection, *, for_update: bool = False) -> Head:
    """Return the last row of the ledger, as kept beside it.

    Raises:
        LedgerConflict: it is not kept: the row of `standing` is gone.
    """
    query = select(tables.standing.c.head_seq, tables.standing.c.head_hash)
    found = connection.execute(query.with_for_update() if for_update else query).one_or_none()
    if found is None:
        raise LedgerConflict("the head of the ledger is missing from the table standing: restore a backup")
    return Head(*found)


def append(connection: Connection, before: Head, events: Sequence[Event]) -> Head:
    """Append events after ``before``, in the connection's transaction, with what follows from them.

    Events that the ledger holds already, because an answer to their commit was lost, are not appended again.

    Raises:
        LedgerConflict: the ledger went on otherwise, or an event does not follow from those before it.
    """
    bodies = [event_json(event) for event in events]
    heads = chain(before, bodies)
    new = _new(head(connection, for_update=True), [before, *heads])
    if new < len(events):
        connection.execute(
            tables.event.insert(), [_columns(*row) for row in zip(events[new:], bodies[new:], heads[new:], strict=True)]
        )
        _follow(connection, [Recorded(head.seq, event) for head, event in zip(heads, events, strict=True)][new:])
    return heads[-1] if heads else before


def events(
    connection: Connection,
    *,
    after: int = 0,
    fault_no: str | None = None,
    kinds: Iterable[type[Event]] | None = None,
    line: str | None = None,
    period: Span | None = None,
) -> Iterator[Recorded]:
    """Go through the ledger after a row, in order; only of a fault, some kinds, a line, a period where given.

    Raises:
        Unreadable: a row does not read as an event.
    """
    query = select(tables.event.c.seq, tables.event.c.body).order_by(tables.event.c.seq).limit(PAGE)
    if fault_no is not None:
        query = query.where(tables.event.c.fault_no == fault_no)
    if kinds is not None:
        query = query.where(tables.event.c.kind.in_([kind.kind for kind in kinds]))
    if line is not None:
        query = query.where(tables.event.c.line == line)
    if period is not None:
        query = query.where(tables.event.c.at >= period[0], tables.event.c.at < period[1])
    while page := connection.execute(query.where(tables.event.c.seq > after)).all():
        yield from (Recorded(seq, event_of(body, seq)) for seq, body in page)
        after = page[-1].seq


def columns_of(event: Event) -> tuple[str, str | None, str | None]:
    """Return the indexed columns ``kind``, ``fault_no``, ``line`` of an event: what of it is searched for."""
    return event.kind, getattr(event, "no", None), getattr(event, "line", None)


def _columns(event: Event, body: str, head: Head) -> dict[str, Any]:
    kind, fault_no, line = columns_of(event)
    return {
        "seq": head.seq,
        "at": event.at,
        "kind": kind,
        "fault_no": fault_no,
        "line": line,
        "body": body,
        "hash": head.hash,
    }


def _new(found: Head, expected: Sequence[Head]) -> int:
    """Return how many of the events the ledger holds already, from where it is expected to be or to have got to."""
    try:
        return expected.index(found)
    except ValueError:
        raise LedgerConflict(
            f"the ledger stands at event {found.seq}, not at {expected[0].seq} where this writer left it:"
            " another one wrote to it, or it was changed; run `monitor ledger verify`"
        ) from None


def _follow(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Write what follows from events just appended."""
    plain = [item.event for item in recorded]
    projection = Projection(outages=_open_outages(connection, plain), intervals=_open_intervals(connection))
    try:
        rows: list[Any] = [row for item in recorded if (row := projection.take(item.seq, item.event)) is not None]
        rows += map(fault_row, fold(_faults(connection, plain), plain).values())
    except (DoesNotFollow, IllegalTransition) as error:
        raise LedgerConflict(f"an event does not follow from the ledger: {error}") from error
    put_rows(connection, rows)


def _faults(connection: Connection, recorded: Iterable[Event]) -> dict[str, Fault]:
    """Return the faults that events concern, as stored."""
    numbers = {event.no for event in recorded if isinstance(event, FaultEvent | MessageDue) and event.no is not None}
    found: dict[str, Fault] = {}
    for part in parts(sorted(numbers)):
        query = select(tables.fault.c.no, tables.fault.c.body).where(tables.fault.c.no.in_(part))
        found |= {no: fault_of(body, no) for no, body in connection.execute(query)}
    return found


def _open_outages(connection: Connection, recorded: Iterable[Event]) -> list[OutageRow]:
    """Return the open outages of the lines whose outage begins or ends."""
    ended = {event.line for event in recorded if isinstance(event, OutageEnded)}
    found: list[OutageRow] = []
    for part in parts(sorted(ended)):
        query = select(tables.outage).where(tables.outage.c.line.in_(part), tables.outage.c.restored_at.is_(None))
        found += [row_of(OutageRow, row) for row in connection.execute(query)]
    return found


def _open_intervals(connection: Connection) -> list[IntervalRow]:
    query = select(tables.monitor_interval).where(tables.monitor_interval.c.end_at.is_(None))
    return [row_of(IntervalRow, row) for row in connection.execute(query)]
