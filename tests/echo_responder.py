"""Answers ICMP echo requests in a namespace as a test pleases, where the kernel's own answer is switched off."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.netns import Namespace


class Responder:
    """Hands every echo request to ``heard``; the test answers by `answer`, rightly or wrongly.

    Args:
        namespace: where it listens; the kernel there answers no echo any more.
        heard: called with each request, from the ICMP header on.
        family: AF_INET or AF_INET6.
    """

    def __init__(
        self,
        namespace: Namespace,
        heard: Callable[[bytes], None],
        *,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> None:
        """Silence the kernel and open the socket."""
        self._namespace, self._heard, self._family = namespace, heard, family
        self._ipv6 = family == socket.AF_INET6
        namespace.sysctl("net.ipv6.icmp.echo_ignore_all" if self._ipv6 else "net.ipv4.icmp_echo_ignore_all", "1")
        self._socket = self._open(None)

    def _open(self, source: str | None) -> socket.socket:
        with self._namespace.entered():
            opened = socket.socket(
                self._family, socket.SOCK_RAW, socket.IPPROTO_ICMPV6 if self._ipv6 else socket.IPPROTO_ICMP
            )
        opened.setblocking(False)
        if source:
            opened.bind((source, 0))
        return opened

    def __enter__(self) -> Self:
        """Begin to listen on the running loop."""
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        packet = self._socket.recv(2048)
        message = packet if self._ipv6 else packet[20:]
        if message[0] == (128 if self._ipv6 else 8):
            self._heard(message)

    def answer(self, request: bytes, *, to: str, source: str, cookie: bytes | None = None) -> None:
        """Send the reply to a request from ``source``, with another cookie where one is given."""
        payload = request[8:] if cookie is None else cookie + request[8 + len(cookie) :]
        kind = 129 if self._ipv6 else 0
        reply = struct.pack("!BBH", kind, 0, 0) + request[4:8] + payload
        if not self._ipv6:
            reply = reply[:2] + struct.pack("!H", checksum(reply)) + reply[4:]
        with self._open(source) as sender:
            sender.sendto(reply, (to, 0))


def checksum(message: bytes) -> int:
    """Return the Internet checksum of an even number of octets (RFC 1071)."""
    total: int = sum(word for (word,) in struct.iter_unpack("!H", message))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
