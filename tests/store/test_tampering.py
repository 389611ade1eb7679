"""Change any value of any table, and a verification names it: but for the columns listed here, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, Float, Integer, LargeBinary, Table, select, text
from sqlalchemy import update as change
from sqlalchemy.exc import IntegrityError

from monitor.store import tables
from monitor.store.action_checks import MADE
from monitor.store.database import url_of, writing_engine
from monitor.store.deliveries import Stage
from monitor.store.findings import Finding
from monitor.store.inbox import KINDS
from monitor.store.instant import Instant
from monitor.store.verification import verify
from tests.store.rich import fill
from tests.store.test_verification import TRIGGERS

UNKNOWABLE = {
    "action.id": "the ledger does not hold it; a caller that asks again is the only other who knows it",
    "action.asked_at": "by the clock of who asked; held together only with what is kept apart by the action",
    "attempt.at": "a measurement: when a letter went",
    "attempt.took_s": "a measurement: how long it took",
    "attempt.answer": "a measurement: what the receiver said",
    "attempt.retry_after_s": "a measurement: what the receiver asked for",
    "delivery.ended_at": "a measurement: when the last try ended",
    "delivery.next_at": "state of the running monitor: when to try again",
    "delivery.since": "by the routes and hours of the configuration then; never before the message was due",
    "delivery.to_carrier": "by the channels of the configuration then; that a carrier was told is an event",
    "delivery.tries": "also counts tries that came to no letter; never fewer than the letters",
    "hourly.sent": "a measurement; never less than what came back",
    "line_state.heard": "a measurement, until it is weighed: what a device said",
}
"""Columns of which a plausible change is found by nobody, and why."""

PARTLY = {
    "action.body": "of one that waits or was refused, nobody else knows what was asked for",
    "action.answer": "of one that was refused, nobody else knows the words",
    "action.state": "of one without a fault that was done, to waiting: it would be asked for again, and mostly refused",
    "attempt.status": "of one that was not delivered: a measurement",
    "delivery.channel": "of one that was never tried: by the routes of the configuration then",
    "delivery.status": "of one that was not delivered: a measurement",
    "hourly.received": "a measurement; never less than the timed echoes, nor more than were sent",
    "hourly.rtt_min": "a measurement; always in the lowest bucket",
    "standing.judged_at": "later, while no stop is on record: the last sign of life is by the monitor's word alone",
}
"""Columns of which some changes are found and others not, and why. Everything else is found and named."""

FAR = 1_000_000  # from any key that there is
FEW = 6


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def rich(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with a row in every table, of each kind in turn; nothing done to it lasts."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("cluster").create())
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('rich')}/monitor.db"
    fill(url)
    return url


@contextmanager
def taken_back(url: str) -> Iterator[Connection]:
    """Lend a connection to somebody with all rights, and take back whatever they do."""
    engine = writing_engine(url_of(url))
    with engine.connect() as connection, connection.begin() as transaction:
        on = " ON event" if connection.dialect.name == "postgresql" else ""
        for trigger in TRIGGERS:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}{on}"))
        yield connection
        transaction.rollback()
    engine.dispose()


def found_after(connection: Connection, statement: Any) -> tuple[Finding, ...]:
    """Do something, say what a verification finds, take it back."""
    with connection.begin_nested() as doing:
        connection.execute(statement)
        findings = verify(connection).findings
        doing.rollback()
    return findings


def others(connection: Connection, column: Column[Any], value: Any) -> list[Any]:
    """Return other values for a column: one near by, one that another row has, none where none is allowed."""
    near: list[Any]
    match column.type:
        case Instant():
            near = [] if value is None else [value + timedelta(seconds=1)]
        case Boolean():
            near = [not value]
        case Integer():
            near = [] if value is None else [value + (FAR if column.primary_key else 1)]
        case Float():
            near = [] if value is None else [value + 0.5]
        case LargeBinary():
            near = [value[:-1] + bytes([value[-1] ^ 1])]
        case _:
            near = [] if value is None else [_misspelt(column, value)]
    if not column.primary_key:
        another = select(column).where(column != value, column.is_not(None)).order_by(column).limit(1)
        near += connection.execute(another).scalars()
    if column.nullable and value is not None:
        near.append(None)
    return near


def _misspelt(column: Column[Any], value: str) -> str:
    if column.primary_key or not value:
        return value[:-1] + "z"
    return value[:-1] + chr(ord(value[-1]) ^ 1)


def key_of(table: Table, row: Any) -> list[Any]:
    return [column == getattr(row, column.name) for column in table.primary_key.columns]


def spread(connection: Connection, rows: list[Any]) -> list[Any]:
    """Return the first and the last row, of few all; where a change costs more, on PostgreSQL, the last alone."""
    if connection.dialect.name == "postgresql":
        return rows[-1:]
    return rows if len(rows) <= FEW else [rows[0], rows[-1]]


def missed(connection: Connection, table: Table, column: Column[Any]) -> list[str]:
    """Change values of a column, and return which changes nobody names; what is found names table or key."""
    rows = [*connection.execute(select(table).order_by(*table.primary_key.columns))]
    assert rows
    unseen = []
    for row in spread(connection, rows):
        for other in others(connection, column, getattr(row, column.name)):
            statement = change(table).where(*key_of(table, row)).values({column.name: other})
            findings = found_after(connection, statement)
            if not findings:
                unseen.append(f"{column} of {row[0]}: {getattr(row, column.name)!r:.40} -> {other!r:.40}")
            keys = {str(getattr(row, each.name)) for each in table.primary_key.columns} | {str(other)}
            said = " ".join(f"{finding.seq} {finding.text}" for finding in findings)
            assert not findings or table.name in said or any(key in said for key in keys), (unseen, said)
    return unseen


@pytest.mark.parametrize("table", [*tables.METADATA.sorted_tables], ids=lambda table: table.name)
def test_a_change_of_any_column_is_found_and_named(rich: str, table: Table) -> None:
    """And the list of what nobody can know stays as short as it is: a change of those is found by nobody."""
    with taken_back(rich) as connection:
        assert () == verify(connection).findings
        unseen = {f"{table.name}.{column.name}": missed(connection, table, column) for column in table.columns}
    unseen = {name: changes for name, changes in unseen.items() if changes}
    listed = {name for name in UNKNOWABLE | PARTLY if name.split(".")[0] == table.name}
    assert {} == {name: changes for name, changes in unseen.items() if name not in listed}
    if connection.dialect.name == "sqlite":
        assert listed == set(unseen)


DEEP, ENDLESS, BYTES = "[" * 100_000, float("inf"), b"\xff"


def strangers(column: Column[Any]) -> list[Any]:
    """Return values that a column of its type cannot hold; SQLite lets a changed file hold anything anywhere."""
    if isinstance(column.type, Instant | Integer | Float):
        return [DEEP, ENDLESS]
    return [BYTES if column.primary_key else DEEP]


@pytest.mark.parametrize("rich", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", [*tables.METADATA.sorted_tables], ids=lambda table: table.name)
def test_what_a_column_cannot_hold_is_named_and_stops_no_verification(rich: str, table: Table) -> None:
    """But for the columns of which nobody can know anything."""
    keys = ", ".join(each.name for each in table.primary_key.columns)
    last = f"({keys}) IN (SELECT {keys} FROM {table.name} ORDER BY {keys} DESC LIMIT 1)"
    unseen = set()
    with taken_back(rich) as connection:
        for column in table.columns:
            changed = text(f'UPDATE {table.name} SET "{column.name}" = :strange WHERE {last}')
            for strange in strangers(column):
                with suppress(IntegrityError):  # a row's own number stays one
                    if not found_after(connection, changed.bindparams(strange=strange)):
                        unseen.add(f"{table.name}.{column.name}")
    assert unseen <= UNKNOWABLE.keys() | PARTLY.keys()


def test_a_message_in_a_wrong_stage_is_found_but_for_one_that_has_no_way_yet_or_none(rich: str) -> None:
    """Between ``pending`` and ``unrouted`` nothing tells: whether a route takes it, the configuration of then said."""
    with taken_back(rich) as connection:
        rows = {row.state: row for row in connection.execute(select(tables.outbox))}
        assert set(Stage) == set(rows)
        passed = {
            (stage, other)
            for stage, row in rows.items()
            for other in Stage
            if other != stage and not found_after(connection, moved(row.key, other))
        }
    assert {(Stage.PENDING, Stage.UNROUTED), (Stage.UNROUTED, Stage.PENDING)} == passed


def moved(key: str, stage: Stage) -> Any:
    return change(tables.outbox).where(tables.outbox.c.key == key).values(state=stage.value)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO stretch SELECT target, subject, number + 1000, outcome, first_at, last_at, step_s, rounds"
        " FROM stretch WHERE number = 1 AND subject = 'l1'",
        "INSERT INTO stretch SELECT target, 'nobody', 1, outcome, first_at, last_at, step_s, rounds"
        " FROM stretch WHERE number = 1 AND subject = 'l1'",
        "DELETE FROM stretch WHERE number = 2",
        "DELETE FROM open_stretch WHERE subject = 'l1'",
        "DELETE FROM hourly WHERE line = 'l1' AND hour = (SELECT max(hour) FROM hourly)",
        "DELETE FROM line_state WHERE line = 'l1'",
        "DELETE FROM delivery WHERE state = 'delivered'",
        "DELETE FROM attempt WHERE fate = 'delivered'",
        "DELETE FROM carried",
        "INSERT INTO carried VALUES ('nothing', 'hook', 'nothing', 1)",
        "INSERT INTO configuration SELECT 'strange', adopted_at, body FROM configuration",
        "UPDATE standing SET numbered = NULL, numbered_on = NULL",
        "UPDATE standing SET sight = NULL",
    ],
)
def test_a_row_put_in_or_taken_out_is_found(rich: str, statement: str) -> None:
    with taken_back(rich) as connection:
        assert found_after(connection, text(statement))


def test_every_kind_of_action_has_events_that_tell_of_it() -> None:
    assert set(KINDS.values()) == MADE.keys()
