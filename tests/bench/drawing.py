"""``python -m tests.bench.drawing FOLDER BEGIN END``: draws up the figures of a month on record, and tells its cost."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from monitor.config.folder import load
from monitor.faults.events import EVENTS, FaultEvent, MaintenanceApproved, MaintenanceCancelled, MessageDue
from monitor.reports.drawing_up import Head, draw_up
from monitor.reports.explaining import explain
from monitor.reports.figures import PeriodKind
from monitor.reports.grounds import ground_of
from monitor.reports.spelling import of_json, to_json
from monitor.retrospect import gather
from monitor.sla.review import review
from monitor.store.records import Records

T = TypeVar("T")
KINDS = tuple(kind for kind in EVENTS.values() if issubclass(kind, (FaultEvent, MessageDue)))


def main(folder: Path, begin: datetime, end: datetime) -> None:
    """Read what the month rests on, then time each step by its CPU seconds."""
    loaded = load(folder)
    costs: dict[str, float] = {}

    def timed(name: str, step: Callable[[], T]) -> T:
        began = time.process_time()
        made = step()
        costs[name] = time.process_time() - began
        return made

    with Records.of(loaded.settings.database.reveal()) as records:
        material = timed("gather", lambda: gather(records, loaded, (begin, end), end))
        told = (*KINDS, MaintenanceApproved, MaintenanceCancelled)
        events = timed("events", lambda: [recorded.event for recorded in records.events(kinds=told)])
    timed("review", lambda: review(material))
    before = ground_of(material)
    head = Head(county="county", kind=PeriodKind.MONTH, zone=loaded.settings.timezone)
    figures = timed("draw_up", lambda: draw_up(material, head, before=before, events=events))
    costs["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = timed("to_json", lambda: to_json(figures))
    kept = timed("of_json", lambda: of_json(text))
    assert figures == kept
    timed("explain", lambda: explain(kept, "county.availability"))
    costs |= {"faults": len(figures.faults), "megabytes": len(text.encode()) / 1e6}
    costs["memory with json"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(costs))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(datetime.fromisoformat, sys.argv[2:]))
