"""The sample county's September as figures, for eyes and tests: small, every annex with something in it, and variants.

Counts are counted from the rows, so that what stands on page one is what stands in the annexes.
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
    MonthPoint,
    NoRank,
    PeriodKind,
    Position,
    Rank,
    Texts,
    UnitRow,
    Value,
)
from monitor.sla.verdict import Verdict
from tests.reports.september import (
    AMENDMENTS,
    AS_OF,
    BEGIN,
    CARRIERS,
    END,
    FAULTS,
    GAPS,
    INCIDENTS,
    LEFT_OUT,
    NAMES,
    TEXTS,
    ZONE,
    at,
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


def values(
    faults: Sequence[FaultRow], *, lines: int, availability: Fraction, assessed: Fraction, coverage: Fraction
) -> dict[Indicator, Value]:
    """Return every figure of the county or of a carrier that is not of its units."""
    counted = counts(faults)
    judged = counted[Indicator.ON_TIME] + counted[Indicator.LATE] + counted[Indicator.OVERDUE]
    late = judged - counted[Indicator.ON_TIME]
    repairs = [each.elapsed for each in faults if each.counted and each.party.answers and each.restored_at is not None]
    return {
        **counted,
        Indicator.LINES: lines,
        Indicator.AVAILABILITY: availability,
        Indicator.ASSESSED: assessed,
        Indicator.COVERAGE: coverage,
        Indicator.ON_TIME_RATE: Fraction(counted[Indicator.ON_TIME], judged) if judged else None,
        Indicator.OVERDUE_RATE: Fraction(late, judged) if judged else None,
        Indicator.MEAN_REPAIR: sum(repairs, timedelta()) / len(repairs) if repairs else None,
        Indicator.MEDIAN_REPAIR: timedelta(seconds=median(each.total_seconds() for each in repairs))
        if repairs
        else None,
    }


LAST: Mapping[Indicator, Value] = {
    Indicator.UNITS: 101,
    Indicator.LINES: 120,
    Indicator.AVAILABILITY: Fraction(998_612, 1_000_000),
    Indicator.ASSESSED: Fraction(999_004, 1_000_000),
    Indicator.COVERAGE: Fraction(997_153, 1_000_000),
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


def carrier_rows(faults: Sequence[FaultRow]) -> tuple[CarrierRow, ...]:
    """Return the three carriers: one ranked first, two that share the second place."""
    ranks = {"mobile": Rank(place=2, shared=True), "unicom": Rank(place=2, shared=True), "telecom": Rank(place=1)}
    rows = []
    for place, (name, (full, short, lines)) in enumerate(CARRIERS.items()):
        known = values(
            [each for each in faults if each.carrier == name],
            lines=lines,
            availability=Fraction(998_000 + 517 * place, 1_000_000),
            assessed=Fraction(998_800 + 399 * place, 1_000_000),
            coverage=Fraction(996_000 + 900 * place, 1_000_000),
        )
        rows.append(
            CarrierRow(
                id=name, name=full, short_name=short, figures=figures_of(f"carrier:{name}", known), rank=ranks[name]
            )
        )
    return tuple(rows)


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
    units = unit_rows(FAULTS)
    mean = sum((raw(unit) for unit in units), Fraction()) / len(units)
    known = values(
        FAULTS,
        lines=122,
        availability=mean,
        assessed=Fraction(999_310, 1_000_000),
        coverage=Fraction(996_552, 1_000_000),
    )
    known[Indicator.UNITS] = len(units)
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
        carriers=carrier_rows(FAULTS),
        faults=FAULTS,
        units=units,
        left_out=LEFT_OUT,
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
        incidents=INCIDENTS,
        texts=TEXTS,
    )


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


def first_month() -> Figures:
    """Return a first month: nothing to compare with, no earlier edition, no orders yet."""
    whole = sample()
    return replace(
        whole,
        overall={name: Compared(now=each.now) for name, each in whole.overall.items()},
        months=whole.months[-1:],
        amendments=(),
        texts=Texts(),
    )


def no_data() -> Figures:
    """Return a month of which nothing is on record: every share and length is N/A."""
    whole = sample()
    empty: dict[Indicator, Value] = {
        name: 0 if isinstance(each.now.value, int) else None for name, each in whole.overall.items()
    }
    unknown = END - BEGIN
    return replace(
        first_month(),
        position=None,
        overall={name: Compared(now=figure) for name, figure in figures_of("county", empty).items()},
        carriers=tuple(
            replace(
                row,
                figures=figures_of(f"carrier:{row.id}", empty),
                rank=Rank(place=None, why_not=NoRank.NOTHING_JUDGED),
            )
            for row in whole.carriers
        ),
        faults=(),
        incidents=(),
        units=tuple(
            replace(
                row,
                faults=0,
                window=unknown,
                unknown=unknown,
                down=timedelta(),
                availability=replace(row.availability, value=None),
                low=Fraction(0),
                high=Fraction(1),
                coverage=Fraction(0),
                among_worst=False,
            )
            for row in whole.units[:3]
        ),
        left_out=(),
        gaps=(),
        connection=(),
        answers=None,
        months=tuple(replace(point, availability=None, coverage=None) for point in whole.months),
        days=dict.fromkeys(whole.days, 0),
    )


def low_coverage() -> Figures:
    """Return a month in which 91 % of the time is known, and one carrier is not ranked for it."""
    whole = sample()
    share = Fraction(91, 100)
    unknown = timedelta(seconds=(END - BEGIN) // _SECOND * 9 // 100)
    coverage = replace(whole.overall[Indicator.COVERAGE], now=Figure(key="county.coverage", value=share))
    mobile, *others = whole.carriers
    blurred = {**mobile.figures, Indicator.COVERAGE: Figure(key="carrier:mobile.coverage", value=Fraction(88, 100))}
    return replace(
        whole,
        overall={**whole.overall, Indicator.COVERAGE: coverage},
        carriers=(
            replace(mobile, figures=blurred, rank=Rank(place=None, why_not=NoRank.LOW_COVERAGE)),
            *(replace(row, rank=Rank(place=place)) for row, place in zip(others, (2, 1), strict=True)),
        ),
        units=tuple(
            replace(row, unknown=unknown, coverage=share, low=max(Fraction(0), (row.low or 0) - (1 - share)))
            for row in whole.units
        ),
    )


LONG = "云岭县城乡一体化发展与公共服务数字化综合协调管理委员会办公室"
"""A name of thirty characters."""


def six_carriers() -> Figures:
    """Return a month with six carriers and names of thirty characters, one carrier with too few lines to be ranked."""
    whole = sample()
    rows = [
        replace(
            row, id=f"{row.id}-{turn}", name=_long(f"运营商{turn}{place}"), short_name=_long(f"运营商{turn}{place}")
        )
        for turn in "甲乙"
        for place, row in enumerate(whole.carriers)
    ]
    rows[-1] = replace(
        rows[-1],
        figures={**rows[-1].figures, Indicator.LINES: Figure(key="carrier:telecom-乙.lines", value=4)},
        rank=Rank(place=None, why_not=NoRank.FEW_LINES),
    )
    names = {row.id: _long(f"单位{place:03}") for place, row in enumerate(whole.units)}
    return replace(
        whole,
        carriers=tuple(rows),
        faults=tuple(
            replace(each, unit_name=names[each.unit], carrier=f"{each.carrier}-甲", carrier_name=_long("运营商甲"))
            for each in whole.faults
        ),
        units=tuple(replace(row, name=names[row.id]) for row in whole.units),
        incidents=tuple(replace(each, carrier=f"{each.carrier}-甲") for each in whole.incidents),
    )


def _long(beginning: str) -> str:
    return (beginning + LONG)[: len(LONG)]
