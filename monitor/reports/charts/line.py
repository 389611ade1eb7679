"""Shares over months as a line, with each share at its point."""

from __future__ import annotations

import math
from fractions import Fraction

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from monitor.reports.breaking import width
from monitor.reports.charts.lettering import BLUE, GREY, INK, SMALL, Lettering, sheet
from monitor.reports.document import LineChart
from monitor.wording import say_share

HEIGHT = 2.3
ROOM = 410.0  # points, about what the axis is wide
LEAST = 0.002  # so that a quiet year does not look like a mountain range
WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}


def draw_line(drawn: LineChart, lettering: Lettering) -> Figure:
    """Draw shares over months: a gap for what is unknown, a hollow point for what is known too little of."""
    figure, axes = sheet(drawn.title, HEIGHT, lettering)
    places = range(len(drawn.labels))
    heights = [math.nan if point is None else float(point) for point in drawn.points]
    axes.plot(places, heights, color=BLUE, linewidth=1.4, marker="o", markersize=4, zorder=3)
    sparse = sorted(drawn.sparse)
    axes.plot(sparse, [heights[place] for place in sparse], "o", color=BLUE, markerfacecolor="white", zorder=3)
    low, high = _bounds(drawn)
    axes.set_ylim(low, high)
    axes.set_xlim(-0.6, max(len(drawn.labels), 1) - 0.4)
    _months(axes, drawn, lettering)
    _shares(axes, lettering)
    _numbers(axes, drawn, lettering)
    _unknown(axes, drawn, lettering)
    if drawn.reference is not None:
        _reference(axes, drawn, float(drawn.reference), lettering)
    if all(point is None for point in drawn.points):
        text = axes.text(0.5, 0.5, lettering.nothing, transform=axes.transAxes, ha="center", va="center")
        lettering.dress(text)
    return figure


def _bounds(drawn: LineChart) -> tuple[float, float]:
    """Return what the axis reaches over: all shares and the reference, with room above and below for the numbers."""
    known = [float(share) for share in (*drawn.points, drawn.reference) if share is not None] or [1.0]
    low, high = min(known), max(known)
    span = max(high - low, LEAST)
    return low - 0.22 * span, high + 0.3 * span


def _months(axes: Axes, drawn: LineChart, lettering: Lettering) -> None:
    """Letter the axis below: every month; where there is no room, the last one and every second, third …"""
    widest = max((width(label, SMALL) for label in drawn.labels), default=0.0)
    step = max(1, math.ceil(len(drawn.labels) * (widest + 4) / ROOM))
    first = (len(drawn.labels) - 1) % step
    axes.set_xticks(range(first, len(drawn.labels), step), drawn.labels[first::step])
    for text in axes.get_xticklabels():
        lettering.dress(text, SMALL)


def _shares(axes: Axes, lettering: Lettering) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share * 100:.2f}%"))
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= 1 + 1e-9])
    axes.set_ylim(*axes.get_ylim())
    for text in axes.get_yticklabels():
        lettering.dress(text, SMALL)
    axes.tick_params(length=2, color=GREY)
    axes.grid(axis="y", color="#d9d9d9", linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _numbers(axes: Axes, drawn: LineChart, lettering: Lettering) -> None:
    """Write each share at its point; where there is no room for all, the lowest and the last."""
    known = [place for place, share in enumerate(drawn.points) if share is not None]
    if len(drawn.points) * (width("99.99%", SMALL) + 3) > ROOM and known:
        known = sorted({min(known, key=lambda place: drawn.points[place] or Fraction(0)), known[-1]})
    for place in known:
        share = drawn.points[place]
        below = _is_valley(drawn, place)
        text = axes.annotate(
            _said(share),
            (place, float(share or 0)),
            xytext=(0, -5 if below else 5),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            bbox=WHITE,
            zorder=4,
        )
        lettering.dress(text, SMALL)


def _said(share: Fraction | None) -> str:
    """Say a share as the report's text does, which leaves no space before the sign."""
    return say_share(share).replace(" ", "")


def _unknown(axes: Axes, drawn: LineChart, lettering: Lettering) -> None:
    """Write a dash on the ground of each gap: nothing is known, which is not nought."""
    for place, share in enumerate(drawn.points):
        if share is None:
            dash = axes.annotate(_said(None), (place, axes.get_ylim()[0]), xytext=(0, 4), textcoords="offset points")
            dash.set_horizontalalignment("center")
            lettering.dress(dash, SMALL)


def _is_valley(drawn: LineChart, place: int) -> bool:
    """Tell whether the line rises on both sides of a point, so that its number stands clear below."""
    here = drawn.points[place]
    beside = [drawn.points[at] for at in (place - 1, place + 1) if 0 <= at < len(drawn.points)]
    known = [share for share in beside if share is not None]
    return here is not None and bool(known) and all(share > here for share in known)


def _reference(axes: Axes, drawn: LineChart, reference: float, lettering: Lettering) -> None:
    """Draw the reference and name it above the axis, where no point can stand in its way."""
    line = axes.axhline(reference, color=INK, linewidth=1.0, linestyle=(0, (5, 3)), zorder=2)
    legend = axes.legend(
        [line], [drawn.reference_label],
        loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False, borderpad=0, handlelength=3,
    )  # fmt: skip
    for text in legend.get_texts():
        lettering.dress(text, SMALL)
