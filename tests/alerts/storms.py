"""A county in a storm: lines of three carriers fail by the second and are judged, recorded and told by the true parts.

Only the echoes are made up, and the robots are stand-ins, which check signature, size and rate.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.alerts.letter import Letter, Outcome, Sender
from monitor.alerts.outbox import Outbox
from monitor.alerts.ways import ConfiguredWays
from monitor.config.folder import Configuration, load
from monitor.faults.events import DaemonStarted
from monitor.faults.fault import Fault
from monitor.faults.observation import Observation
from monitor.faults.observation import Outcome as Answered
from monitor.probing.assembly import Instant
from monitor.record import Record
from monitor.store.measurements import Measurements
from monitor.store.store import Store
from monitor.supervision import Supervision
from tests.driven import DrivenLoop
from tests.receivers.robots import DingTalkRobot, path_of
from tests.receivers.web import Receiver, Request, Response

BEGIN = datetime(2026, 9, 1, 5, 2, tzinfo=UTC)
EVERY = 10  # seconds between two rounds of a line that fails; three of them confirm an outage
CARRIERS = ("mobile", "unicom", "telecom")
HIT = {"mobile": 55, "unicom": 40, "telecom": 27}  # 45, 33 and 22 % of 122 lines
NO = re.compile(r"F\d{8}-\d{4,}")
TITLE = re.compile(r"【(新故障|时限过半|剩余|已超时|已恢复)")
SECRETS = {f"{carrier.upper()}_SECRET": f"SEC{carrier}0123456789" for carrier in CARRIERS}
POLICY = """\
version: storm-1
detection: {interval: 10s, fast_interval: 10s, stale_after: 3m}
clock: {limit: %s}
incident: {min_lines: %d}
"""


def inventory(lines: Mapping[str, int]) -> str:
    """Return an inventory of so many lines for each carrier, five of them below a node, each of a unit of its own."""
    text = ["carriers:", *(f"  - {{id: {carrier}, name: {carrier}}}" for carrier in lines), "nodes:"]
    for carrier, count in lines.items():
        text += [f"  - {{id: {carrier}-n{n}, carrier: {carrier}}}" for n in range(0, count, 5)]
    text += ["units:"]
    for carrier, count in lines.items():
        text += [f"  - {{id: {carrier}-u{n}, name: {carrier}第{n}单位}}" for n in range(count)]
    text += ["lines:"]
    for place, (carrier, count) in enumerate(lines.items()):
        text += [
            f"  - {{id: {carrier}-{n}, unit: {carrier}-u{n}, carrier: {carrier}, node: {carrier}-n{n // 5 * 5},"
            f" address: 10.{place}.{n // 250}.{n % 250}}}"
            for n in range(count)
        ]
    return "\n".join([*text, "references: [{id: gateway, address: 203.0.113.1}]", ""])


@dataclass
class Robots:
    """A robot of DingTalk for each carrier, behind one address."""

    now: Callable[[], datetime]
    of: dict[str, DingTalkRobot] = field(init=False)

    def __post_init__(self) -> None:
        self.of = {
            carrier: DingTalkRobot(
                token=f"token-of-{carrier}", secret=SECRETS[f"{carrier.upper()}_SECRET"], now=self.now
            )
            for carrier in CARRIERS
        }

    def __call__(self, request: Request) -> Response:
        carrier = request.query.get("access_token", "").removeprefix("token-of-")
        return self.of[carrier](request)

    def told(self, carrier: str) -> dict[str, datetime]:
        """Return when each fault was first told of to a carrier, by its number."""
        first: dict[str, datetime] = {}
        robot = self.of[carrier]
        for message, at in zip(robot.messages, robot.at, strict=True):
            for no in NO.findall(message["text"]):
                first.setdefault(no, at)
        return first

    def each_told(self, carrier: str) -> dict[tuple[str, str], datetime]:
        """Return when each message was told to a carrier, by the fault's number and what its title begins with."""
        first: dict[tuple[str, str], datetime] = {}
        robot = self.of[carrier]
        for message, at in zip(robot.messages, robot.at, strict=True):
            kind = TITLE.findall(message["title"])[0]
            for no in NO.findall(message["text"]):
                first.setdefault((no, kind), at)
        return first


def folder(
    path: Path, robots: Robots, url: str, *, lines: Mapping[str, int], limit: str = "12h", min_lines: int = 3
) -> Path:
    """Write a configuration with a robot for each carrier."""
    channels = [
        f"  {carrier}: {{kind: dingtalk, url: {{file: {carrier}.url}}, secret: {{env: {carrier.upper()}_SECRET}}}}"
        for carrier in lines
    ]
    routes = [f"  - {{carrier: {carrier}, kinds: all, channels: [{carrier}]}}" for carrier in lines]
    written = [f"database: sqlite:///{path}/monitor.db", "channels:", *channels, "routes:", *routes, ""]
    (path / "monitor.yaml").write_text("\n".join(written), encoding="utf-8")
    (path / "inventory.yaml").write_text(inventory(lines), encoding="utf-8")
    (path / "policy.yaml").write_text(POLICY % (limit, min_lines), encoding="utf-8")
    for carrier in lines:
        (path / f"{carrier}.url").write_text(url + path_of(robots.of[carrier]), encoding="utf-8")
    return path


class Travelling:
    """A sender whose letters are waited for, where time is driven."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.paces, self.robot = sender.paces, sender.robot
        self.groups, self.keeps_active = sender.groups, sender.keeps_active

    async def send(self, letter: Letter) -> Outcome:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, DrivenLoop):
            return await self._sender.send(letter)
        with loop.under_way():
            return await self._sender.send(letter)

    async def close(self) -> None:
        await self._sender.close()


class StormWays(ConfiguredWays):
    """The ways of a configuration, over a network that is waited for."""

    def sender(self, channel: str) -> Sender:
        return Travelling(super().sender(channel))


class Watch:
    """Judging, the record and the outbox of one run of the monitor; what is measured is told to it."""

    def __init__(self, configuration: Configuration, seconds: Callable[[], float], begin: datetime = BEGIN) -> None:
        """Take up a configuration; ``seconds`` is the time since ``begin``."""
        self.seconds, self._begin = seconds, begin
        settings = configuration.settings
        self.supervision = Supervision(configuration.inventory, configuration.policies, settings.timezone)
        self.store = Store.open(settings.database.reveal())
        self.record = Record(self.store, Measurements(), wrote=lambda _: None)
        self.tries: list[tuple[str, str]] = []
        self.outbox = Outbox(
            self.record.ask,
            now=self.now,
            monotonic=seconds,
            incident_of=self.supervision.cases.grouping.of,
            told=lambda channel, fate: self.tries.append((channel, fate)),
        )
        self.record.on_messages(self.outbox.wake)
        self.ways = StormWays(configuration, self.supervision.policies, now=self.now, simulated=False)
        self.outbox.adopt(self.ways)
        self.record.take([DaemonStarted(at=begin, software="0.1.0", last_judged_at=None)])

    def now(self) -> datetime:
        return self._begin + timedelta(seconds=self.seconds())

    async def judge(self, second: int, lines: Iterable[tuple[str, Answered]]) -> None:
        """Judge one second in which these lines were asked, and commit what came of it as the daemon does."""
        at = self._begin + timedelta(seconds=second)
        self.record.do_asked(at, self.supervision)
        place = self.supervision.inventory.place
        asked = [observed(line, at, how) for line, how in sorted(lines, key=lambda each: place[each[0]])]
        reference = observed("gateway", at, Answered.GOOD)
        self.record.take(self.supervision.step(at, references=[reference], lines=asked))
        self.record.take_rounds(Instant(second, [reference], asked))
        await self.record.commit(self.supervision)
        await self.record.hear(at)

    async def until(self, second: float) -> None:
        """Wait for a second to come."""
        await asyncio.sleep(max(0.0, second - self.seconds()))

    async def weather(self, failing: Mapping[str, int], until: int, back: Mapping[str, int] | None = None) -> None:
        """Go on until a second: each line fails from its second on, and answers again from that in ``back``."""
        for second in range(int(self.seconds()) + 1, until + 1):
            await self.until(second)
            asked = [line for line, since in failing.items() if second >= since and (second - since) % EVERY == 0]
            good = {line for line in asked if second >= (back or {}).get(line, until + 1)}
            await self.judge(second, [(line, Answered.GOOD if line in good else Answered.BAD) for line in asked])

    def faults(self) -> dict[str, list[Fault]]:
        """Return the faults on record by their carrier."""
        found: dict[str, list[Fault]] = {carrier: [] for carrier in CARRIERS}
        for fault in self.store.faults():
            found[fault.carrier].append(fault)
        return found


def observed(subject: str, at: datetime, how: Answered) -> Observation:
    """Return one round of three echoes."""
    good = how is Answered.GOOD
    return Observation(subject, at, how, 3, 3 if good else 0, (0.004, 0.005, 0.006) if good else ())


@asynccontextmanager
async def watching(watch: Watch) -> AsyncIterator[Watch]:
    """Run the outbox; it must not fail."""
    carrying = asyncio.create_task(watch.outbox.run())
    try:
        yield watch
    finally:
        await watch.outbox.finish(5)
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying
        await watch.record.close()


@asynccontextmanager
async def storm(
    path: Path, seconds: Callable[[], float], *, lines: Mapping[str, int] = HIT, **written: Any
) -> AsyncIterator[tuple[Watch, Robots]]:
    """Watch a county whose carriers have so many lines, each carrier with a robot."""
    robots = Robots(lambda: BEGIN + timedelta(seconds=seconds()))
    async with Receiver(robots) as receiver:
        configuration = load(folder(path, robots, receiver.url, lines=lines, **written), environ=SECRETS)
        async with watching(Watch(configuration, seconds)) as watch:
            yield watch, robots


def busiest_minute(instants: Sequence[datetime]) -> int:
    """Return how many of some instants lie in the minute that holds the most."""
    return max(
        (sum(first <= each < first + timedelta(minutes=1) for each in instants) for first in instants), default=0
    )
