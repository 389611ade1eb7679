"""What goes past the database, and what is told again: in the receiver's pace, and no channel waits for another."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import Any

from monitor.alerts.letter import Letter
from monitor.alerts.parcel import Parcel
from monitor.faults.terms import MessageKind
from tests.alerts.desk import desk, unavailable
from tests.alerts.fakes import A_FEW, AGAIN, FakeSender
from tests.driven import on_a_driven_clock

OVERDUE = MessageKind.OVERDUE


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
    robot = FakeSender(paces=A_FEW)
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
