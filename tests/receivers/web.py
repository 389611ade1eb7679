"""A web server that keeps what it was asked and answers as it is told, well or badly."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

LOOPBACK = "127.0.0.1"
PAUSE = 0.02  # seconds between two bytes that drip


class Mischief(Enum):
    """What a receiver does instead of answering."""

    SILENT = auto()
    """It takes the request and says nothing."""
    DRIP = auto()
    """It sends a header that never ends, a byte at a time."""
    DRIP_BODY = auto()
    """It sends good headers, then a body that never ends, a byte at a time."""
    BREAK = auto()
    """It closes the connection."""
    GARBAGE = auto()
    """It speaks something that is not HTTP."""
    ENDLESS = auto()
    """It sends a body without end, as fast as it can."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked: names of headers in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Response:
    """What is answered, ``after`` so many seconds; a value that is no bytes becomes JSON."""

    status: int = 200
    body: object = b""
    after: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


Answering = Callable[[Request], Response | Mischief]


class Receiver:
    """Listens while it is entered; ``requests`` are those it was asked, in order."""

    def __init__(self, answer: Answering, *, tls: ssl.SSLContext | None = None) -> None:
        self.answer, self.requests = answer, list[Request]()
        self._tls = tls
        self._server: asyncio.Server
        self._talks = set[asyncio.Task[None]]()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, LOOPBACK, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await asyncio.sleep(0)

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://{LOOPBACK}:{self.port}"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._serve(reader, writer):
                    pass
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection goes on."""
        request = await _read(reader)
        self.requests.append(request)
        answer = self.answer(request)
        if isinstance(answer, Mischief):
            await _misbehave(answer, writer)
            return False
        await asyncio.sleep(answer.after)
        headers = {"Content-Length": str(len(answer.content)), **answer.headers}
        lines = [f"HTTP/1.1 {answer.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + answer.content)
        await writer.drain()
        return True


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method=method, target=target, headers=headers, body=body)


async def _misbehave(what: Mischief, writer: asyncio.StreamWriter) -> None:
    match what:
        case Mischief.SILENT:
            await asyncio.sleep(60)
        case Mischief.DRIP:
            await _drip(writer, b"HTTP/1.1 200 OK\r\nX-Slow: ")
        case Mischief.DRIP_BODY:
            await _drip(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        case Mischief.GARBAGE:
            writer.write(b"220 this is another protocol\r\n\r\n")
            await writer.drain()
        case Mischief.ENDLESS:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                writer.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
                await writer.drain()
        case Mischief.BREAK:
            pass


async def _drip(writer: asyncio.StreamWriter, first: bytes) -> None:
    writer.write(first)
    for _ in range(3000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(PAUSE)


@contextlib.contextmanager
def in_thread(receiver: Receiver) -> Iterator[Receiver]:
    """Let a receiver listen in a thread of its own, for tests that are not asynchronous."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(receiver.__aenter__(), loop).result(5)
    try:
        yield receiver
    finally:
        asyncio.run_coroutine_threadsafe(receiver.__aexit__(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
