"""What stands above a report: its title, its period, up to when the data reach, and that it is a draft."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.reports.figures import PeriodKind
from tests.reports.composed import composed
from tests.reports.reading import front, tables
from tests.reports.sample import sample
from tests.reports.september import at


@pytest.mark.parametrize(
    ("kind", "begin", "end", "expected", "period"),
    [
        (
            PeriodKind.MONTH,
            "2026-09-01 00:00",
            "2026-10-01 00:00",
            "云岭县电子政务外网运行情况月报（2026年9月）",
            "统计期：2026年9月1日至2026年9月30日",
        ),
        (
            PeriodKind.WEEK,
            "2026-09-07 00:00",
            "2026-09-14 00:00",
            "云岭县电子政务外网运行情况周报（2026年9月7日至2026年9月13日）",
            "统计期：2026年9月7日至2026年9月13日",
        ),
        (
            PeriodKind.YEAR,
            "2026-01-01 00:00",
            "2027-01-01 00:00",
            "云岭县电子政务外网运行情况年报（2026年）",
            "统计期：2026年1月1日至2026年12月31日",
        ),
        (
            PeriodKind.ANY,
            "2026-09-03 08:00",
            "2026-09-05 20:30",
            "云岭县电子政务外网运行情况报告（2026年9月3日08:00至2026年9月5日20:30）",
            "统计期：2026年9月3日08:00至2026年9月5日20:30",
        ),
        (
            PeriodKind.ANY,
            "2026-09-03 08:00:30",
            "2026-09-03 08:00:45",
            "云岭县电子政务外网运行情况报告（2026年9月3日08:00:30至2026年9月3日08:00:45）",
            "统计期：2026年9月3日08:00:30至2026年9月3日08:00:45",
        ),
    ],
)
def test_titles(kind: PeriodKind, begin: str, end: str, expected: str, period: str) -> None:
    """A month's report is a 月报, a week's a 周报, a year's a 年报; a period is named by its days or hours."""
    document = composed(replace(sample(), kind=kind, period=(at(begin), at(end)), as_of=at(end)))
    assert expected == document.title
    assert ["编制单位：云岭县政府信息中心", period] == list(document.head[:2])


def test_the_head_says_up_to_when_the_data_reach() -> None:
    """编制单位 · 统计期 · 数据截止时间."""
    assert "数据截止时间：2026年10月1日00:30" == composed(sample()).head[2]


def test_a_week_is_compared_with_the_week_before() -> None:
    """本周 and 上周 stand where a month's report says 本月 and 上月."""
    document = composed(replace(sample(), kind=PeriodKind.WEEK))
    assert ["指标", "本周", "上周", "增减"] == [column.title for column in tables(document.front)[0].columns]
    assert "五、上周要求落实情况" in front(document)
    assert "月" not in front(replace(document, title="", head=[])).replace("9月", "").replace("10月", "").replace(
        "8月", ""
    )


def test_a_draft_says_so() -> None:
    """A report that is not frozen bears the word; a frozen one does not."""
    assert ("草稿", None) == (composed(sample(), draft=True).draft, composed(sample()).draft)
