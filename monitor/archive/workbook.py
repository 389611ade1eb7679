"""A workbook (``.xlsx``), found as it is: cells with their types, merged ranges, formulas by the values they had.

Excel, WPS and LibreOffice keep the last value of a formula beside it; a workbook that a program wrote may not.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from monitor.archive.grid import Cells, Failed, Finding, Found, Grid, Merged, Page, letters, said

OLD_FORMAT = b"\xd0\xcf\x11\xe0"  # OLE2: .xls, .et, or any workbook with a password
LARGEST = 20_000_000  # bytes of a file
LARGEST_UNPACKED = 400_000_000


def find_workbook(path: Path) -> Found:
    """Read a workbook as it is."""
    file = path.name
    try:
        unfit = _unfit(path)
        if unfit is not None:
            return Found(file=file, wrong=(_finding(file, unfit),))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not keep: colours, drawings
            return _found(path)
    except OSError as error:
        return Found(file=file, wrong=(_finding(file, "unreadable", why=error.strerror or error),))
    except Exception:  # openpyxl raises whatever a broken part of the file leads to
        return Found(file=file, wrong=(_finding(file, "damaged"),))


def _unfit(path: Path) -> str | None:
    """Return why a file cannot be a workbook that is read here."""
    with path.open("rb") as file:
        if file.read(len(OLD_FORMAT)) == OLD_FORMAT:
            return "old_format"
    if not zipfile.is_zipfile(path):
        return "no_workbook"
    with zipfile.ZipFile(path) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    return "too_large" if path.stat().st_size > LARGEST or unpacked > LARGEST_UNPACKED else None


def _found(path: Path) -> Found:
    """Read it three times: its values, its formulas, and how it is laid out; the first two skip what is not there."""
    laid_out = openpyxl.load_workbook(path)
    values = openpyxl.load_workbook(path, read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(path, read_only=True)
    try:
        sheets = [
            (sheet, _rows(values[sheet.title]), _formulas(formulas[sheet.title])) for sheet in laid_out.worksheets
        ]
    finally:
        values.close()
        formulas.close()
    return Found(
        file=path.name,
        grids=tuple(_grid(*parts) for parts in sheets),
        notes=tuple(note for sheet, _, computed in sheets for note in _notes(path.name, sheet, len(computed))),
    )


def _grid(sheet: Worksheet, rows: Mapping[int, Cells], computed: frozenset[tuple[int, int]]) -> Grid:
    return Grid(
        name=sheet.title,
        rows=rows,
        merged=[
            Merged(str(each), range(each.min_row, each.max_row + 1), range(each.min_col, each.max_col + 1))
            for each in sheet.merged_cells.ranges
        ],
        uncomputed=frozenset(at for at in computed if at[1] not in rows.get(at[0], {})),
    )


def _rows(sheet: Worksheet) -> Mapping[int, Cells]:
    rows = {}
    for number, row in _existing(sheet):
        held = {
            place: Failed(cell.value) if cell.data_type == "e" else cell.value
            for place, cell in enumerate(row, start=1)
            if cell.value is not None and cell.value != ""
        }
        if held:
            rows[number] = held
    return rows


def _formulas(sheet: Worksheet) -> frozenset[tuple[int, int]]:
    return frozenset(
        (number, place)
        for number, row in _existing(sheet)
        for place, cell in enumerate(row, start=1)
        if cell.data_type == "f"
    )


def _existing(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    """Go through the rows that are there, whatever size the sheet says it has."""
    sheet.reset_dimensions()
    yield from enumerate(sheet.iter_rows(), start=1)


def _notes(file: str, sheet: Worksheet, computed: int) -> Iterator[Finding]:
    """Say what of a sheet was read though people may not see it, and what was not typed."""
    page = Page(file, sheet=sheet.title)
    rows = sum(1 for row in sheet.row_dimensions.values() if row.hidden)
    columns = [letters(column.min) for column in sheet.column_dimensions.values() if column.hidden and column.min]
    if sheet.sheet_state != "visible":
        yield page.problem((), said("hidden_sheet"))
    if rows:
        yield page.problem((), said("hidden_rows", count=rows))
    if columns:
        yield page.problem((), said("hidden_columns", found="、".join(columns)))
    if computed:
        yield page.problem((), said("formulas", count=computed))


def _finding(file: str, word: str, **given: object) -> Finding:
    return Page(file).problem((), said(word, **given))
