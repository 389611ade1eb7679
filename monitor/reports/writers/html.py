"""A report as one HTML file that asks for nothing else: charts are drawn in it, and it prints as A4.

``report.html`` is the layout; whatever stands in the words is escaped. Page one is kept on one page of paper, annexes
with wide tables are printed across.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from monitor.reports import charts
from monitor.reports.composing.speech import width
from monitor.reports.document import Block, Chart, Column, Document, Heading, Paragraph, Table
from monitor.reports.unbroken import pieces

LANGUAGES: Mapping[str, str] = {"zh_CN": "zh-CN", "en": "en"}  # BCP 47
WHOLE = Markup('<span class="whole">{}</span>')
MANY = 8  # columns: a table of more is printed across the page
CONTROLS = dict.fromkeys([*range(9), 11, *range(12, 32), 127], "�")  # no text of HTML may hold them
SHORT = 12  # rows: a table of no more is kept on one page, with its heading
LINE = 100  # letters of half width in a line of a printed page
PAGE = 55  # lines of page one under its title
FIELD = re.compile(r"\{(page|pages)\}")
HEAD = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)  # what stands alone in a file, not within another
STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
SIZE = re.compile(r'(?<=<svg )(.*?)\bwidth="[^"]*" height="[^"]*"', re.DOTALL)
NAMED = re.compile(r' id="([^"]*)"')
MEANT = re.compile(r'(href="#|url\(#)([^")]+)')


def html(document: Document) -> bytes:
    """Return a report as HTML in UTF-8; without fonts for the charts `FontsMissing`. The same words, the same bytes."""
    pages = Environment(
        loader=PackageLoader("monitor.reports", "writers"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    page = pages.get_template("report.html").render(
        document=document,
        language=LANGUAGES[document.locale],
        kind=_kind,
        widths=_widths,
        picture=lambda chart, place: _picture(chart, place, document.locale),
        glued=_glued,
        is_wide=_is_wide,
        is_long=_is_long,
        short=SHORT,
        stamp=Markup(_css(document.stamp)),  # noqa: S704 - every letter of it is escaped for CSS
        numbers=Markup(_numbers(document.page)),  # noqa: S704 - likewise
    )
    return page.encode("utf-8", "replace")


def _clean(value: Any) -> Any:
    """Return what is printed, without what HTML cannot hold."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return value.translate(CONTROLS)


def _glued(text: str) -> Markup:
    """Return a text in which what is not broken over lines is marked."""
    marked = (WHOLE.format(_clean(piece)) if whole else escape(_clean(piece)) for piece, whole in pieces(text))
    return Markup("").join(marked)


def _kind(block: Block) -> str:
    match block:
        case Heading():
            return "heading"
        case Paragraph():
            return "paragraph"
        case Table():
            return "table"
        case Chart():
            return "chart"


def _widths(columns: Sequence[Column]) -> Iterator[str]:
    """Yield the share of the width of each column in percent."""
    whole = sum(column.width for column in columns)
    return (f"{column.width / whole:.2%}" for column in columns)


def _is_wide(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, Table) and len(block.columns) > MANY for block in blocks)


def _is_long(blocks: Sequence[Block]) -> bool:
    """Tell whether page one would not fit its page in the usual letters."""
    return sum(_height(block) for block in blocks) > PAGE


def _height(block: Block) -> float:
    """Return about how many lines of a printed page a block takes."""
    match block:
        case Heading():
            return 1.6
        case Paragraph():
            return ceil(width(block.text) / LINE) + 0.2
        case Table():
            whole = sum(column.width for column in block.columns)
            shares = [column.width / whole * LINE for column in block.columns]
            rows = [[column.title for column in block.columns], *([cell.text for cell in row] for row in block.rows)]
            return sum(_row_height(row, shares) for row in rows)
        case Chart():
            return 15.0


def _row_height(texts: Sequence[str], shares: Sequence[float]) -> float:
    return 0.3 + max(ceil((width(text) + 2) / share) for text, share in zip(texts, shares, strict=True))


# -- charts --------------------------------------------------------------------------------------------------------


def _picture(chart: Chart, place: int, locale: str) -> Markup:
    """Return a chart as SVG that stands within a page among others: its names are its own, its size is the page's."""
    drawn = STYLE.sub("", HEAD.sub("", charts.svg(chart.drawn, locale=locale), count=1))
    meant = {name for _, name in MEANT.findall(drawn)}

    def named(found: re.Match[str]) -> str:
        return f' id="chart-{place}-{found[1]}"' if found[1] in meant else ""

    drawn = MEANT.sub(rf"\g<1>chart-{place}-\g<2>", NAMED.sub(named, drawn))
    drawn = SIZE.sub(r'\1stroke-linejoin="round" stroke-linecap="butt" aria-hidden="true"', drawn, count=1)
    return Markup(drawn)  # noqa: S704 - drawn by us, its letters are outlines


# -- the foot of a printed page --------------------------------------------------------------------------------------


def _css(text: str) -> str:
    """Return a text as a string of CSS: every letter that is no letter or digit of ASCII by its number."""
    return '"' + "".join(each if each.isascii() and each.isalnum() else f"\\{ord(each):06x}" for each in text) + '"'


def _numbers(page: str) -> str:
    """Return what CSS puts at the foot of a page: the text with the numbers of the page and of all pages in it."""
    texts = FIELD.split(page)
    return " ".join(f"counter({part})" if place % 2 else _css(part) for place, part in enumerate(texts))
