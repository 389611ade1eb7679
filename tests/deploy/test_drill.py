"""The drill: a backup taken while the daemon writes, put back on an empty machine, loses nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.faults.events import FaultNoted
from monitor.store.attachments import Attachments, State
from monitor.store.ledger import Recorded
from monitor.store.records import Records
from tests.daemon.county import COMMUNITY, County, county
from tests.needs import need_root

TOP = Path(__file__).parents[2]
PHOTO = b"a cut fibre"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    """The county of two lines, with a daemon that writes to its database."""
    need_root("network namespaces are made by root")
    folder = tmp_path / "installation"
    folder.mkdir()
    with county(folder) as made:
        yield made


def monitor(folder: Path, *arguments: str) -> str:
    """Run a command over a configuration; it must succeed."""
    done = CliRunner().invoke(main, [*arguments, "--config", str(folder)], env={"MONITOR_SNMP_COMMUNITY": COMMUNITY})
    assert done.exit_code == 0, done.output
    return done.stdout


def empty_machine(file: Path, folder: Path) -> Path:
    """Make what a new machine has: the configuration out of the backup, with its own place for the database."""
    folder.mkdir()
    with zipfile.ZipFile(file) as bundle:
        bundle.extractall(folder, [name for name in bundle.namelist() if name.startswith("configuration/")])
    settings = folder / "configuration" / "monitor.yaml"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("database:")]
    settings.write_text("\n".join([*lines, f"database: sqlite:///{folder}/var/monitor.db", ""]))
    return folder / "configuration"


def ledger(database: Path) -> list[Recorded]:
    with Records.of(f"sqlite:///{database}") as records:
        return list(records.events())


def test_nothing_is_lost(here: County, tmp_path: Path) -> None:
    """A backup under writing holds a beginning of the ledger, whole until then; the last one holds everything."""
    here.start()
    here.until_page(line_up=1, L2_line_up=1)
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    monitor(here.folder, "fault", "report", "L1", "--by", "unit")
    monitor(here.folder, "fault", "note", "L1", "photo", "--attach", str(tmp_path / "photo.jpg"))
    backups = []
    for number, line in enumerate(("L2", "L1")):
        committed = len(ledger(here.folder / "monitor.db"))
        monitor(here.folder, "fault", "report", line, "--by", "unit")
        backups.append((committed, tmp_path / f"{number}.zip"))
        monitor(here.folder, "db", "backup", str(backups[-1][1]))
    drill = [str(TOP / "deploy/drill.sh"), "--config", str(here.folder), "--monitor", program(tmp_path)]
    environment = os.environ | {"MONITOR_SNMP_COMMUNITY": COMMUNITY}
    drilled = subprocess.run(drill, capture_output=True, text=True, check=False, env=environment)
    assert (0, True) == (drilled.returncode, "drill: passed" in drilled.stdout), drilled.stdout + drilled.stderr
    here.stop()
    whole = ledger(here.folder / "monitor.db")
    for committed, file in backups:
        other = empty_machine(file, tmp_path / f"machine-{file.stem}")
        assert "the ledger verifies" in monitor(other, "db", "restore", str(file))
        back = ledger(other.parent / "var/monitor.db")
        assert whole[: len(back)] == back
        assert committed < len(back) < len(whole)
    last = tmp_path / "last.zip"
    monitor(here.folder, "db", "backup", str(last))
    other = empty_machine(last, tmp_path / "machine-last")
    monitor(other, "db", "restore", str(last))
    assert whole == ledger(other.parent / "var/monitor.db")
    assert figures(here.folder) == figures(other)
    attachments = Attachments(f"sqlite:///{other.parent}/var/monitor.db")
    [noted] = [each.event for each in whole if isinstance(each.event, FaultNoted)]
    assert (sha256(PHOTO).hexdigest(), State.WHOLE) == (noted.attachment, attachments.state(noted.attachment or ""))


def test_a_backup_that_is_not_there_is_said_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "monitor.yaml").touch()
    drill = [str(TOP / "deploy/drill.sh"), "--config", str(tmp_path), str(tmp_path / "none.zip")]
    drilled = subprocess.run(drill, capture_output=True, text=True, check=False)
    assert (2, f"drill: there is no backup {tmp_path}/none.zip\n") == (drilled.returncode, drilled.stderr)


def figures(folder: Path) -> list[object]:
    """What is published: faults, availability by line and by carrier; of running clocks not how long they have run."""
    faults = json.loads(monitor(folder, "faults", "--json"))
    for fault in faults:
        for running in [key for key in fault if key.startswith("elapsed") or key == "overtime_s"]:
            del fault[running]
    period = ("--from", "2026-01-01", "--to", until(folder), "--json")
    return [faults, *(json.loads(monitor(folder, "availability", "--by", by, *period)) for by in ("line", "carrier"))]


def until(folder: Path) -> str:
    """The last instant that the database knows."""
    settings = (folder / "monitor.yaml").read_text()
    url = next(line.partition(": ")[2] for line in settings.splitlines() if line.startswith("database:"))
    with Records.of(url) as records:
        judged_at = records.judged_at()
    assert judged_at is not None
    return judged_at.isoformat().replace("+00:00", "Z")


def program(folder: Path) -> str:
    """A program of one name that is the monitor of these sources."""
    path = folder / "monitor"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m monitor "$@"\n')
    path.chmod(0o755)
    return str(path)
