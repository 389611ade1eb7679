"""Which days are worked in China: holidays, and the Saturdays and Sundays worked in lieu.

The State Council decrees them for one year at a time, so the package that knows them knows the past and the present.
``calendar`` in ``monitor.yaml`` adds a year, or a county's own days, in the same words. A year that neither knows has
its Saturdays and Sundays as holidays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated

import chinese_calendar
from pydantic import PlainValidator
from typing_extensions import TypedDict

from monitor.config.fields import Surroundings
from monitor.config.hours import as_date
from monitor.config.problem import Path, Problem
from monitor.config.schema import Schema, known_keys_only
from monitor.config.source import Document

SATURDAY = 5
DECEMBER = 12  # the next year's decree is out by then
YEAR = "a year is wanted here, such as 2027"


@dataclass(frozen=True, slots=True)
class Workdays:
    """The calendar in force. ``overrides`` says of single days whether they are worked; ``years`` are those written."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    years: tuple[int, ...] = ()

    def worked(self, day: date) -> bool:
        """Tell whether a day is a workday, by what is written, else by the decree, else by the day of the week."""
        said = self.overrides.get(day)
        if said is not None:
            return said
        return (day.weekday() < SATURDAY) is not (day in (_decreed(day.year) or ()))

    def missing_years(self, today: date) -> tuple[int, ...]:
        """Return this year and, from December on, the next, as far as neither the package nor a line written has it."""
        due = (today.year, today.year + 1) if today.month == DECEMBER else (today.year,)
        return tuple(year for year in due if not self.knows(year))

    def knows(self, year: int) -> bool:
        """Tell whether the package or a line written has a year's holidays; else they are those of its weekends."""
        return year in self.years or _decreed(year) is not None


@lru_cache(maxsize=16)
def _decreed(year: int) -> frozenset[date] | None:
    """Return the days that a year's decree makes other than their day of the week says; None where it is not known."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1))
    try:
        return frozenset(day for day in days if chinese_calendar.is_workday(day) is not (day.weekday() < SATURDAY))
    except NotImplementedError:
        return None


Dates = tuple[Annotated[date, PlainValidator(as_date)], ...]


@known_keys_only
class YearKeys(TypedDict, total=False):
    """A year of the calendar."""

    holidays: Dates
    workdays: Dates


YEAR_SCHEMA = Schema(YearKeys)


def read_calendar(
    document: Document, path: Path, value: object, *, within: Surroundings, problems: list[Problem]
) -> Workdays:
    """Read the mapping of years; a wrong one is left out."""
    if not isinstance(value, dict):
        problems.append(
            document.problem(path, "a mapping of years is wanted here: 2027: {holidays: […], workdays: […]}")
        )
        return Workdays()
    overrides: dict[date, bool] = {}
    years = []
    for name, given in value.items():
        wrong: list[Problem] = []
        keys = YEAR_SCHEMA.read(document, (*path, name), given, within=within, problems=wrong)
        wrong += _misplaced(document, (*path, name), name, keys)
        problems += wrong
        if not wrong:
            years.append(int(name))
            overrides |= dict.fromkeys(keys.get("holidays", ()), False) | dict.fromkeys(keys.get("workdays", ()), True)
    return Workdays(overrides, tuple(years))


def _misplaced(document: Document, path: Path, name: str, keys: YearKeys) -> Iterator[Problem]:
    """Name a year that is none, the dates of another year, and those said to be both."""
    if not (len(name) == 4 and name.isascii() and name.isdigit() and name > "0000"):
        yield document.problem(path, YEAR, key=True)
        return
    holidays = keys.get("holidays", ())
    for number, day in enumerate(holidays):
        if day.year != int(name):
            yield document.problem((*path, "holidays", number), f"this is no date of {name}")
    for number, day in enumerate(keys.get("workdays", ())):
        if day.year != int(name):
            yield document.problem((*path, "workdays", number), f"this is no date of {name}")
        elif day in holidays:
            yield document.problem((*path, "workdays", number), "this is among the holidays too: keep one")
