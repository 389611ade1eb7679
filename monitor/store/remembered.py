"""Where the last run stood, read back in a few queries."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from monitor.faults.blindness import Sight
from monitor.faults.evidence import Testimony
from monitor.faults.fault import Fault, Status
from monitor.faults.outage import Watch
from monitor.store import tables
from monitor.store.batch import Remembered
from monitor.store.chain import Head
from monitor.store.codec import fault_of, heard_of, sight_of, watch_of
from monitor.store.errors import LedgerConflict
from monitor.store.measurements import Resumed
from monitor.store.rollups import Rollup, buckets_of
from monitor.store.stretches import Stretch


def remembered(connection: Connection) -> Remembered:
    """Return where the last run stood.

    Raises:
        Unreadable: what is stored does not read.
        LedgerConflict: the row of `standing` is gone.
    """
    stood = connection.execute(select(tables.standing)).one_or_none()
    if stood is None:
        raise LedgerConflict("the table standing has lost its row: restore a backup")
    return Remembered(
        judged_at=stood.judged_at,
        watches=watches(connection),
        testimonies=heard(connection),
        sight=Sight() if stood.sight is None else sight_of(stood.sight),
        faults=_live_faults(connection),
        numbered=None if stood.numbered_on is None else (date.fromisoformat(stood.numbered_on), stood.numbered),
        resumed=Resumed(stretches=_open_stretches(connection), hours=_running_hours(connection, stood)),
        head=Head(stood.head_seq, stood.head_hash),
        software=stood.software,
    )


def watches(connection: Connection) -> dict[str, Watch]:
    """Return the state of every line ever judged."""
    columns = tables.line_state.c
    return {
        line: Watch(last_at, True) if body is None else watch_of(body, line)
        for line, last_at, body in connection.execute(select(columns.line, columns.last_at, columns.body))
    }


def heard(connection: Connection, line: str | None = None) -> dict[str, Testimony]:
    """Return what the devices of lines said around their latest outages, of one line or of all."""
    columns = tables.line_state.c
    query = select(columns.line, columns.heard).where(columns.heard.is_not(None))
    if line is not None:
        query = query.where(columns.line == line)
    return {name: heard_of(body, name) for name, body in connection.execute(query)}


def rollup_of(found: Row[Any]) -> Rollup:
    """Return a row of the table ``hourly``."""
    return Rollup(
        line=found.line,
        hour=found.hour,
        good=found.good,
        bad=found.bad,
        error=found.error,
        sent=found.sent,
        received=found.received,
        echoes=found.echoes,
        rtt_sum=found.rtt_sum,
        rtt_min=found.rtt_min,
        rtt_max=found.rtt_max,
        buckets=buckets_of(found.buckets),
    )


def _live_faults(connection: Connection) -> tuple[Fault, ...]:
    """Return the faults not closed, and the latest of each line, by discovery."""
    age = func.row_number().over(
        partition_by=tables.fault.c.line, order_by=(tables.fault.c.discovered_at.desc(), tables.fault.c.no.desc())
    )
    aged = select(tables.fault, age.label("age")).subquery()
    live = or_(aged.c.status != Status.CLOSED.value, aged.c.age == 1)
    query = select(aged.c.no, aged.c.body).where(live).order_by(aged.c.discovered_at, aged.c.no)
    return tuple(fault_of(body, no) for no, body in connection.execute(query))


def _open_stretches(connection: Connection) -> tuple[Stretch, ...]:
    return tuple(Stretch(*row) for row in connection.execute(select(tables.open_stretch)))


def _running_hours(connection: Connection, stood: Row[Any]) -> tuple[Rollup, ...]:
    if stood.judged_at is None:
        return ()
    since = stood.judged_at.replace(minute=0, second=0, microsecond=0)
    return tuple(
        rollup_of(row) for row in connection.execute(select(tables.hourly).where(tables.hourly.c.hour >= since))
    )
