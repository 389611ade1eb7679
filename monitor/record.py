"""What the next commit writes, and the commit itself in a thread of its own.

Everything that happened is gathered here at once and written in one transaction: at the end of a round that brought
events, else every few seconds. While the database cannot be written nothing is lost: the same batch is tried again,
and what happens meanwhile waits behind it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.faults.events import Event
from monitor.probing.assembly import Instant
from monitor.store.batch import Batch
from monitor.store.errors import StoreUnavailable
from monitor.store.measurements import Measurements
from monitor.store.store import Store
from monitor.supervision import Supervision

Answer = TypeVar("Answer")
HEARTBEAT = timedelta(seconds=5)
log = logging.getLogger(__name__)


class Record:
    """Events and rounds since the last commit, and the one thread that writes them."""

    def __init__(self, store: Store, measurements: Measurements, *, wrote: Callable[[float], None]) -> None:
        """Write to a store; ``wrote`` is told how many seconds each commit took."""
        self._store = store
        self._measurements = measurements
        self._wrote = wrote
        self._events: list[Event] = []
        self._configurations: list[str] = []
        self._unwritten: Batch | None = None
        self._committed_at: datetime | None = None
        self._writing = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self.failing = False

    def take(self, events: Iterable[Event]) -> None:
        """Keep events for the next commit."""
        self._events += events

    def take_rounds(self, instant: Instant) -> None:
        """Keep what was measured in one instant, whether judging accepted it or not."""
        for observation in instant.references:
            self._measurements.add_reference(observation)
        for observation in instant.lines:
            self._measurements.add_line(observation)

    def take_configuration(self, text: str) -> None:
        """Keep the text of a configuration that an event adopts."""
        self._configurations.append(text)

    async def commit(self, supervision: Supervision, *, whole: bool = False) -> None:
        """Write what has happened, if there is anything that must not wait; all of it where ``whole``.

        Raises:
            StoreError: the database cannot be used any more; unavailability for a while is borne.
        """
        async with self._writing:
            if self._unwritten is not None and not await self._write(self._unwritten):
                return
            self._unwritten = None
            judged_at = supervision.judged_at
            if judged_at is None or not (whole or self._events or self._beat_due(judged_at)):
                return
            self._unwritten = self._batch(judged_at, supervision, whole=whole)
            if await self._write(self._unwritten):
                self._unwritten = None

    async def ask(self, question: Callable[[Store], Answer]) -> Answer:
        """Ask the store something, in the thread that writes."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._store)

    async def close(self) -> None:
        """Give the thread and the store back."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._store.close)
        self._thread.shutdown()

    def _beat_due(self, judged_at: datetime) -> bool:
        return self._committed_at is None or judged_at - self._committed_at >= HEARTBEAT

    def _batch(self, judged_at: datetime, supervision: Supervision, *, whole: bool) -> Batch:
        events, self._events = tuple(self._events), []
        configurations, self._configurations = tuple(self._configurations), []
        self._committed_at = judged_at
        return Batch(
            judged_at=judged_at,
            sight=supervision.sight,
            numbered=supervision.numbered,
            events=events,
            measured=self._measurements.take(judged_at, supervision.watches, whole=whole),
            configurations=configurations,
        )

    async def _write(self, batch: Batch) -> bool:
        begun = time.perf_counter()
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._store.commit, batch)
        except StoreUnavailable as error:
            if not self.failing:
                log.warning("the database cannot be written; what happens is kept and tried again: %s", error)
            self.failing = True
            return False
        self._wrote(time.perf_counter() - begun)
        if self.failing:
            log.warning("the database can be written again; nothing was lost")
        self.failing = False
        return True
