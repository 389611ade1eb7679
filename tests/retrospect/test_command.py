"""``monitor availability``: the figures of a period on the terminal and for programs."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.cli.desk import now
from monitor.wording.chinese import CHINESE
from tests.actions.conftest import INVENTORY, Office, local, office_at
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures

HOUR = timedelta(hours=1)
BEGIN = now().replace(minute=0, second=0) - 10 * 24 * HOUR
PERIOD = ("--from", local(BEGIN), "--to", local(BEGIN + 3 * HOUR))


def furnished(folder: Path, url: str) -> Office:  # noqa: F811 - an address, not the fixture
    """Furnish a place where L1 was down for the first of two hours, and nothing was seen in the third."""
    office = office_at(folder, url)
    office.outage("L1", BEGIN, bad=60, good=61)
    return office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return furnished(tmp_path, f"sqlite:///{tmp_path}/var/monitor.db")


def told(office: Office, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(office.done("availability", *arguments, "--json"))
    return found


def shown(office: Office, *arguments: str, width: int = 80) -> str:
    command = ["availability", *PERIOD, *arguments, "--config", str(office.folder)]
    result = CliRunner().invoke(main, command, env={"COLUMNS": str(width)})
    assert 0 == result.exit_code, result.output
    return result.output


def test_each_level_is_told(tmp_path: Path, url: str) -> None:  # noqa: F811 - the fixture
    """L1: an hour down, an hour up, an hour unknown after its last round; L2 and L3 were never seen."""
    office = furnished(tmp_path, url)
    line = told(office, *PERIOD, "--by", "line")["lines"]["L1"]
    assert {
        **{"window_s": 10_800, "unknown_s": 3_540, "excluded_s": 0, "down_s": 3_600, "assessed_down_s": 3_600},
        **{"raw": 3_660 / 7_260, "assessed": 3_660 / 7_260, "raw_low": 3_660 / 10_800},
        **{"raw_high": 7_200 / 10_800, "coverage": 7_260 / 10_800},
    } == line
    unit = told(office, *PERIOD, "--by", "unit")["units"]["u1"]
    assert {"window_s", "unknown_s", "down_s", "raw", "raw_low", "raw_high", "coverage"} == unit.keys()
    assert (line["raw"], line["coverage"]) == (unit["raw"], unit["coverage"])
    node = told(office, *PERIOD, "--by", "node")["nodes"]["east"]
    assert (2, 21_600, line["raw"]) == (node["lines"], node["window_s"], node["raw"])
    carrier = told(office, *PERIOD)["carriers"]["unicom"]
    assert (3, 32_400) == (carrier["availability"]["lines"], carrier["availability"]["window_s"])
    assert (1, 1, 1.0) == (carrier["faults"], carrier["verdicts"]["on_time"], carrier["on_time_rate"])
    assert {"number": 1, "mean_s": 3_480, "median_s": 3_480} == carrier["repairs"]
    county = told(office, *PERIOD, "--by", "county")["county"]
    assert carrier | {"mean_unit": line["raw"]} == county


def test_the_head_says_period_state_and_policy(office: Office) -> None:
    """Every published figure names the policy version that produced it."""
    found = told(office, *PERIOD)
    found.pop("carriers")
    end = local(BEGIN + 3 * HOUR)
    assert {"policy_version": "2026-1", "from": local(BEGIN), "to": end, "as_of": end} == found
    assert "policy 2026-1" in shown(office).splitlines()[0]


def test_shares_are_truncated_with_bounds_and_coverage_beside(office: Office) -> None:
    """3,660 of 7,260 is 50.4132 %; what was never seen has no figure but bounds."""
    rows = [re.split(r"\s{2,}", row.strip()) for row in shown(office, "--by", "line", width=200).splitlines()]
    lines = {row[0]: row[3:] for row in rows}
    assert ["50.41 %", "50.41 %", "33.88 %", "66.66 %", "67.22 %", "3h", "59m", "0s", "1h"] == lines["L1"]
    assert ["—", "—", "0.00 %", "100.00 %", "0.00 %", "3h", "3h", "0s", "0s"] == lines["L2"]


@pytest.mark.parametrize("level", ["line", "unit", "node", "carrier", "county"])
@pytest.mark.parametrize("width", [80, 200])
def test_tables_speak_chinese_and_lose_no_name_on_a_narrow_terminal(office: Office, level: str, width: int) -> None:
    """The configured language; names are folded, figures never cut."""
    (office.folder / "monitor.yaml").write_text(f"database: {office.url}\n", encoding="utf-8")
    output = shown(office, "--by", level, width=width)
    assert all(CHINESE[name] in output for name in ("raw", "raw_low", "raw_high", "coverage"))
    assert "…" not in output
    assert (CHINESE["window"] in output) == (width == 200)
    for name in {"line": ["L1", "L2", "L3"], "unit": ["财政局", "民政局"], "node": ["east"]}.get(level, ["全县"]):
        assert name in output
    assert (CHINESE["on_time_rate"] in output) == (level in ("carrier", "county"))


def test_this_month_so_far_unless_a_period_is_given(office: Office) -> None:
    zone = office.configuration.settings.timezone
    today = datetime.now(zone)
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found, named = told(office), told(office, "--month", f"{today:%Y-%m}")
    assert local(first.astimezone(BEGIN.tzinfo)) == found["from"] == named["from"]
    assert found["as_of"] < found["to"]
    running = told(office, "--from", f"{first:%Y-%m-%d}")
    assert running["as_of"] == running["to"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--month", "2026-13"), "write a month as 2026-09"),
        (("--month", "9999-12"), "there is no such month"),
        (("--month", "2026-09", "--from", "2026-09-01"), "give either --month, or --from and --to"),
        (("--to", "2026-09-01"), "--to wants --from"),
        (("--from", "2026-09-02", "--to", "2026-09-01"), "the period ends before it begins"),
        (("--from", "yesterday"), "write a time as"),
        (("--by", "village"), "'village' is not one of"),
    ],
)
def test_what_cannot_be_a_period_is_refused_in_one_line(office: Office, arguments: tuple[str, ...], said: str) -> None:
    assert said in office.refused("availability", *arguments)


def test_a_name_is_shown_as_it_is_written(office: Office) -> None:
    """Brackets are no colours."""
    named = INVENTORY.replace("name: 财政局", "name: '[red]财政局[/]'")
    (office.folder / "inventory.yaml").write_text(named, encoding="utf-8")
    assert "[red]财政局[/]" in shown(office, "--by", "unit")


def test_an_inventory_without_nodes_says_that_there_is_nothing(office: Office) -> None:
    plain = INVENTORY.replace("nodes: [{id: east, carrier: unicom}]\n", "").replace("node: east, ", "")
    (office.folder / "inventory.yaml").write_text(plain, encoding="utf-8")
    assert "There is nothing to compute figures of." in shown(office, "--by", "node")


def test_without_a_database_the_command_ends_in_one_line(tmp_path: Path) -> None:
    """Exit 3: a needed part is missing."""
    (tmp_path / "monitor.yaml").write_text(f"database: sqlite:///{tmp_path}/none.db\n", encoding="utf-8")
    for name, text in (("policy", ""), ("inventory", INVENTORY)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["availability", "--config", str(tmp_path)])
    assert (3, "", 1) == (result.exit_code, result.stdout, len(result.stderr.splitlines()))
