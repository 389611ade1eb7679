"""Laws of a report's figures over every history (section 11 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import given, settings

from monitor.reports.drawing_up import Head, draw_up
from monitor.reports.explaining import FINEST, explain, keys
from monitor.reports.figures import Figure, Figures, Indicator, PeriodKind, Value
from monitor.reports.grounds import ground_of
from monitor.reports.spelling import of_json, to_json
from monitor.sla.review import Account, review
from tests.dice import thrown
from tests.histories import ZONE, History, judge
from tests.supervision.oracle import Oracle
from tests.supervision.oracle_availability import Sets, Toll
from tests.supervision.rulings import every
from tests.supervision.sets import material

EVERY = thrown(every)
HEAD = Head(county="county", kind=PeriodKind.ANY, zone=ZONE)
SECOND = timedelta(seconds=1)
FEWER = settings(max_examples=max(20, settings.default.max_examples // 10) if settings.default else 20)


def drawn(history: History) -> Figures:
    """Return the figures of the second half of a history, compared with the first."""
    judged, middle = judge(history), history.end // 2
    before = ground_of(material(history, judged, period=(0, middle)))
    return draw_up(material(history, judged, period=(middle, history.end)), HEAD, before=before, events=judged.events)


def all_figures(figures: Figures) -> Iterator[Figure]:
    for compared in figures.overall.values():
        yield compared.now
        if compared.before is not None:
            yield compared.before
    yield from (figure for row in figures.carriers for figure in row.figures.values())
    yield from (unit.availability for unit in figures.units)
    if figures.before is not None:
        yield from (unit.availability for unit in figures.before.units)


@FEWER
@given(EVERY)
def test_every_figure_is_what_its_explanation_comes_to(history: History) -> None:
    """From the figures alone, as an edition keeps them: of page one, of carriers and units, and of the time before."""
    figures = drawn(history)
    kept = of_json(to_json(figures))
    assert kept == figures
    for figure in all_figures(figures):
        found = explain(kept, figure.key)
        assert (figure.key, figure.value) == (found.key, found.value)
    for key in keys(kept):
        assert key == explain(kept, key).key


@FEWER
@given(EVERY)
def test_figures_of_page_one_are_those_of_the_review(history: History) -> None:
    """Two ways through the same rows: `monitor availability` and the report never tell different things."""
    judged = judge(history)
    whole = material(history, judged)
    figures, found = draw_up(whole, HEAD), review(whole)
    assert reviewed(found.county, known=figures.overall[Indicator.COVERAGE].now.value) == values(
        {indicator: compared.now for indicator, compared in figures.overall.items()}
    )
    for row in figures.carriers:
        account = found.carriers[row.id]
        told = values(row.figures)
        assert reviewed(account, known=row.figures[Indicator.COVERAGE].value) == told
        assert account.availability.raw == row.figures[Indicator.AVAILABILITY].value
    mean = figures.overall[Indicator.AVAILABILITY].now.value
    assert (mean is None) == (found.mean_unit is None)
    if isinstance(mean, Fraction) and found.mean_unit is not None:
        assert abs(mean - Fraction(found.mean_unit)) < Fraction(1, 10**14)


COUNTED = (Indicator.FAULTS, Indicator.ACCOUNTABLE, Indicator.INCIDENTS, Indicator.MISSED)
VERDICTS = (Indicator.ON_TIME, Indicator.LATE, Indicator.OVERDUE, Indicator.DISPUTABLE, Indicator.RUNNING)


def reviewed(account: Account, *, known: Value) -> dict[Indicator, Value]:
    """Return an account as the report tells it: what nobody could see is not counted as 0."""
    counted, lengths = account.punctuality, account.availability
    counts = {
        Indicator.FAULTS: account.faults,
        Indicator.ACCOUNTABLE: counted.number,
        Indicator.INCIDENTS: account.incidents.number,
        Indicator.MISSED: account.missed,
        **{indicator: counted.verdicts[indicator.value] for indicator in VERDICTS},
    }
    return {
        **{indicator: count if count or known else None for indicator, count in counts.items()},
        Indicator.LINES: lengths.lines,
        Indicator.ASSESSED: lengths.assessed,
        Indicator.COVERAGE: lengths.coverage,
        Indicator.ON_TIME_RATE: counted.on_time_rate,
        Indicator.OVERDUE_RATE: counted.overdue_rate,
        Indicator.MEAN_REPAIR: account.repairs.mean,
        Indicator.MEDIAN_REPAIR: account.repairs.median,
    }


def values(told: Mapping[Indicator, Figure]) -> dict[Indicator, Value]:
    """Return those figures that an account has too."""
    also = (Indicator.LINES, Indicator.ASSESSED, Indicator.COVERAGE, Indicator.ON_TIME_RATE, Indicator.OVERDUE_RATE)
    wanted = (*COUNTED, *VERDICTS, *also, Indicator.MEAN_REPAIR, Indicator.MEDIAN_REPAIR)
    return {indicator: told[indicator].value for indicator in wanted}


@FEWER
@given(EVERY)
def test_the_order_of_lines_changes_no_figure(history: History) -> None:
    """The inventory backwards: the same numbers, in another order."""
    judged = judge(history)
    usual = material(history, judged)
    backwards = replace(usual.inventory, lines=dict(reversed(list(usual.inventory.lines.items()))))
    one, other = (
        {figure.key: figure.value for figure in all_figures(draw_up(each, HEAD, before=ground_of(each)))}
        for each in (usual, replace(usual, inventory=backwards, faults=tuple(reversed(usual.faults))))
    )
    assert one == other


@FEWER
@given(EVERY)
def test_figures_of_page_one_are_those_of_the_seconds(history: History) -> None:
    """Counted second by second by the oracle, which shares no code: page one's own numbers and each carrier's."""
    figures, sets = draw_up(material(history, judge(history)), HEAD), Sets(Oracle(history).run())
    told = {indicator: compared.now.value for indicator, compared in figures.overall.items()}
    units = [sets.unit(unit) for unit in history.inventory.units]
    ups = [(one.window - one.unknown - one.down, one.window - one.unknown) for one in units if one.window > one.unknown]
    assert mean(ups) == told[Indicator.AVAILABILITY]
    assert {unit.id: (unit.window, unit.unknown, unit.down) for unit in figures.units} == {
        name: (one.window * SECOND, one.unknown * SECOND, one.down * SECOND)
        for name, one in zip(history.inventory.units, units, strict=True)
        if one.window
    }
    assert_toll(sets.toll(None), told)
    for row in figures.carriers:
        assert_toll(sets.toll(row.id), {indicator: figure.value for indicator, figure in row.figures.items()})


def mean(shares: list[tuple[int, int]]) -> Fraction | None:
    """Return the mean of shares in the eighteenth place, cut off."""
    total = Fraction(0)
    for part, whole in shares:
        total += Fraction(part, whole)
    return Fraction(total / len(shares) * FINEST // 1, FINEST) if shares else None


def assert_toll(toll: Toll, told: Mapping[Indicator, Value]) -> None:
    seconds, verdicts = toll.figures, {name: toll.verdicts.get(name, 0) for name in VERDICTS}
    known = seconds.window - seconds.unknown
    answered = known - seconds.excluded
    judged = verdicts[Indicator.ON_TIME] + verdicts[Indicator.LATE] + verdicts[Indicator.OVERDUE]
    assert toll.lines == told[Indicator.LINES]
    assert (Fraction(known, seconds.window) if seconds.window else None) == told[Indicator.COVERAGE]
    assert (Fraction(answered - seconds.assessed_down, answered) if answered else None) == told[Indicator.ASSESSED]
    assert (Fraction(verdicts[Indicator.ON_TIME], judged) if judged else None) == told[Indicator.ON_TIME_RATE]
    assert (toll.missed or (0 if known else None)) == told[Indicator.MISSED]
    assert (toll.incidents[0] or (0 if known else None)) == told[Indicator.INCIDENTS]
    for name, count in verdicts.items():
        assert (count or (0 if known else None)) == told[Indicator(name)]
    for place, indicator in ((1, Indicator.MEAN_REPAIR), (2, Indicator.MEDIAN_REPAIR)):
        repair = told[indicator]
        assert toll.repairs[place] == (round(repair.total_seconds(), 3) if isinstance(repair, timedelta) else None)
