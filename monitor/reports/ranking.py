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


def ranks(carriers: Mapping[str, Told], rule: ReportRule) -> Mapping[str, Rank]:
    """Return the place of every carrier; those that stand alike share one, and the places behind it are left free.

    A carrier of which no fault was judged stands as one without a late one; one that repaired none of its faults
    behind those that did.
    """
    why_not = {carrier: _why_not(told, rule) for carrier, told in carriers.items()}
    standing = {carrier: _standing(told) for carrier, told in carriers.items() if why_not[carrier] is None}
    alike = Counter(standing.values())
    return {
        carrier: Rank(
            place=1 + sum(other < standing[carrier] for other in standing.values()),
            shared=alike[standing[carrier]] > 1,
        )
        if carrier in standing
        else Rank(place=None, why_not=why_not[carrier])
        for carrier in carriers
    }


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
