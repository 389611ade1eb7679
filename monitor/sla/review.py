"""The county over a period: what its lines, units, nodes and carriers come to, in one pass (section 11).

`Material` is all that this rests on. Of a line only its figures are kept, never its interval sets: a year of thousands
of lines takes no more room than a month.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window, nodes_above
from monitor.inventory.model import Inventory, Line
from monitor.policy import Policies, Policy
from monitor.sla.availability import (
    LineFigures,
    LineHistory,
    LineSpans,
    SetFigures,
    UnitFigures,
    line_figures,
    line_spans,
    together,
    unit_figures,
)
from monitor.sla.exclusions import Maintenance
from monitor.sla.figures import (
    Punctuality,
    RepairTimes,
    discovered_in,
    mean_availability,
    overdue_in,
    punctuality,
    repair_times,
)
from monitor.sla.history import Histories, by_line, episodes
from monitor.sla.spans import Span, span, spans
from monitor.sla.spelling import (
    Json,
    spell_bounds,
    spell_line,
    spell_seconds,
    spell_set,
    spell_share,
    spell_time,
    spell_unit,
)
from monitor.sla.verdict import Reading, Verdict, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that the figures of a period are computed from, as known at ``now``.

    ``judged_at`` is the last instant judged, where that is known: clocks are read there at the latest, since nobody can
    say whether a line that was down when the monitor stopped still is. ``faults`` are at least those discovered or down
    in the period, with an exclusion in it, or in one of ``incidents``; ``last_seen`` is the last accepted round of each
    line.
    """

    now: datetime
    period: Span
    histories: Histories
    last_seen: Mapping[str, datetime]
    faults: Sequence[Fault]
    inventory: Inventory
    policies: Policies
    windows: Sequence[Window] = ()
    incidents: Sequence[Incident] = ()
    judged_at: datetime | None = None

    @property
    def read_at(self) -> datetime:
        """When the clocks are read."""
        return self.now if self.judged_at is None else min(self.now, self.judged_at)

    @property
    def policy(self) -> Policy:
        """The version that says what counts as down: in force at the period's last instant, or at ``now`` before it."""
        return self.policies.in_force(min(self.now, self.period[1] - timedelta.resolution))


# -- lines and units ---------------------------------------------------------------------------------------------


class Sets:
    """The interval sets of the lines within the period, each made when it is asked for."""

    def __init__(self, material: Material) -> None:
        """Sort what is asked for by line.

        Whether a line's last round is stale is judged by the version in force at ``now``, so that the months of a year
        come to what the year does.
        """
        self._material, self._period = material, span(*material.period)
        self._count_blips = material.policy.availability.count_blips
        self._rules = material.policies.in_force(material.now).detection
        self._faults = by_line(material.faults)
        self._maintenance = Maintenance(material.windows, material.inventory)

    def of(self, line: Line) -> LineSpans:
        """Return a line's interval sets."""
        return line_spans(self.history(line), self._period, self._material.now, rules=self._rules)

    def history(self, line: Line) -> LineHistory:
        """Return what is on record of a line."""
        return self._material.histories.of(
            line,
            last_seen_at=self._material.last_seen.get(line.id),
            faults=self._faults.get(line.id, ()),
            count_blips=self._count_blips,
            maintenance=self._maintenance.of(line),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """The figures of every line and unit of the inventory, in its order."""

    lines: Mapping[str, LineFigures]
    units: Mapping[str, UnitFigures]


def availability(material: Material) -> Availability:
    """Return the figures of all lines and units."""
    sets, inventory = Sets(material), material.inventory
    lines: dict[str, LineFigures] = {}
    units: dict[str, UnitFigures] = {}
    for unit, own in _by_unit(inventory).items():
        found = {line.id: sets.of(line) for line in own}
        lines.update((line, line_figures(these)) for line, these in found.items())
        units[unit] = unit_figures(found.values())
    return Availability(lines={line: lines[line] for line in inventory.lines}, units=units)


def _by_unit(inventory: Inventory) -> Mapping[str, list[Line]]:
    """Return the lines of every unit, of one without lines too."""
    own: dict[str, list[Line]] = {unit: [] for unit in inventory.units}
    for line in inventory.lines.values():
        own.setdefault(line.unit, []).append(line)
    return own


# -- nodes, carriers, the county ---------------------------------------------------------------------------------


class Level(StrEnum):
    """What figures are shown of."""

    LINE = "line"
    UNIT = "unit"
    NODE = "node"
    CARRIER = "carrier"
    COUNTY = "county"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFigures:
    """Incidents of a period and their lines, by their first discovery; how long lines were down in any, in the period.

    ``line_time`` is a sum over the lines, of known time only, as down time is.
    """

    number: int = 0
    lines: int = 0
    line_time: timedelta = timedelta()


NO_INCIDENT = IncidentFigures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the lines and faults of a carrier come to, or of the county as a whole.

    ``faults`` were discovered in the period; ``punctuality`` counts those that the carrier answers for. ``missed`` is
    how many deadlines were missed in the period, whenever their faults began.
    """

    availability: SetFigures
    faults: int
    punctuality: Punctuality
    missed: int
    repairs: RepairTimes
    incidents: IncidentFigures

    @property
    def exempt(self) -> int:
        """How many of the faults are another party's."""
        return self.faults - self.punctuality.number

    def spelled(self) -> Json:
        """Return the object of a carrier in ``monitor availability --json``."""
        counted, repairs, incidents = self.punctuality, self.repairs, self.incidents
        return {
            "availability": spell_set(self.availability),
            "faults": self.faults,
            "verdicts": {**counted.verdicts, Verdict.EXEMPT.value: self.exempt},
            "on_time_rate": spell_share(counted.on_time_rate),
            "overdue_rate": spell_share(counted.overdue_rate),
            "deadlines_missed": self.missed,
            "repairs": {
                "number": repairs.number,
                "mean_s": None if repairs.mean is None else spell_seconds(repairs.mean),
                "median_s": None if repairs.median is None else spell_seconds(repairs.median),
            },
            "incidents": {
                "number": incidents.number,
                "lines": incidents.lines,
                "line_time_s": spell_seconds(incidents.line_time),
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The figures of a period as known at ``now``, by policy version ``policy``; each mapping is the inventory's order.

    A node's lines are all those below it. ``mean_unit`` is the mean of the units' raw figures.
    """

    now: datetime
    period: Span
    policy: str
    lines: Mapping[str, LineFigures]
    units: Mapping[str, UnitFigures]
    nodes: Mapping[str, SetFigures]
    carriers: Mapping[str, Account]
    county: Account
    mean_unit: float | None

    @property
    def as_of(self) -> datetime:
        """Up to when the figures reach: the period's end, or ``now`` before it."""
        return min(self.now, self.period[1])

    def spelled(self, level: Level) -> Json:
        """Return the object of ``monitor availability --json``."""
        head = {
            "policy_version": self.policy,
            "from": spell_time(self.period[0]),
            "to": spell_time(self.period[1]),
            "as_of": spell_time(self.as_of),
        }
        match level:
            case Level.LINE:
                return head | {"lines": {line: spell_line(found) for line, found in self.lines.items()}}
            case Level.UNIT:
                units = {unit: spell_unit(found) | spell_bounds(found) for unit, found in self.units.items()}
                return head | {"units": units}
            case Level.NODE:
                return head | {"nodes": {node: spell_set(found) for node, found in self.nodes.items()}}
            case Level.CARRIER:
                return head | {"carriers": {carrier: found.spelled() for carrier, found in self.carriers.items()}}
            case Level.COUNTY:
                return head | {"county": self.county.spelled() | {"mean_unit": self.mean_unit}}


def review(material: Material) -> Review:
    """Return all figures of a period."""
    found, inventory, period = availability(material), material.inventory, span(*material.period)
    incidents, readings = _incidents(material), _readings(material)
    lines, faults = lines_by_carrier(found.lines, inventory), _by_carrier(material.faults)

    def account(of: Iterable[LineFigures], with_faults: Sequence[Fault], grouped: IncidentFigures) -> Account:
        discovered = discovered_in(with_faults, period)
        return Account(
            availability=together(of),
            faults=len(discovered),
            punctuality=punctuality(discovered, read=readings),
            missed=len(overdue_in(with_faults, period, read=readings)),
            repairs=repair_times(discovered, read=readings),
            incidents=grouped,
        )

    return Review(
        now=material.now,
        period=material.period,
        policy=material.policy.version,
        lines=found.lines,
        units=found.units,
        nodes={node: together(below) for node, below in _lines_by_node(found.lines, inventory).items()},
        carriers={
            carrier: account(lines.get(carrier, ()), faults.get(carrier, ()), incidents.get(carrier, NO_INCIDENT))
            for carrier in dict.fromkeys((*inventory.carriers, *faults))
        },
        county=account(found.lines.values(), material.faults, _summed(incidents.values())),
        mean_unit=mean_availability(found.units.values()),
    )


def lines_by_carrier(found: Mapping[str, LineFigures], inventory: Inventory) -> Mapping[str, list[LineFigures]]:
    """Return the figures of each carrier's lines."""
    lines: dict[str, list[LineFigures]] = {carrier: [] for carrier in inventory.carriers}
    for line in inventory.lines.values():
        lines.setdefault(line.carrier, []).append(found[line.id])
    return lines


def _lines_by_node(found: Mapping[str, LineFigures], inventory: Inventory) -> Mapping[str, list[LineFigures]]:
    """Return the figures of the lines below each node, by way of others too."""
    lines: dict[str, list[LineFigures]] = {node: [] for node in inventory.nodes}
    for line in inventory.lines.values():
        for node in nodes_above(line.node, inventory):
            lines[node].append(found[line.id])
    return lines


def _by_carrier(faults: Iterable[Fault]) -> Mapping[str, list[Fault]]:
    """Group faults by the carrier that had the line when they began."""
    grouped: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        grouped[fault.carrier].append(fault)
    return grouped


def _readings(material: Material) -> Callable[[Fault], Reading]:
    """Read every clock once."""
    readings = {
        fault.no: read(fault, material.policies.named(fault.policy_version).clock, material.read_at)
        for fault in material.faults
    }
    return lambda fault: readings[fault.no]


def _incidents(material: Material) -> Mapping[str, IncidentFigures]:
    """Return what the incidents of each carrier come to; an incident is the period's in which it was discovered."""
    sets, period, faults = Sets(material), span(*material.period), {fault.no: fault for fault in material.faults}
    number: Counter[str] = Counter()
    lines: dict[str, set[str]] = defaultdict(set)
    lasted: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for incident in material.incidents:
        members = [faults[no] for no in incident.faults if no in faults]
        if min((fault.discovered_at for fault in members), default=None) in period:
            number[incident.carrier] += 1
            lines[incident.carrier].update(fault.line for fault in members)
        for fault in members:
            lasted[incident.carrier, fault.line] += episodes(fault)
    down: dict[str, timedelta] = defaultdict(timedelta)
    for (carrier, line), parts in lasted.items():
        if line in material.inventory.lines:
            down[carrier] += (sets.of(material.inventory.lines[line]).down & spans(parts)).length
    return {
        carrier: IncidentFigures(number=number[carrier], lines=len(lines[carrier]), line_time=down[carrier])
        for carrier in {incident.carrier for incident in material.incidents}
    }


def _summed(carriers: Collection[IncidentFigures]) -> IncidentFigures:
    return IncidentFigures(
        number=sum(each.number for each in carriers),
        lines=sum(each.lines for each in carriers),
        line_time=sum((each.line_time for each in carriers), timedelta()),
    )
