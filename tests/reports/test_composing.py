"""What a report says, line by line of its description: ``messages-and-report.md``, second part, and section 11."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from monitor.policy import Clock, Policy
from monitor.reports.composing.front import INDICATORS
from monitor.reports.document import Document, Heading, Paragraph, Tone
from monitor.reports.figures import (
    Compared,
    Figure,
    Figures,
    Indicator,
    NoRank,
    Rank,
    Texts,
    Value,
)
from tests.reports.composed import composed
from tests.reports.reading import front, rows, said, tables, texts
from tests.reports.sample import sample
from tests.reports.september import FAULTS, at
from tests.reports.variants import first_month, low_coverage, no_data, six_carriers

HOUR = timedelta(hours=1)


def with_overall(name: Indicator, now: Value, before: Value = None) -> Figures:
    """Return the sample with another figure on page one."""
    whole = sample()
    compared = Compared(now=Figure(key="k", value=now), before=Figure(key="last:k", value=before))
    return replace(whole, overall={**whole.overall, name: compared})


def row(document: Document, beginning: str) -> list[str]:
    """Return the row of page one's tables that begins with a text."""
    return next(found for each in tables(document.front) for found in rows(each) if found[0] == beginning)


def warnings(document: Document) -> list[str]:
    return [each.text for each in document.front if isinstance(each, Paragraph) and each.tone is Tone.WARNING]


# -- page one ------------------------------------------------------------------------------------------------------


def test_overall_is_one_paragraph() -> None:
    """1. 总体情况: units, lines, mean unit availability and its change, faults, in time, on-time rate, overdue."""
    assert (
        "本月在网接入单位102家、线路122条，单位平均可用率99.82%，比上月下降0.04个百分点。"
        "发现故障13起，其中责任属网络运营商或尚未认定的11起：12小时内排除7起，超时排除1起，超时未排除1起，"
        "是否超时待核定1起，计时中1起；按时排除率77.77%。"
        "时限在本月届满而未排除的故障（超时）3起，其中1起于本月以前发现。"
    ) in front(composed(sample()))


@pytest.mark.parametrize(
    ("line", "name", "now", "before", "expected"),
    [
        (
            "Availability is truncated: 99.999 % prints 99.99 %.",
            "availability",
            Fraction(99_999, 100_000),
            None,
            "99.99%",
        ),
        ("A month without data prints —.", "availability", None, None, "—"),
        (
            "Durations 4小时24分, floored.",
            "mean_repair",
            timedelta(hours=4, minutes=24, seconds=59.9),
            None,
            "4小时24分",
        ),
        ("Hours go on above a day.", "median_repair", timedelta(days=1, hours=3, minutes=2), None, "27小时2分"),
        ("Less than an hour.", "median_repair", timedelta(minutes=11), None, "11分钟"),
        ("Less than a minute.", "median_repair", timedelta(seconds=12.9), None, "12秒"),
        ("家 for units.", "units_affected", 12, None, "12家"),
        ("起 for faults.", "faults", 0, None, "0起"),
    ],
)
def test_a_figure_is_rounded_once(line: str, name: str, now: Value, before: Value, expected: str) -> None:
    """Each figure of the table 关键指标 is printed as the report's rules have it."""
    labels = {
        "availability": "单位平均可用率",
        "mean_repair": "平均修复时长",
        "median_repair": "修复时长中位数",
        "units_affected": "受影响单位",
        "faults": "故障",
    }
    assert expected == row(composed(with_overall(Indicator(name), now, before)), labels[name])[1], line


@pytest.mark.parametrize(
    ("line", "name", "now", "before", "expected"),
    [
        ("A fall in points.", "availability", Fraction(9_982, 10_000), Fraction(9_986, 10_000), "−0.04个百分点"),
        ("Of what is printed.", "availability", Fraction(99_829, 100_000), Fraction(99_810, 100_000), "+0.01个百分点"),
        ("Too little to be printed.", "availability", Fraction(99_829, 100_000), Fraction(99_820, 100_000), "持平"),
        ("Nothing to compare with.", "availability", Fraction(1), None, "—"),
        ("No data now.", "availability", None, Fraction(1), "—"),
        ("More.", "faults", 13, 9, "+4起"),
        ("Fewer units.", "units_affected", 1, 9, "−8家"),
        ("As many.", "missed", 3, 3, "持平"),
        ("Minutes, of what is printed.", "mean_repair", timedelta(seconds=3659), timedelta(seconds=3540), "+1分钟"),
        ("Hours.", "mean_repair", 2 * HOUR, 5 * HOUR + timedelta(minutes=1), "−3小时1分"),
        ("Across a minute.", "mean_repair", timedelta(seconds=59), timedelta(seconds=119), "−1秒"),
    ],
)
def test_a_change_is_that_of_the_printed_numbers(
    line: str, name: str, now: Value, before: Value, expected: str
) -> None:
    """Who subtracts one printed number from the other gets the printed change."""
    labels = {
        "availability": "单位平均可用率",
        "mean_repair": "平均修复时长",
        "units_affected": "受影响单位",
        "faults": "故障",
        "missed": "超时",
    }
    assert expected == row(composed(with_overall(Indicator(name), now, before)), labels[name])[3], line


@pytest.mark.parametrize(
    ("name", "now", "before", "expected"),
    [
        ("availability", Fraction(9_982, 10_000), Fraction(9_986, 10_000), Fraction(-4, 10_000)),
        ("units_affected", 1, 9, -8),
        ("missed", 3, 3, None),
        ("mean_repair", 2 * HOUR, 5 * HOUR, None),
    ],
)
def test_a_change_is_a_number_for_a_spreadsheet(
    name: str, now: Value, before: Value, expected: int | Fraction | None
) -> None:
    """What is said as a word, and a length that a spreadsheet cannot show below zero, stay text."""
    table = tables(composed(with_overall(Indicator(name), now, before)).front)[0]
    assert expected == table.rows[list(INDICATORS).index(Indicator(name))][3].value


def test_a_first_month_is_compared_with_nothing() -> None:
    """First month: — in both columns, and the paragraph says why."""
    document = composed(first_month())
    assert "单位平均可用率99.82%（无上月数据，不作比较）。" in front(document)
    assert {("—", "—")} == {(each[2], each[3]) for each in rows(tables(document.front)[0])}


def test_a_month_without_data_is_no_good_month() -> None:
    """Without any measurement every share is —, a warning says so, and no fault is not called none."""
    document = composed(no_data())
    assert ["—"] * 3 == row(document, "单位平均可用率")[1:]
    assert "统计期内没有可用的监测数据，线路状态不明。" == warnings(document)[0]
    assert warnings(document)[1].startswith(
        "监测覆盖率0.00%，低于95%。各单位在网时间合计2160小时，其中线路状态未知2160小时"
    )
    assert "没有监测数据，无从判断。" in front(document)


def test_where_nothing_is_known_no_fault_is_counted_as_none() -> None:
    """Neither the paragraph nor a chart counts faults, nor lists one dash after another."""
    whole, nothing = no_data(), {Indicator.FAULTS: None, Indicator.COVERAGE: Fraction(0)}
    blind = {name: Compared(now=Figure(key=f"county.{name}", value=value)) for name, value in nothing.items()}
    document = composed(replace(whole, overall={**whole.overall, **blind}))
    assert "没有监测数据，可用率、故障和按时排除情况无从统计。" in front(document)
    assert "发现故障" not in front(document)
    assert ["没有数据。", "没有数据。"] == [chart.said for chart in document.charts[1:]]


def test_a_late_fault_missed_in_another_month_is_told_of() -> None:
    """Late here and missed later: the paragraph says so, and the note under the carriers why two columns differ."""
    later = replace(FAULTS[2], missed=False)
    said_of_it = "；另有1起超时故障于本月发现、时限在本月以后届满，不计入本月超时。"
    document = composed(replace(sample(), faults=(later,)))
    assert said_of_it in front(document)
    assert "两者所指的故障不尽相同" in front(document)
    same = composed(replace(sample(), faults=(replace(later, missed=True),)))
    assert [] == [word for word in ("另有", "不尽相同") if word in front(same)]


def test_limits_all_missed_by_faults_of_before_are_said_to_be() -> None:
    """Not «1, of these 1»."""
    earlier = replace(FAULTS[2], missed=True, counted=False)
    assert "（超时）3起，于本月以前发现。" in front(composed(replace(sample(), faults=(earlier,))))


def test_low_coverage_is_warned_of_in_words() -> None:
    """Coverage under 95 %: page one says so, with the amount of unknown time and what it could change."""
    assert [
        "监测覆盖率91.00%，低于95%。各单位在网时间合计73134小时，其中线路状态未知6609小时36分，既不计为正常也不计为中断；"
        "单位平均可用率按未知时间全部中断计为90.76%，全部正常计为99.82%。"
    ] == warnings(composed(low_coverage()))


@pytest.mark.parametrize(
    ("now", "before", "note"),
    [
        (Fraction(91, 100), Fraction(1), "本月监测覆盖率91.00%，低于95%，本月与上月的数字不可比"),
        (Fraction(1), Fraction(2, 10), "上月监测覆盖率20.00%，低于95%，本月与上月的数字不可比"),
        (Fraction(9, 10), Fraction(8, 10), "本月监测覆盖率90.00%、上月监测覆盖率80.00%，低于95%"),
        (Fraction(95, 100), Fraction(95, 100), None),
    ],
)
def test_months_of_which_one_was_half_seen_are_not_compared(now: Value, before: Value, note: str | None) -> None:
    """Fewer faults where less was seen are no better month: — for every change but the coverage's own, and why."""
    document = composed(with_overall(Indicator.COVERAGE, now, before))
    changes = {each[0]: each[3] for each in rows(tables(document.front)[0])}
    del changes["监测覆盖率"]
    assert ({"—"} == set(changes.values())) is (note is not None)
    assert ("单位平均可用率99.82%（监测覆盖率不足，不与上月比较）。" in front(document)) is (note is not None)
    assert ("不可比" in front(document)) is (note is not None)
    assert note is None or note in front(document)


def test_coverage_of_just_enough_is_not_warned_of() -> None:
    """At 95 % there is no warning; how much is unknown is said all the same, as a note."""
    document = composed(with_overall(Indicator.COVERAGE, Fraction(95, 100)))
    assert [] == warnings(document)
    assert "其中线路状态未知18小时42分" in front(document)


def test_a_period_that_runs_is_no_whole_one() -> None:
    """A report drawn up within its period says that it is not over."""
    document = composed(replace(sample(), as_of=at("2026-09-20 08:00")))
    assert ["统计期尚未结束，以下数字截至数据截止时间。"] == warnings(document)


def test_another_limit_is_not_the_regulations() -> None:
    """A policy with another limit than twelve hours is named as such on page one and in the definitions."""
    document = composed(replace(sample(), policy=Policy(version="demo", clock=Clock(limit=timedelta(minutes=2)))))
    assert ["本报告按策略版本demo编制，排除时限2分钟，并非管理办法规定的12小时。"] == warnings(document)
    assert "2分钟内排除7起" in front(document)
    assert "每起故障2分钟（策略规定，并非管理办法的12小时）" in "".join(said(document.annexes[7].blocks))


def test_carriers_are_compared() -> None:
    """3. 运营商对比: lines, faults, incidents, overdue, disputable, on-time rate, repair, availability, rank."""
    assert ["移动", "55", "5", "1", "1", "1", "100.00%", "6小时55分", "99.88%", "99.80%", "2"] == row(
        composed(sample()), "移动"
    )


@pytest.mark.parametrize(
    ("line", "rank", "cell", "note"),
    [
        ("Alone in its place.", Rank(place=1), "1", None),
        ("Ties share a rank (并列).", Rank(place=1, shared=True), "1（并列）", None),
        (
            "Fewer than 5 lines: 不参与排名.",
            Rank(place=None, why_not=NoRank.FEW_LINES),
            "不参与排名",
            "不参与排名：移动（线路不足5条）。",
        ),
        (
            "Coverage under 95 %: 不参与排名.",
            Rank(place=None, why_not=NoRank.LOW_COVERAGE),
            "不参与排名",
            "不参与排名：移动（监测覆盖率低于95%）。",
        ),
        (
            "Nothing to be assessed.",
            Rank(place=None, why_not=NoRank.NOTHING_JUDGED),
            "不参与排名",
            "不参与排名：移动（没有可供考核的已知时间）。",
        ),
    ],
)
def test_ranks(line: str, rank: Rank, cell: str, note: str | None) -> None:
    """A rank is a number, with 并列 where it is shared; without one the note says why."""
    whole = sample()
    document = composed(replace(whole, carriers=(replace(whole.carriers[0], rank=rank), *whole.carriers[1:])))
    assert cell == row(document, "移动")[-1], line
    assert ("不参与排名：" in front(document)) is (note is not None)
    assert note is None or note in front(document)


def test_problems_name_unit_carrier_and_fault() -> None:
    """4. 存在问题: open ones first, then by length; never an adjective."""
    assert (
        "（1）超时故障3起：云溪镇人民政府（联通，F20260929-0001）用时30小时4分，未结；"
        "云岭县财政局（联通，F20260903-0001）用时16小时30分，9月4日05:32恢复；"
        "石门镇人民政府（移动，F20260831-0003）用时14小时36分，9月1日10:50恢复。\n"
        "（2）是否超时待核定的故障1起：南坪村（移动，F20260907-0004）用时12小时0分36秒。\n"
        "（3）计时中的未结故障1起：老湾村（移动，F20260930-0001）9月30日21:40发现，10月1日09:40到期。\n"
        "（4）群障1起：移动（移动南区汇聚节点），涉及线路4条、故障4起（首起F20260907-0001）。\n"
        "（5）可用率最低的单位10家：云溪镇人民政府95.81%；云岭县财政局97.70%；石门镇人民政府97.96%；余7家见附件3。\n"
        "（6）台账缺口5项，见附件6。\n"
    ) in front(composed(sample()))


def test_an_open_fault_is_told_up_to_when_its_clock_ran() -> None:
    """Drawn up after its period, an open fault took longer than the data reach: page one and annex 8 say until when."""
    document = composed(replace(sample(), read_at=at("2026-10-03 12:00")))
    assert "F20260929-0001）用时30小时4分，至10月3日12:00未结；" in front(document)
    assert (
        "以编制时所知为准，未结的用时计至2026年10月3日12:00" in tables(document.annexes[-1].blocks)[0].rows[0][1].text
    )
    none_open = tuple(fault for fault in FAULTS if fault.restored_at is not None)
    repaired = composed(replace(sample(), read_at=at("2026-10-03 12:00"), faults=none_open))
    assert "未结的用时" not in tables(repaired.annexes[-1].blocks)[0].rows[0][1].text


def test_more_than_a_few_are_counted_and_found_in_an_annex() -> None:
    """Long lists: the first three, and 余N起见附件1."""
    late = next(fault for fault in FAULTS if fault.missed)
    many = tuple(replace(late, no=f"F20260901-{number:04}") for number in range(1, 9))
    assert "；余5起见附件1。" in front(composed(replace(sample(), faults=many)))


def test_long_names_leave_room_for_the_rest_of_the_page() -> None:
    """With names of thirty characters fewer are named, the first overdue one always; the rest is counted."""
    said_ = front(composed(six_carriers()))
    assert "F20260929-0001）用时30小时4分，未结；余2起见附件1。" in said_
    assert "群障1起，见附件2。" in said_


def test_nothing_wrong_is_said() -> None:
    """Where nothing went wrong that is said, not left open."""
    whole = sample()
    fine = replace(
        whole,
        faults=(),
        incidents=(),
        gaps=(),
        units=tuple(replace(unit, among_worst=False) for unit in whole.units),
    )
    expected = "没有超时、待核定和未结的故障，没有群障，没有可用率低于100%的单位，没有台账缺口。"
    assert expected in front(composed(fine))
    unseen = composed(replace(fine, connection=(), answers=None))
    assert expected.replace("，没有台账缺口", "") in front(unseen)
    assert "没有台账数据。" == tables(unseen.annexes[5].blocks)[0].empty


def test_gaps_of_the_registers_alone_do_not_say_that_no_line_failed() -> None:
    """Where nothing was measured the page says so before it counts the gaps, which are known."""
    said_ = front(composed(replace(no_data(), gaps=sample().gaps)))
    assert "（1）没有监测数据，无从判断。\n（2）台账缺口5项，见附件6。\n" in said_


def test_what_the_centre_wrote_stands_as_it_wrote_it() -> None:
    """5 and 6: a paragraph a line, telephones masked; what was not given is said to be missing."""
    written = composed(
        replace(sample(), texts=Texts(last_orders="一、已办结。\n\n二、联系13812345678。", next_orders=None))
    )
    assert [
        "五、上月要求落实情况",
        "一、已办结。",
        "二、联系138****5678。",
        "六、下步要求",
        "（未填报）",
    ] == [each.text for each in written.front if isinstance(each, Paragraph | Heading)][-5:]


# -- everywhere -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_no_telephone_appears(locale: str) -> None:
    """Telephones that people wrote into reasons, orders or timelines are masked wherever they stand."""
    phone = "13812345678"
    whole = sample()
    moment = replace(whole.faults[2].timeline[-1], detail={"why": f"联系{phone}"})
    figures = replace(
        whole,
        texts=Texts(last_orders=phone, next_orders=phone),
        left_out=(replace(whole.left_out[0], reason=f"电话{phone}"),),
        faults=(replace(whole.faults[2], timeline=(moment,)),),
    )
    found = " ".join(texts(composed(figures, locale=locale)))
    assert phone not in found
    assert 4 == len(re.findall(r"138\*{4}5678", found))


def test_a_spreadsheet_gets_what_is_printed() -> None:
    """The value beside a text is cut off as the text is: a spreadsheet would round 99.999 % up."""
    document = composed(with_overall(Indicator.AVAILABILITY, Fraction(99_999, 100_000)))
    assert Fraction(9_999, 10_000) == tables(document.front)[0].rows[0][1].value
