"""``monitor run`` with 10,000 lines at 10 s: its share of a core, its lateness, its memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench

LINES, INTERVAL, SETTLE, MEASURE = 10_000, 10, 25, 60
TICKS = os.sysconf("SC_CLK_TCK")
POLICY = f"""\
version: bench-1
detection: {{interval: {INTERVAL}s, fast_interval: {INTERVAL}s, packets: 3, stale_after: 35s}}
"""


def county(folder: Path) -> None:
    """Write a configuration of 10,000 lines on loopback, three carriers, one unit a line."""
    addresses = [f"127.{1 + n // 62500}.{n // 250 % 250}.{1 + n % 250}" for n in range(LINES)]
    text = ["carriers: [{id: c0, name: C0}, {id: c1, name: C1}, {id: c2, name: C2}]", "units:"]
    text += [f"  - {{id: u{n}, name: Unit {n}}}" for n in range(LINES)]
    text += ["lines:"]
    text += [f"  - {{id: l{n}, unit: u{n}, carrier: c{n % 3}, address: {addresses[n]}}}" for n in range(LINES)]
    text += ["references: [{id: gateway, address: 127.0.0.1}]"]
    (folder / "inventory.yaml").write_text("\n".join(text) + "\n", encoding="utf-8")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "monitor.yaml").write_text(
        f"database: sqlite:///{folder}/monitor.db\nlisten: {{web: 127.0.0.1:18080, metrics: 127.0.0.1:19780}}\n",
        encoding="utf-8",
    )


def used(pid: int) -> float:
    """Return the CPU seconds a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def page() -> dict[str, float]:
    with urllib.request.urlopen("http://127.0.0.1:19780/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith("monitor_") or line.startswith("extranet_line_known")
    }


def test_ten_thousand_lines_take_under_half_a_core(tmp_path: Path) -> None:
    county(tmp_path)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", "--config", str(tmp_path)], stdout=log, stderr=log
        )
    try:
        time.sleep(SETTLE)
        before, began = used(process.pid), time.monotonic()
        for _ in range(MEASURE // 15):
            time.sleep(15)
            found = page()  # scraped every 15 s, as Prometheus would
        share = (used(process.pid) - before) / (time.monotonic() - began)
        memory = resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)
    lateness = "monitor_round_lateness_seconds_"
    late = found[lateness + "count"] - found[lateness + 'bucket{le="1.0"}']
    known = sum(value for name, value in found.items() if name.startswith("extranet_line_known"))
    echoes = {name: value for name, value in found.items() if name.startswith("monitor_echoes")}
    print(
        f"\n| 10,000 lines at 10 s, three echoes each | {share:.2f} of a core | {memory:.0f} MB "
        f"| {late:.0f} rounds late |"
    )
    print(echoes, {name: value for name, value in found.items() if "overruns" in name or "errors" in name})
    assert known == LINES
    assert share < 0.5
    assert late == 0
    assert memory < 300
    assert found['monitor_round_overruns_total{kind="icmp"}'] == 0
