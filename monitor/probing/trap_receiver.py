"""Receives traps and informs: a trap is a hint to probe its line now and a piece of evidence, never a fault by itself.

Datagrams that the socket lets through wait in a short queue and are decoded one by one, with a rest between, so that
whoever else works in the event loop always has a turn.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial

from monitor.config.settings import SnmpProfile, SnmpVersion, TrapSettings
from monitor.inventory.model import Line
from monitor.probing.polling import credentials
from monitor.probing.snmp.agent import User
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.trap_bucket import Bucket
from monitor.probing.snmp.trap_messages import V3, UndecodableError, read_message, version_of
from monitor.probing.snmp.trap_socket import Letter, Sender, TrapSocket
from monitor.probing.snmp.trap_users import TrapUser
from monitor.probing.snmp.traps import Notification, Trap, TrapOutcome, read_trap

Hear = Callable[[str, Trap, bool], None]

BURST_EACH = 10  # seconds' worth that one sender may send at once: a device that starts says much in a moment
BURST_ALL = 2
SAME_FOR_S = 60.0  # the same trap of the same line is kept once in this time
KEPT_AT_ONCE, KEPT_A_SECOND = 20, 1 / 60  # traps of one line that are kept, whatever they say
STRANGER_EVERY_S = 3600.0
SUSPECT = (TrapOutcome.WRONG_COMMUNITY, TrapOutcome.WRONG_USER, TrapOutcome.WRONG_VERSION, TrapOutcome.NO_PROFILE)
log = logging.getLogger(__name__)


class TrapReceiver:
    """Hears the devices of an inventory's lines, each by the SNMP profile of its line."""

    def __init__(
        self,
        devices: Devices,
        *,
        now: Callable[[], datetime],
        counted: Callable[[TrapOutcome, int], None],
    ) -> None:
        """Read traps by a file of devices; ``counted`` is told what became of every datagram, ``now`` is the time."""
        self._devices, self._now, self._counted = devices, now, counted
        self._senders: dict[str, Sender] = {}
        self._users: dict[str, tuple[SnmpProfile, asyncio.Future[TrapUser]]] = {}
        self._settings = TrapSettings()
        self._all = Bucket(rate=self._settings.rate, burst=self._settings.rate * BURST_ALL)
        self._queue: asyncio.Queue[Letter] = asyncio.Queue()
        self._heard_at: dict[tuple[str, Trap], float] = {}
        self._told_of: set[tuple[str, TrapOutcome]] = set()
        self._stranger_told_at = float("-inf")
        self._hear: Hear = _ignore
        self._socket: TrapSocket | None = None
        self._reading: asyncio.Task[None] | None = None

    def adopt(self, lines: Iterable[Line], profiles: Mapping[str, SnmpProfile], settings: TrapSettings) -> None:
        """Hear the devices of these lines from now on."""
        self._settings = settings
        by_address: dict[str, list[tuple[Line, SnmpProfile | None]]] = {}
        for line in lines:
            profile = None if line.snmp is None else profiles.get(line.snmp)
            by_address.setdefault(line.address, []).append((line, profile))
        self._senders = {address: self._sender(address, tuple(found)) for address, found in by_address.items()}
        self._all = Bucket(rate=settings.rate, burst=settings.rate * BURST_ALL)
        self._told_of.clear()
        if self._socket is not None:
            self._admit(self._socket)

    def open(self, sock: socket.socket, hear: Hear) -> None:
        """Begin to hear, in the running event loop; ``hear`` is told line, trap, and whether it is to be kept."""
        self._hear = hear
        self._socket = TrapSocket(sock, take=self._take, counted=self._count)
        self._admit(self._socket)
        self._socket.start()
        self._reading = asyncio.create_task(self._read_on())
        log.info("listening for traps on %s port %d", *sock.getsockname()[:2])

    async def close(self) -> None:
        """Stop hearing."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading

    def _sender(self, address: str, lines: tuple[tuple[Line, SnmpProfile | None], ...]) -> Sender:
        before, rate = self._senders.get(address), self._settings.rate_each
        if before is not None and before.bucket.rate == rate:
            return Sender(lines, before.bucket, before.kept)
        return Sender(
            lines,
            Bucket(rate=rate, burst=rate * BURST_EACH),
            Bucket(rate=KEPT_A_SECOND, burst=KEPT_AT_ONCE),
        )

    def _admit(self, opened: TrapSocket) -> None:
        opened.admit(self._senders, all_of_them=self._all)
        wanted = {
            profile.name: profile
            for sender in self._senders.values()
            for _, profile in sender.lines
            if profile is not None and profile.version is SnmpVersion.V3
        }
        self._users = {name: self._user(profile) for name, profile in wanted.items()}

    def _user(self, profile: SnmpProfile) -> tuple[SnmpProfile, asyncio.Future[TrapUser]]:
        """Return the user of a profile, made aside where the profile is new or another."""
        known = self._users.get(profile.name)
        if known is not None and known[0] == profile:
            return known
        making = asyncio.get_running_loop().run_in_executor(None, _make, profile, self._now())
        making.add_done_callback(partial(_told_of, profile.name))
        return profile, making

    def _take(self, letter: Letter) -> bool:
        if self._queue.qsize() >= self._settings.rate * BURST_ALL:
            return False
        self._queue.put_nowait(letter)
        return True

    async def _read_on(self) -> None:
        while True:
            letter = await self._queue.get()
            line, profile = self._line_of(letter.sender)
            try:
                outcome = await self._read(letter, line, profile)
            except UndecodableError:
                outcome = TrapOutcome.UNDECODABLE
            except Exception:  # whatever an odd device made of it must not end the daemon
                log.exception("what came from %s could not be read", letter.place[0])
                outcome = TrapOutcome.UNDECODABLE
            self._count(outcome, 1)
            self._tell_of(line, letter, outcome)
            await asyncio.sleep(0.5 / self._settings.rate)

    def _line_of(self, sender: Sender) -> tuple[Line | None, SnmpProfile | None]:
        """Return the line in service at a sender's address, and its profile."""
        now = self._now()
        return next(((line, profile) for line, profile in sender.lines if line.in_service(now)), (None, None))

    async def _read(self, letter: Letter, line: Line | None, profile: SnmpProfile | None) -> TrapOutcome:
        """Say what became of a letter.

        Raises:
            UndecodableError: it is no message of SNMP.
        """
        if line is None:
            return TrapOutcome.UNKNOWN_SOURCE
        if profile is None:
            return TrapOutcome.NO_PROFILE
        if (version_of(letter.content) == V3) != (profile.version is SnmpVersion.V3):
            return TrapOutcome.WRONG_VERSION
        if profile.version is SnmpVersion.V3:
            return await self._read_of_user(letter, line, profile)
        message = read_message(letter.content)
        if profile.community is None or not message.bears(profile.community.reveal()):
            return TrapOutcome.WRONG_COMMUNITY
        if message.told is None:
            return TrapOutcome.NO_TRAP
        self._answer(letter, message.answer())
        return self._heard(letter.sender, line, message.told)

    async def _read_of_user(self, letter: Letter, line: Line, profile: SnmpProfile) -> TrapOutcome:
        known = self._users.get(profile.name)
        if known is None or known[0] != profile:
            return TrapOutcome.WRONG_USER  # the configuration has changed since it came
        heard = (await known[1]).hear(letter.content, letter.place)
        for answer in heard.answers:
            self._answer(letter, answer)
        if heard.told is None:
            return heard.outcome or TrapOutcome.NO_TRAP
        return self._heard(letter.sender, line, heard.told)

    def _answer(self, letter: Letter, content: bytes | None) -> None:
        if content is not None and self._socket is not None:
            self._socket.send(content, letter.reply_to)

    def _heard(self, sender: Sender, line: Line, told: Notification) -> TrapOutcome:
        """Take what a device said, if it is listed; keep it, unless it was kept a moment ago."""
        trap = read_trap(told, self._devices)
        if trap is None:
            return TrapOutcome.UNLISTED
        now = asyncio.get_running_loop().time()
        while self._heard_at and now - next(iter(self._heard_at.values())) >= SAME_FOR_S:
            del self._heard_at[next(iter(self._heard_at))]
        kept = (line.id, trap) not in self._heard_at and sender.kept.take(now)
        if kept:
            self._heard_at[line.id, trap] = now
        self._hear(line.id, trap, kept)
        return TrapOutcome.ACCEPTED if kept else TrapOutcome.REPEATED

    def _count(self, outcome: TrapOutcome, count: int) -> None:
        self._counted(outcome, count)
        stranger = None if self._socket is None else self._socket.stranger
        if outcome is TrapOutcome.UNKNOWN_SOURCE and stranger is not None:
            now = asyncio.get_running_loop().time()
            if now - self._stranger_told_at >= STRANGER_EVERY_S:
                self._stranger_told_at = now
                log.warning("traps come from %s, which is no line's address; they are dropped", stranger)

    def _tell_of(self, line: Line | None, letter: Letter, outcome: TrapOutcome) -> None:
        """Log once what is wrong about a device's traps: it is configured otherwise than its line."""
        if line is None or outcome not in SUSPECT or (line.id, outcome) in self._told_of:
            return
        self._told_of.add((line.id, outcome))
        log.warning("line %s: traps of %s are dropped: %s", line.id, letter.place[0], outcome)


def _make(profile: SnmpProfile, now: datetime) -> TrapUser:
    user = credentials(profile)
    if not isinstance(user, User):
        raise TypeError(f"profile {profile.name} is not of SNMPv3")
    return TrapUser(user, name=f"{socket.gethostname()}/{profile.name}", now=now)


def _told_of(name: str, making: asyncio.Future[TrapUser]) -> None:
    if not making.cancelled() and making.exception() is None:
        log.info("informs of SNMP profile %s: this engine's id is %s", name, making.result().engine_id.hex())


def _ignore(_line: str, _trap: Trap, _kept: bool) -> None:
    """Hear nothing."""
