"""A changed archive under a running daemon: imported beside it, read at a signal, and no clock is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from monitor.faults.events import FaultOpened, InventoryAdopted, OutageConfirmed, OutageEnded
from tests.daemon.county import COMMUNITY, County, county

DEADLINE = "extranet_fault_deadline_timestamp_seconds L1"
ELAPSED = "extranet_fault_elapsed_seconds L1"
NEW = "192.0.2.10"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path) as made:
        made.edge2.ip("address", "add", f"{NEW}/32", "dev", "lo")
        made.router.route(f"{NEW}/32", via="192.0.2.6")
        yield made


def inventory(here: County, *arguments: str) -> str:
    """Call the command line as a process of its own."""
    command = [sys.executable, "-m", "monitor", "inventory", *arguments, "--config", str(here.folder)]
    environment = os.environ | {"MONITOR_SNMP_COMMUNITY": COMMUNITY, "COLUMNS": "200"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def changed(here: County) -> Path:
    """Export the archive, rename a unit, take a line out and put another in."""
    path = here.folder / "archive.xlsx"
    inventory(here, "export", "--out", str(path))
    book = openpyxl.load_workbook(path)
    book["接入单位"]["C2"] = "县财政局"
    lines = book["线路"]
    assert ["L1", "L2"] == [lines[cell].value for cell in ("A2", "A3")]
    lines.delete_rows(3)
    lines.append(["L3", "u2", "unicom", None, "主用", NEW])
    book.save(path)
    return path


def test_an_import_and_a_signal_leave_the_open_fault_its_number_clock_and_deadline(here: County) -> None:
    """The new line is probed, the one that left is not, nothing is lost or doubled, and the chain holds."""
    here.start()
    here.until_page(line_up=1, L2_line_up=1)
    here.router.link("edge1", up=False)
    here.until_page(fault_open=1)
    here.until(lambda: len(here.events(FaultOpened)) == 1, "the page may be a moment ahead of the ledger")
    [before], page = here.faults(), here.page()

    said = inventory(here, "import", str(changed(here)), "--yes")
    assert "新增1，变更1，离开1。" in said
    assert "extranet_line_up L3" not in here.page()
    here.signal(signal.SIGHUP)
    here.until(lambda: here.page().get("extranet_line_up L3") == 1, "the new line is probed")
    here.until(lambda: "extranet_line_up L2" not in here.page(), "the line that left is not")

    [after], later = here.faults(), here.page()
    assert (before.no, before.discovered_at, before.episodes) == (after.no, after.discovered_at, after.episodes)
    assert (1, page[DEADLINE]) == (later["extranet_fault_open L1"], later[DEADLINE])
    assert later[ELAPSED] > page[ELAPSED]

    here.router.link("edge1", up=True)
    here.until_page(line_up=1, fault_open=0)
    here.until(lambda: len(here.events(OutageEnded)) == 1, "the end is on record")
    here.stop()
    adopted = here.events(InventoryAdopted)
    counts = [len(here.events(kind)) for kind in (FaultOpened, OutageConfirmed, OutageEnded)]
    assert [1, 1, 1] == counts
    assert [before.no] == [fault.no for fault in here.faults()]
    with here.records() as records:
        assert () == records.verify().findings
        assert ["县财政局" in (records.configuration(each.digest) or "") for each in adopted] == [False, True]
