"""Reading what became of messages: who waits for which, what was tried, what was given up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.faults.terms import MessageKind
from monitor.store import deliveries, tables
from monitor.store.projection import OutboxRow


class Letters(ABC):
    """The part of `Records` that knows of messages on their ways."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """Lend a connection that sees one state of the database from beginning to end."""

    def on_their_way(self) -> deliveries.Waiting:
        """Return how many messages wait to be delivered."""
        with self.reading() as connection:
            return deliveries.on_their_way(connection)

    def backlogs(self, now: datetime) -> list[deliveries.Backlog]:
        """Return, by channel, how many messages wait though they were to go by now, or were given up lately."""
        with self.reading() as connection:
            return deliveries.backlogs(connection, now)

    def deliveries_of(self, no: str) -> list[deliveries.Delivery]:
        """Return the deliveries of a fault's messages, the oldest message first."""
        with self.reading() as connection:
            return deliveries.deliveries_of(connection, no)

    def attempts_of(self, no: str) -> list[deliveries.Attempt]:
        """Return every try at a letter that carried a message of a fault, the earliest first."""
        with self.reading() as connection:
            return deliveries.attempts_of(connection, no)

    def subjects_told(self, kind: MessageKind) -> frozenset[str]:
        """Return the subjects of all messages of a kind that ever fell due."""
        columns = tables.outbox.c
        query = select(columns.subject).where(columns.kind == kind.value, columns.subject.is_not(None))
        with self.reading() as connection:
            return frozenset(subject for (subject,) in connection.execute(query))

    def unrouted(self, most: int, after: int = 0) -> list[OutboxRow]:
        """Return messages not yet routed, the oldest after a row of the ledger first."""
        with self.reading() as connection:
            return deliveries.unrouted(connection, most, after)

    def waiting(self) -> list[deliveries.Delivery]:
        """Return every delivery that waits, the oldest message first."""
        with self.reading() as connection:
            return deliveries.waiting(connection)

    def given_up_last(self) -> tuple[list[deliveries.Delivery], list[OutboxRow]]:
        """Return what was given up in the last week in which anything was, and the alarms of such since then."""
        with self.reading() as connection:
            return deliveries.given_up_last(connection)

    def untaken_last(self, needed: Collection[MessageKind]) -> tuple[list[OutboxRow], list[OutboxRow]]:
        """Return what reached no carrier in the last week in which anything did not, and the alarms of such since.

        Of what no route took only the kinds ``needed``.
        """
        with self.reading() as connection:
            return deliveries.untaken_last(connection, needed)

    def active_on(self, channel: str) -> list[deliveries.Delivery]:
        """Return what a channel was last told of each fault that is open, and of blindness while it lasts."""
        with self.reading() as connection:
            return deliveries.active_on(connection, channel)

    def tried_since(self, since: datetime) -> list[tuple[str, datetime, float]]:
        """Return channel, end at the latest, and seconds asked for of every try begun since then."""
        with self.reading() as connection:
            return deliveries.tried_since(connection, since)

    def reached(self, keys: Iterable[str]) -> set[str]:
        """Return those of the messages that some channel delivered to the carrier."""
        with self.reading() as connection:
            return deliveries.reached(connection, keys)
