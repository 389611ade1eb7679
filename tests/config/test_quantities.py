"""Durations, shares and instants, as they are written and read."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.quantities import format_duration, format_share, parse_duration, parse_instant, parse_share

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("12h", timedelta(hours=12)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("3d", timedelta(days=3)),
        ("1d2h3m4s5ms", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_is_read(text: str, duration: timedelta) -> None:
    assert duration == parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "s", "1.5h", "-1h", "30m1h", "1h 30m", "1H", "5min", "1h1h", "PT1H", "٣s", "1e9h", "9" * 99 + "s"]
)
def test_another_way_to_write_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 500ms, 90s, 5m, 12h, 1h30m or 3d"):
        parse_duration(text)


def test_a_duration_without_a_unit_is_told_so() -> None:
    with pytest.raises(ValueError, match="a duration needs its unit: 60s, 60m, 60h or 60d"):
        parse_duration("60")


@given(st.integers(0, 10**11))
def test_a_duration_reads_back_as_it_was(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert duration == parse_duration(format_duration(duration))


@pytest.mark.parametrize("duration", [timedelta(seconds=-1), timedelta(microseconds=1)])
def test_what_no_duration_can_say_is_not_written(duration: timedelta) -> None:
    with pytest.raises(ValueError, match="whole milliseconds"):
        format_duration(duration)


@given(st.integers(0, 10**11))
def test_a_share_reads_back_as_it_was(parts: int) -> None:
    share = Fraction(parts, 10**11)
    assert share == parse_share(format_share(share))


@pytest.mark.parametrize("text", ["50", "0.5", "101%", "-5%", "50 %", "%", "1e1%", "٥٠%", "100.000000001%"])
def test_a_share_without_its_sign_or_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="with its sign"):
        parse_share(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-09-01T00:00:00+08:00", datetime(2026, 8, 31, 16, tzinfo=UTC)),
        ("2026-09-01T00:00Z", datetime(2026, 9, 1, tzinfo=UTC)),
        ("2026-09-01 08:00:00+08:00", datetime(2026, 9, 1, tzinfo=UTC)),
        ("2019-01-01", datetime(2018, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_utc(text: str, instant: datetime) -> None:
    assert instant == parse_instant(text, zone=SHANGHAI)
    assert parse_instant(text, zone=SHANGHAI).tzinfo is UTC


def test_a_midnight_that_the_clocks_skip_is_the_first_instant_of_the_day() -> None:
    assert datetime(2018, 11, 4, 3, tzinfo=UTC) == parse_instant("2018-11-04", zone=ZoneInfo("America/Sao_Paulo"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-09-01T00:00:00", "no offset"),
        ("2026-02-30", "no such date"),
        ("2026-02-30T00:00:00Z", "no such date"),
        ("2026-09-01T25:00:00Z", "no such time"),
        ("2026-09-01T00:00:00.5Z", "to the second"),
        ("20260901", "to the second"),
        ("0001-01-01T00:00:00+14:00", "no such time"),
        ("yesterday", "to the second"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_instant(text, zone=SHANGHAI)


def test_a_date_alone_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="with its offset"):
        parse_instant("2026-09-01")


@given(st.text(max_size=30))
@pytest.mark.parametrize("read", [parse_duration, parse_share, partial(parse_instant, zone=SHANGHAI)])
def test_no_text_does_more_than_be_refused(read: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(ValueError):
        assert read(text) is not None
