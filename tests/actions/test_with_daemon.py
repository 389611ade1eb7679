"""Beside a running daemon: it does what is asked, at the instant it judges next, once, over ``kill -9``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.faults.events import (
    DaemonStarted,
    ExclusionGranted,
    FaultAcknowledged,
    FaultNoted,
    FaultOpened,
    FaultReported,
    MaintenanceApproved,
    MaintenanceCancelled,
    PartyRuled,
)
from tests.daemon.county import County, county

PATIENCE = 90


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path) as made:
        yield made


def asking(here: County, *arguments: str) -> subprocess.Popen[str]:
    """Begin to call ``monitor`` over the county's folder."""
    command = [sys.executable, "-m", "monitor", *arguments, "--config", str(here.folder)]
    environment = {"PATH": "/usr/bin:/bin", "MONITOR_SNMP_COMMUNITY": "county-of-two"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(asker: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a call; return its exit code and what it said."""
    said, complained = asker.communicate(timeout=PATIENCE)
    return asker.returncode, said + complained


def test_the_daemon_does_what_is_asked_and_survives_a_kill(here: County) -> None:
    here.start()
    here.until_page(line_up=1, L2_line_up=1)
    code, said = ended(asking(here, "fault", "report", "L1", "--by", "unit", "--why", "no web pages"))
    assert (0, True) == (code, said.endswith(": 已报障\n")), said
    here.until_page(fault_open=1, L2_fault_open=0)
    [opened] = here.events(FaultOpened)
    [reported] = here.events(FaultReported)
    assert ("L1", opened.at, "no web pages") == (opened.line, reported.at, reported.why)

    span = ("--from", opened.at.isoformat(), "--to", (opened.at + timedelta(hours=1)).isoformat())
    begin, end = ((opened.at + timedelta(days=days)).isoformat() for days in (1, 2))
    askers = [
        asking(here, "fault", "acknowledge", opened.no, "--by", "carrier"),
        asking(here, "fault", "exclude", opened.no, *span, "--reason", "unit_power", "--id", "x1"),
        asking(here, "fault", "rule", "L1", "--party", "unit", "--by", "unit"),
        asking(here, "maintenance", "add", "--line", "L2", "--from", begin, "--to", end, "--id", "m1"),
    ]
    answers = [ended(asker) for asker in askers]
    assert [0, 0, 2, 0] == [code for code, _ in answers], answers
    assert "only the centre may decide whose a fault is (section 8)" in answers[2][1]
    assert 1 == len(here.events(FaultAcknowledged)) == len(here.events(ExclusionGranted))

    here.kill()
    late = asking(here, "fault", "rule", opened.no, "--party", "unit", "--request", "r1")
    here.start()
    assert 0 == ended(late)[0]
    askers = [
        asking(here, "maintenance", "cancel", "m1"),  # the window is known over the crash
        asking(here, "fault", "rule", opened.no, "--party", "unit", "--request", "r1"),
    ]
    assert [0, 0] == [ended(asker)[0] for asker in askers]
    assert 1 == len(here.events(PartyRuled)) == len(here.events(MaintenanceApproved))
    assert 1 == len(here.events(MaintenanceCancelled))
    here.stop()

    code, said = ended(asking(here, "fault", "note", opened.no, "the daemon has stopped"))
    assert 0 == code, said
    assert 1 == len(here.events(FaultNoted))
    assert 3 == len(here.events(DaemonStarted))  # two of the daemon, one of the moment without it
    with here.records() as records:
        assert () == records.verify().findings
