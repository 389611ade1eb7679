"""The report as a workbook: typed cells under heads that stay, every row, and no text that does anything."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from monitor.reports.composing import compose
from monitor.reports.document import Annex, Cell, Column, Document, Heading, Paragraph, Table
from monitor.reports.writers.xlsx import CannotHold, xlsx
from monitor.reports.writers.xlsx_cells import DAY, INSTANT, LENGTH, MINUTES, Typed, typed
from monitor.reports.writers.xlsx_sheets import Names, Sheet, sheets
from monitor.reports.writers.xml_text import held
from tests.inventories import SHANGHAI
from tests.reports.papers import HOSTILE, faults, hostile, month
from tests.reports.sample import sample
from tests.reports.test_docx import ANEW

AT_THE_CLOCK = datetime(2026, 9, 3, 13, 2, 11)  # noqa: DTZ001 - a cell has no zone
REAL = compose(sample(), locale="zh_CN", edition="2026-09", draft=True, compiler="云岭县大数据中心")


def opened(document: Document) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx(document)))


def as_read(value: object) -> object:
    """Return a typed value as a workbook gives it back: a length is days, nothing is None."""
    match value:
        case datetime():
            return value
        case float():
            return round(value, 9)
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001
        case "":
            return None
        case _:
            return value


def read(page: Worksheet, sheet: Sheet) -> Iterator[list[object]]:
    """Yield the rows of a sheet's table as they are read; lengths of time in days again."""
    assert sheet.table is not None
    first, rows, columns = len(sheet.over) + 1, len(sheet.table.rows), len(sheet.table.columns)
    for row in page.iter_rows(min_row=first, max_row=first + rows, max_col=columns):
        yield [
            as_read(cell.value / timedelta(days=1) if isinstance(cell.value, timedelta) else text_of(cell.value))
            for cell in row
        ]


def text_of(value: object) -> object:
    """Return a text as Excel reads it; openpyxl leaves its escapes as they are."""
    return unescape(value) if isinstance(value, str) else value


@pytest.mark.parametrize("document", [month(), REAL, hostile()], ids=["month", "real", "hostile"])
def test_every_cell_has_its_value_and_its_type(document: Document) -> None:
    """What a sheet's table says is read back, value by value, each of its type; and the lines about it."""
    assert_cells(document)


def assert_cells(document: Document) -> None:
    book = opened(document)
    made = sheets(document)
    assert [sheet.name for sheet in made] == book.sheetnames
    for sheet in made:
        page = book[sheet.name]
        lines = [text_of(page.cell(row, 1).value) or None for row in range(1, len(sheet.over) + 1)]
        assert [held(line.text) or None for line in sheet.over] == lines
        if sheet.table is None:
            continue
        head, *rows = read(page, sheet)
        assert [held(column.title) for column in sheet.table.columns] == head
        wanted = [[as_read(typed(cell).value) for cell in row] for row in sheet.table.rows]
        assert wanted == rows


@pytest.mark.parametrize("document", [month(), REAL], ids=["month", "real"])
def test_every_table_and_every_row_of_it_is_there(document: Document) -> None:
    """No row of any table of the report is left out, and every paragraph and heading stands somewhere."""
    book = opened(document)
    rows = [tuple(cell.value for cell in row) for page in book.worksheets for row in page.iter_rows()]
    texts = {value for row in rows for value in row if isinstance(value, str)}
    blocks = [*document.front, *(block for annex in document.annexes for block in annex.blocks)]
    for block in blocks:
        if isinstance(block, Table):
            assert block.rows or block.empty in texts
            said = {cell.text for row in block.rows for cell in row if cell.value is None and cell.text}
            assert said <= texts
        elif isinstance(block, Heading | Paragraph):
            assert any(block.text in text for text in texts)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Cell(text="财政局"), Typed("财政局")),
        (Cell(text="—"), Typed("—")),
        (Cell(text="412", value=412), Typed(412, "0")),
        (Cell(text="13起", value=13), Typed(13, '0"起"')),
        (Cell(text="2（并列）", value=2), Typed(2, '0"（并列）"')),
        (Cell(text="99.99%", value=Fraction(99_998, 100_000)), Typed(0.9999, "0.00%")),
        (Cell(text="99.99 %", value=Fraction(99_998, 100_000)), Typed(0.9999, '0.00" "%')),
        (Cell(text="100.00%", value=Fraction(1)), Typed(1, "0.00%")),
        (Cell(text="-0.03 个百分点", value=Fraction(-3, 10_000)),
         Typed(-0.03, '0.00" 个百分点";"-"0.00" 个百分点"')),
        (Cell(text="+2", value=2), Typed(2, '"+"0')),
        (Cell(text="第2名（共3家）", value=2), Typed(2, '"第"0"名（共3家）"')),
        (Cell(text="没有", value=7), Typed(7, "General")),
        (Cell(text='3"', value=3), Typed(3, '0\\"')),
        (Cell(text=str(10**15), value=10**15), Typed(str(10**15))),
        (Cell(text="4小时24分", value=timedelta(hours=4, minutes=24, seconds=59, microseconds=999_999)),
         Typed(15_899 / 86_400, LENGTH)),
        (Cell(text="720小时", value=timedelta(hours=720)), Typed(30.0, LENGTH)),
        (Cell(text="720小时", value=timedelta(hours=720), to_the_minute=True), Typed(30.0, MINUTES)),
        (Cell(text="−2起", value=-2), Typed(-2, '0"起";"−"0"起"')),
        (Cell(text="−1分", value=timedelta(minutes=-1)), Typed("−1分")),
        (Cell(text="9月3日13:02", value=datetime(2026, 9, 3, 5, 2, 11, 999, tzinfo=UTC).astimezone(SHANGHAI)),
         Typed(AT_THE_CLOCK, INSTANT)),
        (Cell(text="9月3日", value=date(2026, 9, 3)), Typed(date(2026, 9, 3), DAY)),
        (Cell(text="1900-01-01", value=date(1900, 1, 1)), Typed("1900-01-01")),
        (Cell(text="长" * 40_000), Typed("长" * 32_766 + "…")),
    ],
)  # fmt: skip
def test_value_is_what_is_printed(cell: Cell, expected: Typed) -> None:
    """A number is the printed one, never rounded up; what stands around it is its format; the rest stays text."""
    assert expected == typed(cell)


def test_heads_stay_and_can_be_filtered_by() -> None:
    """Under each table's head the sheet scrolls, and on paper the head is on each page, across and as wide as it."""
    book, made = opened(REAL), sheets(REAL)
    for sheet in made:
        page = book[sheet.name]
        assert ("landscape", "9") == (page.page_setup.orientation, str(page.page_setup.paperSize))
        assert page.sheet_properties.pageSetUpPr is not None
        assert (True, 0) == (page.sheet_properties.pageSetUpPr.fitToPage, page.page_setup.fitToHeight)
        above, below = page.oddHeader, page.oddFooter
        assert above is not None
        assert below is not None
        assert REAL.title in str(above.left.text)
        assert "草稿" in str(above.right.text)
        assert REAL.stamp in str(below.left.text)
        if sheet.table is None:
            continue
        head = len(sheet.over) + 1
        assert f"B{head + 1}" == page.freeze_panes
        assert f"${head}:${head}" == page.print_title_rows
        last = page.cell(head + max(1, len(sheet.table.rows)), len(sheet.table.columns)).coordinate
        assert f"A{head}:{last}" == page.auto_filter.ref


def test_no_text_does_anything() -> None:
    """A name is never a formula, a link, a code of the header or a number."""
    book = opened(hostile())
    for page in book.worksheets:
        cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
        assert {"s"} == {cell.data_type for cell in cells}
        assert not [cell for cell in cells if cell.hyperlink]
    with ZipFile(io.BytesIO(xlsx(hostile()))) as packed:
        whole = b"".join(packed.read(name) for name in packed.namelist())
    assert b"<f>" not in whole
    assert b"hyperlink" not in whole
    assert b"&amp;&amp;P&amp;&amp;D" in whole


def test_names_of_sheets_are_those_a_workbook_permits() -> None:
    """A sheet's name is short, without marks that mean something, and no other's, whatever their capitals."""
    names = Names()
    given = [names.give(name) for name in (*HOSTILE, "History", "a/b", "A/B", "长" * 40, "长" * 40, "😀" * 20, "'x'")]
    assert len(given) == len({name.casefold() for name in given})
    for name in given:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set("[]:*?/\\").intersection(name)
        assert not name.startswith("'")
        assert not name.endswith("'")
    assert "history" not in {name.casefold() for name in given}


def test_timelines_are_rows_of_one_sheet() -> None:
    """The timelines of annex 1 are one sheet, each row with its fault, for one fault as for many."""
    page = next(sheet for sheet in sheets(REAL) if sheet.name == "超时故障·经过")
    assert {"附件6 台账缺口", "接入率"} <= {sheet.name for sheet in sheets(REAL)}
    timelines = [block for block in REAL.annexes[0].blocks if isinstance(block, Table)][1:]
    heads = [block.text for block in REAL.annexes[0].blocks if isinstance(block, Heading)]
    assert page.table is not None
    assert ["所属", "时间", "事项", "详情"] == [column.title for column in page.table.columns]
    wanted = [
        [head, *(cell.text for cell in row)] for head, table in zip(heads, timelines, strict=True) for row in table.rows
    ]
    assert wanted == [[cell.text for cell in row] for row in page.table.rows]
    one = replace(REAL, annexes=[Annex(title="附件1", blocks=REAL.annexes[0].blocks[:3])])
    (single,) = (sheet for sheet in sheets(one) if sheet.name == "超时故障·经过")
    assert single.table is not None
    assert page.table.columns[0] == single.table.columns[0]


def test_tables_of_the_same_columns_say_what_stood_over_them() -> None:
    """Tables joined to a sheet keep what was said over each, and say where one had no rows."""
    columns = [Column(title="线路"), Column(title="时长")]
    first = Table(name="更正2026-07故障", columns=columns, rows=[[Cell(text="a"), Cell(text="b")]], empty="没有。")
    second = replace(first, name="更正2026-08故障", rows=[])
    annex = Annex(title="附件7", blocks=[
        Paragraph(text="前言"), Heading(text="七月"), Paragraph(text="说明"), first,
        Heading(text="空"), Paragraph(text="无表"), Heading(text="八月"), second, second, Paragraph(text="后记"),
    ])  # fmt: skip
    made = next(sheet for sheet in sheets(replace(REAL, annexes=[annex])) if sheet.name == "更正2026-0…故障")
    assert made.table is not None
    rows = [["七月", "说明", "a", "b"], *([["八月", "", "没有。", ""]] * 2)]
    assert rows == [[cell.text for cell in row] for row in made.table.rows]
    assert ["附件7", "前言", "空", "无表"] == [line.text for line in made.over]
    assert ["后记"] == [line.text for line in made.under]


def test_many_formats_of_numbers_are_not_more_than_excel_reads() -> None:
    """However many ways numbers are written in, the workbook stays within what Excel reads; none is lost."""
    rows = [[Cell(text=f"{number}种{number * 'x'}", value=number)] for number in range(1, 300)]
    table = Table(name="多", columns=[Column(title="数")], rows=rows, empty="—")
    content = xlsx(replace(month(), annexes=[Annex(title="多", blocks=[table])]))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert list(range(1, 300)) == [row[0].value for row in book["多"].iter_rows(min_row=3)]
    with ZipFile(io.BytesIO(content)) as packed:
        assert packed.read("xl/styles.xml").count(b"<numFmt ") <= 206


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    """A table too long for a sheet is refused with its name, not cut."""
    table = replace(faults(1), rows=[faults(1).rows[0]] * 1_048_576)
    with pytest.raises(CannotHold, match="全部故障: 1048576 rows"):
        xlsx(replace(month(), annexes=[Annex(title="附件2", blocks=[table])]))


def test_same_report_gives_the_same_bytes() -> None:
    """Written twice, and by a new process, the file is the same to the byte."""
    first = xlsx(month())
    assert first == xlsx(month())
    anew = subprocess.run([sys.executable, "-c", ANEW.format(kind="xlsx")], capture_output=True, check=True)
    assert hashlib.sha256(first).hexdigest() == anew.stdout.decode().strip()


def test_lengths_over_a_day_are_read_back_whole() -> None:
    """A length of more than a day is one length, not a time of day."""
    table = Table(
        name="长",
        columns=[Column(title="用时")],
        rows=[[Cell(text="x", value=timedelta(hours=30, seconds=4))]],
        empty="",
    )
    page = opened(replace(month(), annexes=[Annex(title="长", blocks=[table])]))["长"]
    assert timedelta(hours=30, seconds=4) == page.cell(3, 1).value
