"""What one commit writes, and what a start finds: plain values between the daemon and the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.faults.blindness import Sight
from monitor.faults.events import Event
from monitor.faults.evidence import Testimony
from monitor.faults.fault import Fault
from monitor.faults.outage import Watch
from monitor.store.chain import Head
from monitor.store.inbox import Answer
from monitor.store.measurements import NOTHING_MEASURED, Measured, Resumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything of one commit: all of it is written, or nothing.

    ``judged_at`` is the heartbeat: the last instant judged. ``sight`` and ``numbered`` are as they stand then.
    ``configurations`` are the texts named by `ConfigurationAdopted` events, whose digest is `chain.digest_of` them.
    ``answers`` are those to people's actions, whose events are among these.
    """

    judged_at: datetime
    sight: Sight
    numbered: tuple[date, int] | None
    events: tuple[Event, ...] = ()
    measured: Measured = NOTHING_MEASURED
    configurations: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Where the last run stood: what judging, measuring and writing go on from.

    ``judged_at`` is None on a new database. ``faults`` are the open ones, those under observation, and the latest of
    each line. ``head`` is the last row of the ledger; ``software`` the version that wrote last.
    """

    judged_at: datetime | None = None
    watches: Mapping[str, Watch] = field(default_factory=dict)
    testimonies: Mapping[str, Testimony] = field(default_factory=dict)
    sight: Sight = field(default_factory=Sight)
    faults: tuple[Fault, ...] = ()
    numbered: tuple[date, int] | None = None
    resumed: Resumed = field(default_factory=Resumed)
    head: Head = field(default_factory=Head)
    software: str | None = None
