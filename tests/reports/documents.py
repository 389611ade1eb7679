"""Reports in words for the writers' tests: a plain month, hostile names, tables of any length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from monitor.reports.document import (
    Annex,
    Block,
    Calendar,
    Cell,
    Chart,
    Column,
    Document,
    Heading,
    LineChart,
    Paragraph,
    Side,
    StackedBars,
    Table,
    Tone,
)

CARRIERS = (
    "联通",
    "电信",
    "移动",
    "广电",
    "中国联合网络通信有限公司某某县分公司政企客户运营支撑部",
    "某某省信息产业发展集团有限公司某某县电子政务外网运营分公司",
)
LONG_NAME = "某某县某某街道办事处社区卫生服务中心综合行政执法大队协调科"
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def cells(*texts: str) -> list[Cell]:
    return [Cell(text=text) for text in texts]


def table(name: str, titles: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[float] = ()) -> Table:
    shares = widths or [1.0] * len(titles)
    columns = [
        Column(title=title, width=share, side=Side.LEFT if place == 0 else Side.CENTRE)
        for place, (title, share) in enumerate(zip(titles, shares, strict=True))
    ]
    return Table(name=name, columns=columns, rows=rows, empty=f"{name}:本期没有。")


def faults(count: int) -> Table:
    """Return annex 2 with so many rows, a name of 30 signs and a long word among them."""
    rows = [
        cells(
            f"F20260901-{number:05d}",
            LONG_NAME if number % 40 == 7 else f"某某街道社区卫生服务中心{number % 997}",
            CARRIERS[number % 4],
            f"9月{1 + number % 30}日13:{number % 60:02d}",
            f"9月{1 + number % 30}日17:{number % 60:02d}",
            "4小时24分",
            "按时",
            "finance-bureau-primary-line-0001" if number % 50 == 3 else "运营商",
        )
        for number in range(count)
    ]
    titles = ("编号", "单位", "运营商", "中断", "恢复", "用时", "结论", "责任")
    return table("故障", titles, rows, (1.6, 2, 1, 1.5, 1.5, 1.2, 1, 1.3))


def compared(carriers: Sequence[str]) -> Table:
    titles = (
        "运营商",
        "线路",
        "故障",
        "群障",
        "超时",
        "存疑",
        "按时率",
        "平均修复用时",
        "考核可用率",
        "实际可用率",
        "排名",
    )
    rows = [
        cells(name, "128", "12", "1", "3", "0", "75.00 %", "4小时24分", "99.93 %", "99.87 %", "并列2")
        for name in carriers
    ]
    return table("运营商对比", titles, rows, (2.2, *[1.0] * 10))


def front(carriers: Sequence[str]) -> Iterator[Block]:
    """Yield a front page of the length that a month has."""
    yield Paragraph(text="监测覆盖率93.20 %,低于95 %:以下数字不完整。", tone=Tone.WARNING)
    yield Heading(text="一、总体情况")
    yield Paragraph(
        text="本月在网单位400家、线路512条,单位平均可用率99.87 %,较上月下降0.05个百分点;运营商责任故障31起," * 2
    )
    yield Heading(text="二、关键指标")
    rows = [
        cells(name, "99.87 %", "99.92 %", "下降0.05个百分点")
        for name in ["可用率", "故障", "单位", "按时率", "超时", "平均用时", "中位用时", "覆盖率"]
    ]
    yield table("关键指标", ("指标", "本月", "上月", "变化"), rows, (2, 1, 1, 1.4))
    yield Heading(text="三、运营商对比")
    yield compared(carriers)
    yield Paragraph(text="线路少于5条或覆盖率低于95 %的,不参与排名。", tone=Tone.NOTE)
    yield Heading(text="四、存在问题")
    for number in range(4):
        yield Paragraph(text=f"{number + 1}.{LONG_NAME},{CARRIERS[number]},故障F20260901-{number:04d},超时3小时12分。")
    yield Heading(text="五、上月要求落实情况")
    yield Paragraph(text="已落实。")
    yield Heading(text="六、下步要求")
    yield Paragraph(text="请各运营商于十月十日前报整改情况,并对重复故障线路逐条排查。")


def drawn() -> list[Chart]:
    """Return the three charts of a month."""
    months = [f"{month}月" for month in (10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9)]
    points = [None, *[Fraction(9987 + place % 5, 10_000) for place in range(11)]]
    line = LineChart(
        title="可用率", labels=months, points=points, reference=Fraction(999, 1000), reference_label="标准"
    )
    bars = StackedBars(
        title="按时与超时", labels=CARRIERS[:5], series={"按时": [12, 3, 40, 0, 7], "超时": [3, 0, 1, 0, 2]}
    )
    days = {date(2026, 9, 1) + timedelta(number): number % 7 for number in range(30)}
    return [
        Chart(name="availability", drawn=line, said="十二个月的可用率在99.87 %与99.91 %之间。"),
        Chart(name="repairs", drawn=bars, said="五家运营商按时62起、超时6起。"),
        Chart(name="days", drawn=Calendar(title="每日故障", days=days, weekdays=WEEKDAYS), said="最多的一日6起。"),
    ]


def report(
    *,
    carriers: int = 4,
    blocks: Sequence[Block] | None = None,
    annexes: Sequence[Annex] | None = None,
    charts: Sequence[Chart] = (),
    draft: str | None = None,
) -> Document:
    """Return a report; what is not given is that of a plain month."""
    return Document(
        locale="zh_CN",
        title="某某县电子政务外网运行情况月报(2026年9月)",
        head=["编制单位:某某县大数据中心", "统计期:2026年9月1日至30日", "数据截止:2026年10月1日00:10"],
        front=list(front(CARRIERS[:carriers])) if blocks is None else blocks,
        charts_title="图表",
        charts=charts,
        annexes=[annex("附件1 超时故障", faults(3)), annex("附件2 全部故障", faults(120))]
        if annexes is None
        else annexes,
        stamp="版次2026-09/1 · 策略版本3 · 事件日志第1234条 · 摘要" + "0123456789abcdef" * 4,
        page="第{page}页,共{pages}页",
        draft=draft,
        properties={"author": "某某县大数据中心", "subject": "月报", "policy": "3"},
    )


def annex(title: str, *blocks: Block) -> Annex:
    return Annex(title=title, blocks=[Paragraph(text=f"{title}的说明。", tone=Tone.NOTE), *blocks])
