"""A report as a workbook, for reckoning: every row of it, typed, under heads that stay and can be filtered by.

The text of a report never becomes a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import islice
from math import ceil
from typing import Any

import xlsxwriter

from monitor.reports.document import Cell, Column, Document, Side, Table
from monitor.reports.writers.sealing import MADE
from monitor.reports.writers.widths import ems, lines, longest
from monitor.reports.writers.xlsx_cells import DAY, INSTANT, LENGTH, MINUTES, fitting, typed
from monitor.reports.writers.xlsx_sheets import Line, Look, Sheet, sheets
from monitor.reports.writers.xml_text import held

FONT: Mapping[str, object] = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
HEAD: Mapping[str, object] = {
    **FONT,
    "bold": True,
    "bg_color": "#DDEBF7",
    "border": 1,
    "text_wrap": True,
    "align": "center",
}
CELL: Mapping[str, object] = {**FONT, "border": 1, "text_wrap": True}
LINES: Mapping[Look, Mapping[str, object]] = {
    Look.TITLE: {**FONT, "bold": True, "font_size": 14},
    Look.HEADING: {**FONT, "bold": True, "text_wrap": True},
    Look.TEXT: {**FONT, "text_wrap": True},
    Look.NOTE: {**FONT, "font_size": 9, "text_wrap": True},
    Look.WARNING: {**FONT, "bold": True, "text_wrap": True, "border": 2},
}
LINE_HEIGHT, HIGHEST = 15.0, 409.0  # of a row, in points
TEXT_WIDTH = 100.0  # of a sheet of text, in digits
NARROWEST, WIDEST, WIDEST_OF_FEW = 8.0, 36.0, 72.0  # of a column, and where there are few
FEW = 4
BLANK = 8.43  # width of a column that nothing is said of
LOOKED_AT = 500  # rows, for how wide their text is
SHOWN: Mapping[str, float] = {INSTANT: 20.0, LENGTH: 12.0, MINUTES: 12.0, DAY: 12.0}  # widths
MOST_ROWS = 1_048_576
MOST_PATTERNS = 150  # Excel reads 206 formats of numbers (MS-OI29500, 2.1.713)
LONGEST_MARGIN = 255  # characters of a header or footer
KNOWN = ("title", "author", "subject", "keywords", "comments", "category")
OPTIONS: Mapping[str, object] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class CannotHold(Exception):
    """A workbook cannot hold a report; the message names the sheet."""


def xlsx(document: Document) -> bytes:
    """Return a report as a workbook; the same report gives the same bytes.

    Characters that XML has not are replaced (`xml_text.held`).

    Raises:
        CannotHold: a table has more rows than a sheet.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {**OPTIONS, "constant_memory": True}) as book:
        properties = {"title": document.title, **document.properties}
        told = {name: held(properties.get(name, ""))[:LONGEST_MARGIN] for name in KNOWN}
        book.set_properties({**told, "created": MADE})
        formats = _Formats(book)
        for sheet in sheets(document):
            _Writer(book.add_worksheet(sheet.name), formats, document).write(sheet)
    return content.getvalue()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made, self._patterns = book, dict[tuple[object, ...], Any](), set[str]()

    def line(self, look: Look) -> Any:
        """Return the format of a line outside of tables."""
        return self._format(("line", look), LINES[look])

    def head(self) -> Any:
        """Return the format of a column's heading."""
        return self._format(("head",), HEAD)

    def cell(self, side: Side, pattern: str, *, strong: bool) -> Any:
        """Return the format of a cell; of text where there is no ``pattern``."""
        if pattern not in self._patterns and len(self._patterns) >= MOST_PATTERNS:
            pattern = "0.00%" if "%" in pattern else "General"
        self._patterns.add(pattern)
        align = "center" if side is Side.CENTRE else side.value
        return self._format(
            (side, pattern, strong), {**CELL, "align": align, "bold": strong, "num_format": pattern or "@"}
        )

    def _format(self, key: tuple[object, ...], look: Mapping[str, object]) -> Any:
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(look))
        return self._made[key]


class _Writer:
    """Writes one sheet, row after row: what is written is not kept."""

    def __init__(self, page: Any, formats: _Formats, document: Document) -> None:
        self._page, self._formats, self._document = page, formats, document
        self._row = 0

    def write(self, sheet: Sheet) -> None:
        """Write a sheet."""
        table = sheet.table
        widths = [TEXT_WIDTH] if table is None else _widths(table)
        for place, width in enumerate(widths):
            self._page.set_column(place, place, width)
        self._set_page()
        self._write_lines(sheet.over, widths)
        if table is not None:
            self._write_table(sheet.name, table, widths)
        self._write_lines(sheet.under, widths)

    def _write_lines(self, written: Sequence[Line], widths: Sequence[float]) -> None:
        """Write lines across the sheet, as high as they need: a spreadsheet does not see to that in merged cells."""
        columns = len(widths) + max(0, ceil((TEXT_WIDTH - sum(widths)) / BLANK))
        width = sum(widths) + BLANK * (columns - len(widths))
        for line in written:
            text, form = fitting(line.text), self._formats.line(line.look)
            size = 1.4 if line.look is Look.TITLE else 1.0
            self._page.set_row(self._row, min(HIGHEST, LINE_HEIGHT * size * _lines(text, width * 0.95, size)))
            if columns > 1:
                self._page.merge_range(self._row, 0, self._row, columns - 1, "", form)
            self._page.write_string(self._row, 0, text, form)
            self._row += 1

    def _write_table(self, name: str, table: Table, widths: Sequence[float]) -> None:
        if self._row + len(table.rows) + 1 > MOST_ROWS:
            raise CannotHold(f"{name}: {len(table.rows)} rows, of which a sheet holds {MOST_ROWS}")
        head, last = self._row, len(table.columns) - 1
        self._make_room([column.title for column in table.columns], widths)
        for place, column in enumerate(table.columns):
            self._page.write_string(head, place, fitting(column.title), self._formats.head())
        self._row += 1
        for row in table.rows:
            self._make_room(["" if cell.value is not None else cell.text for cell in row], widths)
            for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                self._write_cell(place, cell, column)
            self._row += 1
        if not table.rows:
            self._write_cell(0, Cell(text=table.empty), table.columns[0])
            self._row += 1
        self._page.freeze_panes(head + 1, 1 if last else 0)
        self._page.autofilter(head, 0, self._row - 1, last)
        self._page.repeat_rows(head)

    def _make_room(self, texts: Sequence[str], widths: Sequence[float]) -> None:
        """Make a row as high as its text needs: not every program does that by itself."""
        most = max(
            (
                _lines(text, width - 1)
                for text, width in zip(texts, widths, strict=False)
                if 2 * len(text) >= width - 1 or "\n" in text
            ),
            default=1,
        )
        if most > 1:
            self._page.set_row(self._row, min(HIGHEST, LINE_HEIGHT * most))

    def _write_cell(self, place: int, cell: Cell, column: Column) -> None:
        held_as = typed(cell)
        form = self._formats.cell(column.side, held_as.pattern, strong=cell.strong)
        match held_as.value:
            case str():
                self._page.write_string(self._row, place, held_as.value, form)
            case int() | float():
                self._page.write_number(self._row, place, held_as.value, form)
            case _:
                self._page.write_datetime(self._row, place, held_as.value, form)

    def _set_page(self) -> None:
        document, page = self._document, self._page
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
        page.set_header(_margin("&L", document.title, f"&R&B{_plain(document.draft or '')[:50]}"))
        number = _plain(document.page).replace("{pages}", "&N").replace("{page}", "&P")
        page.set_footer(_margin("&L&8", document.stamp, f"&R{number}"))


def _margin(before: str, text: str, after: str) -> str:
    """Return a header or footer, its text as long as there is room for."""
    room = LONGEST_MARGIN - len(before) - len(after)
    cut = next(cut for cut in range(len(text), -1, -1) if len(_plain(text[:cut])) <= room)
    return f"{before} {_plain(text[:cut])}{after}"[:LONGEST_MARGIN]


def _plain(text: str) -> str:
    """Return a text of which nothing is a code of a header."""
    return held(text).replace("&", "&&").replace("\n", " ")


def _lines(text: str, width: float, size: float = 1.0) -> int:
    """Return how many lines a text takes in so many digits: a Chinese letter is two wide."""
    return lines(text, size=2 * size, width=width)


def _widths(table: Table) -> list[float]:
    """Return the widths of columns, in digits: as wide as what stands in them, within bounds."""
    widest = WIDEST if len(table.columns) > FEW else WIDEST_OF_FEW
    widths = [min(widest, max(NARROWEST, _head_width(column.title))) for column in table.columns]
    for row in islice(table.rows, LOOKED_AT):
        for place, cell in enumerate(row):
            wide = SHOWN.get(typed(cell).pattern, min(widest, 2 * max(map(ems, cell.text.split("\n"))) + 2))
            widths[place] = max(widths[place], wide)
    return widths


def _head_width(title: str) -> float:
    """Return the width of a column's heading on two lines, beside the mark of the filter."""
    return 2 * max(longest(title), ceil(ems(title) / 2)) + 4
