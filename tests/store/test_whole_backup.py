"""A backup is whole: attachments and configuration are in it, every byte is checked before anything is changed."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.faults.events import FaultNoted
from monitor.store.attachments import Attachments, State
from monitor.store.backup import back_up, restore
from monitor.store.errors import FileRefused
from monitor.store.records import Records
from tests.actions.conftest import Office, local, office_at
from tests.needs import need
from tests.reports.months import LAST, Desk, desk_at

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
FILED = (
    "filed_on=2026-01-02",
    "leader=王伟",
    "leader_phone=13800000000",
    "administrator=李静",
    "administrator_phone=13800000001",
)
PHOTO, SCAN = b"a cut fibre", b"signed by the unit"


@pytest.fixture
def office(url: str, tmp_path: Path) -> Office:
    """A place with a fault that has two attached files, over each kind of database."""
    need("pg_dump", package="postgresql-client")
    return furnished(url, tmp_path)


@pytest.fixture
def sqlite_office(sqlite_url: str, tmp_path: Path) -> Office:
    """The same over SQLite."""
    return furnished(sqlite_url, tmp_path)


def furnished(url: str, tmp_path: Path) -> Office:
    folder = tmp_path / "config"
    folder.mkdir()
    made = office_at(folder, url)
    settings = folder / "monitor.yaml"
    settings.write_text(f"{settings.read_text()}attachments: {tmp_path / 'attachments'}\n")
    made.done("fault", "report", "L1", "--by", "unit")
    for name, content in (("photo.jpg", PHOTO), ("scan.pdf", SCAN)):
        (tmp_path / name).write_bytes(content)
        made.done("fault", "note", "L1", name, "--attach", str(tmp_path / name))
    return made


def attachments(office: Office) -> Attachments:
    return Attachments(office.url, office.configuration.settings.attachments)


def backed_up(office: Office, file: Path) -> Path:
    back_up(office.url, file, at=AT, attachments=attachments(office), configuration=office.folder, force=True)
    return file


def run(office: Office, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--config", str(office.folder)])


def elsewhere(office: Office, tmp_path: Path, url: str) -> Office:
    """An empty machine: the configuration out of a backup, but for the place of the database."""
    folder = tmp_path / "elsewhere" / "config"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "backup.zip") as bundle:
        for name in bundle.namelist():
            if name.startswith("configuration/"):
                (folder / name.removeprefix("configuration/")).write_bytes(bundle.read(name))
    settings = folder / "monitor.yaml"
    text = settings.read_text().replace(office.url, url)
    settings.write_text(text.replace(str(tmp_path / "attachments"), str(tmp_path / "elsewhere" / "attachments")))
    return Office(folder, url)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> str:
    """An empty database of the same kind as the installation's."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/elsewhere/var/monitor.db"
    created: str = request.getfixturevalue("cluster").create()
    return created


def test_onto_an_empty_machine_everything_comes_back(office: Office, tmp_path: Path, empty_url: str) -> None:
    """Ledger, faults, figures and attachments are the same to the byte; the file is its owner's alone."""
    [fault] = office.faults()
    office.done("fault", "restore", fault.no, "--at", local(fault.discovered_at))
    file = backed_up(office, tmp_path / "backup.zip")
    assert stat.S_IRUSR | stat.S_IWUSR == stat.S_IMODE(file.stat().st_mode)
    other = elsewhere(office, tmp_path, empty_url)
    assert "the ledger verifies" in other.done("db", "restore", str(file))
    period = ("--from", "2026-01-01", "--to", "2026-09-01")
    for command in (("faults", "--json"), ("availability", "--json", *period), ("ledger", "verify", "--json")):
        assert json.loads(office.done(*command)) == json.loads(other.done(*command)), command
    there = attachments(other)
    assert {sha256(each).hexdigest() for each in (PHOTO, SCAN)} == set(there.digests())
    assert {State.WHOLE} == {there.state(digest) for digest in there.digests()}
    assert [PHOTO, SCAN] == [there.path(event.attachment).read_bytes() for event in other.events(FaultNoted)]


def test_what_stands_beside_the_ledger_comes_back_too(tmp_path: Path, url: str, empty_url: str) -> None:
    """Editions of the report, their kept files to the byte; what registers say of persons, signed papers with it."""
    need("pg_dump", package="postgresql-client")
    folder = tmp_path / "config"
    folder.mkdir()
    desk = desk_at(folder, url, settings=f"attachments: {tmp_path / 'attachments'}\n")
    desk.done("report", "freeze", "--month", LAST.key)
    (tmp_path / "scan").write_bytes(SCAN)
    desk.done("registers", "add", "admin_filing", "u1", *FILED, "--attach", str(tmp_path / "scan"))
    backed_up(desk, tmp_path / "backup.zip")

    there = elsewhere(desk, tmp_path, empty_url)
    other = Desk(there.folder, there.url)
    other.done("db", "restore", str(tmp_path / "backup.zip"))
    kept = desk.kept()
    assert len(kept) > 1
    assert all(kept.values()), "each has its content"
    assert (kept, desk.spelled()) == (other.kept(), other.spelled())
    [filed] = json.loads(other.done("registers", "list", "admin_filing", "--json"))
    assert json.loads(desk.done("registers", "list", "admin_filing", "--json")) == [filed]
    assert "王伟" in json.dumps(filed, ensure_ascii=False)
    for command in (("report", "verify", "--json"), ("ledger", "verify", "--json")):
        assert json.loads(desk.done(*command)) == json.loads(other.done(*command)), command
    assert SCAN == attachments(other).path(sha256(SCAN).hexdigest()).read_bytes()


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def cut_in_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip(file: Path) -> None:
    """Change one byte of the database within."""
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as bundle:
        entry = next(entry for entry in bundle.infolist() if entry.filename.startswith("database."))
    content[entry.header_offset + 200 + entry.compress_size // 2] ^= 0xFF
    file.write_bytes(bytes(content))


def written_anew(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(file) as bundle:
        content = {name: bundle.read(name) for name in bundle.namelist()}
    change(content)
    with zipfile.ZipFile(file, "w") as bundle:
        for name, data in content.items():
            bundle.writestr(name, data)


def swap_attachment(file: Path) -> None:
    written_anew(
        file, lambda content: content.update({f"attachments/{sha256(SCAN).hexdigest()}": b"another scan of it"})
    )


def drop_attachment(file: Path) -> None:
    written_anew(file, lambda content: content.__delitem__(f"attachments/{sha256(SCAN).hexdigest()}"))


def climb_out(file: Path) -> None:
    written_anew(file, lambda content: content.update({"../outside": b"x"}))


def drop_manifest(file: Path) -> None:
    written_anew(file, lambda content: content.__delitem__("manifest.json"))


def other_format(file: Path) -> None:
    def change(content: dict[str, bytes]) -> None:
        content["manifest.json"] = content["manifest.json"].replace(b'"format": 1', b'"format": 2')

    written_anew(file, change)


def other_end(file: Path) -> None:
    """Say that more was backed up than the database holds: an older dump in a newer backup's place."""

    def change(content: dict[str, bytes]) -> None:
        tree = json.loads(content["manifest.json"])
        tree["ledger"]["seq"] += 1
        content["manifest.json"] = json.dumps(tree).encode()

    written_anew(file, change)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (cut_off, "was cut off"),
        (cut_in_half, "was cut off"),
        (flip, "is damaged"),
        (swap_attachment, "has the content of another"),
        (drop_attachment, "does not hold what its manifest says"),
        (climb_out, "does not hold what its manifest says"),
        (drop_manifest, "holds no manifest"),
        (other_format, "install a newer one"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_and_changes_nothing(
    sqlite_office: Office, tmp_path: Path, break_it: Callable[[Path], None], said: str
) -> None:
    """Cut off, altered, incomplete, from the future: one line says so, and all stays as it is."""
    office = sqlite_office
    file = backed_up(office, tmp_path / "backup.zip")
    break_it(file)
    office.done("fault", "note", "L1", "after the backup")
    attachments(office).remove(sha256(SCAN).hexdigest())
    before = (office.faults(), office.done("ledger", "verify"), sorted(tmp_path.rglob("*")))
    result = run(office, "db", "restore", str(file), "--force")
    assert (2, True) == (result.exit_code, said in result.stderr), result.output
    assert 1 == len(result.stderr.splitlines())
    assert before == (office.faults(), office.done("ledger", "verify"), sorted(tmp_path.rglob("*")))


def test_an_older_database_in_a_newer_backup_is_found_out(sqlite_url: str, tmp_path: Path) -> None:
    """The ledger must end where the manifest says."""
    office = office_at(tmp_path, sqlite_url)
    office.done("fault", "report", "L1", "--by", "unit")
    file = backed_up(office, tmp_path / "backup.zip")
    other_end(file)
    with pytest.raises(FileRefused, match="the ledger ends at event"):
        restore(office.url, file, force=True)


def test_a_backup_of_the_other_kind_of_database_is_refused(office: Office, tmp_path: Path, sqlite_url: str) -> None:
    """SQLite is not put in the place of PostgreSQL, nor the other way round."""
    file = backed_up(office, tmp_path / "backup.zip")
    foreign = "postgresql+psycopg://monitor@/nowhere" if office.url.startswith("sqlite") else sqlite_url
    with pytest.raises(FileRefused, match="but the database here is"):
        restore(foreign, file)


def test_a_missing_attachment_is_told_at_the_backup_and_at_the_restore(office: Office, tmp_path: Path) -> None:
    """What the record names and is gone is told, though the rest is backed up; a restore heals what was damaged."""
    whole = backed_up(office, tmp_path / "whole.zip")
    kept = attachments(office).path(sha256(PHOTO).hexdigest())
    kept.chmod(0o640)
    kept.write_bytes(b"tampered with")
    result = run(office, "db", "backup", str(tmp_path / "lacking.zip"))
    assert (1, True) == (result.exit_code, f"missing or damaged: {kept.name}; restore it" in result.stderr)
    assert (tmp_path / "lacking.zip").is_file()
    office.done("db", "restore", str(whole), "--force")
    assert PHOTO == kept.read_bytes()
    kept.unlink()
    result = run(office, "db", "restore", str(tmp_path / "lacking.zip"), "--force")
    assert (1, True) == (result.exit_code, "missing or damaged" in result.stderr)
    with Records.of(office.url) as records:
        assert () == records.verify().findings


def test_an_erased_attachment_is_not_missing(sqlite_url: str, tmp_path: Path) -> None:
    """What was erased at a person's wish is wanted by no backup."""
    office = office_at(tmp_path, sqlite_url)
    (tmp_path / "scan").write_bytes(SCAN)
    paper = ("registers", "add", "admin_filing", "u1", *FILED)
    office.done(*paper, "--attach", str(tmp_path / "scan"))
    assert 1 == back_up(office.url, tmp_path / "before.zip", at=AT).manifest.attachments
    office.done("registers", "erase", "admin_filing", "u1")
    after = back_up(office.url, tmp_path / "after.zip", at=AT)
    assert (0, ()) == (after.manifest.attachments, after.lacking)


def test_the_newest_backups_of_a_folder_are_kept(sqlite_url: str, tmp_path: Path) -> None:
    """With --keep only files that --into named go, the oldest first, and only after another is whole."""
    office = office_at(tmp_path, sqlite_url)
    into = tmp_path / "backups"
    into.mkdir()
    old = [into / f"monitor-{AT - timedelta(days=days):%Y%m%d-%H%M%S}.zip" for days in (1, 2, 3)]
    for path in (*old, into / "by-hand.zip", into / "monitor-notes.zip"):
        path.touch()
    office.done("db", "backup", "--into", str(into), "--keep", "2")
    assert [False, False, True] == [path.exists() for path in reversed(old)]
    assert 4 == len(list(into.iterdir()))
    for wrong in (("--keep", "2"), (), (str(tmp_path / "x.zip"), "--into", str(into))):
        assert 2 == run(office, "db", "backup", *wrong).exit_code
