"""Whether what is kept apart from the ledger is what its events name, or was erased by one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.faults.events import Event, RegisterEntered, RegisterErased
from monitor.store import tables
from monitor.store.chain import digest_of
from monitor.store.findings import Report, What
from monitor.store.inbox import digests_asked_for
from monitor.store.walking import walk


class BodyChecks:
    """The digests that the ledger names, compared with what is there."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report
        self._named: dict[str, int] = {}
        self._erased: dict[str, int] = {}

    def take(self, seq: int, event: Event) -> None:
        """Note what an event names or erases."""
        if isinstance(event, RegisterEntered) and event.digest is not None:
            self._named[event.digest] = seq
        elif isinstance(event, RegisterErased):
            self._erased.update(dict.fromkeys(event.digests, seq))

    def finish(self, kept_at: Mapping[str, Collection[datetime]]) -> None:
        """Compare: every body named is there and as it was, unless erased; no other is there.

        ``kept_at`` are the instants of the actions that brought them.
        """
        met, waiting = set(), digests_asked_for(self._connection)
        for row in walk(self._connection, tables.register_body, self._unreadable):
            digest, text = row.digest, row.body
            met.add(digest)
            if row.kept_at not in kept_at.get(digest, (row.kept_at,)):
                stray = f"the register's text {digest} is kept_at {row.kept_at}, which is no action's instant"
                self._report.add(What.REGISTER, self._named.get(digest), stray)
            if digest in self._erased:
                self._found(self._erased[digest], f"the register's text {digest} was erased by event", "is there still")
            elif digest in self._named and digest_of(text) != digest:
                self._found(self._named[digest], f"the register's text {digest} of event", "was altered")
            elif digest not in self._named and digest not in waiting:
                stray = f"the register's text {digest} is there, but no event names it"
                self._report.add(What.REGISTER, None, stray)
        for digest, seq in self._named.items():
            if digest not in met and digest not in self._erased:
                self._found(seq, f"the register's text {digest} of event", "is missing, though no event erased it")

    def _found(self, seq: int, what: str, how: str) -> None:
        self._report.add(What.REGISTER, seq, f"{what} {seq} {how}")

    def _unreadable(self, key: tuple[Any, ...], why: str) -> None:
        self._report.add(What.REGISTER, None, f"the row {key} of register_body does not read: {why}")
