"""Workbooks and folders of CSV files of a small archive, right but for what a test changes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.workbook.workbook import Workbook

from monitor.archive.drawing import drawn
from monitor.archive.reading import Read, read_archive
from monitor.archive.rows import sheets_of
from monitor.archive.separated import csv_of, find_separated
from monitor.archive.words import WORDS
from monitor.archive.workbook import find_workbook
from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Reference, Role, Unit, UnitKind
from tests.inventories import SHANGHAI

PROFILES = ("default", "secure")
SMALL = Inventory(
    carriers={
        "unicom": Carrier(id="unicom", name="中国联通云岭分公司", short_name="联通",
                          contacts=(Contact(role="dispatch", name="李工", phone="0000-66000201"),)),
        "mobile": Carrier(id="mobile", name="中国移动云岭分公司", short_name="移动"),
    },
    nodes={
        "core": Node(id="core", carrier="unicom", name="核心"),
        "east": Node(id="east", carrier="unicom", name="东区", parent="core"),
        "north": Node(id="north", carrier="mobile", name="北区", address="198.51.100.1"),
    },
    units={
        "finance": Unit(id="finance", name="云岭县财政局", short_name="财政局", kind=UnitKind.DEPARTMENT,
                        contacts=(Contact(role="leader", name="王局"), Contact(role="network_admin", name="张工"))),
        "qingxi": Unit(id="qingxi", name="清溪镇人民政府", short_name="清溪镇", kind=UnitKind.TOWNSHIP),
    },
    lines={
        "finance-1": Line(id="finance-1", unit="finance", carrier="unicom", node="east", address="192.0.2.1",
                          type="PTN", bandwidth_mbps=100, port="GE0/0/7", snmp="default",
                          interfaces=("GE0/0/0", "GE0/0/1"), in_service_from=datetime(2018, 12, 31, 16, tzinfo=UTC)),
        "finance-2": Line(id="finance-2", unit="finance", carrier="mobile", node="north", role=Role.BACKUP,
                          address="192.0.2.2", port="GE0/0/7"),
        "qingxi-1": Line(id="qingxi-1", unit="qingxi", carrier="unicom", node="east", address="192.0.2.3",
                         port="GE0/0/8"),
    },
    references={"gateway": Reference(id="gateway", address="203.0.113.1")},
)  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A formula, and the value of it that is kept in the file."""

    text: str
    value: object


def drawn_of(inventory: Inventory = SMALL, *, locale: str = "zh_CN", full: bool = True) -> bytes:
    words = WORDS[locale]
    rows = sheets_of(inventory, zone=SHANGHAI, chinese=words.chinese, full=full)
    return drawn(rows, legend=words.legend, profiles=PROFILES)


def workbook(path: Path, change: Callable[[Workbook], object] = lambda _: None, *, locale: str = "zh_CN") -> Path:
    """Write the small archive as a workbook, changed by hand in another program."""
    book = openpyxl.load_workbook(io.BytesIO(drawn_of(locale=locale)))
    change(book)
    book.save(path)
    return path


def put(sheet: str, **cells: Any) -> Callable[[Workbook], None]:
    """Return what types something into cells of a sheet."""

    def change(book: Workbook) -> None:
        for cell, value in cells.items():
            book[sheet][cell] = value
            if not isinstance(value, date | timedelta):  # openpyxl gives those a format of their own
                book[sheet][cell].number_format = "General" if isinstance(value, int | float) else "@"

    return change


def rows_of(inventory: Inventory = SMALL) -> dict[str, list[list[Any]]]:
    """Return the rows of each sheet by its Chinese name, headings first."""
    sheets = sheets_of(inventory, zone=SHANGHAI, chinese=True, full=True)
    return {sheet.name: [list(row) for row in rows] for sheet, rows in sheets}


def typed(path: Path, rows: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write rows as a plain workbook; a `Formula` with the value that is kept of it."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, sheet in rows.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(sheet):
                for place, cell in enumerate(row):
                    if isinstance(cell, Formula):
                        page.write_formula(number, place, cell.text, None, cell.value)
                    else:
                        page.write(number, place, cell)
    return path


def separated(folder: Path, rows: Mapping[str, Sequence[Sequence[object]]], *, encoding: str = "utf-8-sig") -> Path:
    """Write rows as CSV files, one a sheet."""
    folder.mkdir()
    for name, sheet in rows.items():
        text = csv_of(sheet).decode("utf-8-sig")
        (folder / f"{name}.csv").write_bytes(text.encode(encoding))
    return folder


def read(path: Path) -> Read:
    found = find_separated(path) if path.is_dir() else find_workbook(path)
    return read_archive(found, zone=SHANGHAI, profiles=PROFILES)


def said(path: Path, *, locale: str = "zh_CN") -> list[str]:
    """Return everything wrong with an archive, in words."""
    return [WORDS[locale].say(finding) for finding in read(path).wrong]


def noted(path: Path) -> list[str]:
    return [WORDS["zh_CN"].note(note) for note in read(path).notes]
