"""监测系统自身, the monitor on itself: rounds, lateness, the loop, the outbox, the store, deliveries."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from grafana.colours import BAD, CALM, GOOD, LATE, OTHER, SEEN, THIRD, UNKNOWN
from grafana.frames import frame
from grafana.language import Language
from grafana.panels import COUNT, PER_SECOND, SECONDS, Series, figure, graph

KINDS = (("icmp", SEEN), ("snmp", OTHER))
STATE = 3  # columns of each figure on top: eight in a row
QUANTILES = ((0.5, SEEN), (0.99, OTHER))


def board(language: Language) -> Dashboard:
    """Return the dashboard."""
    say = language.say
    found = frame(
        "monitor",
        say("监测系统自身", "Monitor itself"),
        say("监测系统是否看得见、跟得上、发得出、记得下。", "Whether the monitor sees, keeps up, tells and remembers."),
        language,
        [],
    )
    for panel in (*_states(language), *_rounds(language), *_telling(language), *_remembering(language)):
        found = found.with_panel(panel)
    return found


def _states(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    good, bad = say("正常", "fine"), say("异常", "not so")
    fine, failing = {0: (good, GOOD), 1: (bad, BAD)}, {0: (bad, BAD), 1: (good, GOOD)}
    for title, expr, words in (
        (say("视野", "Sight"), "max(monitor_blind)", {0: (good, GOOD), 1: (say("失明", "blind"), BAD)}),
        (say("数据库", "Database"), "max(monitor_store_failing)", fine),
        (say("配置", "Configuration"), "min(monitor_config_last_reload_successful)", failing),
    ):
        yield figure(title, Series(expr=expr), words=words, none="—", below=UNKNOWN, width=STATE)
    yield figure(
        say("距上次判定", "Judged last"),
        Series(expr="time() - max(monitor_last_sweep_timestamp_seconds)"),
        unit=SECONDS,
        decimals=0,
        below=GOOD,
        steps=[(60, LATE), (180, BAD)],
        none="—",
        width=STATE,
    )
    yield figure(
        say("未备份时长", "Without a backup for"),
        Series(expr="time() - max(monitor_last_backup_timestamp_seconds or monitor_backup_awaited_timestamp_seconds)"),
        unit=SECONDS,
        decimals=0,
        below=GOOD,
        steps=[(26 * 3600, BAD)],
        none="—",
        width=STATE,
        about=say(
            "自最近一次备份起；从未备份的，自监测开始等待备份起。",
            "Since the last one; where none was made yet, since the monitor waits for one.",
        ),
    )
    yield figure(
        say("备份所缺附件", "Files it lacks"),
        Series(expr="max(monitor_last_backup_lacking_attachments)"),
        below=CALM,
        steps=[(1, BAD)],
        none="—",
        width=STATE,
        about=say(
            "记录提到、备份时丢失或损坏的附件。",
            "Attachments on record that were missing or damaged when it was made.",
        ),
    )
    yield figure(
        say("待发消息", "Messages waiting"),
        Series(expr="sum(monitor_outbox_pending)"),
        below=CALM,
        steps=[(1, LATE)],
        none="—",
        width=STATE,
    )
    yield figure(
        say("最久已等", "The oldest has waited"),
        Series(expr="max(monitor_outbox_oldest_seconds)"),
        unit=SECONDS,
        decimals=0,
        below=CALM,
        steps=[(300, LATE), (900, BAD)],
        none="—",
        width=STATE,
    )


def _rounds(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield graph(
        say("每秒测量轮次", "Rounds a second"),
        [
            Series(
                expr=f'sum(rate(monitor_rounds_total{{kind="{kind}"}}[$__rate_interval]))', legend=kind, colour=colour
            )
            for kind, colour in KINDS
        ],
        unit=PER_SECOND,
        width=8,
    )
    yield graph(
        say("轮次迟到", "Lateness of rounds"),
        _quantiles("monitor_round_lateness_seconds"),
        unit=SECONDS,
        width=8,
        steps=[(1, LATE)],
        about=say("每轮开始比该秒迟多少。", "How long after its second a round began."),
    )
    yield graph(
        say("每轮用时（平均）", "Length of a round (mean)"),
        [
            Series(expr=_mean("monitor_round_duration_seconds", kind), legend=kind, colour=colour)
            for kind, colour in KINDS
        ],
        unit=SECONDS,
        width=8,
    )
    yield graph(
        say("事件循环延迟（10秒内最长）", "Loop lag (longest of 10 s)"),
        [Series(expr="max(monitor_event_loop_lag_seconds)", legend=say("延迟", "lag"), colour=SEEN)],
        unit=SECONDS,
        width=8,
        steps=[(1, LATE)],
    )
    yield graph(
        say("推迟的轮次与探测错误", "Rounds put off, probe errors"),
        [
            *(
                Series(
                    expr=f'sum(rate(monitor_round_overruns_total{{kind="{kind}"}}[$__rate_interval]))',
                    legend=say(f"推迟 {kind}", f"put off {kind}"),
                    colour=colour,
                )
                for kind, colour in KINDS
            ),
            Series(
                expr="sum by (kind, reason) (rate(monitor_probe_errors_total[$__rate_interval]))",
                legend=say("错误 ", "error ") + "{{kind}} {{reason}}",
                colour=BAD,
                many=True,
            ),
        ],
        unit=PER_SECOND,
        width=8,
    )
    yield graph(
        say("ICMP回显与SNMP trap", "Echoes and traps"),
        [
            *(
                Series(
                    expr=f'sum(rate(monitor_echoes{{outcome="{outcome}"}}[$__rate_interval]))',
                    legend=f"ICMP {words}",
                    colour=colour,
                )
                for outcome, words, colour in (
                    ("sent", say("发出", "sent"), SEEN),
                    ("received", say("收回", "received"), OTHER),
                )
            ),
            Series(
                expr='sum(rate(monitor_traps_total{outcome="accepted"}[$__rate_interval]))',
                legend=say("trap 采信", "traps accepted"),
                colour=THIRD,
            ),
            Series(
                expr='sum(rate(monitor_traps_total{outcome!="accepted"}[$__rate_interval]))',
                legend=say("trap 其他", "traps, others"),
                colour=BAD,
            ),
        ],
        unit=PER_SECOND,
        width=8,
    )


def _telling(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield graph(
        say("待发消息", "The outbox"),
        [Series(expr="sum(monitor_outbox_pending)", legend=say("待发", "waiting"), colour=SEEN)],
        unit=COUNT,
        width=8,
    )
    yield graph(
        say("最久已等", "Age of the oldest message"),
        [Series(expr="max(monitor_outbox_oldest_seconds)", legend=say("最久", "oldest"), colour=OTHER)],
        unit=SECONDS,
        width=8,
        steps=[(900, BAD)],
    )
    yield graph(
        say("发送结果", "Deliveries"),
        [
            Series(
                expr=f'sum by (channel) (increase(monitor_deliveries_total{{outcome="{outcome}"}}[$__rate_interval]))',
                legend="{{channel}} " + words,
                colour=colour,
                many=True,
            )
            for outcome, words, colour in (
                ("delivered", say("送达", "delivered"), THIRD),
                ("again", say("再试", "again"), OTHER),
                ("refused", say("被拒", "refused"), BAD),
            )
        ],
        unit=COUNT,
        width=8,
        drawn_as_bars=True,
    )


def _remembering(language: Language) -> Iterator[Builder[Panel]]:
    say = language.say
    yield graph(
        say("写库用时", "Time of a commit"),
        _quantiles("monitor_store_write_seconds"),
        unit=SECONDS,
        width=12,
    )
    yield graph(
        say("每秒写库", "Commits a second"),
        [
            Series(
                expr="sum(rate(monitor_store_write_seconds_count[$__rate_interval]))",
                legend=say("写库", "commits"),
                colour=SEEN,
            )
        ],
        unit=PER_SECOND,
        width=12,
    )


def _quantiles(histogram: str) -> list[Series]:
    return [
        Series(
            expr=f"histogram_quantile({share}, sum by (le) (rate({histogram}_bucket[$__rate_interval])))",
            legend=f"{share:.0%}",
            colour=colour,
        )
        for share, colour in QUANTILES
    ]


def _mean(histogram: str, kind: str) -> str:
    total, count = (f'sum(rate({histogram}_{part}{{kind="{kind}"}}[$__rate_interval]))' for part in ("sum", "count"))
    return f"{total} / {count}"
