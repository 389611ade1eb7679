"""How letters are carried: claimed before they go, in step with their receivers, whatever fails or is changed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.letter import Fate, Letter, Outcome
from monitor.alerts.parcel import Parcel
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import UNKNOWN, State
from monitor.store.errors import StoreError
from tests.alerts.desk import desk, unavailable
from tests.alerts.fakes import A_FEW, AGAIN, DELIVERED, REFUSED, FakeSender, FakeWays
from tests.driven import on_a_driven_clock

OVERDUE = MessageKind.OVERDUE


# -- on record before it goes ------------------------------------------------------------------------------------


@on_a_driven_clock
async def test_a_letter_is_on_record_before_it_goes(tmp_path: Path) -> None:
    """Killed while it travels, it stays a try of which nobody knows what came of it; the next one is another."""
    robot = FakeSender(takes=2)
    async with desk(tmp_path, robot) as at:
        async with at.running(killed=True):
            no = at.fault()
            await asyncio.sleep(1)
            assert [(1, UNKNOWN, UNKNOWN)] == [(each.number, each.fate, each.status) for each in at.attempts(no)]
        at.outbox = at.made()
        async with at.running():
            await asyncio.sleep(5)
        assert [[f"{no}:opened"]] * 2 == robot.carried()
        assert [(1, UNKNOWN), (2, "delivered")] == [(each.number, each.fate) for each in at.attempts(no)]
        assert [("robot", "opened", State.DELIVERED)] == at.states(no)


@on_a_driven_clock
async def test_a_letter_of_which_nothing_is_known_counts_in_the_pace(tmp_path: Path) -> None:
    """However often all is killed while a letter travels: the robot never gets more than it bears."""
    robot = FakeSender(paces=A_FEW, takes=2)
    async with desk(tmp_path, robot) as at:
        at.fault(OVERDUE)
        for _ in range(12):
            async with at.running(killed=True):
                await asyncio.sleep(1)
            at.outbox = at.made()
        assert 4 == len(robot.at)
        async with at.running():
            await asyncio.sleep(180)
        for first in robot.at:
            assert sum(first <= each < first + 60 for each in robot.at) <= 4


@on_a_driven_clock
async def test_two_channels_of_one_robot_share_its_pace_over_a_restart(tmp_path: Path) -> None:
    sent: list[float] = []
    robots = [FakeSender("robot", called=name, paces=A_FEW, at=sent) for name in ("one", "other")]
    async with desk(tmp_path, *robots) as at:
        for _ in range(3):
            async with at.running():
                at.fault(OVERDUE)
                await asyncio.sleep(7)
            at.outbox = at.made()
        assert 4 == len(sent)
        async with at.running():
            await asyncio.sleep(120)
        assert 6 == len(sent)
        for first in sent:
            assert sum(first <= each < first + 60 for each in sent) <= 4


# -- in step with the receiver -----------------------------------------------------------------------------------


@on_a_driven_clock
async def test_a_letter_that_set_out_before_cuts_no_rest_short(tmp_path: Path) -> None:
    """One is told to wait for a minute; another arrives after that: still nothing goes for that minute."""
    asked = Outcome(fate=Fate.AGAIN, status="429", retry_after=timedelta(minutes=1))
    hook = FakeSender("hook", groups=False, outcomes=deque([DELIVERED, asked]), delays=deque([3, 1]))
    async with desk(tmp_path, hook) as at, at.running():
        at.fault()
        at.fault()
        await asyncio.sleep(5)
        at.fault()
        await asyncio.sleep(90)
    assert [0, 0] == hook.at[:2]
    assert 4 == len(hook.at)
    assert all(61 <= each < 70 for each in hook.at[2:])


@on_a_driven_clock
async def test_a_robot_that_asks_to_be_left_alone_is_so_by_all_its_channels(tmp_path: Path) -> None:
    closed = Outcome(fate=Fate.AGAIN, status="errcode 130101", retry_after=timedelta(minutes=10))
    robots = [FakeSender("robot", called=name, paces=A_FEW) for name in ("one", "other")]
    robots[0].outcomes.append(closed)
    async with desk(tmp_path, *robots, choose=lambda message: ["one" if message.seq < 3 else "other"]) as at:
        async with at.running():
            at.fault()
            await asyncio.sleep(1)
            at.fault()
            await asyncio.sleep(599)
            assert 1 == len(robots[0].at + robots[1].at)
            await asyncio.sleep(60)
        assert 3 == len(robots[0].at + robots[1].at)


@on_a_driven_clock
async def test_a_receiver_that_asks_to_be_left_alone_is_so_by_the_next_run_too(tmp_path: Path) -> None:
    """``Retry-After`` is not of a letter: what is new, and goes by another channel of the robot, waits for it too."""
    asked = Outcome(fate=Fate.AGAIN, status="429", retry_after=timedelta(minutes=10))
    robots = [FakeSender("robot", called=name, paces=A_FEW) for name in ("one", "other")]
    hook = FakeSender("hook", groups=False)
    robots[0].outcomes.append(asked)
    hook.outcomes.append(asked)
    ways = [["one", "hook"], ["other", "hook"]]
    async with desk(tmp_path, *robots, hook, choose=lambda message: ways[message.seq > 2]) as at:
        async with at.running(killed=True):
            at.fault()
            await asyncio.sleep(10)
        at.outbox = at.made()
        async with at.running():
            at.fault()
            await asyncio.sleep(589)
            assert [1, 0, 1] == [len(each.sent) for each in (*robots, hook)]
            await asyncio.sleep(20)
        assert [2, 1, 3] == [len(each.sent) for each in (*robots, hook)]


@on_a_driven_clock
async def test_an_incident_that_could_not_be_sent_is_tried_again_as_one(tmp_path: Path) -> None:
    robot = FakeSender(outcomes=deque([AGAIN, AGAIN]))
    async with desk(tmp_path, robot) as at, at.running():
        at.incident(1, [f"F20260901-{n:04d}" for n in range(1, 21)])
        numbers = [at.fault() for _ in range(20)]
        await asyncio.sleep(120)
    assert [[f"{no}:opened" for no in numbers]] * 3 == robot.carried()


@on_a_driven_clock
async def test_what_is_refused_together_is_tried_alone_however_old_it_is(tmp_path: Path) -> None:
    """Only what is refused by itself is given up."""
    robot = FakeSender()
    async with desk(tmp_path, robot) as at:
        at.incident(1, ["F20260901-0001", "F20260901-0002"])
        numbers = [at.fault(), at.fault()]
        await asyncio.sleep(25 * 3600)
        robot.outcomes += [REFUSED, REFUSED, DELIVERED]
        async with at.running():
            await asyncio.sleep(60)
        assert [[f"{no}:opened" for no in numbers], *([f"{no}:opened"] for no in numbers)] == robot.carried()
        states = [at.states(no)[0][2] for no in numbers]
        assert [State.FAILED, State.DELIVERED] == states


@on_a_driven_clock
async def test_a_message_that_cannot_be_written_spoils_no_other(tmp_path: Path) -> None:
    """Together with others it holds them up once; from then on each goes by itself."""
    robot = FakeSender()
    async with desk(tmp_path, robot) as at:
        ways = at.ways

        def letter(parcel: Parcel, now: Any) -> Letter:
            if parcel.delivery.message.fault_no == "F20260901-0002":
                raise ValueError("no such field")
            return FakeWays.letter(ways, parcel, now)

        ways.letter = letter  # type: ignore[method-assign]
        async with at.running():
            at.incident(1, [f"F20260901-{n:04d}" for n in range(1, 4)])
            numbers = [at.fault() for _ in range(3)]
            await asyncio.sleep(60)
        assert [[f"{numbers[0]}:opened"], [f"{numbers[2]}:opened"]] == robot.carried()
        assert [State.DELIVERED, State.WAITING, State.DELIVERED] == [at.states(no)[0][2] for no in numbers]


@on_a_driven_clock
async def test_a_sender_that_fails_as_it_never_should_loses_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The try is on record, the letter is tried again; the words of the failure, which may hold a key, are not told."""
    robot = FakeSender(outcomes=deque([RuntimeError("https://robot.example/?access_token=0f1e2d3c")]))
    async with desk(tmp_path, robot) as at, at.running():
        no = at.fault()
        await asyncio.sleep(60)
        assert [("again", "RuntimeError"), ("delivered", "200")] == [
            (each.fate, each.status) for each in at.attempts(no)
        ]
    assert "RuntimeError" in caplog.text
    assert "0f1e2d3c" not in caplog.text


# -- the database ------------------------------------------------------------------------------------------------


@on_a_driven_clock
async def test_what_can_never_be_put_on_record_is_not_sent_for_ever(tmp_path: Path) -> None:
    """As long as the run lasts it knows what came of a letter, whatever the database says."""
    robot = FakeSender()
    async with desk(tmp_path, robot) as at, at.running():

        def refuse(call: Callable[[], Any]) -> Any:
            if robot.sent:
                raise StoreError("a string literal cannot contain NUL")
            return call()

        at.fault()
        at.meddle = refuse
        await asyncio.sleep(1)
        at.meddle = lambda call: call()
        await asyncio.sleep(3600)
        assert 1 == len(robot.sent)


@on_a_driven_clock
async def test_while_the_database_does_not_answer_one_question_waits(tmp_path: Path) -> None:
    """Judging writes through the same thread: eighteen letters that came back do not stand in its way."""
    senders = [FakeSender(f"robot-{n}", takes=2) for n in range(6)]
    async with desk(tmp_path, *senders) as at, at.running():
        for _ in range(3):
            at.fault()
        await asyncio.sleep(1)
        before, at.meddle = at.asked, unavailable
        at.fault()
        await asyncio.sleep(10)
        assert (10, 18) == (at.asked - before, sum(len(sender.sent) for sender in senders))
        at.meddle = lambda call: call()
        await asyncio.sleep(10)
        assert [4] * 6 == [len(sender.sent) for sender in senders]
