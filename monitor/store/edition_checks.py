"""Whether figures and files of the report's editions are what the ledger names."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, select

from monitor.faults.events import EditionMade, Event
from monitor.store import tables
from monitor.store.editions import content
from monitor.store.findings import Report, What
from monitor.store.inbox import digests_asked_for


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

    def finish(self) -> None:
        """Compare: everything named is there and as it was; nothing else is there."""
        there = set(self._connection.execute(select(tables.edition_body.c.digest)).scalars())
        for digest, (seq, what) in self._named.items():
            found = content(self._connection, digest) if digest in there else None
            if found is None:
                self._report.add(What.EDITION, seq, f"{what}, {digest} of event {seq}, is missing")
            elif sha256(found).hexdigest() != digest:
                self._report.add(What.EDITION, seq, f"{what}, {digest} of event {seq}, was altered")
        for digest in sorted(there - self._named.keys() - digests_asked_for(self._connection)):
            self._report.add(What.EDITION, None, f"the content {digest} is kept of a report, but no event names it")
