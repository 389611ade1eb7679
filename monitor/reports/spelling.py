"""A report's figures as JSON (``docs/report-json.md``): the same figures are the same bytes, and read back are equal.

It is what an edition keeps: whatever a later version of this software computes, a frozen edition says what it said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from monitor.reports.beside import BOUNDS, Beside
from monitor.reports.composing.front import too_little_known
from monitor.reports.composing.speech import NOTHING, hours_and_minutes
from monitor.reports.explaining import Rule, explained_beside
from monitor.reports.figures import Figure, Figures, Indicator, Rank, Value, rank_key
from monitor.reports.forms import Json, Misspelled, canonical, definitions, form, percent
from monitor.wording import WORDING

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"
COUNTY_SHOWN = (
    Indicator.UNITS,
    Indicator.LINES,
    Indicator.AVAILABILITY,
    Indicator.FAULTS,
    Indicator.ACCOUNTABLE,
    Indicator.UNITS_AFFECTED,
    Indicator.ON_TIME,
    Indicator.LATE,
    Indicator.OVERDUE,
    Indicator.DISPUTABLE,
    Indicator.RUNNING,
    Indicator.ON_TIME_RATE,
    Indicator.MISSED,
    Indicator.MEAN_REPAIR,
    Indicator.MEDIAN_REPAIR,
    Indicator.COVERAGE,
)
"""What page one tells of the county; of the period before what stands in its table."""
COMPARED_SHOWN = (
    Indicator.AVAILABILITY,
    Indicator.FAULTS,
    Indicator.UNITS_AFFECTED,
    Indicator.ON_TIME_RATE,
    Indicator.MISSED,
    Indicator.MEAN_REPAIR,
    Indicator.MEDIAN_REPAIR,
    Indicator.COVERAGE,
)
CARRIER_SHOWN = (
    Indicator.LINES,
    Indicator.ACCOUNTABLE,
    Indicator.INCIDENTS,
    Indicator.MISSED,
    Indicator.DISPUTABLE,
    Indicator.ON_TIME_RATE,
    Indicator.MEAN_REPAIR,
    Indicator.ASSESSED,
    Indicator.AVAILABILITY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure of page one, and the number in it as it is printed, by language: of a share the percent."""

    key: str
    value: Value
    printed: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A carrier's rank."""

    key: str
    carrier: str
    name: str
    rank: Rank


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """The figures of page one, in its order: of the county, of the period before, of each carrier; and the ranks."""

    figures: tuple[Shown, ...]
    ranks: tuple[Placed, ...]


def first_page(figures: Figures) -> FirstPage:
    """Return what page one tells in numbers; of those in its sentences the ones that are not 0."""
    return FirstPage(
        figures=tuple(
            Shown(key=each.key, value=each.value, printed={locale: printed(each.value, locale) for locale in WORDING})
            for each in _shown(figures)
        ),
        ranks=tuple(
            Placed(key=rank_key(row.id), carrier=row.id, name=row.name, rank=row.rank) for row in figures.carriers
        ),
    )


def _shown(figures: Figures) -> Iterator[Figure]:
    overall = figures.overall
    yield from (overall[indicator].now for indicator in COUNTY_SHOWN if indicator in overall)
    if Indicator.INCIDENTS in overall and overall[Indicator.INCIDENTS].now.value:
        yield overall[Indicator.INCIDENTS].now
    beside = (explained_beside(figures, each) for each in Beside if _is_said(each, figures))
    yield from (Figure(key=each.key, value=each.value) for each in beside if each.value or each.rule is Rule.MEAN)
    compared = (overall[indicator].before for indicator in COMPARED_SHOWN if indicator in overall)
    yield from (before for before in compared if before is not None)
    yield from (row.figures[each] for row in figures.carriers for each in CARRIER_SHOWN if each in row.figures)


def _is_said(beside: Beside, figures: Figures) -> bool:
    """Tell whether a sentence of page one is about it, if it is not 0."""
    if beside in BOUNDS:
        return too_little_known(figures)
    return beside is not Beside.WINDOW or any(unit.unknown for unit in figures.units)


def printed(value: Value, locale: str) -> str:
    """Return the number of a figure as it is printed: ``12``, ``99.98``, ``4小时24分``; ``—`` where there is none."""
    match value:
        case None:
            return NOTHING
        case timedelta():
            return hours_and_minutes(value, locale)
        case Fraction():
            return percent(value)
        case int():
            return str(value)


# -- JSON ----------------------------------------------------------------------------------------------------------


def to_json(figures: Figures) -> str:
    """Return the canonical JSON of figures, with what page one tells put together.

    Raises:
        ValueError: they hold what JSON or UTF-8 cannot carry (a naive time, NaN, half a character).
    """
    return canonical(spelled(figures))


def spelled(figures: Figures) -> Json:
    """Return figures as a tree of JSON."""
    head = {"version": VERSION, "first_page": form(FirstPage).write(first_page(figures))}
    return head | form(Figures).write(figures)


def of_json(text: str) -> Figures:
    """Return the figures of their JSON; what page one tells follows from the rest.

    Raises:
        Misspelled: it is no report, or one of another version; the text names the place in it.
    """
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Misspelled(f"the report is not JSON: {error}") from error
    if not isinstance(tree, dict):
        raise Misspelled("the report is not a JSON object")
    if tree.get("version") != VERSION:
        raise Misspelled(f"the report is of version {tree.get('version')!r}; this software reads version {VERSION}")
    figures: Figures = form(Figures).read({name: tree[name] for name in tree if name not in ("version", "first_page")})
    return figures


def schema() -> Json:
    """Return the JSON Schema of a report (``docs/report.schema.json``)."""
    known = definitions(Figures) | definitions(FirstPage)
    whole = known.pop("Figures")
    head = {"version": {"const": VERSION}, "first_page": form(FirstPage).schema}
    return {
        "$schema": DIALECT,
        "title": "The figures of a report",
        **whole,
        "properties": head | whole["properties"],
        "required": [*head, *whole["required"]],
        "$defs": dict(sorted(known.items())),
    }
