"""The figures of a report of 10,000 lines and 30,000 faults, beside the review of the same month."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.past import Past
from tests.bench.test_figures import SEPTEMBER, on_record, thousands

pytestmark = pytest.mark.bench

TIMES_THE_REVIEW = 5
MEMORY = 1000  # MB, of which the writers of files want some too


def test_figures_of_a_report_cost_little_more_than_the_review(tmp_path: Path) -> None:
    """Two months of figures (the one before has as much), their JSON, and what explains one of them."""
    on_record(tmp_path, Past(inventory=thousands(10_000), months=SEPTEMBER, faults=30_000))
    period = [f"{at:%Y-%m-%dT%H:%M:%S}+00:00" for at in SEPTEMBER]
    command = [sys.executable, "-m", "tests.bench.drawing", str(tmp_path), *period]
    cost = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    steps = ("gather", "events", "review", "draw_up", "to_json", "of_json", "explain")
    told = ", ".join(f"{step} {cost[step]:.2f} s" for step in steps)
    print(
        f"\n| a report's figures, 10,000 lines, {cost['faults']:,} faults | CPU: {told} "
        f"| {cost['memory']:.0f} MB, with the JSON of {cost['megabytes']:.0f} MB {cost['memory with json']:.0f} MB |"
    )
    assert cost["faults"] == pytest.approx(30_000, rel=0.02)
    assert cost["draw_up"] < TIMES_THE_REVIEW * cost["review"]
    assert cost["memory"] < MEMORY
