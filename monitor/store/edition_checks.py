"""Whether figures and files of the report's editions are what the ledger names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.types import NullType

from monitor.faults.events import EditionMade, Event
from monitor.store import tables
from monitor.store.editions import content
from monitor.store.findings import Report, What
from monitor.store.inbox import digests_asked_for
from monitor.store.instant import to_stored


class EditionChecks:
    """The digests that the drawings of editions name, compared with what is there."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report
        self._named: dict[str, tuple[int, str]] = {}

    def take(self, seq: int, event: Event) -> None:
        """Note what a drawing names, and what it supersedes."""
        if not isinstance(event, EditionMade):
            return
        for digest in event.superseded:
            self._named.pop(digest, None)
        self._named[event.figures] = seq, f"the figures of report {event.edition}"
        for name, digest in event.files.items():
            self._named[digest] = seq, f"the {name} file of report {event.edition}"

    def finish(self, kept_at: Mapping[str, Collection[datetime]]) -> None:
        """Compare: everything named is there and as it was; nothing else is there.

        ``kept_at`` are the instants of the actions that brought it.
        """
        there = self._there(kept_at)
        for digest, (seq, what) in self._named.items():
            found = content(self._connection, digest) if digest in there else None
            if found is None:
                self._report.add(What.EDITION, seq, f"{what}, {digest} of event {seq}, is missing")
            elif sha256(found).hexdigest() != digest:
                self._report.add(What.EDITION, seq, f"{what}, {digest} of event {seq}, was altered")
        for digest in sorted(there - self._named.keys() - digests_asked_for(self._connection)):
            self._report.add(What.EDITION, None, f"the content {digest} is kept of a report, but no event names it")

    def _there(self, kept_at: Mapping[str, Collection[datetime]]) -> set[str]:
        """Return the digests of what is there, and look since when it is."""
        columns, found = tables.edition_body.c, set()
        since = type_coerce(columns.kept_at, NullType())
        for digest, at in self._connection.execute(select(columns.digest, since)):
            found.add(digest)
            brought = {to_stored(each, self._connection.dialect.name) for each in kept_at.get(digest, ())}
            if brought and at not in brought:
                seq = self._named[digest][0] if digest in self._named else None
                text = f"the content {digest} of a report is kept_at {at}, which is no action's instant"
                self._report.add(What.EDITION, seq, text)
        return found
