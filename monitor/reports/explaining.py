"""What stands behind a figure, and the rule by which it comes to it (``monitor report --explain KEY``).

Every figure of a report is made here, out of the rows that are kept with it: so the list that explains a figure comes
to that figure, in a frozen edition too, whatever the record says by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import cast

from monitor.reports.beside import BOUNDS, LENGTHS, Beside
from monitor.reports.beside import REASONS as OF_PAGE_ONE
from monitor.reports.figures import RANK, Figures, Ground, Indicator, NoRank, Value
from monitor.reports.ranking import DECIDING, ahead, alike, ranks, required
from monitor.reports.scopes import REASONS, TOLD_OF, Kind, Level, Reason, Scope, scope

LAST = "last:"
BESIDE = tuple(each.value for each in Beside)
FINEST = 10**18
"""A mean of shares is kept in so many parts of one, cut off: cut to two decimals of a percent it is what the exact one
is. Thousands of units have thousands of denominators, and no common one that anybody could write down."""


class Rule(StrEnum):
    """How a figure comes from its grounds."""

    COUNT = "count"
    """The sum of their parts, each of which is 1."""
    SUM = "sum"
    """The sum of their parts, which are lengths of time, cut off to whole seconds."""
    RATE = "rate"
    """The sum of their parts divided by the sum of their wholes."""
    MEAN = "mean"
    """The sum of what each is by itself, divided by their number: its part of its whole, or its part."""
    MEDIAN = "median"
    """The part in the middle, or the mean of the two in the middle."""
    PLACE = "place"
    """How many carriers they are: those that stand before one, and that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A figure with its grounds. ``known``: whether the monitor knew anything there; else nothing counted is no 0.

    A place is shared with ``alike``. A carrier that has none is its own only ground: ``why_not`` says why, ``least``
    what would have been enough.
    """

    key: str
    rule: Rule
    reasons: tuple[Reason, ...]
    known: bool = True
    alike: tuple[str, ...] = ()
    why_not: NoRank | None = None
    least: Value = None

    @property
    def value(self) -> Value:
        """The figure, from its grounds alone."""
        if self.why_not is not None:
            return None
        return _COMPUTED[self.rule](self.reasons) if self.reasons or self.known else None


class UnknownKey(LookupError):
    """There is no such figure; ``near`` are keys that there are."""

    def __init__(self, key: str, why: str, near: Sequence[str] = ()) -> None:
        """Say what is wrong in one line."""
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"{key or 'no key'}: {why}{meant}")
        self.near = tuple(near)


def explain(figures: Figures, key: str) -> Explanation:
    """Return what stands behind a figure.

    Raises:
        UnknownKey: there is no figure of that key; the text names the nearest ones.
    """
    last = key.startswith(LAST)
    ground = figures.before if last else figures.ground
    if ground is None:
        raise UnknownKey(key, "nothing is on record of the period before")
    names = _names(figures, last=last)
    name, _, indicator = key.removeprefix(LAST).rpartition(".") if "." in key else (key.removeprefix(LAST), "", "")
    level = names.get(name)
    if level is None or indicator not in _told_of(level, last=last):
        near = _near(name, indicator, names, last=last)
        cure = "" if near else "; the keys stand in the report's JSON (--format json)"
        raise UnknownKey(key, f"there is no such figure{cure}", [LAST + each if last else each for each in near])
    of = name.partition(":")[2]
    if indicator == RANK:
        return _placed(figures, key, of)
    if level is Level.COUNTY and indicator in BESIDE:
        return explained_beside(figures, Beside(indicator))
    return explained(scope(ground, level, of), Indicator(indicator), last=last)


def _placed(figures: Figures, key: str, carrier: str) -> Explanation:
    """Return what stands behind a carrier's place: those before it, each with the figures that decide."""
    told, rule = {row.id: row.figures for row in figures.carriers}, figures.policy.report
    why_not = ranks(told, rule)[carrier].why_not
    if why_not is not None:
        lacking, least = required(why_not, rule)
        reason = Reason(Kind.CARRIER, carrier, 0, decided=(told[carrier][lacking],))
        return Explanation(key=key, rule=Rule.PLACE, reasons=(reason,), why_not=why_not, least=least)
    reasons = (
        Reason(Kind.CARRIER, each, 1, decided=tuple(told[each][indicator] for indicator in DECIDING))
        for each in ahead(carrier, told, rule)
    )
    return Explanation(key=key, rule=Rule.PLACE, reasons=tuple(reasons), alike=tuple(alike(carrier, told, rule)))


def explained_beside(figures: Figures, beside: Beside) -> Explanation:
    """Return what stands behind a number that page one tells beside the indicators."""
    return Explanation(
        key=f"{Level.COUNTY}.{beside}",
        rule=Rule.SUM if beside in LENGTHS else Rule.MEAN if beside in BOUNDS else Rule.COUNT,
        reasons=tuple(OF_PAGE_ONE[beside](figures)),
    )


def _told_of(level: Level, *, last: bool) -> tuple[str, ...]:
    """Return what is told of a level; places, and what stands beside the indicators, only of the period itself."""
    more = {Level.CARRIER: (RANK,), Level.COUNTY: BESIDE}.get(level, ())
    return TOLD_OF[level] if last else (*TOLD_OF[level], *more)


def _near(name: str, indicator: str, names: Mapping[str, Level], *, last: bool) -> list[str]:
    """Return the nearest keys: of what is named, where there is such, else of what is named much like it."""
    if name in names:
        told = _told_of(names[name], last=last)
        return [f"{name}.{each}" for each in get_close_matches(indicator, told) or told[:3]]
    nearest = get_close_matches(name, names)
    indicator = indicator or Indicator.AVAILABILITY
    return [f"{each}.{indicator}" for each in nearest if indicator in _told_of(names[each], last=last)]


def explained(of: Scope, indicator: Indicator, *, last: bool = False) -> Explanation:
    """Return what stands behind an indicator of the county, a carrier, a unit or a line."""
    return Explanation(
        key=f"{LAST if last else ''}{of.name}.{indicator}",
        rule=_rule(indicator, of.level),
        reasons=tuple(REASONS[indicator](of)),
        known=of.known or indicator in (Indicator.UNITS, Indicator.LINES),
    )


def keys(figures: Figures) -> Iterator[str]:
    """Yield the keys of all figures: of the county, the carriers, units, lines; then those of the period before."""
    for last in (False, True):
        for name, level in _names(figures, last=last).items():
            yield from (f"{LAST if last else ''}{name}.{told}" for told in _told_of(level, last=last))


def carriers_of(ground: Ground) -> list[str]:
    """Return the carriers that a period has lines or faults of."""
    return list(dict.fromkeys([line.carrier for line in ground.lines] + [fault.carrier for fault in ground.faults]))


def _names(figures: Figures, *, last: bool) -> Mapping[str, Level]:
    """Return whose figures there are, ``county``, ``carrier:ID`` …, of the period or the one before."""
    ground = figures.before if last else figures.ground
    if ground is None:
        return {}
    carriers = carriers_of(ground) if last else [row.id for row in figures.carriers]
    return {
        Level.COUNTY.value: Level.COUNTY,
        **{f"{Level.CARRIER}:{carrier}": Level.CARRIER for carrier in carriers},
        **{f"{Level.UNIT}:{unit.id}": Level.UNIT for unit in ground.units},
        **{f"{Level.LINE}:{line.id}": Level.LINE for line in ground.lines},
    }


# -- rules -------------------------------------------------------------------------------------------------------

_RULES: Mapping[Indicator, Rule] = {
    Indicator.AVAILABILITY: Rule.RATE,
    Indicator.ASSESSED: Rule.RATE,
    Indicator.COVERAGE: Rule.RATE,
    Indicator.ON_TIME_RATE: Rule.RATE,
    Indicator.OVERDUE_RATE: Rule.RATE,
    Indicator.MEAN_REPAIR: Rule.MEAN,
    Indicator.MEDIAN_REPAIR: Rule.MEDIAN,
}
"""All others are counted; the county's availability is the mean of its units'."""


def _rule(indicator: Indicator, level: Level) -> Rule:
    if indicator is Indicator.AVAILABILITY and level is Level.COUNTY:
        return Rule.MEAN
    return _RULES.get(indicator, Rule.COUNT)


def _count(reasons: Sequence[Reason]) -> Value:
    return sum(_number(reason.part) for reason in reasons)


def _sum(reasons: Sequence[Reason]) -> Value:
    """Return the length of time of all units: centuries, which no number of JSON holds with parts of a second."""
    whole = sum((cast("timedelta", reason.part) for reason in reasons), timedelta())
    return whole - whole % timedelta(seconds=1)


def _rate(reasons: Sequence[Reason]) -> Value:
    whole = sum(_number(reason.whole or 0) for reason in reasons)
    return Fraction(sum(_number(reason.part) for reason in reasons), whole) if whole else None


def _mean(reasons: Sequence[Reason]) -> Value:
    if not reasons:
        return None
    if all(reason.whole is None for reason in reasons):
        return sum((cast("timedelta", reason.part) for reason in reasons), timedelta()) / len(reasons)
    return mean_of_shares([(_number(each.part), _number(each.whole)) for each in reasons if each.whole is not None])


def mean_of_shares(shares: Sequence[tuple[int, int]]) -> Fraction:
    """Return the mean of shares, each a part and its whole, in parts of `FINEST`, cut off; there is at least one."""
    summed: dict[int, int] = {}
    for part, whole in shares:
        summed[whole] = summed.get(whole, 0) + part
    terms = [(part, whole) for whole, part in summed.items()]
    while len(terms) > 1:  # in pairs: long numbers meet long ones, which multiplies quickly
        pairs = zip(terms[::2], terms[1::2], strict=False)
        odd = terms[-1:] if len(terms) % 2 else []
        terms = [(a * d + c * b, b * d) for (a, b), (c, d) in pairs] + odd
    part, whole = terms[0]
    return Fraction(part * FINEST // (whole * len(shares)), FINEST)


def _median(reasons: Sequence[Reason]) -> Value:
    taken = sorted(cast("timedelta", reason.part) for reason in reasons)
    middle = len(taken) // 2
    return (taken[(len(taken) - 1) // 2] + taken[middle]) / 2 if taken else None


def _number(length: int | timedelta) -> int:
    """Return a count, or a length of time in microseconds."""
    return length if isinstance(length, int) else length // timedelta.resolution


_COMPUTED: Mapping[Rule, Callable[[Sequence[Reason]], Value]] = {
    Rule.COUNT: _count,
    Rule.SUM: _sum,
    Rule.RATE: _rate,
    Rule.MEAN: _mean,
    Rule.MEDIAN: _median,
    Rule.PLACE: _count,
}
