"""Whatever the figures are: page one tells them all, both languages say the same, nothing is left half said."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

from hypothesis import given, settings

from monitor.reports.composing import compose
from monitor.reports.composing.front import COUNTED
from monitor.reports.document import Document
from monitor.reports.figures import Figures, Indicator, Value
from tests.reports.reading import front, rows, shape, tables, texts
from tests.reports.strategies import HOSTILE, SHARES, figures

HALF_WIDTH_AMONG_CHINESE = re.compile(r"[\u4e00-\u9fff][,;:!?()][\u4e00-\u9fff]")
MEASURES = {Indicator.UNITS: "家", Indicator.UNITS_AFFECTED: "家", Indicator.LINES: "条"}
NOT_ON_PAGE_ONE = (Indicator.ASSESSED, Indicator.INCIDENTS, Indicator.OVERDUE_RATE)
SOME = settings(max_examples=40)


def composed(found: Figures, locale: str = "zh_CN") -> Document:
    return compose(found, locale=locale, edition="2026-09", draft=True, compiler="信息中心")


def printed(name: Indicator, value: Value) -> str:
    """Return what the report's rules print, by another way than the report's."""
    if value is None:
        return "—"
    if name in SHARES:
        whole, hundredths = divmod(int(Fraction(value) * 10_000), 100) if not isinstance(value, timedelta) else (0, 0)
        return f"{whole}.{hundredths:02}%"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        if seconds < 60:
            return f"{seconds}秒" if seconds else "0分钟"
        hours, minutes = seconds // 3600, seconds % 3600 // 60
        if not hours:
            return f"{minutes}分钟"
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{value}{MEASURES.get(name, '起')}"


@SOME
@given(figures())
def test_page_one_tells_every_figure_of_the_county(found: Figures) -> None:
    """Each figure of the county stands on page one, rounded as the rules say, or that nothing is known."""
    page = front(composed(found))
    untold = set(COUNTED) if "没有监测数据，可用率、故障和按时排除情况无从统计。" in page else set()
    assert not any(found.overall[name].now.value for name in untold)
    for name in set(Indicator) - set(NOT_ON_PAGE_ONE) - untold:
        assert printed(name, found.overall[name].now.value) in page, name


@SOME
@given(figures())
def test_the_printed_change_is_what_subtraction_gives(found: Figures) -> None:
    """For shares and counts: last month's printed number and the printed change add up to this month's.

    Where either month was half seen there is no change to give, but that of the coverage itself.
    """
    coverage = found.overall[Indicator.COVERAGE]
    known = [each.value for each in (coverage.now, coverage.before) if each is not None]
    half_seen = any(not isinstance(each, Fraction) or each < found.policy.report.rank_min_coverage for each in known)
    for name, now, before, change in rows(tables(composed(found).front)[0]):
        if "—" in (now, before) or (half_seen and name != "监测覆盖率"):
            assert "—" == change
        elif now.endswith(("%", "起", "家")):
            amounts = [Fraction(re.sub(r"[^0-9.]", "", said) or 0) for said in (now, before, change)]
            sign = -1 if change.startswith("−") else 1
            assert amounts[0] == amounts[1] + sign * amounts[2]


@SOME
@given(figures())
def test_both_languages_say_the_same(found: Figures) -> None:
    """The report in English has the tables, rows, paragraphs and charts of the one in Chinese."""
    assert shape(composed(found)) == shape(composed(found, "en"))


@SOME
@given(figures())
def test_nothing_is_left_unsaid(found: Figures) -> None:
    """No field stays open, no ``None`` is said, and no half-width mark stands among Chinese letters."""
    for locale in ("zh_CN", "en"):
        for text in texts(composed(found, locale)):
            assert "None" not in text
            assert "{" not in text
            assert "}" not in text
            assert locale == "en" or not HALF_WIDTH_AMONG_CHINESE.search(text)


@SOME
@given(figures(HOSTILE))
def test_any_name_is_only_a_name(found: Figures) -> None:
    """Names that mean something to a program are said as they are; the same figures give the same words."""
    document = composed(found)
    assert document == composed(found)
    assert found.county in document.title
    assert [unit.name for unit in found.units] == [each[0] for each in rows(tables(document.annexes[2].blocks)[0])]
