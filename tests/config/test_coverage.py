"""Which hours of the week nothing covers: as brute force finds them, and said in few words."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.coverage import NEVER, AnyDay, holes, say_holes
from monitor.config.hours import ALWAYS, Hours
from tests.config.test_hours import DAYS, SPANS, hours, painted

DAYTIME, NIGHT = hours("08:00-20:00"), hours("20:00-08:00")


@pytest.mark.parametrize(
    ("rule", "covering", "said"),
    [
        ("the whole week is covered", (ALWAYS,), ""),
        ("by day and by night", (DAYTIME, NIGHT), ""),
        ("by workdays and holidays", (hours(days="workdays"), hours(days="holidays")), ""),
        ("by a night of workdays that reaches into holidays",
         (hours("20:00-08:00", days="workdays"), hours("20:00-08:00", days="holidays"), DAYTIME), ""),
        ("by seven names", (hours(days="mon tue wed thu fri sat sun"),), ""),
        ("by a duty of 24 hours", (hours("08:00-08:00"),), ""),
        ("nothing at all", (), "every day 00:00-24:00"),
        ("only days", (DAYTIME,), "every day 20:00-08:00"),
        ("only nights", (NIGHT,), "every day 08:00-20:00"),
        ("a noon", (hours("00:00-12:00", "13:30-24:00"),), "every day 12:00-13:30"),
        ("five names leave the weekend", (hours(days="mon tue wed thu fri"),), "sat, sun 00:00-24:00"),
        ("workdays leave holidays", (hours(days="workdays"),), "holidays 00:00-24:00"),
        ("five names by day, the weekend whole",
         (hours("08:00-20:00", days="mon tue wed thu fri"), hours(days="sat sun")),
         "mon-fri 00:00-08:00; mon-fri 20:00-24:00"),
        ("workdays and the weekend leave a holiday in the week", (hours(days="workdays"), hours(days="sat sun")),
         "holidays on mon-fri 00:00-24:00"),
        ("only workdays' nights", (DAYTIME, hours("20:00-08:00", days="workdays")), "holidays 20:00-08:00"),
        ("only some nights", (DAYTIME, hours("20:00-08:00", days="mon wed")), "tue, thu-sun 20:00-08:00"),
        ("a morning after some nights", (hours("00:00-24:00", days="holidays"), hours("20:00-08:00")),
         "workdays 08:00-20:00"),
        ("a short night of workdays", (DAYTIME, hours("20:00-06:00")), "every day 06:00-08:00"),
        ("a night that ends early after holidays",
         (hours("06:00-24:00"), hours("23:00-06:00", days="workdays")), "00:00-06:00 after holidays"),
        ("a morning that depends on both days",
         (hours("06:00-24:00"), hours("23:00-06:00", days="workdays"), hours(days="holidays")),
         "workdays 00:00-06:00 after a holiday"),
        ("more than four",
         (hours("00:00-01:00", "02:00-03:00", "04:00-05:00", "06:00-07:00", "08:00-09:00", "10:00-11:00"),),
         "every day 01:00-02:00; every day 03:00-04:00; every day 05:00-06:00; every day 07:00-08:00; and 2 more"),
    ],
)  # fmt: skip
def test_holes_are_said_in_few_words(rule: str, covering: tuple[Hours, ...], said: str) -> None:
    """What nothing covers is said by days and hours, an evening and the morning after it as one."""
    assert said == say_holes(holes(covering)), rule


def test_without_any_hours_every_minute_is_a_hole() -> None:
    """The hole that is never covered has a name."""
    assert NEVER == holes(())


HOLIDAYS = st.lists(st.booleans(), min_size=8, max_size=8)
SUNDAY = datetime(2026, 9, 6)  # noqa: DTZ001 - the day before a week, on the wall
WRITTEN = st.lists(st.tuples(SPANS, DAYS), max_size=4)


@settings(max_examples=60)
@given(WRITTEN, HOLIDAYS)
def test_holes_are_those_of_a_week_of_minutes(written: list[tuple[tuple[str, ...], str]], worked: list[bool]) -> None:
    """In any week, whatever days of it are worked, a minute is in a hole exactly when no hours are painted over it."""
    found = holes(tuple(hours(*spans, days=days) for spans, days in written))
    calendar = {(SUNDAY + timedelta(days=number)).date(): each for number, each in enumerate(worked)}
    walls = [painted(spans or ("00:00-24:00",), days, SUNDAY, 10, calendar.__getitem__) for spans, days in written]
    for number in range(1, 8):
        day = AnyDay(number - 1, worked[number], worked[number - 1])
        for minute in range(1440):
            covered = any(wall[number * 1440 + minute] for wall in walls)
            in_hole = any(hole.begin <= minute < hole.end and day in hole.days for hole in found)
            assert in_hole is not covered, (day, minute)


@given(WRITTEN)
def test_holes_stand_in_the_order_of_the_clock_and_apart(written: list[tuple[tuple[str, ...], str]]) -> None:
    """Holes are whole stretches of the day: none is empty, overlaps another, or goes on in the next."""
    found = holes(tuple(hours(*spans, days=days) for spans, days in written))
    for hole in found:
        assert 0 <= hole.begin < hole.end <= 1440
        assert hole.days
    for one, other in pairwise(found):
        assert one.end < other.begin or (one.end == other.begin and one.days != other.days)
