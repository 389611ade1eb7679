"""Instants in the database: aware UTC datetimes, exact to the microsecond and in order on both databases.

SQLite keeps integer microseconds since 1970-01-01T00:00:00Z (it has no type for time); PostgreSQL its timestamptz.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Count = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits; as a primary key of SQLite it must be called INTEGER to be the row's own id."""


def to_stored(at: datetime, dialect: str) -> int | datetime:
    """Return an instant as a database keeps it.

    Raises:
        ValueError: it has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: only aware datetimes are stored")
    return at if dialect == "postgresql" else (at - EPOCH) // MICROSECOND


def from_stored(value: int | datetime) -> datetime:
    """Return what a database keeps as an aware UTC datetime.

    Raises:
        TypeError: it is neither a number nor a datetime (a changed file can hold anything).
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return EPOCH + timedelta(microseconds=value)


class Instant(TypeDecorator[datetime]):
    """A column of aware UTC datetimes."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[int]:
        """Choose the column type of each database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | datetime | None:
        """Turn a datetime into what the database keeps."""
        return None if value is None else to_stored(value, dialect.name)

    def process_result_value(self, value: int | datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature of TypeDecorator
        """Turn what the database keeps into a datetime."""
        return None if value is None else from_stored(value)
