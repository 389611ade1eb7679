"""Which days are worked: by the decree, by what is written, by the day of the week; and how it is written."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from monitor.config.installation import read_installation
from monitor.config.problem import Problem
from monitor.config.source import parse
from monitor.config.workdays import Workdays

NEXT = """\
calendar:
  2099: {holidays: [2099-01-01, 2099-01-02], workdays: [2099-01-03]}
  2026: {holidays: [2026-08-05], workdays: [2026-10-01]}
"""


def calendar(text: str) -> tuple[Workdays, list[Problem]]:
    problems: list[Problem] = []
    document = parse(text, file="monitor.yaml")
    read = read_installation(document, environ={}, folder=Path("/nowhere"), problems=problems)
    return read.settings.calendar, problems


@pytest.mark.parametrize(
    ("day", "worked", "rule"),
    [
        (date(2026, 9, 1), True, "a Tuesday"),
        (date(2026, 9, 5), False, "a Saturday"),
        (date(2026, 9, 20), True, "a Sunday worked in lieu"),
        (date(2026, 10, 1), False, "National Day"),
        (date(2026, 10, 10), True, "a Saturday worked in lieu"),
        (date(2026, 2, 17), False, "Spring Festival"),
        (date(2099, 1, 1), True, "a Thursday of a year that is not decreed"),
        (date(2099, 1, 3), False, "a Saturday of such a year"),
        (date(1999, 10, 1), True, "a Friday before the decrees are known"),
    ],
)
def test_the_decree_says_which_days_are_worked(day: date, worked: bool, rule: str) -> None:
    """Without anything written the decree decides, and where it is not known, the day of the week."""
    assert worked is Workdays().worked(day), rule


def test_every_day_of_the_known_years_is_as_the_package_says() -> None:
    """Nothing between the package and the answer changes a day."""
    for number in range(366 * 4):
        day = date(2023, 1, 1) + timedelta(days=number)
        if day.year <= 2026:
            assert chinese_calendar.is_workday(day) is Workdays().worked(day), day


@pytest.mark.parametrize(
    ("day", "worked", "rule"),
    [
        (date(2099, 1, 1), False, "a holiday written, of a year not decreed"),
        (date(2099, 1, 3), True, "a Saturday written as worked"),
        (date(2099, 1, 4), False, "a Sunday of which nothing is written"),
        (date(2099, 1, 5), True, "a Monday of which nothing is written"),
        (date(2026, 8, 5), False, "a county's own holiday in a year decreed"),
        (date(2026, 10, 1), True, "what is written goes before the decree"),
        (date(2026, 10, 2), False, "and leaves its other days as they are"),
    ],
)
def test_what_is_written_goes_first(day: date, worked: bool, rule: str) -> None:
    """The calendar of monitor.yaml decides on the days it names, and on no other."""
    read, problems = calendar(NEXT)
    assert [] == problems
    assert worked is read.worked(day), rule


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 9, 1), ()),
        (date(2096, 11, 30), (2096,)),
        (date(2096, 12, 1), (2096, 2097)),
        (date(2098, 12, 31), (2098,)),  # the next is written
        (date(2099, 6, 1), ()),
    ],
)
def test_years_that_nobody_knows_are_named(today: date, missing: tuple[int, ...]) -> None:
    """This year, and from December on the next, are missing where neither the package nor a line written has them."""
    assert missing == calendar(NEXT)[0].missing_years(today)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("calendar: [2027]", "1:11: calendar: a mapping of years is wanted here: 2027: {holidays: […], workdays: […]}"),
        ("calendar: {27: {}}", "1:12: calendar.27: a year is wanted here, such as 2027"),
        ("calendar: {2027: {holiday: []}}", "1:19: calendar.2027.holiday: unknown key; did you mean 'holidays'?"),
        ("calendar: {2027: {holidays: 2027-01-01}}",
         "1:29: calendar.2027.holidays: a list is wanted here, such as [a, b]"),
        ("calendar: {2027: {holidays: [2027-02-29]}}",
         "1:30: calendar.2027.holidays[0]: there is no such date"),
        ("calendar: {2027: {workdays: [2027-01-02, 1.2]}}",
         "1:42: calendar.2027.workdays[1]: a date is wanted, such as 2026-10-01"),
        ("calendar: {2027: {holidays: [2026-12-31]}}",
         "1:30: calendar.2027.holidays[0]: this is no date of 2027"),
        ("calendar: {2027: {holidays: [2027-01-02], workdays: [2027-01-02]}}",
         "1:54: calendar.2027.workdays[0]: this is among the holidays too: keep one"),
    ],
)  # fmt: skip
def test_a_wrong_calendar_is_named_with_its_place_and_its_cure(text: str, problem: str) -> None:
    """Every mistake in the calendar has its place."""
    assert [f"monitor.yaml:{problem}"] == [str(found) for found in calendar(text)[1]]
