"""An outbox over any real database, in real time but for the instants of the record, which stand until moved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.alerts.outbox import Outbox
from monitor.faults.blindness import Sight
from monitor.faults.events import Event, FaultOpened, MessageDue
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Source
from monitor.store.aside import Aside
from monitor.store.batch import Batch
from monitor.store.deliveries import State
from monitor.store.errors import StoreUnavailable
from monitor.store.store import Store
from tests.alerts.fakes import FakeSender, FakeWays
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures

BEGAN = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
PATIENCE_S = 60.0


@dataclass
class Post:
    """An outbox over a real store, at a time that stands until it is moved."""

    store: Store
    ways: FakeWays
    at: datetime = BEGAN
    incidents: dict[str, Incident] = field(default_factory=dict)
    tries: list[tuple[str, str]] = field(default_factory=list)
    barred: bool = False
    number: int = 0

    def __post_init__(self) -> None:
        self.thread = Aside("store")
        self.outbox = Outbox(
            self.ask,
            now=lambda: self.at,
            monotonic=time.monotonic,
            incident_of=self.incidents.get,
            told=lambda channel, fate: self.tries.append((channel, fate)),
        )
        self.outbox.adopt(self.ways)

    async def ask(self, question: Callable[[Store], Any]) -> Any:
        """Ask the store as the daemon does, beside the event loop; a barred one does not answer."""
        if self.barred:
            raise StoreUnavailable("disk full")
        return await asyncio.get_running_loop().run_in_executor(self.thread, question, self.store)

    def fault(self, kind: MessageKind = MessageKind.OPENED) -> str:
        """Open a fault with its message, and return its number."""
        self.number += 1
        no = f"F20260901-{self.number:04d}"
        opened = FaultOpened(
            at=self.at,
            no=no,
            line=f"l{self.number}",
            unit="u1",
            carrier="unicom",
            role="primary",
            node=None,
            source=Source.MONITOR,
            policy_version="2026-1",
            first_failed_at=self.at,
            detected_at=self.at,
            discovered_at=self.at,
            repeat_of=None,
        )
        self.commit(opened, self.due(no, kind))
        return no

    def due(self, no: str | None, kind: MessageKind, *, fraction: float | None = None) -> MessageDue:
        """Return a message that falls due now."""
        line = None if no is None else f"l{int(no[-4:])}"
        carrier = None if no is None else "unicom"
        return MessageDue(
            at=self.at, due_at=self.at, message=kind, no=no, line=line, carrier=carrier, fraction=fraction
        )

    def commit(self, *events: Event) -> None:
        """Commit events as the daemon does, and say so."""
        self.thread.submit(
            self.store.commit, Batch(judged_at=self.at, sight=Sight(), numbered=None, events=events)
        ).result()
        self.outbox.wake()

    def states(self, no: str) -> list[tuple[str, str, State]]:
        """Return channel, kind and state of a fault's deliveries."""
        return [(each.channel, each.kind.value, each.state) for each in self.store.deliveries_of(no)]

    def tried(self, times: int) -> bool:
        """Tell whether so many tries were made."""
        return times == len(self.tries)

    def pass_time(self, **length: float) -> None:
        """Let time go on, and the outbox look."""
        self.at += timedelta(**length)
        for courier in self.outbox._couriers.values():
            courier.wake()


@asynccontextmanager
async def post(address: str, *senders: FakeSender, **ways: Any) -> AsyncIterator[Post]:
    """Run an outbox over a database until the block ends; it must not fail."""
    store = Store.open(address)
    made = Post(store, FakeWays({sender.name: sender for sender in senders}, **ways))
    async with running(made):
        yield made


@asynccontextmanager
async def running(made: Post) -> AsyncIterator[None]:
    """Run an outbox; at the end it gets its letters home."""
    task = asyncio.create_task(made.outbox.run())
    try:
        yield
    finally:
        await made.outbox.finish(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        made.thread.submit(made.store.close).result()  # after what the thread is still about


async def until(condition: Callable[[], object]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other threads too
            await asyncio.sleep(0.005)
