"""The inventory's files are taken whole or not at all; what was there is kept with its date."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from monitor.archive.keeping import CannotKeep, Taken, draft, kept_in, take
from monitor.config.folder import load
from monitor.config.inventory_text import inventory_json, inventory_yaml
from monitor.config.problem import ConfigurationRefused
from monitor.inventory.model import Inventory, Line
from tests.archive.workbooks import SMALL
from tests.config.written import write
from tests.inventories import SHANGHAI

AT = datetime(2026, 9, 1, 13, 4, 5, tzinfo=SHANGHAI)
BEFORE = "# by hand\n" + inventory_yaml(SMALL, zone=SHANGHAI)
MONITOR = "snmp: {profiles: {default: {version: 2c, community: {env: COMMUNITY}}}}\n"
CHANGED = replace(SMALL, references={})


def taken(folder: Path, inventory: Inventory) -> Taken:
    kept = kept_in(folder, zone=SHANGHAI)
    return take(draft(kept, inventory, zone=SHANGHAI, comment="# by program\n"), at=AT)


def loaded(folder: Path) -> Inventory:
    return load(folder, environ={"COMMUNITY": "nothing"}).inventory


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_one_file_is_replaced_and_what_it_said_is_kept_beside_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR, inventory=BEFORE)
    done = taken(folder, CHANGED)
    assert Taken((folder / "inventory.yaml",), folder / "inventory.yaml.20260901-130405") == done
    assert CHANGED == loaded(folder)
    assert BEFORE == (folder / "inventory.yaml.20260901-130405").read_text(encoding="utf-8")
    assert (folder / "inventory.yaml").read_text(encoding="utf-8").startswith("# by program\ncarriers:\n")
    assert {"monitor.yaml", "policy.yaml", "inventory.yaml", "inventory.yaml.20260901-130405"} == names(folder)


def test_where_nothing_was_one_file_is_made_and_nothing_kept(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR)
    (folder / "inventory.yaml").unlink()
    assert Taken((folder / "inventory.yaml",), None) == taken(folder, SMALL)
    assert SMALL == loaded(folder)


def test_json_stays_json(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR)
    (folder / "inventory.yaml").unlink()
    (folder / "inventory.json").write_text(inventory_json(SMALL, zone=SHANGHAI), encoding="utf-8")
    taken(folder, CHANGED)
    assert (folder / "inventory.json").read_text(encoding="utf-8").startswith("{")
    assert CHANGED == loaded(folder)


def test_rights_stay_and_so_does_a_link(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR, inventory=BEFORE)
    real = tmp_path / "elsewhere.yaml"
    (folder / "inventory.yaml").rename(real)
    real.chmod(0o640)
    (folder / "inventory.yaml").symlink_to(real)
    done = taken(folder, CHANGED)
    assert (folder / "inventory.yaml").is_symlink()
    assert 0o640 == real.stat().st_mode & 0o777
    assert tmp_path / "elsewhere.yaml.20260901-130405" == done.backup
    assert CHANGED == loaded(folder)


def several(folder: Path) -> Path:
    """Write the small archive in three files of a folder, one of them with a comment."""
    (folder / "inventory.yaml").unlink()
    inside = folder / "inventory"
    inside.mkdir()
    parts = {
        "1-carriers.yaml": replace(SMALL, units={}, lines={}, references={}),
        "2-finance.yaml": Inventory(
            units={"finance": SMALL.units["finance"]},
            lines={key: line for key, line in SMALL.lines.items() if line.unit == "finance"},
            references=SMALL.references,
        ),
        "3-townships.yaml": Inventory(
            units={"qingxi": SMALL.units["qingxi"]}, lines={"qingxi-1": SMALL.lines["qingxi-1"]}
        ),
    }
    for name, part in parts.items():
        text = inventory_yaml(part, zone=SHANGHAI)
        (inside / name).write_text(f"# {name}\n{text}", encoding="utf-8")
    (inside / "README").write_text("left alone", encoding="utf-8")
    assert SMALL == loaded(folder)
    return inside


def test_of_several_files_each_keeps_its_entities_and_the_unchanged_ones_every_byte(tmp_path: Path) -> None:
    """A new line follows the one before it in the archive, into its file."""
    folder = write(tmp_path / "config", monitor=MONITOR)
    inside = several(folder)
    before = {path.name: path.read_bytes() for path in inside.iterdir()}
    lines: dict[str, Line] = {}
    for key, line in SMALL.lines.items():
        lines[key] = line
        if key == "finance-2":
            lines["finance-3"] = replace(line, id="finance-3", address="192.0.2.77", port=None)
    done = taken(folder, replace(SMALL, lines=lines))
    assert done == Taken((inside / "2-finance.yaml",), folder / "inventory.20260901-130405")
    assert {name: content for name, content in before.items() if name != "2-finance.yaml"} == {
        path.name: path.read_bytes() for path in inside.iterdir() if path.name != "2-finance.yaml"
    }
    assert "finance-3" in (inside / "2-finance.yaml").read_text(encoding="utf-8")
    assert ["finance-1", "finance-2", "finance-3", "qingxi-1"] == list(loaded(folder).lines)
    assert before == {path.name: path.read_bytes() for path in (done.backup or folder).iterdir()}
    assert {"monitor.yaml", "policy.yaml", "inventory", "inventory.20260901-130405"} == names(folder)


def test_a_file_and_a_folder_beside_each_other_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR, inventory=BEFORE)
    (folder / "inventory").mkdir()
    (folder / "inventory" / "more.yaml").write_text("references: []\n", encoding="utf-8")
    with pytest.raises(CannotKeep, match="put them all into one file"):
        taken(folder, CHANGED)


def test_files_that_changed_meanwhile_are_not_written_over(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR, inventory=BEFORE)
    drafted = draft(kept_in(folder, zone=SHANGHAI), CHANGED, zone=SHANGHAI, comment="")
    (folder / "inventory.yaml").write_text(BEFORE + "# and more\n", encoding="utf-8")
    with pytest.raises(CannotKeep, match="has been changed meanwhile"):
        take(drafted, at=AT)
    assert BEFORE + "# and more\n" == (folder / "inventory.yaml").read_text(encoding="utf-8")


def test_two_imports_in_a_second_each_keep_what_was_there(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR, inventory=BEFORE)
    assert folder / "inventory.yaml.20260901-130405" == taken(folder, CHANGED).backup
    assert folder / "inventory.yaml.20260901-130405-2" == taken(folder, SMALL).backup


@pytest.mark.parametrize("moment", ["write", "rename", "second rename"])
@pytest.mark.parametrize("layout", ["file", "folder"])
def test_a_disk_that_fails_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str, moment: str
) -> None:
    folder = write(tmp_path / "config", monitor=MONITOR, inventory=BEFORE)
    if layout == "folder":
        several(folder)
    before = names(folder)
    renames = []

    def fsync(_: int) -> None:
        if moment == "write":
            raise OSError(28, "No space left on device")

    def rename(self: Path, target: Path, of: object = Path.rename) -> Path:
        renames.append(target)
        if moment != "write" and len(renames) == (1 if moment == "rename" or layout == "file" else 2):
            raise OSError(5, "Input/output error")
        os.rename(self, target)  # noqa: PTH104 - what is replaced here
        return target

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(Path, "replace", rename)
    with pytest.raises(OSError, match=r"No space|Input/output"):
        taken(folder, CHANGED)
    monkeypatch.undo()
    assert before == names(folder)
    assert SMALL == loaded(folder)


def test_an_inventory_that_cannot_be_read_is_refused_before_anything_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "config", inventory="lines: [")
    with pytest.raises(ConfigurationRefused):
        kept_in(folder, zone=SHANGHAI)
