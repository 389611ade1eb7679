"""A folder of CSV files, one a sheet, by its Chinese or English name: read in UTF-8 or GBK, written in UTF-8.

Excel in Chinese writes GBK unless asked for "CSV UTF-8". The mark at the beginning of a file (BOM) tells Excel that a
file is UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from monitor.archive.cells import plain
from monitor.archive.grid import Finding, Found, Grid, Page, said

SUFFIX = ".csv"
LARGEST = 20_000_000  # bytes of a file
DIFFERENT = "gb18030"  # what GBK grew into


def find_separated(folder: Path) -> Found:
    """Read a folder of CSV files as they are."""
    wrong: list[Finding] = []
    notes: list[Finding] = []
    grids = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == SUFFIX and path.is_file():
            page = Page(folder.name, sheet=path.stem)
            text = _text(path, page, wrong, notes)
            grids.append(Grid(name=path.stem, rows=dict(_rows(text, page, wrong)), typed=False))
    if not grids:
        wrong.append(Page(folder.name).problem((), said("no_csv")))
    return Found(file=folder.name, grids=tuple(grids), wrong=tuple(wrong), notes=tuple(notes))


def _text(path: Path, page: Page, wrong: list[Finding], notes: list[Finding]) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        wrong.append(page.problem((), said("unreadable", why=error.strerror or error)))
        return ""
    if len(content) > LARGEST:
        wrong.append(page.problem((), said("too_large")))
        return ""
    for encoding in ("utf-8-sig", DIFFERENT):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == DIFFERENT:
            notes.append(page.problem((), said("gbk")))
        return text
    wrong.append(page.problem((), said("encoding")))
    return ""


def _rows(text: str, page: Page, wrong: list[Finding]) -> Iterator[tuple[int, dict[int, object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            held: dict[int, object] = {place: cell for place, cell in enumerate(row, start=1) if cell}
            if held:
                yield number, held
    except csv.Error:
        wrong.append(page.problem((number + 1,), said("csv_broken")))


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
        case _:
            return cell
