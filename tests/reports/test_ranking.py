"""Which carrier stands where (the report's part 3 of page one)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from monitor.policy import ReportRule
from monitor.reports.figures import Figure, Indicator, NoRank, Rank, Value
from monitor.reports.ranking import ranks

HOUR = timedelta(hours=1)
F = Fraction
ENOUGH = F(95, 100)


def carrier(
    overdue: Fraction | None,
    assessed: Fraction | None,
    repair: timedelta | None,
    *,
    lines: int = 5,
    coverage: Fraction | None = ENOUGH,
    faults: int | None = None,
) -> dict[Indicator, Figure]:
    values: dict[Indicator, Value] = {
        Indicator.OVERDUE_RATE: overdue,
        Indicator.ASSESSED: assessed,
        Indicator.MEAN_REPAIR: repair,
        Indicator.LINES: lines,
        Indicator.COVERAGE: coverage,
        Indicator.ACCOUNTABLE: (0 if overdue is None else 1) if faults is None else faults,
    }
    return {indicator: Figure(key=indicator.value, value=value) for indicator, value in values.items()}


A = carrier(F(1, 10), F(99, 100), 2 * HOUR)
FEW, LOW, NOTHING = NoRank.FEW_LINES, NoRank.LOW_COVERAGE, NoRank.NOTHING_JUDGED


@pytest.mark.parametrize(
    ("carriers", "places"),
    [
        ([A, carrier(F(1, 11), F(9, 10), 9 * HOUR)], ["2", "1"]),
        ([A, carrier(F(1, 10), F(999, 1000), 9 * HOUR)], ["2", "1"]),
        ([A, carrier(F(1, 10), F(99, 100), HOUR)], ["2", "1"]),
        ([A, A, carrier(F(1, 5), F(1), HOUR), carrier(F(0), F(1), HOUR)], ["2=", "2=", "4", "1"]),
        ([A, carrier(F(0), F(1), None, lines=4)], ["1", FEW]),
        ([A, carrier(F(0), F(1), None, coverage=F(94_999, 100_000))], ["1", LOW]),
        ([A, carrier(None, None, None, coverage=None)], ["1", LOW]),
        ([A, carrier(None, None, None)], ["1", NOTHING]),
        ([A, carrier(None, F(9, 10), None)], ["2", "1"]),
        ([carrier(F(0), F(1), HOUR), carrier(None, F(1), None)], ["2", "1"]),
        ([carrier(F(1), F(1), 30 * HOUR), carrier(F(1), F(1), None, faults=2)], ["1", "2"]),
    ],
    ids=[
        "by overdue rate",
        "then by assessed availability",
        "then by mean time to repair",
        "ties share a rank, and the places behind it are free",
        "fewer than five lines",
        "coverage just under 95 %",
        "nothing seen at all",
        "nothing that it answers for",
        "no fault judged: none was late",
        "no fault at all is better than one quickly repaired",
        "nothing repaired is worse than late",
    ],
)
def test_carriers_are_ranked_as_the_report_says(
    carriers: list[dict[Indicator, Figure]], places: list[str | NoRank]
) -> None:
    """Rank by overdue rate, then assessed availability, then MTTR; ties share a rank (并列)."""
    found = ranks({str(place): each for place, each in enumerate(carriers)}, ReportRule())
    assert places == [said(rank) for rank in found.values()]


def said(rank: Rank) -> str | NoRank:
    if rank.place is None:
        assert rank.why_not is not None
        return rank.why_not
    return f"{rank.place}{'=' if rank.shared else ''}"


def test_the_numbers_are_those_of_the_policy() -> None:
    """A carrier of one line is ranked where the policy wants one."""
    small = {"a": carrier(F(0), F(1), None, lines=1, coverage=F(1, 2))}
    rule = ReportRule(rank_min_lines=1, rank_min_coverage=F(1, 2))
    assert {"a": Rank(place=1)} == ranks(small, rule)
