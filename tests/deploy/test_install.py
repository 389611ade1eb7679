"""The install script in a clean place: a new administrator's way through install, upgrade, rollback, uninstall."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from monitor import __version__
from monitor.store.records import Records
from monitor.store.revision import wanted
from tests.needs import need, need_root

TOP = Path(__file__).parents[2]
NEWER = "99.0.0"
MIGRATION = '''"""A table that only the test's newer version has."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade() -> None:
    """Make it."""
    op.create_table("of_the_newer_version", sa.Column("id", sa.Integer(), primary_key=True))
'''


class Place:
    """A clean place, the script in it, and what stands there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.folder = folder / "root", folder
        self.etc = self.root / "etc/extranet-monitor"
        self.home = self.root / "opt/extranet-monitor"
        self.state = self.root / "var/lib/extranet-monitor"
        self.backups = self.root / "var/backups/extranet-monitor"

    def run(self, *options: str, source: Path = TOP) -> subprocess.CompletedProcess[str]:
        """Run the script of a source folder; its packages are those that the tests run with."""
        libraries = sysconfig.get_path("purelib")
        command = [str(source / "deploy/install.sh"), "--root", str(self.root), "--libraries", libraries, *options]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)

    def done(self, *options: str, source: Path = TOP) -> str:
        """Run it; it must succeed."""
        ended = self.run(*options, source=source)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def refused(self, code: int, *options: str, source: Path = TOP) -> str:
        """Run it; it must end with this code and one line that names the cure."""
        ended = self.run(*options, source=source)
        lines = ended.stderr.splitlines()
        assert (code, 1) == (ended.returncode, len(lines)), ended.stdout + ended.stderr
        return lines[0]

    def configure(self) -> None:
        """Do what the administrator does: the county's own lines, here one on this machine."""
        settings = self.etc / "monitor.yaml"
        text = settings.read_text().replace("127.0.0.1:8080", "127.0.0.1:0").replace("127.0.0.1:9780", "127.0.0.1:0")
        settings.write_text(text)
        (self.etc / "inventory.yaml").write_text(
            "carriers: [{id: unicom, name: 联通}]\nunits: [{id: u1, name: 财政局}]\n"
            "lines: [{id: L1, unit: u1, carrier: unicom, address: 127.0.0.1}]\n"
        )

    def monitor(self, *arguments: str) -> str:
        """Run a command of the version in use; it must succeed."""
        command = [str(self.home / "current/bin/monitor"), *arguments]
        environment = os.environ | {"MONITOR_CONFIG": str(self.etc)}
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    @property
    def in_use(self) -> str:
        return (self.home / "current").readlink().name

    def everything(self) -> list[tuple[str, bytes]]:
        """Return every file of the place with its content, but for what Python compiles and the lock."""
        found = (path for path in sorted(self.root.rglob("*")) if path.is_file() and path.suffix != ".pyc")
        return [(str(path), path.read_bytes()) for path in found if path.name not in (".lock", "monitor.db.lock")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    need("flock", package="util-linux")
    return Place(tmp_path)


def newer(folder: Path, *, version: str = NEWER, broken: bool = False) -> Path:
    """Make the folder of a newer version: with another table; broken: one whose daemon does not start."""
    source = folder / f"source-{version}"
    for name in ("monitor", "deploy", "config"):
        shutil.copytree(TOP / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(TOP / name, source / name)
    init = source / "monitor/__init__.py"
    init.write_text(init.read_text().replace(f'"{__version__}"', f'"{version}"'))
    revision = source / "monitor/store/migrations/versions/r9999_newer.py"
    revision.write_text(MIGRATION.format(before=wanted()))
    if broken:
        start = source / "monitor/start.py"
        start.write_text(start.read_text().replace("    allow_many_files()\n", "    raise SystemExit(7)\n"))
    return source


def faults_of(place: Place) -> list[str]:
    with Records.of(f"sqlite:///{place.state}/monitor.db") as records:
        return [fault.no for fault in records.faults()]


def test_a_new_administrators_way(place: Place, tmp_path: Path) -> None:
    """Install, configure; upgrade with a change of the database; go back to exactly what was; remove, keeping data.

    A version whose daemon does not start after the database was changed is put back with the database. Two versions
    stay beside each other; what nobody goes back to any more is removed, and it is said.
    """
    assert f"{place.home}/current/bin/monitor check && " in place.done()
    assert __version__ == place.in_use
    assert 0o700 == (place.etc / "secrets").stat().st_mode & 0o777
    assert 0o2750 == place.etc.stat().st_mode & 0o7777, "files that are added are of the monitor's group"
    place.configure()
    configured = (place.etc / "monitor.yaml").read_text()
    place.monitor("db", "upgrade")
    place.monitor("fault", "report", "L1", "--by", "unit")
    before = faults_of(place)

    broken = place.run("--upgrade", source=newer(tmp_path, version="98.0.0", broken=True))
    assert 1 == broken.returncode, broken.stdout + broken.stderr
    assert f"version 98.0.0 does not run; {__version__} is put back" in broken.stderr
    assert_as_before(place, before)

    tried = set(place.backups.glob("*-98.0.0-*.zip"))
    left, spent = litter(place)
    said = place.done("--upgrade", source=newer(tmp_path))
    assert NEWER == place.in_use
    assert [__version__, NEWER] == sorted(path.name for path in (place.home / "releases").iterdir())
    assert tried | left == set(place.backups.iterdir()) - set(place.backups.glob(f"before-{NEWER}-*.zip"))
    removed = {line.split()[-3] for line in said.splitlines() if line.endswith(" is removed")}
    assert {"0.0.1", "0.0.2", *map(str, spent)} == removed
    assert configured == (place.etc / "monitor.yaml").read_text()
    assert 1 == len(list(place.backups.glob(f"before-{NEWER}-*.zip")))
    assert "9999" == revision_of(place)
    place.monitor("fault", "note", before[0], "written by the newer version")

    place.done("--rollback")
    assert_as_before(place, before)
    with zipfile.ZipFile(next(place.backups.glob(f"after-{NEWER}-*.zip"))) as kept:
        kept.extract("database.sqlite", tmp_path)
    assert b"written by the newer version" in (tmp_path / "database.sqlite").read_bytes()

    place.done("--uninstall")
    assert not place.home.exists()
    assert [] == list((place.root / "etc/systemd/system").iterdir())
    assert before == faults_of(place)
    assert configured == (place.etc / "monitor.yaml").read_text()


def test_an_upgrade_that_was_killed_costs_nothing_that_was_recorded_since(place: Place, tmp_path: Path) -> None:
    """Where the version before can read the database, that was not changed: the backup of then is not put back.

    Where it cannot, it is. The next upgrade looks at that first; here it goes no further.
    """
    place.done()
    place.configure()
    place.monitor("db", "upgrade")
    backup = place.backups / f"before-{NEWER}-20260901-120000.zip"
    place.monitor("db", "backup", str(backup))
    place.monitor("fault", "report", "L1", "--by", "unit")
    recorded = faults_of(place)
    source = newer(tmp_path)
    (source / "deploy/ready.py").unlink()

    for changed, left in ((False, recorded), (True, [])):
        if changed:
            command = [sys.executable, "-m", "monitor", "db", "upgrade", "--config", str(place.etc)]
            subprocess.run(command, cwd=source, check=True, capture_output=True)
            assert "9999" == revision_of(place)
        killed = place.home / "releases" / NEWER
        killed.mkdir()
        (killed / "rollback").write_text(f"before={__version__}\nbackup={backup}\nmigrated=yes\n")
        ended = place.run("--upgrade", source=source)
        assert f"was interrupted: going back to {__version__} first" in ended.stdout
        assert (changed, left) == ("the backup is of" in ended.stdout, faults_of(place))
    assert (1, wanted()) == (len(recorded), revision_of(place))


def litter(place: Place) -> tuple[set[Path], set[Path]]:
    """Leave two older versions and backups of all kinds; return those that stay, and those that an upgrade removes.

    Those of versions that are kept stay, of the others' the newest three (two were made by the upgrade that failed),
    every nightly one, and the one that a version kept would be rolled back to, whatever its name.
    """
    releases = place.home / "releases"
    for old in ("0.0.1", "0.0.2"):
        (releases / old / "bin").mkdir(parents=True)
    promised = place.backups / "before-0.0.2-20250101-000000.zip"
    (releases / __version__ / "rollback").write_text(f"before=0.0.2\nbackup={promised}\nmigrated=\n")
    names = (
        *("monitor-20250101-023000", "before-the-flood", f"before-{__version__}-20250101-000000"),
        "after-0.0.3-20250309-120000",
    )
    gone = ("before-0.0.1-20250301-120000", "after-0.0.2-20250302-120000", "before-0.0.2-rc1-20250228-120000")
    left, spent = ({place.backups / f"{name}.zip" for name in some} for some in (names, gone))
    for each in (promised, *left, *spent):
        each.touch()
    return {promised, *left}, spent


def assert_as_before(place: Place, faults: list[str]) -> None:
    assert (__version__, faults, wanted()) == (place.in_use, faults_of(place), revision_of(place))
    assert [__version__] == [path.name for path in (place.home / "releases").iterdir()]
    assert b"written by the newer version" not in (place.state / "monitor.db").read_bytes()


def revision_of(place: Place) -> str:
    with closing(sqlite3.connect(place.state / "monitor.db")) as database:
        found: str = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return found


def test_root_calls_the_monitor_as_its_own_user_with_the_right_to_files(tmp_path: Path) -> None:
    """The command that is installed: another user's file can be read, whatever is written is the monitor's own."""
    need_root("only root becomes another user")
    program, secret = tmp_path / "program", tmp_path / "secret"
    program.write_text(
        f"#!/bin/sh\npython3 -c \"import os; print(os.access('{secret}', os.R_OK), os.geteuid() > 0)\"\n"
        f'cat {secret}\necho "$MONITOR_CONFIG $*" > {tmp_path}/written\n'
    )
    program.chmod(0o755)
    secret.write_text("of root alone")
    secret.chmod(0o600)
    text = (TOP / "deploy/monitor.sh").read_text()
    for what, here in (
        ("user=extranet-monitor", "user=daemon"),
        ("program=/opt/extranet-monitor/current/bin/monitor", f"program={program}"),
    ):
        assert text.count(what) == 1
        text = text.replace(what, here)
    (tmp_path / "monitor.sh").write_text(text)
    command = ["sh", str(tmp_path / "monitor.sh"), "status", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    assert "True True\nof root alone" == done.stdout
    written = tmp_path / "written"
    assert ("daemon", "/etc/extranet-monitor status --json\n") == (written.owner(), written.read_text())


SYSTEMCTL = """#!/bin/sh
echo "$*" >> "$0.log"
case $* in *is-enabled*) case $* in *web.socket) ;; *) exit 1 ;; esac ;; esac
"""


def test_the_sockets_are_stopped_and_started_before_the_service(tmp_path: Path) -> None:
    """A request at a socket starts a service that was stopped; for one that runs systemd opens no socket.

    What the script does with systemd, told to a program that writes down what it is asked.
    """
    machine = (TOP / "deploy/install.sh").read_text().partition("# -- what is done with the machine")[2]
    functions = "#" + machine.partition("# Point ")[0]
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(0o755)
    script = f"set -euo pipefail\nroot=\n{functions}\nstop\nstarts\n"
    subprocess.run(["bash", "-c", script], check=True, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    told = (tmp_path / "systemctl.log").read_text().splitlines()
    assert [
        "stop extranet-monitor-*.socket extranet-monitor.service",
        "start extranet-monitor-web.socket",
        "start extranet-monitor.service",
    ] == [line for line in told if "is-enabled" not in line]


def test_what_cannot_be_done_is_refused_in_one_line_and_leaves_nothing(place: Place, tmp_path: Path) -> None:
    """Each refusal names its cure, and the place stays as it was to the byte."""
    assert "run " in place.refused(2, "--upgrade")
    assert "there is no python9" in place.refused(3, "--python", "python9")
    assert "--wheels: there is no folder" in place.refused(2, "--wheels", "nowhere")
    assert "is unknown" in place.refused(2, "--downgrade")
    assert "--rollback   back to the version before" in place.done("--help")
    place.done()
    place.configure()
    before = place.everything()
    assert f"version {__version__} is installed already: run" in place.refused(2)
    assert "is in use already: unpack another one" in place.refused(2, "--upgrade")
    assert "has none before it" in place.refused(2, "--rollback")
    source = newer(tmp_path)
    (place.etc / "policy.yaml").write_text("clocks: {}\n")
    ended = place.run("--upgrade", source=source)
    assert (2, True) == (ended.returncode, "does not take the configuration" in ended.stderr)
    (place.etc / "policy.yaml").write_bytes((TOP / "config/policy.yaml").read_bytes())
    with (place.home / ".lock").open("w") as lock:
        subprocess.run(["flock", "-x", str(lock.fileno())], pass_fds=[lock.fileno()], check=True)
        assert "another install.sh is at work" in place.refused(3, "--upgrade", source=source)
    (source / "deploy/requirements-run.txt").unlink()
    assert "unpack it whole" in place.refused(2, "--upgrade", source=source)
    assert before == place.everything()
