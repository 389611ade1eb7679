"""The desk at which a page has things done: what is on record of a fault, and answers put into the inbox.

Everything here waits for the database, and so runs in a thread of its own: a database that does not answer holds up
no other page and no round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from monitor.faults.actions import Action
from monitor.faults.events import EtaGiven, FaultAcknowledged, RestorationClaimed
from monitor.faults.fault import Fault
from monitor.store.aside import Aside
from monitor.store.errors import StoreError
from monitor.store.inbox import Answer, Inbox, State
from monitor.store.records import Records

ANSWERS = (FaultAcknowledged, EtaGiven, RestorationClaimed)
LOOKS, PAUSE_S = 15, 0.2  # three seconds; the judging takes up what waits every second
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fault as it is on record, and what was answered about it, the oldest first."""

    fault: Fault
    answers: tuple[FaultAcknowledged | EtaGiven | RestorationClaimed, ...] = ()

    @property
    def acknowledged(self) -> FaultAcknowledged | None:
        """The first acknowledgement: the one that counts."""
        return next((each for each in self.answers if isinstance(each, FaultAcknowledged)), None)

    @property
    def promised(self) -> EtaGiven | None:
        """The latest word of when it will be repaired."""
        return next((each for each in reversed(self.answers) if isinstance(each, EtaGiven)), None)

    @property
    def claimed(self) -> RestorationClaimed | None:
        """The first claim that it is repaired."""
        return next((each for each in self.answers if isinstance(each, RestorationClaimed)), None)


class Desk:
    """One database, opened when first asked."""

    def __init__(self, url: str) -> None:
        """Ask nothing yet."""
        self._url = url
        self._records: Records | None = None
        self._inbox: Inbox | None = None
        self._thread = Aside("desk")

    async def told(self, no: str) -> Told | None:
        """Return what is on record of a fault, None where there is none of that number.

        Raises:
            StoreError: the database cannot be read.
        """
        return await self._aside(partial(self._told, no))

    async def ask(self, asked: Iterable[tuple[str, Action]]) -> list[Answer]:
        """Put actions in, each under its name, and return how they stand after some seconds at most.

        Those that nobody judged meanwhile wait, also where the database does not tell. Again under the same name
        nothing is put in.

        Raises:
            StoreError: the database cannot be written now; to ask again under the same names is right.
            ActionRefused: a name was given to another action.
        """
        answers = [await self._aside(partial(self._put, *each)) for each in asked]
        for _ in range(LOOKS):
            if all(answer.state is not State.PENDING for answer in answers):
                break
            await asyncio.sleep(PAUSE_S)
            with suppress(StoreError):  # they are in: it will be told later
                answers = [await self.answer(each.id) or each for each in answers]
        return answers

    async def answer(self, name: str) -> Answer | None:
        """Return how an action stands, None where there is none of that name; raises `StoreError`."""
        return await self._aside(partial(self._answer, name))

    async def close(self) -> None:
        """Give up the connections and the thread."""
        await self._aside(self._close)
        self._thread.shutdown()

    async def _aside(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _told(self, no: str) -> Told | None:
        if self._records is None:
            self._records = Records.of(self._url)
        for fault in self._records.faults(nos=[no]):
            events = (recorded.event for recorded in self._records.events(fault_no=no, kinds=ANSWERS))
            return Told(fault=fault, answers=tuple(event for event in events if isinstance(event, ANSWERS)))
        return None

    def _put(self, name: str, action: Action) -> Answer:
        return self._open_inbox().put(name, action)

    def _answer(self, name: str) -> Answer | None:
        return self._open_inbox().answer(name)

    def _open_inbox(self) -> Inbox:
        if self._inbox is None:
            self._inbox = Inbox(self._url)
        return self._inbox

    def _close(self) -> None:
        if self._records is not None:
            self._records.close()
        if self._inbox is not None:
            self._inbox.__exit__()
