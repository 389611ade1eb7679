"""How a panel of each kind looks here: single figures, bars, curves, timelines. Tables are in `grafana.tables`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, statetimeline, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor as FieldColorBuilder
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    FieldColor,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat, QueryEditorMode

from grafana.colours import CALM
from grafana.variables import SOURCE

Steps = Sequence[tuple[float, str]]  # from a value upwards a colour; below the first one `below`
Words = Mapping[int, tuple[str, str]]  # of a value: what it is called, and its colour
COUNT, SHARE, SECONDS, CELSIUS, BITS, PER_SECOND = "none", "percentunit", "s", "celsius", "bps", "cps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A query of a curve or bar. ``many``: it yields several curves, drawn in shades of its colour."""

    expr: str
    legend: str = ""
    colour: str = CALM
    many: bool = False
    below: bool = False  # drawn downwards from zero


def hours(say_hours: str) -> str:
    """Return the unit of the clocks: hours in the reader's words, so that an overdue one shows a minus."""
    return f"suffix:{say_hours}"  # Grafana puts the space before it


def query(
    expr: str, legend: str = "", *, ref: str = "A", way: Literal["instant", "range", "table", "months"]
) -> prometheus.Dataquery:
    """Return a query: of this instant or over the panel's time; as a table: of this instant, or of months."""
    found = (
        prometheus.Dataquery()
        .expr(expr)
        .legend_format(legend or "__auto")
        .ref_id(ref)
        .editor_mode(QueryEditorMode.CODE)
        .datasource(SOURCE)
        .format(PromQueryFormat.TABLE if way in {"table", "months"} else PromQueryFormat.TIME_SERIES)
    )
    return found.instant() if way in {"instant", "table"} else found.range()


def thresholds(below: str, steps: Steps = ()) -> ThresholdsConfig:
    """Return thresholds in the values' own unit."""
    first = Threshold(value=None, color=below)
    return (
        ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([first, *(Threshold(value=value, color=colour) for value, colour in steps)])
    )


def mapping(words: Words) -> ValueMap:
    """Return what values are called, and their colours."""
    return ValueMap(
        options={
            str(value): ValueMappingResult(text=text, color=colour, index=place)
            for place, (value, (text, colour)) in enumerate(words.items())
        }
    )


def figure(
    title: str,
    series: Series | Sequence[Series],
    *,
    unit: str = COUNT,
    below: str = CALM,
    steps: Steps = (),
    words: Words | None = None,
    none: str = "",
    width: int = 4,
    height: int = 5,
    decimals: int | None = None,
    size: int | None = None,
    about: str = "",
    time_from: str = "",
) -> stat.Panel:
    """Return a large figure on its colour; ``none`` is said where there is nothing, ``size`` is in pixels."""
    each = [series] if isinstance(series, Series) else list(series)
    panel = (
        stat.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .unit(unit)
        .thresholds(thresholds(below, steps))
        .color_scheme(FieldColorBuilder().mode(FieldColorModeId.THRESHOLDS))
        .color_mode(looks.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(looks.BigValueGraphMode.NONE)
        .justify_mode(looks.BigValueJustifyMode.CENTER)
        .text_mode(looks.BigValueTextMode.VALUE if len(each) == 1 and not each[0].many else _BOTH)
        .reduce_options(_latest())
        .targets([query(one.expr, one.legend, ref=ref, way="instant") for ref, one in _lettered(each)])
        .no_value(none or "0")
    )
    if words:
        panel = panel.mappings([mapping(words)])
    if decimals is not None:
        panel = panel.decimals(decimals)
    if size is not None:
        panel = panel.text(common.VizTextDisplayOptions().value_size(size).title_size(size / 2))
    return panel.time_from(time_from) if time_from else panel


def bars(
    title: str,
    series: Series | Sequence[Series],
    *,
    unit: str = COUNT,
    below: str = CALM,
    steps: Steps = (),
    most: float | None = None,
    none: str = "",
    width: int = 12,
    height: int = 8,
    decimals: int | None = None,
    sizes: tuple[int, int] = (16, 20),
    about: str = "",
) -> bargauge.Panel:
    """Return a horizontal bar a series; ``sizes`` are those of names and values in pixels."""
    each = [series] if isinstance(series, Series) else list(series)
    panel = (
        bargauge.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .unit(unit)
        .min(0)
        .thresholds(thresholds(below, steps))
        .color_scheme(FieldColorBuilder().mode(FieldColorModeId.THRESHOLDS))
        .display_mode(looks.BarGaugeDisplayMode.BASIC)
        .orientation(looks.VizOrientation.HORIZONTAL)
        .value_mode(looks.BarGaugeValueMode.TEXT)
        .show_unfilled(True)
        .name_placement(looks.BarGaugeNamePlacement.LEFT)
        .reduce_options(_latest())
        .text(common.VizTextDisplayOptions().title_size(sizes[0]).value_size(sizes[1]))
        .targets([query(one.expr, one.legend, ref=ref, way="instant") for ref, one in _lettered(each)])
        .no_value(none)
    )
    if most is not None:
        panel = panel.max(most)
    return panel if decimals is None else panel.decimals(decimals)


def graph(
    title: str,
    series: Sequence[Series],
    *,
    unit: str,
    width: int = 12,
    height: int = 8,
    lowest: float | None = 0,
    highest: float | None = None,
    steps: Steps = (),
    drawn_as_bars: bool = False,
    about: str = "",
    none: str = "",
) -> timeseries.Panel:
    """Return curves over time, each query in its own colour; ``steps`` are drawn as dashed lines across."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .unit(unit)
        .thresholds(thresholds(CALM, steps))
        .draw_style(looks.GraphDrawStyle.BARS if drawn_as_bars else looks.GraphDrawStyle.LINE)
        .line_width(2)
        .fill_opacity(60 if drawn_as_bars else 5)
        .show_points(looks.VisibilityMode.NEVER)
        .span_nulls(False)
        .legend(
            common.VizLegendOptions()
            .display_mode(looks.LegendDisplayMode.LIST)
            .placement(looks.LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs([])
        )
        .tooltip(common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI).sort(looks.SortOrder.DESCENDING))
        .targets([query(one.expr, one.legend, ref=ref, way="range") for ref, one in _lettered(series)])
    )
    if steps:
        panel = panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(looks.GraphThresholdsStyleMode.DASHED))
    if lowest is not None and not any(one.below for one in series):
        panel = panel.min(lowest)
    if highest is not None:
        panel = panel.max(highest)
    if none:
        panel = panel.no_value(none)
    for ref, one in _lettered(series):
        panel = panel.override_by_query(ref, _drawn(one))
    return panel


def timeline(
    title: str, series: Series, words: Words, *, width: int = 24, height: int = 8, about: str = "", none: str = ""
) -> statetimeline.Panel:
    """Return a band a series, whose colours and words say its state."""
    return (
        statetimeline.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .mappings([mapping(words)])
        .thresholds(thresholds(CALM))
        .color_scheme(FieldColorBuilder().mode(FieldColorModeId.THRESHOLDS))
        .merge_values(True)
        .show_value(looks.VisibilityMode.AUTO)
        .row_height(0.85)
        .fill_opacity(85)
        .line_width(0)
        .legend(
            common.VizLegendOptions()
            .display_mode(looks.LegendDisplayMode.LIST)
            .placement(looks.LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs([])
        )
        .tooltip(common.VizTooltipOptions().mode(looks.TooltipDisplayMode.SINGLE).sort(looks.SortOrder.NONE))
        .targets([query(series.expr, series.legend, way="range")])
        .no_value(none)
    )


_BOTH = looks.BigValueTextMode.VALUE_AND_NAME


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().values(False).calcs(["lastNotNull"])


def _lettered(series: Sequence[Series]) -> list[tuple[str, Series]]:
    return [(chr(ord("A") + place), one) for place, one in enumerate(series)]


def _drawn(one: Series) -> list[DynamicConfigValue]:
    """Return how the curves of a query are drawn."""
    mode = FieldColorModeId.SHADES if one.many else FieldColorModeId.FIXED
    found = [DynamicConfigValue(id_val="color", value=FieldColor(mode=mode, fixed_color=one.colour))]
    if one.below:
        found.append(DynamicConfigValue(id_val="custom.transform", value=looks.GraphTransform.NEGATIVE_Y))
    return found
