"""What the lab says on the terminal, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.lab.play import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every text of the terminal; a name in braces is filled in when it is said."""

    title: str
    demonstration: str
    simulated: str
    console: str
    metrics: str
    messages: str
    log: str
    waiting: str
    begins: Mapping[Kind, str]
    ends: Mapping[Kind, str]
    fault_opened: str
    fault_overdue: str
    fault_restored: str
    blind: str
    sees: str
    sent: str
    counts: str
    faults: str
    none_open: str
    unit: str
    carrier: str
    elapsed: str
    left: str
    overdue_by: str
    happenings: str
    stop: str
    ended: str
    living: str
    lived: str


ZH = Words(
    title="{county} · 电子政务外网监测演示",
    demonstration="演示策略 {policy}：12 小时时限缩短为 {limit}，数据均为虚构",
    simulated="探测结果为模拟：{why}",
    console="控制台",
    metrics="指标页",
    messages="消息全文（含接单链接）",
    log="守护进程日志",
    waiting="等待守护进程应答……",
    begins={
        Kind.LINE_CUT: "【演示】{what} 光缆中断",
        Kind.POWER_LOSS: "【演示】{what} 单位侧停电",
        Kind.OVERDUE: "【演示】{what} 光缆中断，且迟迟不修，将会超时",
        Kind.NODE_CUT: "【演示】{what} 汇聚节点中断，其下 {lines} 条线路受影响",
        Kind.FLAPPING: "【演示】{what} 时断时续，第 {turn} 次中断",
        Kind.LOSS: "【演示】{what} 线路丢包约 {share}",
        Kind.BLIND: "【演示】监测机自身链路中断",
    },
    ends={
        Kind.LINE_CUT: "【演示】{what} 光缆修复",
        Kind.POWER_LOSS: "【演示】{what} 恢复供电，设备重启",
        Kind.OVERDUE: "【演示】{what} 终于修复",
        Kind.NODE_CUT: "【演示】{what} 汇聚节点恢复",
        Kind.FLAPPING: "【演示】{what} 又通了",
        Kind.LOSS: "【演示】{what} 线路不再丢包",
        Kind.BLIND: "【演示】监测机自身链路恢复",
    },
    fault_opened="故障 {what}：开始计时，剩余 {left}",
    fault_overdue="超时 {what}：已超过时限",
    fault_restored="恢复 {what}：时钟停止",
    blind="监测失明：参照地址全部不通，暂不判断线路",
    sees="监测恢复",
    sent="消息 {what}",
    counts="线路 {lines}：正常 {up}  待确认 {suspect}  中断 {down}  未知 {unknown}",
    faults="未恢复故障",
    none_open="当前没有未恢复的故障",
    unit="单位",
    carrier="运营商",
    elapsed="已用",
    left="剩余",
    overdue_by="超时 {time}",
    happenings="动态",
    stop="按 Ctrl-C 结束",
    ended="演示结束，网络与进程均已清除。",
    living="正在重演往月",
    lived="{month}及上月已写入{folder}：monitor report --config {folder} --month {month}",
)

EN = Words(
    title="{county} · demonstration of the extranet monitor",
    demonstration="Demonstration policy {policy}: the limit of 12 hours is shortened to {limit}; all data is invented",
    simulated="The probes are simulated: {why}",
    console="Console",
    metrics="Metrics",
    messages="Messages, with links to acknowledge",
    log="Daemon's log",
    waiting="Waiting for the daemon to answer …",
    begins={
        Kind.LINE_CUT: "[play] {what}: the fibre is cut",
        Kind.POWER_LOSS: "[play] {what}: the unit loses its power",
        Kind.OVERDUE: "[play] {what}: the fibre is cut, and nobody hurries; this one will be overdue",
        Kind.NODE_CUT: "[play] {what}: the aggregation node is cut, and {lines} lines with it",
        Kind.FLAPPING: "[play] {what}: comes and goes, cut no. {turn}",
        Kind.LOSS: "[play] {what}: loses about {share} of its packets",
        Kind.BLIND: "[play] the monitor's own link is cut",
    },
    ends={
        Kind.LINE_CUT: "[play] {what}: the fibre is mended",
        Kind.POWER_LOSS: "[play] {what}: power is back, the device starts afresh",
        Kind.OVERDUE: "[play] {what}: mended at last",
        Kind.NODE_CUT: "[play] {what}: the aggregation node is back",
        Kind.FLAPPING: "[play] {what}: is there again",
        Kind.LOSS: "[play] {what}: loses nothing any more",
        Kind.BLIND: "[play] the monitor's own link is back",
    },
    fault_opened="Fault at {what}: the clock runs, {left} left",
    fault_overdue="Overdue at {what}: the limit has passed",
    fault_restored="Restored at {what}: the clock stands",
    blind="Monitor blind: no reference answers; lines are not judged",
    sees="The monitor sees again",
    sent="Message {what}",
    counts="{lines} lines: {up} up  {suspect} suspect  {down} down  {unknown} unknown",
    faults="Open faults",
    none_open="No fault is open",
    unit="Unit",
    carrier="Carrier",
    elapsed="Elapsed",
    left="Left",
    overdue_by="overdue by {time}",
    happenings="What happened",
    stop="Ctrl-C ends it",
    ended="The demonstration has ended; its network and processes are gone.",
    living="living through the months",
    lived="{month} and the month before are in {folder}: monitor report --config {folder} --month {month}",
)


def words(locale: str) -> Words:
    """Return the words of a locale: ``zh_CN`` or ``en``."""
    return EN if locale == "en" else ZH
