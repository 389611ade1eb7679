"""The one writer of the database: a commit is one transaction, all of it or nothing.

Called from one thread, not from the event loop: a commit waits for the disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, delete, select, tuple_, update
from sqlalchemy.exc import DBAPIError

import monitor
from monitor.faults.events import ConfigurationAdopted, EditionMade, RegisterErased
from monitor.store import editions, revision, tables
from monitor.store.batch import Batch, Remembered
from monitor.store.bodies import erase
from monitor.store.chain import Head, digest_of
from monitor.store.codec import to_json
from monitor.store.database import create_file, file_of, require_file, shown, told, url_of, writing_engine
from monitor.store.deliveries import Delivery, Tried, put_routed, put_tried
from monitor.store.errors import LedgerConflict
from monitor.store.inbox import Asked, mark, pending
from monitor.store.ledger import append, head
from monitor.store.lock import FileLock, take_advisory
from monitor.store.measurements import LineState, Measured, quiet
from monitor.store.projection import OutboxRow
from monitor.store.records import Records
from monitor.store.remembered import remembered
from monitor.store.rollups import columns
from monitor.store.rows import put

READERS_END_S = 1.0  # how long an erasure waits for those who still read what was there
SLICE = 5_000  # rows of a table forgotten in one transaction: some 20 ms


class Store(Records):
    """The database, open for writing; also everything that `Records` reads."""

    def __init__(self, url: str) -> None:
        """Take the writer's place, without looking at the tables: `open` is what is wanted."""
        super().__init__(url)
        self._writing = writing_engine(self.url)
        path = file_of(self.url)
        self._lock = None if path is None else FileLock(path)
        self._connection: Connection | None = None
        self.head = Head()

    @classmethod
    def open(cls, url: str, *, upgrade: bool = True) -> Self:
        """Open a database to write to, as its only writer.

        Makes it, or brings its tables to this software's version, where ``upgrade`` allows; refuses otherwise.

        Raises:
            StoreInUse: another daemon writes to it.
            StoreMissing: there is none, and ``upgrade`` is off.
            RevisionMismatch: it is newer than this software, or older and ``upgrade`` is off.
            StoreUnavailable: it cannot be reached or written.
            StoreError: anything else that makes it unusable.
        """
        address = url_of(url)
        if upgrade:
            create_file(address)
        else:
            require_file(address)
        store = cls(url)
        try:
            with store._transaction() as connection:
                if upgrade:
                    store.upgraded = revision.upgrade(connection)
                else:
                    revision.require(connection)
                store.head = head(connection)
        except BaseException:
            store.close()
            raise
        return store

    upgraded: tuple[str | None, str] | None = None
    """The revisions before and after opening, where ``upgrade`` was on."""

    def close(self) -> None:
        """Give up the connections and the writer's place."""
        self._drop()
        self._writing.dispose()
        if self._lock is not None:
            self._lock.release()
        super().close()

    def remembered(self) -> Remembered:
        """Return where the last run stood."""
        with self.reading() as connection:
            return remembered(connection)

    def asked(self) -> list[Asked]:
        """Return the people's actions that wait, in the order in which they were asked for."""
        with self.reading() as connection:
            return pending(connection)

    def commit(self, batch: Batch) -> Head:
        """Write a batch in one transaction and return the ledger's head after it.

        1. Look where the ledger stands; what of the batch is in it already is left out.
        2. Append the events, chained, and write what follows from them.
        3. Write configurations, answers to people's actions, rounds, states of lines; erase what is to be erased.
        4. Write the standing: heartbeat, sight, numbering, head.

        After `StoreUnavailable` nothing, or (the answer was lost) all of it was written: committing the same events
        again, also with more behind them, is right in both cases.

        Raises:
            StoreUnavailable: the database cannot be reached or written now.
            LedgerConflict: the batch does not follow from what the ledger holds.
        """
        texts, erased = _configurations(batch), _erased(batch)
        with self._transaction() as connection:
            after = append(connection, self.head, batch.events)
            put(connection, tables.configuration, texts, first_stays=True)
            mark(connection, batch.answers)
            erase(connection, erased)
            editions.erase(connection, _superseded(batch))
            _put_measured(connection, batch.measured)
            connection.execute(update(tables.standing).values(**_standing(batch, after)))
        self.head = after
        if erased:
            self._leave_no_trace()
        return after

    def route(self, routed: Iterable[tuple[OutboxRow, tuple[Delivery, ...]]]) -> None:
        """Write the ways of messages."""
        with self._transaction() as connection:
            put_routed(connection, routed)

    def mark_tried(self, tried: Iterable[Tried]) -> None:
        """Mark what came of tries; marking the same again is right."""
        with self._transaction() as connection:
            for each in tried:
                put_tried(connection, each)

    def forget_rounds(self, before: datetime) -> int:
        """Delete stretches that ended before an instant, a slice of them; return how many: call until it is 0."""
        keys = (tables.stretch.c.target, tables.stretch.c.subject, tables.stretch.c.number)
        return self._forget(tables.stretch, keys, tables.stretch.c.last_at, before)

    def forget_rollups(self, before: datetime) -> int:
        """Delete hours before an instant, a slice of them; return how many: call until it is 0."""
        keys = (tables.hourly.c.line, tables.hourly.c.hour)
        return self._forget(tables.hourly, keys, tables.hourly.c.hour, before)

    def _leave_no_trace(self) -> None:
        """Empty SQLite's write-ahead log, in which what was erased still stands; readers at work put that off."""
        path = file_of(self.url)
        if path is not None:
            with (
                contextlib.suppress(sqlite3.Error),
                closing(sqlite3.connect(path, timeout=READERS_END_S)) as connection,
            ):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _forget(self, table: Any, keys: Sequence[Any], oldest: Any, before: datetime) -> int:
        # the oldest first: what is left of a subject has no hole in it, whenever it is looked at
        doomed = select(*keys).where(oldest < before).order_by(oldest).limit(SLICE)
        with self._transaction() as connection:
            return connection.execute(delete(table).where(tuple_(*keys).in_(doomed))).rowcount

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Lend the writing connection for one transaction; after a failure of the database the next takes a new one."""
        with told(self.url):
            connection = self._connected()
            try:
                with connection.begin():
                    yield connection
            except DBAPIError:
                self._drop()
                raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._writing.connect()
            if file_of(self.url) is None:
                self._take_place(self._connection)
        return self._connection

    def _take_place(self, connection: Connection) -> None:
        try:
            with connection.begin():
                take_advisory(connection, shown(self.url))
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _configurations(batch: Batch) -> list[dict[str, Any]]:
    adopted = {event.digest: event.at for event in batch.events if isinstance(event, ConfigurationAdopted)}
    texts = {digest_of(text): text for text in batch.configurations}
    if texts.keys() != adopted.keys():
        raise LedgerConflict("the configuration texts of a batch are not those that its events adopt")
    return [{"digest": digest, "adopted_at": adopted[digest], "body": text} for digest, text in texts.items()]


def _erased(batch: Batch) -> list[str]:
    return [digest for event in batch.events if isinstance(event, RegisterErased) for digest in event.digests]


def _superseded(batch: Batch) -> set[str]:
    return {digest for event in batch.events if isinstance(event, EditionMade) for digest in event.superseded}


def _put_measured(connection: Connection, measured: Measured) -> None:
    put(connection, tables.stretch, [stretch._asdict() for stretch in measured.closed])
    put(connection, tables.open_stretch, [stretch._asdict() for stretch in measured.open])
    put(connection, tables.hourly, [columns(rollup) for rollup in measured.hours])
    put(connection, tables.line_state, [_state(state) for state in measured.states])


def _state(state: LineState) -> dict[str, Any]:
    line, watch, heard = state
    return {
        "line": line,
        "last_at": watch.last_at,
        "body": None if quiet(watch) else to_json(watch),
        "heard": None if heard is None else to_json(heard),
    }


def _standing(batch: Batch, after: Head) -> dict[str, Any]:
    day, count = batch.numbered or (None, None)
    return {
        "judged_at": batch.judged_at,
        "sight": to_json(batch.sight),
        "numbered_on": None if day is None else day.isoformat(),
        "numbered": count,
        "head_seq": after.seq,
        "head_hash": after.hash,
        "software": monitor.__version__,
    }
