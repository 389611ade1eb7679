"""A month's letters lie beside its report once, whole or not at all, and the centre is told of them once."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.alarms import alarm
from monitor.cli.desk import Desk as Asking
from monitor.cli.desk import now
from monitor.cli.due import do_what_is_due
from monitor.correspondence import wanted
from monitor.editions.actions import DrawEdition
from monitor.faults.blindness import Sight
from monitor.faults.events import EditionMade
from monitor.faults.terms import MessageKind, Source
from monitor.press import Press
from monitor.store.batch import Batch
from monitor.store.editions import Kept
from monitor.store.store import Store
from tests.actions.conftest import INVENTORY, ZONE
from tests.reports.months import LAST, Desk, desk_at
from tests.reports.test_due import AGAIN, FINAL, FIRST, SEPTEMBER, known, local, made

EARLY = made(SEPTEMBER, local("2026-09-28 10:00"))
READY = MessageKind.LETTERS_READY
TODAY = now().astimezone(ZONE).date()
FOLDER = f"{LAST.key}-letters"
SUBJECTS = ("u1", "u2", "u3", "unicom")
PAPERS = (
    f"admin_filing u1 leader=王伟 leader_phone=0000-66001234 administrator=李娜 administrator_phone=0000-66001235"
    f" filed_on={TODAY}",
    f"confidentiality_commitment u1 signatory=王伟 signed_on={TODAY}",
    f"carrier_guarantee unicom signed_on={TODAY} expires_on=2098-01-01 contact=调度 contact_phone=0000-66001236",
    f"emergency_plan u1 version=V1 issued_on={TODAY}",
    f"disaster_backup u1 system=办公系统 method=双机 last_restore_test_on={TODAY}",
    f"access_review u1 application=接入 line=L1 decision=同意 approved_on={TODAY}",
)


@dataclass
class Told:
    """What the press told."""

    all: list[tuple[MessageKind, str, str]] = field(default_factory=list)

    def __call__(self, kind: MessageKind, edition: str, detail: str) -> None:
        self.all.append((kind, edition, detail))


def desk_with_a_report(folder: Path, inventory: str = INVENTORY) -> Desk:
    """Furnish a place where last month's report was drawn up today."""
    desk = desk_at(folder, f"sqlite:///{folder}/var/monitor.db")
    (folder / "inventory.yaml").write_text(inventory, encoding="utf-8")
    kept = [Kept.of(b"{}"), Kept.of(b"a report")]
    action = DrawEdition(
        at=now(), by=Source.MONITOR, edition=LAST.key, begins_at=LAST.span[0], ends_at=LAST.span[1], number=1,
        as_of=now(), policy=desk.configuration.policies.in_force(now()).version, ledger_seq=1, ledger_hash="0" * 64,
        figures=kept[0].digest, files={"html": kept[1].digest},
    )  # fmt: skip
    Asking(desk.configuration).ask(uuid.uuid4().hex, action, files=kept)
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_with_a_report(tmp_path)


async def pressed(desk: Desk, *, lettered: Iterable[str] = (), times: int = 1) -> Told:
    """Return what a daemon's press tells that looks so many times."""
    told = Told()
    press = Press(told, lettered=lettered)
    for _ in range(times):
        with desk.records() as records:
            editions, since = records.editions(), records.begins_at()
        await press.look(desk.configuration, editions, now=now(), since=since)
    return told


def done(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Any:
    """Do what is due here; return what is said of it, None where nothing was."""
    capsys.readouterr()
    assert do_what_is_due(desk.configuration)
    said = capsys.readouterr().out
    return json.loads(said) if said else None


def tell(desk: Desk) -> None:
    """Put on record that the centre was told."""
    store, at = Store.open(desk.url), now().replace(microsecond=0)
    due = alarm(at, READY, subject=LAST.key, detail=f"4 {desk.out / FOLDER}")
    store.commit(Batch(judged_at=at, sight=Sight(), numbered=None, events=(due,)))
    store.close()


def letters(desk: Desk) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((desk.out / FOLDER).iterdir())}


async def test_they_are_written_on_the_day_of_the_report_and_told_once(desk: Desk) -> None:
    """The very texts that the command writes for that day, in a folder of their own; the message counts them."""
    told = await pressed(desk, times=2)
    assert [(READY, LAST.key, f"4 {desk.out / FOLDER}")] == told.all
    desk.done("registers", "gaps", "--as-of", TODAY.isoformat(), "--letters", str(desk.folder / "by-hand"))
    by_hand = {path.name: path.read_text(encoding="utf-8") for path in (desk.folder / "by-hand").iterdir()}
    assert by_hand == letters(desk)
    assert [f"{subject}-{TODAY}.txt" for subject in SUBJECTS] == list(letters(desk))
    assert [FOLDER] == [path.name for path in desk.out.iterdir() if path.is_dir()], "nothing half-done stays"


def test_they_stay_as_they_were_until_the_centre_was_told_and_do_not_come_back(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """An end between writing and telling makes them told of afterwards; sent and cleared away they are done with."""
    said = {"edition": LAST.key, "deed": "letters", "letters": 4, "folder": str(desk.out / FOLDER)}
    assert said == done(desk, capsys)
    before = letters(desk)
    desk.done("registers", "add", "confidentiality_commitment", "u1", "signatory=王伟", f"signed_on={TODAY}")
    assert (said, before) == (done(desk, capsys), letters(desk))
    tell(desk)
    shutil.rmtree(desk.out / FOLDER)
    assert done(desk, capsys) is None
    assert not (desk.out / FOLDER).exists()


def test_what_a_kill_left_half_done_is_cleared_away(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder gets its name when every letter is in it."""
    half = desk.out / f".{FOLDER}.part"
    half.mkdir(parents=True)
    (half / "u9-2020-01-01.txt").write_text("half a let", encoding="utf-8")
    done(desk, capsys)
    assert [f"{subject}-{TODAY}.txt" for subject in SUBJECTS] == list(letters(desk))
    assert not half.exists()


async def test_where_nobody_owes_anything_there_is_no_folder_and_no_message(tmp_path: Path) -> None:
    one_unit = INVENTORY.replace(", {id: u2, name: 教育局}, {id: u3, name: 民政局}", "")
    desk = desk_with_a_report(tmp_path, one_unit[: one_unit.index("  - {id: L2")])
    for papers in PAPERS:
        desk.done("registers", "add", *papers.split(" "))
    told = await pressed(desk, times=2)
    assert [] == told.all
    assert [] == [path.name for path in desk.out.iterdir() if path.is_dir()]


async def test_a_folder_that_cannot_be_written_is_told_as_a_failure_once(desk: Desk) -> None:
    """And made good when it can be."""
    desk.out.mkdir()
    (desk.out / f".{FOLDER}.part").write_text("in the way", encoding="utf-8")
    told = Told()
    press = Press(told)
    with desk.records() as records:
        editions, since = records.editions(), records.begins_at()
    for hours in (0, 1):
        await press.look(desk.configuration, editions, now=now() + timedelta(hours=hours), since=since)
    assert [(MessageKind.REPORT_FAILED, LAST.key)] == [each[:2] for each in told.all]
    (desk.out / f".{FOLDER}.part").unlink()
    await press.look(desk.configuration, editions, now=now() + timedelta(hours=3), since=since)
    assert READY == told.all[-1][0]
    assert 4 == len(letters(desk))


@pytest.mark.parametrize(
    ("rule", "events", "at", "expected"),
    [
        ("not drawn up yet", [], "2026-10-01 05:00", None),
        ("of the day of the first drawing", [FIRST], "2026-10-01 04:01", "2026-10-01"),
        ("however late", [FIRST, AGAIN], "2026-10-04 09:00", "2026-10-01"),
        ("frozen before they were written", [FIRST, FINAL], "2026-10-31 23:59", "2026-10-01"),
        ("another month is over", [FIRST, FINAL], "2026-11-01 00:00", None),
        ("drawn before the month was over", [EARLY], "2026-10-01 03:00", None),
        ("and again after it", [EARLY, AGAIN], "2026-10-04 04:01", "2026-10-04"),
    ],
)
def test_which_letters_are_wanted(rule: str, events: list[EditionMade], at: str, expected: str | None) -> None:
    letters = wanted(known(*events), ZONE, local(at))
    assert expected == (letters and letters.on.isoformat()), rule
