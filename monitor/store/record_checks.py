"""Whether what is kept beside the ledger is what its events make: columns, records, configurations, bodies, faults."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, select

from monitor.faults.events import Event
from monitor.faults.fault import Fault, IllegalTransition
from monitor.store import tables
from monitor.store.action_checks import ActionChecks
from monitor.store.body_checks import BodyChecks
from monitor.store.codec import event_of, fault_of
from monitor.store.configuration_checks import ConfigurationChecks
from monitor.store.delivery_checks import DeliveryChecks
from monitor.store.edition_checks import EditionChecks
from monitor.store.errors import Unreadable
from monitor.store.findings import ENOUGH, Report, What
from monitor.store.hour_checks import HourChecks
from monitor.store.instant import to_stored
from monitor.store.ledger import columns_of
from monitor.store.projection import (
    BlipRow,
    DoesNotFollow,
    FaultRow,
    IntervalKind,
    IntervalRow,
    OutageRow,
    OutboxRow,
    Projection,
    SeenRow,
    UnknownRow,
    fault_row,
    fold,
)
from monitor.store.round_checks import RoundChecks
from monitor.store.rows import FIRST_STAYS, MANY, TABLES, key_column, key_of, parts, row_of
from monitor.store.standing_checks import StandingChecks
from monitor.store.state_checks import StateChecks


class EventChecks:
    """Columns, records, configurations and bodies, compared with what the events make of them."""

    def __init__(self, connection: Connection, report: Report, *, beside: bool) -> None:
        self._connection = connection
        self._report = report
        self._beside = beside
        self._projection = Projection()
        self._bodies = BodyChecks(connection, report)
        self._editions = EditionChecks(connection, report)
        self._configurations = ConfigurationChecks(connection, report)
        self._standing = StandingChecks(connection, report)
        self._expected: dict[type[Any], dict[Any, Any]] = {kind: {} for kind in TABLES if kind is not FaultRow}
        self._met: dict[type[Any], int] = dict.fromkeys(self._expected, 0)

    def take(self, row: Row[Any], *, intact: bool) -> None:
        """Compare with one event. That an altered one (``intact`` is False) does not read is no news."""
        try:
            event = event_of(str(row.body), row.seq)
        except Unreadable as error:
            if intact:
                self._report.add(What.UNREADABLE, row.seq, str(error))
            return
        self._columns(row, event)
        self._configurations.take(row.seq, event)
        self._standing.take(row.seq, event, stopped=IntervalKind.STOPPED.value in self._projection.intervals)
        self._bodies.take(row.seq, event)
        self._editions.take(row.seq, event)
        try:
            made = self._projection.take(row.seq, event)
        except DoesNotFollow as error:
            self._report.add(What.IMPOSSIBLE, row.seq, f"event {row.seq} cannot be: {error}")
            return
        if made is not None and not self._lasts(made):
            self._expect(made)

    def finish(self) -> None:
        """Compare what is still open, and look for records that no event made."""
        for row in (*self._projection.outages.values(), *self._projection.intervals.values()):
            self._expect(row)
        for kind in self._expected:
            self._compare(kind)
            self._strangers(kind)
        self._configurations.finish()
        actions = ActionChecks(self._connection, self._report)
        if self._beside:
            actions.check()
        self._bodies.finish(actions.kept_at)
        self._editions.finish(actions.kept_at)
        if self._beside:
            DeliveryChecks(self._connection, self._report).check()
            self._measured()

    def _measured(self) -> None:
        """Look at what the ledger holds in part or not at all: where judging stands, states of lines, rounds."""
        standing, rounds = self._standing, RoundChecks(self._connection, self._report)
        standing.read()
        rounds.check(standing.judged_at)
        standing.compare(self._projection, rounds.open)
        StateChecks(self._connection, self._report).check(self._projection.outages, rounds.open)
        HourChecks(self._connection, self._report, standing.crashes, standing.judged_at).check(rounds.open)

    def _lasts(self, row: Any) -> bool:
        """Tell whether an outage or interval is still open, and so to be compared once it ended."""
        return row in (self._projection.outages.get(getattr(row, "line", "")), *self._projection.intervals.values())

    def _columns(self, row: Row[Any], event: Event) -> None:
        names = ("at", "kind", "fault_no", "line")
        at = to_stored(event.at, self._connection.dialect.name)
        for name, wanted in zip(names, (at, *columns_of(event)), strict=True):
            if getattr(row, name) != wanted:
                text = f"the column {name} of event {row.seq} says {getattr(row, name)}, its body {wanted}"
                self._report.add(What.COLUMNS, row.seq, text)

    def _expect(self, row: Any) -> None:
        waiting = self._expected[type(row)]
        if type(row) not in FIRST_STAYS or key_of(row) not in waiting:
            waiting[key_of(row)] = row
        if len(waiting) >= MANY:
            self._compare(type(row))

    def _compare(self, kind: type[Any]) -> None:
        waiting, self._expected[kind] = self._expected[kind], {}
        found = _stored(self._connection, kind, waiting)
        for key, wanted in waiting.items():
            kept = found.get(key)
            if kind in FIRST_STAYS and _earlier(kept, wanted):
                continue  # the first one stays, and was compared in its turn
            self._met[kind] += key in found
            if kept != wanted:
                text = f"{_name(kind)} of event {wanted.seq} is {_difference(kept, wanted)}"
                self._report.add(What.RECORD, wanted.seq, text)

    def _strangers(self, kind: type[Any]) -> None:
        table = TABLES[kind]
        count = self._connection.execute(select(func.count()).select_from(table)).scalar_one()
        if count <= self._met[kind]:
            return
        made = select(tables.event.c.seq).where(tables.event.c.kind.in_(_MAKERS[kind]))
        strange = list(self._connection.execute(select(table.c.seq).where(table.c.seq.not_in(made)).limit(ENOUGH)))
        for (seq,) in strange:
            self._report.add(What.RECORD, seq, f"{_name(kind)} names event {seq}, which did not make it")
        if not strange:
            text = f"the table {table.name} holds {count - self._met[kind]} rows more than the events make"
            self._report.add(What.RECORD, None, text)


_MAKERS: dict[type[Any], tuple[str, ...]] = {
    BlipRow: ("blip_seen",),
    IntervalRow: ("monitor_blind", "daemon_started", "daemon_stopped"),
    OutageRow: ("outage_confirmed",),
    OutboxRow: ("message_due",),
    SeenRow: ("line_first_seen",),
    UnknownRow: ("line_unknown",),
}


def _stored(connection: Connection, kind: type[Any], keys: Iterable[Any]) -> dict[Any, Any]:
    """Return stored rows by key; one that does not read stands as the error's text."""
    found: dict[Any, Any] = {}
    for part in parts(keys):
        try:
            found |= _read(connection, kind, part)
        except (TypeError, ValueError, OverflowError):
            for one in part:
                try:
                    found |= _read(connection, kind, [one])
                except (TypeError, ValueError, OverflowError) as error:
                    found[one] = f"unreadable ({error})"
    return found


def _read(connection: Connection, kind: type[Any], keys: list[Any]) -> dict[Any, Any]:
    key = TABLES[kind].c[key_column(kind)]
    found = connection.execute(select(TABLES[kind]).where(key.in_(keys))).all()
    return {key_of(row): row for row in (row_of(kind, one) for one in found)}


def _earlier(kept: Any, wanted: Any) -> bool:
    """Tell whether a stored row is of an earlier event; a changed file may name there what is no event."""
    seq = getattr(kept, "seq", None)
    return isinstance(seq, int) and seq < wanted.seq


def _name(kind: type[Any]) -> str:
    return f"the record in {TABLES[kind].name}"


def _difference(kept: Any, wanted: Any) -> str:
    """Say how a stored row differs from the one that the events make."""
    if kept is None:
        return "missing"
    if isinstance(kept, str):
        return kept
    names = [name for name in type(wanted).__slots__ if getattr(kept, name) != getattr(wanted, name)]
    return "wrong: " + ", ".join(f"{name} is {getattr(kept, name)}, not {getattr(wanted, name)}" for name in names)


# -- faults ------------------------------------------------------------------------------------------------------


def check_faults(connection: Connection, report: Report) -> int:
    """Compare every fault with the fold of its events; return how many the ledger tells of."""
    count, after = 0, ""
    columns = tables.event.c
    told = select(columns.fault_no).distinct().order_by(columns.fault_no).limit(MANY)
    while numbers := list(connection.execute(told.where(columns.fault_no > after)).scalars()):
        stored = _stored(connection, FaultRow, numbers)
        for no, rows in _rows_of(connection, numbers).items():
            _check_fault(no, rows, stored.get(no), report)
        count, after = count + len(numbers), numbers[-1]
    made = select(columns.fault_no).where(columns.fault_no.is_not(None))
    strange = select(tables.fault.c.no).where(tables.fault.c.no.not_in(made)).limit(ENOUGH)
    for no in connection.execute(strange).scalars():
        report.add(What.RECORD, None, f"fault {no} is on record, but no event tells of it")
    return count


def _rows_of(connection: Connection, numbers: list[str]) -> dict[str, list[tuple[int, str]]]:
    """Return number and body of the events of faults, in the order of the ledger."""
    columns = tables.event.c
    query = select(columns.fault_no, columns.seq, columns.body).where(columns.fault_no.in_(numbers))
    rows: dict[str, list[tuple[int, str]]] = {no: [] for no in numbers}
    for no, seq, body in connection.execute(query.order_by(columns.seq)):
        rows[no].append((seq, str(body)))
    return rows


def _check_fault(no: str, rows: list[tuple[int, str]], kept: Any, report: Report) -> None:
    seq = rows[-1][0]
    try:
        fault = fold({}, (event_of(body, number) for number, body in rows)).get(no)
    except (DoesNotFollow, IllegalTransition, Unreadable) as error:
        report.add(What.IMPOSSIBLE, seq, f"fault {no} cannot be folded from its events: {error}")
        return
    if fault is None:  # the columns name another fault than the body: found as such
        return
    difference = _fault_difference(no, kept, fault)
    if difference:
        report.add(What.RECORD, seq, f"the record of fault {no}, last changed by event {seq}, is {difference}")


def _fault_difference(no: str, kept: Any, fault: Fault) -> str | None:
    if kept is None or isinstance(kept, str):
        return kept or "missing"
    wanted = fault_row(fault)
    try:
        same = fault_of(kept.body, no) == fault
    except Unreadable as error:
        return f"wrong: {error}"
    # bodies are compared by what they say: a later version may spell more
    names = [name for name in FaultRow.__slots__ if name != "body" and getattr(kept, name) != getattr(wanted, name)]
    if not same:
        names.append("body")
    return None if not names else "wrong in " + ", ".join(names)
