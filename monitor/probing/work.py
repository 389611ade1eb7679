"""Work under way beside everything else, and its end: nothing that hangs holds up the end of the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

Answer = TypeVar("Answer")
CANCELLED_WITHIN = 0.2  # seconds in which cancelled work should be over


class Work:
    """Tasks that run until they are over; of one that fails unexpectedly is told."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        """Begin with nothing under way."""
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    async def end(self, seconds: float) -> None:
        """Let what is under way end by itself for some seconds, then cancel it, and do not wait for what goes on."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=CANCELLED_WITHIN)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failed(failure)


async def within(seconds: float, work: Awaitable[Answer]) -> Answer | None:
    """Wait for work, but not for longer than this; None where it took longer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await work
    return None
