"""What the next commit writes, and the commit itself in a thread of its own.

Everything that happened is gathered here at once and written in one transaction: at the end of a round that brought
events, else every few seconds. While the database cannot be written nothing is lost: the same batch is tried again,
and what happens meanwhile waits behind it. One commit is under way at a time; a round that finds one leaves what it
has to that one, so that a slow database gathers no rounds that wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.faults.events import Event, EvidenceFound, MessageDue
from monitor.probing.assembly import Instant
from monitor.store.aside import Aside
from monitor.store.batch import Batch
from monitor.store.errors import StoreUnavailable
from monitor.store.inbox import Answer as Done
from monitor.store.inbox import Asked, answered
from monitor.store.measurements import Measurements
from monitor.store.store import Store
from monitor.supervision import Supervision

Answer = TypeVar("Answer")
HEARTBEAT = timedelta(seconds=5)
REST = 0.2  # seconds between two slices of what is forgotten
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
        self._asked: dict[str, tuple[Asked, datetime]] = {}
        self._answers: list[Done] = []
        self._answered: set[str] = set()
        self._hearing = False
        self._unwritten: Batch | None = None
        self._under_way: asyncio.Future[float] | None = None
        self._committed_at: datetime | None = None
        self._written_until: datetime | None = None
        self._writing = asyncio.Lock()
        self._thread = Aside("store")
        self.failing = False
        self.trouble: str | None = None
        self._messages_written: Callable[[], None] | None = None

    def on_messages(self, call: Callable[[], None]) -> None:
        """Call this whenever messages that fell due were committed."""
        self._messages_written = call

    def take(self, events: Iterable[Event]) -> None:
        """Keep events for the next commit, and the lines that they speak of."""
        for event in events:
            self._events.append(event)
            line = line_of(event)
            if line is not None:
                self._measurements.concern(line)

    def take_rounds(self, instant: Instant) -> None:
        """Keep what was measured in one instant, whether judging accepted it or not."""
        for observation in instant.references:
            self._measurements.add_reference(observation)
        for observation in instant.lines:
            self._measurements.add_line(observation)

    def take_configurations(self, texts: Iterable[str]) -> None:
        """Keep the texts of a configuration that events adopt."""
        self._configurations += texts

    async def hear(self, now: datetime) -> None:
        """Look which of people's actions wait; they are done at the first instant judged from ``now`` on."""
        if self._hearing:
            return  # a slow database is asked once
        self._hearing = True
        try:
            waiting = await self.ask(lambda store: store.asked())
        except StoreUnavailable:
            return  # they wait there until it can be read again
        finally:
            self._hearing = False
        for asked in waiting:
            if asked.id not in self._answered:
                self._asked.setdefault(asked.id, (asked, now))

    def do_asked(self, at: datetime, supervision: Supervision) -> None:
        """Do the actions that wait, before an instant is judged; their answers go with the commit of their events."""
        for asked, heard_at in list(self._asked.values()):
            if heard_at <= at:
                self._answers.append(answered(asked, at, supervision))
                self._answered.add(asked.id)
                del self._asked[asked.id]

    @property
    def written_until(self) -> datetime | None:
        """The last instant judged that is in the database, as far as this run wrote it."""
        return self._written_until

    async def commit(self, supervision: Supervision) -> None:
        """Write what has happened, if there is anything that must not wait.

        Raises:
            StoreError: the database cannot be used any more; unavailability for a while is borne.
        """
        if self._writing.locked():
            return  # whoever writes goes on until nothing is left that must not wait
        async with self._writing:
            while await self._wrote_what_waits() and self._due(supervision):
                self._unwritten = self._batch(supervision, whole=False)

    async def commit_all(self, supervision: Supervision) -> bool:
        """Write everything, at an orderly end; tell whether it is written.

        Raises:
            StoreError: the database cannot be used any more.
        """
        async with self._writing:
            if await self._wrote_what_waits() and supervision.judged_at is not None:
                self._unwritten = self._batch(supervision, whole=True)
            return await self._wrote_what_waits()

    async def ask(self, question: Callable[[Store], Answer]) -> Answer:
        """Ask the store something, in the thread that writes."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._store)

    async def forget(self, *, rounds_before: datetime, rollups_before: datetime) -> None:
        """Delete rounds and roll-ups from before these instants, a slice at a time, so that commits get their turn.

        Raises:
            StoreUnavailable: the database cannot be written now; the rest is for the next time.
        """
        slices: tuple[Callable[[Store], int], ...] = (
            lambda store: store.forget_rounds(rounds_before),
            lambda store: store.forget_rollups(rollups_before),
        )
        for forget in slices:
            forgotten = await self.ask(forget)
            while forgotten:
                await asyncio.sleep(REST)
                forgotten = await self.ask(forget)

    async def close(self) -> None:
        """Give the store and the thread back, after what the thread is still about."""
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self._store.close)
        self._thread.shutdown()
        await closing

    def sweep_within(self, sweep: timedelta) -> None:
        """Write every quiet line at least this often."""
        self._measurements.sweep_within(sweep)

    def _due(self, supervision: Supervision) -> bool:
        judged_at = supervision.judged_at
        return judged_at is not None and bool(
            self._events or self._answers or self._committed_at is None or judged_at - self._committed_at >= HEARTBEAT
        )

    def _batch(self, supervision: Supervision, *, whole: bool) -> Batch:
        judged_at = supervision.judged_at
        if judged_at is None:
            raise ValueError("nothing was judged yet")
        events, self._events = tuple(self._events), []
        configurations, self._configurations = tuple(self._configurations), []
        answers, self._answers = tuple(self._answers), []
        self._committed_at = judged_at
        return Batch(
            judged_at=judged_at,
            sight=supervision.sight,
            numbered=supervision.numbered,
            events=events,
            measured=self._measurements.take(
                judged_at, supervision.watches, supervision.testimonies.all(), whole=whole
            ),
            configurations=configurations,
            answers=answers,
        )

    async def _wrote_what_waits(self) -> bool:
        """Write the batch that waits, if there is one; tell whether none waits any more.

        A commit once begun is waited for and never begun again beside itself, though the task that began it was
        cancelled meanwhile: the same events twice would be two truths.
        """
        if self._unwritten is None:
            return True
        if self._under_way is None:
            loop = asyncio.get_running_loop()
            self._under_way = loop.run_in_executor(self._thread, self._timed, self._unwritten)
            self._under_way.add_done_callback(_heard)
        try:
            took = await asyncio.shield(self._under_way)
        except StoreUnavailable as error:
            self._under_way = None
            self._say_failing(error)
            return False
        self._written_until = self._unwritten.judged_at
        messages = any(isinstance(event, MessageDue) for event in self._unwritten.events)
        self._unwritten = self._under_way = None
        if messages and self._messages_written is not None:
            self._messages_written()
        self._wrote(took)
        self._say_failing(None)
        return True

    def _timed(self, batch: Batch) -> float:
        begun = time.perf_counter()
        self._store.commit(batch)
        return time.perf_counter() - begun

    def _say_failing(self, error: StoreUnavailable | None) -> None:
        if error is not None and not self.failing:
            log.warning("the database cannot be written; what happens is kept and tried again: %s", error)
        elif error is None and self.failing:
            log.warning("the database can be written again; nothing was lost")
        self.failing, self.trouble = error is not None, None if error is None else str(error)


def line_of(event: Event) -> str | None:
    """Return the line that an event speaks of; what was weighed must not be weighed again after a crash."""
    if isinstance(event, EvidenceFound):
        return None if event.after is None else event.after.line
    line: str | None = getattr(event, "line", None)
    return line


def _heard(commit: asyncio.Future[float]) -> None:
    """Let a commit fail in silence whose task was cancelled: whoever commits next is told."""
    if not commit.cancelled():
        commit.exception()
