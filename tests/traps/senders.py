"""Traps and informs as devices send them: net-snmp's snmptrap and snmpinform, on the loopback."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from monitor.probing.snmp.agent import User
from tests.needs import need
from tests.snmp.live import SPELLED

COLD_START, WARM_START, LINK_DOWN, LINK_UP, AUTHENTICATION_FAILURE = (
    f"1.3.6.1.6.3.1.1.5.{number}" for number in range(1, 6)
)
IF_INDEX, IF_DESCR, IF_NAME = "1.3.6.1.2.1.2.2.1.1", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.1"
HUAWEI_GASP = "1.3.6.1.4.1.2011.5.25.136.1.6.8"
DEVICE_ENGINE = "0x8000000001020304"


async def send(
    port: int,
    as_whom: Sequence[str],
    what: Sequence[str],
    *,
    source: str = "127.0.0.1",
    inform: bool = False,
    state: Path | None = None,
    wait: int = 60,
) -> bool:
    """Send a trap or an inform from an address; tell whether it went out, of an inform whether it was answered.

    ``wait``: seconds for the answer to an inform.
    """
    program = need("snmpinform" if inform else "snmptrap", package="snmp")
    patience = ("-r", "0", "-t", str(wait)) if inform else ()
    environment = {**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(state or "/nonexistent")}
    process = await asyncio.create_subprocess_exec(
        program,
        *(*as_whom, *patience, f"--clientaddr={source}", f"127.0.0.1:{port}", *what),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait() == 0


def v1(community: str) -> tuple[str, ...]:
    """Return how to send as SNMPv1."""
    return ("-v1", "-c", community)


def v2c(community: str) -> tuple[str, ...]:
    """Return how to send as SNMPv2c."""
    return ("-v2c", "-c", community)


def v3(user: User, *, level: str | None = None, engine: str | None = DEVICE_ENGINE, clock: str = "") -> tuple[str, ...]:
    """Return how to send as a user of SNMPv3: as a device with an engine id for traps, without one for informs."""
    options = ["-v3", "-u", user.name]
    if engine is not None:
        options += ["-e", engine]
    if user.auth is not None:
        options += ["-a", SPELLED[user.auth.protocol], "-A", user.auth.key]
    if user.priv is not None:
        options += ["-x", SPELLED[user.priv.protocol], "-X", user.priv.key]
    if clock:
        options += ["-Z", clock]
    own = "authPriv" if user.priv else "authNoPriv" if user.auth else "noAuthNoPriv"
    return (*options, "-l", level or own)


def generic(number: int, *variables: str) -> tuple[str, ...]:
    """Return an SNMPv1 trap of a generic number: 0 coldStart, 2 linkDown …."""
    return ("", "", str(number), "0", "5", *variables)


def specific(enterprise: str, number: int, *variables: str) -> tuple[str, ...]:
    """Return an SNMPv1 trap of a vendor's own."""
    return (enterprise, "", "6", str(number), "5", *variables)


def notification(oid: str, *variables: str) -> tuple[str, ...]:
    """Return a trap of SNMPv2c or v3."""
    return ("", oid, *variables)


def port_of(index: int, *, name: str | None = None, column: str = IF_NAME) -> tuple[str, ...]:
    """Return the variables that name a port."""
    named = () if name is None else (f"{column}.{index}", "s", name)
    return (f"{IF_INDEX}.{index}", "i", str(index), *named)


async def captured(as_whom: Sequence[str], what: Sequence[str], *, state: Path | None = None) -> bytes:
    """Return a trap's bytes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caught:
        caught.bind(("127.0.0.1", 0))
        caught.setblocking(False)
        assert await send(caught.getsockname()[1], as_whom, what, state=state)
        return await asyncio.get_running_loop().sock_recv(caught, 65_536)
