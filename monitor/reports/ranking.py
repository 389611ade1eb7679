"""Which carrier stands where: by overdue rate, then assessed availability, then mean time to repair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import cast

from monitor.policy import ReportRule
from monitor.reports.figures import Figure, Indicator, NoRank, Rank

Told = Mapping[Indicator, Figure]
Standing = tuple[Fraction, Fraction, timedelta]
DECIDING = (Indicator.OVERDUE_RATE, Indicator.ASSESSED, Indicator.MEAN_REPAIR)
"""What carriers are ranked by, in this order."""


def ranks(carriers: Mapping[str, Told], rule: ReportRule) -> Mapping[str, Rank]:
    """Return the place of every carrier; those that stand alike share one, and the places behind it are left free.

    A carrier of which no fault was judged stands as one without a late one; one that repaired none of its faults
    behind those that did.
    """
    standing = _standings(carriers, rule)
    places = Counter(standing.values())
    return {
        carrier: Rank(
            place=1 + sum(other < standing[carrier] for other in standing.values()),
            shared=places[standing[carrier]] > 1,
        )
        if carrier in standing
        else Rank(place=None, why_not=_why_not(carriers[carrier], rule))
        for carrier in carriers
    }


def ahead(carrier: str, carriers: Mapping[str, Told], rule: ReportRule) -> list[str]:
    """Return the carriers that stand before one that is ranked, the best first, and that one: as many as its place."""
    standing = _standings(carriers, rule)
    before = (each for each in standing if standing[each] < standing[carrier])
    return [*sorted(before, key=standing.__getitem__), carrier]


def alike(carrier: str, carriers: Mapping[str, Told], rule: ReportRule) -> list[str]:
    """Return the others that share the place of a carrier that is ranked."""
    standing = _standings(carriers, rule)
    return [each for each in standing if standing[each] == standing[carrier] and each != carrier]


def required(why: NoRank, rule: ReportRule) -> tuple[Indicator, int | Fraction | None]:
    """Return the figure for which a carrier is not ranked, and the least that would do, where there is one."""
    match why:
        case NoRank.FEW_LINES:
            return Indicator.LINES, rule.rank_min_lines
        case NoRank.LOW_COVERAGE:
            return Indicator.COVERAGE, rule.rank_min_coverage
        case NoRank.NOTHING_JUDGED:
            return Indicator.ASSESSED, None


def _standings(carriers: Mapping[str, Told], rule: ReportRule) -> Mapping[str, Standing]:
    """Return what those that are ranked are sorted by."""
    return {carrier: _standing(told) for carrier, told in carriers.items() if _why_not(told, rule) is None}


def _why_not(told: Told, rule: ReportRule) -> NoRank | None:
    """Return why a carrier is not ranked, None where it is."""
    if cast("int", told[Indicator.LINES].value) < rule.rank_min_lines:
        return NoRank.FEW_LINES
    coverage = _share(told, Indicator.COVERAGE)
    if coverage is None or coverage < rule.rank_min_coverage:
        return NoRank.LOW_COVERAGE
    return NoRank.NOTHING_JUDGED if _share(told, Indicator.ASSESSED) is None else None


def _standing(told: Told) -> Standing:
    """Return what carriers are sorted by, the best first."""
    repair = told[Indicator.MEAN_REPAIR].value
    if repair is None:
        repair = timedelta.max if told[Indicator.ACCOUNTABLE].value else timedelta()
    overdue, assessed = _share(told, Indicator.OVERDUE_RATE), _share(told, Indicator.ASSESSED)
    return overdue or Fraction(), -(assessed or Fraction()), cast("timedelta", repair)


def _share(told: Told, indicator: Indicator) -> Fraction | None:
    return cast("Fraction | None", told[indicator].value)
