"""Whose a figure is, and which rows of a period stand behind it (section 11 of the fault rules)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from monitor.reports.figures import FaultRow, Figure, Ground, IncidentRow, Indicator, LineRow, UnitRow
from monitor.sla.verdict import Verdict

BROKEN = (Verdict.LATE, Verdict.OVERDUE)
JUDGED = (Verdict.ON_TIME, *BROKEN)


class Kind(StrEnum):
    """What a ground is."""

    FAULT = "fault"
    UNIT = "unit"
    LINE = "line"
    INCIDENT = "incident"
    CARRIER = "carrier"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a figure: what it is, what it adds, and to how much of a whole (None: it is told by itself).

    ``faults`` are the numbers of the period's faults of a unit or line, or of those that an incident is made of,
    ``decided`` the figures by which a carrier stands where it does.
    """

    kind: Kind
    id: str
    part: int | timedelta
    whole: int | timedelta | None = None
    faults: tuple[str, ...] = ()
    decided: tuple[Figure, ...] = ()


class Level(StrEnum):
    """Of what there are figures; the key's first word."""

    COUNTY = "county"
    CARRIER = "carrier"
    UNIT = "unit"
    LINE = "line"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The rows of a period that are of the county, a carrier, a unit or a line; ``units`` are those of its lines."""

    level: Level
    id: str
    faults: tuple[FaultRow, ...]
    units: tuple[UnitRow, ...]
    lines: tuple[LineRow, ...]
    incidents: tuple[IncidentRow, ...]

    @property
    def name(self) -> str:
        """``county``, ``carrier:ID``, ``unit:ID``, ``line:ID``."""
        return f"{self.level}:{self.id}" if self.id else self.level.value

    @property
    def known(self) -> bool:
        """Tell whether anything at all is known of its lines in the period."""
        return any(line.window > line.unknown for line in self.lines)

    @cached_property
    def accountable(self) -> tuple[FaultRow, ...]:
        """The faults discovered in the period of which the party is the carrier or undetermined."""
        return tuple(fault for fault in self.faults if fault.counted and fault.party.answers)

    @cached_property
    def faults_of(self) -> Mapping[tuple[Kind, str], tuple[str, ...]]:
        """The numbers of the faults of each unit and line."""
        found: dict[tuple[Kind, str], list[str]] = defaultdict(list)
        for fault in self.faults:
            found[Kind.UNIT, fault.unit].append(fault.no)
            found[Kind.LINE, fault.line].append(fault.no)
        return {whose: tuple(numbers) for whose, numbers in found.items()}


def scope(ground: Ground, level: Level, of: str = "") -> Scope:
    """Return the rows that are of one carrier, unit or line, or all of them for the county."""
    if level is Level.COUNTY:
        return Scope(
            level=level,
            id="",
            faults=ground.faults,
            units=ground.units,
            lines=ground.lines,
            incidents=ground.incidents,
        )
    lines = tuple(line for line in ground.lines if of == (line.id if level is Level.LINE else getattr(line, level)))
    units = {line.unit for line in lines}
    return Scope(
        level=level,
        id=of,
        faults=tuple(fault for fault in ground.faults if getattr(fault, level) == of),
        units=tuple(unit for unit in ground.units if unit.id in units),
        lines=lines,
        incidents=tuple(each for each in ground.incidents if level is Level.CARRIER and each.carrier == of),
    )


# -- what stands behind each indicator ---------------------------------------------------------------------------

Reasons = Callable[[Scope], Iterator[Reason]]


def _counted(scope: Scope) -> Iterator[Reason]:
    return (Reason(Kind.FAULT, fault.no, 1) for fault in scope.faults if fault.counted)


def _missed(scope: Scope) -> Iterator[Reason]:
    return (Reason(Kind.FAULT, fault.no, 1) for fault in scope.faults if fault.missed)


def _accountable(*verdicts: Verdict) -> Reasons:
    """Return the way to list the faults that the carrier answers for and that have such a verdict."""
    return lambda scope: (Reason(Kind.FAULT, fault.no, 1) for fault in scope.accountable if fault.verdict in verdicts)


def _share_of(*verdicts: Verdict) -> Reasons:
    """Return the way to list what was judged, the faults with such a verdict as parts of it."""
    return lambda scope: (
        Reason(Kind.FAULT, fault.no, int(fault.verdict in verdicts), 1)
        for fault in scope.accountable
        if fault.verdict in JUDGED
    )


def _repairs(scope: Scope) -> Iterator[Reason]:
    repaired = (fault for fault in scope.accountable if fault.restored_at is not None)
    return (Reason(Kind.FAULT, fault.no, fault.elapsed) for fault in repaired)


def _units(scope: Scope) -> Iterator[Reason]:
    return (Reason(Kind.UNIT, unit.id, 1) for unit in scope.units)


def _lines(scope: Scope) -> Iterator[Reason]:
    return (Reason(Kind.LINE, line.id, 1) for line in scope.lines)


def _units_affected(scope: Scope) -> Iterator[Reason]:
    hit: dict[str, list[str]] = defaultdict(list)
    for fault in scope.faults:
        if fault.counted:
            hit[fault.unit].append(fault.no)
    return (Reason(Kind.UNIT, unit, 1, None, tuple(numbers)) for unit, numbers in hit.items())


def _incidents(scope: Scope) -> Iterator[Reason]:
    counted = (each for each in scope.incidents if each.counted)
    return (Reason(Kind.INCIDENT, str(each.number), 1, None, each.faults) for each in counted)


def _rows(scope: Scope, *, of_units: bool) -> Iterator[tuple[LineRow | UnitRow, Kind, tuple[str, ...]]]:
    kind, rows = (Kind.UNIT, scope.units) if of_units else (Kind.LINE, scope.lines)
    return ((row, kind, scope.faults_of.get((kind, row.id), ())) for row in rows)


def _up(scope: Scope) -> Iterator[Reason]:
    """List the known time up: of units for the county and a unit, of lines for the others."""
    for row, kind, faults in _rows(scope, of_units=scope.level in (Level.COUNTY, Level.UNIT)):
        known = row.window - row.unknown
        if known:
            yield Reason(kind, row.id, known - row.down, known, faults)


def _known(scope: Scope) -> Iterator[Reason]:
    """List the time in service that is known: of a unit as a whole, else of lines."""
    for row, kind, _ in _rows(scope, of_units=scope.level is Level.UNIT):
        yield Reason(kind, row.id, row.window - row.unknown, row.window)


def _assessed(scope: Scope) -> Iterator[Reason]:
    """List what the carrier answers for of the known time of each line, and was up."""
    for line in scope.lines:
        answered = line.window - line.unknown - line.excluded
        faults = scope.faults_of.get((Kind.LINE, line.id), ())
        yield Reason(Kind.LINE, line.id, answered - line.assessed_down, answered, faults)


REASONS: Mapping[Indicator, Reasons] = {
    Indicator.UNITS: _units,
    Indicator.LINES: _lines,
    Indicator.AVAILABILITY: _up,
    Indicator.ASSESSED: _assessed,
    Indicator.COVERAGE: _known,
    Indicator.FAULTS: _counted,
    Indicator.ACCOUNTABLE: _accountable(*Verdict),
    Indicator.UNITS_AFFECTED: _units_affected,
    Indicator.INCIDENTS: _incidents,
    Indicator.ON_TIME: _accountable(Verdict.ON_TIME),
    Indicator.LATE: _accountable(Verdict.LATE),
    Indicator.OVERDUE: _accountable(Verdict.OVERDUE),
    Indicator.DISPUTABLE: _accountable(Verdict.DISPUTABLE),
    Indicator.RUNNING: _accountable(Verdict.RUNNING),
    Indicator.MISSED: _missed,
    Indicator.ON_TIME_RATE: _share_of(Verdict.ON_TIME),
    Indicator.OVERDUE_RATE: _share_of(*BROKEN),
    Indicator.MEAN_REPAIR: _repairs,
    Indicator.MEDIAN_REPAIR: _repairs,
}

NOT_OF_A_LINE = (Indicator.UNITS, Indicator.LINES, Indicator.UNITS_AFFECTED, Indicator.INCIDENTS)
NOT_OF_A_UNIT = (Indicator.UNITS, Indicator.ASSESSED, Indicator.UNITS_AFFECTED, Indicator.INCIDENTS)
TOLD_OF: Mapping[Level, tuple[Indicator, ...]] = {
    Level.COUNTY: tuple(Indicator),
    Level.CARRIER: tuple(Indicator),
    Level.UNIT: tuple(each for each in Indicator if each not in NOT_OF_A_UNIT),
    Level.LINE: tuple(each for each in Indicator if each not in NOT_OF_A_LINE),
}
"""Which indicators there are of what."""
