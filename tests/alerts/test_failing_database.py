"""The outbox over a database that fails, at every call in turn: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import shutil
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.letter import Pace
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import UNKNOWN, State
from monitor.store.errors import StoreUnavailable
from monitor.store.store import Store
from tests.alerts.desk import Desk, changes, hasty, named
from tests.alerts.fakes import AGAIN, REFUSED, FakeSender, FakeWays
from tests.driven import driven
from tests.record.stores import Trouble

OPENED, REMINDER, OVERDUE, RESTORED = (
    MessageKind.OPENED,
    MessageKind.REMINDER,
    MessageKind.OVERDUE,
    MessageKind.RESTORED,
)
LONG_ENOUGH = 150
PARTS = 4
Fails = Callable[[int], Trouble | None]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty database, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "monitor.db"
    Store.open(f"sqlite:///{path}").close()
    return path


async def carried(database: Path, fails: Fails) -> list[bool]:
    """Carry what befalls a few faults while calls to the database fail; tell of each call whether it wrote."""
    robot = FakeSender("robot", paces=(Pace(4, timedelta(minutes=1)),), takes=0.5)
    hook = FakeSender("hook", groups=False, takes=2, outcomes=deque([REFUSED]))
    mail = FakeSender("mail", takes=1, outcomes=deque([AGAIN]))
    store = hasty(Store.open(f"sqlite:///{database}"))
    desk = Desk(store, FakeWays(named([robot, hook, mail])))
    wrote: list[bool] = []

    def meddle(call: Callable[[], Any]) -> Any:
        trouble, before = fails(len(wrote)), changes(store)
        wrote.append(False)
        if trouble is Trouble.REFUSED:
            raise StoreUnavailable("disk full")
        answer = call()
        wrote[-1] = changes(store) > before
        if trouble is Trouble.ANSWER_LOST:
            raise StoreUnavailable("the connection was lost")
        return answer

    desk.meddle = meddle
    async with desk.running():
        desk.incident(1, [f"F20260901-{n:04d}" for n in (2, 3)])
        numbers = [desk.fault() for _ in range(3)]
        await asyncio.sleep(20)
        desk.commit(*(desk.due(no, kind) for no in numbers[:2] for kind in (OVERDUE, RESTORED)))
        await asyncio.sleep(1)
        desk.commit(*(desk.due(no, REMINDER, fraction=0.5) for no in numbers[1:]))
        await asyncio.sleep(LONG_ENOUGH)
    whole(desk, numbers)
    asked = len(store.asked())
    store.close()
    assert 3 * (3 + 2 + 2) - 1 == asked  # that the carrier was told: not of what is restored, nor by what was refused
    return wrote


def whole(desk: Desk, numbers: list[str]) -> None:
    """All was taken once by every channel, in order, but what was refused; and all of it is on record."""
    assert ([], 0) == ([*desk.outbox.waiting()], desk.store.on_their_way().count)
    (refused,) = desk.outbox.gave_up
    for channel, sender in desk.ways.senders.items():
        for no in numbers:
            due = ["opened", *(["overdue", "restored"] if no in numbers[:2] else [])]
            due += ["reminder:0.5"] if no in numbers[1:] else []
            states = {
                each.key.removeprefix(f"{no}:"): each.state
                for each in desk.store.deliveries_of(no)
                if each.channel == channel
            }
            kept = [kind for kind in due if (channel, f"{no}:{kind}") != (refused.channel, refused.key)]
            assert dict.fromkeys(due, State.FAILED) | dict.fromkeys(kept, State.DELIVERED) == states
            assert kept == [key.removeprefix(f"{no}:") for key in sender.took if key.startswith(no)]
    assert not [each for no in numbers for each in desk.attempts(no) if each.fate == UNKNOWN]


@pytest.mark.parametrize("part", range(PARTS))
def test_at_any_call_the_database_may_fail(tmp_path: Path, empty: Path, part: int) -> None:
    """Each call in turn is refused, or done without the answer arriving."""

    def run(fails: Fails) -> list[bool]:
        shutil.copy(empty, tmp_path / "monitor.db")
        return driven(carried(tmp_path / "monitor.db", fails))

    wrote = run(lambda _: None)
    assert 40 < len(wrote)
    for place in range(part, len(wrote), PARTS):
        for trouble in Trouble if wrote[place] else (Trouble.REFUSED,):
            run(lambda number, place=place, trouble=trouble: trouble if number == place else None)  # type: ignore[misc]


@pytest.mark.parametrize("every", [2, 3, 7])
@pytest.mark.parametrize("trouble", Trouble)
def test_a_database_may_fail_again_and_again(tmp_path: Path, empty: Path, every: int, trouble: Trouble) -> None:
    shutil.copy(empty, tmp_path / "monitor.db")
    driven(carried(tmp_path / "monitor.db", lambda number: trouble if number % every == 0 else None))
