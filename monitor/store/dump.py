"""The database as one file, while the daemon writes, and back in its place.

SQLite: its online backup out of one read transaction, whatever is written meanwhile. PostgreSQL: pg_dump and
pg_restore. What is read of the database beside it, is read of that very state. A restore takes the writer's place, and
checks the ledger.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, func, inspect, select

from monitor.store import revision, tables
from monitor.store.attached import named_attachments
from monitor.store.chain import Head
from monitor.store.database import (
    create_file,
    file_of,
    reading,
    reading_engine,
    require_file,
    shown,
    told,
    writing_engine,
)
from monitor.store.errors import FileRefused, StoreError, StoreUnavailable
from monitor.store.ledger import head
from monitor.store.lock import FileLock, take_advisory
from monitor.store.records import Records
from monitor.store.verification import Verification

PAGES = 2_000  # copied between two reports of progress
PRIVATE = 0o600
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dumped:
    """What a dump is of: the end of its ledger, the revision of its tables, the attachments that it names."""

    head: Head
    revision: str
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class Replaced:
    """What came of putting a dump back: the check of its ledger; where what was there before stands now, if it does."""

    verification: Verification
    aside: Path | None = None


def dump(url: URL, target: Path, *, progress: Progress | None = None) -> Dumped:
    """Write the whole database to a new file; ``progress`` is told pages done and in all (SQLite only).

    Raises:
        StoreError: the database cannot be read, or pg_dump is missing or failed.
    """
    path = file_of(url)
    if path is None:
        return _dump_postgresql(url, target)
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY, PRIVATE))
    _copy(path, target, progress)
    engine = reading_engine(url.set(database=str(target)))
    try:
        with reading(engine) as connection:
            return _dumped(connection)
    finally:
        engine.dispose()


def put_back(url: URL, file: Path, *, end: Head, force: bool = False) -> Replaced:
    """Put a dump in the place of the database, bring its tables to this software's version, check its ledger.

    ``end`` is where its ledger must end. On SQLite all is checked first: with findings, the database stays as it was.
    Checked are the ledger and what follows from it: a slip in what stands beside it is no reason to have no record.
    What it replaces is kept beside it. On PostgreSQL it is checked where it lies afterwards.

    Raises:
        FileRefused: it is no dump of this kind of database, it ends elsewhere, or the database is not empty (and not
            ``force``).
        StoreInUse: a daemon writes to the database.
        StoreError: the database cannot be written, or pg_restore is missing or failed.
    """
    path = file_of(url)
    if path is None:
        return _put_back_postgresql(url, file, end=end, force=force)
    return _put_back_sqlite(url, path, file, end=end, force=force)


def _dumped(connection: Connection) -> Dumped:
    found = revision.present(connection)
    return Dumped(head=head(connection), revision=found or "", named=frozenset(named_attachments(connection)))


# -- SQLite ------------------------------------------------------------------------------------------------------


def _put_back_sqlite(url: URL, path: Path, file: Path, *, end: Head, force: bool) -> Replaced:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock, trial = FileLock(path), path.with_name(path.name + ".restoring")
    try:
        if path.is_file() and path.stat().st_size and not force:
            _refuse_full(url)
        _copy(file, trial, None)
        verification = _checked(url.set(database=str(trial)))
        if verification.findings:
            return Replaced(verification)
        _require_end(verification, end)
        aside = _set_aside(path)
        settle(trial, path)
        return Replaced(verification, aside)
    finally:
        for name in _files(trial):
            name.unlink(missing_ok=True)
        lock.release()


def _copy(source: Path, target: Path, progress: Progress | None) -> None:
    """Copy an SQLite database as it is at one instant, into one file without a write-ahead log."""
    for name in _files(target):
        name.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
            here.isolation_level = None
            here.execute("BEGIN")
            # from here on the copy is of this state; without it every commit of the daemon would begin it anew
            here.execute("SELECT count(*) FROM sqlite_master").fetchone()
            here.backup(there, pages=PAGES, progress=lambda _, left, all_: progress and progress(all_ - left, all_))
            there.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise StoreUnavailable(f"{source} cannot be copied to {target}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise FileRefused(f"{source} is not an SQLite database: {error}") from error


def _checked(url: URL) -> Verification:
    create_file(url)
    _upgrade(url)
    with Records.of(url.render_as_string(hide_password=False)) as records:
        return records.verify(beside=False)


def _set_aside(path: Path) -> Path | None:
    """Rename what is there, its write-ahead log with it: unwritten pages in it are part of the database."""
    if not path.exists():
        return None
    aside = path.with_name(path.name + ".replaced")
    for old in _files(aside):
        old.unlink(missing_ok=True)
    for old, new in zip(_files(path), _files(aside), strict=True):
        if old.exists():
            old.rename(new)
    return aside


def _files(path: Path) -> tuple[Path, Path, Path]:
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def settle(part: Path, file: Path) -> None:
    """Give a finished file its name, safe against a loss of power."""
    _flush(part)
    part.replace(file)
    _flush(file.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# -- PostgreSQL --------------------------------------------------------------------------------------------------


def _dump_postgresql(url: URL, target: Path) -> Dumped:
    """Dump the state that one read-only transaction sees, and read beside it out of that transaction."""
    engine = reading_engine(url)
    try:
        with reading(engine) as connection:
            snapshot = connection.execute(select(func.pg_export_snapshot())).scalar_one()
            _run(url, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
            return _dumped(connection)
    finally:
        engine.dispose()


def _put_back_postgresql(url: URL, file: Path, *, end: Head, force: bool) -> Replaced:
    with _place_taken(url):
        if not force:
            _refuse_full(url)
        _run(url, "pg_restore", "--single-transaction", "--clean", "--if-exists", "--no-owner", str(file))
        _upgrade(url)
    with Records.of(url.render_as_string(hide_password=False)) as records:
        verification = records.verify(beside=False)
    if not verification.findings:
        _require_end(verification, end)
    return Replaced(verification)


@contextmanager
def _place_taken(url: URL) -> Iterator[None]:
    """Hold the writer's place, outside of any transaction that would keep pg_restore waiting."""
    engine = writing_engine(url)
    with told(url), engine.connect() as connection:
        with connection.begin():
            take_advisory(connection, shown(url))
        yield


def _run(url: URL, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password goes by the environment, which nobody else sees."""
    path = shutil.which(program)
    if path is None:
        raise StoreUnavailable(f"{program} is missing: apt install postgresql-client")
    given = {**url.query, **url.translate_connect_args(username="user", database="dbname")}
    password = given.pop("password", None)
    environment = os.environ | ({} if password is None else {"PGPASSWORD": str(password)})
    command = [path, f"--dbname={_conninfo(given)}", "--no-password", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        kind = FileRefused if "archive" in done.stderr else StoreError
        raise kind(f"{program} failed on {shown(url)}: {lines[0] if lines else done.returncode}")


def _conninfo(given: Mapping[str, Any]) -> str:
    """Return connection parameters as libpq reads them (PostgreSQL documentation, 34.1.1.1)."""
    quoted = {name: str(value).replace("\\", "\\\\").replace("'", "\\'") for name, value in given.items()}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


# -- both --------------------------------------------------------------------------------------------------------


def _require_end(verification: Verification, end: Head) -> None:
    if verification.head != end:
        raise FileRefused(
            f"the ledger ends at event {verification.head.seq}, but the backup was made of {end.seq} events"
        )


def _refuse_full(url: URL) -> None:
    require_file(url)
    engine = reading_engine(url)
    with reading(engine) as connection:
        names = inspect(connection).get_table_names()
        full = bool(names) and (
            tables.event.name not in names
            or bool(connection.execute(select(func.count()).select_from(tables.event)).scalar())
        )
    engine.dispose()
    if full:
        raise FileRefused(f"{shown(url)} is not empty: give --force to replace it")


def _upgrade(url: URL) -> None:
    engine = writing_engine(url)
    with told(url), engine.connect() as connection, connection.begin():
        if revision.present(connection) is None:
            raise FileRefused("the file holds no tables of the monitor")
        revision.upgrade(connection)
