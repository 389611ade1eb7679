"""A receiver on a loopback port of its own, and what it hears."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.config.secret import Secret
from monitor.config.settings import AuthKey, PrivKey, SnmpProfile, SnmpVersion, TrapSettings
from monitor.inventory.model import Line
from monitor.probing.snmp.agent import User
from monitor.probing.snmp.devices import load_devices
from monitor.probing.snmp.traps import Trap, TrapOutcome
from monitor.probing.trap_receiver import TrapReceiver

COMMUNITY = "said-by-devices"
DEVICE, OLD_DEVICE, SECURE, UNPOLLED, STRANGER = (f"127.0.0.{number}" for number in range(11, 16))
V2C = SnmpProfile(name="default", version=SnmpVersion.V2C, community=Secret(COMMUNITY))
V1 = SnmpProfile(name="old", version=SnmpVersion.V1, community=Secret("old-word"))


def profile_of(user: User, name: str = "secure") -> SnmpProfile:
    """Return the profile by which a user is asked, and heard."""
    auth = user.auth and AuthKey(protocol=user.auth.protocol, key=Secret(user.auth.key))
    priv = user.priv and PrivKey(protocol=user.priv.protocol, key=Secret(user.priv.key))
    return SnmpProfile(name=name, version=SnmpVersion.V3, user=user.name, auth=auth or None, priv=priv or None)


def line(name: str, address: str, snmp: str | None) -> Line:
    return Line(id=name, unit="u", carrier="c", address=address, snmp=snmp)


LINES = (
    line("L1", DEVICE, "default"),
    line("L2", OLD_DEVICE, "old"),
    line("L3", SECURE, "secure"),
    line("L4", UNPOLLED, None),
)


@dataclass
class Hearing:
    """A running receiver: ``heard`` are line, trap and whether it is kept."""

    receiver: TrapReceiver
    port: int = 0
    heard: list[tuple[str, Trap, bool]] = field(default_factory=list)
    counts: Counter[TrapOutcome] = field(default_factory=Counter)

    def count(self, outcome: TrapOutcome, count: int) -> None:
        self.counts[outcome] += count

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened."""
        async with asyncio.timeout(10):
            while not happened():  # noqa: ASYNC110 - a condition of plain values
                await asyncio.sleep(0.01)

    async def ended(self, number: int) -> dict[str, int]:
        """Wait until so many datagrams have come to an end; return how many how."""
        await self.until(lambda: self.counts.total() >= number)
        return {outcome.value: count for outcome, count in self.counts.items()}


@asynccontextmanager
async def hearing(
    *profiles: SnmpProfile,
    lines: tuple[Line, ...] = LINES,
    settings: TrapSettings | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[Hearing]:
    """Run a receiver as long as the block lasts."""
    made: Hearing

    def count(outcome: TrapOutcome, number: int) -> None:
        made.count(outcome, number)

    receiver = TrapReceiver(load_devices(), now=lambda: datetime.now(UTC), counted=count)
    made = Hearing(receiver)
    known = {each.name: each for each in (profiles or (V2C, V1))}
    receiver.adopt(lines, known, settings or TrapSettings())
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((host, 0))
    made.port = opened.getsockname()[1]
    receiver.open(opened, lambda *heard: made.heard.append(heard))
    try:
        yield made
    finally:
        await receiver.close()
