"""An echo engine in a namespace, and the addresses that the tests of echoes use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from monitor.probing.echo import EchoEngine, Echoes, ProbeError
from tests.netns import Namespace, Network

HERE, EDGE, DEAD = "192.0.2.1", "192.0.2.2", "192.0.2.9"
BEYOND, NOWHERE = "198.51.100.2", "203.0.113.1"
HERE6, EDGE6 = "2001:db8::1", "2001:db8::2"


def joined(network: Network) -> tuple[Namespace, Namespace]:
    """Make a monitor, where root may use ping sockets, joined to an edge by IPv4 and IPv6."""
    monitor, edge = network.namespace("monitor"), network.namespace("edge")
    network.join(monitor, f"{HERE}/24", edge, f"{EDGE}/24")
    network.join(monitor, f"{HERE6}/64", edge, f"{EDGE6}/64")
    monitor.sysctl("net.ipv4.ping_group_range", "0 0")
    return monitor, edge


async def opened(
    namespace: Namespace, *, privileged: Any = "auto", patience: float = 0.5, **options: Any
) -> EchoEngine:
    """Open an engine in a namespace; ``patience`` is its timeout in seconds."""
    engine = EchoEngine(privileged=privileged, timeout=patience, **options)
    with namespace.entered():
        await engine.open()
    return engine


async def until(condition: Callable[[], object]) -> None:
    """Wait for what an engine counts; a test that waits in vain fails."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 -- the engine counts, and sets no event for it
            await asyncio.sleep(0.001)


def summary(echoes: Echoes) -> tuple[str, int, int, ProbeError | None]:
    """Return address, sent, received, probe error."""
    return echoes.address, echoes.sent, echoes.received, echoes.error
