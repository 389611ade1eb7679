"""The worked cases: each comes to what it expects."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config.scenario import load
from monitor.policy import Policies, Policy
from monitor.replay import as_json, differences, replay

SCENARIOS = Path(__file__).parent.parent / "scenarios"
ZONE = ZoneInfo("Asia/Shanghai")
NUMBERS = tuple(f"{number:02}" for number in range(1, 13))


def scenario_file(number: str) -> Path:
    [found] = SCENARIOS.glob(f"{number}-*.yaml")
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_a_worked_case_comes_to_what_it_expects(number: str) -> None:
    scenario = load(scenario_file(number), base=Policies([Policy()]), zone=ZONE)
    judgement = replay(scenario)
    assert [] == judgement.refusals
    assert [] == differences(scenario, as_json(judgement))
    assert scenario.expect


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
