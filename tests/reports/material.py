"""What a September's figures rest on, written by hand: faults by local days and hours, lines watched all the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.faults.events import LineFirstSeen, LineUnknown
from monitor.faults.fault import Episode, Fault, Status
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window
from monitor.faults.terms import Party, Source
from monitor.inventory.model import Carrier, Inventory, Line, Node, Unit
from monitor.policy import Policies, Policy
from monitor.reports.drawing_up import Head
from monitor.reports.figures import PeriodKind
from monitor.sla.history import Histories
from monitor.sla.review import Material
from monitor.sla.spans import Span
from tests.histories import ZONE

HOUR = timedelta(hours=1)
HEAD = Head(county="云岭县", kind=PeriodKind.MONTH, zone=ZONE)


def at(month: int, day: int, hour: float = 0) -> datetime:
    """Return a local hour of a day of 2026, in UTC."""
    return datetime(2026, month, day, tzinfo=ZONE).astimezone(UTC) + hour * HOUR


AUGUST, SEPTEMBER = (at(8, 1), at(9, 1)), (at(9, 1), at(10, 1))
DRAWN_UP = at(10, 1, 8)


def county(**lines: str) -> Inventory:
    """Return a county of lines by id, each of the unit and carrier that its text names: ``L1="u1 c1"``."""
    owned = {line: told.split() for line, told in lines.items()}
    units, carriers = (dict.fromkeys(told[place] for told in owned.values()) for place in (0, 1))
    return Inventory(
        carriers={name: Carrier(id=name, name=f"Carrier {name}", short_name=name.upper()) for name in carriers},
        nodes={f"n-{name}": Node(id=f"n-{name}", carrier=name, name=f"Node {name}") for name in carriers},
        units={name: Unit(id=name, name=f"Unit {name}", short_name=name.upper()) for name in units},
        lines={
            line: Line(id=line, unit=unit, carrier=carrier, node=f"n-{carrier}", address=f"192.0.2.{place}")
            for place, (line, (unit, carrier)) in enumerate(owned.items(), start=1)
        },
    )


def serving(inventory: Inventory, line: str, begin: datetime | None, end: datetime | None = None) -> Inventory:
    """Return an inventory in which a line is in service over ``[begin, end)`` only."""
    dated = replace(inventory.lines[line], in_service_from=begin, in_service_to=end)
    return replace(inventory, lines={**inventory.lines, line: dated})


TWO = county(L1="u1 c1", L2="u2 c2")


def fault(
    number: int,
    line: str,
    *spells: tuple[datetime, datetime | None],
    party: Party = Party.UNDETERMINED,
    last_bad: datetime | None = None,
    inventory: Inventory = TWO,
) -> Fault:
    """Return a fault of a line with an episode a spell, discovered when it began; open if the last one lasts."""
    episodes = tuple(
        Episode(first_failed_at=begin, detected_at=begin, discovered_at=begin, restored_at=end, last_bad_at=end)
        for begin, end in spells
    )
    if last_bad is not None:
        episodes = (*episodes[:-1], replace(episodes[-1], last_bad_at=last_bad))
    entry = inventory.lines[line]
    return Fault(
        no=f"F{number:04d}",
        line=line,
        unit=entry.unit,
        carrier=entry.carrier,
        role="primary",
        node=entry.node,
        source=Source.MONITOR,
        policy_version="2026-1",
        status=Status.OPEN if spells[-1][1] is None else Status.CLOSED,
        episodes=episodes,
        party=party,
    )


def month(
    *faults: Fault,
    inventory: Inventory = TWO,
    period: Span = SEPTEMBER,
    now: datetime = DRAWN_UP,
    unknown: Mapping[str, Iterable[Span]] | None = None,
    seen: Iterable[str] | None = None,
    windows: Iterable[Window] = (),
    incidents: Iterable[Incident] = (),
    policy: Policy | None = None,
) -> Material:
    """Return the material of a period: the lines ``seen`` are known from July to now but for what is ``unknown``."""
    watched = tuple(inventory.lines if seen is None else seen)
    record = Histories()
    record.take(LineFirstSeen(at=at(7, 1), line=line) for line in watched)
    for line, gaps in (unknown or {}).items():
        record.take(LineUnknown(at=end, line=line, unknown_from=begin) for begin, end in gaps)
    return Material(
        now=now,
        period=period,
        histories=record,
        last_seen=dict.fromkeys(watched, now),
        faults=faults,
        inventory=inventory,
        policies=Policies([policy or Policy()]),
        windows=tuple(windows),
        incidents=tuple(incidents),
    )
