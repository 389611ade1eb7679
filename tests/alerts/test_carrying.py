"""How letters are carried: claimed before they go, in step with their receivers, whatever fails or is changed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.letter import Fate, Letter, Outcome, Pace
from monitor.alerts.parcel import Parcel
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import UNKNOWN, State
from monitor.store.errors import StoreError, StoreUnavailable
from monitor.store.projection import OutboxRow
from tests.alerts.desk import desk, named
from tests.alerts.fakes import AGAIN, DELIVERED, REFUSED, FakeSender, FakeWays
from tests.driven import driven

OPENED, OVERDUE = MessageKind.OPENED, MessageKind.OVERDUE
BARRED = replace(AGAIN, unreachable=True)
PACE = (Pace(4, timedelta(minutes=1)),)


def on_a_driven_clock(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an asynchronous test in a loop whose time is driven."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        driven(test(*args, **kwargs))

    return run


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
    robot = FakeSender(paces=PACE, takes=2)
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
    robots = [FakeSender("robot", called=name, paces=PACE, at=sent) for name in ("one", "other")]
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
    robots = [FakeSender("robot", called=name, paces=PACE) for name in ("one", "other")]
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
    robots = [FakeSender("robot", called=name, paces=PACE) for name in ("one", "other")]
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


# -- changes and ends --------------------------------------------------------------------------------------------


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
    robot, hook = FakeSender(takes=1, paces=PACE, groups=False), FakeSender("hook", takes=2, groups=False)
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


def unavailable(call: Callable[[], Any]) -> Any:
    raise StoreUnavailable("disk full")


# -- who was told ------------------------------------------------------------------------------------------------


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
    robot, hook = FakeSender(paces=PACE, outcomes=deque([BARRED] * 99)), FakeSender("hook")
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


# -- past the database -------------------------------------------------------------------------------------------


@on_a_driven_clock
async def test_past_the_database_no_channel_waits_for_another(tmp_path: Path) -> None:
    """One hangs, one fails at first: each is tried by itself, until the message is in the database."""
    hanging, failing, alive = FakeSender("hanging", takes=60), FakeSender("failing"), FakeSender("alive")
    failing.outcomes += [AGAIN, AGAIN]
    async with desk(tmp_path, hanging, failing, alive) as at, at.running():
        await asyncio.sleep(1)
        at.meddle = unavailable
        due = at.due(None, MessageKind.STORE_FAILING)
        telling = asyncio.create_task(at.outbox.tell_at_once(due))
        await asyncio.sleep(1)
        assert (1, 1, 1) == (len(hanging.sent), len(failing.sent), len(alive.sent))
        await asyncio.sleep(40)
        assert 3 == len(failing.sent)
        at.meddle = lambda call: call()
        at.commit(due)
        await asyncio.sleep(120)
        await telling
        assert [[due.key]] == hanging.carried() == alive.carried()
        assert 3 == len(failing.sent)
        assert 0 == at.store.on_their_way().count


@on_a_driven_clock
async def test_past_the_database_the_pace_is_kept_too(tmp_path: Path) -> None:
    robot = FakeSender(paces=PACE)
    async with desk(tmp_path, robot) as at, at.running():
        for _ in range(4):
            at.fault(OVERDUE)
        await asyncio.sleep(10)
        at.meddle = unavailable
        telling = asyncio.create_task(at.outbox.tell_at_once(at.due(None, MessageKind.STORE_FAILING)))
        await asyncio.sleep(60)
        await telling
    assert [0] * 4 == robot.at[:4]
    assert [60] == robot.at[4:]


@on_a_driven_clock
async def test_what_was_not_taken_past_the_database_is_told_through_it(tmp_path: Path) -> None:
    """Once, though a try was under way when the message came back through the database."""
    robot = FakeSender(outcomes=deque([AGAIN]), takes=5)
    async with desk(tmp_path, robot) as at, at.running():
        await asyncio.sleep(1)
        due = at.due(None, MessageKind.STORE_FAILING)
        telling = asyncio.create_task(at.outbox.tell_at_once(due))
        await asyncio.sleep(1)
        at.commit(due)
        await asyncio.sleep(60)
        await telling
        assert [[due.key]] * 2 == robot.carried()
        assert 0 == at.store.on_their_way().count


@on_a_driven_clock
async def test_a_failure_ends_no_telling_again_of_what_is_still_so(tmp_path: Path) -> None:
    """An alert manager hears every minute of what is still so, whatever went wrong a minute ago."""
    manager = FakeSender("manager", groups=False, keeps_active=True)
    async with desk(tmp_path, manager) as at, at.running():
        no = at.fault()
        await asyncio.sleep(30)
        written, at.ways.letter = at.ways.letter, failing  # type: ignore[method-assign]
        await asyncio.sleep(60)
        at.ways.letter = written  # type: ignore[method-assign]
        await asyncio.sleep(60)
    assert [[f"{no}:opened"]] * 2 == manager.carried()


def failing(parcel: Parcel, now: Any) -> Letter:
    raise ValueError("no such field")
