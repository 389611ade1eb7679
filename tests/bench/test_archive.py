"""A workbook of ten thousand lines looked through before it is imported, beside openpyxl merely loading it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from monitor.inventory.model import Contact, Inventory, Reference
from tests.archive.workbooks import drawn_of
from tests.bench.test_figures import PROFILES, thousands

pytestmark = pytest.mark.bench

LINES = 10_000
MOST_S, MOST_MB = 10.0, 500
TIMES_LOADED = 4  # the trial reads, judges, writes, reads again and compares


def full() -> Inventory:
    """Return a county of many lines, all columns filled: two contacts a unit, a port of its own and more a line."""
    bare = thousands(LINES)
    units = {
        name: replace(
            unit,
            contacts=(
                Contact(role="leader", name=f"王{name}", phone=f"0000-{number:08}"),
                Contact(role="network_admin", name=f"李{name}", phone=f"0001-{number:08}", email=f"{name}@y.example"),
            ),
        )
        for number, (name, unit) in enumerate(bare.units.items())
    }
    lines = {
        name: replace(
            line,
            type="PTN",
            bandwidth_mbps=100,
            port=f"GE0/{number}/1",
            domain=f"{name}.example",
            snmp="default",
            wan="GE0/0/0",
            interfaces=("GE0/0/0", "GE0/0/1"),
        )
        for number, (name, line) in enumerate(bare.lines.items())
    }
    references = {"gateway": Reference(id="gateway", address="203.0.113.1")}
    return replace(bare, units=units, lines=lines, references=references)


def run(folder: Path, *arguments: str) -> tuple[float, float, str]:
    """Run a command of the archive; return its CPU seconds, its memory in MB and its last words."""
    command = [sys.executable, "-m", "monitor", "inventory", *arguments, "--config", str(folder)]
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert 0 == process.returncode
    said = (folder / "out").read_text(encoding="utf-8").splitlines()
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, "".join(said[-2:])


def loaded(path: Path) -> float:
    """Return the CPU seconds that openpyxl takes to load a workbook."""
    began = time.process_time()
    openpyxl.load_workbook(path)
    return time.process_time() - began


def test_a_trial_of_ten_thousand_lines(tmp_path: Path) -> None:
    """The first import, and one that changes a hundred lines; both from the command line."""
    (tmp_path / "monitor.yaml").write_text(PROFILES, encoding="utf-8")
    (tmp_path / "policy.yaml").touch()
    inventory, path = full(), tmp_path / "large.xlsx"
    path.write_bytes(drawn_of(inventory))
    load = loaded(path)
    first, first_memory, said = run(tmp_path, "import", str(path))
    assert f"新增{sum(map(len, (inventory.carriers, inventory.nodes, inventory.units, inventory.lines))) + 1}" in said
    run(tmp_path, "import", str(path), "--yes")
    some = {name: replace(line, bandwidth_mbps=200) for name, line in list(inventory.lines.items())[:100]}
    path.write_bytes(drawn_of(replace(inventory, lines={**inventory.lines, **some})))
    changed, changed_memory, said = run(tmp_path, "import", str(path))
    assert "新增0，变更100，离开0。" in said
    print(
        f"\n| a trial of {LINES:,} lines | the first: {first:.1f} s of CPU, {first_memory:.0f} MB "
        f"| a hundred changed: {changed:.1f} s of CPU, {changed_memory:.0f} MB | openpyxl loads it in {load:.1f} s |"
    )
    assert max(first, changed) < MOST_S
    assert max(first_memory, changed_memory) < MOST_MB
    assert max(first, changed) / load < TIMES_LOADED
