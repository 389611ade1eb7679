"""Faults written in hours for the tables of the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.faults.fault import Episode, Fault, Status
from monitor.faults.terms import Source
from tests.histories import START

HOUR = timedelta(hours=1)


def hour(number: float | None) -> datetime | None:
    """Return the instant so many hours after the start, None for None."""
    return None if number is None else START + number * HOUR


def hours(instant: datetime | None) -> float | None:
    """Return an instant as hours after the start, None for None."""
    return None if instant is None else (instant - START) / HOUR


class Ep(NamedTuple):
    """An episode in hours; open while ``restored`` is None."""

    first_failed: float
    discovered: float
    restored: float | None = None
    last_bad: float | None = None
    notified: float | None = None


def episode(ep: Ep) -> Episode:
    """Return the episode; its last bad round falls on its restoration unless given."""
    first_failed, discovered = START + ep.first_failed * HOUR, START + ep.discovered * HOUR
    return Episode(
        first_failed_at=first_failed,
        detected_at=discovered,
        discovered_at=discovered,
        restored_at=hour(ep.restored),
        last_bad_at=hour(ep.restored if ep.last_bad is None else ep.last_bad),
        notified_at=hour(ep.notified),
    )


def fault(*episodes: Ep, status: Status | None = None) -> Fault:
    """Return a fault of the line L1 with these episodes, open or restored as the last one tells."""
    lasting = episodes[-1].restored is None
    return Fault(
        no="F20260901-0001",
        line="L1",
        unit="u1",
        carrier="c1",
        role="primary",
        node=None,
        source=Source.MONITOR,
        policy_version="2026-1",
        status=status or (Status.OPEN if lasting else Status.RESTORED),
        episodes=tuple(episode(ep) for ep in episodes),
    )
