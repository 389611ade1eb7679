"""A folder of CSV files, one a sheet, by its Chinese or English name: read in UTF-8 or GBK, written in UTF-8.

Excel in Chinese writes GBK unless asked for "CSV UTF-8". The mark at the beginning of a file (BOM) tells Excel that a
file is UTF-8.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from monitor.archive.cells import plain
from monitor.archive.content import LARGEST, Telling, Unfit, content_of, named, unread_by
from monitor.archive.grid import Finding, Found, Grid, Page, said

SUFFIX = ".csv"
HIDDEN = "."  # what begins so is nobody's table: macOS puts such a file beside each that it packs
MOST_CELLS = 600_000  # of a folder; ten thousand lines, with their units and contacts, have half of that
DIFFERENT = "gb18030"  # what GBK grew into
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a text begins that a spreadsheet would take for a formula; it is written behind an apostrophe, and so is one that
has apostrophes before that already, which makes one more and one less the same text again."""


def find_separated(folder: Path, telling: Telling = lambda *_: None) -> Found:
    """Read a folder of CSV files as they are; all together they are no larger than a workbook may be."""
    wrong: list[Finding] = []
    notes: list[Finding] = []
    grids = []
    left, cells = LARGEST, MOST_CELLS
    for path in _listed(folder, wrong):
        page = Page(named(folder), sheet=path.stem)
        telling(path.stem, 1)
        try:
            content = content_of(path, most=left)
            left -= len(content)
            rows = dict(_rows(_text(content, page, notes), page, wrong, most=cells))
            cells -= sum(map(len, rows.values()))
        except Unfit as unfit:
            rows = {}
            wrong.append(page.problem((), said(unfit.word, **unfit.given)))
        except OSError as error:
            rows = {}
            wrong.append(page.problem((), said(unread_by(error), why=error.strerror or error)))
        grids.append(Grid(name=path.stem, rows=rows, typed=False))
    if not grids and not wrong:
        wrong.append(Page(named(folder)).problem((), said("no_csv")))
    return Found(file=named(folder), grids=tuple(grids), wrong=tuple(wrong), notes=tuple(notes))


def _listed(folder: Path, wrong: list[Finding]) -> Sequence[Path]:
    try:
        return sorted(
            path for path in folder.iterdir() if path.suffix.lower() == SUFFIX and not path.name.startswith(HIDDEN)
        )
    except OSError as error:
        wrong.append(Page(named(folder)).problem((), said(unread_by(error), why=error.strerror or error)))
        return ()


def _text(content: bytes, page: Page, notes: list[Finding]) -> str:
    for encoding in ("utf-8-sig", DIFFERENT):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == DIFFERENT:
            notes.append(page.problem((), said("gbk")))
        return text
    raise Unfit("encoding")


def _rows(text: str, page: Page, wrong: list[Finding], *, most: int) -> Iterator[tuple[int, dict[int, object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = cells = 0
    try:
        for number, row in enumerate(reader, start=1):
            held: dict[int, object] = {place: _bare(cell) for place, cell in enumerate(row, start=1) if cell}
            cells += len(held)
            if cells > most:
                raise Unfit("too_many_rows", most=number)
            if held:
                yield number, held
    except csv.Error as error:
        endless = "field limit" in str(error)
        given = {"most": csv.field_size_limit()} if endless else {}
        wrong.append(page.problem((number + 1,), said("long_cell" if endless else "csv_broken", **given)))


def _bare(cell: str) -> str:
    """Take away the apostrophe that keeps a text from being a formula."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def csv_of(rows: Sequence[Sequence[object]]) -> bytes:
    """Write rows as CSV in UTF-8 with its mark."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: object) -> object:
    match cell:
        case None:
            return ""
        case float():
            return plain(cell)
        case datetime():
            return cell.isoformat(" ")
        case str() if FORMULA.match(cell):
            return "'" + cell
        case _:
            return cell
