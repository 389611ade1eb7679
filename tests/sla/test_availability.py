"""Availability of lines and units (section 11 of the fault rules). Minutes after the start."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from monitor.policy import Detection
from monitor.sla.availability import (
    LineFigures,
    LineHistory,
    LineSpans,
    UnitFigures,
    line_figures,
    line_spans,
    unit_figures,
)
from monitor.sla.spans import FOREVER, Spans, span, spans
from tests.histories import START

MINUTE = timedelta(minutes=1)
Parts = Iterable[tuple[int, int]]


def minute(number: int | None) -> datetime | None:
    return None if number is None else START + number * MINUTE


def of(parts: Parts) -> Spans:
    return spans((START + begin * MINUTE, START + end * MINUTE) for begin, end in parts)


def line(
    *,
    serves: tuple[int | None, int | None] = (None, None),
    seen: tuple[int, int] | None = (0, 100),
    gaps: Parts = (),
    down: Parts = (),
    excluded: Parts = (),
) -> LineHistory:
    first, last = seen or (None, None)
    return LineHistory(
        in_service_from=minute(serves[0]),
        in_service_to=minute(serves[1]),
        first_seen_at=minute(first),
        last_seen_at=minute(last),
        gaps=of(gaps),
        down=of(down),
        excluded=of(excluded),
    )


def judged(history: LineHistory, *, period: tuple[int, int] = (0, 100), now: int = 100) -> LineSpans:
    return line_spans(history, of([period]), START + now * MINUTE, rules=Detection())


def minutes(figures: LineFigures) -> tuple[int, int, int, int, int]:
    """Return window, unknown, excluded, down and assessed down in minutes."""
    lengths = (figures.window, figures.unknown, figures.excluded, figures.down, figures.assessed_down)
    window, unknown, excluded, down, assessed_down = (length // MINUTE for length in lengths)
    return window, unknown, excluded, down, assessed_down


@pytest.mark.parametrize(
    ("rule", "history", "period", "now", "expected"),
    [
        ("A line that was never down is all up.", line(), (0, 100), 100, (100, 0, 0, 0, 0)),
        ("Down time within the period counts.", line(down=[(10, 30)]), (0, 100), 100, (100, 0, 0, 20, 20)),
        ("Down time is split at the period's ends.", line(down=[(10, 30)]), (20, 100), 100, (80, 0, 0, 10, 10)),
        ("The window ends now.", line(seen=(0, 60), down=[(50, 900)]), (0, 100), 60, (60, 0, 0, 10, 10)),
        ("Only time in service counts.", line(serves=(40, 90), down=[(30, 50)]), (0, 100), 100, (50, 0, 0, 10, 10)),
        ("A line not yet in service has no window.", line(serves=(200, None)), (0, 100), 100, (0, 0, 0, 0, 0)),
        ("A line never measured is unknown.", line(seen=None), (0, 100), 100, (100, 100, 0, 0, 0)),
        ("It is unknown before its first round.", line(seen=(30, 100)), (0, 100), 100, (100, 30, 0, 0, 0)),
        ("It is unknown in its gaps.", line(gaps=[(20, 30), (40, 45)]), (0, 100), 100, (100, 15, 0, 0, 0)),
        (
            "A last round exactly stale_after old leaves nothing unknown.",
            line(seen=(0, 97)),
            (0, 100),
            100,
            (100, 0, 0, 0, 0),
        ),
        (
            "An older one leaves all after one interval unknown.",
            line(seen=(0, 96)),
            (0, 100),
            100,
            (100, 3, 0, 0, 0),
        ),
        (
            "Unknown time is not down time.",
            line(gaps=[(20, 30)], down=[(10, 40)]),
            (0, 100),
            100,
            (100, 10, 0, 20, 20),
        ),
        (
            "Excluded time leaves the assessed figure only, and only where the line is known.",
            line(gaps=[(20, 30)], down=[(10, 40)], excluded=[(25, 35)]),
            (0, 100),
            100,
            (100, 10, 5, 20, 15),
        ),
    ],
)
def test_a_line_is_measured(
    rule: str, history: LineHistory, period: tuple[int, int], now: int, expected: tuple[int, ...]
) -> None:
    assert minutes(line_figures(judged(history, period=period, now=now))) == expected, rule


def test_the_last_second_within_stale_after() -> None:
    """Older than ``stale_after`` at the evaluation time: 180 s is not, 181 s is (section 3)."""
    history, period = line(seen=(0, 97)), of([(0, 200)])
    now = START + 100 * MINUTE
    lengths = [
        line_spans(history, period, at, rules=Detection()).unknown.length for at in (now, now + timedelta(seconds=1))
    ]
    assert lengths == [timedelta(), timedelta(seconds=121)]


def test_ratios_and_their_bounds() -> None:
    """raw over the known time, assessed without the excluded, bounds with all unknown down or up, coverage."""
    figures = line_figures(judged(line(gaps=[(0, 20)], down=[(20, 40)], excluded=[(30, 40)])))
    ratios = (figures.raw, figures.assessed, figures.raw_low, figures.raw_high, figures.coverage)
    expected = (Fraction(60, 80), Fraction(60, 70), Fraction(60, 100), Fraction(80, 100), Fraction(80, 100))
    assert ratios == expected


@pytest.mark.parametrize(
    ("rule", "history", "expected"),
    [
        ("No window: nothing can be said at all.", line(serves=(200, None)), (None, None, None, None, None)),
        ("All unknown: no figure, but bounds.", line(seen=None), (None, None, 0.0, 1.0, 0.0)),
        (
            "All excluded: the unit's figure stands, the carrier answers for nothing.",
            line(down=[(0, 50)], excluded=[(0, 100)]),
            (0.5, None, 0.5, 0.5, 1.0),
        ),
    ],
)
def test_a_figure_without_a_denominator_is_none(
    rule: str, history: LineHistory, expected: tuple[float | None, ...]
) -> None:
    """N/A, never 100 %."""
    figures = line_figures(judged(history))
    ratios = (figures.raw, figures.assessed, figures.raw_low, figures.raw_high, figures.coverage)
    assert ratios == expected, rule


@pytest.mark.parametrize(
    ("rule", "lines", "expected"),
    [
        ("A unit of one line is as that line.", [line(gaps=[(0, 10)], down=[(10, 40)])], (100, 10, 30)),
        ("Up when any line is known up.", [line(down=[(0, 50)]), line()], (100, 0, 0)),
        ("Down when all are known down.", [line(down=[(0, 50)]), line(down=[(40, 90)])], (100, 0, 10)),
        ("Down and unknown is unknown.", [line(down=[(0, 50)]), line(gaps=[(20, 30)], down=[(0, 50)])], (100, 10, 40)),
        ("Up and unknown is up.", [line(gaps=[(20, 30)]), line()], (100, 0, 0)),
        (
            "Only lines in service count: the other one alone decides.",
            [line(down=[(0, 50)]), line(serves=(30, None))],
            (100, 0, 30),
        ),
        (
            "With no line in service the instant is outside the window.",
            [line(serves=(20, 40), down=[(0, 100)]), line(serves=(30, 60), down=[(0, 35)])],
            (40, 0, 15),
        ),
        ("Without lines there is nothing.", [], (0, 0, 0)),
    ],
)
def test_a_unit_is_measured(rule: str, lines: list[LineHistory], expected: tuple[int, int, int]) -> None:
    window, unknown, down = expected
    figures = UnitFigures(window=window * MINUTE, unknown=unknown * MINUTE, down=down * MINUTE)
    assert unit_figures(judged(one) for one in lines) == figures, rule


def test_an_open_fault_runs_until_now() -> None:
    """An outage that lasts has no end of its own."""
    history = LineHistory(first_seen_at=START, last_seen_at=minute(100), down=span(START + 60 * MINUTE, FOREVER))
    assert minutes(line_figures(judged(history))) == (100, 0, 0, 40, 40)
