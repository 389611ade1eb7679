"""One writer at a time: a second daemon on the same database is refused; readers never are.

SQLite: a lock on ``<database>.lock``, which the kernel gives up with the process. PostgreSQL: an advisory lock of
the very connection that writes, so that whoever loses the one has lost the other.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, text

from monitor.store.errors import StoreInUse, StoreUnavailable

ADVISORY = 0x6D6F6E69746F72  # "monitor"
PATIENCE_S = 2.0  # a daemon just killed may hold it a moment longer
PAUSE_S = 0.05


class FileLock:
    """The lock beside an SQLite database, held until `release`."""

    def __init__(self, database: Path) -> None:
        """Take the lock.

        Raises:
            StoreInUse: another process holds it.
            StoreUnavailable: the file cannot be made.
        """
        self.path = database.with_name(database.name + ".lock")
        try:
            self._file: IO[str] = self.path.open("a+")
        except OSError as error:
            raise StoreUnavailable(f"the lock beside the database cannot be made: {error}") from error
        try:
            _patiently(self._try)
        except StoreInUse:
            self._file.seek(0)
            holder = self._file.read(20).strip()
            self._file.close()
            raise StoreInUse(_refusal(str(database), f" (process {holder})" if holder else "")) from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Give the lock up; the file stays, since removing it could part two daemons that wait for it."""
        self._file.close()

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def take_advisory(connection: Connection, database: str) -> None:
    """Take the lock of a PostgreSQL database for the life of this connection.

    Raises:
        StoreInUse: another connection holds it.
    """
    held = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=ADVISORY)
    try:
        _patiently(lambda: bool(connection.execute(held).scalar()))
    except StoreInUse:
        raise StoreInUse(_refusal(database, "")) from None


def _patiently(attempt: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not attempt():
        if time.monotonic() > until:
            raise StoreInUse
        time.sleep(PAUSE_S)


def _refusal(database: str, holder: str) -> str:
    return f"another monitor writes to {database}{holder}: stop it first, or give this one its own database"
