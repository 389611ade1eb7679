"""A county-wide storm in real time, and an outage of 50,000 lines: how soon it is told, what it costs."""

from __future__ import annotations

import asyncio
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.letter import Pace
from monitor.alerts.outbox import Outbox
from monitor.alerts.pacing import Allowance
from monitor.alerts.queue import Queue
from monitor.faults.blindness import Sight
from monitor.faults.events import Event, FaultOpened, MessageDue
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Source
from monitor.store.batch import Batch
from monitor.store.deliveries import State
from monitor.store.store import Store
from tests.alerts.deliveries import after, delivery
from tests.alerts.desk import hasty
from tests.alerts.fakes import FakeSender, FakeWays
from tests.alerts.storms import HIT, NO, busiest_minute, storm

pytestmark = pytest.mark.bench

LINES, A_NODE = 50_000, 500
SMALL = 5_000
PER_LETTER = 5  # times as long for ten times as many: far from ten


async def test_every_carrier_is_told_in_time(tmp_path: Path) -> None:
    """122 lines within a minute, as in life: each a third of its carrier's, and all of them."""
    for share in (3, 1):
        lines = {carrier: count * share for carrier, count in HIT.items()}
        chance = random.Random(7)
        hit = [f"{carrier}-{n}" for carrier, count in HIT.items() for n in chance.sample(range(lines[carrier]), count)]
        failing = {line: chance.randint(5, 64) for line in hit}
        began = time.monotonic()
        folder = tmp_path / str(share)
        folder.mkdir()
        async with storm(folder, lambda began=began: time.monotonic() - began, lines=lines) as (watch, robots):  # type: ignore[misc]
            await watch.weather(failing, until=170)
            faults = watch.faults()
        print(f"\n{len(hit)} lines in a minute, of {sum(lines.values())}")
        for carrier, mine in faults.items():
            robot, told = robots.of[carrier], robots.told(carrier)
            waits = sorted((told[fault.no] - fault.discovered_at).total_seconds() for fault in mine)
            sizes = [len(NO.findall(message["text"])) for message in robot.messages]
            print(
                f"  {carrier:8} {len(mine)} faults, told after {waits[len(waits) // 2]:4.1f} s (median),"
                f" {waits[-1]:4.1f} s (last); {len(sizes)} letters, at most {busiest_minute(robot.at)} in a minute, of"
                f" {', '.join(str(size) for size in sorted(sizes, reverse=True)[:3])} … faults; refused {robot.refused}"
            )
            assert HIT[carrier] == len(told) == len(mine)
            assert waits[-1] <= 120
            assert 0 == robot.refused


# -- 50,000 lines ------------------------------------------------------------------------------------------------


def incidents(lines: int) -> dict[str, Incident]:
    """Return the incident of each fault ``F<n>``: one for each node."""
    found: dict[str, Incident] = {}
    for first in range(0, lines, A_NODE):
        faults = tuple(f"F{n}" for n in range(first, first + A_NODE))
        made = Incident(number=first + 1, carrier="c", node=f"n{first}", first_failed_at=after(0), faults=faults)
        found |= dict.fromkeys(faults, made)
    return found


@pytest.mark.parametrize("grouped", [True, False], ids=["100 incidents", "single faults"])
@pytest.mark.parametrize("paced", [True, False], ids=["robot", "mail"])
def test_what_is_next_is_found_at_once_however_much_waits(grouped: bool, paced: bool) -> None:
    """Seconds of `Queue.next` a letter, with ten times as many messages waiting."""
    took: dict[int, float] = {}
    for lines in (SMALL, LINES):
        queue = Queue(groups=True, incident_of=(incidents(lines) if grouped else {}).get)
        tracemalloc.start()
        queue.put(delivery(n) for n in range(lines))
        held = tracemalloc.get_traced_memory()[0] / lines
        tracemalloc.stop()
        queue.next(after(60), Allowance((Pace(0, timedelta(minutes=1)),)).room(0.0))  # all of them awake
        room = Allowance((Pace(20, timedelta(minutes=1)),) if paced else ()).room(0.0)
        letters, spent, worst = 0, 0.0, 0.0
        while letters < 400:
            began = time.perf_counter()
            picked = queue.next(after(60), room)
            wait = time.perf_counter() - began
            if not isinstance(picked, tuple):
                break
            letters, spent, worst = letters + 1, spent + wait, max(worst, wait)
            queue.settle(picked, [replace(each, state=State.DELIVERED, ended_at=after(60)) for each in picked])
        took[lines] = spent / letters
        print(
            f"\n  {lines:6} waiting: {spent / letters * 1e6:6.0f} µs a letter, at worst {worst * 1e3:5.1f} ms;"
            f" {held:.0f} bytes a message"
        )
    assert took[LINES] / took[SMALL] < PER_LETTER


async def test_an_outage_of_every_line_is_routed_and_told(tmp_path: Path) -> None:
    """50,000 messages through three channels: routed, sent, marked; how long the event loop stands still."""
    store = hasty(Store.open(f"sqlite:///{tmp_path}/monitor.db"))
    known = incidents(LINES)
    with timed("committed"):
        for first in range(0, LINES, 1000):
            events = tuple(event for n in range(first, first + 1000) for event in opened(n))
            store.commit(Batch(judged_at=after(0), sight=Sight(), numbered=None, events=events))
    robot = FakeSender("robot", paces=(Pace(20, timedelta(seconds=1)),))  # a minute passes in a second
    hook, mail = FakeSender("hook", groups=False), FakeSender("mail")
    began = time.monotonic()

    async def ask(question: Callable[[Store], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(None, question, store)

    outbox = Outbox(
        ask,
        now=lambda: after(60 + time.monotonic() - began),
        monotonic=time.monotonic,
        incident_of=known.get,
        told=lambda _, __: None,
    )
    outbox.adopt(FakeWays({each.name: each for each in (robot, hook, mail)}, most_together=100))
    lags: list[float] = []
    watching = asyncio.create_task(lag(lags))
    carrying = asyncio.create_task(outbox.run())
    for what, done in (
        ("routed", lambda: not store.unrouted(1)),
        ("told by mail and robot", lambda: len(mail.took) == len(robot.took) == LINES),
        ("told by webhook, one by one", lambda: len(hook.took) == LINES),
        ("on record", lambda: 0 == store.on_their_way().count),
    ):
        while not await asyncio.to_thread(done):  # noqa: ASYNC110 - it is asked of a database
            await asyncio.sleep(0.2)
        took = time.monotonic() - began
        print(f"\n  {what} after {took:6.1f} s; the loop stood still for {max(lags) * 1e3:.0f} ms at most", end="")
        lags[:] = [0.0]
    with timed("unreached_since"):
        outbox.unreached_since(after(3600))
    await outbox.finish(5)
    carrying.cancel()
    watching.cancel()
    await asyncio.gather(carrying, watching, return_exceptions=True)
    with timed("on_their_way"):
        store.on_their_way()
    store.close()


def opened(n: int) -> Iterator[Event]:
    no, line = f"F{n}", f"l{n}"
    yield FaultOpened(
        at=after(0),
        no=no,
        line=line,
        unit=f"u{n}",
        carrier="c",
        role="primary",
        node=None,
        source=Source.MONITOR,
        policy_version="p",
        first_failed_at=after(0),
        detected_at=after(0),
        discovered_at=after(0),
        repeat_of=None,
    )
    yield MessageDue(at=after(0), due_at=after(0), message=MessageKind.OPENED, no=no, line=line, carrier="c")


async def lag(seen: list[float]) -> None:
    """Note by how much the event loop is late."""
    seen.append(0.0)
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        seen.append(time.perf_counter() - before - 0.005)


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"\n  {what}: {time.perf_counter() - began:.2f} s", end="")
