"""The sample county's golden month: page one equals what is found out second by second, with no shared code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from fractions import Fraction
from statistics import fmean

import pytest

from monitor.config.scenario import load
from monitor.lab.county import generate
from monitor.lab.living import HISTORY
from monitor.lab.month import history, past
from monitor.lab.papers import ZONE
from monitor.policy import Policies, Policy
from monitor.replay import material, replay
from monitor.reports.drawing_up import Head, draw_up
from monitor.reports.explaining import explain, keys
from monitor.reports.figures import Figures, Indicator, PeriodKind
from monitor.reports.grounds import ground_of
from monitor.reports.spelling import first_page, of_json, to_json
from monitor.sla.figures import month_of
from tests.reports.by_the_second import BySecond, Told

FIRST = date(2026, 5, 1)
DAYS = 31
HALF = timedelta(days=15)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Golden:
    figures: Figures
    half: Figures
    """Of the second half of the month, compared with the first."""
    told: Told
    seconds: BySecond

    def county(self, indicator: Indicator) -> object:
        return self.figures.overall[indicator].now.value

    def carrier(self, name: str, indicator: Indicator) -> object:
        [row] = [row for row in self.figures.carriers if row.id == name]
        return row.figures[indicator].value

    def lines(self, carrier: str | None = None) -> list[str]:
        return [line for line, its in self.told.carrier.items() if carrier in (None, its)]


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Golden:
    """Draw the month up through replay, as `make report` does, and count its seconds."""
    lines = list(history(past(generate(), FIRST)))
    file = tmp_path_factory.mktemp("golden") / HISTORY.removesuffix(".gz")
    file.write_text("".join(lines), encoding="utf-8")
    scenario = load(file, base=Policies([Policy()]), zone=ZONE)
    [period] = month_of(FIRST, ZONE)
    head = Head(county="云岭县", kind=PeriodKind.MONTH, zone=ZONE)
    known = replay(scenario)
    figures = draw_up(material(known, period), head)
    begin, end = period
    first, second = (begin, begin + HALF), (begin + HALF, end)
    half = draw_up(
        material(known, second),
        replace(head, kind=PeriodKind.ANY),
        before=ground_of(material(known, first)),
    )
    told = Told(lines)
    return Golden(figures, half, told, BySecond(told, 0, DAYS * 86400))


def share(of: tuple[int, int]) -> Fraction:
    return Fraction(*of)


def test_faults_and_verdicts_are_those_of_the_seconds(golden: Golden) -> None:
    """How many there were, whose they are, and which kept the limit."""
    counted, verdicts = golden.seconds.counted, golden.seconds.verdicts()
    assert len(counted) > 20
    assert len(counted) == golden.county(Indicator.FAULTS)
    assert len(counted) - verdicts["exempt"] == golden.county(Indicator.ACCOUNTABLE)
    for indicator in (Indicator.ON_TIME, Indicator.LATE, Indicator.OVERDUE, Indicator.DISPUTABLE, Indicator.RUNNING):
        assert verdicts.get(indicator.value, 0) == golden.county(indicator), indicator
    assert golden.seconds.missed() == golden.county(Indicator.MISSED)
    assert len({golden.told.unit[each.line] for each in counted}) == golden.county(Indicator.UNITS_AFFECTED)


def test_rates_and_repair_times_are_those_of_the_seconds(golden: Golden) -> None:
    """The on-time rate leaves the disputable, the running and other parties' faults out; repairs the open ones."""
    verdicts = golden.seconds.verdicts()
    judged = verdicts["on_time"] + verdicts["late"] + verdicts["overdue"]
    mean_s, median_s = golden.seconds.repairs()
    mean, median = golden.county(Indicator.MEAN_REPAIR), golden.county(Indicator.MEDIAN_REPAIR)
    assert isinstance(mean, timedelta)
    assert isinstance(median, timedelta)
    assert Fraction(verdicts["on_time"], judged) == golden.county(Indicator.ON_TIME_RATE)
    assert pytest.approx(mean_s, abs=1e-5) == mean / SECOND
    assert pytest.approx(median_s, abs=1e-5) == median / SECOND


def test_availability_and_coverage_are_those_of_the_seconds(golden: Golden) -> None:
    """The mean of the units' raw figures, and of all lines the known share of their time."""
    found = golden.county(Indicator.AVAILABILITY)
    units = golden.seconds.units()
    assert isinstance(found, Fraction)
    assert pytest.approx(fmean(units.values()), abs=1e-12) == float(found)
    assert share(golden.seconds.coverage()) == golden.county(Indicator.COVERAGE)
    assert len(units) == golden.county(Indicator.UNITS)
    assert len(golden.told.carrier) == golden.county(Indicator.LINES)
    for row in golden.figures.units:
        assert isinstance(row.availability.value, Fraction)
        assert pytest.approx(units[row.id], abs=1e-12) == float(row.availability.value), row.id


@pytest.mark.parametrize("carrier", ["mobile", "unicom", "telecom"])
def test_a_carriers_figures_are_those_of_the_seconds(golden: Golden, carrier: str) -> None:
    """Raw is what its lines lived through, assessed leaves out what is not its account."""
    lines = golden.lines(carrier)
    mine = [each for each in golden.seconds.counted if each.line in lines]
    assert share(golden.seconds.raw(lines)) == golden.carrier(carrier, Indicator.AVAILABILITY)
    assert share(golden.seconds.assessed(lines)) == golden.carrier(carrier, Indicator.ASSESSED)
    assert len(mine) == golden.carrier(carrier, Indicator.FAULTS)
    assert len(lines) == golden.carrier(carrier, Indicator.LINES)


def test_the_calendar_counts_every_fault_on_its_day(golden: Golden) -> None:
    """Days are local ones, none of the month is missing."""
    begin = golden.figures.period[0].astimezone(UTC)
    days = [(begin + each.discovered * SECOND).astimezone(ZONE).date() for each in golden.seconds.counted]
    assert {date(2026, 5, day): days.count(date(2026, 5, day)) for day in range(1, DAYS + 1)} == golden.figures.days


def test_every_figure_of_the_month_is_explained_by_a_list_that_comes_to_it(golden: Golden) -> None:
    """Page one, carriers, units and lines: what `--explain` lists makes the figure."""
    explained = {key: explain(golden.figures, key).value for key in keys(golden.figures)}
    for compared in golden.figures.overall.values():
        assert compared.now.value == explained[compared.now.key]
    for row in golden.figures.carriers:
        for figure in row.figures.values():
            assert figure.value == explained[figure.key], figure.key
    for unit in golden.figures.units:
        assert unit.availability.value == explained[unit.availability.key]


@pytest.mark.parametrize("which", ["figures", "half"])
@pytest.mark.parametrize("frozen", [False, True], ids=["draft", "frozen"])
def test_every_key_of_page_one_is_explained_by_a_list_that_comes_to_it(
    golden: Golden, which: str, *, frozen: bool
) -> None:
    """Of the period before too, and the carriers' places: as many carriers as the place; who has none, says why."""
    figures: Figures = getattr(golden, which)
    page = first_page(figures)
    kept = of_json(to_json(figures)) if frozen else figures
    for each in page.figures:
        assert (each.key, each.value) == (each.key, explain(kept, each.key).value)
    assert (which == "half") == any(each.key.startswith("last:") for each in page.figures)
    for placed in page.ranks:
        found = explain(kept, placed.key)
        assert placed.rank.place is not None
        assert [placed.rank.place, placed.rank.place] == [found.value, len(found.reasons)]
        assert placed.carrier == found.reasons[-1].id


def test_the_places_are_those_of_the_seconds(golden: Golden) -> None:
    """By the share of late faults, then what each answers for, then the mean repair: counted from the seconds."""
    told = {name: golden.seconds.standing(name) for name in ("mobile", "unicom", "telecom")}
    best_first = sorted(told, key=told.__getitem__)
    assert best_first == [each.id for each in explain(golden.figures, f"carrier:{best_first[-1]}.rank").reasons]
