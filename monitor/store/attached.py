"""Which attachments the record names: those must be there, for as long as it is kept."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from monitor.faults.events import RegisterEntered, RegisterErased
from monitor.store import tables
from monitor.store.codec import event_of


def named_attachments(connection: Connection) -> set[str]:
    """Return the SHA-256 of every file that the ledger or a waiting action names, those that were erased left out."""
    column, kind = tables.event.c.body, tables.event.c.kind
    naming = column.contains('"attachment":"') | (kind == RegisterErased.kind)
    named: set[str] = set()
    entered: set[str] = set()
    erased: set[str] = set()
    for body, seq in connection.execute(select(column, tables.event.c.seq).where(naming)):
        event = event_of(body, seq)
        if isinstance(event, RegisterErased):
            erased.update(event.attachments)
        if (attachment := getattr(event, "attachment", None)) is not None:
            (entered if isinstance(event, RegisterEntered) else named).add(attachment)
    columns = tables.action.c
    waiting = select(columns.body).where(columns.state == "pending", columns.body.contains('"attachment":"'))
    named.update(json.loads(body)["attachment"] for (body,) in connection.execute(waiting))
    return named | (entered - erased)
