"""The daemon within the test's own process: real but for the echoes, the SNMP client, and the clock, which a test sets.

Its store is a real one on SQLite, obstructed at will (`tests.record.stores`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from monitor.alerts.alarms import Patience
from monitor.clock import Clock
from monitor.config.folder import load
from monitor.daemon import Daemon
from monitor.metrics.own import OwnMetrics
from monitor.probing.echo import Echoes, EchoStats
from monitor.probing.polling import Polling
from monitor.probing.snmp.agent import Agent
from monitor.probing.snmp.client import Row, Value
from monitor.probing.snmp.devices import load_devices
from monitor.record import Record
from monitor.resumption import resume
from monitor.systemd import UNHEARD, Systemd
from monitor.web.serving import listen, url_of
from tests.record.stores import ObstructedStore

GATEWAY = "203.0.113.1"
SETTINGS = "snmp: {interval: 1s, profiles: {default: {version: 2c, community: {env: COMMUNITY}}}}\n"
POLICY = "version: inside-1\ndetection: {interval: 1s, fast_interval: 1s, stale_after: 4s}\n"
INVENTORY = f"""\
carriers: [{{id: unicom, name: 联通}}]
units: [{{id: u1, name: 财政局}}, {{id: u2, name: 教育局}}]
lines:
  - {{id: L1, unit: u1, carrier: unicom, address: 192.0.2.1, snmp: default}}
  - {{id: L2, unit: u2, carrier: unicom, address: 192.0.2.2}}
references: [{{id: gateway, address: {GATEWAY}}}]
"""


async def hang() -> None:
    """Never end, and not at the first cancelling either."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(3600)
    await asyncio.sleep(3600)


class PretendedEcho:
    """Answers at once: every echo comes back but those to ``silent``; or fails, or never ends."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.failure: Exception | None = None
        self.hangs = False
        self.asked: list[tuple[str, ...]] = []
        self.step = 0.0

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    @property
    def stats(self) -> EchoStats:
        return EchoStats()

    @property
    def sockets(self) -> tuple[str, ...]:
        return ("pretended",)

    async def measure(
        self, addresses: Sequence[str], *, packets: int, gap: float = 0.0, spread: float = 0.0
    ) -> list[Echoes]:
        self.asked.append(tuple(addresses))
        if self.failure is not None:
            raise self.failure
        if self.hangs:
            await hang()
        return [self._echoes(address, packets) for address in addresses]

    def _echoes(self, address: str, packets: int) -> Echoes:
        received = 0 if address in self.silent else packets
        return Echoes(address, time.time() + self.step, packets, received, (0.001,) * received)


class StuckSnmp:
    """An SNMP client whose agents never answer and whose calls are slow to heed cancelling."""

    name = "stuck"
    stuck = False

    async def get(self, agent: Agent, oids: Sequence[str]) -> Mapping[str, Value]:
        self.stuck = True
        await hang()
        return {}

    async def walk(self, agent: Agent, root: str, *, limit: int) -> list[Row]:
        return []

    async def close(self) -> None:
        await asyncio.sleep(3600)


class Inside:
    """A daemon that runs, and what it is made of."""

    def __init__(
        self, folder: Path, settings: str = "", patience: Patience | None = None, systemd: Systemd = UNHEARD
    ) -> None:
        self.folder = folder
        self.echo, self.snmp, self.own = PretendedEcho(), StuckSnmp(), OwnMetrics("inside")
        written = f"database: {self.database}\n{SETTINGS}{settings}"
        for name, text in (("monitor", written), ("policy", POLICY), ("inventory", INVENTORY)):
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.store = ObstructedStore.open(self.database)
        configuration = load(folder, environ={"COMMUNITY": "nothing-secret"})
        clock = Clock(lambda: time.time() + self.echo.step, time.monotonic)
        resumption = resume(configuration, self.store, datetime.now(UTC).replace(microsecond=0))
        self.daemon = Daemon(
            configuration,
            resumption=resumption,
            record=Record(self.store, resumption.measurements, wrote=lambda _: None),
            own=self.own,
            echo=self.echo,
            polling=Polling(self.snmp, load_devices(), now=clock.now, failed=lambda _: None),
            clock=clock,
            patience=patience,
            systemd=systemd,
        )
        self.sockets = {name: listen(name, "127.0.0.1", 0) for name in ("web", "metrics")}
        self.run = asyncio.create_task(self.daemon.run(self.sockets))

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder}/monitor.db"

    async def page(self) -> dict[tuple[str, str], float]:
        """Return the samples of the metrics page by name and line (empty for what is no line's)."""
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(url_of(self.sockets["metrics"], "/metrics"), timeout=10)
        return {
            (sample.name, sample.labels.get("line", "")): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    async def until_page(self, name: str, line: str, value: float | None) -> None:
        """Wait until a sample has a value, None for none at all."""
        async with asyncio.timeout(20):
            while (await self.page()).get((name, line)) != value:
                assert not self.run.done(), self.run
                await asyncio.sleep(0.1)

    async def ended(self) -> None:
        """End the daemon in order: nothing that is stuck may hold that up for good."""
        self.daemon.stop()
        async with asyncio.timeout(30):
            await self.run

    def events(self, *kinds: type[Any]) -> list[Any]:
        """Return the ledger's events of some kinds."""
        with ObstructedStore(self.database) as store:
            return [one.event for one in store.events(kinds=kinds)]


@asynccontextmanager
async def inside(
    folder: Path, settings: str = "", *, patience: Patience | None = None, systemd: Systemd = UNHEARD
) -> AsyncIterator[Inside]:
    """Run the daemon for as long as the block lasts, with more ``settings`` in its ``monitor.yaml``."""
    made = Inside(folder, settings, patience, systemd)
    try:
        yield made
    finally:
        made.store.gate.set()
        made.daemon.stop()
        await asyncio.wait([made.run], timeout=10)
        made.run.cancel()
