"""A workbook drawn: typed cells, drop-down lists, a heading that stays, and a sheet that explains the others."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from rich.cells import cell_len

from monitor.archive.grid import spot
from monitor.archive.rows import Held
from monitor.archive.sheets import ABOUT, SHEETS, Column, Kind, Sheet

LAST_ROW = 20_000  # as far down as drop-down lists and formats go
LONGEST_LIST = 255  # characters of a drop-down list written out
LONGEST_TEXT = 32_767  # characters of a cell
MOST_ROWS = 1_048_576
NO_XML = re.compile("[\ufffe\uffff]")  # control characters no text of an inventory has
WIDEST = 45  # characters of a column that texts may widen
BUTTON = 4  # characters that the filter's button takes of a heading
FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - the same inventory gives the same bytes
FORMATS: Mapping[str, Mapping[str, object]] = {
    "text": {"num_format": "@"},
    "lines": {"num_format": "@", "text_wrap": True},
    "number": {"num_format": "General", "align": "center"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "instant": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "center"},
    "needed": {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1},
    "heading": {"bold": True, "bg_color": "#DDEBF7", "border": 1},
    "about": {"text_wrap": True},
}


class CannotDraw(Exception):
    """A workbook cannot hold it; the message names the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """What the explaining sheet says: its headings, of each column (``lines.address``) what goes in, and some rules."""

    chinese: bool
    headings: Sequence[str]
    yes: str
    no: str
    columns: Mapping[str, str]
    rules: Sequence[str]


def drawn(
    sheets: Iterable[tuple[Sheet, Sequence[Sequence[Held]]]],
    *,
    legend: Legend,
    profiles: Collection[str] = (),
    explained: Sequence[Sheet] = SHEETS,
) -> bytes:
    """Return a workbook of sheets with their rows, headings first; ``profiles`` are those of SNMP to choose from.

    The last sheet explains those ``explained``.

    Raises:
        CannotDraw: a cell or a sheet is larger than a workbook permits, or has characters that XML has not.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        formats = {name: book.add_format({**FONT, **look}) for name, look in FORMATS.items()}
        for sheet, rows in sheets:
            _Drawer(book, formats, sheet, legend=legend, profiles=profiles).draw(rows)
        _explain(book, formats, legend, explained)
    return content.getvalue()


class _Drawer:
    """Draws one sheet."""

    def __init__(
        self, book: Any, formats: Mapping[str, Any], sheet: Sheet, *, legend: Legend, profiles: Collection[str]
    ) -> None:
        self._formats, self._sheet, self._legend, self._profiles = formats, sheet, legend, profiles
        self._page = book.add_worksheet(sheet.title(chinese=legend.chinese))

    def draw(self, rows: Sequence[Sequence[Held]]) -> None:
        """Write the rows, and make the columns such that what is typed there has its type."""
        if len(rows) > MOST_ROWS:
            raise CannotDraw(f"{self._page.name}: {len(rows)} rows, of which a sheet holds {MOST_ROWS}")
        for place, column in enumerate(self._sheet.columns):
            width = _width(column, [row[place] for row in rows])
            self._page.set_column(place, place, width, self._formats[_look(column)])
            self._restrict(place, column)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    self._write(number, place, cell)
        self._page.freeze_panes(1, 1)
        _print(self._page)
        self._page.autofilter(0, 0, max(1, len(rows) - 1), len(self._sheet.columns) - 1)

    def _write(self, number: int, place: int, cell: Held) -> None:
        column = self._sheet.columns[place]
        match cell:
            case str() if len(cell) > LONGEST_TEXT or NO_XML.search(cell):
                where = spot(self._page.name, number + 1, place + 1)
                raise CannotDraw(f"{where}: more than {LONGEST_TEXT} characters, or one that no workbook can hold")
            case str() if number == 0:
                self._page.write_string(0, place, cell, self._formats["needed" if column.needed else "heading"])
            case str():
                self._page.write_string(number, place, cell, self._formats["lines" if "\n" in cell else "text"])
            case datetime():
                self._page.write_datetime(number, place, cell, self._formats["instant"])
            case date():
                self._page.write_datetime(number, place, cell, self._formats["date"])
            case _:
                self._page.write_number(number, place, cell, self._formats["number"])

    def _restrict(self, place: int, column: Column) -> None:
        """Let a column's cells be chosen from a list, where there is one, and say of each what goes in."""
        restriction = self._restriction(column)
        title = column.heading(chinese=self._legend.chinese)
        note = self._legend.columns[f"{self._sheet.key}.{column.key}"]
        told = {"input_title": title[:32], "input_message": note[:255]}
        self._page.data_validation(1, place, LAST_ROW, place, {**restriction, **told})

    def _restriction(self, column: Column) -> dict[str, object]:
        chinese = self._legend.chinese
        words = list(column.words.values() if chinese else column.words)
        if column.key == "snmp":
            words = list(self._profiles)
        if column.ids_of is not None:
            named = next(sheet for sheet in SHEETS if sheet.key == column.ids_of).title(chinese=chinese)
            return {"validate": "list", "source": f"='{named}'!$A$2:$A${LAST_ROW + 1}"}
        if words and len(",".join(words)) <= LONGEST_LIST and not any("," in word for word in words):
            return {"validate": "list", "source": words, "show_error": column.kind is not Kind.SUGGESTION}
        match column.kind:
            case Kind.NUMBER:
                return {"validate": "decimal", "criteria": ">", "value": 0}
            case Kind.DATE | Kind.INSTANT:
                return {"validate": "date", "criteria": ">=", "value": date(1900, 3, 1)}
            case _:
                return {"validate": "any"}


def _width(column: Column, cells: Sequence[Held]) -> float:
    """Return a width that shows the heading beside its button and, up to a bound, the longest text."""
    heading, *texts = (max(map(cell_len, str(cell).splitlines() or [""])) for cell in cells if isinstance(cell, str))
    return max(column.width, heading + BUTTON, min(max(texts, default=0) + 2, WIDEST))


def _print(page: Any) -> None:
    """Let a sheet be printed as wide as a page of A4, ruled, its headings on each page and its name below."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.hide_gridlines(0)
    page.set_footer("&L&A&R&P / &N")


def _look(column: Column) -> str:
    return {Kind.NUMBER: "number", Kind.DATE: "date", Kind.INSTANT: "instant"}.get(column.kind, "text")


def _explain(book: Any, formats: Mapping[str, Any], legend: Legend, explained: Sequence[Sheet]) -> None:
    page = book.add_worksheet(ABOUT[0 if legend.chinese else 1])
    for place, width in enumerate((14, 18, 8, 90)):
        page.set_column(place, place, width)
    for place, heading in enumerate(legend.headings):
        page.write_string(0, place, heading, formats["heading"])
    number = 0
    for sheet in explained:
        for column in sheet.columns:
            number += 1
            names = sheet.title(chinese=legend.chinese), column.heading(chinese=legend.chinese)
            needed = legend.yes if column.needed else legend.no
            for place, text in enumerate((*names, needed, legend.columns[f"{sheet.key}.{column.key}"])):
                page.write_string(number, place, text, formats["about"])
    for place, rule in enumerate(legend.rules, start=number + 2):
        page.merge_range(place, 0, place, 3, rule, formats["about"])
    page.freeze_panes(1, 0)
    _print(page)
