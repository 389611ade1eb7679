"""Who was not told: whom to telephone, and what was given up."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.letter import Pace
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import State
from tests.alerts.desk import desk
from tests.alerts.fakes import A_FEW, AGAIN, BARRED, DELIVERED, REFUSED, FakeSender
from tests.driven import on_a_driven_clock

OVERDUE = MessageKind.OVERDUE


@on_a_driven_clock
async def test_a_message_that_every_channel_refuses_is_told_by_telephone(tmp_path: Path) -> None:
    """Not one that some channel delivered, before or after."""
    robot, mail = FakeSender("robot", outcomes=deque([REFUSED, REFUSED])), FakeSender("mail")
    mail.outcomes += [REFUSED, DELIVERED]
    async with desk(tmp_path, robot, mail) as at, at.running():
        first, _ = at.fault(), at.fault()
        await asyncio.sleep(10)
        assert [f"{first}:opened"] == [message.key for message in at.outbox.untold]
        assert 3 == len(at.outbox.gave_up)


@on_a_driven_clock
async def test_what_no_route_is_meant_to_take_asks_nobody_to_telephone(tmp_path: Path) -> None:
    """Only what a carrier must be told of (`monitor check` wants routes for it); the rest was left out on purpose."""
    async with desk(tmp_path, FakeSender(), choose=lambda message: []) as at:
        async with at.running(killed=True):
            no = at.fault(MessageKind.OPENED, MessageKind.RESTORED, MessageKind.RELAPSED, OVERDUE)
            await asyncio.sleep(1)
            assert [f"{no}:opened", f"{no}:overdue"] == [message.key for message in at.outbox.untold]
        at.outbox = at.made()
        async with at.running():
            await asyncio.sleep(1)
            assert [f"{no}:opened", f"{no}:overdue"] == [message.key for message in at.outbox.untold]


@on_a_driven_clock
async def test_what_waits_for_its_turn_is_not_unreached(tmp_path: Path) -> None:
    """A robot takes its pace: what has not been tried yet says nothing of the way to the carrier."""
    robot = FakeSender(paces=(Pace(1, timedelta(minutes=10)),), groups=False)
    async with desk(tmp_path, robot) as at, at.running():
        at.fault(OVERDUE)
        at.fault(OVERDUE)
        await asyncio.sleep(400)
        assert ({}, 1) == (at.outbox.unreached_since(at.now() - timedelta(minutes=5)), len([*at.outbox.waiting()]))


@on_a_driven_clock
async def test_of_a_channel_that_is_barred_all_is_unreached(tmp_path: Path) -> None:
    """Though few letters are tried: others would fare no better."""
    robot, hook = FakeSender(paces=A_FEW, outcomes=deque([BARRED] * 99)), FakeSender("hook")
    hook.outcomes.append(REFUSED)
    async with desk(tmp_path, robot, hook) as at, at.running():
        numbers = [at.fault(OVERDUE) for _ in range(8)]
        at.fault(OVERDUE, carrier="telecom")
        await asyncio.sleep(290)
        assert {} == at.outbox.unreached_since(at.now() - timedelta(minutes=5))
        await asyncio.sleep(20)
        # of the others the webhook told
        assert {"unicom": [numbers[0]]} == at.outbox.unreached_since(at.now() - timedelta(minutes=5))


@on_a_driven_clock
async def test_after_a_day_of_a_barred_way_all_that_waited_for_a_day_is_given_up(tmp_path: Path) -> None:
    """Though few are tried in an hour, as the receiver asks: the centre is to know; what is newer waits on."""
    hook = FakeSender("hook", groups=False, outcomes=deque([replace(AGAIN, retry_after=timedelta(hours=1))] * 999))
    async with desk(tmp_path, hook) as at, at.running():
        old = [at.fault() for _ in range(40)]
        await asyncio.sleep(3600)
        at.commit(at.due(old[0], OVERDUE))
        new = at.fault()
        await asyncio.sleep(22.5 * 3600)
        assert [] == at.outbox.gave_up
        await asyncio.sleep(1.1 * 3600)
        assert sorted(f"{no}:opened" for no in old) == sorted(each.key for each in at.outbox.gave_up)
        assert [State.WAITING] == [state for _, _, state in at.states(new)]
        assert [State.FAILED, State.WAITING] == [state for _, _, state in at.states(old[0])]


@on_a_driven_clock
async def test_after_a_stop_of_more_than_a_day_each_is_tried_all_the_same(tmp_path: Path) -> None:
    """One that is barred at once says nothing of the day before."""
    hook = FakeSender("hook", groups=False, takes=1, outcomes=deque([BARRED]))
    async with desk(tmp_path, hook) as at:
        numbers = [at.fault() for _ in range(12)]
        await asyncio.sleep(25 * 3600)
        async with at.running():
            await asyncio.sleep(300)
        assert [f"{numbers[0]}:opened"] == [each.key for each in at.outbox.gave_up]
        assert sorted(f"{no}:opened" for no in numbers[1:]) == sorted(hook.took)


@on_a_driven_clock
async def test_what_was_given_up_when_all_was_killed_is_told_by_the_next_run(tmp_path: Path) -> None:
    """Until an alarm on record names it; then it is not told again."""
    robot = FakeSender(outcomes=deque([REFUSED]))
    async with desk(tmp_path, robot) as at:
        async with at.running(killed=True):
            no = at.fault()
            await asyncio.sleep(1)
        for told in (False, True):
            at.outbox = at.made()
            async with at.running():
                await asyncio.sleep(1)
                assert ([] if told else [f"{no}:opened"]) == [each.key for each in at.outbox.gave_up]
                at.commit(at.due(None, MessageKind.UNDELIVERED, subject="robot", detail=no))
                await asyncio.sleep(1)


@pytest.mark.parametrize("refuses", [False, True])
@on_a_driven_clock
async def test_what_reached_no_carrier_when_all_was_killed_is_told_by_the_next_run(
    tmp_path: Path, refuses: bool
) -> None:
    """No route took it, or every channel refused it: until an alarm on record names it."""
    robot = FakeSender(outcomes=deque([REFUSED]))
    async with desk(tmp_path, robot, choose=lambda message: ["robot"] if refuses else []) as at:
        async with at.running(killed=True):
            no = at.fault()
            await asyncio.sleep(1)
        for told in (False, True):
            at.outbox = at.made()
            async with at.running():
                await asyncio.sleep(1)
                assert ([] if told else [f"{no}:opened"]) == [message.key for message in at.outbox.untold]
                at.commit(at.due(None, MessageKind.UNREACHED, subject="unicom", detail=no))
                await asyncio.sleep(1)
