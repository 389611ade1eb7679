"""What stands behind page one: the charts in words, and the eight annexes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from monitor.faults.terms import Party
from monitor.reports.document import LineChart
from monitor.reports.figures import Changed, PeriodKind
from monitor.sla.verdict import Verdict
from tests.reports.composed import composed
from tests.reports.reading import rows, said, table, tables
from tests.reports.sample import sample
from tests.reports.september import FAULTS, at
from tests.reports.variants import no_data

HOUR = timedelta(hours=1)


# -- charts --------------------------------------------------------------------------------------------------------


def test_charts_are_said_in_words() -> None:
    """Each chart says what it shows to who cannot see it; reference values are for comparison only."""
    availability, punctuality, calendar = composed(sample()).charts
    assert availability.said.startswith("单位平均可用率：2025年10月—、2025年11月—、2025年12月99.90%、")
    assert availability.said.endswith("2026年9月99.82%。参考值99.9%，仅供对照。")
    assert "移动按时排除3起、超时0起；联通按时排除2起、超时2起；电信按时排除2起、超时0起。" == punctuality.said
    assert punctuality.drawn.title.endswith("（按发现时间计）"), "of which page one counts another number as overdue"
    assert calendar.said.startswith("9月2日1起、9月3日1起、9月7日4起、")
    assert calendar.said.endswith("9月30日1起；其余20天没有发现故障。")
    seen = {day: count for day, count in sample().days.items() if day.day > 1}
    assert composed(replace(sample(), days=seen)).charts[2].said.endswith("其余19天没有发现故障。另有1天没有监测数据。")


def test_a_month_of_which_little_was_seen_stands_apart() -> None:
    """A hollow point, and words: beside the others its share would pass for one of theirs."""
    figures = sample()
    *before, last = figures.months
    months = (*before, replace(last, coverage=Fraction(91, 100)))
    drawn, said_ = composed(replace(figures, months=months)).charts[0], composed(figures).charts[0]
    assert isinstance(drawn.drawn, LineChart)
    assert {len(before)} == drawn.drawn.sparse
    assert drawn.said.endswith(
        "2026年9月99.82%（监测覆盖率91.00%）。参考值99.9%，仅供对照。空心点所示月份监测覆盖率低于95%，与其他月份不可比。"
    )
    assert isinstance(said_.drawn, LineChart)
    assert set() == said_.drawn.sparse


# -- annexes -------------------------------------------------------------------------------------------------------


def test_there_are_eight_annexes() -> None:
    """The annexes are those of the description, in their order, each there also when it is empty."""
    titles = [
        "附件1　超时故障",
        "附件2　全部故障",
        "附件3　各单位可用率",
        "附件4　责任属接入单位的故障",
        "附件5　计划检修、暂停计时和不可抗力",
        "附件6　台账缺口",
        "附件7　更正",
        "附件8　统计口径",
    ]
    for figures in (sample(), no_data()):
        assert titles == [annex.title for annex in composed(figures).annexes]


def test_each_overdue_fault_has_its_timeline() -> None:
    """Annex 1: faults one by one to the second, each with its steps, in words and local times."""
    document = composed(sample())
    assert ["超时故障", "F20260831-0003", "F20260903-0001", "F20260929-0001"] == [
        each.name for each in tables(document.annexes[0].blocks)
    ]
    assert ["9月3日14:10:00", "预计恢复时间", "来源：网络运营商；预计恢复：9月3日20:00:00"] in rows(
        table(document, 1, 2)
    )
    assert ["9月4日09:05:00", "责任认定", "责任方：网络运营商；说明：光缆中断"] in rows(table(document, 1, 2))


def test_a_second_over_the_limit_is_seen() -> None:
    """12:00:00 is on time, and a second more is not: where the minute would hide it, the second is told."""
    late = replace(FAULTS[2], elapsed=12 * HOUR + timedelta(seconds=1))
    in_time = replace(FAULTS[1], elapsed=12 * HOUR, verdict=Verdict.ON_TIME)
    document = composed(replace(sample(), faults=(late, in_time)))
    assert "12小时0分1秒" == table(document, 1).rows[0][8].text
    assert ["12小时0分1秒", "12小时"] == [each[8] for each in rows(table(document, 2))]
    spans = (12 * HOUR + timedelta(seconds=1), 12 * HOUR)
    assert spans == tuple(each[8].value for each in table(document, 2).rows)


def test_what_moves_a_deadline_is_told_to_the_second() -> None:
    """Annex 1: discovery, limit and time excluded come to the deadline, for who adds them up."""
    row = replace(FAULTS[2], excluded=timedelta(hours=16, minutes=2, seconds=40))
    excluded = table(composed(replace(sample(), faults=(row,))), 1).rows[0][9]
    assert ("16小时2分40秒", row.excluded) == (excluded.text, excluded.value)


def test_a_limit_that_runs_out_later_is_told_apart() -> None:
    """A fault that counts as late, but whose limit runs out after the period, stands in annex 1 with a remark."""
    later = replace(FAULTS[2], missed=False)
    assert "不计入本期超时" == table(composed(replace(sample(), faults=(later,))), 1).rows[0][-1].text


def test_an_open_fault_is_open() -> None:
    """Open faults are 未结, a fault of before is said to be one, and so are incident, repetition and flapping."""
    found = {each[0]: (each[7], each[-1]) for each in rows(table(composed(sample()), 2))}
    assert ("未结", "") == found["F20260930-0001"]
    assert ("9月1日10:50", "以前发现") == found["F20260831-0003"]
    assert ("9月7日15:13", "群障1") == found["F20260907-0004"]
    assert ("9月16日08:55", "与F20260915-0001重复") == found["F20260916-0001"]
    assert ("9月15日09:11", "频繁闪断") == found["F20260915-0001"]
    assert ("9月19日04:25", "暂停计时4小时") == found["F20260918-0001"]


def test_another_year_is_named() -> None:
    """A time of another year than the report's bears its year."""
    old = replace(FAULTS[1], discovered_at=datetime(2025, 12, 31, 3, tzinfo=UTC))
    assert "2025年12月31日11:00" == table(composed(replace(sample(), faults=(old,))), 2).rows[0][6].text


def test_the_worst_ten_are_marked() -> None:
    """Annex 3: by unit, the worst ten in bold and marked in words, which black and white keeps."""
    found = table(composed(sample()), 3).rows
    marked = [each[0].text for each in found if each[-1].text == "末十位"]
    assert 10 == len(marked)
    assert marked == [each[0].text for each in found if all(cell.strong for cell in each)]


def test_faults_of_units() -> None:
    """Annex 4: only those ruled to be the unit's."""
    assert {each.no for each in FAULTS if each.party is Party.UNIT} == {
        each[0] for each in rows(table(composed(sample()), 4))
    }


def test_what_does_not_count() -> None:
    """Annex 5: maintenance, exclusions, force majeure, exempt faults with their party."""
    assert [
        ["计划检修", "移动南区汇聚节点割接"],
        ["计划检修", "联通设备升级（已取消或提前结束）"],
        ["不可抗力", "不可抗力"],
        ["免责故障", "责任方：接入单位"],
        ["免责故障", "责任方：第三方"],
    ] == [[each[0], each[2]] for each in rows(table(composed(sample()), 5))]


def test_gaps_and_hints_are_apart() -> None:
    """Annex 6: gaps, then hints, which are none; coverage of connection; time to the first answer."""
    document = composed(sample())
    gaps, hints, connection = tables(document.annexes[5].blocks)
    assert (5, 1) == (len(gaps.rows), len(hints.rows))
    assert ["村和社区", "31", "24", "77.41%"] == rows(connection)[-1]
    assert "首次答复用时中位数20小时15分，最长98小时；未答复1件，最早一件于9月27日15:20提出。" in "".join(
        said(document.annexes[5].blocks)
    )


def test_amendments() -> None:
    """Annex 7: whose a fault is, what was changed in it from what to what, by which ruling, when and by whom."""
    document = composed(sample())
    assert [
        [
            "F20260812-0002",
            "云岭县财政局",
            "finance-1",
            "中国联通云岭分公司",
            "超时排除，未认定，用时13小时30分",
            "不计时限，接入单位，用时13小时30分，暂停计时1小时",
            "9月6日10:20责任认定（责任方：接入单位；说明：单位机房停电；经办：王伟）；"
            "9月7日09:00批准暂停计时（编号：X2；原因：接入单位停电；经办：李娜）",
        ],
        [
            "F20260830-0001",
            "河口村",
            "hekou-1",
            "中国移动云岭分公司",
            "未列入",
            "按时排除，网络运营商，用时2小时",
            "未经改判，编制以后得知。",
        ],
    ] == rows(table(document, 7))
    assert [
        ["全县：超时", "3起", "2起"],
        ["全县：按时排除率", "89.28%", "92.59%"],
        ["中国联通云岭分公司：平均修复时长", "5小时", "4小时31分"],
    ] == rows(table(document, 7, 1))


def test_an_amendment_of_before_details_were_kept_is_told_as_it_was() -> None:
    """What an edition of then kept is the number with verdict and party, and nothing more is invented."""
    [first, *_] = sample().amendments
    document = composed(replace(sample(), amendments=(replace(first, details={}),)))
    assert ["F20260812-0002", "—", "—", "—", "超时排除，未认定", "不计时限，接入单位", "—"] == rows(table(document, 7))[
        0
    ]


def test_what_prints_the_same_is_no_amendment_on_paper() -> None:
    """A mean that changed by seconds stands in the JSON; on paper it would read as if nothing had changed."""
    [first, *_] = sample().amendments
    changed = Changed(key="county.mean_repair", before=5 * HOUR, after=5 * HOUR + timedelta(seconds=7))
    document = composed(replace(sample(), amendments=(replace(first, figures=(changed,)),)))
    assert [] == rows(table(document, 7, 1))
    assert "没有变化。" in "".join(said(document.annexes[6].blocks))


@pytest.mark.parametrize(
    ("zone", "chinese", "english"),
    [
        ("Asia/Shanghai", "时间均为北京时间（UTC+8）", "all times are Beijing time (UTC+8)"),
        ("Asia/Urumqi", "Asia/Urumqi当地时间（UTC+6）", "local time of Asia/Urumqi (UTC+6)"),
        ("Asia/Kolkata", "Asia/Kolkata当地时间（UTC+5:30）", "(UTC+5:30)"),
        ("America/St_Johns", "（UTC−2:30）", "(UTC−2:30)"),
        ("UTC", "UTC当地时间（UTC）", "local time of UTC (UTC)"),
    ],
)
def test_the_time_is_named_as_people_name_it(zone: str, chinese: str, english: str) -> None:
    """Beijing time, where that is meant; any other by its name and how far it is from UTC."""
    for locale, said_ in (("zh_CN", chinese), ("en", english)):
        document = composed(replace(sample(), zone=zone), locale=locale)
        assert said_ in "".join(said(document.annexes[7].blocks))


def test_a_period_with_two_offsets_names_both() -> None:
    """Where summer time ends in it."""
    figures = replace(sample(), zone="Europe/Berlin", period=(at("2026-10-01 06:00"), at("2026-11-01 07:00")))
    assert "Europe/Berlin当地时间（UTC+2、UTC+1）" in "".join(said(composed(figures).annexes[7].blocks))


def test_with_what_any_period_is_compared_is_defined() -> None:
    """Of a month the calendar says what 上月 is; of five days nothing does."""
    whole = sample()
    assert whole.before is not None
    before = replace(whole.before, period=(at("2026-08-29 00:00"), at("2026-09-03 00:00")))
    days = replace(whole, kind=PeriodKind.ANY, before=before)
    words = "上期自2026年8月29日00:00起，至2026年9月3日00:00止，长度相同。"
    assert words in "".join(said(composed(days).annexes[7].blocks))
    assert "上期自" not in "".join(said(composed(replace(days, kind=PeriodKind.MONTH)).annexes[7].blocks))


def test_definitions_bear_the_policy() -> None:
    """Annex 8: every number of the policy by which the figures were made, its version, and the ledger's position."""
    defined = "".join(said(composed(sample()).annexes[7].blocks))
    for words in (
        "策略版本2026-1",
        "事件日志截至第48213条，该条摘要9f2c4e",
        "每1分钟对线路测量一轮，每轮发出3个",
        "恢复后1小时内再次中断",
        "每起故障12小时（管理办法第二十六条），自发现时刻起计时",
        "相隔超过3分钟",
        "不少于3条线路且不少于其在网线路50%",
        "在网线路不足5条或监测覆盖率低于95%的不参与排名",
        "参考值99.9%供对照，不作考核和处罚的依据",
        "增减为所列两个数字之差",
    ):
        assert words in defined
