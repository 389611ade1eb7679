"""The lab's folder is its own, and what it writes is one configuration."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from monitor.cli import main
from monitor.config.folder import load
from monitor.faults.degradation import BUCKETS
from monitor.lab.county import SEED, generate
from monitor.lab.folder import CALM, FAST, Folder, Listen, NotOursError, Pace
from monitor.lab.sample import hand_in

COUNTY = generate(SEED)
LISTEN = Listen(web="127.0.0.1:8080", metrics="127.0.0.1:9780")


def written(path: Path, *, pace: Pace = CALM, agents: bool = True) -> dict[str, dict[str, object]]:
    with Folder(path, keep=False) as folder:
        folder.write(COUNTY, pace=pace, listen=LISTEN, locale="en", agents=agents)
    names = ("monitor", "policy", "inventory")
    return {name: yaml.safe_load((path / f"{name}.yaml").read_text(encoding="utf-8")) for name in names}


def test_everything_of_the_county_is_in_the_inventory(tmp_path: Path) -> None:
    inventory = written(tmp_path / "lab")["inventory"]
    counts = {name: len(entries) for name, entries in inventory.items()}  # type: ignore[arg-type]  # lists, all
    assert counts == {"carriers": 3, "nodes": 15, "units": 102, "lines": 122, "references": 2}


@pytest.mark.parametrize("pace", [CALM, FAST])
def test_the_policy_says_that_it_is_a_demonstration(tmp_path: Path, pace: Pace) -> None:
    assert str(written(tmp_path, pace=pace)["policy"]["version"]).startswith("demo-")


@pytest.mark.parametrize("pace", [CALM, FAST])
def test_a_degradation_can_be_seen(tmp_path: Path, pace: Pace) -> None:
    """Each of the parts of its time in which anything must be seen is as long as a round: else none is ever told."""
    written(tmp_path, pace=pace, agents=False)
    rules = load(tmp_path).policies.in_force(datetime.now(UTC))
    assert rules.degradation.lasting / BUCKETS >= rules.detection.interval


def test_everybody_who_is_to_know_is_told(tmp_path: Path) -> None:
    """Each carrier of its faults, its supervisor of what nobody took on, the centre of the rest."""
    written(tmp_path)
    loaded = load(tmp_path, environ={})
    assert () == loaded.warnings
    told = {(route.carriers, route.channels) for route in loaded.settings.routes}
    assert {(("unicom",), ("unicom",)), (("unicom",), ("unicom-supervisor",)), ((), ("centre",))} <= told
    assert {"console"} == {channel.kind for channel in loaded.settings.channels.values()}
    assert {
        "mobile",
        "unicom",
        "telecom",
        "mobile-supervisor",
        "unicom-supervisor",
        "telecom-supervisor",
        "centre",
    } == {*loaded.settings.channels}


def test_without_a_network_no_agent_is_asked(tmp_path: Path) -> None:
    lines = written(tmp_path, agents=False)["inventory"]["lines"]
    assert "snmp" not in str(lines)


def test_the_community_is_kept_in_a_file_for_its_owner_only(tmp_path: Path) -> None:
    with Folder(tmp_path, keep=False) as folder:
        folder.write(COUNTY, pace=CALM, listen=LISTEN, locale="en", agents=True)
        assert folder.community
        assert folder.community not in (tmp_path / "monitor.yaml").read_text(encoding="utf-8")
        assert (tmp_path / "community").stat().st_mode & 0o777 == 0o600


def test_each_start_is_fresh_unless_the_last_run_is_kept(tmp_path: Path) -> None:
    with Folder(tmp_path, keep=False) as folder:
        first = folder.community
        (tmp_path / "monitor.db").touch()
        (tmp_path / "monitor.db-wal").touch()
    with Folder(tmp_path, keep=True) as folder:
        assert first == folder.community
        assert (tmp_path / "monitor.db").exists()
    with Folder(tmp_path, keep=False) as folder:
        assert first != folder.community
        assert not list(tmp_path.glob("monitor.db*"))


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "monitor.yaml"
    own.write_text("county: mine\n", encoding="utf-8")
    with pytest.raises(NotOursError, match="--dir"):
        Folder(tmp_path, keep=False)
    assert own.read_text(encoding="utf-8") == "county: mine\n"


def test_two_labs_do_not_share_a_folder(tmp_path: Path) -> None:
    with Folder(tmp_path, keep=False), pytest.raises(NotOursError, match="another lab"):
        Folder(tmp_path, keep=False)
    Folder(tmp_path, keep=False).close()


@pytest.mark.parametrize("agents", [True, False])
def test_the_workbook_to_try_an_import_with_is_refused_for_its_two_slips_alone(tmp_path: Path, agents: bool) -> None:
    written(tmp_path, agents=agents)
    command = ["inventory", "import", str(tmp_path / "archive-sample.xlsx"), "--json", "--config", str(tmp_path)]
    told = json.loads(CliRunner().invoke(main, command).stdout)
    rows = {line: row for row, line in enumerate(COUNTY.inventory.lines, start=2)}
    slips = hand_in(COUNTY.inventory, seed=SEED).slips
    assert [("address", rows[slip.line]) for slip in slips] == [
        (problem["heading"], problem["row"]) for problem in told["problems"]
    ]
