"""The outbox's way to the database: one question at a time, asked as often as it takes; what was tried, in lots.

Judging writes through the same thread: of all couriers together, one question waits there for its turn at most, also
while the database does not answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from monitor.store.deliveries import Tried
from monitor.store.errors import StoreUnavailable
from monitor.store.store import Store

T = TypeVar("T")
TRY_AGAIN = 1.0  # seconds between two tries at a database that does not answer
Entry = tuple[Tried, "asyncio.Future[None]"]


class Books:
    """Reads and writes for the outbox."""

    def __init__(self, ask: Callable[[Callable[[Store], Any]], Awaitable[Any]]) -> None:
        """Ask the store by ``ask``, which raises `StoreUnavailable` while it cannot answer."""
        self._ask = ask
        self._turn = asyncio.Lock()
        self._entries: list[Entry] = []

    async def ask(self, question: Callable[[Store], T]) -> T:
        """Ask, in turn, until there is an answer.

        Raises:
            StoreError: the database cannot be used any more.
        """
        async with self._turn:
            return await self._patiently(question)

    async def enter(self, tried: Tried) -> None:
        """Write what was tried, with whatever else waits to be written; return once it is.

        Raises:
            StoreError: the database cannot be used any more, or not for this.
        """
        entered = asyncio.get_running_loop().create_future()
        self._entries.append((tried, entered))
        async with self._turn:
            if not entered.done():
                await self._write(self._entries.copy())
        await entered

    async def _write(self, lot: list[Entry]) -> None:
        """Write a lot in one transaction; where that is refused, each entry in one of its own."""
        try:
            await self._patiently(lambda store: store.mark_tried([tried for tried, _ in lot]))
        except Exception as error:
            if len(lot) == 1:
                self._close(lot[0], error)
                return
            for entry in lot:
                await self._write([entry])
        else:
            for entry in lot:
                self._close(entry, None)

    def _close(self, entry: Entry, error: Exception | None) -> None:
        self._entries.remove(entry)
        entered = entry[1]
        if entered.done():
            return  # nobody waits for it any more
        if error is None:
            entered.set_result(None)
        else:
            entered.set_exception(error)

    async def _patiently(self, question: Callable[[Store], T]) -> T:
        while True:
            try:
                answer: T = await self._ask(question)
            except StoreUnavailable:
                await asyncio.sleep(TRY_AGAIN)
            else:
                return answer
