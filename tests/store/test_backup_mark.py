"""A backup is known to the daemon by the mark that it leaves; one that fails leaves none."""

from __future__ import annotations

import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.store.backup_mark import NAME, BackupMark, look, made
from monitor.store.errors import FileRefused
from tests.daemon.inside import inside
from tests.store.test_whole_backup import attachments, furnished, run

FIRST, LATER = datetime(2026, 9, 1, 2, 30, tzinfo=UTC), datetime(2026, 9, 3, 2, 30, tzinfo=UTC)


def test_it_is_told_since_when_a_backup_is_awaited_and_of_when_the_last_one_is(tmp_path: Path) -> None:
    """The first look begins the wait, over every restart; a backup ends it, and a look changes nothing."""
    folder = tmp_path / "attachments"
    assert BackupMark(awaited_since=FIRST) == look(folder, now=FIRST)
    assert BackupMark(awaited_since=FIRST) == look(folder, now=LATER)
    done = BackupMark(awaited_since=FIRST, made_at=LATER, lacking=2)
    assert done == made(folder, at=LATER, lacking=2)
    assert done == look(folder, now=LATER + timedelta(days=1))
    assert [(NAME, "0o644")] == [(path.name, oct(path.stat().st_mode & 0o777)) for path in folder.iterdir()]


@pytest.mark.parametrize(
    "damaged",
    ["", "[]", '{"made_at": null}', '{"awaited_since": "2026-09-01T00:00:00", "made_at": null, "lacking": 0}', "\x00"],
)
def test_a_damaged_mark_is_no_backup(tmp_path: Path, damaged: str) -> None:
    """Nothing is invented of it: the wait begins anew."""
    (tmp_path / NAME).write_text(damaged)
    assert BackupMark(awaited_since=LATER) == look(tmp_path, now=LATER)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "attachments").write_text("a file")
    with pytest.raises(FileRefused, match=f"attachments/{NAME} cannot be written"):
        made(tmp_path / "attachments", at=FIRST, lacking=0)


def test_only_a_regular_backup_that_was_made_leaves_a_mark(tmp_path: Path, sqlite_url: str) -> None:
    """One into a FILE, as an upgrade makes it, may be gone tomorrow; one that failed is none."""
    office = furnished(sqlite_url, tmp_path)
    folder = attachments(office).folder
    assert 0 == run(office, "db", "backup", str(tmp_path / "once.zip")).exit_code
    (tmp_path / "file").touch()
    assert 2 == run(office, "db", "backup", "--into", str(tmp_path / "file" / "nightly")).exit_code
    assert not (folder / NAME).exists()
    assert 0 == run(office, "db", "backup", "--into", str(tmp_path / "nightly"), "--keep", "3").exit_code
    whole = look(folder, now=LATER)
    attachments(office).path(attachments(office).digests()[0]).unlink()
    assert 1 == run(office, "db", "backup", "--into", str(tmp_path / "next-night")).exit_code
    lacking = look(folder, now=LATER)
    assert (0, 1) == (whole.lacking, lacking.lacking)
    assert whole.made_at is not None
    assert whole.made_at <= (lacking.made_at or FIRST)


def test_a_backup_of_which_the_monitor_cannot_be_told_says_so(tmp_path: Path, sqlite_url: str) -> None:
    """It is there all the same, and older ones are gone as asked."""
    office = furnished(sqlite_url, tmp_path)
    folder, nightly = attachments(office).folder, tmp_path / "nightly"
    folder.rename(tmp_path / "elsewhere")
    folder.write_text("a file")
    nightly.mkdir()
    (nightly / "monitor-20260901-023000.zip").touch()
    ended = run(office, "db", "backup", "--into", str(nightly), "--keep", "1")
    assert (1, True) == (ended.exit_code, "the monitor is not told of it" in ended.output)
    [left] = nightly.iterdir()
    assert zipfile.is_zipfile(left)


def test_status_says_that_the_last_backup_is_old(tmp_path: Path, sqlite_url: str) -> None:
    """And nothing of one of last night."""
    office = furnished(sqlite_url, tmp_path)
    folder = attachments(office).folder
    said = []
    for at in (FIRST, datetime.now(UTC)):
        made(folder, at=at, lacking=0)
        said.append(office.done("status"))
    assert [True, False] == ["The last backup is of 09-01 10:30" in text for text in said]


async def test_the_page_says_how_old_the_last_backup_is_and_nothing_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new installation only says since when it waits; a restart does not begin the wait anew."""
    monkeypatch.setenv("COMMUNITY", "nothing-secret")
    began = int(time.time())
    pages = []
    for again in (False, True):
        if again:
            assert 0 == nightly(tmp_path).exit_code
        async with inside(tmp_path) as here:
            await here.until_page("monitor_last_backup_lacking_attachments", "", 0 if again else None)
            page = await here.page()
            await here.ended()
        names = ("monitor_backup_awaited_timestamp_seconds", "monitor_last_backup_timestamp_seconds")
        pages.append([page.get((name, "")) for name in names])
    (awaited, none), (still, backed_up) = pages
    assert (None, awaited) == (none, still)
    assert awaited is not None
    assert backed_up is not None
    assert began <= awaited <= backed_up


def nightly(folder: Path) -> Result:
    """Do what the unit of the nightly backup does."""
    return CliRunner().invoke(main, ["db", "backup", "--into", str(folder / "nightly"), "--config", str(folder)])
