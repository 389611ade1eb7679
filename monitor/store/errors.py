"""How the database can fail, for those who write to it and read from it. Every text is one sentence with a cure."""

from __future__ import annotations


class StoreError(Exception):
    """The database cannot be used as it is."""


class StoreUnavailable(StoreError):
    """The database cannot be reached or written now (disk full, locked, connection lost).

    Nothing of the batch was half written: the same batch may be committed again later.
    """


class StoreMissing(StoreError):
    """There is no database yet, or no tables in it."""


class StoreInUse(StoreError):
    """Another daemon writes to this database."""


class RevisionMismatch(StoreError):
    """The tables are of another version than this software."""


class LedgerConflict(StoreError):
    """The ledger has gone on without this writer, or an event does not follow from those before it."""


class Unreadable(StoreError):
    """Stored text does not read as what it should be."""


class FileRefused(StoreError):
    """A file that was named cannot be taken or made as asked."""
