"""An outbox over a real SQLite database, on a clock that is driven: channels answer as told, texts say their keys."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.alerts.outbox import Outbox
from monitor.faults.blindness import Sight
from monitor.faults.events import Event, FaultOpened, MessageDue
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Source
from monitor.store.batch import Batch
from monitor.store.deliveries import Attempt, State
from monitor.store.errors import StoreUnavailable
from monitor.store.store import Store
from tests.alerts.deliveries import after
from tests.alerts.fakes import FakeSender, FakeWays
from tests.driven import loop

Question = Callable[[Store], Any]


@dataclass
class Desk:
    """An outbox, what it is given and what it is asked; ``meddle`` may fail a call to the store before or after it."""

    store: Store
    ways: FakeWays
    incidents: dict[str, Incident] = field(default_factory=dict)
    meddle: Callable[[Callable[[], Any]], Any] = lambda call: call()
    tries: list[tuple[str, str]] = field(default_factory=list)
    opened: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.outbox = self.made()

    def made(self) -> Outbox:
        """Return another outbox over the same database, as the next run has it."""
        outbox = Outbox(
            self.ask,
            now=self.now,
            monotonic=loop().time,
            incident_of=self.incidents.get,
            told=lambda channel, fate: self.tries.append((channel, fate)),
        )
        outbox.adopt(self.ways)
        return outbox

    def now(self) -> datetime:
        return after(loop().time())

    async def ask(self, question: Question) -> Any:
        """Ask the store, others in between as with a thread."""
        self.asked += 1
        await asyncio.sleep(0)
        answer = self.meddle(lambda: question(self.store))
        await asyncio.sleep(0)
        return answer

    def fault(self, *kinds: MessageKind, carrier: str = "unicom") -> str:
        """Open a fault, with messages of it, and return its number."""
        self.opened += 1
        no, at = f"F20260901-{self.opened:04d}", self.now().replace(microsecond=0)
        opened = FaultOpened(
            at=at,
            no=no,
            line=f"l{self.opened}",
            unit="u1",
            carrier=carrier,
            role="primary",
            node=None,
            source=Source.MONITOR,
            policy_version="2026-1",
            first_failed_at=at,
            detected_at=at,
            discovered_at=at,
            repeat_of=None,
        )
        self.commit(opened, *(self.due(no, kind, carrier=carrier) for kind in kinds or (MessageKind.OPENED,)))
        return no

    def due(self, no: str | None, kind: MessageKind, *, carrier: str = "unicom", **more: Any) -> MessageDue:
        """Return a message that falls due now."""
        at = self.now().replace(microsecond=0)
        line = None if no is None else f"l{int(no[-4:])}"
        return MessageDue(
            at=at, due_at=at, message=kind, no=no, line=line, carrier=None if no is None else carrier, **more
        )

    def commit(self, *events: Event) -> None:
        """Commit events as the daemon does, and say so."""
        at = self.now().replace(microsecond=0)
        self.store.commit(Batch(judged_at=at, sight=Sight(), numbered=None, events=events))
        self.outbox.wake()

    def incident(self, number: int, faults: Sequence[str]) -> None:
        """Let faults be an incident from now on."""
        made = Incident(number=number, carrier="unicom", node="n", first_failed_at=after(0), faults=tuple(faults))
        self.incidents |= dict.fromkeys(faults, made)

    def states(self, no: str) -> list[tuple[str, str, State]]:
        """Return channel, kind and state of a fault's deliveries."""
        return [(each.channel, each.kind.value, each.state) for each in self.store.deliveries_of(no)]

    def attempts(self, no: str) -> list[Attempt]:
        return self.store.attempts_of(no)

    @asynccontextmanager
    async def running(self, *, killed: bool = False) -> AsyncIterator[None]:
        """Run the outbox; at the end let letters arrive, or ``killed``: have all of it stop in the middle."""
        task = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            if not killed:
                await self.outbox.finish(5)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)


@asynccontextmanager
async def desk(path: Path, *senders: FakeSender, **ways: Any) -> AsyncIterator[Desk]:
    """Set up an outbox over an empty database; nothing runs yet."""
    store = hasty(Store.open(f"sqlite:///{path}/monitor.db"))
    try:
        yield Desk(store, FakeWays(named(senders), **ways))
    finally:
        store.close()


def hasty(store: Store) -> Store:
    """Let a store on SQLite not wait for the disk: nothing here survives the machine's failure."""
    connection_of(store).execute("PRAGMA synchronous=OFF")
    return store


def changes(store: Store) -> int:
    """Return how many rows a store on SQLite has written so far."""
    return connection_of(store).total_changes


def connection_of(store: Store) -> sqlite3.Connection:
    connection = store._connected().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


def named(senders: Iterable[FakeSender]) -> dict[str, FakeSender]:
    """Return senders by the channels that they serve."""
    return {sender.channel: sender for sender in senders}


def unavailable(call: Callable[[], Any]) -> Any:
    """Be a database that does not answer."""
    raise StoreUnavailable("disk full")
