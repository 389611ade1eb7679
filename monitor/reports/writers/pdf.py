"""A report as PDF: A4 in the manner of a county's office, charts as lines, bookmarks, and every text as it is.

``report.typ`` is the layout. It is handed the words as JSON, so that no name in them can be read as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.reports import charts
from monitor.reports.breaking import HAIR, breakable, glued
from monitor.reports.document import Annex, Block, Cell, Chart, Document, Heading, Paragraph, Table
from monitor.reports.fonts import find_fonts
from monitor.reports.signs import printable
from monitor.reports.writers.column_widths import fitted
from monitor.reports.writers.long_annexes import is_long, set_in_parts
from monitor.reports.writers.typesetting import typeset

POINTS = 72 / 25.4  # in a millimetre
WIDTH, ACROSS = 170 * POINTS, 257 * POINTS  # of the text, upright and across, as in report.typ
MANY = 8  # columns: an annex with a table of more is set across
HYPHENATED = 2  # rooms: a word of a head that is no longer finds its place by hyphens
BODY = 11.0  # points, the largest that running text is set in
INSET = 5.0  # points, both sides of a cell together
FRONT = (9.5, 9.0, 8.5, 8.0, 7.5)  # points, likewise on page one; report.typ makes it smaller still where it must
ANNEXED = (8.0, 7.5, 7.0, 6.5)  # points, what a table of an annex is set in: the first in which no word is cut
SIDE_BY_SIDE = 2  # annexes set at once, each in a process of some 200 MB
TALL = 250  # characters of a cell: from here on a row may break over pages, lest it be higher than one

Words = Mapping[str, Any]


def pdf(document: Document, *, created: datetime) -> bytes:
    """Return a report as PDF, said to be made at ``created`` (aware); the same arguments give the same bytes.

    A character that the fonts have not is printed as its number, ``[U+1F600]``. A machine without the fonts raises
    `FontsMissing`, a report that cannot be set `TypesettingFailed`.
    """
    find_fonts()
    with TemporaryDirectory(prefix="report-") as made:
        folder = Path(made)
        common = _common(document)
        data = {
            **common,
            "head": [printable(line) for line in document.head],
            "front": _blocks(document.front, document.locale, FRONT),
            "charts_title": printable(document.charts_title),
            "charts": _blocks(document.charts, document.locale),
            "annexes": _annexes(document, common, folder, created),
            "stamp": breakable(printable(document.stamp), WIDTH / 2, ANNEXED[0]),
            "page": printable(document.page),
            "draft": None if document.draft is None else printable(document.draft),
        }
        whole = not any("pages" in annex for annex in data["annexes"])
        return typeset(folder, "report.pdf", data, created, archival=whole).pdf.read_bytes()


def front_pages(document: Document, *, created: datetime) -> int:
    """Return how many pages page one takes, in the smallest letters if need be; else as `pdf`."""
    find_fonts()
    with TemporaryDirectory(prefix="front-") as made:
        data = {
            **_common(document),
            "only_front": True,
            "head": [printable(line) for line in document.head],
            "front": _blocks(document.front, document.locale, FRONT),
            "charts": [],
            "annexes": [],
            "stamp": "",
            "page": "",
        }
        return typeset(Path(made), "front.pdf", data, created, archival=False).pages


def _common(document: Document) -> Words:
    """Return what a part has in common with the whole."""
    said = {name: printable(value) for name, value in document.properties.items()}
    return {
        "lang": "zh" if document.locale.startswith("zh") else "en",
        "title": printable(document.title),
        "headline": _text(document.title),
        "author": said.pop("author", ""),
        "description": said.pop("subject", ""),
        "keywords": [f"{name}: {value}" for name, value in said.items()],
        "locale": document.locale,
    }


def _annexes(document: Document, common: Words, folder: Path, created: datetime) -> list[Words]:
    """Return the annexes as blocks, or as pages that are set already, a few of them side by side."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        setting = [
            _annex(annex, common, folder / f"annex-{number}", created, pool) for number, annex in _numbered(document)
        ]
        return [each.result() if isinstance(each, Future) else each for each in setting]


def _numbered(document: Document) -> enumerate[Annex]:
    return enumerate(document.annexes, 1)


def _annex(
    annex: Annex, common: Words, folder: Path, created: datetime, pool: ThreadPoolExecutor
) -> Words | Future[Words]:
    across = any(isinstance(block, Table) and len(block.columns) > MANY for block in annex.blocks)
    blocks = _blocks(annex.blocks, common["locale"], width=ACROSS if across else WIDTH)
    words = {"title": printable(annex.title), "blocks": blocks, "across": across}
    if not is_long(blocks):
        return words
    folder.mkdir()
    return pool.submit(_set, words, common, folder, created)


def _set(annex: Words, common: Words, folder: Path, created: datetime) -> Words:
    pages = set_in_parts(annex, common, folder, created=created)
    placed = [{**page, "file": f"{folder.name}/{page['file']}"} for page in pages]
    return {"title": annex["title"], "across": annex["across"], "pages": placed}


def _blocks(
    blocks: Sequence[Block], locale: str, sizes: Sequence[float] = ANNEXED, *, width: float = WIDTH
) -> list[Words]:
    return [_block(block, locale, sizes, width) for block in blocks]


def _block(block: Block, locale: str, sizes: Sequence[float], width: float) -> Words:
    match block:
        case Heading():
            return {"kind": "heading", "text": _text(block.text), "level": block.level}
        case Paragraph():
            return {"kind": "paragraph", "text": _text(block.text), "tone": block.tone}
        case Table():
            return _table(block, sizes, width)
        case Chart():
            svg = charts.svg(block.drawn, locale=locale)
            return {"kind": "chart", "svg": svg, "said": _text(block.said)}


def _table(table: Table, sizes: Sequence[float], whole: float) -> Words:
    found = fitted(table, whole=whole, inset=INSET, sizes=sizes)
    size, widths = found.size, found.widths
    rooms = [width - INSET for width in widths]
    columns = [
        {"title": breakable(printable(column.title), HYPHENATED * room, size), "side": column.side, "width": width}
        for column, room, width in zip(table.columns, rooms, widths, strict=True)
    ]
    rows = [_row(row, rooms, size) for row in table.rows]
    return {"kind": "table", "size": size, "columns": columns, "rows": rows, "empty": _text(table.empty)}


def _row(row: Sequence[Cell], rooms: Sequence[float], size: float) -> Words:
    cells = [_cell(cell, room, size) for cell, room in zip(row, rooms, strict=True)]
    if any(len(cell.text) > TALL for cell in row):
        return {"cells": cells, "tall": True}
    return {"cells": cells}


def _cell(cell: Cell, room: float, size: float) -> str | Words:
    text = glued(breakable(printable(cell.text), room, size), room + HAIR, size)
    return {"strong": text} if cell.strong else text


# -- text --------------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    """Return running text: a word that is longer than a line may break, a number or an id that is not, may not."""
    return glued(breakable(printable(text), WIDTH * 0.9, BODY), WIDTH / 2, BODY)
