"""YAML, workbook and CSV say the same: whatever is written reads back without loss, in the same order."""

from __future__ import annotations

import csv
import string
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.archive.cells import BLANKS, FULL_WIDTH, INVISIBLE, SHORTENED, fits, held_date
from monitor.archive.grid import Failed, Found, Grid
from monitor.archive.reading import read_archive
from monitor.archive.rows import found_of, sheets_of
from monitor.archive.separated import csv_of, find_separated
from monitor.archive.sheets import CONTACT_ROLES, SHEETS, TYPES
from monitor.archive.words import WORDS
from monitor.archive.workbook import find_workbook
from monitor.config.inventory import read_inventory
from monitor.config.inventory_text import inventory_yaml
from monitor.config.problem import Problem
from monitor.config.source import parse
from monitor.inventory.model import Carrier, Contact, Inventory, Unit, UnitKind
from tests.archive.hostile import parts_of
from tests.archive.workbooks import SMALL, drawn_of, read, rows_of, separated
from tests.inventories import SHANGHAI, any_text, fewer, instants, inventories, numbers

FORMULAS = [
    "=1+1",
    "+86-0000-66000001",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''=1",
    "＝1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("x","y")',
]
MEANT = {*CONTACT_ROLES, *CONTACT_ROLES.values(), *TYPES, *TYPES.values()}


def tidy(text: str) -> bool:
    """Tell whether a text is one that an archive may hold: no blanks around it, none that a workbook cannot hold."""
    return text == text.strip(BLANKS) and not {"\ufffe", "\uffff"} & set(text) and text not in MEANT


names = any_text.filter(tidy)
codes = (
    any_text.filter(tidy)
    .filter(lambda text: not any(ord(letter) in FULL_WIDTH for letter in text))
    .filter(lambda text: not SHORTENED.fullmatch(text))  # no telephone number
    .filter(lambda text: not INVISIBLE.search(text))
)
archives = inventories(names, codes)
ALIKE = ["13812340001", "13899990001", "138****0001", "*******0001", "0000-66000201", "0000-77000201", "*", "110"]
staff = st.lists(
    st.builds(
        Contact,
        role=st.sampled_from(["leader", "dispatch"]),
        name=st.sampled_from([None, "王伟"]),
        phone=st.sampled_from([None, *ALIKE]),
    ),
    max_size=5,
).map(tuple)


def staffed(carriers: tuple[Contact, ...], units: tuple[Contact, ...]) -> Inventory:
    """Return the small archive with other people at one carrier and one unit."""
    return replace(
        SMALL,
        carriers={**SMALL.carriers, "unicom": replace(SMALL.carriers["unicom"], contacts=carriers)},
        units={**SMALL.units, "finance": replace(SMALL.units["finance"], contacts=units)},
    )


def owners(inventory: Inventory) -> list[Carrier | Unit]:
    return [*inventory.carriers.values(), *inventory.units.values()]


def of_yaml(text: str) -> Inventory:
    problems: list[Problem] = []
    read = read_inventory([parse(text, file="x")], zone=SHANGHAI, profiles=None, problems=problems)
    assert [] == problems
    return read


def same(inventory: Inventory, found: Found) -> None:
    """Hold that a file says the inventory: to whom has none, unless an asterisk seems to mask a number, and to it."""
    phones = [contact.phone for owner in owners(inventory) for contact in owner.contacts]
    if not any("*" in (phone or "") for phone in phones):
        assert inventory == read_archive(found, zone=SHANGHAI, profiles=None).inventory
    read = read_archive(found, zone=SHANGHAI, profiles=None, present=inventory)
    assert () == read.wrong
    assert inventory == read.inventory
    assert list(inventory.lines) == list(read.inventory.lines)
    text = inventory_yaml(inventory, zone=SHANGHAI)
    assert text == inventory_yaml(of_yaml(text), zone=SHANGHAI) == inventory_yaml(read.inventory, zone=SHANGHAI)


@pytest.mark.parametrize("locale", WORDS)
@fewer
@given(inventory=archives)
def test_yaml_to_workbook_and_back(tmp_path_factory: pytest.TempPathFactory, locale: str, inventory: Inventory) -> None:
    """In both languages: what the workbook says is the inventory, to the second and to the last digit."""
    path = tmp_path_factory.getbasetemp() / f"law-{locale}.xlsx"
    path.write_bytes(drawn_of(inventory, locale=locale))
    same(inventory, find_workbook(path))


@fewer
@given(inventory=archives)
def test_yaml_to_csv_and_back(tmp_path_factory: pytest.TempPathFactory, inventory: Inventory) -> None:
    folder = tmp_path_factory.getbasetemp() / "law-csv"
    folder.mkdir(exist_ok=True)
    for sheet, rows in sheets_of(inventory, zone=SHANGHAI, chinese=True, full=True):
        (folder / f"{sheet.name}.csv").write_bytes(csv_of(rows))
    same(inventory, find_separated(folder))


@given(inventory=st.builds(staffed, staff, staff), full=st.booleans())
def test_masked_or_whole_a_file_says_the_inventory_to_the_same_inventory(inventory: Inventory, full: bool) -> None:
    """However many of an owner's contacts look alike once their numbers are masked."""
    found = found_of("law", sheets_of(inventory, zone=SHANGHAI, chinese=True, full=full), typed=True)
    read = read_archive(found, zone=SHANGHAI, profiles=None, present=inventory)
    assert ((), inventory) == (read.wrong, read.inventory)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_is_written_is_a_text_and_no_formula_and_reads_back_the_same(tmp_path: Path, text: str) -> None:
    """In a workbook it has the type of a text; in CSV an apostrophe before it, which the reading takes away again."""
    unit = Unit(id="finance", name=f"a{text}", short_name=text, kind=UnitKind.DEPARTMENT)
    inventory = replace(SMALL, units={**SMALL.units, "finance": unit})
    path = tmp_path / "small.xlsx"
    path.write_bytes(drawn_of(inventory))
    written = openpyxl.load_workbook(path)["接入单位"]["C2"]
    assert ("s", text) == (written.data_type, written.value)
    assert not any(b"<f>" in part for part in parts_of(path.read_bytes()).values() if b"<worksheet" in part)
    for sheet, rows in sheets_of(inventory, zone=SHANGHAI, chinese=True, full=True):
        (tmp_path / f"{sheet.name}.csv").write_bytes(csv_of(rows))
    cells = [cell for row in csv.reader((tmp_path / "接入单位.csv").open(encoding="utf-8-sig")) for cell in row]
    assert f"'{text}" in cells
    assert text not in cells
    for found in (find_workbook(path), find_separated(tmp_path)):
        assert inventory.units == read_archive(found, zone=SHANGHAI, profiles=None).inventory.units


def test_an_apostrophe_that_keeps_nothing_from_being_a_formula_stays(tmp_path: Path) -> None:
    folder = separated(tmp_path / "csv", rows_of())
    table = folder / "接入单位.csv"
    table.write_text(table.read_text("utf-8-sig").replace("财政局", "'财政局"), encoding="utf-8-sig")
    assert "云岭县'财政局" == read(folder).inventory.units["finance"].name
    assert "'财政局" == read(folder).inventory.units["finance"].short_name


def test_the_same_inventory_is_the_same_workbook_byte_for_byte() -> None:
    assert drawn_of() == drawn_of()


@given(at=instants)
def test_a_cell_holds_a_date_exactly_or_not_at_all(at: datetime) -> None:
    held = held_date(at, SHANGHAI)
    if isinstance(held, datetime):
        assert at in {held.replace(tzinfo=SHANGHAI, fold=fold).astimezone(UTC) for fold in (0, 1)}
    elif isinstance(held, date):
        assert at.astimezone(SHANGHAI).replace(tzinfo=None) == datetime(held.year, held.month, held.day)  # noqa: DTZ001


@given(number=numbers)
def test_a_number_of_at_most_15_digits_fits_a_cell(number: float) -> None:
    assert fits(float(f"{number:.15g}")) or float(f"{number:.15g}") == float("inf")


cells = st.one_of(
    any_text,
    st.text(string.digits + "０１２／－年月日.-/:M ", min_size=1, max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.just(Failed("#N/A")),
)


@st.composite
def grids(draw: st.DrawFn) -> Found:
    """Draw sheets with their headings, some missing or strange, and any cells."""
    drawn = []
    for sheet in SHEETS:
        headings = [draw(st.sampled_from([column.name] * 9 + [column.key, "？"])) for column in sheet.columns]
        rows: dict[int, dict[int, object]] = {1: dict(enumerate(headings, start=1))}
        for number in range(2, 2 + draw(st.integers(0, 2))):
            rows[number] = draw(st.dictionaries(st.integers(1, len(headings) + 1), cells, max_size=5))
        drawn.append(Grid(name=sheet.name, rows=rows, typed=draw(st.booleans())))
    return Found(file="any", grids=tuple(drawn))


@given(found=grids())
def test_whatever_cells_hold_is_read_or_named_in_both_languages(found: Found) -> None:
    """Nothing breaks off the reading, and every finding has its words."""
    read = read_archive(found, zone=SHANGHAI, profiles=["default"])
    for words in WORDS.values():
        assert all(words.say(finding) for finding in read.wrong)
