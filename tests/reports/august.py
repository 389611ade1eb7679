"""What stands behind the sample county's August, with which its September is compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from monitor.faults.terms import Party
from monitor.inventory.model import UnitKind
from monitor.reports.figures import FaultRow, Figure, Ground, UnitRow
from monitor.sla.verdict import Verdict
from tests.reports.september import BEGIN, CARRIERS, NAMES, at, fault, length, line_rows

AUGUST = at("2026-08-01 00:00"), BEGIN
WINDOW = AUGUST[1] - AUGUST[0]
ONE_DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
UNITS, LINES = 101, 120
UP, KNOWN = Fraction(998_612, 1_000_000), Fraction(997_500, 1_000_000)
REPAIRS = (*(3_600,) * 5, *(10_920,) * 2, *(20_000,) * 2, 60_000, 60_000, 67_376)
"""Seconds: nine within the limit, three beyond it; 6 h 11 min 8 s in the mean, 3 h 2 min in the middle."""
OTHERS = (Party.UNIT, Party.UNIT, Party.THIRD_PARTY)


def august() -> Ground:
    """Return the rows: fifteen faults of thirteen units, three of them not the carriers' and three overdue."""
    faults = [_fault(number, seconds, Party.CARRIER) for number, seconds in enumerate(REPAIRS)]
    faults += [_fault(len(faults) + number, 7_200, party) for number, party in enumerate(OTHERS)]
    return Ground(
        period=AUGUST,
        as_of=AUGUST[1],
        policy="2026-1",
        faults=tuple(faults),
        units=tuple(_unit(name) for name in list(NAMES)[:UNITS]),
        lines=tuple(line_rows("mobile", LINES, window=WINDOW, known=KNOWN, raw=UP, assessed=UP)),
        incidents=(),
    )


def _fault(number: int, seconds: int, party: Party) -> FaultRow:
    """Return the fault of a day; the last two are of units that had one before."""
    begun: datetime = AUGUST[0] + (2 * number + 1) * ONE_DAY
    verdict = Verdict.ON_TIME if seconds <= 12 * 3600 else Verdict.LATE
    made = fault(
        f"F202608{2 * number + 2:02}-0001",
        list(NAMES)[number % 13],
        list(CARRIERS)[number % len(CARRIERS)],
        f"{begun + 8 * timedelta(hours=1):%Y-%m-%d %H:%M}",
        hours=seconds / 3600,
        verdict=verdict if party.answers else Verdict.EXEMPT,
        party=party,
    )
    return replace(made, counted=True, missed=made.verdict is Verdict.LATE)


def _unit(name: str) -> UnitRow:
    return UnitRow(
        id=name,
        name=NAMES[name][0],
        kind=UnitKind.OTHER,
        lines=1,
        faults=0,
        window=WINDOW,
        unknown=timedelta(),
        down=length(WINDOW, 1 - UP),
        availability=Figure(key=f"last:unit:{name}.availability", value=UP),
        low=UP,
        high=UP,
        coverage=Fraction(1),
    )
