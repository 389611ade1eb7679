"""A workbook (``.xlsx``), found as it is: cells with their types, merged ranges, formulas by the values they had.

Excel, WPS and LibreOffice keep the last value of a formula beside it; a workbook that a program wrote may not.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import COL_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.xml.constants import SHEET_MAIN_NS

from monitor.archive.content import Telling, Unfit, content_of, unread_by
from monitor.archive.grid import Cells, Failed, Finding, Found, Grid, Merged, Page, Percent, letters, said
from monitor.archive.parts import judge

EVERY = 1_000  # rows from one telling to the next
MOST_MERGED = 1_000  # ranges of a sheet
MERGED = f"{{{SHEET_MAIN_NS}}}mergeCell"
TRUE = ("1", "true")


def find_workbook(path: Path, telling: Telling = lambda *_: None) -> Found:
    """Read a workbook as it is."""
    file = path.name
    try:
        content = content_of(path)
        judge(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not keep: colours, drawings
            return _found(file, content, telling)
    except Unfit as unfit:
        return Found(file=file, wrong=(_finding(file, unfit.word, sheet=unfit.sheet, **unfit.given),))
    except OSError as error:
        return Found(file=file, wrong=(_finding(file, unread_by(error), why=error.strerror or error),))
    except Exception:  # openpyxl raises whatever a broken part of the file leads to
        return Found(file=file, wrong=(_finding(file, "damaged"),))


def _found(file: str, content: bytes, telling: Telling) -> Found:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    with closing(book):
        read = [_Sheet(sheet, telling) for sheet in book.worksheets]
    return Found(
        file=file,
        grids=tuple(sheet.grid() for sheet in read),
        notes=tuple(note for sheet in read for note in sheet.notes(file)),
    )


class _Parser(WorkSheetParser):
    """Reads a sheet in one pass as openpyxl does, and keeps which cells are formulas beside the values they had."""

    def __init__(self, source: Any, sheet: Any) -> None:
        self._title, book = sheet.title, sheet.parent
        super().__init__(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self._percents = _percents(book)
        self.formulas: set[tuple[int, int]] = set()
        self.merged: list[CellRange] = []

    def parse(self) -> Generator[tuple[int, list[dict[str, Any]]], None, None]:
        """Go through the rows that are there; of all else only the columns and the merged ranges are read."""
        element: Any
        for _, element in ElementTree.iterparse(self.source):  # noqa: S314 - it was judged
            if element.tag == ROW_TAG:
                row = self.parse_row(element)
                element.clear()
                yield row
            elif element.tag == COL_TAG:
                self.parse_column_dimensions(element)
            elif element.tag == MERGED:
                self.merged.append(CellRange(element.get("ref")))
                if len(self.merged) > MOST_MERGED:
                    raise Unfit("too_many_merged", sheet=self._title, most=MOST_MERGED)

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Read a cell."""
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["data_type"] == "e" and element.get("t", "n") == "n":
            cell |= {"data_type": "n", "value": float(element.findtext(VALUE_TAG))}  # a date out of all bounds
        if cell["data_type"] == "n" and int(cell["style_id"] or 0) in self._percents and cell["value"] is not None:
            cell["value"] = Percent(cell["value"])
        if element.find(FORMULA_TAG) is not None:
            self.formulas.add((cell["row"], cell["column"]))
        return cell


def _percents(book: Any) -> frozenset[int]:
    """Return the styles of cells that show a number as so many percent."""
    own, first = book._number_formats, BUILTIN_FORMATS_MAX_SIZE
    numbers = [style.numFmtId for style in book._cell_styles]
    codes = (BUILTIN_FORMATS.get(each) if each < first else own[each - first] for each in numbers)
    return frozenset(place for place, code in enumerate(codes) if "%" in (code or ""))


class _Sheet:
    """One sheet, read whole."""

    def __init__(self, sheet: Any, telling: Telling) -> None:
        self._title, self._state = sheet.title, sheet.sheet_state
        with sheet._get_source() as source:
            self._parser = _Parser(source, sheet)
            self._rows = dict(self._held(telling))

    def _held(self, telling: Telling) -> Iterator[tuple[int, Cells]]:
        """Go through the rows that hold anything, whatever size the sheet says it has."""
        for read, (number, cells) in enumerate(self._parser.parse()):
            if read % EVERY == 0:
                telling(self._title, number)
            held = {
                cell["column"]: Failed(cell["value"]) if cell["data_type"] == "e" else cell["value"]
                for cell in cells
                if cell["value"] is not None and cell["value"] != ""
            }
            if held:
                yield number, held

    def grid(self) -> Grid:
        """Return what was found."""
        return Grid(
            name=self._title,
            rows=self._rows,
            merged=[
                Merged(each.coord, range(each.min_row, each.max_row + 1), range(each.min_col, each.max_col + 1))
                for each in self._parser.merged
            ],
            uncomputed=frozenset(at for at in self._parser.formulas if at[1] not in self._rows.get(at[0], {})),
        )

    def notes(self, file: str) -> Iterator[Finding]:
        """Say what was read though people may not see it, and what was not typed."""
        page = Page(file, sheet=self._title)
        rows = sum(row.get("hidden") in TRUE for row in self._parser.row_dimensions.values())
        hidden = [each for each in self._parser.column_dimensions.values() if each.get("hidden") in TRUE]
        if self._state != "visible":
            yield page.problem((), said("hidden_sheet"))
        if rows:
            yield page.problem((), said("hidden_rows", count=rows))
        if hidden:
            yield page.problem(
                (), said("hidden_columns", found="、".join(letters(int(each["min"])) for each in hidden))
            )
        if self._parser.formulas:
            yield page.problem((), said("formulas", count=len(self._parser.formulas)))


def _finding(file: str, word: str, *, sheet: str = "", **given: object) -> Finding:
    return Page(file, sheet=sheet).problem((), said(word, **given))
