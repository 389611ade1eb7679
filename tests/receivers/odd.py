"""A server that speaks bytes of its own to whoever connects."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Self

from tests.receivers.web import LOOPBACK

Speaking = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class OddServer:
    """Listens while it is entered: silent, dripping, or speaking another protocol, as it is told."""

    def __init__(self, speak: Speaking) -> None:
        self._speak = speak
        self._talks = set[asyncio.Task[Any]]()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, LOOPBACK, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._speak(reader, writer)
        finally:
            self._talks.discard(talk)
            writer.close()
