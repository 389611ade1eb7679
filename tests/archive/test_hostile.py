"""What is no archive is refused in one line that names place and cure, within bounds of time and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.hostile import FILES, GIGABYTE, LINES, expected, merges, rows_more, with_changed
from tests.archive.workbooks import SMALL, read, rows_of, said, separated, workbook

SECONDS = 30  # of the processor; a refusal takes one
ROOM = 1 * GIGABYTE  # of addresses, the interpreter's own included
DEAREST = ("bomb that lies", "ten million cells", "many strings", "entities of a sheet", "device")
REACHING = b'<dimension ref="A1:XFD1048576"/>'


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """Check a file in a process that is ended where it takes more than its share."""
    command = [sys.executable, "-m", "monitor", "inventory", "check", str(path), "--config", str(path.parent)]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=bounded, check=False)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_or_broken_file_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    make, told = FILES[name]
    assert [expected(told)] == said(make(tmp_path))


@pytest.mark.parametrize(
    "name", ["bomb that lies", "ten million cells", "many strings", "entities of a sheet", "device"]
)
def test_a_refusal_costs_a_bounded_amount_of_time_and_memory(tmp_path: Path, name: str) -> None:
    make, told = FILES[name]
    done = check(make(tmp_path))
    assert (2, expected(told)) == (done.returncode, done.stdout.strip())
    assert "monitor: small.xlsx: 1 problem: nothing is taken\n" == done.stderr


def test_a_sheet_that_says_it_reaches_to_the_last_cell_is_read_as_far_as_it_does(tmp_path: Path) -> None:
    """Some rows below are formatted and empty, as programs leave them."""

    def change(sheet: bytes) -> bytes:
        assert b"<dimension" in sheet
        return (
            sheet[: sheet.index(b"<dimension")] + REACHING + sheet[sheet.index(b"/>", sheet.index(b"<dimension")) + 2 :]
        )

    found = read(with_changed(LINES, change)(tmp_path))
    assert ((), SMALL) == (found.wrong, found.inventory)
    found = read(rows_more(2000, 15, b'<c s="1"/>')(tmp_path))
    assert ((), SMALL) == (found.wrong, found.inventory)


def test_cells_merged_to_the_end_of_the_sheet_are_named_where_there_are_rows(tmp_path: Path) -> None:
    path = with_changed(LINES, merges('<mergeCell ref="J2:XFD1048576"/>'))(tmp_path)
    assert "线路!J2（域名）：合并单元格J2:XFD1048576；取消合并，每行分别填写" in said(path)


def test_a_link_to_a_workbook_is_read_as_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "small.xlsx").symlink_to(workbook(tmp_path / "real.xlsx"))
    assert SMALL == read(tmp_path / "small.xlsx").inventory


def test_of_a_folder_each_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A line of a gigabyte, one longer than any cell, millions of rows and a device: one finding each, and no other."""
    folder = separated(tmp_path / "csv", rows_of())
    with (folder / "线路.csv").open("wb") as file:
        file.truncate(GIGABYTE)
    (folder / "联系人.csv").write_text("字" * 200_000, encoding="utf-8")
    (folder / "汇聚节点.csv").write_text("编号\n" * 3_000_000, encoding="ascii", errors="replace")
    (folder / "接入单位.csv").unlink()
    (folder / "接入单位.csv").symlink_to("/dev/zero")
    done = check(folder)
    assert [
        "汇聚节点：内容过多，只读到第599997行；弄清文件来历；删除与档案无关的行和列",
        "接入单位：不是普通文件，而是设备或管道；指定一个.xlsx文件；CSV文件放在一个文件夹里，指定该文件夹",
        "线路：文件过大，超过20MB；删除与档案无关的内容，如图片",
        "联系人!1：有一格超过131072个字；改正该行：多半是引号没有配对，或不是CSV文件；最好改用.xlsx",
    ] == done.stdout.splitlines()
    assert "monitor: csv: 4 problems: nothing is taken\n" == done.stderr
