"""Who was not told: whom to telephone, and what was given up."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta
from pathlib import Path

from monitor.alerts.letter import Pace
from monitor.faults.terms import MessageKind
from tests.alerts.desk import desk
from tests.alerts.fakes import A_FEW, BARRED, DELIVERED, REFUSED, FakeSender
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
