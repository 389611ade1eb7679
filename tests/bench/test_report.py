"""The figures of a report of 10,000 lines and 30,000 faults, beside the review of the same month."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
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


SECONDS, MEGABYTES = 60, 1000


def test_a_report_of_ten_thousand_lines_is_a_pdf_within_a_minute(tmp_path: Path) -> None:
    """The whole command, from the database to the file: figures of the month, the one before and the chart's year.

    No register holds anything: tens of thousands of gaps are listed besides the faults and units.
    """
    on_record(tmp_path, Past(inventory=thousands(10_000), months=SEPTEMBER, faults=30_000))
    command = ["report", "--config", str(tmp_path), "--month", "2025-09", "--format", "pdf", "--out", str(tmp_path)]
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "monitor", *command], stdout=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.1)
    wall, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    [file] = tmp_path.glob("*.pdf")
    print(
        f"\n| the report of 10,000 lines and 30,000 faults as PDF, {file.stat().st_size / 1e6:.1f} MB "
        f"| {wall:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of CPU with what went before, {peak:.0f} MB at most |"
    )
    assert 0 == process.returncode
    assert wall < SECONDS
    assert peak < MEGABYTES


def resident(pid: int, parents: bytes = b"") -> float:
    """Return how many MB a process and those that it started hold at once.

    One that was started but does not run its program yet has its parent's memory, not its own.
    """
    found = 0.0
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
        if said == parents:
            return 0.0
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmRSS:"):
                found += int(line.split()[1]) / 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text(encoding="ascii").split()
            found += sum(resident(int(child), said) for child in children)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found
