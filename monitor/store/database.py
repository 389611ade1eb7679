"""Connections to the database: SQLite in WAL, PostgreSQL through psycopg 3; every failure as one of `errors`.

SQLite transactions are begun by hand: ``BEGIN IMMEDIATE`` to write, since one that reads first and then wants to
write fails at once where another wrote in between, whatever the busy timeout.
"""

from __future__ import annotations

import importlib.util
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from monitor.store.errors import StoreError, StoreMissing, StoreUnavailable

BUSY_S = 5.0  # how long SQLite waits for another's lock
READERS = 3


def url_of(text: str) -> URL:
    """Read a database URL.

    Raises:
        StoreError: it is none, of another database, or its driver is not installed.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError(
            "the database must be given as sqlite:///var/monitor.db or postgresql+psycopg://user@host/name"
        ) from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise StoreError("the database must be a file that outlives the daemon: sqlite:///var/monitor.db")
        return url.set(drivername="sqlite+pysqlite")
    if backend != "postgresql":
        raise StoreError(f"{backend} is not supported: the database is SQLite or PostgreSQL")
    if importlib.util.find_spec("psycopg") is None:
        raise StoreError("the driver of PostgreSQL is missing: pip install 'extranet-monitor[postgresql]'")
    return url.set(drivername="postgresql+psycopg")


def shown(url: URL) -> str:
    """Return a URL for people: without its password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite database; None for PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def writing_engine(url: URL) -> Engine:
    """Return an engine whose connections are closed when given back, and whose transactions mean to write."""
    return _engine(url, "BEGIN IMMEDIATE", poolclass=NullPool)


def reading_engine(url: URL) -> Engine:
    """Return an engine whose transactions see one state of the database from beginning to end."""
    if file_of(url) is not None:
        return _engine(url, "BEGIN", poolclass=NullPool)
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return _engine(url, "BEGIN", pool_size=READERS, pool_pre_ping=True, execution_options=options)


def create_file(url: URL) -> None:
    """Make an SQLite database and its folder where there is none, and put it in WAL; nothing on PostgreSQL.

    Raises:
        StoreUnavailable: it cannot be made or stays locked.
    """
    path = file_of(url)
    if path is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"the folder of the database cannot be made: {error}") from error
    until = time.monotonic() + BUSY_S
    while True:
        try:
            return _enable_wal(path)
        except sqlite3.OperationalError as error:
            # switching to WAL does not wait for the busy timeout
            if "locked" not in str(error) or time.monotonic() > until:
                raise StoreUnavailable(f"{path} cannot be opened for writing: {error}") from error
            time.sleep(0.05)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path} is not a database of the monitor: {error}") from error


def require_file(url: URL) -> None:
    """Refuse to read an SQLite database that is not there, rather than make an empty one.

    Raises:
        StoreMissing: there is none.
    """
    path = file_of(url)
    if path is not None and not path.is_file():
        raise StoreMissing(f"there is no database {path} yet: `monitor run` or `monitor db upgrade` makes it")


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turn what the database says into one of `errors`, naming the database without its password."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailable(f"{shown(url)}: {_first_line(error)}") from error
    except SQLAlchemyError as error:
        gone = isinstance(error, DBAPIError) and error.connection_invalidated
        kind = StoreUnavailable if gone else StoreError
        raise kind(f"{shown(url)}: {_first_line(error)}") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Lend a connection that sees one state of the database.

    Raises:
        StoreUnavailable: the database cannot be reached.
    """
    with told(engine.url), engine.connect() as connection, connection.begin():
        yield connection


def _enable_wal(path: Path) -> None:
    connection = sqlite3.connect(path, timeout=BUSY_S)
    try:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    finally:
        connection.close()
    if mode != "wal":
        raise StoreError(f"{path} cannot keep a write-ahead log ({mode}): put it on a local disk")


def _engine(url: URL, begin: str, **options: object) -> Engine:
    if file_of(url) is None:
        # a peer that vanished without a word must not hold the writer for the minutes of TCP's own patience
        arguments: dict[str, object] = {"connect_timeout": 10, "tcp_user_timeout": 20_000}
        return create_engine(url, connect_args=arguments, **options)
    engine = create_engine(url, connect_args={"timeout": BUSY_S, "check_same_thread": False}, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # Python's module would begin transactions by its own rules
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _first_line(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
