"""The daemon's press: a process of its own does what is due, and what fails is told once and tried again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.desk import now
from monitor.faults.terms import MessageKind
from monitor.press import AGAIN_AFTER, Press
from tests.reports.months import LAST, Desk, desk_at

READY, FAILED = MessageKind.REPORT_READY, MessageKind.REPORT_FAILED


class Told:
    """What the press told."""

    def __init__(self) -> None:
        self.all: list[tuple[MessageKind, str, str]] = []

    def __call__(self, kind: MessageKind, edition: str, detail: str) -> None:
        self.all.append((kind, edition, detail))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(tmp_path, f"sqlite:///{tmp_path}/var/monitor.db")


async def look(press: Press, desk: Desk, at: datetime) -> None:
    def known() -> tuple[object, object]:
        with desk.records() as records:
            return records.editions(), records.begins_at()

    editions, since = await asyncio.to_thread(known)
    await press.look(desk.configuration, editions, now=at, since=since)  # type: ignore[arg-type]


async def test_what_fails_is_told_once_tried_again_and_then_made_good(desk: Desk) -> None:
    """A folder that cannot be written holds up neither the edition nor anything else."""
    told, at = Told(), now()
    press = Press(told)
    desk.out.write_text("in the way")
    await look(press, desk, at)
    [(kind, edition, why)] = told.all
    assert (FAILED, LAST.key, True) == (kind, edition, "report.folder" in why)
    await look(press, desk, at + timedelta(minutes=10))
    await look(press, desk, at + AGAIN_AFTER)
    assert 1 == len(told.all), "told once while it is the same"
    desk.out.unlink()
    await look(press, desk, at + 2 * AGAIN_AFTER)
    kept = {f"{LAST.key}-report.{name}": content for name, content in desk.kept().items()}
    assert (kept, 1) == (desk.written(), len(desk.edition().made))
    await look(press, desk, at + 3 * AGAIN_AFTER)
    assert ([FAILED, MessageKind.LETTERS_READY], 1) == ([kind for kind, _, _ in told.all], len(desk.edition().made))


async def test_a_process_that_dies_is_told_with_its_last_word(desk: Desk) -> None:
    told = Told()
    press = Press(told, command=(sys.executable, "-c", "raise SystemExit('no memory')"))
    await look(press, desk, now())
    assert [(FAILED, "", "no memory")] == told.all
    told = Told()
    press = Press(told, command=("/nowhere/python",))
    await look(press, desk, now())
    assert [(FAILED, "", "no process can be started: No such file or directory")] == told.all


async def test_what_is_not_as_it_should_be_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A report whose page one has become too long is drawn; the log names the cure."""
    said = json.dumps({"edition": LAST.key, "deed": "draw", "number": 1, "warnings": ["page one is too long: shorten"]})
    told = Told()
    await look(Press(told, command=(sys.executable, "-c", f"print({said!r})")), desk, now())
    assert [(READY, LAST.key, "drawn")] == told.all
    assert f"report {LAST.key}: page one is too long: shorten" in caplog.text


def test_killed_at_any_moment_it_leaves_a_record_that_verifies(desk: Desk) -> None:
    """``kill -9`` while it is drawn up: the edition is as before or drawn, and is drawn up afterwards."""
    command = [sys.executable, "-m", "monitor", "report", "draw", "--month", LAST.key, "--config", str(desk.folder)]
    for delay in (1.0, 2.0):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    desk.done("report", "draw", "--month", LAST.key)
    assert desk.edition().latest is not None
    with desk.records() as records:
        assert () == records.verify().findings
