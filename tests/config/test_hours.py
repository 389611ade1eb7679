"""Hours of the day, kinds of days, dates: how they are written, and at which instants they hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.hours import (
    ALWAYS,
    DATES_WANTED,
    WANTED,
    WEEK,
    Almanac,
    DayKind,
    Hours,
    as_dates,
    as_span,
    first_instant,
)
from monitor.config.workdays import Workdays

SHANGHAI, OSLO, LORD_HOWE = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Oslo"), ZoneInfo("Australia/Lord_Howe")
CHINA = Workdays().worked
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLOCK = re.compile(r"(\d+):(\d+)-(\d+):(\d+)")


def hours(*spans: str, days: str = "", first: date | None = None, until: date | None = None) -> Hours:
    """Return hours as they would be written."""
    return Hours(
        spans=tuple(as_span(span) for span in spans) or ALWAYS.spans,
        days=frozenset(DayKind(word) for word in days.split()),
        first=first,
        until=until,
    )


def plainly(spans: tuple[str, ...], days: str, workday: Callable[[date], bool], wall: datetime) -> bool:
    """Tell whether hours hold at a time on the wall, by intervals of it: nothing of the product's is asked."""
    for day in (wall.date(), wall.date() - DAY):
        words = {day.strftime("%a").lower(), "workdays" if workday(day) else "holidays"}
        if days and not words & set(days.split()):
            continue
        midnight = datetime.combine(day, datetime.min.time())
        for span in spans or ("00:00-24:00",):
            found = CLOCK.fullmatch(span)
            assert found
            a, b, c, d = map(int, found.groups())
            begin, end = midnight + timedelta(hours=a, minutes=b), midnight + timedelta(hours=c, minutes=d)
            if begin <= wall < (end if end > begin else end + DAY):
                return True
    return False


@pytest.mark.parametrize(
    ("text", "begin", "end", "again"),
    [
        ("08:00-20:00", 480, 1200, "08:00-20:00"),
        ("8:00-20:00", 480, 1200, "08:00-20:00"),
        ("20:00-08:00", 1200, 1920, "20:00-08:00"),  # over midnight
        ("20:00-24:00", 1200, 1440, "20:00-24:00"),
        ("20:00-00:00", 1200, 1440, "20:00-24:00"),
        ("00:00-24:00", 0, 1440, "00:00-24:00"),
        ("08:00-08:00", 480, 1920, "08:00-08:00"),  # a duty of 24 hours
        ("23:59-00:01", 1439, 1441, "23:59-00:01"),
    ],
)
def test_hours_are_read_and_written_again(text: str, begin: int, end: int, again: str) -> None:
    """A span is its minutes after midnight, and what goes over midnight ends on the next day."""
    span = as_span(text)
    assert (begin, end, again) == (span.begin, span.end, str(span))


@pytest.mark.parametrize(
    "wrong", ["8-20", "08:00", "08:00-25:00", "24:00-08:00", "08:60-09:00", "08:00–20:00", 8, None]
)
def test_hours_written_otherwise_are_refused(wrong: object) -> None:
    """Whatever is no span is refused with an example of one."""
    with pytest.raises(ValueError, match=WANTED):
        as_span(wrong)


@pytest.mark.parametrize(
    ("given_dates", "first", "until"),
    [
        (["2026-10-01", "2026-10-08"], date(2026, 10, 1), date(2026, 10, 8)),
        (["2026-10-01", None], date(2026, 10, 1), None),
        ([None, "2026-10-08"], None, date(2026, 10, 8)),
    ],
)
def test_dates_are_the_first_and_the_one_after_the_last(
    given_dates: list[object], first: date | None, until: date | None
) -> None:
    """Either side of the dates may be open."""
    assert (first, until) == as_dates(given_dates)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("2026-10-01", re.escape(DATES_WANTED)),
        (["2026-10-01"], re.escape(DATES_WANTED)),
        ([None, None], re.escape(DATES_WANTED)),
        (["2026-10-08", "2026-10-08"], "the second date must be later"),
        (["2026-02-30", None], "there is no such date"),
        (["tomorrow", None], "a date is wanted, such as 2026-10-01"),
    ],
)
def test_dates_written_otherwise_are_refused(wrong: object, said: str) -> None:
    """What is not two dates in their order is refused with the cure."""
    with pytest.raises(ValueError, match=said):
        as_dates(wrong)


DAYTIME, NIGHT = hours("08:00-20:00"), hours("20:00-08:00")
WORKING_NIGHT, FREE = hours("20:00-08:00", days="workdays"), hours(days="holidays")
MONDAY_ROUND = hours("08:00-08:00", days="mon")
OFFICE = hours("08:30-12:00", "14:30-18:00", days="workdays")
GOLDEN_WEEK = hours("20:00-08:00", first=date(2026, 10, 1), until=date(2026, 10, 8))


@pytest.mark.parametrize(
    ("rule", "which", "at", "holds"),
    [
        ("begins with its first minute", DAYTIME, "2026-09-01T08:00:00", True),
        ("ends before its last", DAYTIME, "2026-09-01T20:00:00", False),
        ("seconds count with their minute", DAYTIME, "2026-09-01T19:59:59", True),
        ("03:00 is in a night", NIGHT, "2026-09-01T03:00:00", True),
        ("and not in a day", DAYTIME, "2026-09-01T03:00:00", False),
        ("midnight is in a night", NIGHT, "2026-09-01T00:00:00", True),
        ("08:00 is no more", NIGHT, "2026-09-01T08:00:00", False),
        ("a Friday's night is a workday's", WORKING_NIGHT, "2026-09-12T03:00:00", True),  # the Saturday's 03:00
        ("a Saturday's night is not", WORKING_NIGHT, "2026-09-13T03:00:00", False),
        ("nor is a Sunday's, on Monday at 03:00", WORKING_NIGHT, "2026-09-14T03:00:00", False),
        ("National Day is a holiday, on a Thursday", FREE, "2026-10-01T10:00:00", True),
        ("its eve is not", FREE, "2026-09-30T10:00:00", False),
        ("the night before a workday's eve", WORKING_NIGHT, "2026-10-01T03:00:00", True),
        ("a make-up Saturday is worked", FREE, "2026-10-10T10:00:00", False),
        ("and its night a workday's", WORKING_NIGHT, "2026-10-10T22:00:00", True),
        ("a duty of 24 hours begins on Monday", MONDAY_ROUND, "2026-09-07T08:00:00", True),
        ("and lasts until Tuesday", MONDAY_ROUND, "2026-09-08T07:59:00", True),
        ("08:00", MONDAY_ROUND, "2026-09-08T08:00:00", False),
        ("not before Monday 08:00", MONDAY_ROUND, "2026-09-07T07:59:00", False),
        ("the office has a noon", OFFICE, "2026-09-01T12:30:00", False),
        ("and an afternoon", OFFICE, "2026-09-01T14:30:00", True),
        ("dates begin with the first's evening", GOLDEN_WEEK, "2026-10-01T03:00:00", False),
        ("that is", GOLDEN_WEEK, "2026-10-01T20:00:00", True),
        ("the last night belongs to the 7th", GOLDEN_WEEK, "2026-10-08T03:00:00", True),
        ("the 8th has none", GOLDEN_WEEK, "2026-10-08T20:00:00", False),
    ],
)
def test_when_hours_hold(rule: str, which: Hours, at: str, holds: bool) -> None:
    """Hours hold on the wall clock of the zone; a span over midnight belongs to the day on which it begins."""
    almanac = Almanac(SHANGHAI, CHINA)
    instant = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI).astimezone(UTC)
    assert holds is which.hold(almanac.moment(instant)), rule


@pytest.mark.parametrize(
    ("rule", "at", "holds"),
    [
        ("the last minute before clocks are put forward", "2026-03-29T00:59:00+00:00", False),
        ("02:30 is skipped: at 03:00 it is past it", "2026-03-29T01:00:00+00:00", True),
        ("02:30 for the first time in autumn", "2026-10-25T00:30:00+00:00", True),
        ("02:00 again, half an hour later", "2026-10-25T01:00:00+00:00", False),
        ("02:30 for the second time", "2026-10-25T01:30:00+00:00", True),
    ],
)
def test_hours_follow_the_wall_clock_when_it_is_put_forward_or_back(rule: str, at: str, holds: bool) -> None:
    """Where a zone has summer time, hours hold by what the clock on the wall shows."""
    moment = Almanac(OSLO, CHINA).moment(datetime.fromisoformat(at))
    assert holds is hours("02:30-04:00").hold(moment), rule


def painted(
    spans: tuple[str, ...], days: str, first: datetime, length: int, workday: Callable[[date], bool]
) -> bytearray:
    """Paint the minutes on the wall from a midnight on, day by day, each span whole; two days more are left empty."""
    minutes = bytearray(length * 1440)
    for number in range(length - 2):
        day = first + number * DAY
        words = {day.strftime("%a").lower(), "workdays" if workday(day.date()) else "holidays"}
        if days and not words & set(days.split()):
            continue
        for a, b, c, d in (map(int, re.split("[:-]", span)) for span in spans):
            begin, end = a * 60 + b, c * 60 + d
            end += 1440 if end <= begin else 0
            minutes[number * 1440 + begin : number * 1440 + end] = b"\1" * (end - begin)
    return minutes


@pytest.mark.parametrize("zone", [SHANGHAI, OSLO], ids=str)
def test_every_minute_of_a_year_has_the_answer_of_a_plain_recomputation(zone: ZoneInfo) -> None:
    """Minute by minute over 2026, holidays and summer time included, hours hold exactly when they are painted."""
    written = [
        (("20:00-08:00",), "workdays"),
        (("08:30-12:00", "14:30-18:00"), "holidays fri"),
        (("07:43-07:43",), "sun"),
    ]
    read = [hours(*spans, days=days) for spans, days in written]
    first = datetime(2025, 12, 20)  # noqa: DTZ001 - the clock on the wall
    walls = [painted(spans, days, first, 379, chinese_calendar.is_workday) for spans, days in written]
    almanac, at, held = Almanac(zone, CHINA), datetime(2026, 1, 1, tzinfo=UTC), 0
    while at < datetime(2026, 12, 31, 12, tzinfo=UTC):
        moment, place = almanac.moment(at), (at.astimezone(zone).replace(tzinfo=None) - first) // MINUTE
        ours = [each.hold(moment) for each in read]
        assert [wall[place] == 1 for wall in walls] == ours, at
        held += any(ours)
        at += MINUTE
    assert 200_000 < held < 400_000


WORDS = [str(kind) for kind in (*WEEK, DayKind.WORKDAYS, DayKind.HOLIDAYS)]
CLOCKS = st.builds("{:02d}:{:02d}-{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59), st.integers(0, 23),
                   st.integers(0, 59))  # fmt: skip
SPANS = st.lists(CLOCKS, max_size=2).map(tuple)
DAYS = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
ZONES = st.sampled_from([SHANGHAI, OSLO, LORD_HOWE])
YEAR = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(SPANS, DAYS, ZONES, st.lists(YEAR, min_size=1, max_size=30))
def test_any_hours_at_any_instant_have_the_answer_of_a_plain_recomputation(
    spans: tuple[str, ...], days: str, zone: ZoneInfo, instants: list[datetime]
) -> None:
    """Whatever is written, in whatever zone, holds exactly when plain intervals say so."""
    read, almanac = hours(*spans, days=days), Almanac(zone, CHINA)
    for at in instants:
        wall = at.astimezone(zone).replace(tzinfo=None)
        assert plainly(spans, days, chinese_calendar.is_workday, wall) is read.hold(almanac.moment(at)), at


@settings(max_examples=settings().max_examples // 4)  # each up to 2,880 minutes
@given(SPANS, DAYS, ZONES, YEAR, st.booleans())
def test_the_first_instant_is_that_of_a_search_by_minutes(
    spans: tuple[str, ...], days: str, zone: ZoneInfo, since: datetime, held: bool
) -> None:
    """No minute before the first instant answers the question, and the first instant does."""
    read, almanac = hours(*spans, days=days), Almanac(zone, CHINA)
    found = first_instant((read,), since, almanac, held=held, within=timedelta(days=2))
    at = since
    while at <= since + timedelta(days=2) and read.hold(almanac.moment(at)) is not held:
        at = at.replace(second=0, microsecond=0) + MINUTE
    assert found == (at if at <= since + timedelta(days=2) else None)


def test_the_first_instant_after_clocks_were_put_forward_over_the_beginning() -> None:
    """Where 02:30 is skipped, hours that begin then begin with the minute after the skip."""
    since = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert datetime(2026, 3, 29, 1, tzinfo=UTC) == first_instant((hours("02:30-04:00"),), since, Almanac(OSLO, CHINA))


def test_what_never_comes_is_not_waited_for() -> None:
    """Hours whose dates are over begin no more."""
    over = hours(until=date(2026, 1, 1))
    assert first_instant((over,), datetime(2026, 9, 1, tzinfo=UTC), Almanac(SHANGHAI, CHINA)) is None
