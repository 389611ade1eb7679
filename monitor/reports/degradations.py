"""Degradations of a period: when which line answered badly (section 12). They are no faults and have no deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.faults.events import DegradationBegan, DegradationEnded, Event
from monitor.faults.terms import Cause
from monitor.inventory.model import Inventory
from monitor.sla.review import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class DegradationRow:
    """A time over which a line answered badly (section 12); ``ended_at`` is None while it lasts. No limit holds."""

    line: str
    unit: str
    unit_name: str
    carrier: str
    carrier_name: str
    role: str
    cause: Cause
    began_at: datetime
    ended_at: datetime | None


def degradations(material: Material, events: Iterable[Event]) -> tuple[DegradationRow, ...]:
    """Return the degradations that lasted in the period up to ``as_of``, of lines that it knows, by their beginning.

    ``events`` are in the order of the ledger.
    """
    lines, until = material.inventory.lines, min(material.now, material.period[1])
    rows = [
        _row(began, ended_at, material.inventory)
        for began, ended_at in _pairs(events)
        if began.line in lines and began.began_at < until and (ended_at is None or ended_at > material.period[0])
    ]
    return tuple(sorted(rows, key=lambda row: (row.began_at, row.line)))


def _pairs(events: Iterable[Event]) -> Iterator[tuple[DegradationBegan, datetime | None]]:
    """Yield each beginning with its end, None while it lasts."""
    lasting: dict[str, DegradationBegan] = {}
    for event in events:
        match event:
            case DegradationBegan():
                lasting[event.line] = event
            case DegradationEnded() if event.line in lasting:
                yield lasting.pop(event.line), event.at
            case _:
                pass
    for began in lasting.values():
        yield began, None


def _row(began: DegradationBegan, ended_at: datetime | None, inventory: Inventory) -> DegradationRow:
    line = inventory.lines[began.line]
    unit, carrier = inventory.units.get(line.unit), inventory.carriers.get(line.carrier)
    return DegradationRow(
        line=line.id,
        unit=line.unit,
        unit_name=unit.name if unit else line.unit,
        carrier=line.carrier,
        carrier_name=carrier.name if carrier else line.carrier,
        role=line.role.value,
        cause=began.cause,
        began_at=began.began_at,
        ended_at=ended_at,
    )
