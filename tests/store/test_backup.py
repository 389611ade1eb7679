"""A backup is one whole state of the database, taken while the daemon writes; a restore puts back what it holds."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from monitor.cli.db import db
from monitor.cli.ledger import ledger
from monitor.store.attachments import Attachments
from monitor.store.backup import BackedUp, restore
from monitor.store.backup import back_up as back_up_at
from monitor.store.database import url_of, writing_engine
from monitor.store.errors import FileRefused, StoreError, StoreInUse
from monitor.store.findings import What
from monitor.store.records import Records
from monitor.store.revision import wanted
from monitor.store.store import Store
from tests.needs import need
from tests.store.county import County


@pytest.fixture(autouse=True)
def _clients() -> None:
    need("pg_dump", package="postgresql-client")


AT = datetime(2026, 9, 1, 12, tzinfo=UTC)


def back_up(url: str, file: Path, *, force: bool = False) -> BackedUp:
    return back_up_at(url, file, at=AT, attachments=beside(url, file), force=force)


def beside(url: str, file: Path) -> Attachments:
    """The attachments of a test: beside PostgreSQL the folder would be the working directory's."""
    return Attachments(url, file.parent / "attachments")


def content(url: str) -> list[object]:
    with Records.of(url) as records:
        return [
            list(records.events()),
            records.faults(),
            records.watches(),
            records.on_their_way(),
            records.judged_at(),
        ]


def forget_all(url: str) -> None:
    """Lose the database."""
    engine = writing_engine(url_of(url))
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").unlink()
        return
    with engine.connect() as connection, connection.begin():
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def alter(url: str) -> None:
    """Change a word in the ledger behind its back."""
    engine = writing_engine(url_of(url))
    on = "" if engine.dialect.name == "sqlite" else " ON event"
    with engine.connect() as connection, connection.begin():
        connection.execute(text(f"DROP TRIGGER event_keep{on}"))
        connection.execute(text("UPDATE event SET body = replace(body, 'l1', 'l2') WHERE seq = 9"))


def test_what_was_backed_up_is_restored(lived_url: str, tmp_path: Path) -> None:
    before = content(lived_url)
    back_up(lived_url, tmp_path / "backup")
    assert {"backup"} == {path.name for path in tmp_path.iterdir() if path.name.startswith("backup")}
    forget_all(lived_url)
    restored = restore(lived_url, tmp_path / "backup")
    assert (restored.verification.findings, restored.replaced) == ((), None)
    assert before == content(lived_url)
    store = Store.open(lived_url)
    with pytest.raises(Exception, match="append-only"), store._transaction() as connection:
        connection.execute(text("DELETE FROM event"))
    store.close()


def test_a_backup_taken_while_the_daemon_writes_is_of_one_instant(url: str, tmp_path: Path) -> None:
    store, county = Store.open(url), County.fresh()
    store.commit(county.started())
    enough = threading.Event()

    def write() -> None:
        for batch in county.batches(5_000):
            store.commit(batch)
            if enough.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    for number in range(3):
        back_up(url, tmp_path / f"backup-{number}")
    enough.set()
    writer.join()
    last = store.head.seq
    store.close()
    seen = [restore(url, tmp_path / f"backup-{number}", force=True).verification for number in range(3)]
    assert [verification.findings for verification in seen] == [()] * 3
    heads = [verification.head.seq for verification in seen]
    assert heads == sorted(heads)
    assert heads[-1] <= last


@pytest.mark.parametrize("folder", ["none", "file"])
def test_a_folder_that_is_none_is_named_as_it_was_given(lived_url: str, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileRefused) as refused:
        back_up(lived_url, tmp_path / folder / "backup")
    assert f"{tmp_path / folder}/backup cannot be written: there is no folder {tmp_path / folder}" == str(refused.value)


def test_a_backup_never_replaces_a_file_unasked(lived_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_text("dear diary")
    with pytest.raises(FileRefused, match="there already"):
        back_up(lived_url, file)
    assert file.read_text() == "dear diary"
    back_up(lived_url, file, force=True)
    assert not restore(lived_url, file, force=True).verification.findings


def test_a_restore_never_replaces_a_database_unasked(lived_url: str, tmp_path: Path) -> None:
    back_up(lived_url, tmp_path / "backup")
    with pytest.raises(FileRefused, match="not empty: give --force"):
        restore(lived_url, tmp_path / "backup")
    store = Store.open(lived_url)
    with pytest.raises(StoreInUse):
        restore(lived_url, tmp_path / "backup", force=True)
    store.close()


def test_a_file_that_is_no_backup_is_refused(lived_url: str, tmp_path: Path) -> None:
    before = content(lived_url)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff" * 5000)
    (tmp_path / "empty").touch()
    for name in ("photo.jpg", "empty", "nowhere"):
        with pytest.raises((FileRefused, StoreError)):
            restore(lived_url, tmp_path / name, force=True)
    assert before == content(lived_url)


def test_an_altered_backup_is_found_out(lived_url: str, tmp_path: Path) -> None:
    before = content(lived_url)
    back_up(lived_url, tmp_path / "sound")
    alter(lived_url)
    back_up(lived_url, tmp_path / "altered")
    restore(lived_url, tmp_path / "sound", force=True)
    findings = restore(lived_url, tmp_path / "altered", force=True).verification.findings
    assert {9} == {finding.seq for finding in findings if "body of event" in finding.text}
    if lived_url.startswith("sqlite"):  # checked before it took the database's place
        assert before == content(lived_url)


def test_a_slip_beside_the_ledger_is_no_reason_to_have_no_record(lived_url: str, tmp_path: Path) -> None:
    """It is put back, and a verification names the slip afterwards."""
    with writing_engine(url_of(lived_url)).connect() as connection, connection.begin():
        connection.execute(text("UPDATE standing SET numbered = numbered + 7"))
    back_up(lived_url, tmp_path / "backup")
    forget_all(lived_url)
    assert () == restore(lived_url, tmp_path / "backup").verification.findings
    with Records.of(lived_url) as records:
        assert {What.RECORD} == {finding.what for finding in records.verify().findings}


# -- the commands ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(lived_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder that names the database."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "monitor.yaml").write_text(f"database: {lived_url}\n")
    (folder / "policy.yaml").touch()
    (folder / "inventory.yaml").write_text(
        "carriers: [{id: unicom, name: Unicom}]\nunits: [{id: u1, name: Unit 1}]\n"
        "lines: [{id: l1, unit: u1, carrier: unicom, address: 192.0.2.1}]\n"
    )
    monkeypatch.chdir(tmp_path)
    return folder


def run(group: object, *arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments))  # type: ignore[arg-type]


def test_the_ledger_is_verified_from_the_command_line(lived_url: str, folder: Path) -> None:
    with Records.of(lived_url) as records:
        events, faults = len(list(records.events())), len(records.faults())
    fine = run(ledger, "verify")
    assert (0, f"the ledger verifies: {events} events, {faults} faults") == (
        fine.exit_code,
        fine.output.split(", head")[0],
    )
    alter(lived_url)
    broken = run(ledger, "verify")
    assert broken.exit_code == 1
    assert "the body of event 9 was altered" in broken.output
    told = run(ledger, "verify", "--json")
    assert told.exit_code == 1
    findings = json.loads(told.stdout)["findings"]
    assert {"what": "body_altered", "seq": 9} in [{key: one[key] for key in ("what", "seq")} for one in findings]


def test_backup_and_restore_from_the_command_line(lived_url: str, folder: Path, tmp_path: Path) -> None:
    before = content(lived_url)
    assert run(db, "backup", "saved").exit_code == 0
    assert run(db, "backup", "saved").exit_code == 2
    refused = run(db, "restore", "saved")
    assert (refused.exit_code, "give --force" in refused.output) == (2, True)
    done = run(db, "restore", "saved", "--force")
    assert (done.exit_code, "the ledger verifies" in done.output) == (0, True)
    assert before == content(lived_url)
    store = Store.open(lived_url)
    assert run(db, "restore", "saved", "--force").exit_code == 3
    store.close()


def test_upgrade_from_the_command_line(lived_url: str, folder: Path) -> None:
    assert run(db, "upgrade").output == f"the tables are at revision {wanted()} already\n"
    forget_all(lived_url)
    missing = run(ledger, "verify")
    assert (missing.exit_code, "monitor db upgrade" in missing.output) == (3, True)
    assert run(db, "upgrade").output == f"the tables went from nothing to revision {wanted()}\n"
    assert run(ledger, "verify").exit_code == 0
