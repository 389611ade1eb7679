"""Counts by day as a calendar, the number in each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from monitor.reports.charts.lettering import GREY, INK, SIZE, SMALL, Lettering, sheet
from monitor.reports.document import Calendar

WEEK = timedelta(days=7)
STANDING = 16  # weeks below each other; longer periods lie, a week a column
LYING = 27  # weeks beside each other: a year in two strips
A_DAY = 0.25  # inches
TINY = 5.0
SHADES = LinearSegmentedColormap.from_list("faults", ["#ffffff", "#c6dbef", "#6baed6", "#08306b"])


@dataclass(frozen=True, slots=True)
class Square:
    """Where a day stands, from the upper left corner."""

    day: date
    x: int
    y: int


def draw_calendar(drawn: Calendar, lettering: Lettering) -> Figure:
    """Draw the days with their counts, the more the darker: weeks as lines, in a long period as columns."""
    mondays = _mondays(drawn)
    lying = len(mondays) > STANDING
    squares = _lying(drawn, mondays) if lying else _standing(drawn, mondays)
    wide = LYING if lying else 7
    high = max((square.y for square in squares), default=0) + 1
    figure, axes = sheet(drawn.title, 0.75 + A_DAY * max(high, 3), lettering)
    axes.set_axis_off()
    axes.set_xlim(-1.4 if lying else -0.05, wide + 0.05)
    axes.set_ylim(high + 0.05, -0.9)
    most = max(drawn.days.values(), default=0)
    for square in squares:
        _square(axes, square, drawn.days[square.day], most, lying=lying, lettering=lettering)
    _weekdays(axes, drawn.weekdays, high, lying=lying, lettering=lettering)
    if not squares:
        lettering.dress(axes.text(0.5, 0.5, lettering.nothing, transform=axes.transAxes, ha="center", va="center"))
    return figure


def _mondays(drawn: Calendar) -> Sequence[date]:
    """Return the first days of all weeks from the first day to the last."""
    if not drawn.days:
        return ()
    first, last = (day - timedelta(days=day.weekday()) for day in (min(drawn.days), max(drawn.days)))
    return [first + number * WEEK for number in range((last - first) // WEEK + 1)]


def _standing(drawn: Calendar, mondays: Sequence[date]) -> list[Square]:
    return [Square(day, day.weekday(), (day - mondays[0]).days // 7) for day in sorted(drawn.days)]


def _lying(drawn: Calendar, mondays: Sequence[date]) -> list[Square]:
    """Put weeks beside each other; what is too long goes on in a strip below."""
    found = []
    for day in sorted(drawn.days):
        strip, column = divmod((day - mondays[0]).days // 7, LYING)
        found.append(Square(day, column, strip * 8 + day.weekday()))
    return found


def _square(axes: Axes, square: Square, count: int, most: int, *, lying: bool, lettering: Lettering) -> None:
    depth = count / most if most else 0.0
    fill = SHADES(depth)
    axes.add_patch(Rectangle((square.x, square.y), 1, 1, facecolor=fill, edgecolor=GREY, linewidth=0.6))
    ink = "white" if depth > 0.6 else INK
    number = axes.text(square.x + 0.5, square.y + (0.62 if lying else 0.5), str(count), ha="center", va="center")
    lettering.dress(number, SMALL if lying else SIZE, bold=count > 0, colour=ink)
    if lying and square.day.day > 1:
        return
    day = axes.text(square.x + 0.04, square.y + 0.08, _named(square.day, lying=lying), ha="left", va="top")
    lettering.dress(day, TINY if lying else SMALL - 1, colour=ink)


def _named(day: date, *, lying: bool) -> str:
    """Return the day of the month; the first one has the month before it."""
    return f"{day:%m-%d}" if lying or day.day == 1 else str(day.day)


def _weekdays(axes: Axes, weekdays: Sequence[str], high: int, *, lying: bool, lettering: Lettering) -> None:
    for place, name in enumerate(weekdays):
        if lying:
            for strip in range(0, high, 8):
                text = axes.text(-0.15, strip + place + 0.5, name, ha="right", va="center")
                lettering.dress(text, SMALL - 1)
        else:
            lettering.dress(axes.text(place + 0.5, -0.15, name, ha="center", va="bottom"), SMALL)
