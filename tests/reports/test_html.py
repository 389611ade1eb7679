"""The report as HTML: all that it says, and nothing that means anything but text."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from monitor.reports.composing import compose
from monitor.reports.document import (
    Annex,
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Heading,
    Paragraph,
    Side,
    StackedBars,
    Table,
)
from monitor.reports.figures import Figures, Indicator
from monitor.reports.fonts import FontsMissing, find_fonts
from monitor.reports.writers.html import html
from tests.needs import lacking, need
from tests.reports.reading import said, texts
from tests.reports.sample import sample
from tests.reports.variants import LONG, long_ids, low_coverage, no_data, six_carriers

VOID = {"meta", "col", "br", "link", "path", "use", "rect", "circle"}
HOSTILE = (
    "<script>alert(1)</script>",
    "\"onload='x'",
    "&amp;&lt;",
    "</table>",
    "]]>",
    "<!--",
    "{{ 7 * 7 }}",
    "a\x00b",
    "\\",
    "}",
)


@pytest.fixture(scope="module", autouse=True)
def _fonts() -> None:
    """The charts in the page want the fonts."""
    try:
        find_fonts()
    except FontsMissing as missing:
        lacking(str(missing), "install the fonts")


class Reading(HTMLParser):
    """What stands in a page: its text, its elements with their attributes, and what is not closed rightly."""

    def __init__(self, page: bytes) -> None:
        """Read a page."""
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Note an end that is none."""
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text.append(data)

    @property
    def said(self) -> str:
        """All text, as one."""
        return "".join(self.text)

    def values(self, name: str) -> list[str]:
        """Return the values of an attribute, wherever it stands."""
        return [value for _, attributes in self.elements if (value := attributes.get(name)) is not None]


def page(figures: Figures, locale: str = "zh_CN") -> tuple[Document, Reading]:
    document = compose(figures, locale=locale, edition="2026-09", draft=True, compiler="信息中心")
    return document, Reading(html(document))


def hostile() -> Document:
    """Return a report each text of which would be something else than text."""
    all_of = " ".join(HOSTILE)
    table = Table(
        name=all_of,
        columns=[Column(title=all_of), Column(title=all_of, side=Side.RIGHT)],
        rows=[[Cell(text=all_of, strong=True), Cell(text=all_of)]],
        empty=all_of,
    )
    blocks: list[Block] = [Heading(text=all_of), Paragraph(text=all_of), table, replace(table, rows=[])]
    in_ink = all_of.replace("\x00", "")
    drawn = StackedBars(title=in_ink, labels=[in_ink], series={in_ink: [1]})
    return Document(
        locale="zh_CN",
        title=all_of,
        head=[all_of],
        front=blocks,
        charts_title=all_of,
        charts=[Chart(name=all_of, drawn=drawn, said=all_of)],
        annexes=[Annex(title=all_of, blocks=blocks)],
        stamp=all_of,
        page="{page}" + all_of + "{pages}",
        draft=all_of,
        properties={"title": all_of, "author": all_of},
    )


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_text_of_the_report_is_in_the_page(locale: str) -> None:
    """What is composed is what is read; a chart's own letters are outlines, its words stand beside it."""
    document, found = page(sample(), locale)
    drawn = {text for chart in document.charts for text in said([chart])} - {chart.said for chart in document.charts}
    empty = set(texts(document)) - drawn - set(document.properties.values())
    shown = found.said
    tables = [block for annex in document.annexes for block in annex.blocks if isinstance(block, Table)]
    unsaid = {table.empty for table in [*tables, *(each for each in document.front if isinstance(each, Table))]}
    assert set() == {text for text in empty - unsaid if text not in shown}


@pytest.mark.parametrize("figures", [sample, six_carriers, low_coverage, no_data])
def test_the_page_is_well_formed(figures: Callable[[], Figures]) -> None:
    """Every element is closed where it should be, and no two have one name."""
    _, found = page(figures())
    assert ([], []) == (found.wrong, found.open)
    assert [] == [name for name, count in Counter(found.values("id")).items() if count > 1]
    anchors = {value.removeprefix("#") for value in found.values("href")}
    assert anchors <= set(found.values("id"))


def test_the_page_asks_for_nothing() -> None:
    """No script, no address of anything outside: it reads the same in ten years and without a network."""
    _, found = page(sample())
    assert set() == {tag for tag, _ in found.elements} & {"script", "link", "img", "iframe", "object", "form", "input"}
    assert set() == {value for name in ("src", "srcset", "action", "data") for value in found.values(name)}
    assert all(value.startswith("#") for name in ("href", "xlink:href") for value in found.values(name))
    assert "url(" not in found.said.replace("url(#", "")
    assert "@import" not in found.said


def test_numbers_ids_and_dates_are_kept_in_one_line() -> None:
    """Each in a span that does not wrap, in tables and in sentences; what stands around it may."""
    page = html(compose(long_ids(), locale="zh_CN", edition="2026-09", draft=False, compiler="中心")).decode()
    page = re.sub(r'<caption>.*?</caption>|aria-label="[^"]*"', "", page)  # unseen
    assert ".whole { white-space: nowrap }" in page
    for fault in long_ids().faults:
        for text in (fault.no, fault.line):
            kept = f'<span class="whole">{text}</span>'
            assert page.count(text) == page.count(kept) > 0
    sentence = html(compose(sample(), locale="zh_CN", edition="2026-09", draft=False, compiler="中心")).decode()
    assert '<span class="whole">9月4日</span><span class="whole">05:32</span>恢复' in sentence


def test_texts_are_only_text() -> None:
    """Names with markup in them begin no element, attribute or rule of style; what HTML cannot hold is replaced."""
    document = hostile()
    found = Reading(html(document))
    assert ([], []) == (found.wrong, found.open)
    assert set() == {tag for tag, _ in found.elements} & {"script"}
    assert set() == {name for _, attributes in found.elements for name in attributes if name.startswith("on")}
    clean = document.title.replace("\x00", "�")
    assert found.said.count(clean) >= 14
    assert "\x00" not in found.said
    assert "49" not in found.said


@pytest.mark.parametrize(("locale", "language"), [("zh_CN", "zh-CN"), ("en", "en")])
def test_the_page_says_its_language_and_its_tables_their_heads(locale: str, language: str) -> None:
    """The language is said once, heads say of what they are, charts have their words beside them."""
    document, found = page(sample(), locale)
    assert language == dict(found.elements)["html"]["lang"]
    scopes = Counter(found.values("scope"))
    shown = [block for part in (document.front, *(each.blocks for each in document.annexes)) for block in part]
    tables = [block for block in shown if isinstance(block, Table) and block.rows]
    assert scopes == {"col": sum(len(each.columns) for each in tables), "row": sum(len(each.rows) for each in tables)}
    assert len(document.charts) == sum(tag == "figcaption" for tag, _ in found.elements)
    assert len(document.charts) == sum(tag == "svg" for tag, _ in found.elements)


def test_the_same_words_give_the_same_bytes() -> None:
    """Nothing in the page comes from the time or from chance."""
    document = compose(sample(), locale="zh_CN", edition="2026-09", draft=False, compiler="信息中心")
    assert html(document) == html(document)
    assert b'<p class="draft">' not in html(document)


@pytest.mark.parametrize(("locale", "charts"), [("zh_CN", "图表"), ("en", "Charts")])
def test_page_one_is_one_page_of_paper(locale: str, charts: str, tmp_path: Path) -> None:
    """Printed by a browser, six carriers with names of thirty characters and a warning leave page two to the charts."""
    unsure = low_coverage().overall[Indicator.COVERAGE]
    figures = replace(six_carriers(), overall={**six_carriers().overall, Indicator.COVERAGE: unsure})
    document = compose(figures, locale=locale, edition="2026-09", draft=True, compiler=LONG)
    page, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_bytes(html(document))
    browser = [need("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    paths = [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}", page.as_uri()]
    subprocess.run([*browser, *paths], check=True, capture_output=True, timeout=120)
    with closing(PdfDocument(printed)) as pdf:
        first, second = (pdf[number].get_textpage().get_text_range() for number in (0, 1))
    heading = [block.text for block in document.front if isinstance(block, Heading)][-1]
    assert heading in first
    assert charts in second.splitlines()
