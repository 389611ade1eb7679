"""A folder of CSV files, one a sheet: in UTF-8 or GBK, its dates and numbers as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.archive.words import WORDS
from tests.archive.workbooks import SMALL, noted, read, rows_of, said, separated

ENGLISH = dict(zip(rows_of(), ["carriers", "nodes", "units", "lines", "contacts", "References"], strict=True))
DATES = ["2019-01-01", "2019/1/1", "2019-1-1", "2019-01-01 00:00:00", "2019/1/1 0:00", "2018-12-31T16:00:00Z"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_utf_8_and_gbk_are_read_and_gbk_is_said(tmp_path: Path, encoding: str) -> None:
    folder = separated(tmp_path / "csv", rows_of(), encoding=encoding)
    assert ([], SMALL) == (said(folder), read(folder).inventory)
    assert ("按GBK编码读取" in "".join(noted(folder))) == encoding.startswith("gb")


def test_files_may_have_the_english_names(tmp_path: Path) -> None:
    rows = {ENGLISH[name]: sheet for name, sheet in rows_of().items()}
    assert SMALL == read(separated(tmp_path / "csv", rows)).inventory


@pytest.mark.parametrize("written", DATES)
def test_a_date_is_read_as_excel_and_yaml_write_it(tmp_path: Path, written: str) -> None:
    rows = rows_of()
    rows["线路"][1][13] = written
    folder = separated(tmp_path / "csv", rows)
    assert ([], SMALL) == (said(folder), read(folder).inventory)


@pytest.mark.parametrize(
    ("row", "column", "written", "expected"),
    [
        (1, 13, "2019年1月1日", "线路!N2（启用日期）：日期“2019年1月1日”存成了文本；设为日期格式后重新输入2019-01-01"),
        (1, 13, "43466", "线路!N2（启用日期）：“43466”不是日期；填写日期，如2019-01-01"),
        (1, 7, "100M", "线路!H2（带宽Mbps）：“100M”不是大于0的数；只填数字，不带单位，如100"),
        (3, 5, "１９２.0.2.3", "线路!F4（地址）：含有全角字符“１９２”；改为半角“192.0.2.3”"),
        (3, 1, "qingxi ", "线路!B4（单位编号）：首尾有多余的空格；改为“qingxi”"),
        (2, 5, "192.0.2.1", "线路!F3（地址）：地址与线路!A2的线路finance-1重复；"
         "每条线路、每个参照地址各用一个地址；已停用的，填写停用日期"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_the_row_that_a_spreadsheet_shows(
    tmp_path: Path, row: int, column: int, written: str, expected: str
) -> None:
    rows = rows_of()
    rows["线路"][row][column] = written
    assert [expected] == said(separated(tmp_path / "csv", rows))


def test_a_line_break_within_a_cell_moves_no_row(tmp_path: Path) -> None:
    rows = rows_of()
    rows["线路"][1][12] = "GE0/0/0\nGE0/0/1"
    rows["线路"][2][5] = "x"
    assert ["线路!F3（地址）：“x”不是IPv4或IPv6地址；填写一台设备的地址，如192.0.2.10"] == said(
        separated(tmp_path / "csv", rows)
    )


def test_what_cannot_be_decoded_is_named_and_drags_nothing_in(tmp_path: Path) -> None:
    folder = separated(tmp_path / "csv", rows_of())
    (folder / "线路.csv").write_bytes(b"\xff\xfe" + "编号".encode("utf-16-le"))
    (folder / "接入单位.csv").write_text('编号,名称\nfinance,"财政局\n', encoding="utf-8")
    assert [
        "接入单位!2：引号没有配对；改正该行的引号；最好改用.xlsx",
        "线路：编码既不是UTF-8，也不是GBK；另存为“CSV UTF-8”",
    ] == said(folder)


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_a_file_without_commas_is_told_apart_from_one_without_headings(tmp_path: Path, separator: str) -> None:
    folder = separated(tmp_path / "csv", rows_of())
    lines = (folder / "线路.csv").read_text(encoding="utf-8").replace(",", separator)
    (folder / "线路.csv").write_text(lines, encoding="utf-8")
    cure = "另存为以逗号分隔的“CSV UTF-8”；最好改用.xlsx"
    assert [f"线路!1：各列之间不是用逗号分隔的；{cure}"] == said(folder)


def test_a_hidden_file_is_nobodys_table(tmp_path: Path) -> None:
    folder = separated(tmp_path / "csv", rows_of())
    (folder / "._线路.csv").write_bytes(b"\0\5\x16\7Mac OS X")
    assert ([], SMALL) == (said(folder), read(folder).inventory)


def test_a_folder_without_csv_is_told_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [f"{tmp_path.name}：文件夹中没有CSV文件；每张表一个文件，如“线路.csv”或“lines.csv”"]
    monkeypatch.chdir(tmp_path)
    assert told == said(tmp_path) == said(Path())


def test_both_names_of_a_sheet_at_once_are_one_too_many(tmp_path: Path) -> None:
    folder = separated(tmp_path / "csv", rows_of())
    (folder / "lines.csv").write_bytes((folder / "线路.csv").read_bytes())
    assert ["线路：与工作表“lines”是同一种表；只留一个"] == said(folder)


def test_every_finding_and_note_has_its_words_in_both_languages() -> None:
    chinese, english = WORDS["zh_CN"], WORDS["en"]
    assert chinese.findings.keys() == english.findings.keys()
    assert chinese.notes.keys() == english.notes.keys()
    assert chinese.screen.keys() == english.screen.keys()
    assert chinese.columns.keys() == english.columns.keys()
