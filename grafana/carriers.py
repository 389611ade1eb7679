"""运营商对照, the carriers side by side: lines, faults, how many repaired in time, how long repairs take."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from grafana import variables
from grafana.colours import BAD, CALM, GOOD, HALF, LATE, OTHER, SEEN, UNKNOWN
from grafana.frames import frame
from grafana.language import Language
from grafana.panels import SHARE, Series, bars, graph, hours
from grafana.queries import counted, lines_of, month_availability, named, on_time, share
from grafana.tables import Column, Label, figures, months
from grafana.wording import sources, verdicts
from monitor.sla.tally import BOUNDS

OF = 'carrier=~"$carrier"'
VERDICT_COLOURS = {
    "on_time": GOOD,
    "late": LATE,
    "overdue": BAD,
    "running": HALF,
    "disputable": UNKNOWN,
    "exempt": CALM,
}
SOURCE_COLOURS = {"monitor": SEEN, "unit": OTHER, "carrier": UNKNOWN, "centre": GOOD}


def board(language: Language) -> Dashboard:
    """Return the dashboard."""
    say = language.say
    found = frame(
        "carriers",
        say("运营商对照", "Carriers"),
        say(
            "各运营商的线路、故障、按时排除率、修复时长与可用率，本月至今；正式数字以月报为准。",
            "Lines, faults, on-time rate, repair times and availability of each carrier, this month so far; "
            "what counts is the monthly report.",
        ),
        language,
        [variables.carrier(language), variables.kind(language), variables.unit(language)],
    ).time("now-30d", "now")
    for panel in (*_side_by_side(language), *_month(language), *_repairs(language), *_availability(language)):
        found = found.with_panel(panel)
    return found


def _side_by_side(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    repairs = f"extranet_repair_seconds_bucket{{{OF}}}"

    carrier = say("网络运营商", "Carrier")
    yield figures(
        say("对照", "Side by side"),
        [Label(name="carrier_name", title=carrier), Label(name="carrier", title="carrier", hidden=True)],
        [
            Column(title=say("线路", "Lines"), expr=named(lines_of())),
            Column(
                title=say("中断", "Down"),
                expr=named(counted("extranet_line_up", 0, outside="extranet_line_maintenance")),
                below=CALM,
                steps=[(1, BAD)],
            ),
            Column(
                title=say("未排除故障", "Open faults"),
                expr=named(counted("extranet_fault_open", 1)),
                below=CALM,
                steps=[(1, LATE)],
            ),
            Column(
                title=say("已超时", "Overdue"),
                expr=named(counted("extranet_fault_overdue", 1)),
                below=CALM,
                steps=[(1, BAD)],
            ),
            Column(title=say("群障", "Incidents"), expr=named(f"extranet_incident_open{{{OF}}}")),
            Column(
                title=say("本月按时排除率", "On time this month"),
                expr=named(on_time()),
                unit=SHARE,
                decimals=2,
            ),
            Column(
                title=say("修复时长中位数（历来）", "Median repair, ever"),
                expr=named(f"histogram_quantile(0.5, sum by (carrier, le) ({repairs})) / 3600 >= 0"),
                unit=hours(say("小时", "h")),
                decimals=1,
            ),
            Column(
                title=say("本月覆盖率", "Coverage"),
                expr=share(named(f"extranet_coverage_ratio{{{OF}}}")),
                unit=SHARE,
                decimals=2,
            ),
        ],
        sort=carrier,
        height=8,
        none="—",
    )


def _month(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield bars(
        say("本月按时排除率", "Repaired in time this month"),
        Series(expr=named(on_time()), legend="{{carrier_name}}"),
        unit=SHARE,
        decimals=2,
        most=1,
        below=BAD,
        steps=[(0.9, LATE), (1, GOOD)],
        none=say("本月尚无可计的故障", "No fault to count this month"),
        width=8,
        about=say(
            "按时÷（按时+超时排除+已超时），只计运营商责任和未认定的；待核定的与计时中的不计。",
            "On time ÷ (on time + late + overdue), of faults that are the carrier's or undetermined; "
            "disputable and running ones count in neither.",
        ),
    )
    yield graph(
        say("本月故障，按现在的结论", "This month's faults by present verdicts"),
        [
            Series(
                expr=f'sum(extranet_month_faults{{{OF},verdict="{verdict}"}}) or vector(0)',
                legend=words,
                colour=VERDICT_COLOURS[verdict],
            )
            for verdict, words in verdicts(language).items()
        ],
        unit="none",
        width=8,
    )
    yield graph(
        say("历来故障，按发现人", "Faults ever, by who found them"),
        [
            Series(
                expr=f'sum(extranet_faults_total{{{OF},source="{source}"}})',
                legend=words,
                colour=SOURCE_COLOURS[source],
            )
            for source, words in sources(language).items()
        ],
        unit="none",
        width=8,
    )


def _repairs(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield (
        bars(
            say("修复时长分布（历来）：${carrier:text}", "Repair times, ever: ${carrier:text}"),
            list(_buckets(language)),
            width=24,  # Grafana makes it a third when it repeats it
            height=12,
            below=SEEN,
            none=say("尚无已排除的故障", "No fault has been cleared"),
            about=say("按结束计时时的已用时。", "What the clock showed when the fault was closed."),
        )
        .repeat("carrier")
        .repeat_direction("h")
        .max_per_row(3)
    )


def _buckets(language: Language) -> Iterator[Series]:
    """Go through the buckets of the repair times, each counted for itself."""
    before = ""
    for bound in BOUNDS:
        minutes = bound // 60
        length = (
            f"{minutes} {language.say('分', 'min')}" if minutes < 60 else f"{minutes // 60} {language.say('小时', 'h')}"
        )
        below = _below(str(bound))
        yield Series(expr=f"{below} - {before}" if before else below, legend=f"≤ {length}")
        before = below
    longest = BOUNDS[-1] // 3600
    yield Series(expr=f"{_below('+Inf')} - {before}", legend=f"> {longest} {language.say('小时', 'h')}")


def _below(bound: str) -> str:
    """Return how many repairs took no longer than a bound, which newer Prometheus spells ``900.0``."""
    spelled = 'le="+Inf"' if bound == "+Inf" else f'le=~"{bound}(\\\\.0)?"'
    return f"sum(extranet_repair_seconds_bucket{{{OF},{spelled}}})"


def _availability(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    reference = [(0.9833, LATE), (0.999, SEEN)]
    for title, basis in (
        (say("各月可用率（实测，线路平均）", "Availability by month (raw, mean of lines)"), "raw"),
        (say("各月可用率（考核，线路平均）", "Availability by month (assessed, mean of lines)"), "assessed"),
    ):
        yield months(
            title,
            say("月份", "Month"),
            month_availability(basis),
            "carrier_name",
            below=BAD,
            steps=reference,
            width=12,
            about=say(
                "每月最后一次的“本月至今”；需要随附的记录规则，Prometheus要保留一年的数据。99.9%是参考值，一次12小时的故障为98.33%。",
                "What “this month so far” last showed in each month; needs the recording rules, and a Prometheus that "
                "keeps a year. 99.9 % is a reference value; one fault of 12 hours makes 98.33 %.",
            ),
        )
