"""Counts side by side as bars of parts, each part with its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from monitor.reports.breaking import broken, width
from monitor.reports.charts.lettering import GREY, INK, SMALL, Lettering, sheet
from monitor.reports.document import StackedBars

NAMES = 110.0  # points: how wide the names may be before they are broken
ROOM = 300.0  # points, about what is left for the bars
A_BAR, FRAME = 0.32, 0.9  # inches


@dataclass(frozen=True, slots=True)
class Fill:
    """How a part is told from others: by lightness and by hatch, colour only helps."""

    colour: str
    hatch: str


FILLS = (Fill("#cfe0f0", ""), Fill("#e08a4f", "////"), Fill("#ffffff", ".."), Fill("#7f7f7f", "xxxx"))


def draw_bars(drawn: StackedBars, lettering: Lettering) -> Figure:
    """Draw a lying bar a label, from the top down: names of any length stand beside it."""
    names = ["\n".join(broken(label, NAMES, SMALL)) for label in drawn.labels]
    lines = sum(max(1.0, 0.45 * (name.count("\n") + 1)) for name in names)
    figure, axes = sheet(drawn.title, FRAME + A_BAR * max(lines, 1), lettering)
    starts, parts = [0] * len(names), []
    for counts, fill in zip(drawn.series.values(), cycle(FILLS), strict=False):
        bars = axes.barh(
            range(len(names)), counts, left=starts, height=0.62,
            color=fill.colour, hatch=fill.hatch, edgecolor=INK, linewidth=0.6,
        )  # fmt: skip
        parts.append(bars)
        starts = [start + count for start, count in zip(starts, counts, strict=True)]
    _frame(axes, names, max(starts, default=0), lettering)
    _numbers(axes, drawn, max(starts, default=0), lettering)
    _legend(axes, parts, list(drawn.series), lettering)
    if not names:
        lettering.dress(axes.text(0.5, 0.5, lettering.nothing, transform=axes.transAxes, ha="center", va="center"))
    return figure


def _frame(axes: Axes, names: list[str], most: int, lettering: Lettering) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.set_xlim(0, max(most, 1) * 1.3)  # room for the numbers behind the longest bar
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    for text in (*axes.get_yticklabels(), *axes.get_xticklabels()):
        lettering.dress(text, SMALL)
    axes.tick_params(length=2, color=GREY)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _numbers(axes: Axes, drawn: StackedBars, most: int, lettering: Lettering) -> None:
    """Write each count in its part, and behind the bar by name where the part is too narrow for it."""
    for place in range(len(drawn.labels)):
        start, outside = 0, []
        for series, counts in drawn.series.items():
            count = counts[place]
            if count and count / (1.3 * most) * ROOM > width(str(count), SMALL) + 6:
                _number(axes, start + count / 2, place, str(count), lettering)
            elif count:
                outside.append(f"{series} {count}")
            start += count
        text = axes.annotate(
            " · ".join(outside) or ("" if start else "0"),
            (start, place), xytext=(4, 0), textcoords="offset points", ha="left", va="center",
        )  # fmt: skip
        lettering.dress(text, SMALL)


def _number(axes: Axes, x: float, y: float, number: str, lettering: Lettering) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    text = axes.text(x, y, number, ha="center", va="center_baseline", bbox=box)
    lettering.dress(text, SMALL, bold=True)


def _legend(axes: Axes, parts: Sequence[BarContainer], series: Sequence[str], lettering: Lettering) -> None:
    """Name the parts above the bars; not by labels of the parts, of which some spellings are swallowed."""
    legend = axes.legend(
        parts, series, ncols=min(max(len(series), 1), 4),
        loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False, borderpad=0.2, handlelength=2.4,
    )  # fmt: skip
    for text in legend.get_texts():
        lettering.dress(text, SMALL)
