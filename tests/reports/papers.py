"""Reports in words for the writers of office files: one of a month, one of names that nobody should bear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
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
from tests.inventories import SHANGHAI

AT = datetime(2026, 9, 3, 5, 2, 11, tzinfo=UTC).astimezone(SHANGHAI)
HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "+86 1",
    "-2",
    "{=A1}",
    "http://example.org/",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    "<w:p>&amp;</w:p>",
    "]]>",
    "\"'",
    "{page}{0}%s\\",
    "bell\x07null\x00",
    "\ud800\ufffe",
    "_x0041_",
    "1\r\n2\t3",
    "&P&D&&",
    "😀𠮷",
    " 两 端 ",
    "",
)


def share(numerator: int, denominator: int = 10_000) -> Cell:
    return Cell(text=f"{numerator // 100}.{numerator % 100:02d} %", value=Fraction(numerator, denominator))


def long_name(place: int) -> str:
    """Return a carrier's name of thirty characters."""
    return f"中国某某通信集团有限公司某某省某某市云岭县分公司政企客户{place:02d}部"


def carriers(count: int) -> Table:
    columns = [Column(title="运营商", width=3)]
    columns += [
        Column(title=title, side=Side.RIGHT)
        for title in (
            "线路",
            "故障",
            "群障",
            "超时",
            "争议",
            "按时率",
            "平均修复",
            "可用率(考核)",
            "可用率(原始)",
            "名次",
        )
    ]
    rows = [
        [
            Cell(text=long_name(place)),
            *(Cell(text=str(number), value=number) for number in (412 - place, 37, 2, place, 1)),
            share(9_512 + place),
            Cell(text="4小时24分", value=timedelta(hours=4, minutes=24, seconds=59)),
            share(9_987),
            share(9_951),
            Cell(text=f"{place}(并列)", value=place),
        ]
        for place in range(1, count + 1)
    ]
    return Table(name="运营商对比", columns=columns, rows=rows, empty="无运营商。")


def indicators() -> Table:
    columns = [
        Column(title="指标", width=2),
        *(Column(title=title, side=Side.RIGHT) for title in ("本月", "上月", "变化")),
    ]
    names = (
        "单位平均可用率",
        "故障(起)",
        "受影响单位(家)",
        "按时修复率",
        "超时(起)",
        "平均修复用时",
        "修复用时中位数",
        "监测覆盖率",
    )
    rows = [
        [Cell(text=name), share(9_987), share(9_990), Cell(text="-0.03 个百分点", value=Fraction(-3, 10_000))]
        for name in names
    ]
    return Table(name="关键指标", columns=columns, rows=rows, empty="—")


def faults(count: int) -> Table:
    columns = [
        Column(title=title)
        for title in ("故障编号", "单位", "线路", "运营商", "中断", "恢复", "用时", "责任方", "是否超时", "群障")
    ]
    rows = [
        [
            Cell(text=f"F20260903-{place:04d}"),
            Cell(text="云岭县财政局"),
            Cell(text="finance-1"),
            Cell(text="联通"),
            Cell(text="9月3日13:02", value=AT),
            Cell(text="9月3日17:26", value=AT + timedelta(hours=4, minutes=24)),
            Cell(text="4小时24分", value=timedelta(hours=4, minutes=24, seconds=place % 60)),
            Cell(text="运营商", strong=place == 3),
            Cell(text="否"),
            Cell(text="—"),
        ]
        for place in range(1, count + 1)
    ]
    return Table(name="全部故障", columns=columns, rows=rows, empty="本月无故障。")


def drawn() -> Sequence[Chart]:
    months = [f"{month}月" for month in range(1, 13)]
    return [
        Chart(name="近12个月可用率", said="单位平均可用率由99.50 %升至99.87 %。", drawn=LineChart(
            title="近12个月单位平均可用率", labels=months,
            points=[None, *(Fraction(9_950 + place, 10_000) for place in range(11))],
            reference=Fraction(999, 1000), reference_label="承诺值99.90 %")),
        Chart(name="按时与超时", said="联通按时35起、超时2起。", drawn=StackedBars(
            title="各运营商按时与超时修复", labels=["联通", "移动"], series={"按时": [35, 20], "超时": [2, 0]})),
        Chart(name="每日故障", said="9月3日最多,5起。", drawn=Calendar(
            title="每日故障", days={date(2026, 9, day): day % 5 for day in range(1, 31)},
            weekdays=list("一二三四五六日"))),
    ]  # fmt: skip


def month(*, count: int = 3, rows: int = 120, draft: str | None = "草稿") -> Document:
    """Return a month's report with so many carriers and faults."""
    front: list[Block] = [
        Heading(text="一、总体情况"),
        Paragraph(text="本月监测单位206家、线路412条。单位平均可用率99.87 %,比上月下降0.03个百分点;"
                       "运营商责任故障37起,其中12小时内排除35起,按时修复率94.59 %,超时2起。"),
        Paragraph(text="监测覆盖率93.10 %,低于95 %,本月数据仅供参考。", tone=Tone.WARNING),
        Heading(text="二、关键指标"), indicators(),
        Heading(text="三、运营商对比"), carriers(count),
        Paragraph(text="注:线路不足5条或监测覆盖率低于95 %的,不参与排名。", tone=Tone.NOTE),
        Heading(text="四、存在问题"), Paragraph(text="云岭县财政局(联通,F20260903-0001)超时2小时10分。"),
        Heading(text="五、上月要求落实情况"), Paragraph(text="已落实。"),
        Heading(text="六、下步要求"), Paragraph(text="请各运营商加强巡检,按时排除故障。"),
    ]  # fmt: skip
    steps = [Column(title="时间"), Column(title="经过", width=4)]
    timeline = Table(name="超时故障经过", columns=steps, empty="—", rows=[
        [Cell(text="9月3日13:02", value=AT), Cell(text="线路中断")],
        [Cell(text="9月3日13:05", value=AT + timedelta(minutes=3)), Cell(text="已通知运营商")],
    ])  # fmt: skip
    annexes = [
        Annex(title="附件1 超时故障逐起说明", blocks=[
            block for place in range(1, 4)
            for block in (
                Heading(text=f"F20260903-{place:04d} 云岭县财政局", level=2),
                Paragraph(text="责任方:运营商。"), timeline,
            )
        ]),
        Annex(title="附件2 全部故障", blocks=[faults(rows)]),
        Annex(title="附件3 维护与免责", blocks=[
            Table(name="维护与免责", columns=[Column(title="单位")], rows=[], empty="本月无。"),
        ]),
        Annex(title="附件4 统计口径", blocks=[
            Paragraph(text="可用率按秒统计,截断至两位小数。" * 6), Paragraph(text="以上口径版本v3。", tone=Tone.NOTE),
        ]),
    ]  # fmt: skip
    return Document(
        locale="zh_CN", title="云岭县电子政务外网运行情况月报(2026年9月)",
        head=["编制单位:云岭县大数据中心", "统计期:2026年9月1日0时至9月30日24时 · 数据截止时间:2026年10月1日8时"],
        front=front, charts_title="图表", charts=drawn(), annexes=annexes,
        stamp="口径版本v3 · 事件日志第120345条 · SHA-256 " + "0123456789abcdef" * 4,
        page="第{page}页,共{pages}页", draft=draft,
        properties={"author": "云岭县大数据中心", "subject": "月报", "keywords": "电子政务外网"},
    )  # fmt: skip


def hostile() -> Document:
    """Return a report in English of names that mean something to a program."""
    table = Table(
        name="Names: a/b\\c?*[1]" * 3,
        columns=[Column(title=name or "empty") for name in HOSTILE[:4]],
        rows=[[Cell(text=name)] * 4 for name in HOSTILE],
        empty="none",
    )
    blocks: list[Block] = [table, table]
    blocks += [Paragraph(text=name, tone=tone) for name in HOSTILE for tone in Tone]
    return Document(
        locale="en", title=HOSTILE[8], head=HOSTILE[:3], front=[Heading(text=HOSTILE[9]), *blocks],
        charts_title="Charts", charts=[],
        annexes=[Annex(title=name, blocks=blocks) for name in ("'Annex'", "ANNEX", "annex")],
        stamp=HOSTILE[11], page="Page {page} of {pages}", draft=HOSTILE[16],
        properties={"author": HOSTILE[12], "other": "x"},
    )  # fmt: skip
