"""The rows that every figure of a report comes from: a period's faults, units, lines and incidents (section 11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.inventory.model import Inventory, Unit, UnitKind
from monitor.reports.figures import FaultRow, Figure, Ground, IncidentRow, Indicator, LineRow, UnitRow
from monitor.sla.availability import LineFigures, UnitFigures
from monitor.sla.history import episodes
from monitor.sla.review import Material, availability
from monitor.sla.spans import Span
from monitor.sla.verdict import Reading, Verdict, read

WORST = 10  # units
BROKEN = (Verdict.OVERDUE, Verdict.LATE)


def ground_of(material: Material) -> Ground:
    """Return the rows that the figures of a period come from, as known at ``material.now``."""
    found = availability(material)
    faults = _fault_rows(material)
    lines = _line_rows(found.lines, material.inventory)
    return Ground(
        period=material.period,
        as_of=min(material.now, material.period[1]),
        policy=material.policy.version,
        faults=faults,
        units=with_worst(_unit_rows(found.units, material.inventory, lines, faults)),
        lines=lines,
        incidents=tuple(_incident_rows(material)),
    )


# -- faults --------------------------------------------------------------------------------------------------------


def _fault_rows(material: Material) -> tuple[FaultRow, ...]:
    """Return the faults discovered, down or missed in the period, by discovery; the rest stand behind no figure."""
    incident = {no: each.number for each in material.incidents for no in each.faults}
    rows = (_fault_row(fault, material, incident.get(fault.no)) for fault in material.faults)
    concerned = (row for row, down in rows if row.counted or row.missed or down)
    return tuple(sorted(concerned, key=lambda row: (row.discovered_at, row.no)))


def _fault_row(fault: Fault, material: Material, incident: int | None) -> tuple[FaultRow, bool]:
    """Return the row of a fault, and whether its line was down by it in the period."""
    reading = read(fault, material.policies.named(fault.policy_version).clock, material.read_at)
    inventory, (begin, end) = material.inventory, material.period
    unit, carrier = inventory.units.get(fault.unit), inventory.carriers.get(fault.carrier)
    row = FaultRow(
        no=fault.no,
        line=fault.line,
        unit=fault.unit,
        unit_name=unit.name if unit else fault.unit,
        carrier=fault.carrier,
        carrier_name=carrier.name if carrier else fault.carrier,
        role=fault.role,
        first_failed_at=fault.episodes[0].first_failed_at,
        discovered_at=fault.discovered_at,
        deadline_at=reading.deadline_at,
        restored_at=fault.episode.restored_at,
        elapsed=reading.elapsed,
        excluded=reading.excluded,
        verdict=reading.verdict,
        party=fault.party,
        counted=begin <= fault.discovered_at < end,
        missed=_missed(reading, material.period),
        incident=incident,
        repeat_of=fault.repeat_of,
        flapping=fault.flapping,
    )
    return row, any(since < end and until > begin for since, until in episodes(fault))


def _missed(reading: Reading, period: Span) -> bool:
    """Tell whether the deadline was missed in the period: there an overdue is counted."""
    due = reading.deadline_at
    return reading.verdict in BROKEN and due is not None and period[0] <= due < period[1]


# -- lines and units -----------------------------------------------------------------------------------------------


def _line_rows(found: Mapping[str, LineFigures], inventory: Inventory) -> tuple[LineRow, ...]:
    """Return the lines in service in the period, in the order of the inventory."""
    return tuple(
        LineRow(
            id=line.id,
            unit=line.unit,
            carrier=line.carrier,
            role=line.role.value,
            window=figures.window,
            unknown=figures.unknown,
            down=figures.down,
            excluded=figures.excluded,
            assessed_down=figures.assessed_down,
        )
        for line in inventory.lines.values()
        if (figures := found[line.id]).window
    )


def _unit_rows(
    found: Mapping[str, UnitFigures], inventory: Inventory, lines: Iterable[LineRow], faults: Iterable[FaultRow]
) -> list[UnitRow]:
    """Return the units with a line in service in the period, in the order of the inventory."""
    own, hit = Counter(line.unit for line in lines), Counter(fault.unit for fault in faults if fault.counted)
    return [
        _unit_row(name, figures, inventory.units.get(name), lines=own[name], faults=hit[name])
        for name, figures in found.items()
        if figures.window
    ]


def _unit_row(name: str, figures: UnitFigures, unit: Unit | None, *, lines: int, faults: int) -> UnitRow:
    return UnitRow(
        id=name,
        name=unit.name if unit else name,
        kind=unit.kind if unit else UnitKind.OTHER,
        lines=lines,
        faults=faults,
        window=figures.window,
        unknown=figures.unknown,
        down=figures.down,
        availability=Figure(key=f"unit:{name}.{Indicator.AVAILABILITY}", value=figures.raw),
        low=figures.raw_low,
        high=figures.raw_high,
        coverage=figures.coverage,
    )


def with_worst(units: Sequence[UnitRow]) -> tuple[UnitRow, ...]:
    """Mark the ten units of the lowest raw availability.

    N/A and 100 % are never marked; of those that tie with the tenth, all are: there may be more than ten.
    """
    known = sorted(share for unit in units if isinstance(share := unit.availability.value, Fraction) and share < 1)
    if not known:
        return tuple(units)
    limit = known[:WORST][-1]
    return tuple(
        replace(unit, among_worst=isinstance(share := unit.availability.value, Fraction) and share <= limit)
        for unit in units
    )


# -- incidents -----------------------------------------------------------------------------------------------------


def _incident_rows(material: Material) -> Iterable[IncidentRow]:
    """Yield the incidents discovered in the period, or of which a line was down in it, by number."""
    faults = {fault.no: fault for fault in material.faults}
    for incident in sorted(material.incidents, key=lambda each: each.number):
        members = [faults[no] for no in incident.faults if no in faults]
        if members:
            yield _incident_row(incident, members, material)


def _incident_row(incident: Incident, members: Sequence[Fault], material: Material) -> IncidentRow:
    begin, end = material.period
    node = None if incident.node is None else material.inventory.nodes.get(incident.node)
    discovered: datetime = min(fault.discovered_at for fault in members)
    return IncidentRow(
        number=incident.number,
        carrier=incident.carrier,
        node=incident.node,
        node_name=node.name if node else incident.node,
        first_failed_at=incident.first_failed_at,
        discovered_at=discovered,
        faults=tuple(fault.no for fault in members),
        lines=tuple(dict.fromkeys(fault.line for fault in members)),
        counted=begin <= discovered < end,
    )
