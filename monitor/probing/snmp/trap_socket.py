"""The socket that traps come in by, and what is decided before anything is decoded: who sent it, and how many before.

A storm costs what reading costs, some microseconds a datagram, and no more than its share: a wake-up of the event loop
reads a few datagrams, a tenth of a second a thousand at most. What comes beyond that the kernel drops, and counts.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import Struct

from monitor.config.settings import SnmpProfile
from monitor.inventory.model import Line
from monitor.probing.snmp.trap_bucket import Bucket
from monitor.probing.snmp.traps import TrapOutcome

Place = tuple[str, int]

LONGEST = 1472  # octets: what every receiver should take (RFC 3417, section 3.2), and an Ethernet frame holds
BATCH = 32  # datagrams read in one wake-up
WINDOW_S, A_WINDOW = 0.1, 1000  # at most so many are read in such a time
BUFFER = 1 << 20
MAPPED = "::ffff:"  # how a socket of both families writes an IPv4 address
_SO_RCVBUFFORCE, _SO_MEMINFO = 33, 55
_MEMINFO = Struct("=9I")  # the last is the count of dropped datagrams


@dataclass(frozen=True, slots=True)
class Sender:
    """A device by its address: its lines with their profiles, and how much it may send and have kept.

    Lines may have an address one after another, each as long as it is in service.
    """

    lines: tuple[tuple[Line, SnmpProfile | None], ...]
    bucket: Bucket
    kept: Bucket


@dataclass(frozen=True, slots=True)
class Letter:
    """A datagram let through; ``place`` is where it came from, ``reply_to`` the same as the kernel writes it."""

    sender: Sender
    content: bytes
    place: Place
    reply_to: tuple[str | int, ...]


class TrapSocket:
    """Reads datagrams and lets through those of known senders that keep to their rates.

    Args:
        sock: bound, of UDP; it is closed with this.
        take: is given every letter let through; False: it has no room for it.
        counted: is told how many datagrams came to an end here, and how.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        take: Callable[[Letter], bool],
        counted: Callable[[TrapOutcome, int], None],
    ) -> None:
        """Set the socket up; nothing is read before `start`."""
        self._sock, self._take, self._counted = sock, take, counted
        sock.setblocking(False)
        try:
            sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, BUFFER)
        except PermissionError:  # without CAP_NET_ADMIN: as much as net.core.rmem_max allows
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._senders: Mapping[str, Sender] = {}
        self._all = Bucket(rate=1, burst=1)
        self._left = self._dropped = 0
        self._window: asyncio.TimerHandle | None = None
        self.stranger: str | None = None

    def admit(self, senders: Mapping[str, Sender], *, all_of_them: Bucket) -> None:
        """Let through from now on these senders, by their addresses."""
        self._senders, self._all = senders, all_of_them

    def start(self) -> None:
        """Begin to read, in the running event loop."""
        self._open_window()

    def send(self, content: bytes, to: tuple[str | int, ...]) -> None:
        """Send an answer; one that cannot be sent is not missed: its sender asks again."""
        try:
            self._sock.sendto(content, to)
        except OSError:
            return

    def close(self) -> None:
        """Stop reading and close the socket."""
        if self._window is not None:
            self._window.cancel()
        asyncio.get_running_loop().remove_reader(self._sock)
        self._sock.close()

    def _open_window(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._left:
            loop.add_reader(self._sock, self._read)
        self._left = A_WINDOW
        self._count_dropped()
        self._window = loop.call_later(WINDOW_S, self._open_window)

    def _read(self) -> None:
        loop = asyncio.get_running_loop()
        counts: Counter[TrapOutcome] = Counter()
        now = loop.time()
        for _ in range(min(BATCH, self._left)):
            try:
                content, origin = self._sock.recvfrom(LONGEST + 1)
            except OSError:  # nothing more, or the kernel's word about an answer that could not be delivered
                break
            self._left -= 1
            outcome = self._judged(content, origin, now)
            if outcome is not None:
                counts[outcome] += 1
        if not self._left:
            loop.remove_reader(self._sock)
        for outcome, count in counts.items():
            self._counted(outcome, count)

    def _judged(self, content: bytes, origin: tuple[str | int, ...], now: float) -> TrapOutcome | None:
        """Say why a datagram is dropped; None where it was let through."""
        address = str(origin[0]).removeprefix(MAPPED)
        sender = self._senders.get(address)
        if sender is None:
            self.stranger = address
            return TrapOutcome.UNKNOWN_SOURCE
        if not sender.bucket.take(now) or not self._all.take(now):
            return TrapOutcome.RATE_LIMITED
        if len(content) > LONGEST:
            return TrapOutcome.TOO_LONG
        letter = Letter(sender, content, (address, int(origin[1])), origin)
        return None if self._take(letter) else TrapOutcome.RATE_LIMITED

    def _count_dropped(self) -> None:
        dropped = _MEMINFO.unpack(self._sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size))[-1]
        more, self._dropped = (dropped - self._dropped) % 2**32, dropped
        if more:
            self._counted(TrapOutcome.OVERFLOW, more)
