"""A small county that has been through everything, judged by the real judging, on a metrics page served over HTTP.

Its clock stands at `NOW`; what its lines went through lies in the thirty hours before. Every scrape finds the counters
of the monitor and of the devices moved on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import uvicorn

from monitor.clock import Clock
from monitor.config.folder import Configuration
from monitor.config.settings import Settings
from monitor.faults.actions import Acknowledge, Action, Attribute, Maintain
from monitor.faults.observation import Observation, Outcome
from monitor.faults.terms import Party, Scope, Source
from monitor.inventory.model import Carrier, Inventory, Line, Node, Reference, Unit, UnitKind
from monitor.metrics.figures import Figures
from monitor.metrics.month import MonthSoFar, compute
from monitor.metrics.own import OwnMetrics
from monitor.metrics.page import application, page
from monitor.metrics.scrape import Scrape
from monitor.policy import Policies, Policy
from monitor.probing.assembly import Instant
from monitor.probing.echo import EchoStats
from monitor.probing.polling import Polling
from monitor.probing.snmp.facts import DeviceFacts
from monitor.probing.snmp.interface import Interface, State
from monitor.probing.snmp.traps import TrapOutcome
from monitor.sla.tally import Tally
from monitor.store.backup_mark import BackupMark
from monitor.supervision import Supervision
from tests.alerts.channels.stands import free_port

NOW = datetime(2026, 9, 16, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
CARRIERS = {"mobile": "移动", "unicom": "联通", "telecom": "电信"}
KINDS = tuple(UnitKind)
STEP, HISTORY = 150, 30 * 3600  # seconds; the longest gap that is none is 180
LATELY = 1800  # seconds before `NOW` from which on there is a round a minute


@dataclass(frozen=True)
class Lost:
    """What a line went through, in hours before `NOW`: rounds lost from one to another, or a share of the echoes."""

    line: str
    begins: float
    ends: float = 0
    received: int = 0


STORY = (
    Lost("mobile-1", 13),  # overdue
    Lost("mobile-2", 9, 8),  # cleared in time
    Lost("mobile-3", 0.5),  # in maintenance meanwhile
    Lost("mobile-4", 1, received=2),  # degraded
    Lost("unicom-1", 10),  # three quarters of the clock, acknowledged
    Lost("unicom-2", 29, 16),  # cleared late
    Lost("unicom-3", 0.02),  # two rounds lost: suspect
    Lost("unicom-4", 6, 5),  # cleared, and ruled the unit's
    Lost("unicom-5", 14),  # open, and ruled the unit's: no limit holds
    *(Lost(f"telecom-{number}", 1) for number in (1, 2, 3, 4)),  # an incident of their node
    *(Lost("telecom-5", 2.7 - again / 2, 2.5 - again / 2) for again in range(5)),  # relapsing
    Lost("telecom-5", 0.2),  # and down once more: flapping
)
STALE = "mobile-5"  # not observed for ten minutes
SILENT = "telecom-6"  # answers no SNMP


def inventory(lines_each: int = 8) -> Inventory:
    """Return three carriers with so many lines each, four of a node, a unit a line, of all kinds in turn."""
    names = [f"{carrier}-{number}" for carrier in CARRIERS for number in range(1, lines_each + 1)]
    lines = [
        Line(
            id=name,
            unit=f"unit-{name}",
            carrier=name.split("-")[0],
            address=f"192.0.2.{1 + place % 250}",
            node=f"{name.split('-')[0]}-node-{(int(name.split('-')[1]) - 1) // 4}",
        )
        for place, name in enumerate(names)
    ]
    return Inventory(
        carriers={name: Carrier(id=name, name=f"中国{said}", short_name=said) for name, said in CARRIERS.items()},
        nodes={line.node: Node(id=line.node, carrier=line.carrier, name=line.node) for line in lines if line.node},
        units={
            line.unit: Unit(id=line.unit, name=f"第{place}局", short_name=f"{place}局", kind=KINDS[place % len(KINDS)])
            for place, line in enumerate(lines)
        },
        lines={line.id: line for line in lines},
        references={"gateway": Reference(id="gateway", address="203.0.113.1")},
    )


class County:
    """The county at `NOW`, and its metrics page."""

    def __init__(self, lines_each: int = 8) -> None:
        """Live through the thirty hours, a round of every line each `STEP` seconds."""
        self.inventory = inventory(lines_each)
        policies = Policies([Policy()])
        self.supervision = Supervision(self.inventory, policies, ZONE)
        self.figures = Figures(Tally(), MonthSoFar(ZONE))
        self.own = OwnMetrics("1.2.3")
        self.scrapes = 0
        self.blind = False
        self._polled = _Polled({})
        configuration = Configuration(
            folder=Path(),
            settings=Settings(),
            policies=policies,
            inventory=self.inventory,
            warnings=(),
            digest="",
        )
        clock = Clock(NOW.timestamp, lambda: 0.0)
        self.scrape = Scrape(configuration, self.supervision, own=self.own, figures=self.figures, clock=clock)
        self._actions = _actions()
        for before in (*range(HISTORY, LATELY, -STEP), *range(LATELY, -1, -60)):
            self._live(NOW - timedelta(seconds=before))
        self.figures.month = compute(self.figures.material(NOW, self.supervision))

    async def render(self) -> bytes:
        """Return the page, everything that counts having moved on."""
        self.scrapes += 1
        self._move_on()
        return await self.scrape.render(cast("Polling", self._polled))

    def go_blind(self) -> None:
        """Lose the reference: nothing is known of any line from now on."""
        self._judge(NOW, [_round("gateway", NOW, 0)], [])

    def _live(self, at: datetime) -> None:
        while self._actions and self._actions[0].at <= at:
            self.supervision.act(replace(self._actions.pop(0), at=at))
        hours = (NOW - at).total_seconds() / 3600
        seen = [line for line in self.inventory.lines if not (line == STALE and hours < 1 / 6)]
        self._judge(at, [_round("gateway", at, 3)], [_round(line, at, _received(line, hours)) for line in seen])

    def _judge(self, at: datetime, references: list[Observation], lines: list[Observation]) -> None:
        events = self.supervision.let_fall_due(before=at)
        events += self.supervision.step(at, references=references, lines=lines)
        self.figures.take(at, events, self.supervision.cases.fault_numbered)
        self.scrape.take(Instant(int(at.timestamp()), references, lines))

    def _move_on(self) -> None:
        own, count = self.own, self.scrapes
        for kind in ("icmp", "snmp"):
            own.rounds.labels(kind).inc()
            own.duration.labels(kind).observe(0.2)
        own.lateness.observe(0.002)
        own.write.observe(0.004)
        own.lag.set(0.01)
        own.errors.labels("icmp", "no_route").inc()
        own.count_traps(TrapOutcome.UNKNOWN_SOURCE, 1)
        own.show_echoes(EchoStats(sent=72 * count, received=60 * count))
        own.show_backup(BackupMark(awaited_since=NOW - timedelta(days=9), made_at=NOW - timedelta(hours=2)))
        own.show_outbox(2, NOW - timedelta(minutes=1), now=NOW)
        for outcome in ("delivered", "again", "refused"):
            own.deliveries.labels("unicom-sms", outcome).inc()
        self._polled.devices = {
            line: None if line == SILENT else _facts(1_000_000 * count) for line in self.inventory.lines
        }


@dataclass
class _Polled:
    """What polling has read of devices: all that the page asks of it."""

    devices: dict[str, DeviceFacts | None]


def _round(subject: str, at: datetime, received: int) -> Observation:
    outcome = Outcome.GOOD if received else Outcome.BAD
    return Observation(subject, at, outcome, 3, received, (0.002,) * received)


def _received(line: str, hours: float) -> int:
    """Return how many of three echoes came back, so many hours before `NOW`."""
    return min((lost.received for lost in STORY if lost.line == line and lost.ends <= hours < lost.begins), default=3)


def _actions() -> list[Action]:
    by: dict[str, Source] = {"by": Source.CENTRE}
    return [
        Attribute(at=NOW - timedelta(hours=13), line="unicom-5", party=Party.UNIT, **by),
        Acknowledge(at=NOW - timedelta(hours=9), line="unicom-1", by=Source.CARRIER),
        Attribute(at=NOW - timedelta(hours=5.5), line="unicom-4", party=Party.UNIT, **by),
        Maintain(
            at=NOW - timedelta(hours=2),
            id="w1",
            scope=Scope.LINE,
            subject="mobile-3",
            begins_at=NOW - timedelta(hours=1),
            ends_at=NOW + timedelta(hours=1),
            **by,
        ),
    ]


def _facts(octets: int) -> DeviceFacts:
    return DeviceFacts(
        sys_name="edge",
        sys_descr=None,
        sys_object_id=None,
        uptime_s=864_000.0,
        engine_boots=None,
        engine_time_s=None,
        interfaces=(_interface(1, octets), _interface(2, octets // 2)),
        cpu_ratio=0.24,
        memory_ratio=0.58,
        temperature_celsius=44.0,
    )


def _interface(index: int, octets: int) -> Interface:
    return Interface(
        index=index,
        name=f"GE0/0/{index}",
        descr=None,
        alias=None,
        admin=State.UP,
        oper=State.UP if index == 1 else State.DOWN,
        speed_bps=100_000_000,
        last_change_s=None,
        in_octets=octets,
        out_octets=octets // 3,
        in_octet_bits=64,
        out_octet_bits=64,
        in_errors=octets // 100_000,
        out_errors=0,
        in_discards=1,
        out_discards=0,
    )


@contextmanager
def served(counties: Sequence[County]) -> Iterator[list[str]]:
    """Serve a page each on loopback; return their addresses, ``127.0.0.1:PORT``."""
    servers = []
    for county in counties:
        port = free_port()
        settings = uvicorn.Config(application(page(county.render)), host="127.0.0.1", port=port, log_level="warning")
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        servers.append((f"127.0.0.1:{port}", server, thread))
    try:
        yield [address for address, _, _ in servers]
    finally:
        for _, server, thread in servers:
            server.should_exit = True
            thread.join(timeout=20)
