"""LibreOffice opens what is exported, and what it saves imports as the same."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from monitor.archive.words import WORDS
from monitor.archive.words.registers import REGISTER_WORDS
from monitor.cli import main
from monitor.config.inventory_text import inventory_yaml
from monitor.inventory.model import Inventory
from monitor.lab.county import generate
from tests.actions.conftest import ZONE, Office
from tests.needs import need

PATIENCE = 120  # seconds; a start and some files take five
PROFILES = "snmp: {profiles: {default: {version: 2c, community: {env: HOME}}}}\n"


def saved_again(paths: list[Path], into: Path) -> None:
    """Let LibreOffice open workbooks and save each under its name in another folder, in one run."""
    soffice = need("soffice", package="libreoffice-calc-nogui")
    profile = f"-env:UserInstallation=file://{into}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(into), *map(str, paths)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=PATIENCE)
    finally:  # it starts another program and may end before that does
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert 0 == process.returncode, said
    assert all((into / path.name).is_file() for path in paths), said


def county() -> Inventory:
    """Return the sample county with a name that begins as a formula does, and a line that left."""
    whole = generate().inventory
    unit, line = next(iter(whole.units.values())), next(iter(whole.lines.values()))
    assert line.in_service_from is not None
    left = replace(line, in_service_to=line.in_service_from.replace(hour=6, year=2030))
    return replace(
        whole,
        units={**whole.units, unit.id: replace(unit, name="=1+1", short_name="+86 '县'")},
        lines={**whole.lines, line.id: left},
    )


def inventory(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["inventory", *arguments, "--config", str(folder)])
    assert 0 == done.exit_code, done.output
    return done.stdout


def test_what_libreoffice_saves_of_exports_and_templates_imports_without_a_difference(
    kept: Office, tmp_path: Path
) -> None:
    """Of the inventory in both languages and of the registers; in one run of LibreOffice."""
    folder, again = tmp_path / "county", tmp_path / "again"
    folder.mkdir()
    again.mkdir()
    database = f"database: sqlite:///{folder}/var/monitor.db\n"
    (folder / "monitor.yaml").write_text(PROFILES + database, encoding="utf-8")
    (folder / "policy.yaml").touch()
    (folder / "inventory.yaml").write_text(inventory_yaml(county(), zone=ZONE), encoding="utf-8")
    chinese, english, template = (tmp_path / f"{name}.xlsx" for name in ("archive", "english", "template"))
    inventory(folder, "export", "--out", str(chinese))
    inventory(folder, "export", "--out", str(english), "--locale", "en")
    inventory(folder, "template", "--out", str(template))
    registers, empty = tmp_path / "registers.xlsx", tmp_path / "registers-template.xlsx"
    kept.done("registers", "export", "--out", str(registers))
    kept.done("registers", "template", "--out", str(empty))

    saved_again([chinese, english, template, registers, empty], again)

    assert WORDS["zh_CN"].screen["same"] in inventory(folder, "import", str(again / chinese.name))
    assert WORDS["zh_CN"].screen["same"] in inventory(folder, "import", str(again / english.name))
    refused = CliRunner().invoke(main, ["inventory", "check", str(again / template.name), "--config", str(folder)])
    words = WORDS["zh_CN"].findings["empty_sheet"]
    said = [f"{sheet}：{'；'.join(words)}" for sheet in ("网络运营商", "接入单位", "线路")]
    assert said == refused.stdout.splitlines()
    for name in (registers.name, empty.name):
        assert REGISTER_WORDS["zh_CN"].screen["same"] in kept.done("registers", "import", str(again / name))
