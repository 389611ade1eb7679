"""Go through a whole table in the order of its key, in pages; a value that does not read stops nobody."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import isfinite
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import NullType

from monitor.store.instant import Instant, from_stored
from monitor.store.rows import MANY

Unreadable = Callable[[tuple[Any, ...], str], None]


def walk(connection: Connection, table: Table, unreadable: Unreadable, **only: Any) -> Iterator[Any]:
    """Go through the rows of a table, each a named tuple of its columns; ``only`` those with these values.

    ``unreadable`` is told key and reason of a row of which a value is not what its column holds.
    """
    for page in pages(connection, table, **only):
        for row in page:
            found = read(table, row, unreadable)
            if found is not None:
                yield found


def pages(connection: Connection, table: Table, **only: Any) -> Iterator[Sequence[Any]]:
    """Go through the rows of a table, many at a time, each value as the database keeps it."""
    raw = {column.name: type_coerce(column, NullType()) for column in table.columns}
    keys = [raw[column.name] for column in table.primary_key.columns]
    query = select(*raw.values()).order_by(*keys).limit(MANY)
    query = query.where(*(table.c[name] == value for name, value in only.items()))
    following, places = query, _form(table).places
    while page := connection.execute(following).all():
        yield page
        following = query.where(tuple_(*keys) > tuple(page[-1][place] for place in places))


def read(table: Table, row: Any, unreadable: Unreadable) -> Any:
    """Return a row of `pages` as a named tuple of its columns; None, and ``unreadable`` told, if it does not read."""
    form = _form(table)
    try:
        return form.read(tuple(row))
    except (TypeError, ValueError, OverflowError) as error:
        unreadable(tuple(row[place] for place in form.places), str(error))
        return None


class _Form:
    """How rows of a table are read; ``good`` are types of values that were found to be right, whatever the values."""

    def __init__(self, table: Table) -> None:
        self.made: Any = namedtuple(f"row_of_{table.name}", [column.name for column in table.columns])  # type: ignore[misc]
        self.places = [list(table.columns).index(column) for column in table.primary_key.columns]
        self.readers = [(column, _reader(column)) for column in table.columns]
        self.turned = [place for place, (column, _) in enumerate(self.readers) if _is_turned(column)]
        self.good: set[tuple[type, ...]] = set()

    def read(self, row: tuple[Any, ...]) -> Any:
        """Return a row, each value as its column has it; raises ValueError naming the first that is not."""
        kinds = tuple(map(type, row))
        places = self.turned if kinds in self.good else range(len(row))
        values = list(row)
        for place in places:
            values[place] = _value(*self.readers[place], row[place])
        self.good.add(kinds)
        return self.made._make(values)


@cache
def _form(table: Table) -> _Form:
    return _Form(table)


def _is_turned(column: Column[Any]) -> bool:
    """Tell whether a value of the right type must still be turned into another."""
    return isinstance(column.type, Instant | Boolean | Float)


def _value(column: Column[Any], reader: Callable[[Any], Any], value: Any) -> Any:
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is empty")
        return None
    try:
        return reader(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{column.name} is {value!r:.80}") from error


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case Instant():
            return from_stored
        case Boolean():
            return lambda value: bool((0, 1).index(value))
        case Integer():
            return _exactly(int)
        case Float():
            return _number
        case String():
            return _exactly(str)
        case LargeBinary():
            return _exactly(bytes)
        case _:
            raise TypeError(f"{column} is of a type that is not read here")


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not isfinite(value):
        raise TypeError
    return float(value)
