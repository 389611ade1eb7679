"""The worked cases: each comes to what it expects, or is refused for a rule that is not judged yet."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config.problem import ConfigurationRefused
from monitor.config.scenario import load
from monitor.policy import Policies, Policy
from monitor.replay import as_json, differences, replay

SCENARIOS = Path(__file__).parent.parent / "scenarios"
ZONE = ZoneInfo("Asia/Shanghai")
BUILT = ("01", "02", "04", "05", "08", "09", "11", "12")
REFUSED = {
    "03": [(13, 23, "exclude", "section 7"), (15, 27, "revoke_exclusion", "section 7")],
    "06": [(11, 23, "maintenance", "section 6")],
    "10": [(line, 23, "attribute", "section 8") for line in (13, 14, 15)],
}


def scenario_file(number: str) -> Path:
    [found] = SCENARIOS.glob(f"{number}-*.yaml")
    return found


@pytest.mark.parametrize("number", BUILT)
def test_a_worked_case_comes_to_what_it_expects(number: str) -> None:
    scenario = load(scenario_file(number), base=Policies([Policy()]), zone=ZONE)
    judgement = replay(scenario)
    assert [] == judgement.refusals
    assert [] == differences(scenario, as_json(judgement))
    assert scenario.expect


@pytest.mark.parametrize("number", REFUSED)
def test_rules_not_judged_yet_are_refused_where_they_stand_and_not_ignored(number: str) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        load(scenario_file(number), base=Policies([Policy()]), zone=ZONE)
    found = [(problem.line, problem.column, problem.message) for problem in refused.value.problems]
    assert [(line, column) for line, column, _, _ in REFUSED[number]] == [(line, column) for line, column, _ in found]
    for (_, _, action, section), (_, _, message) in zip(REFUSED[number], found, strict=True):
        assert message.startswith(f"'{action}' needs ")
        assert section in message


def test_the_units_report_starts_the_clock(tmp_path: Path) -> None:
    """Case 03 without its exclusion: reported at +40m, confirmed at +1h, late by 1h20m in the end."""
    text = scenario_file("03").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "exclu" not in line and "reminder" not in line]
    kept = [line for line in kept if "messages:" not in line and "kind:" not in line]
    file = tmp_path / "03.yaml"
    file.write_text("\n".join(kept), encoding="utf-8")
    scenario = load(file, base=Policies([Policy()]), zone=ZONE)
    judged = as_json(replay(scenario))
    assert [] == differences(scenario, judged)
    assert ["opened", "reminder", "reminder", "overdue", "restored"] == [sent["kind"] for sent in judged["messages"]]
    assert "2026-09-01T13:40:00Z" == judged["messages"][3]["at"]


def test_no_incident_is_claimed_before_incidents_are_judged() -> None:
    scenario = load(scenario_file("07"), base=Policies([Policy()]), zone=ZONE)
    judged = as_json(replay(scenario))
    assert [] == judged["incidents"]
    assert {None} == {fault["incident"] for fault in judged["faults"]}
    assert 5 == len(judged["faults"])
