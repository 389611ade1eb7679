"""What page one tells beside its indicators: how many are open, lowest, lacking; how much time there was, and known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from monitor.reports.figures import FaultRow, Figures, GapRow
from monitor.reports.scopes import BROKEN, Kind, Reason
from monitor.sla.verdict import Verdict


class Beside(StrEnum):
    """A number of the county that is no indicator: it stands in a sentence, and not where it is 0."""

    EARLIER = "earlier"
    """Limits missed in the period, of faults discovered before it."""
    LATER = "later"
    """Late and overdue faults of the period that missed their limit after it."""
    OPEN = "open"
    """Open faults within their limit, whenever discovered."""
    LOWEST = "lowest"
    """The units of the lowest availability, below 100 %."""
    GAPS = "gaps"
    """Gaps of the registers; a hint is none."""
    WINDOW = "window"
    """The units' time in service."""
    UNKNOWN = "unknown"
    """What of that is unknown."""
    LOW = "low"
    """Mean unit availability with all that is unknown taken as down; told only where too little is known."""
    HIGH = "high"
    """The same with all of it taken as up."""


def _faults(wanted: Callable[[FaultRow], bool]) -> Callable[[Figures], Iterator[Reason]]:
    return lambda figures: (Reason(Kind.FAULT, fault.no, 1) for fault in figures.faults if wanted(fault))


def _lowest(figures: Figures) -> Iterator[Reason]:
    for unit in figures.units:
        share = unit.availability.value
        if unit.among_worst and isinstance(share, Fraction) and share < 1:
            yield Reason(Kind.UNIT, unit.id, 1)


def _gaps(figures: Figures) -> Iterator[Reason]:
    return (Reason(Kind.GAP, _named(row), 1) for row in figures.gaps if not row.gap.kind.is_hint)


def _named(row: GapRow) -> str:
    gap = row.gap
    which = gap.line or (gap.entry if gap.entry != gap.subject else None)
    return "/".join(part for part in (gap.register, gap.subject, which, gap.kind.value) if part)


def _windows(figures: Figures) -> Iterator[Reason]:
    return (Reason(Kind.UNIT, unit.id, unit.window) for unit in figures.units)


def _unknown(figures: Figures) -> Iterator[Reason]:
    return (Reason(Kind.UNIT, unit.id, unit.unknown) for unit in figures.units if unit.unknown > timedelta())


def _bound(*, unknown_is_up: bool) -> Callable[[Figures], Iterator[Reason]]:
    """Return the way to list what each unit was up at least, or at most, of its time in service."""

    def least_or_most(figures: Figures) -> Iterator[Reason]:
        for unit in figures.units:
            down = unit.down if unknown_is_up else unit.down + unit.unknown
            if unit.window:
                yield Reason(Kind.UNIT, unit.id, unit.window - down, unit.window)

    return least_or_most


REASONS: Mapping[Beside, Callable[[Figures], Iterator[Reason]]] = {
    Beside.EARLIER: _faults(lambda fault: fault.missed and not fault.counted),
    Beside.LATER: _faults(lambda fault: fault.counted and fault.verdict in BROKEN and not fault.missed),
    Beside.OPEN: _faults(lambda fault: fault.verdict is Verdict.RUNNING),
    Beside.LOWEST: _lowest,
    Beside.GAPS: _gaps,
    Beside.WINDOW: _windows,
    Beside.UNKNOWN: _unknown,
    Beside.LOW: _bound(unknown_is_up=False),
    Beside.HIGH: _bound(unknown_is_up=True),
}
BOUNDS = (Beside.LOW, Beside.HIGH)
LENGTHS = (Beside.WINDOW, Beside.UNKNOWN)
