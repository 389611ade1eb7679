"""What happened is written once, whatever the database does meanwhile, and nothing piles up behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.faults.events import ClockStepped, EvidenceFound
from monitor.faults.evidence import DeviceSaid
from monitor.faults.evidence import Testimony as Heard
from monitor.faults.observation import Observation, Outcome
from monitor.faults.outage import Watch
from monitor.faults.terms import Reason
from monitor.inventory.model import Carrier, Inventory, Line, Unit
from monitor.policy import Policies, Policy
from monitor.probing.assembly import Instant
from monitor.record import Record
from monitor.store.measurements import Measurements
from monitor.supervision import Supervision
from tests.record.stores import ObstructedStore, Trouble

START = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


INVENTORY = Inventory(
    carriers={"unicom": Carrier(id="unicom", name="联通", short_name="联通")},
    units={"u1": Unit(id="u1", name="财政局", short_name="财政局")},
    lines={"L1": Line(id="L1", unit="u1", carrier="unicom", address="192.0.2.1")},
)


class Daemon:
    """A daemon of nothing but events: one a second, each known by its number."""

    def __init__(self, url: str) -> None:
        self.store = ObstructedStore.open(url)
        self.took: list[float] = []
        self.record = Record(self.store, Measurements(), wrote=self.took.append)
        self.supervision = Supervision(INVENTORY, Policies([Policy()]), ZoneInfo("Asia/Shanghai"))
        self.happened = 0

    async def see(self, seconds: int, outcome: Outcome = Outcome.GOOD) -> datetime:
        """Let the line answer, or not, so many seconds after the start, and remember it."""
        at = START + timedelta(seconds=seconds)
        seen = Observation("L1", at, outcome, 3, 3 if outcome is Outcome.GOOD else 0)
        events = self.supervision.step(at, lines=[seen])
        self.record.take_rounds(Instant(int(at.timestamp()), [], [seen]))
        self.record.take(events)
        await self.commit()
        return at

    async def hear(self, seconds: int, boots: int) -> DeviceSaid:
        """Let the line's device speak so many seconds after the start, and remember what follows."""
        said = DeviceSaid("L1", START + timedelta(seconds=seconds), engine_boots=boots)
        self.record.take(self.supervision.step(said.at, devices=[said]))
        await self.commit()
        return said

    def happen(self) -> None:
        """Let a second pass in which something happens."""
        self.happened += 1
        at = START + timedelta(seconds=self.happened)
        self.supervision.step(at)
        self.record.take([ClockStepped(at=at, seconds=self.happened)])

    async def commit(self) -> None:
        await self.record.commit(self.supervision)

    def written(self) -> list[float]:
        """Return the numbers of the events in the ledger."""
        return [one.event.seconds for one in self.store.events() if isinstance(one.event, ClockStepped)]

    def expected(self) -> list[float]:
        return [float(number) for number in range(1, self.happened + 1)]

    async def arrived(self) -> None:
        """Wait until a commit has reached the store."""
        await asyncio.to_thread(self.store.arrived.wait, 10)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(f"sqlite:///{tmp_path}/monitor.db")
    yield daemon
    daemon.store.gate.set()
    daemon.store.close()


async def test_a_commit_whose_task_is_cancelled_is_waited_for_and_never_made_twice(daemon: Daemon) -> None:
    """At the end of the daemon tasks are cancelled; the thread that writes is not. The same events twice are a lie."""
    daemon.happen()
    daemon.store.gate.clear()
    task = asyncio.create_task(daemon.commit())
    await daemon.arrived()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    daemon.store.gate.set()
    daemon.happen()
    assert await daemon.record.commit_all(daemon.supervision)
    assert daemon.expected() == daemon.written()
    assert () == daemon.store.verify().findings


async def test_rounds_leave_what_they_have_to_a_commit_under_way_and_do_not_wait_for_it(daemon: Daemon) -> None:
    """A database that takes minutes must not gather a waiting task for every second of them."""
    daemon.store.gate.clear()
    daemon.happen()
    slow = asyncio.create_task(daemon.commit())
    await daemon.arrived()
    for _ in range(300):
        daemon.happen()
        async with asyncio.timeout(30):
            await daemon.commit()
    assert not slow.done()
    daemon.store.gate.set()
    await slow
    assert daemon.expected() == daemon.written()
    assert 2 == daemon.store.tried == len(daemon.took)


@pytest.mark.parametrize("trouble", Trouble)
async def test_nothing_is_lost_or_doubled_by_a_commit_that_fails(
    daemon: Daemon, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    daemon.store.troubles.extend([trouble] * 3)
    for _ in range(5):
        daemon.happen()
        await daemon.commit()
    assert daemon.expected() == daemon.written()
    assert () == daemon.store.verify().findings
    assert not daemon.record.failing
    assert 2 == len(caplog.records), "one line when it began, one when it was over"


async def test_at_the_end_it_is_told_whether_everything_is_written(daemon: Daemon) -> None:
    daemon.happen()
    daemon.store.troubles.append(Trouble.REFUSED)
    assert not await daemon.record.commit_all(daemon.supervision)
    assert [] == daemon.written()
    assert await daemon.record.commit_all(daemon.supervision)
    assert daemon.expected() == daemon.written()


async def test_a_run_that_judged_nothing_yet_has_nothing_to_write(daemon: Daemon) -> None:
    assert await daemon.record.commit_all(daemon.supervision)
    assert 0 == daemon.store.tried


async def test_a_question_is_answered_between_commits(daemon: Daemon) -> None:
    daemon.happen()
    await daemon.commit()
    assert 1 == await daemon.record.ask(lambda store: store.head.seq)


@pytest.mark.parametrize("rounds", [[0, 200], [0, 200, 400]], ids=["the second round", "always as far apart"])
async def test_a_line_is_on_record_with_what_the_ledger_says_of_it(daemon: Daemon, rounds: list[int]) -> None:
    """After a crash the state that is stored must know of the gap that the ledger holds, or it is told twice."""
    latest = START
    for seconds in rounds:
        latest = await daemon.see(seconds)
    assert len(rounds) - 1 == len(daemon.store.histories((START, latest + timedelta(days=1))).gaps["L1"])
    assert {"L1": Watch(latest, True)} == daemon.store.watches()


async def test_a_line_is_on_record_with_the_evidence_of_what_its_device_said(daemon: Daemon) -> None:
    """After a crash the state that is stored must know that a word was weighed, or it is weighed twice."""
    await daemon.see(0)
    await daemon.hear(1, boots=7)
    for seconds in (2, 3, 4, 5, 6, 7):
        await daemon.see(seconds, Outcome.BAD if seconds < 5 else Outcome.GOOD)
    after = await daemon.hear(8, boots=8)
    assert [(Reason.AGENT_RESTARTED,)] == [
        each.event.reasons for each in daemon.store.events() if isinstance(each.event, EvidenceFound)
    ]
    assert Heard(before=after) == daemon.store.heard("L1")
