"""Charts: what stands in them, their fonts, their bytes."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.ft2font import FT2Font
from PIL import Image

from monitor.reports import charts, fonts
from monitor.reports.breaking import broken
from monitor.reports.charts.bars import FILLS
from monitor.reports.charts.lettering import Lettering
from monitor.reports.document import Calendar, LineChart, StackedBars
from monitor.reports.fonts import FontsMissing
from tests.needs import lacking

MONTHS = [f"{month}月" for month in (10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9)]
SHARES = [None, *(Fraction(share, 10_000) for share in (9991, 9987, 9954)), None, *[Fraction(99_999, 100_000)] * 7]
LINE = LineChart(
    title="近12个月单位平均可用率",
    labels=MONTHS,
    points=SHARES,
    reference=Fraction(999, 1000),
    reference_label="考核标准 99.90 %",
    sparse={1},
)
BARS = StackedBars(
    title="各运营商按时与超时",
    labels=["中国联合网络通信有限公司某某县分公司政企客户运营支撑部", "电信", "移动"],
    series={"按时": [12, 140, 0], "超时": [3, 1, 0]},
)
DAYS = Calendar(
    title="每日故障",
    days={date(2026, 9, 1) + timedelta(number): number * 7 % 23 for number in range(30)},
    weekdays=["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
)
ALL = (LINE, BARS, DAYS)
HOSTILE = ["$x^2$", "100 %_{", "<b>&--></b>", "\\frac{a}", "a\nb", "_x", ""]


@pytest.fixture(autouse=True)
def _fonts() -> Iterator[None]:
    """A glyph that a face has not is an error, not a warning."""
    try:
        fonts.find_fonts()
    except FontsMissing as error:
        lacking("Noto CJK", str(error))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def texts(drawing: str) -> list[str]:
    """Return what is lettered in an SVG: the outlines of each text follow it as a comment."""
    return [text.strip() for text in re.findall(r"<!-- (.*?) -->", drawing, re.DOTALL)]


@pytest.mark.parametrize("drawn", ALL, ids=lambda drawn: type(drawn).__name__)
def test_draws_the_same_bytes_every_time(drawn: LineChart | StackedBars | Calendar) -> None:
    """Twice in this process, then in two threads at a time: one chart, one file."""
    first = charts.svg(drawn, locale="zh_CN"), charts.png(drawn, locale="zh_CN", dpi=60)
    with ThreadPoolExecutor(2) as pool:
        again = list(
            pool.map(lambda _: (charts.svg(drawn, locale="zh_CN"), charts.png(drawn, locale="zh_CN", dpi=60)), range(2))
        )
    assert {first} == set(again)


def test_draws_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    """Another process, with a matplotlibrc of its own in its folder, draws the same."""
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.hashsalt: other\n", encoding="utf-8")
    code = (
        "import sys; from tests.reports.test_charts import *;"
        "[sys.stdout.write(charts.svg(drawn, locale='zh_CN')) for drawn in ALL]"
    )
    top = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path, env={"PYTHONPATH": str(top)}
    )
    assert "".join(charts.svg(drawn, locale="zh_CN") for drawn in ALL) == ran.stdout.decode()


def test_writes_shares_truncated_and_dashes_where_nothing_is_known() -> None:
    """A share is never rounded up; a month without data has a dash, and the line a gap."""
    said = texts(charts.svg(LINE, locale="zh_CN"))
    assert 7 == said.count("99.99%")
    assert {"99.91%", "99.87%", "99.54%", "考核标准 99.90 %", *MONTHS, LINE.title} <= set(said)
    assert 2 == said.count("—")
    line = re.search(r'<g id="line2d_\d+">\s*<path d="([^"]+)"[^>]*stroke: #1f4e79', charts.svg(LINE, locale="zh_CN"))
    assert line is not None
    assert 2 == line[1].count("M ")


def test_writes_every_count_of_the_bars() -> None:
    """A part with room has its number in it, a narrow one beside the bar with its name; a carrier without any has 0."""
    said = texts(charts.svg(BARS, locale="zh_CN"))
    assert {"12", "140", "超时 3", "超时 1", "0", "按时", "超时"} <= set(said)


def test_a_month_of_which_too_little_was_seen_is_a_hollow_point() -> None:
    """It is seen in black and white too, and no other month changes by it."""
    solid = charts.svg(replace(LINE, sparse=frozenset()), locale="en")
    assert charts.svg(LINE, locale="en") != solid
    assert texts(charts.svg(LINE, locale="en")) == texts(solid)


def test_writes_the_count_of_every_day() -> None:
    """All days of the month with their numbers; a day that is not in it has no square."""
    said = texts(charts.svg(DAYS, locale="zh_CN"))
    counts = sorted([*map(str, DAYS.days.values()), *map(str, range(2, 31)), "09-01"])
    assert counts == sorted(text for text in said if text[0].isdigit())
    year = Calendar(title="", days={date(2025, 1, 1) + timedelta(n): 1000 + n for n in range(365)}, weekdays=[""] * 7)
    said = texts(charts.svg(year, locale="en"))
    assert {str(count) for count in year.days.values()} <= set(said)
    assert {f"{month:02d}-01" for month in range(1, 13)} <= set(said)


@pytest.mark.parametrize("name", HOSTILE)
def test_letters_names_as_they_are(name: str) -> None:
    """No name is read as a formula or as markup, and the SVG stays well-formed."""
    line = LineChart(title=name, labels=[name], points=[Fraction(1)], reference=Fraction(1), reference_label=name)
    bars = StackedBars(title=name, labels=[name], series={name: [1]})
    days = Calendar(title=name, days={date(2026, 9, 1): 1}, weekdays=[name] * 7)
    for drawn in (line, bars, days):
        ElementTree.fromstring(charts.svg(drawn, locale="en"))
        assert charts.png(drawn, locale="en", dpi=40).startswith(b"\x89PNG")
    plain = name.replace("\n", " ")
    if "-" not in name:  # which no comment may hold twice
        assert plain in [text.replace("&lt;", "<") for text in texts(charts.svg(line, locale="en"))] or not plain


@pytest.mark.parametrize("name", ["\tą ć", "😀联通", "č\x07ğ", "联\u200b通"])
def test_a_sign_that_no_face_has_is_lettered_by_its_number(name: str) -> None:
    """A name that nobody foresaw fails no chart."""
    bars = StackedBars(title=name, labels=[name], series={name: [1]})
    ElementTree.fromstring(charts.svg(bars, locale="zh_CN"))
    assert charts.png(bars, locale="zh_CN", dpi=40).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "drawn",
    [
        LineChart(title="", labels=[], points=[], reference=None, reference_label=""),
        StackedBars(title="", labels=[], series={}),
        Calendar(title="", days={}, weekdays=["一"] * 7),
    ],
    ids=lambda drawn: type(drawn).__name__,
)
def test_says_that_there_is_nothing(drawn: LineChart | StackedBars | Calendar) -> None:
    """A chart without data says so, in the language of the report."""
    assert "无数据" in texts(charts.svg(drawn, locale="zh_CN"))
    assert "no data" in texts(charts.svg(drawn, locale="en"))


def test_takes_the_signs_of_mainland_china() -> None:
    """The first face of the collection is Japan's; the chart takes China's, regular and bold."""
    lettering = Lettering.of("zh_CN")
    for face, style in ((lettering.plain, "Regular"), (lettering.bold, "Bold")):
        font = FT2Font(str(face), face_index=face.face_index)
        assert ("Noto Sans CJK SC", style) == (font.family_name, font.style_name)


def test_is_legible_in_grey() -> None:
    """The parts of a bar differ in lightness by a tenth of the way from black to white, or in hatch."""
    light = [Image.new("RGB", (1, 1), fill.colour).convert("L").getpixel((0, 0)) for fill in FILLS]
    for place, fill in enumerate(FILLS):
        for other in range(place):
            assert fill.hatch != FILLS[other].hatch
            assert abs(float(str(light[place])) - float(str(light[other]))) > 25
    picture = Image.open(BytesIO(charts.png(BARS, locale="zh_CN", dpi=100)))
    assert (630, True) == (picture.width, picture.height > 150)


def test_breaks_names_between_words() -> None:
    """No line is wider than the room, nothing is lost; a word too long for a line is cut."""
    assert ["a long", "name"] == list(broken("a long name", 36, 8))
    assert ["某某街道", "办事处"] == list(broken("某某街道办事处", 32, 8))
    assert "x" * 30 == "".join(broken("x" * 30, 32, 8))


def test_names_the_cure_where_fonts_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the fonts gets one sentence with the package to install."""
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(FontsMissing, match=r"NotoSansCJK-Regular\.ttc.*: apt install fonts-noto-cjk"):
        charts.svg(LINE, locale="zh_CN")
