"""What is kept of the report's editions: figures and rendered files, each under the SHA-256 of its bytes.

They are packed (zlib): the figures of ten thousand lines are forty megabytes of text.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from monitor.editions.edition import Editions, editions_of
from monitor.faults.events import EditionDrawn, EditionFrozen, EditionSent, EditionWorded
from monitor.store import tables
from monitor.store.ledger import events
from monitor.store.rows import parts, put


class Kept(NamedTuple):
    """Bytes, and the digest that names them."""

    digest: str
    content: bytes

    @classmethod
    def of(cls, content: bytes) -> Kept:
        """Name bytes by their digest."""
        return cls(sha256(content).hexdigest(), content)


def keep(connection: Connection, kept: Iterable[Kept], at: datetime) -> None:
    """Write contents, in the connection's transaction; what is there already stays."""
    rows = [{"digest": each.digest, "kept_at": at, "body": zlib.compress(each.content)} for each in kept]
    put(connection, tables.edition_body, rows, first_stays=True)


def content(connection: Connection, digest: str) -> bytes | None:
    """Return the content of a digest, None where there is none; what does not unpack comes as it is."""
    query = select(tables.edition_body.c.body).where(tables.edition_body.c.digest == digest)
    found: bytes | None = connection.execute(query).scalar()
    try:
        return None if found is None else zlib.decompress(found)
    except zlib.error:
        return found
    except TypeError:  # a changed file can hold there what are no bytes
        return repr(found).encode()


def erase(connection: Connection, digests: Collection[str]) -> None:
    """Delete contents, in the connection's transaction."""
    table = tables.edition_body
    for part in parts(sorted(digests)):
        connection.execute(delete(table).where(table.c.digest.in_(part)))


def named(connection: Connection) -> frozenset[str]:
    """Return the digests that the editions on record name: of each the drawing that stands."""
    return frozenset[str]().union(*(edition.digests for edition in on_record(connection).all()))


def on_record(connection: Connection) -> Editions:
    """Return every edition of the report."""
    told = events(connection, kinds=(EditionDrawn, EditionFrozen, EditionWorded, EditionSent))
    return editions_of(recorded.event for recorded in told)
