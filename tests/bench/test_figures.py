"""The figures of a period from the database, all levels in one pass, beside the same counted second by second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config.adopted import inventory_text
from monitor.config.folder import Configuration, load
from monitor.inventory.model import Carrier, Inventory, Line, Node, Unit
from monitor.lab.county import generate
from monitor.retrospect import gather
from monitor.sla.availability import LineFigures, LineHistory
from monitor.sla.review import Sets, review
from monitor.sla.spans import Span
from monitor.store.records import Records
from monitor.store.store import Store
from tests.bench.past import Past

pytestmark = pytest.mark.bench

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
TIMES_FASTER = 100
PROFILES = "snmp: {profiles: {default: {version: 2c, community: {env: HOME}}}}\n"


def midnight(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=ZONE).astimezone(UTC)


YEAR = [*(midnight(2025, month) for month in range(1, 13)), midnight(2026, 1)]
SEPTEMBER = [midnight(2025, 9), midnight(2025, 10)]


def thousands(count: int) -> Inventory:
    """Return a county of many lines: three carriers, 60 aggregation nodes each; one line in ten is a second one."""
    carriers = [f"c{n}" for n in range(3)]
    nodes = [Node(id=f"{carrier}-core", carrier=carrier, name="core") for carrier in carriers]
    nodes += [Node(id=f"{of.id}-{n}", carrier=of.carrier, name=f"{n}", parent=of.id) for of in nodes for n in range(60)]
    units = [f"u{n}" for n in range(count) if n % 10 != 1]
    lines = [
        Line(
            id=f"l{n}",
            unit=f"u{n - 1 if n % 10 == 1 else n}",
            carrier=f"c{n % 3}",
            node=f"c{n % 3}-core-{n // 3 % 60}",
            address=f"10.{n // 62500}.{n // 250 % 250}.{1 + n % 250}",
        )
        for n in range(count)
    ]
    return Inventory(
        carriers={name: Carrier(id=name, name=name, short_name=name) for name in carriers},
        nodes={node.id: node for node in nodes},
        units={name: Unit(id=name, name=f"Unit {name}", short_name=name) for name in units},
        lines={line.id: line for line in lines},
    )


def on_record(folder: Path, past: Past) -> Configuration:
    """Write a past into a database, and the configuration beside it."""
    (folder / "monitor.yaml").write_text(f"database: sqlite:///{folder}/monitor.db\n{PROFILES}", encoding="utf-8")
    (folder / "policy.yaml").touch()
    (folder / "inventory.json").write_text(inventory_text(past.inventory), encoding="utf-8")
    loaded = load(folder)
    store = Store.open(loaded.settings.database.reveal())
    past.write(store)
    store.close()
    return loaded


@dataclass(frozen=True)
class Cost:
    """What one pass took: CPU seconds and seconds by the clock on the wall."""

    cpu: float
    wall: float


def figured(loaded: Configuration, period: Span) -> tuple[Cost, int]:
    """Read and compute all figures of a period once it is over; return what it took, and how many faults there were."""
    cpu, wall = time.process_time(), time.perf_counter()
    with Records.of(loaded.settings.database.reveal()) as records:
        found = review(gather(records, loaded, period, period[1]))
    return Cost(time.process_time() - cpu, time.perf_counter() - wall), found.county.faults


def counting(loaded: Configuration, month: Span) -> float:
    """Count one line's month second by second, to the same figures; return the CPU seconds it took."""
    with Records.of(loaded.settings.database.reveal()) as records:
        material = gather(records, loaded, month, month[1])
    sets = Sets(material)
    line = max(material.inventory.lines.values(), key=lambda each: len(sets.of(each).down.parts))
    history, figures = sets.history(line), review(material).lines[line.id]
    began = time.process_time()
    assert as_seconds(figures) == counted(history, month)
    return time.process_time() - began


def as_seconds(figures: LineFigures) -> tuple[int, ...]:
    lengths = (figures.window, figures.unknown, figures.down, figures.excluded, figures.assessed_down)
    return tuple(length // SECOND for length in lengths)


def counted(history: LineHistory, period: Span) -> tuple[int, ...]:
    """Count window, unknown, down, excluded and assessed down of a line in service and seen throughout."""
    begin = period[0]

    def seconds(parts: Iterable[Span]) -> list[tuple[int, int]]:
        return [((since - begin) // SECOND, (until - begin) // SECOND) for since, until in parts]

    gaps, outages, left_out = seconds(history.gaps), seconds(history.down), seconds(history.excluded)
    unknown = down = excluded = assessed_down = 0
    window = (period[1] - begin) // SECOND
    for second in range(window):
        if any(since <= second < until for since, until in gaps):
            unknown += 1
            continue
        failed = any(since <= second < until for since, until in outages)
        out = any(since <= second < until for since, until in left_out)
        down += failed
        excluded += out
        assessed_down += failed and not out
    return window, unknown, down, excluded, assessed_down


def printed(folder: Path, period: Span) -> tuple[float, float]:
    """Have the command print the figures of every line; return its CPU seconds and its memory in MB."""
    times = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in period]
    command = [sys.executable, "-m", "monitor", "availability", "--config", str(folder), "--json", "--by", "line"]
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([*command, "--from", times[0], "--to", times[1]], stdout=out)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert json.loads((folder / "out").read_text(encoding="utf-8"))["lines"]
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


@pytest.mark.parametrize(
    ("what", "past", "wanted"),
    [
        (
            "a county-year, 122 lines, with its hourly roll-ups",
            Past(inventory=generate().inventory, months=YEAR, faults=400, hours=True),
            1.0,
        ),
        ("a month of 10,000 lines", Past(inventory=thousands(10_000), months=SEPTEMBER, faults=30_000), 10.0),
    ],
    ids=["county-year", "month of 10,000 lines"],
)
def test_figures_of_every_level_in_one_pass(tmp_path: Path, what: str, past: Past, wanted: float) -> None:
    loaded, period = on_record(tmp_path, past), (past.months[0], past.months[-1])
    cost, faults = figured(loaded, period)
    one = counting(loaded, (past.months[0], past.months[1]))
    alone = one * len(past.inventory.lines) * (len(past.months) - 1)
    cpu, memory = printed(tmp_path, period)
    print(
        f"\n| figures of {what}, {faults:,} faults | {cost.cpu:.2f} s of CPU, {cost.wall:.2f} s "
        f"| counting seconds {alone:,.0f} s: {alone / cost.cpu:,.0f} × | the command: {cpu:.2f} s, {memory:.0f} MB |"
    )
    assert faults == pytest.approx(past.faults, rel=0.02)
    assert cost.cpu < wanted
    assert alone / cost.cpu > TIMES_FASTER
