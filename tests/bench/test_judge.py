"""Judging in replay: observations a second on one core, the expansion of the history included."""

from __future__ import annotations

import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config.scenario import load
from monitor.policy import Policies, Policy
from monitor.replay import replay

pytestmark = pytest.mark.bench

LINES, HOURS = 122, 48
WANTED = 200_000  # observations a second


def history(folder: Path) -> Path:
    """Two days of 122 lines, a round every 10 s, each line with an outage of an hour and a blip."""
    text = ["start: 2026-09-01T00:00:00+08:00", f"end: +{HOURS}h", "inventory:", "  carriers: [{id: c}]"]
    text += ["  units:"] + [f"    - {{id: u{n}}}" for n in range(LINES)]
    text += ["  lines:"]
    text += [f"    - {{id: l{n}, unit: u{n}, carrier: c, address: 192.0.2.{1 + n}}}" for n in range(LINES)]
    text += ["  references: [{id: r, address: 198.51.100.1}]", "timeline:"]
    text += [f"  - {{reference: r, from: +0s, to: +{HOURS}h, every: 10s, ping: ok}}"]
    for n in range(LINES):
        down = n % 40 + 1
        text += [f"  - {{line: l{n}, from: +{n % 10}s, to: +{down}h, every: 10s, ping: ok}}"]
        text += [f"  - {{line: l{n}, from: +{down}h{n % 10}s, to: +{down + 1}h, every: 10s, ping: lost}}"]
        text += [f"  - {{line: l{n}, from: +{down + 1}h{n % 10}s, to: +{HOURS}h, every: 10s, ping: ok}}"]
    file = folder / "history.yaml"
    file.write_text("\n".join(text) + "\n", encoding="utf-8")
    return file


def test_the_reducer_judges_two_hundred_thousand_observations_a_second(tmp_path: Path) -> None:
    scenario = load(history(tmp_path), base=Policies([Policy()]), zone=ZoneInfo("Asia/Shanghai"))
    count = sum(rounds.count for rounds in scenario.rounds)
    began = time.process_time()
    judgement = replay(scenario)
    rate = count / (time.process_time() - began)
    print(f"\n| judge, in replay | {count:,} observations | {rate:,.0f} a second |")
    assert len(judgement.faults) == LINES
    assert rate >= WANTED
