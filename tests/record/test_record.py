"""What happened is written once, whatever the database does meanwhile, and nothing piles up behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.faults.events import ClockStepped
from monitor.inventory.model import Inventory
from monitor.policy import Policies, Policy
from monitor.record import Record
from monitor.store.measurements import Measurements
from monitor.supervision import Supervision
from tests.record.stores import ObstructedStore, Trouble

START = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


class Daemon:
    """A daemon of nothing but events: one a second, each known by its number."""

    def __init__(self, url: str) -> None:
        self.store = ObstructedStore.open(url)
        self.took: list[float] = []
        self.record = Record(self.store, Measurements(), wrote=self.took.append)
        self.supervision = Supervision(Inventory(), Policies([Policy()]), ZoneInfo("Asia/Shanghai"))
        self.happened = 0

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
        async with asyncio.timeout(5):
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
