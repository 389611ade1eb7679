"""The words of screens, in Chinese and English, and how lengths of time are said in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

CHINESE: Mapping[str, str] = {
    "title": "电子政务外网线路监测",
    "lines": "线路",
    "total": "总数",
    "up": "正常",
    "suspect": "待确认",
    "down": "中断",
    "unknown": "未知",
    "maintenance": "计划检修",
    "faults": "未排除故障",
    "overdue": "已超时",
    "none": "目前没有未排除的故障。",
    "blind": "监测失明：自 {since} 起监测点自身无法观测，期间线路状态未知，不作判定。",
    "demo": "演示策略 {version}：时限 {limit}，并非管理办法规定的12小时。",
    "simulated": "模拟探测：本机不能建立网络命名空间，以下数据不是真实测量。",
    "no": "故障编号",
    "unit": "接入单位",
    "carrier": "网络运营商",
    "line": "线路",
    "role": "主备",
    "primary": "主用",
    "backup": "备用",
    "discovered": "发现",
    "elapsed": "已用时",
    "left": "剩余",
    "over": "已超 ",
    "deadline": "排除时限",
    "acknowledged": "接单",
    "state": "状态",
    "address": "地址",
    "loss": "丢包",
    "rtt": "时延",
    "as_of": "数据截止",
    "basis": "依据管理办法第二十六条：发现故障须12小时内排除，逐故障计时。",
    "metrics": "指标页",
    "flapping": "频繁闪断",
    "no_deadline": "尚未通知，不计时",
    "status": "状况",
    "restored": "已恢复",
    "open": "未恢复",
    "closed": "已关闭",
    "restored_at": "恢复",
    "verdict": "判定",
    "running": "计时中",
    "on_time": "按时",
    "late": "超时排除",
    "disputable": "有争议",
    "exempt": "不计",
    "heartbeat": "最近判定 {at}（{ago}前）",
    "silent": "监测进程已 {ago} 没有写入：它可能没有运行，以下状况可能已过时。",
    "never": "还没有任何观测：先运行 monitor run。",
    "left_out": "另有 {count} 条线路未列出，状态都不比以上的差。",
    "list_all": "全部列出",
    "no_faults": "没有符合条件的故障。",
    "incident": "群障：{where}，共 {lines} 条线路，仍有 {down} 条中断。",
    "d": "天",
    "h": "小时",
    "m": "分",
    "s": "秒",
}

ENGLISH: Mapping[str, str] = {
    "title": "Extranet line monitor",
    "lines": "Lines",
    "total": "total",
    "up": "up",
    "suspect": "suspect",
    "down": "down",
    "unknown": "unknown",
    "maintenance": "maintenance",
    "faults": "Open faults",
    "overdue": "overdue",
    "none": "No open faults now.",
    "blind": "Monitor blind: since {since} it cannot see at all; lines are unknown and not judged meanwhile.",
    "demo": "Demonstration policy {version}: the limit is {limit}, not the regulation's 12 hours.",
    "simulated": "Simulated probes: this machine permits no network namespace; nothing below was measured.",
    "no": "Fault",
    "unit": "Unit",
    "carrier": "Carrier",
    "line": "Line",
    "role": "Role",
    "primary": "primary",
    "backup": "backup",
    "discovered": "Discovered",
    "elapsed": "Elapsed",
    "left": "Left",
    "over": "over by ",
    "deadline": "Deadline",
    "acknowledged": "Acknowledged",
    "state": "State",
    "address": "Address",
    "loss": "Loss",
    "rtt": "RTT",
    "as_of": "As of",
    "basis": "Art. 26 of the regulation: a fault is cleared within 12 hours of its discovery; each has its own clock.",
    "metrics": "Metrics",
    "flapping": "flapping",
    "no_deadline": "not notified yet, no clock",
    "status": "Status",
    "restored": "restored",
    "open": "open",
    "closed": "closed",
    "restored_at": "Restored",
    "verdict": "Verdict",
    "running": "running",
    "on_time": "on time",
    "late": "late",
    "disputable": "disputable",
    "exempt": "exempt",
    "heartbeat": "judged last at {at} ({ago} ago)",
    "silent": "The daemon has written nothing for {ago}: it may not be running, and what follows may be out of date.",
    "never": "Nothing was observed yet: start monitor run first.",
    "left_out": "{count} more lines are not listed; none is in a worse state than these.",
    "list_all": "List all",
    "no_faults": "No such faults.",
    "incident": "Incident: {where}, {lines} lines, {down} still down.",
    "d": "d",
    "h": "h",
    "m": "m",
    "s": "s",
}

WORDING: Mapping[str, Mapping[str, str]] = {"zh_CN": CHINESE, "en": ENGLISH}

PARTS = (
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("m", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)


def say_length(length: timedelta, words: Mapping[str, str]) -> str:
    """Say a length of time in its two largest units, floored: ``4小时24分``, ``3m``, ``12s``; never below zero."""
    left = max(timedelta(), length)
    counts = []
    for name, unit in PARTS:
        count, left = divmod(left, unit)
        counts.append((count, words[name]))
    first = next((place for place, (count, _) in enumerate(counts) if count), len(counts) - 1)
    said = [f"{count}{unit}" for count, unit in counts[first : first + 2] if count]
    return "".join(said) or f"0{words['s']}"
