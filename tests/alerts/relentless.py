"""Carry a storm's messages, however often it is killed: a process that forks another for every line it reads.

Each of those opens the database, goes on committing where the ledger ends, and runs the outbox until all is told; it is
there to be killed. What is needed is imported once, before: one that is killed has cost no start of Python.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from monitor.alerts.outbox import Outbox
from monitor.alerts.parcel import Parcel
from monitor.alerts.ways import ConfiguredWays
from monitor.config.folder import load
from monitor.faults.blindness import Sight
from monitor.faults.events import Event, FaultOpened, MessageDue
from monitor.faults.fault import begin
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Source
from monitor.store.aside import Aside
from monitor.store.batch import Batch
from monitor.store.projection import message_row
from monitor.store.store import Store
from tests.hurried import HurriedLoop, hurried

BEGIN = datetime(2026, 9, 1, 5, 2, tzinfo=UTC)
SPEED = 20.0
FAULTS, OF_AN_INCIDENT = 48, 16
KINDS = (MessageKind.OPENED, MessageKind.OVERDUE, MessageKind.RESTORED)
EVERY = 0.4  # seconds between two commits, in which one message falls due
PATIENCE = 2000.0  # seconds after which one that was left alone gives up


def number(fault: int) -> str:
    return f"F20260901-{fault + 1:04d}"


INCIDENT = Incident(
    number=1,
    carrier="unicom",
    node="n",
    first_failed_at=BEGIN,
    faults=tuple(number(fault) for fault in range(OF_AN_INCIDENT)),
)


def batch(place: int) -> Batch:
    """Return what is committed at a place of the storm: all faults open, then all are overdue, then all restored."""
    kind, fault = KINDS[place // FAULTS], place % FAULTS
    no, line, at = number(fault), f"l{fault}", BEGIN + timedelta(seconds=int(place * EVERY))
    events: list[Event] = []
    if kind is MessageKind.OPENED:
        events.append(
            FaultOpened(
                at=at,
                no=no,
                line=line,
                unit=f"u{fault}",
                carrier="unicom",
                role="primary",
                node="n" if fault < OF_AN_INCIDENT else None,
                source=Source.MONITOR,
                policy_version="crash-1",
                first_failed_at=at,
                detected_at=at,
                discovered_at=at,
                repeat_of=None,
            )
        )
    events.append(MessageDue(at=at, due_at=at, message=kind, no=no, line=line, carrier="unicom"))
    numbered = BEGIN.date(), FAULTS if place >= FAULTS else fault + 1
    return Batch(judged_at=at, sight=Sight(), numbered=numbered, events=tuple(events))


def commit(made: Batch, store: Store) -> None:
    store.commit(made)


async def carry(database: str, ways: ConfiguredWays, now: Callable[[], datetime]) -> None:
    """Commit what is left of the storm, and carry until all of it is told."""
    loop, thread, store = asyncio.get_running_loop(), Aside("store"), Store.open(database)

    async def ask(question: Callable[[Store], Any]) -> Any:
        return await loop.run_in_executor(thread, question, store)

    outbox = Outbox(
        ask,
        now=now,
        monotonic=loop.time,
        incident_of=lambda no: INCIDENT if no in INCIDENT.faults else None,
        told=lambda _, __: None,
    )
    outbox.adopt(ways)
    carrying = loop.create_task(outbox.run())
    committed = await ask(lambda store: sum(1 for _ in store.events(kinds=(MessageDue,))))
    for place in range(committed, FAULTS * len(KINDS)):
        await ask(partial(commit, batch(place)))
        outbox.wake()
        await asyncio.sleep(EVERY)
    while await ask(lambda store: store.on_their_way().count):  # noqa: ASYNC110 - it is asked of a database
        await asyncio.sleep(1)
    await outbox.finish(60)
    carrying.cancel()


def read_templates(ways: ConfiguredWays) -> None:
    """Have every text written once, so that no fork has to read the templates first."""
    for place in range(0, FAULTS * len(KINDS), FAULTS):
        opened, *_ = batch(0).events
        *_, due = batch(place).events
        assert isinstance(opened, FaultOpened)
        assert isinstance(due, MessageDue)
        for delivery in ways.deliveries(message_row(0, due), begin(opened), BEGIN):
            parcel = Parcel(delivery=delivery, fault=begin(opened))
            ways.letter(parcel, BEGIN)
            ways.together([parcel, parcel], BEGIN)


def run(folder: Path, began: float) -> None:
    """Fork for every line of the standard input; say the fork's process id, and how it ended."""

    def now() -> datetime:
        return hurried(SPEED, began, BEGIN)

    configuration = load(folder)
    ways = ConfiguredWays(configuration, configuration.policies, now=now, simulated=False)
    read_templates(ways)
    while sys.stdin.readline():
        child = os.fork()
        if child == 0:
            with asyncio.Runner(loop_factory=lambda: HurriedLoop(SPEED)) as runner:
                carrying = carry(configuration.settings.database.reveal(), ways, now)
                runner.run(asyncio.wait_for(carrying, PATIENCE))
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]), float(sys.argv[2]))
