"""Where the judging stands between two instants: what a restart goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.editions.edition import Edition
from monitor.faults.blindness import Sight
from monitor.faults.degradation import Quality
from monitor.faults.events import DegradationBegan
from monitor.faults.evidence import Testimony
from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window
from monitor.faults.outage import Watch
from monitor.registers.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the judging of the next instant depends on: enough to go on after a restart.

    ``faults`` are the open ones, those under observation, and the latest of each line; ``recent`` those that may still
    group with new ones. ``numbered`` is the local date of the last fault number and how many were given on it.
    """

    judged_at: datetime | None = None
    watches: Mapping[str, Watch] = field(default_factory=dict)
    sight: Sight = field(default_factory=Sight)
    faults: Iterable[Fault] = ()
    recent: Iterable[Fault] = ()
    numbered: tuple[date, int] | None = None
    windows: Iterable[Window] = ()
    entries: Iterable[Entry] = ()
    editions: Iterable[Edition] = ()
    incidents: Iterable[Incident] = ()
    last_incident: int = 0
    testimonies: Mapping[str, Testimony] = field(default_factory=dict)
    qualities: Mapping[str, Quality] = field(default_factory=dict)
    degraded: Mapping[str, DegradationBegan] = field(default_factory=dict)
