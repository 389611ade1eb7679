"""Whether every configuration that was adopted is there, as it was and since when it was, and no other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.faults.events import ConfigurationAdopted, Event
from monitor.store import tables
from monitor.store.chain import digest_of
from monitor.store.findings import Report, What
from monitor.store.walking import walk


class ConfigurationChecks:
    """The digests that the ledger adopts, compared with the texts that are there."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report
        self._adopted: dict[str, tuple[int, datetime]] = {}

    def take(self, seq: int, event: Event) -> None:
        """Note what an event adopts; a text is kept from its first adoption on."""
        if isinstance(event, ConfigurationAdopted):
            self._adopted.setdefault(event.digest, (seq, event.at))

    def finish(self) -> None:
        """Compare with what is there."""
        met: set[str] = set()
        for row in walk(self._connection, tables.configuration, self._unreadable):
            met.add(row.digest)
            if row.digest not in self._adopted:
                self._found(None, f"the configuration {row.digest} is there, but no event adopts it")
                continue
            seq, at = self._adopted[row.digest]
            if digest_of(row.body) != row.digest:
                self._found(seq, f"the configuration {row.digest} of event {seq} was altered")
            if row.adopted_at != at:
                what = f"the configuration {row.digest} is adopted_at {row.adopted_at}"
                self._found(seq, f"{what}, event {seq} adopted it at {at}")
        for digest, (seq, _) in self._adopted.items():
            if digest not in met:
                self._found(seq, f"the configuration {digest} of event {seq} is missing")

    def _found(self, seq: int | None, text: str) -> None:
        self._report.add(What.CONFIGURATION, seq, text)

    def _unreadable(self, key: tuple[Any, ...], why: str) -> None:
        self._found(None, f"the row {key} of configuration does not read: {why}")
