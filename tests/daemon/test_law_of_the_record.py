"""The law of the record: what is stored is what was judged.

The daemon's own rounds are driven by hand through a random history of some minutes: lines and the reference fail,
echoes come back late and out of their order, commits fail or lose their answer, the daemon is stopped, or killed with
rounds in hand, and starts again after a while. What the database then holds of rounds is replayed from nothing. Faults,
outages, blips and unknown time must be those in the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.clock import Clock
from monitor.config.folder import Configuration, load
from monitor.config.scenario import Scenario
from monitor.config.timeline import Rounds
from monitor.daemon import Daemon
from monitor.faults.fault import Fault
from monitor.faults.observation import Outcome
from monitor.metrics.own import OwnMetrics
from monitor.probing.echo import EchoEngineClosed, Echoes, EchoStats, ProbeError
from monitor.probing.polling import Polling
from monitor.probing.snmp.devices import load_devices
from monitor.record import Record
from monitor.replay import Judgement, replay
from monitor.resumption import resume
from monitor.sla.history import Histories
from monitor.sla.spans import FOREVER
from monitor.store.store import Store
from tests.daemon.inside import StuckSnmp
from tests.record.stores import ObstructedStore, Trouble

START = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
SECONDS = 420
LINES = 5
POLICY = """\
version: law-1
detection: {interval: 6s, fast_interval: 2s, confirm_rounds: 3, restore_rounds: 3, stale_after: 15s}
clock: {limit: 40s, observe_for: 30s, repeat_within: 90s}
reminders: {overdue_every: 20s}
flapping: {relapses: 2, within: 5m}
"""
INVENTORY = "\n".join(
    [
        "carriers: [{id: unicom, name: 联通}]",
        "units: [{id: u1, name: 财政局}]",
        "lines:",
        *(f"  - {{id: L{n}, unit: u1, carrier: unicom, address: 192.0.2.{n}}}" for n in range(1, LINES + 1)),
        "references: [{id: gateway, address: 203.0.113.1}]",
    ]
)


async def settled() -> None:
    """Give every task that can go on its turns."""
    for _ in range(20):
        await asyncio.sleep(0)


class World:
    """The county as it is, second by second, and the only clock there is."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = START.timestamp()
        self.turned = asyncio.Condition()
        self.dead: set[str] = set()

    async def turn(self) -> None:
        """Let a second pass: something may break or heal."""
        self.now += 1
        for address, breaks, heals in [*((f"192.0.2.{n}", 0.03, 0.09) for n in range(1, LINES + 1)),
                                       ("203.0.113.1", 0.01, 0.3)]:  # fmt: skip
            if self.random.random() < (heals if address in self.dead else breaks):
                self.dead ^= {address}
        async with self.turned:
            self.turned.notify_all()
        await settled()


class LateEcho:
    """Answers by the world, up to three seconds late; what was sent a moment after its second says so."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.closed = False

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        self.closed = True

    @property
    def stats(self) -> EchoStats:
        return EchoStats()

    @property
    def sockets(self) -> tuple[str, ...]:
        return ("late",)

    async def measure(
        self, addresses: Sequence[str], *, packets: int, gap: float = 0.0, spread: float = 0.0
    ) -> list[Echoes]:
        random, sent_at = self.world.random, self.world.now
        seen = [self._echoes(address, sent_at + random.choice((0.0, 0.5, 1.2)), packets) for address in addresses]
        until = sent_at + random.choice((0, 0, 1, 3))
        async with self.world.turned:
            await self.world.turned.wait_for(lambda: self.closed or self.world.now >= until)
        if self.closed:
            raise EchoEngineClosed("the daemon ends")
        return seen

    def _echoes(self, address: str, at: float, packets: int) -> Echoes:
        if self.world.random.random() < 0.01:
            return Echoes(address, None, 0, 0, (), ProbeError.NO_ROUTE)
        received = 0 if address in self.world.dead else self.world.random.randint(1, packets)
        return Echoes(address, at, packets, received, (0.001,) * received)


class Life:
    """One run of the daemon, from its start to its end or its death."""

    def __init__(self, configuration: Configuration, database: str, world: World) -> None:
        self.world, self.echo = world, LateEcho(world)
        self.store = ObstructedStore.open(database)
        clock = Clock(lambda: world.now, lambda: world.now)
        resumption = resume(configuration, self.store, clock.now())
        self.record = Record(self.store, resumption.measurements, wrote=lambda _: None)
        self.daemon = Daemon(
            configuration,
            resumption=resumption,
            record=self.record,
            own=OwnMetrics("law"),
            echo=self.echo,
            polling=Polling(StuckSnmp(), load_devices(), now=clock.now, failed=lambda _: None),
            clock=clock,
        )
        self.daemon.go_on()
        self.rounds: list[asyncio.Task[None]] = []

    async def second(self) -> None:
        """Begin this second's round, as the beat does, and let a second pass."""
        if self.world.random.random() < 0.05:
            self.store.troubles.append(self.world.random.choice((*Trouble, None)))
        if self.world.random.random() < 0.95:  # else it is put off
            self.rounds.append(asyncio.create_task(self.daemon.round(int(self.world.now))))
        await self.world.turn()
        for _ in range(3):  # a commit, what waited for it, and what that leaves: in the same order in every run
            await self.record.ask(lambda _: None)
            await settled()
        self.rounds = [each for each in self.rounds if not each.done() or each.result()]

    async def stop(self) -> None:
        """End in order."""
        await self.echo.close()
        async with self.world.turned:
            self.world.turned.notify_all()
        await asyncio.gather(*self.rounds)
        self.store.troubles.clear()
        assert await self.record.commit_all(self.daemon.supervision)
        await self.record.close()

    async def die(self) -> None:
        """End at once, with whatever is in hand."""
        for each in self.rounds:
            each.cancel()
        for each in self.rounds:
            with suppress(asyncio.CancelledError):
                await each
        await self.record.close()


async def lived(configuration: Configuration, database: str, random: Random) -> None:
    """Let the daemon live through a history, with stops and deaths."""
    world = World(random)
    life = Life(configuration, database, world)
    for _ in range(SECONDS):
        await life.second()
        if random.random() < 0.015:
            await (life.stop() if random.random() < 0.4 else life.die())
            for _ in range(random.choice((1, 4, 12, 25))):
                await world.turn()
            life = Life(configuration, database, world)
    await life.stop()


def told(configuration: Configuration, store: Store) -> Scenario:
    """Return the history that the database holds."""
    end = store.judged_at()
    assert end is not None
    rounds = [
        Rounds(
            subject=stretch.subject,
            first=stretch.first_at,
            every=stretch.step_s,
            count=stretch.rounds,
            outcome=Outcome(stretch.outcome),
            sent=3,
            received=3 if stretch.outcome == Outcome.GOOD else 0,
            rtts=(),
        )
        for stretch in sorted(store.stretches((START, FOREVER)), key=lambda one: (one.target, one.subject, one.number))
    ]
    return Scenario(
        file="the record",
        start=START,
        end=end,
        zone=configuration.settings.timezone,
        policies=configuration.policies,
        policy_version="law-1",
        inventory=configuration.inventory,
        rounds=tuple(rounds),
        said=(),
        taken=(),
        period=(START, end),
    )


def plain(faults: list[Fault]) -> list[Fault]:
    """Return faults without which messages were sent: after a stop several fall due at once, and one is sent."""
    return sorted((replace(fault, settled=frozenset()) for fault in faults), key=lambda fault: fault.no)


def outline(found: Histories) -> dict[str, object]:
    return {
        name: {line: parts for line, parts in getattr(found, name).items() if parts}
        for name in ("first_seen", "gaps", "outages", "blips")
    }


@pytest.mark.parametrize("seed", [0, 4, 7, 21, 39])
async def test_what_is_stored_is_what_was_judged(tmp_path: Path, seed: int) -> None:
    for name, text in (("monitor", ""), ("policy", POLICY), ("inventory", INVENTORY)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    configuration, database = load(tmp_path), f"sqlite:///{tmp_path}/monitor.db"
    await lived(configuration, database, Random(seed))
    with Store.open(database) as store:
        assert () == store.verify().findings
        judgement: Judgement = replay(told(configuration, store))
        assert plain(store.faults()) == plain(list(judgement.faults.values()))
        assert outline(store.histories((START, FOREVER))) == outline(judgement.histories)
        last_seen = {line: watch.last_at for line, watch in store.watches().items()}
        assert last_seen == judgement.last_seen
        assert len(store.faults()) > 2, "a history in which little happens proves little"
        assert START + timedelta(seconds=SECONDS) <= (store.judged_at() or START)
