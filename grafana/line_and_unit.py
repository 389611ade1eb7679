"""线路与单位, line and unit: how a line fared, and what its device says."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from grafana import variables
from grafana.colours import BAD, CALM, GOOD, HALF, LATE, OTHER, SEEN, THIRD, UNKNOWN
from grafana.frames import frame
from grafana.language import Language
from grafana.marks import Marks
from grafana.panels import BITS, CELSIUS, PER_SECOND, SECONDS, SHARE, Series, figure, graph, hours, timeline
from grafana.queries import LIMIT_H, ONE, elapsed_hours, left_hours, lines, share, states
from grafana.wording import no_clock
from grafana.wording import states as state_words

WHO = "{{unit_name}} · {{line}}"
PORT = "{{line}} {{interface}}"
DAY_S = 86400


def board(language: Language) -> Dashboard:
    """Return the dashboard."""
    say = language.say
    found = frame(
        "line",
        say("线路与单位", "Line and unit"),
        say("一个单位的线路怎么样，设备怎么说。", "How a unit's lines fare, and what their devices say."),
        language,
        [
            variables.carrier(language),
            variables.kind(language),
            variables.unit(language),
            variables.line(language),
        ],
    )
    found = found.annotation(_faults(language))
    for panel in (*_state(language), *_measured(language), *_interfaces(language), *_device(language)):
        found = found.with_panel(panel)
    return found


def _faults(language: Language) -> Marks:
    """Return the times of faults, drawn across every curve: from discovery while the fault is open."""
    fault = language.say("故障", "Fault")
    return Marks(fault, f"extranet_fault_open{{{ONE}}} == 1", title=f"{fault} {{{{line}}}}", colour=BAD)


def _state(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield timeline(
        say("状态", "State"),
        Series(expr=states(one=True), legend=WHO),
        state_words(language),
        none=say("没有线路", "No line"),
    )
    elapsed, none, clock = elapsed_hours(one=True), no_clock(language), hours(say("小时", "h"))
    yield figure(
        say("已用时", "Elapsed"),
        Series(expr=elapsed, legend=WHO, many=True),
        unit=clock,
        decimals=1,
        below=GOOD,
        steps=[(LIMIT_H / 2, HALF), (LIMIT_H * 3 / 4, LATE), (LIMIT_H, BAD)],
        none=none,
        width=6,
    )
    yield figure(
        say("剩余", "Left"),
        Series(expr=left_hours(one=True), legend=WHO, many=True),
        unit=clock,
        decimals=1,
        below=BAD,
        steps=[(0, LATE), (LIMIT_H / 4, HALF), (LIMIT_H / 2, GOOD)],
        none=none,
        width=6,
    )
    for title, basis in (
        (say("本月可用率（实测）", "Availability, raw"), "raw"),
        (say("本月可用率（考核）", "Availability, assessed"), "assessed"),
    ):
        of = lines("extranet_line_availability_ratio", f'basis="{basis}"', one=True)
        yield figure(
            title,
            Series(expr=share(of), legend=WHO, many=True),
            unit=SHARE,
            decimals=2,
            none="—",
            width=6,
            about=say("本月至今，只截不入。", "Availability of this month so far, cut and never rounded up."),
        )
    yield graph(
        say("12小时计时", "The 12-hour clock"),
        [Series(expr=elapsed, legend=WHO, colour=SEEN, many=True)],
        unit=clock,
        steps=[(LIMIT_H / 2, HALF), (LIMIT_H * 3 / 4, LATE), (LIMIT_H, BAD)],
        width=24,
        height=6,
        none=none,
    )


def _measured(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield graph(
        say("往返时延", "Round-trip time"),
        [Series(expr=lines("extranet_line_rtt_seconds", one=True), legend=WHO, colour=SEEN, many=True)],
        unit=SECONDS,
    )
    yield graph(
        say("丢包", "Loss"),
        [Series(expr=lines("extranet_line_loss_ratio", one=True), legend=WHO, colour=BAD, many=True)],
        unit=SHARE,
        highest=1,
        drawn_as_bars=True,
    )


def _interfaces(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say

    def rate(name: str, factor: str = "") -> str:
        return f"rate(extranet_interface_{name}_total{{{ONE}}}[$__rate_interval]){factor}"

    yield graph(
        say("接口流量：收在上，发在下", "Traffic: received above, sent below"),
        [
            Series(expr=rate("receive_bytes", " * 8"), legend=f"{PORT} {say('收', 'in')}", colour=SEEN, many=True),
            Series(
                expr=rate("transmit_bytes", " * 8"),
                legend=f"{PORT} {say('发', 'out')}",
                colour=OTHER,
                many=True,
                below=True,
            ),
        ],
        unit=BITS,
    )
    busiest = (
        f"rate(extranet_interface_{{}}_bytes_total{{{{{ONE}}}}}[$__rate_interval])"
        f" / (extranet_interface_speed_bytes_per_second{{{{{ONE}}}}} > 0)"
    )
    yield graph(
        say("接口利用率", "Utilisation"),
        [
            Series(expr=busiest.format("receive"), legend=f"{PORT} {say('收', 'in')}", colour=SEEN, many=True),
            Series(expr=busiest.format("transmit"), legend=f"{PORT} {say('发', 'out')}", colour=OTHER, many=True),
        ],
        unit=SHARE,
    )
    yield timeline(
        say("接口状态", "Interfaces"),
        Series(expr=f"extranet_interface_up{{{ONE}}}", legend=PORT),
        {0: (say("断", "down"), BAD), 1: (say("通", "up"), GOOD)},
        width=12,
        none=say("未用SNMP读取", "Not read by SNMP"),
    )
    yield graph(
        say("接口错误与丢弃", "Errors and discards"),
        [
            Series(expr=rate(name), legend=f"{PORT} {said}", colour=colour, many=True)
            for name, said, colour in (
                ("receive_errors", say("收错", "errors in"), BAD),
                ("transmit_errors", say("发错", "errors out"), OTHER),
                ("receive_discards", say("收弃", "discards in"), SEEN),
                ("transmit_discards", say("发弃", "discards out"), THIRD),
            )
        ],
        unit=PER_SECOND,
    )


def _device(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield figure(
        "SNMP",
        Series(expr=lines("extranet_snmp_up", one=True), legend=WHO, many=True),
        words={0: (say("不应答", "silent"), UNKNOWN), 1: (say("应答", "answers"), GOOD)},
        none=say("未用", "not used"),
        width=4,
        height=7,
    )
    yield figure(
        say("设备连续运行（天）", "Device up for (days)"),
        Series(expr=f"{lines('extranet_device_uptime_seconds', one=True)} / {DAY_S}", legend=WHO, many=True),
        unit=f"suffix:{say('天', 'd')}",
        decimals=1,
        below=CALM,
        none="—",
        width=4,
        height=7,
    )
    yield graph(
        say("处理器与内存", "Processor and memory"),
        [
            Series(
                expr=lines("extranet_device_cpu_ratio", one=True),
                legend=f"{WHO} {say('处理器', 'CPU')}",
                colour=SEEN,
                many=True,
            ),
            Series(
                expr=lines("extranet_device_memory_ratio", one=True),
                legend=f"{WHO} {say('内存', 'memory')}",
                colour=OTHER,
                many=True,
            ),
        ],
        unit=SHARE,
        highest=1,
        width=8,
        height=7,
    )
    yield graph(
        say("设备温度", "Temperature"),
        [Series(expr=lines("extranet_device_temperature_celsius", one=True), legend=WHO, colour=BAD, many=True)],
        unit=CELSIUS,
        lowest=None,
        width=8,
        height=7,
    )
