"""Any figure can be asked why: its list comes to it (``monitor report --explain KEY``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from monitor.reports.drawing_up import draw_up
from monitor.reports.explaining import Explanation, Rule, UnknownKey, explain, keys, mean_of_shares
from monitor.reports.figures import Figure, Figures, NoRank, Value
from monitor.reports.grounds import ground_of
from monitor.reports.scopes import Kind, Reason
from tests.reports.material import AUGUST, HEAD, HOUR, at, fault, month
from tests.reports.sample import sample
from tests.reports.test_drawing_up import ACROSS, EVERY, EXEMPT, LATE, ON_TIME, OVERDUE
from tests.reports.variants import low_coverage, six_carriers

SECOND = timedelta(seconds=1)
FIGURES = draw_up(month(*EVERY), HEAD, before=ground_of(month(*EVERY, period=AUGUST)))


def test_a_rate_is_explained_by_the_faults_that_were_judged() -> None:
    """One of three was on time."""
    found = explain(FIGURES, "county.on_time_rate")
    assert [(ON_TIME.no, 1, 1), (LATE.no, 0, 1), (OVERDUE.no, 0, 1)] == [
        (reason.id, reason.part, reason.whole) for reason in found.reasons
    ]
    assert (Rule.RATE, Fraction(1, 3)) == (found.rule, found.value)


def test_the_mean_availability_is_explained_by_the_units_and_their_faults() -> None:
    """Per unit the known time up and the known time, with the faults of the month."""
    found = explain(FIGURES, "county.availability")
    known = timedelta(days=30)
    downs = [timedelta(hours=2 + 13 + 12.1 + 1), timedelta(hours=24 + 48 + 10)]
    assert [Rule.MEAN, *((Kind.UNIT, known - down, known) for down in downs)] == [
        found.rule,
        *((reason.kind, reason.part, reason.whole) for reason in found.reasons),
    ]
    assert (ACROSS.no, EXEMPT.no, OVERDUE.no) == found.reasons[1].faults


def test_carriers_and_lines_are_explained_by_lengths_of_lines() -> None:
    """What the carrier answers for of each line; the exempt day is in neither length."""
    found = explain(FIGURES, "carrier:c2.assessed")
    left, down = timedelta(days=29), timedelta(hours=48 + 10)
    assert (Reason(Kind.LINE, "L2", left - down, left, (ACROSS.no, EXEMPT.no, OVERDUE.no)),) == found.reasons
    assert found.value == explain(FIGURES, "line:L2.assessed").value


def test_repair_times_are_explained_by_elapsed_times() -> None:
    """The mean and the middle of the same list."""
    mean, middle = explain(FIGURES, "county.mean_repair"), explain(FIGURES, "county.median_repair")
    assert [(ON_TIME.no, 2 * HOUR), (LATE.no, 13 * HOUR)] == [(each.id, each.part) for each in mean.reasons[:2]]
    assert mean.reasons == middle.reasons
    assert (27.1 * HOUR / 3, 12.1 * HOUR) == (mean.value, middle.value)


def test_the_month_before_is_explained_from_its_own_rows() -> None:
    """What was August's fault stands behind August's figures."""
    assert [ACROSS.no] == [reason.id for reason in explain(FIGURES, "last:county.late").reasons]
    assert Fraction(740, 744) == explain(FIGURES, "last:unit:u2.availability").value


def test_page_one_names_its_units_and_missed_deadlines() -> None:
    """Units affected by their faults; deadlines missed whenever the faults began."""
    affected = explain(FIGURES, "county.units_affected")
    assert {"u1", "u2"} == {reason.id for reason in affected.reasons}
    assert {LATE.no, ACROSS.no, OVERDUE.no} == {reason.id for reason in explain(FIGURES, "county.missed").reasons}


def test_what_page_one_says_in_sentences_is_explained_too() -> None:
    """How many are open, lowest, lacking, of another month; the units' time, of which some is unknown."""
    figures = sample()
    assert ["F20260831-0003"] == [each.id for each in explain(figures, "county.earlier").reasons]
    assert ["F20260930-0001"] == [each.id for each in explain(figures, "county.open").reasons]
    assert 10 == len({each.id for each in explain(figures, "county.lowest").reasons})
    gaps = explain(figures, "county.gaps")
    assert (5, "access_review/water/water-2/missing") == (gaps.value, gaps.reasons[3].id)
    unknown = explain(figures, "county.unknown")
    assert (Rule.SUM, 102 * timedelta(minutes=11)) == (unknown.rule, unknown.value)
    assert 0 == explain(figures, "county.later").value


def test_the_bounds_of_availability_are_explained_by_those_of_the_units() -> None:
    """All that is unknown taken as down, and as up: what each unit has of its time in service."""
    figures = low_coverage()
    for key, bounds in (
        ("county.low", [unit.low for unit in figures.units]),
        ("county.high", [unit.high for unit in figures.units]),
    ):
        found = explain(figures, key)
        assert Rule.MEAN == found.rule
        assert bounds == [Fraction(each.part // SECOND, each.whole // SECOND) for each in found.reasons]  # type: ignore[operator]


def test_a_place_is_explained_by_the_carriers_before_it() -> None:
    """The best first, each with its overdue rate, assessed availability and mean repair time."""
    found = explain(six_carriers(), "carrier:mobile-乙.rank")
    assert (Rule.PLACE, 3) == (found.rule, found.value)
    assert ["telecom-甲", "unicom-乙", "mobile-乙"] == [each.id for each in found.reasons]
    assert [
        Figure(key="carrier:unicom-乙.overdue_rate", value=None),
        Figure(key="carrier:unicom-乙.assessed", value=Fraction(999_199, 1_000_000)),
        Figure(key="carrier:unicom-乙.mean_repair", value=None),
    ] == list(found.reasons[1].decided)


def test_a_shared_place_names_those_that_share_it() -> None:
    """They stand before neither, so they are not counted; nor is who stands behind."""
    whole = six_carriers()
    twin = replace(whole.carriers[2], id="twin")
    found = explain(replace(whole, carriers=(*whole.carriers, twin)), "carrier:twin.rank")
    assert (1, ("telecom-甲",), ["twin"]) == (found.value, found.alike, [each.id for each in found.reasons])


@pytest.mark.parametrize(
    ("figures", "key", "why", "least", "decided"),
    [
        (six_carriers, "carrier:telecom-乙.rank", NoRank.FEW_LINES, 5, 4),
        (low_coverage, "carrier:mobile.rank", NoRank.LOW_COVERAGE, Fraction(95, 100), Fraction(837, 1000)),
    ],
)
def test_who_has_no_place_is_told_why(
    figures: Callable[[], Figures], key: str, why: NoRank, least: Value, decided: Value
) -> None:
    """By its own figure, and what would have been enough."""
    found = explain(figures(), key)
    [reason] = found.reasons
    assert (None, why, least) == (found.value, found.why_not, found.least)
    assert [decided] == [each.value for each in reason.decided]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("county.fault", "county.fault: there is no such figure; did you mean county.faults?"),
        ("carrier:c3.on_time_rate", "did you mean carrier:c2.on_time_rate or carrier:c1.on_time_rate"),
        ("unit:u1.assessed", "did you mean unit:u1."),
        ("", "no key: there is no such figure; the keys stand in the report's JSON"),
        ("county", "county: there is no such figure; did you mean county."),
        ("county.", "county.: there is no such figure; did you mean county."),
        ("last:last:county.faults", "did you mean last:county.faults"),
        ("carrier:c2.ranks", "did you mean carrier:c2.rank"),
        ("last:carrier:c2.rank", "last:carrier:c2.rank: there is no such figure; did you mean last:carrier:c2."),
        ("unit:u1.rank", "did you mean unit:u1."),
        ("last:carrier:c2.lates", "did you mean last:carrier:c2.late"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(key: str, said: str) -> None:
    """One line that names the cure."""
    with pytest.raises(UnknownKey) as caught:
        explain(FIGURES, key)
    assert said in str(caught.value)
    assert set(caught.value.near) <= set(keys(FIGURES))


def test_without_a_month_before_its_keys_are_told_as_such() -> None:
    """The first month has none."""
    with pytest.raises(UnknownKey, match="nothing is on record of the period before"):
        explain(draw_up(month(), HEAD), "last:county.faults")


def test_no_data_is_explained_as_none() -> None:
    """Nothing counted of what nobody could see is —; of what was seen it is 0."""
    assert None is explain(draw_up(month(seen=()), HEAD), "county.faults").value
    assert 0 == explain(draw_up(month(), HEAD), "county.faults").value
    assert 0 == explain(draw_up(month(ON_TIME), HEAD), "county.late").value


def test_rules_are_what_they_say() -> None:
    """Sums, shares of sums, means and medians of lists written down."""
    hours = tuple(Reason(Kind.FAULT, f"F{n}", n * HOUR) for n in (4, 1, 2, 9))
    shares = (Reason(Kind.UNIT, "a", 1 * HOUR, 2 * HOUR), Reason(Kind.UNIT, "b", 1 * HOUR, 4 * HOUR))
    values = {
        rule: Explanation(key="x", rule=rule, reasons=reasons).value
        for rule, reasons in ((Rule.MEDIAN, hours), (Rule.RATE, shares), (Rule.COUNT, ()))
    }
    assert {Rule.MEDIAN: 3 * HOUR, Rule.RATE: Fraction(1, 3), Rule.COUNT: 0} == values
    assert 4 * HOUR == Explanation(key="x", rule=Rule.MEAN, reasons=hours).value
    assert Fraction(3, 8) == Explanation(key="x", rule=Rule.MEAN, reasons=shares).value
    assert None is Explanation(key="x", rule=Rule.MEAN, reasons=()).value


def test_thousands_of_denominators_make_one_mean() -> None:
    """Exact before it is cut off: each share and what it lacks to 1 come to a half."""
    shares = [(n % 7, n) for n in range(8, 5_000)]
    assert Fraction(1, 2) == mean_of_shares([*shares, *((whole - part, whole) for part, whole in shares)])


def test_a_fault_across_the_end_explains_both_months() -> None:
    """Its hours are split between the units' figures of two months."""
    lasting = fault(1, "L1", (at(8, 31, 12), at(9, 1, 12)))
    figures = draw_up(month(lasting), HEAD, before=ground_of(month(lasting, period=AUGUST)))
    downs = [
        reason.whole - reason.part  # type: ignore[operator]
        for key in ("last:unit:u1.availability", "unit:u1.availability")
        for reason in explain(figures, key).reasons
    ]
    assert [12 * HOUR, 12 * HOUR] == downs
