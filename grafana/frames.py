"""A dashboard's frame: its variables, its links to the others and to the console, its time and refresh."""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard, DashboardLink
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableModel,
)

from grafana import variables
from grafana.language import Language
from grafana.tables import Label

CONSOLE = "${console}"


def frame(
    board: str, title: str, description: str, language: Language, chosen_by: Sequence[Builder[VariableModel]]
) -> Dashboard:
    """Return an empty dashboard that knows the others."""
    return (
        Dashboard(title)
        .uid(language.uid(board))
        .description(description)
        .tags([language.tag()])
        .timezone("browser")
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time("now-24h", "now")
        .refresh("30s")
        .variables([variables.source(language), variables.console(language), *chosen_by])
        .links(
            [
                DashboardLink(language.say("各大屏", "Dashboards"))
                .type(DashboardLinkType.DASHBOARDS)
                .tags([language.tag()])
                .icon("external link")
                .tooltip("")
                .url("")
                .include_vars(True)
                .keep_time(True),
                DashboardLink(language.say("监测控制台", "Console"))
                .type(DashboardLinkType.LINK)
                .tags([])
                .icon("external link")
                .tooltip(language.say("线路状态与故障的控制台", "The monitor's own page"))
                .url(CONSOLE)
                .target_blank(True),
            ]
        )
    )


def on_line(language: Language) -> Label:
    """Return the column of lines, in which a click leads to the dashboard of the line."""
    return Label(
        name="line",
        title=language.say("线路", "Line"),
        url=f"/d/{language.uid('line')}?var-line=${{__value.raw}}&var-datasource=${{datasource}}",
        hint=language.say("查看线路", "Look at the line"),
    )
