"""A running daemon picks a new archive up by a reload: no clock is lost, and past figures keep their truth."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.faults.events import FaultClosed, FaultOpened, InventoryAdopted, RegisterTaken
from monitor.faults.fault import Fault
from monitor.store.records import Records
from tests.daemon.inside import Inside, inside


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "nothing-secret")
    monkeypatch.setenv("COLUMNS", "200")


async def run(*arguments: object) -> str:
    """Run a command while the daemon goes on."""
    done = await asyncio.to_thread(CliRunner().invoke, main, list(map(str, arguments)))
    assert 0 == done.exit_code, done.output
    return done.stdout


async def open_fault(here: Inside) -> Fault:
    """Return the open fault, once it is in the database."""
    async with asyncio.timeout(60):
        while True:
            with Records.of(here.database) as records:
                found = records.faults(open_only=True)
            if found:
                return found[0]
            await asyncio.sleep(0.1)


async def exported(here: Inside) -> tuple[Path, openpyxl.Workbook]:
    path = here.folder / "archive.xlsx"
    await run("inventory", "export", "--out", path, "--config", here.folder)
    return path, openpyxl.load_workbook(path)


async def test_an_open_fault_keeps_its_number_and_its_clock_over_an_import(tmp_path: Path) -> None:
    """A new line is probed, a renamed unit is renamed, and the fault is the same one, discovered when it was.

    The daemon puts it on record that the archive was taken out.
    """
    async with inside(tmp_path) as here:
        here.echo.silent = {"192.0.2.2"}
        await here.until_page("extranet_fault_open", "L2", 1)
        before = await open_fault(here)
        path, book = await exported(here)
        book["接入单位"]["C3"] = "县教育局"
        book["线路"].append(["L3", "u1", "unicom", None, "备用", "192.0.2.3"])
        book.save(path)
        said = await run("inventory", "import", path, "--yes", "--config", here.folder)
        assert "新增1，变更1，离开0。" in said
        await here.daemon.reload()
        await here.until_page("extranet_line_up", "L3", 1)
        await here.until_page("extranet_fault_open", "L2", 1)
        after = await open_fault(here)
        here.echo.silent = set()
        await here.until_page("extranet_fault_open", "L2", 0)
        await here.ended()
    assert (before.no, before.discovered_at, before.episodes) == (after.no, after.discovered_at, after.episodes)
    assert 1 == len(here.events(FaultOpened))
    assert [(("access_archive",), 6, False)] == [
        (taken.registers, taken.entries, taken.full) for taken in here.events(RegisterTaken)
    ]
    assert 2 == len(here.events(InventoryAdopted))


async def test_a_line_that_leaves_is_warned_of_and_stays_in_past_figures(tmp_path: Path) -> None:
    async with inside(tmp_path) as here:
        here.echo.silent = {"192.0.2.2"}
        await here.until_page("extranet_fault_open", "L2", 1)
        path, book = await exported(here)
        book["线路"].delete_rows(3)
        book.save(path)
        tried = await run("inventory", "import", path, "--config", here.folder)
        no = (await open_fault(here)).no
        assert f"线路L2有未排除的故障{no}" in tried
        told = json.loads(await run("inventory", "import", path, "--yes", "--json", "--config", here.folder))
        assert [{"line": "L2", "no": no}] == told["leaving_with_open_fault"]
        await here.daemon.reload()
        await here.until_page("extranet_fault_open", "L2", None)
        await here.ended()
    figures = json.loads(await run("availability", "--by", "line", "--json", "--config", tmp_path))
    assert "L2" in json.dumps(figures)
    assert [] == here.events(FaultClosed)
    assert no == (await open_fault(here)).no
