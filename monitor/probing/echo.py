"""Measure addresses by ICMP echoes: one shared socket a family, however many targets (fault-rules.md, section 1).

The way of an echo::

    measure -> Volley -> EchoSocket.send, paced by the engine's turns
                 ^  \\-> EchoSocket.read: reply of the right source, id, sequence, cookie -> RTT by the kernel's stamp
                 |   \\-> EchoSocket.read_errors: unreachable, time exceeded -> evidence
              Echoes

No echo has a task, a future or a timer of its own: a call has one of each, the engine one timer for its turns.
"""

from __future__ import annotations

import asyncio
import math
import socket
import time
from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Self

from monitor.probing.echo_outcome import Echoes, EchoStats, IcmpEvidence, IcmpKind, ProbeError
from monitor.probing.echo_permission import EchoSocketUnavailable, FamilyMissing, Privileged, cures, permitted_socket
from monitor.probing.echo_socket import Clock, EchoSocket
from monitor.probing.echo_volley import Destination, Volley
from monitor.probing.icmp import V4, V6, Protocol

__all__ = [
    "EchoEngine",
    "EchoEngineClosed",
    "EchoSocketUnavailable",
    "EchoStats",
    "Echoes",
    "IcmpEvidence",
    "IcmpKind",
    "ProbeError",
]

BURST = 128  # most echoes sent before replies are read
BURSTS = 4  # most bursts before the loop may turn to others
READ = 512  # most replies read before the loop may turn to others
TOP_RATE = 100_000.0  # echoes a second, whatever the buffer
HELD_UP = 0.05  # seconds for which the loop may be busy elsewhere without the receive buffer overflowing
TURN = 0.01  # seconds between turns while no more than the schedule is due: a wake-up serves many echoes
REST = 0.005  # seconds for which a socket just read is left alone; the kernel's stamps keep the RTTs exact
PATIENCE = 0.25  # seconds for which a full local queue is borne
NO_INTERFACE = 0x7FFFFFFF  # an index that no interface has
RETRY = 0.001  # seconds after which a full local queue is tried again: the shortest sleep of the loop


class EchoEngineClosed(Exception):
    """The engine is not open, or was closed while echoes were in flight: nothing was measured."""


class EchoEngine:
    """Measures addresses by ICMP echoes; any number of calls may be in flight at once.

    Args:
        privileged: True for raw sockets, False for ping sockets, ``auto`` for whichever the machine permits.
        timeout: seconds after which a reply is late; at most that long after its last echo a call ends.
        wall, monotonic: clocks, in seconds. ``wall`` must be CLOCK_REALTIME, by which the kernel stamps arrivals.
    """

    def __init__(
        self,
        *,
        privileged: Privileged = "auto",
        timeout: float = 2.0,
        wall: Clock = time.time,
        monotonic: Clock = time.monotonic,
    ) -> None:
        """Keep the options; sockets are opened by `open`."""
        self._privileged, self._timeout = privileged, timeout
        self._wall, self._monotonic = wall, monotonic
        self._sockets: dict[str, EchoSocket] = {}
        self._sending: deque[tuple[EchoSocket, Volley]] = deque()
        self._flying: set[Volley] = set()
        self._room = asyncio.Event()
        self._turn_timer: asyncio.TimerHandle | None = None
        self._resting: dict[EchoSocket, asyncio.TimerHandle] = {}
        self._credit = float(BURST)
        self._credited_at = 0.0
        self._rate = TOP_RATE

    async def open(self) -> None:
        """Open a socket for each family of addresses that the machine has.

        Raises:
            EchoSocketUnavailable: neither a raw nor a ping socket is permitted; the text names the cures.
        """
        missing = []
        for protocol in (V4, V6):
            try:
                opened = permitted_socket(protocol, self._privileged)
            except FamilyMissing as reason:
                missing.append(reason)
                continue
            self._sockets[protocol.name] = EchoSocket(
                opened, protocol, wall=self._wall, monotonic=self._monotonic, timeout=self._timeout
            )
        if not self._sockets:
            raise _unavailable(missing, self._privileged)
        self._rate = min(TOP_RATE, *(port.capacity / HELD_UP for port in self._sockets.values()))
        for port in self._sockets.values():
            self._listen(port)

    async def close(self) -> None:
        """Close the sockets; calls in flight end with `EchoEngineClosed`."""
        loop = asyncio.get_running_loop()
        for rest in self._resting.values():
            rest.cancel()
        self._resting.clear()
        if self._turn_timer:
            self._turn_timer.cancel()
            self._turn_timer = None
        sockets, self._sockets = self._sockets, {}
        for port in sockets.values():
            loop.remove_reader(port.sock)
            port.close()
        self._give_up(EchoEngineClosed("the echo engine was closed while echoes were in flight"))
        self._room.set()

    def _give_up(self, reason: BaseException) -> None:
        self._sending.clear()
        for volley in self._flying:
            if volley.ended and not volley.ended.done():
                volley.ended.set_exception(reason)

    async def __aenter__(self) -> Self:
        """Open the sockets."""
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the sockets."""
        await self.close()

    @property
    def stats(self) -> EchoStats:
        """Return what was counted since the engine was opened."""
        return sum((port.stats for port in self._sockets.values()), EchoStats())

    @property
    def sockets(self) -> tuple[str, ...]:
        """Return which sockets are open, in words: ``IPv4 raw``, ``IPv6 ping``."""
        return tuple(f"{family} {'raw' if port.raw else 'ping'}" for family, port in self._sockets.items())

    async def measure(
        self, addresses: Sequence[str], *, packets: int = 3, gap: float = 0.2, spread: float = 0.0
    ) -> list[Echoes]:
        """Send ``packets`` echoes to each address and return what came of them, in the order of the addresses.

        Ends as soon as every echo is answered or refused, else ``timeout`` after the last was sent.

        Args:
            addresses: IPv4 or IPv6 addresses, no names; one may stand there twice.
            packets: echoes to each address.
            gap: least seconds between two echoes to one address.
            spread: seconds over which the first echoes are spread evenly. Never is more sent at once than the
                receive buffer holds the replies of.

        Raises:
            ValueError: an address is none, or a number is out of range.
            EchoEngineClosed: the engine is not open, or was closed meanwhile.
        """
        if packets < 1 or gap < 0 or spread < 0:
            raise ValueError(f"packets ({packets}) must be at least 1, gap ({gap}) and spread ({spread}) not negative")
        self._require_open()
        targets = [_target(address) for address in addresses]
        parts = [_Part(protocol, addresses, targets, spread) for protocol in (V4, V6)]
        results: list[Echoes | None] = [None] * len(addresses)
        flights = []
        try:
            for part in parts:
                if part.places and part.protocol.name not in self._sockets:
                    part.fail(results)
                elif part.places:
                    flights.append((part, *await self._launch(part, packets, gap)))
            for part, port, volley, ended in flights:
                await ended
                part.collect(results, volley.outcomes(part.addresses, overflowed=port.drops() != volley.drops))
        finally:
            for _, _, volley, _ in flights:
                self._retire(volley)
        return [result for result in results if result is not None]

    def _require_open(self) -> None:
        if not self._sockets:
            raise EchoEngineClosed("the echo engine is not open")

    async def _launch(self, part: _Part, packets: int, gap: float) -> tuple[EchoSocket, Volley, asyncio.Future[None]]:
        port = self._sockets[part.protocol.name]
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        volley = Volley(part.targets, part.destinations, part.dues, packets=packets, gap=gap, ended=ended)
        while not port.admit(volley):
            self._room.clear()
            await self._room.wait()
            self._require_open()
        volley.started = self._monotonic()
        self._flying.add(volley)
        self._sending.append((port, volley))
        self._plan(0.0)
        return port, volley, ended

    def _retire(self, volley: Volley) -> None:
        volley.end()
        volley.retire()
        self._flying.discard(volley)
        self._sending = deque(entry for entry in self._sending if entry[1] is not volley)
        self._room.set()

    def _plan(self, delay: float) -> None:
        loop = asyncio.get_running_loop()
        at = loop.time() + delay
        if self._turn_timer:
            if self._turn_timer.when() <= at:
                return
            self._turn_timer.cancel()
        self._turn_timer = loop.call_at(at, self._turn)

    def _turn(self) -> None:
        """Send what is due and affordable, read what has come meanwhile, plan the next turn."""
        self._turn_timer = None
        try:
            for _ in range(BURSTS):
                pause = self._burst(self._monotonic())
                if pause:
                    break
        except BaseException as error:
            self._give_up(error)  # whoever waits must learn of it
            raise
        if self._sending:
            self._plan(pause)

    def _burst(self, now: float) -> float:
        """Send one burst and read; return the seconds until the next may go, infinity when all is sent."""
        budget = self._afford(now)
        busy = {port for port, _ in self._sending}
        for port in busy:
            self._rest(port)
        for _ in range(len(self._sending)):
            port, volley = self._sending.popleft()
            tried = port.send(volley, now=now, budget=budget, patience=PATIENCE)
            budget -= tried
            self._credit -= tried
            if volley.all_sent:
                asyncio.get_running_loop().call_later(self._timeout, self._expire, port, volley)
            else:
                self._sending.append((port, volley))
        self._sending.rotate(-1)
        for port in busy:
            port.read(READ)
        return self._pause(now)

    def _afford(self, now: float) -> int:
        self._credit = min(float(BURST), self._credit + (now - self._credited_at) * self._rate)
        self._credited_at = now
        return int(self._credit)

    def _pause(self, now: float) -> float:
        if not self._sending:
            return math.inf
        if any(port.full for port, _ in self._sending):
            return RETRY
        due = min(volley.due_at() for _, volley in self._sending)
        if due <= now:  # there was more to send than could be afforded
            pause = (BURST - self._afford(self._monotonic())) / self._rate
            return pause if pause > RETRY else 0.0  # the loop sleeps for whole milliseconds only
        return max(TURN, due - now)

    def _expire(self, port: EchoSocket, volley: Volley) -> None:
        if volley.over or volley.ended is None or volley.ended.done():
            return
        for _ in range(0, port.capacity, READ):  # what arrived in time, however late the loop comes to it
            if port.read(READ):
                break
        volley.end()

    def _listen(self, port: EchoSocket) -> None:
        self._resting.pop(port, None)
        asyncio.get_running_loop().add_reader(port.sock, self._readable, port)

    def _readable(self, port: EchoSocket) -> None:
        if port.read(READ):
            self._rest(port)

    def _rest(self, port: EchoSocket) -> None:
        if port not in self._resting:
            loop = asyncio.get_running_loop()
            loop.remove_reader(port.sock)
            self._resting[port] = loop.call_later(REST, self._listen, port)


class _Part:
    """The addresses of one family in a call."""

    def __init__(self, protocol: Protocol, addresses: Sequence[str], targets: Sequence[_Target], spread: float) -> None:
        size = protocol.address_size
        self.protocol = protocol
        self.places = [place for place, target in enumerate(targets) if len(target[0]) == size]
        self.addresses = [addresses[place] for place in self.places]
        self.targets = [targets[place][0] for place in self.places]
        self.destinations = [targets[place][1] for place in self.places]
        self.dues = array("d", [place * spread / len(addresses) for place in self.places])

    def fail(self, results: list[Echoes | None]) -> None:
        for place, address in zip(self.places, self.addresses, strict=True):
            results[place] = Echoes(
                address=address, at=None, sent=0, received=0, rtts=(), error=ProbeError.NO_SOCKET, evidence=()
            )

    def collect(self, results: list[Echoes | None], outcomes: Iterable[Echoes]) -> None:
        for place, outcome in zip(self.places, outcomes, strict=True):
            results[place] = outcome


_Target = tuple[bytes, Destination]


@lru_cache(maxsize=1 << 16)
def _unscoped(address: str) -> _Target:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    packed = socket.inet_pton(family, address)
    spelled = socket.inet_ntop(family, packed)
    return packed, (spelled, 0, 0, 0) if family == socket.AF_INET6 else (spelled, 0)


def _target(address: str) -> _Target:
    """Return an address packed and as a socket address."""
    try:
        if "%" not in address:
            return _unscoped(address)
        bare, _, zone = address.partition("%")
        packed, destination = _unscoped(bare)
        return packed, (*destination[:3], _scope(zone))
    except (OSError, ValueError):
        raise ValueError(f"{address!r} is no IPv4 or IPv6 address (names are not looked up here)") from None


def _scope(zone: str) -> int:
    """Return the index of an interface, that of none where it is gone: the kernel refuses that echo, and only that."""
    try:
        return min(NO_INTERFACE, int(zone) if zone.isdecimal() else socket.if_nametoindex(zone))
    except OSError:
        return NO_INTERFACE


def _unavailable(missing: Sequence[FamilyMissing], privileged: Privileged) -> EchoSocketUnavailable:
    reasons = "; ".join(str(reason) for reason in missing)
    if any(reason.permission for reason in missing):
        return EchoSocketUnavailable(f"no socket for ICMP echoes ({reasons}): {cures(privileged)}")
    return EchoSocketUnavailable(f"no socket for ICMP echoes ({reasons}): this machine has no ICMP")
