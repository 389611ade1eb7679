"""Commit numbered events for ever, saying each number that is safe: a process to be killed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from monitor.faults.blindness import Sight
from monitor.faults.events import BlipSeen, ClockStepped, Event
from monitor.store.batch import Batch
from monitor.store.store import Store

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
A_BATCH = 7


def run(url: str) -> None:
    """Go on behind what the ledger holds."""
    store = Store.open(url)
    number = sum(isinstance(recorded.event, ClockStepped) for recorded in store.events())
    while True:
        at = BEGIN + timedelta(seconds=number)
        events: list[Event] = []
        for _ in range(A_BATCH):
            number += 1
            events += [
                ClockStepped(at=at, seconds=float(number)),
                BlipSeen(at=at, line="l1", first_failed_at=at, rounds=1),
            ]
        store.commit(Batch(judged_at=at, sight=Sight(), numbered=None, events=tuple(events)))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run(sys.argv[1])
