"""The sample county's September as figures, for eyes and tests: small, every annex with something in it.

Counts are counted from the rows, so that what stands on page one is what stands in the annexes. They are counted here,
by this file alone: that the report's own lists come to them is for the tests to see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from monitor.inventory.model import UnitKind
from monitor.lab.names import COUNTY
from monitor.policy import Policy
from monitor.registers.figures import Answers, Coverage
from monitor.reports.figures import (
    CarrierRow,
    Compared,
    FaultRow,
    Figure,
    Figures,
    Indicator,
    LineRow,
    MonthPoint,
    PeriodKind,
    Position,
    Rank,
    UnitRow,
    Value,
)
from monitor.sla.verdict import Verdict
from tests.reports.august import august
from tests.reports.september import (
    AMENDMENTS,
    AS_OF,
    BEGIN,
    CARRIERS,
    DEGRADATIONS,
    END,
    FAULTS,
    GAPS,
    INCIDENTS,
    LEFT_OUT,
    NAMES,
    TEXTS,
    ZONE,
    at,
    line_rows,
)

WORST = 10  # units that are marked
_SECOND = timedelta(seconds=1)


def counts(faults: Iterable[FaultRow]) -> dict[Indicator, int]:
    """Count faults as the report does."""
    known = list(faults)
    found = [each for each in known if each.counted]
    verdicts = Counter(each.verdict for each in found if each.party.answers)
    return {
        Indicator.FAULTS: len(found),
        Indicator.ACCOUNTABLE: sum(each.party.answers for each in found),
        Indicator.UNITS_AFFECTED: len({each.unit for each in found}),
        Indicator.INCIDENTS: len({each.incident for each in found if each.incident is not None}),
        Indicator.ON_TIME: verdicts[Verdict.ON_TIME],
        Indicator.LATE: verdicts[Verdict.LATE],
        Indicator.OVERDUE: verdicts[Verdict.OVERDUE],
        Indicator.DISPUTABLE: verdicts[Verdict.DISPUTABLE],
        Indicator.RUNNING: verdicts[Verdict.RUNNING],
        Indicator.MISSED: sum(each.missed for each in known),
    }


def values(faults: Sequence[FaultRow], lines: Sequence[LineRow]) -> dict[Indicator, Value]:
    """Return every figure of a carrier; a line has no time that is excluded."""
    counted = counts(faults)
    judged = counted[Indicator.ON_TIME] + counted[Indicator.LATE] + counted[Indicator.OVERDUE]
    late = judged - counted[Indicator.ON_TIME]
    repairs = [each.elapsed for each in faults if each.counted and each.party.answers and each.restored_at is not None]
    return {
        **counted,
        Indicator.UNITS: len({line.unit for line in lines}),
        Indicator.LINES: len(lines),
        Indicator.AVAILABILITY: 1 - _part(sum(whole_us(line.down) for line in lines), lines),
        Indicator.ASSESSED: 1 - _part(sum(whole_us(line.assessed_down) for line in lines), lines),
        Indicator.COVERAGE: Fraction(_known(lines), sum(whole_us(line.window) for line in lines)),
        Indicator.ON_TIME_RATE: Fraction(counted[Indicator.ON_TIME], judged) if judged else None,
        Indicator.OVERDUE_RATE: Fraction(late, judged) if judged else None,
        Indicator.MEAN_REPAIR: sum(repairs, timedelta()) / len(repairs) if repairs else None,
        Indicator.MEDIAN_REPAIR: timedelta(seconds=median(each.total_seconds() for each in repairs))
        if repairs
        else None,
    }


def _part(down: int, lines: Sequence[LineRow]) -> Fraction:
    return Fraction(down, _known(lines))


def _known(lines: Sequence[LineRow]) -> int:
    return sum(whole_us(line.window - line.unknown) for line in lines)


def whole_us(length: timedelta) -> int:
    return length // timedelta.resolution


LAST: Mapping[Indicator, Value] = {
    Indicator.UNITS: 101,
    Indicator.LINES: 120,
    Indicator.AVAILABILITY: Fraction(998_612, 1_000_000),
    Indicator.ASSESSED: Fraction(999_004, 1_000_000),
    Indicator.COVERAGE: Fraction(997_500, 1_000_000),
    Indicator.FAULTS: 15,
    Indicator.ACCOUNTABLE: 12,
    Indicator.UNITS_AFFECTED: 13,
    Indicator.INCIDENTS: 0,
    Indicator.ON_TIME: 9,
    Indicator.LATE: 3,
    Indicator.OVERDUE: 0,
    Indicator.DISPUTABLE: 0,
    Indicator.RUNNING: 0,
    Indicator.MISSED: 3,
    Indicator.ON_TIME_RATE: Fraction(3, 4),
    Indicator.OVERDUE_RATE: Fraction(1, 4),
    Indicator.MEAN_REPAIR: timedelta(hours=6, minutes=11, seconds=8),
    Indicator.MEDIAN_REPAIR: timedelta(hours=3, minutes=2),
}


def figures_of(scope: str, known: Mapping[Indicator, Value]) -> dict[Indicator, Figure]:
    """Return values with their keys."""
    return {name: Figure(key=f"{scope}.{name.value}", value=value) for name, value in known.items()}


KNOWN = (Fraction(9_960, 10_000), Fraction(9_969, 10_000), Fraction(9_978, 10_000))
"""How much is known of the carriers' lines."""
PLACES = {"mobile": 2, "unicom": 3, "telecom": 1}


def line_rows_of(known: Sequence[Fraction] = KNOWN) -> tuple[LineRow, ...]:
    """Return the lines of the three carriers, so much of each carrier's known."""
    return tuple(
        line
        for place, (name, (_, _, count)) in enumerate(CARRIERS.items())
        for line in line_rows(
            name,
            count,
            window=END - BEGIN,
            known=known[place],
            raw=Fraction(998_000 + 517 * place, 1_000_000),
            assessed=Fraction(998_800 + 399 * place, 1_000_000),
        )
    )


def carrier_rows(faults: Sequence[FaultRow], lines: Sequence[LineRow]) -> tuple[CarrierRow, ...]:
    """Return the three carriers: the one without an overdue fault and with the best lines first."""
    return tuple(
        CarrierRow(
            id=name,
            name=full,
            short_name=short,
            figures=carrier_figures(name, faults, lines),
            rank=Rank(place=PLACES[name]),
        )
        for name, (full, short, _) in CARRIERS.items()
    )


def carrier_figures(name: str, faults: Sequence[FaultRow], lines: Sequence[LineRow]) -> dict[Indicator, Figure]:
    """Return the figures of a carrier, from what is its own."""
    own = [each for each in faults if each.carrier == name], [each for each in lines if each.carrier == name]
    return figures_of(f"carrier:{name}", values(*own))


def raw(row: UnitRow) -> Fraction:
    """Return a unit's availability; N/A is none."""
    return row.availability.value if isinstance(row.availability.value, Fraction) else Fraction(0)


def unit_rows(faults: Sequence[FaultRow]) -> tuple[UnitRow, ...]:
    """Return every unit of the county: down as long as its faults lasted, unknown for eleven minutes."""
    rows = []
    for name, (full, kind) in NAMES.items():
        own = [each for each in faults if each.unit == name]
        lasted = [(each.restored_at or AS_OF) - each.first_failed_at for each in own]
        window, unknown = END - BEGIN, timedelta(minutes=11)
        if name == "taoyuan":
            window = timedelta(days=17, hours=6)  # joined in the middle of the month
        down = min(sum(lasted, timedelta()), window - unknown)
        rows.append(
            UnitRow(
                id=name,
                name=full,
                kind=kind,
                lines=2 if name in ("finance", "water") or kind is UnitKind.TOWNSHIP else 1,
                faults=sum(each.counted for each in own),
                window=window,
                unknown=unknown,
                down=down,
                availability=Figure(
                    key=f"unit:{name}.availability", value=1 - Fraction(down // _SECOND, (window - unknown) // _SECOND)
                ),
                low=1 - Fraction((down + unknown) // _SECOND, window // _SECOND),
                high=1 - Fraction(down // _SECOND, window // _SECOND),
                coverage=1 - Fraction(unknown // _SECOND, window // _SECOND),
            )
        )
    worst = sorted(rows, key=raw)[:WORST]
    return tuple(replace(row, among_worst=row in worst) for row in rows)


def sample() -> Figures:
    """Return the sample county's September: three carriers, fourteen faults, no annex empty."""
    units, lines = unit_rows(FAULTS), line_rows_of()
    mean = mean_of(units)
    known = values(FAULTS, lines) | {Indicator.UNITS: len(units), Indicator.AVAILABILITY: mean}
    now, before = figures_of("county", known), figures_of("last:county", LAST)
    days = Counter(each.discovered_at.astimezone(ZONE).date() for each in FAULTS if each.counted)
    return Figures(
        county=COUNTY,
        kind=PeriodKind.MONTH,
        period=(BEGIN, END),
        as_of=AS_OF,
        zone="Asia/Shanghai",
        policy=Policy(),
        position=Position(seq=48_213, hash="9f2c4e" + "0" * 52 + "a71b04"),
        overall={name: Compared(now=now[name], before=before[name]) for name in now},
        carriers=carrier_rows(FAULTS, lines),
        faults=FAULTS,
        units=units,
        left_out=LEFT_OUT,
        degradations=DEGRADATIONS,
        gaps=GAPS,
        connection=(
            Coverage(kind=UnitKind.DEPARTMENT, listed=61, connected=60),
            Coverage(kind=UnitKind.TOWNSHIP, listed=18, connected=18),
            Coverage(kind=UnitKind.VILLAGE, listed=31, connected=24),
        ),
        answers=Answers(
            requests=7,
            answered=6,
            median=timedelta(hours=20, minutes=15),
            longest=timedelta(days=4, hours=2),
            waiting=1,
            since=at("2026-09-27 15:20"),
        ),
        months=_months(mean),
        days={date(2026, 9, day): days[date(2026, 9, day)] for day in range(1, 31)},
        amendments=AMENDMENTS,
        lines=lines,
        incidents=INCIDENTS,
        before=august(),
        texts=TEXTS,
    )


def mean_of(units: Sequence[UnitRow]) -> Fraction:
    """Return the mean of the units, cut off after eighteen decimals as a report keeps it."""
    mean = sum((raw(unit) for unit in units), Fraction()) / len(units)
    return Fraction(int(mean * 10**18), 10**18)


def _months(mean: Fraction) -> tuple[MonthPoint, ...]:
    """Return twelve months: the first two without anything on record."""
    firsts = [date(2025, month, 1) for month in (10, 11, 12)] + [date(2026, month, 1) for month in range(1, 10)]
    points: list[Fraction | None] = [None, None]
    points += [
        Fraction(9_990_000 + step, 10_000_000)
        for step in (0, 4_100, -9_000, 6_200, 7_900, 1_100, -2_500, 3_880, -3_880)
    ]
    points.append(mean)
    return tuple(
        MonthPoint(first=first, availability=point, coverage=None if point is None else Fraction(997, 1000))
        for first, point in zip(firsts, points, strict=True)
    )
