"""The charts of a report as pictures: lines that scale for pages, points for what takes nothing else.

The same chart gives the same bytes, wherever and whenever it is drawn. Colour helps; hatches, dashes and numbers say it
all in black and white.
"""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from monitor.reports.charts.bars import draw_bars
from monitor.reports.charts.lettering import Lettering
from monitor.reports.charts.line import draw_line
from monitor.reports.charts.weeks import draw_calendar
from monitor.reports.document import Calendar, LineChart, StackedBars

# Set once and never again, so that threads may draw side by side: nobody's matplotlibrc changes a chart, and the names
# of parts in an SVG do not come from chance.
mpl.rcdefaults()
mpl.rcParams["svg.hashsalt"] = "report"

NO_METADATA = {"svg": dict.fromkeys(("Creator", "Date", "Format", "Type")), "png": {"Software": None}}


def svg(drawn: LineChart | StackedBars | Calendar, *, locale: str) -> str:
    """Return a chart as SVG, its letters as outlines; without fonts `FontsMissing`."""
    return _saved(drawn, locale, form="svg").decode()


def png(drawn: LineChart | StackedBars | Calendar, *, locale: str, dpi: int = 200) -> bytes:
    """Return a chart as PNG; without fonts `FontsMissing`."""
    return _saved(drawn, locale, form="png", dpi=dpi)


def _saved(drawn: LineChart | StackedBars | Calendar, locale: str, *, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    _figure(drawn, Lettering.of(locale)).savefig(out, format=form, metadata=NO_METADATA[form], **options)
    return out.getvalue()


def _figure(drawn: LineChart | StackedBars | Calendar, lettering: Lettering) -> Figure:
    match drawn:
        case LineChart():
            return draw_line(drawn, lettering)
        case StackedBars():
            return draw_bars(drawn, lettering)
        case Calendar():
            return draw_calendar(drawn, lettering)
