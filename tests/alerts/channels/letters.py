"""Letters as composing would write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.alerts.letter import Letter, Recipient
from monitor.faults.terms import MessageKind

AT = datetime(2026, 9, 1, 5, 2, tzinfo=UTC)
LINK = "https://monitor.example/a/F20260901-0007.signed-and-expiring"
MARKDOWN = f"""\
运营商/线路:联通/财政局主用
中断 9月1日13:02
**排除时限 9月2日01:02**(剩余 12小时)
> 依据管理办法第二十六条,12小时内排除。请回复接单人及预计恢复时间。

[接单]({LINK})"""


def letter(**changes: Any) -> Letter:
    """Return a letter about a fault of the finance bureau, changed as told."""
    written = Letter(
        key="F20260901-0007:opened",
        kind=MessageKind.OPENED,
        sent_at=AT,
        due_at=AT,
        late=False,
        title="【新故障】F20260901-0007 财政局",
        text="财政局主用线路 9月1日13:02 中断,限 9月2日01:02 前排除。",
        sms="【云岭县信息中心】0901-7财政局主用9月1日13:02中断,限9月2日01:02前排除,请回复0000-66000000",
        markdown=MARKDOWN,
        payload={"id": "F20260901-0007:opened", "kind": "opened", "fault": {"unit_name": "财政局"}, "text": "中断"},
        labels={"alertname": "ExtranetFault", "no": "F20260901-0007", "unit_name": "财政局"},
        link=LINK,
    )
    return replace(written, **changes)


def units(count: int) -> str:
    """Return a list of so many units, a line each: what a storm is about."""
    return "\n".join(f"- 第{number}个接入单位主用线路,9月1日13:02中断" for number in range(count))


ZHANG = Recipient(name="张三", phone="138 0013 8001", email="zhang@unicom.example")
LI = Recipient(name="李四", phone="138 0013 8002", email="li@unicom.example")
