"""值班大屏, the duty room: what is down now, whose clock runs out next. Read from five metres, in kiosk mode."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from grafana import variables
from grafana.colours import BAD, CALM, GOOD, HALF, LATE, SEEN, UNKNOWN
from grafana.frames import frame, on_line
from grafana.language import Language
from grafana.panels import SECONDS, SHARE, Series, bars, figure, hours
from grafana.queries import (
    LIMIT_H,
    State,
    held,
    left_hours,
    lines,
    named,
    number,
    share,
    since,
    states,
    used_share,
)
from grafana.tables import Column, Label, figures
from grafana.wording import no_clock, roles
from grafana.wording import states as state_words

LARGE, BANNER = 72, 56  # pixels
NAME, VALUE = 24, 32  # pixels, of a bar


def board(language: Language) -> Dashboard:
    """Return the dashboard."""
    say = language.say
    found = frame(
        "duty-room",
        say("值班大屏", "Duty room"),
        say("现在哪些线路中断、归谁、哪个时限先到。", "What is down now, whose it is, which clock runs out next."),
        language,
        [variables.carrier(language), variables.kind(language), variables.unit(language), variables.limit(language)],
    )
    found = found.time("now-6h", "now").refresh("15s")
    for panel in (*_banner(language), *_counts(language), *_clocks(language), *_tables(language)):
        found = found.with_panel(panel)
    return found


def _banner(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield figure(
        say("监测", "Monitor"),
        Series(expr="max(monitor_blind)"),
        words={
            0: (say("监测正常", "The monitor sees"), GOOD),
            1: (say("监测失明：线路状态未知，不作判定", "The monitor is blind: nothing is judged"), BAD),
        },
        none=say("没有数据：监测未运行", "No data: the monitor does not run"),
        below=UNKNOWN,
        width=18,
        height=4,
        size=BANNER,
    )
    yield figure(
        say("距上次判定", "Judged last"),
        Series(expr="time() - max(monitor_last_sweep_timestamp_seconds)"),
        unit=SECONDS,
        decimals=0,
        below=GOOD,
        steps=[(60, LATE), (180, BAD)],
        none="—",
        width=6,
        height=4,
        size=BANNER,
    )


def _counts(language: Language) -> Iterator[Builder[Panel]]:
    say, every = language.say, states()
    for title, expr, colour in (
        (say("中断线路", "Lines down"), number(f"{every} == {State.DOWN}"), BAD),
        (say("已超时", "Overdue"), number(f"{lines('extranet_fault_overdue')} == 1"), BAD),
        (say("未排除故障", "Open faults"), number(f"{lines('extranet_fault_open')} == 1"), LATE),
        (say("未接单", "Unacknowledged"), number(f"{held(lines('extranet_fault_acknowledged'))} == 0"), LATE),
        (say("群障", "Incidents"), 'sum(extranet_incident_open{carrier=~"$carrier"})', BAD),
        (say("待确认", "Suspect"), number(f"{every} == {State.SUSPECT}"), LATE),
        (say("状态未知", "Unknown"), number(f"{every} == {State.UNKNOWN}"), UNKNOWN),
        (say("计划检修", "Maintenance"), number(f"{every} == {State.MAINTENANCE}"), SEEN),
    ):
        yield figure(title, Series(expr=expr), below=CALM, steps=[(1, colour)], width=3, height=5, size=LARGE, none="—")


def _clocks(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield bars(
        say("12小时计时：剩余，先到的在上", "The 12-hour clock: what is left, the next first"),
        Series(expr=f"sort({left_hours()})", legend="{{unit_name}} · {{carrier_name}}"),
        unit=hours(say("小时", "h")),
        decimals=1,
        most=LIMIT_H,
        below=BAD,
        steps=[(0, LATE), (LIMIT_H / 4, HALF), (LIMIT_H / 2, GOOD)],
        none=no_clock(language),
        width=14,
        height=13,
        sizes=(NAME, VALUE),
        about=say(
            "颜色：已用不到50%为蓝，50%起为黄，75%起为橙，超时为朱红；负数是已超的小时数。",
            "Blue below 50 % of the limit, yellow from 50 %, orange from 75 %, vermillion over it; "
            "below zero are the hours over the limit.",
        ),
    )
    today = f"sum by (carrier) ({since('extranet_faults_total{carrier=~`$carrier`}')})".replace("`", '"')
    yield figure(
        say("今日新发故障", "Faults today"),
        Series(expr=named(today), legend="{{carrier_name}}", many=True),
        below=CALM,
        steps=[(1, LATE)],
        width=5,
        height=13,
        size=NAME * 2,
        time_from="now/d",
        none="—",
    )
    yield bars(
        say("本月监测覆盖率", "Coverage this month"),
        Series(expr=share(named('extranet_coverage_ratio{carrier=~"$carrier"}')), legend="{{carrier_name}}"),
        unit=SHARE,
        decimals=2,
        most=1,
        below=BAD,
        steps=[(0.9, LATE), (0.95, GOOD)],
        none="—",
        width=5,
        height=13,
        sizes=(NAME, VALUE),
        about=say("低于95%的月份不参加排名。", "Below 95 % a carrier is not ranked."),
    )


def _tables(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    labels = _labels(language)
    left = say("剩余", "Left")
    yield figures(
        say("未排除故障（计时限）", "Open faults, under the limit"),
        labels,
        [
            Column(
                title=left,
                expr=left_hours(),
                unit=hours(say("小时", "h")),
                decimals=1,
            ),
            Column(
                title=say("已用时限", "Limit used"),
                expr=used_share(),
                unit=SHARE,
                decimals=0,
                below=GOOD,
                steps=[(0.5, HALF), (0.75, LATE), (1, BAD)],
            ),
            _at(say("发现", "Discovered"), held(lines("extranet_fault_discovered_timestamp_seconds"))),
            _at(say("到期", "Deadline"), held(lines("extranet_fault_deadline_timestamp_seconds"))),
            Column(
                title=say("接单", "Acknowledged"),
                expr=held(lines("extranet_fault_acknowledged")),
                words={0: (say("未接单", "no"), LATE), 1: (say("已接单", "yes"), GOOD)},
            ),
            Column(
                title=say("频繁闪断", "Flapping"),
                expr=held(lines("extranet_fault_flapping")),
                words={0: (say("否", "no"), CALM), 1: (say("是", "yes"), HALF)},
            ),
        ],
        sort=left,
        none="—",
        height=10,
        width=14,
    )
    state = say("状态", "State")
    yield figures(
        say("不正常的线路", "Lines that are not up"),
        labels,
        [Column(title=state, expr=f"{states()} != {State.UP}", words=state_words(language))],
        sort=state,
        none="—",
        height=10,
        width=10,
    )
    discovered = say("发现", "Discovered")
    yield figures(
        say("未排除故障（已认定为其他方责任，不计时限）", "Open faults, ruled another party's: no limit"),
        labels,
        [_at(discovered, f"{lines('extranet_fault_discovered_timestamp_seconds')} and on (line) {_exempt()}")],
        sort=discovered,
        none="—",
        height=6,
    )


def _exempt() -> str:
    return f"{lines('extranet_fault_exempt')} == 1"


def _labels(language: Language) -> list[Label]:
    say = language.say
    return [
        Label(name="unit_name", title=say("接入单位", "Unit")),
        Label(name="carrier_name", title=say("网络运营商", "Carrier")),
        on_line(language),
        Label(name="role", title=say("主备", "Role"), words=roles(language)),
    ]


def _at(title: str, seconds: str) -> Column:
    """Return a column of instants."""
    return Column(title=title, expr=f"({seconds}) * 1000", unit="dateTimeAsLocal")
