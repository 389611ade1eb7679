"""The dashboards hold to Grafana's own types: npm's ``@grafana/schema``, through the TypeScript compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from grafana.generate import COMMITTED
from tests.needs import need

FOLDER = COMMITTED.parent / "schema-check"


def run(folder: Path, *command: str, dashboards: Path = COMMITTED) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DASHBOARDS": str(dashboards)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def npm() -> str:
    need("node", package="nodejs")
    return need("npm")


@pytest.fixture(scope="module")
def installed(npm: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install what the lock file names, in a folder of its own; nothing that comes with it is run."""
    folder = tmp_path_factory.mktemp("schema") / "check"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules", "emitted"))
    done = run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    assert 0 == done.returncode, done.stderr
    return folder


def test_the_lock_file_names_no_registry() -> None:
    """Whoever installs it asks the registry of his own."""
    assert "://" not in (FOLDER / "package-lock.json").read_text("utf-8")


def test_every_dashboard_has_grafanas_types(npm: str, installed: Path) -> None:
    """No key that Grafana 11.6 does not know, no word that is none of its, none missing that it needs."""
    done = run(installed, npm, "run", "--silent", "check")
    assert 0 == done.returncode, done.stdout


def test_a_wrong_word_and_a_strange_key_are_found(npm: str, installed: Path, tmp_path: Path) -> None:
    """The compiler is not asked in vain."""
    text = (COMMITTED / "en" / "duty-room.json").read_text("utf-8")
    wrong = '"wideLayouts"'.join(text.replace('"background_solid"', '"loud"', 1).rsplit('"wideLayout"', 1))
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "one.json").write_text(wrong, encoding="utf-8")
    shutil.rmtree(installed / "emitted", ignore_errors=True)
    done = run(installed, npm, "run", "--silent", "check", dashboards=tmp_path)
    assert 0 != done.returncode
    assert '"loud"' in done.stdout
    assert "wideLayouts" in done.stdout
