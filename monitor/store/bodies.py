"""What entries of the registers say of persons: kept beside the ledger by a digest, so that it can be erased.

A body is canonical JSON of the fields and a random salt; the digest, which stands in the ledger, is the SHA-256 of its
UTF-8. Whoever knows a digest alone can try every telephone number there is and finds nothing, since the salt goes with
the body. Without the body the chain of the ledger is as whole as before.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from monitor.store import tables
from monitor.store.chain import digest_of
from monitor.store.rows import parts, put

SALT_BYTES = 16
FIELDS, SALT = "fields", "salt"


class Body(NamedTuple):
    """A body, and the digest that names it."""

    digest: str
    text: str


def seal(fields: Mapping[str, str]) -> Body:
    """Return fields as a body of their own: the same fields sealed again are another body."""
    tree = {FIELDS: dict(fields), SALT: secrets.token_hex(SALT_BYTES)}
    text = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Body(digest_of(text), text)


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of a body; none where it is not one."""
    try:
        fields = json.loads(text)[FIELDS]
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in fields.items()} if isinstance(fields, dict) else {}


def keep(connection: Connection, bodies: Iterable[Body], at: datetime) -> None:
    """Write bodies, in the connection's transaction."""
    rows = [{"digest": body.digest, "kept_at": at, "body": body.text} for body in bodies]
    put(connection, tables.register_body, rows, first_stays=True)


def erase(connection: Connection, digests: Collection[str]) -> int:
    """Delete bodies, in the connection's transaction, and return how many there were; on SQLite their bytes too."""
    if not digests:
        return 0
    table, on_sqlite = tables.register_body, connection.dialect.name == "sqlite"
    before = connection.exec_driver_sql("PRAGMA secure_delete").scalar() if on_sqlite else None
    if on_sqlite:
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    gone = sum(connection.execute(delete(table).where(table.c.digest.in_(part))).rowcount for part in parts(digests))
    if on_sqlite:
        connection.exec_driver_sql(f"PRAGMA secure_delete={int(before or 0)}")
    return gone


def bodies_of(connection: Connection, digests: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the fields of bodies by digest; one that was erased is not among them."""
    table, found = tables.register_body, {}
    for part in parts(sorted(set(digests))):
        query = select(table.c.digest, table.c.body).where(table.c.digest.in_(part))
        found.update({digest: fields_of(text) for digest, text in connection.execute(query)})
    return found
