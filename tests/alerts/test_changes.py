"""Channels that change, leave, come back or cannot be used, and the end of a run: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

from monitor.faults.terms import MessageKind
from monitor.store.deliveries import State
from monitor.store.projection import OutboxRow
from tests.alerts.desk import desk, named
from tests.alerts.fakes import A_FEW, AGAIN, FakeSender, FakeWays
from tests.driven import on_a_driven_clock

OVERDUE = MessageKind.OVERDUE


@on_a_driven_clock
async def test_a_channel_that_hangs_holds_up_no_change(tmp_path: Path) -> None:
    """Its successor carries on at once; only what was under way is waited for, and what comes after it of its fault."""
    old, other, new = FakeSender("robot", takes=100), FakeSender("other"), FakeSender("robot")
    async with desk(tmp_path, old, other) as at, at.running():
        first = at.fault()
        await asyncio.sleep(1)
        at.outbox.adopt(FakeWays(named([new, other])))
        at.commit(at.due(first, OVERDUE))
        second = at.fault()
        await asyncio.sleep(1)
        assert [[f"{first}:opened"], [f"{first}:overdue"], [f"{second}:opened"]] == sorted(other.carried())
        assert ([[f"{first}:opened"]], [[f"{second}:opened"]]) == (old.carried(), new.carried())
        await asyncio.sleep(99)
        assert [[f"{second}:opened"], [f"{first}:overdue"]] == new.carried()
        assert (True, False) == (old.closed, new.closed)


@on_a_driven_clock
async def test_a_letter_under_way_when_its_channel_left_is_given_up_once_it_failed(tmp_path: Path) -> None:
    old, other = FakeSender("robot", takes=10, outcomes=deque([AGAIN])), FakeSender("other")
    async with desk(tmp_path, old, other) as at, at.running():
        no = at.fault()
        await asyncio.sleep(1)
        at.outbox.adopt(FakeWays(named([other])))
        await asyncio.sleep(1)
        assert [] == at.outbox.gave_up
        await asyncio.sleep(20)
        assert [f"{no}:opened"] == [each.key for each in at.outbox.gave_up]
        assert [("other", "opened", State.DELIVERED), ("robot", "opened", State.FAILED)] == at.states(no)
        assert [] == [*at.outbox.waiting()]


@on_a_driven_clock
async def test_a_channel_that_leaves_and_comes_back_carries_what_it_was_carrying(tmp_path: Path) -> None:
    """In order, though the courier of before is still under way."""
    old, new, other = FakeSender("robot", takes=10), FakeSender("robot"), FakeSender("other")
    async with desk(tmp_path, old) as at, at.running():
        no = at.fault()
        await asyncio.sleep(1)
        at.outbox.adopt(FakeWays(named([other])))
        await asyncio.sleep(1)
        at.outbox.adopt(FakeWays(named([new])))
        at.commit(at.due(no, OVERDUE))
        await asyncio.sleep(1)
        assert [] == new.sent
        await asyncio.sleep(20)
        assert ([[f"{no}:opened"]], [[f"{no}:overdue"]]) == (old.carried(), new.carried())


@on_a_driven_clock
async def test_what_is_for_a_channel_that_cannot_be_used_waits_until_it_can(tmp_path: Path) -> None:
    """It holds up no other channel, and says so once."""
    robot, other = FakeSender("robot"), FakeSender("other")
    async with desk(tmp_path, robot, other) as at:
        ways, broken = at.ways, [True]

        def sender(channel: str) -> FakeSender:
            if channel == "robot" and broken:
                raise OSError("no such file")
            return ways.senders[channel]

        ways.sender = sender  # type: ignore[method-assign]
        async with at.running():
            no = at.fault()
            await asyncio.sleep(70)
            assert ([], [[f"{no}:opened"]]) == (robot.carried(), other.carried())
            broken.clear()
            await asyncio.sleep(31)
            assert [[f"{no}:opened"]] == robot.carried()


@on_a_driven_clock
async def test_a_message_that_cannot_be_routed_holds_up_no_other(tmp_path: Path) -> None:
    """Nor the monitor: it is tried again at every look."""
    robot = FakeSender("robot")
    broken = [True]

    def choose(message: OutboxRow) -> list[str]:
        if message.fault_no == "F20260901-0001" and broken:
            raise KeyError("policy")
        return ["robot"]

    async with desk(tmp_path, robot, choose=choose) as at, at.running():
        first, second = at.fault(), at.fault()
        await asyncio.sleep(1)
        assert [[f"{second}:opened"]] == robot.carried()
        assert 1 == at.store.on_their_way().count
        broken.clear()
        await asyncio.sleep(31)
        assert [[f"{second}:opened"], [f"{first}:opened"]] == robot.carried()


@on_a_driven_clock
async def test_at_an_orderly_end_letters_under_way_arrive(tmp_path: Path) -> None:
    """And are marked: the next run sends none of them again. None begins any more."""
    robot, hook = FakeSender(takes=1, paces=A_FEW, groups=False), FakeSender("hook", takes=2, groups=False)
    async with desk(tmp_path, robot, hook) as at:
        async with at.running():
            numbers = [at.fault() for _ in range(6)]
            await asyncio.sleep(0.5)
        assert (1, 4) == (len(robot.sent), len(hook.sent))
        delivered = [each for no in numbers for each in at.store.deliveries_of(no) if each.state is State.DELIVERED]
        assert 5 == len(delivered)
        at.outbox = at.made()
        async with at.running():
            await asyncio.sleep(120)
        for sender in (robot, hook):
            assert sorted(f"{no}:opened" for no in numbers) == sorted(key for keys in sender.carried() for key in keys)


@on_a_driven_clock
async def test_an_end_that_comes_with_a_message_is_an_end(tmp_path: Path) -> None:
    """Cancelled in the very moment in which it is woken, the outbox and its couriers stop."""
    async with desk(tmp_path, FakeSender()) as at:
        running = asyncio.create_task(at.outbox.run())
        await asyncio.sleep(1)
        for courier in at.outbox._couriers.values():
            courier.wake()
        at.outbox.wake()
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait([running], timeout=100)
        assert running.cancelled()
        await asyncio.sleep(1)
        assert {asyncio.current_task()} == asyncio.all_tasks()
