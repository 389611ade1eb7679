"""Other months of the sample county, made of its September: a first one, one unseen, one half seen, one crowded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from monitor.reports.figures import CarrierRow, Compared, Figures, Indicator, LineRow, NoRank, Rank, Texts, Value
from tests.reports.sample import carrier_figures, figures_of, line_rows_of, mean_of, sample, values, whole_us
from tests.reports.september import BEGIN, END

_SECOND = timedelta(seconds=1)


def first_month() -> Figures:
    """Return a first month: nothing to compare with, no earlier edition, no orders yet."""
    whole = sample()
    return replace(
        whole,
        overall={name: Compared(now=each.now) for name, each in whole.overall.items()},
        months=whole.months[-1:],
        before=None,
        amendments=(),
        texts=Texts(),
    )


def no_data() -> Figures:
    """Return a month of which nothing is on record: every share and length is N/A."""
    whole = sample()
    unknown = END - BEGIN
    lines = tuple(replace(line, unknown=unknown, down=timedelta(), assessed_down=timedelta()) for line in whole.lines)
    nothing: dict[Indicator, Value] = dict.fromkeys(whole.overall)
    return replace(
        first_month(),
        position=None,
        overall={
            name: Compared(now=figure)
            for name, figure in figures_of(
                "county",
                nothing | {Indicator.UNITS: 3, Indicator.LINES: len(lines), Indicator.COVERAGE: Fraction(0)},
            ).items()
        },
        carriers=tuple(
            replace(
                row,
                figures=figures_of(
                    f"carrier:{row.id}",
                    nothing
                    | {
                        Indicator.LINES: sum(line.carrier == row.id for line in lines),
                        Indicator.COVERAGE: Fraction(0),
                    },
                ),
                rank=Rank(place=None, why_not=NoRank.LOW_COVERAGE),
            )
            for row in whole.carriers
        ),
        lines=lines,
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
        degradations=(),
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
    lines = line_rows_of((Fraction(837, 1000), Fraction(97, 100), Fraction(97, 100)))
    units = tuple(
        replace(
            row,
            unknown=unknown,
            availability=replace(row.availability, value=up(row.down, row.window - unknown)),
            coverage=share,
            low=up(row.down + unknown, row.window),
        )
        for row in whole.units
    )
    now: dict[Indicator, Value] = {
        **values(whole.faults, lines),
        Indicator.UNITS: len(units),
        Indicator.AVAILABILITY: mean_of(units),
    }
    ranks = (Rank(place=None, why_not=NoRank.LOW_COVERAGE), Rank(place=2), Rank(place=1))
    return replace(
        whole,
        overall={name: replace(whole.overall[name], now=figure) for name, figure in figures_of("county", now).items()},
        carriers=tuple(
            replace(row, figures=carrier_figures(row.id, whole.faults, lines), rank=rank)
            for row, rank in zip(whole.carriers, ranks, strict=True)
        ),
        lines=lines,
        units=units,
    )


def up(down: timedelta, known: timedelta) -> Fraction:
    """Return how much of the known time a unit was up."""
    return 1 - Fraction(whole_us(down), whole_us(known))


LONG = "云岭县城乡一体化发展与公共服务数字化综合协调管理委员会办公室"
"""A name of thirty characters."""


def six_carriers() -> Figures:
    """Return a month with six carriers and names of thirty characters, one carrier with too few lines to be ranked."""
    whole = sample()
    faults = tuple(replace(each, carrier=f"{each.carrier}-甲", carrier_name=_long("运营商甲")) for each in whole.faults)
    few = [line.id for line in whole.lines if line.carrier == "telecom"][:4]
    lines = tuple(replace(line, carrier=f"{line.carrier}-{'甲乙'[_is_second(line, few)]}") for line in whole.lines)
    ranks = (4, 5, 1, 3, 2, None)
    rows = [
        CarrierRow(
            id=name,
            name=_long(f"运营商{turn}{place}"),
            short_name=_long(f"运营商{turn}{place}"),
            figures=carrier_figures(name, faults, lines),
            rank=Rank(place=None, why_not=NoRank.FEW_LINES),
        )
        for turn in "甲乙"
        for place, row in enumerate(whole.carriers)
        for name in [f"{row.id}-{turn}"]
    ]
    names = {row.id: _long(f"单位{place:03}") for place, row in enumerate(whole.units)}
    return replace(
        whole,
        carriers=tuple(
            row if place is None else replace(row, rank=Rank(place=place))
            for row, place in zip(rows, ranks, strict=True)
        ),
        lines=lines,
        faults=tuple(replace(each, unit_name=names[each.unit]) for each in faults),
        units=tuple(replace(row, name=names[row.id]) for row in whole.units),
        degradations=tuple(
            replace(each, unit_name=names[each.unit], carrier_name=_long("运营商甲"))
            for each in whole.degradations or ()
        ),
        incidents=tuple(replace(each, carrier=f"{each.carrier}-甲") for each in whole.incidents),
    )


def _is_second(line: LineRow, few: Sequence[str]) -> bool:
    """Tell whether a line is of the second carrier of its kind: every other one, of the last kind a few."""
    return line.id in few if line.carrier == "telecom" else int(line.id.rpartition("-")[2]) % 2 == 1


def _long(beginning: str) -> str:
    return (beginning + LONG)[: len(LONG)]


def long_ids() -> Figures:
    """Return the month of long names with ids of lines of thirty letters."""
    whole = six_carriers()

    def long(line: str) -> str:
        beginning, number = line.rsplit("-", 1)
        return f"{(beginning + '-of-the-county-e-government-extranet')[:28]}-{number}"

    return replace(
        whole,
        faults=tuple(replace(each, line=long(each.line)) for each in whole.faults),
        left_out=tuple(replace(each, lines=tuple(map(long, each.lines))) for each in whole.left_out),
        degradations=tuple(replace(each, line=long(each.line)) for each in whole.degradations or ()),
    )
