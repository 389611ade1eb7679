"""Rows in and out of the tables: many at a time, and safe to write twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from monitor.store import tables
from monitor.store.projection import (
    BlipRow,
    FaultRow,
    IntervalRow,
    OutageRow,
    OutboxRow,
    SeenRow,
    UnknownRow,
)

Values = Mapping[str, Any]
AnyRow = TypeVar("AnyRow", BlipRow, FaultRow, IntervalRow, OutageRow, OutboxRow, SeenRow, UnknownRow)

TABLES: Mapping[type[Any], Table] = {
    BlipRow: tables.blip,
    FaultRow: tables.fault,
    IntervalRow: tables.monitor_interval,
    OutageRow: tables.outage,
    OutboxRow: tables.outbox,
    SeenRow: tables.line_seen,
    UnknownRow: tables.line_unknown,
}
NAMES: Mapping[type[Any], tuple[str, ...]] = {kind: tuple(field.name for field in fields(kind)) for kind in TABLES}
FIRST_STAYS = frozenset({OutboxRow, SeenRow})
"""Rows whose first version stays: a message is put out once, a line is first seen once."""

MANY = 400  # rows asked for by key at once: SQLite takes at most 999 parameters before 3.32


def key_of(row: Any) -> Any:
    """Return the primary key of a row of `TABLES`."""
    return getattr(row, key_column(type(row)))


def key_column(kind: type[Any]) -> str:
    """Return the name of the primary key of a kind of row."""
    return next(iter(TABLES[kind].primary_key.columns)).name


def values_of(row: Any) -> dict[str, Any]:
    """Return a row's columns."""
    return {name: getattr(row, name) for name in NAMES[type(row)]}


def row_of(kind: type[AnyRow], found: Any) -> AnyRow:
    """Return a row from what the database gave."""
    return kind(**{name: getattr(found, name) for name in NAMES[kind]})


def put(connection: Connection, table: Table, rows: Sequence[Values], *, first_stays: bool = False) -> None:
    """Write rows whole, over those of the same key, or (``first_stays``) only where there is none."""
    if rows:
        connection.execute(_put(connection.dialect.name, table, first_stays), [dict(row) for row in rows])


def put_rows(connection: Connection, rows: Iterable[Any]) -> None:
    """Write rows of `TABLES`, the last one of each key."""
    kinds: dict[type[Any], dict[Any, Any]] = {}
    for row in rows:
        kept = kinds.setdefault(type(row), {})
        if type(row) in FIRST_STAYS:
            kept.setdefault(key_of(row), row)
        else:
            kept[key_of(row)] = row
    for kind, kept in kinds.items():
        first_stays = kind in FIRST_STAYS
        put(connection, TABLES[kind], [values_of(row) for row in kept.values()], first_stays=first_stays)


def parts(items: Iterable[Any], size: int = MANY) -> Iterator[list[Any]]:
    """Cut a sequence into lists of at most ``size``."""
    part: list[Any] = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


@cache
def _put(dialect: str, table: Table, first_stays: bool) -> Executable:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    keys = [column.name for column in table.primary_key.columns]
    if first_stays:
        return insert.on_conflict_do_nothing(index_elements=keys)
    return insert.on_conflict_do_update(
        index_elements=keys,
        set_={column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys},
    )
