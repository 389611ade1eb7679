"""A storm of 5,000 traps a second beside none: how late rounds begin, how long the event loop lags, what it costs."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.probing.snmp.trap_bucket import Bucket
from monitor.probing.snmp.trap_messages import read_message
from monitor.probing.snmp.trap_socket import WINDOW_S, Sender, TrapSocket
from monitor.probing.snmp.traps import TrapOutcome
from tests.traps.senders import IF_INDEX, LINK_DOWN, captured, notification, v2c

pytestmark = pytest.mark.bench

LINES, INTERVAL = 2000, 10
A_SECOND = 5000
SETTLE, PHASE, TURNS = 25, 30, 4
MOST = 3  # times as late, or as laggy, as without a storm: milliseconds both
COMMUNITY = "storm-words"
WEB, METRICS, TRAPS = 18081, 19781, 11162
TICKS = os.sysconf("SC_CLK_TCK")
POLICY = f"""\
version: bench-1
detection: {{interval: {INTERVAL}s, fast_interval: {INTERVAL}s, packets: 3, stale_after: 35s}}
"""
SETTINGS = f"""\
database: sqlite:///{{folder}}/monitor.db
listen: {{{{web: 127.0.0.1:{WEB}, metrics: 127.0.0.1:{METRICS}, traps: 127.0.0.1:{TRAPS}}}}}
snmp: {{{{interval: 12h, profiles: {{{{default: {{{{version: 2c, community: {{{{env: STORM_COMMUNITY}}}}}}}}}}}}}}}}
"""
# Sends a trap so many times a second from addresses in turn, until SIGTERM; then says how many.
FLOOD = """\
import signal, socket, sys, time
port, rate, trap, sources = int(sys.argv[1]), int(sys.argv[2]), bytes.fromhex(sys.argv[3]), sys.argv[4].split(",")
stop = []
signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
sockets = []
for source in sources:
    sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    sockets[-1].bind((source, 0))
    sockets[-1].connect(("127.0.0.1", port))
began, sent = time.monotonic(), 0
while not stop:
    while sent < (time.monotonic() - began) * rate:
        try:
            sockets[sent % len(sockets)].send(trap)
        except OSError:
            pass
        sent += 1
    time.sleep(0.002)
print(sent)
"""


def address(number: int) -> str:
    return f"127.1.{number // 250}.{1 + number % 250}"


def county(folder: Path) -> None:
    text = ["carriers: [{id: c, name: C}]", "units: [{id: u, name: U}]", "lines:"]
    text += [f"  - {{id: l{n}, unit: u, carrier: c, address: {address(n)}, snmp: default}}" for n in range(LINES)]
    text += ["references: [{id: gateway, address: 127.0.0.1}]"]
    (folder / "inventory.yaml").write_text("\n".join(text) + "\n", encoding="utf-8")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "monitor.yaml").write_text(SETTINGS.format(folder=folder), encoding="utf-8")


@contextmanager
def watching(folder: Path) -> Iterator[int]:
    """Run the daemon; give its process id."""
    county(folder)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", "--config", str(folder)],
            stdout=log,
            stderr=log,
            env={**os.environ, "STORM_COMMUNITY": COMMUNITY},
        )
    try:
        time.sleep(SETTLE)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def storm(trap: bytes, sources: list[str]) -> Iterator[list[int]]:
    """Flood the daemon from a process of its own; the list holds how many were sent, in the end."""
    command = [sys.executable, "-c", FLOOD, str(TRAPS), str(A_SECOND), trap.hex(), ",".join(sources)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    sent: list[int] = []
    try:
        yield sent
    finally:
        process.send_signal(signal.SIGTERM)
        sent.append(int(process.communicate(timeout=20)[0]))


def used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def page() -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{METRICS}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line.startswith("monitor_")}


class Phase(NamedTuple):
    """How some time went: how late rounds began on average, the loop's worst lag of every ten seconds, in seconds."""

    late: float
    lags: tuple[float, ...]
    cpu: float  # share of a core
    overruns: float
    over_a_second: float
    traps: Counter[str]


def phase(pid: int) -> Phase:
    """Look at the daemon for a while."""
    before, cpu, began, lags = page(), used(pid), time.monotonic(), list[float]()
    after = before
    for _ in range(PHASE // 10):
        time.sleep(10)
        after = page()
        lags.append(after["monitor_event_loop_lag_seconds"])
    cpu = (used(pid) - cpu) / (time.monotonic() - began)
    grown = {name: value - before.get(name, 0) for name, value in after.items()}
    name = "monitor_round_lateness_seconds_"
    rounds = grown[name + "count"]
    return Phase(
        late=grown[name + "sum"] / rounds,
        lags=tuple(lags[1:]),  # the first ten seconds began in the phase before
        cpu=cpu,
        overruns=grown['monitor_round_overruns_total{kind="icmp"}'],
        over_a_second=rounds - grown[name + 'bucket{le="1.0"}'],
        traps=ends(grown),
    )


def ends(samples: dict[str, float]) -> Counter[str]:
    """Return how many traps came to which end."""
    found = {name: count for name, count in samples.items() if name.startswith("monitor_traps_total") and count}
    return Counter({name.partition('"')[2].partition('"')[0]: int(count) for name, count in found.items()})


def test_a_storm_of_traps_delays_no_round(tmp_path: Path) -> None:
    """From strangers, and from 500 of the lines' own addresses with the right community; calm and storm by turns."""
    trap = asyncio.run(captured(v2c(COMMUNITY), notification(LINK_DOWN, f"{IF_INDEX}.7", "i", "7")))
    storms = {"strangers": ["127.200.0.1"], "500 of the lines": [address(n * 4) for n in range(500)]}
    phases: dict[str, list[Phase]] = {"no traps": [], **{name: [] for name in storms}}
    sent = 0
    with watching(tmp_path) as pid:
        for _ in range(TURNS):
            for name, sources in storms.items():
                phases["no traps"].append(phase(pid))
                with storm(trap, sources) as flooded:
                    phases[name].append(phase(pid))
                sent += flooded[0]
        time.sleep(2)
        counted = ends(page())
    print(f"\n{LINES} lines at {INTERVAL} s, {A_SECOND} traps a second, medians of {TURNS} turns of {PHASE} s")
    late, lag = (statistics.median(figures(phases["no traps"], name)) for name in ("late", "lags"))
    for name, seen in phases.items():
        its_late, its_lag = (statistics.median(figures(seen, which)) for which in ("late", "lags"))
        print(
            f"  {name:17} rounds late {its_late * 1e3:5.2f} ms {its_late / late:5.2f} ×"
            f"   lag at worst {its_lag * 1e3:6.2f} ms {its_lag / lag:5.2f} ×"
            f"   {statistics.median(figures(seen, 'cpu')):.3f} of a core   {counted_in(seen)}"
        )
    print(f"  sent {sent}, counted {counted.total()}")
    assert sent == counted.total()
    assert all(each.overruns == each.over_a_second == 0 for seen in phases.values() for each in seen)
    for name in storms:
        assert statistics.median(figures(phases[name], "late")) / late < MOST, name
        assert statistics.median(figures(phases[name], "lags")) / lag < MOST, name


def counted_in(phases: list[Phase]) -> dict[str, int]:
    """Return how many traps came to which end in all of them."""
    return dict(sum((each.traps for each in phases), Counter[str]()))


def figures(phases: list[Phase], name: str) -> list[float]:
    """Return a figure of every phase, or every one of its figures."""
    found = [getattr(each, name) for each in phases]
    return [figure for each in found for figure in (each if isinstance(each, tuple) else (each,))]


async def test_a_trap_dropped_costs_a_part_of_one_read(tmp_path: Path) -> None:
    """By its source and by its rate, beside pysnmp's reading of the same bytes in the same run."""
    trap = await captured(v2c(COMMUNITY), notification(LINK_DOWN, f"{IF_INDEX}.7", "i", "7"))
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for _ in range(1000):
        read_message(trap)
    reading = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - begun) / 1000
    costs = {"unknown source": await cost(trap, {}), "rate limited": await cost(trap, {"127.0.0.1": nobody()})}
    print(f"\nCPU of a trap of {len(trap)} octets: read by pysnmp {reading * 1e6:.0f} µs")
    for name, each in costs.items():
        print(f"  dropped, {name:16} {each * 1e6:6.1f} µs  {each / reading:.3f} ×")
    assert max(costs.values()) / reading < 0.1


def nobody() -> Sender:
    return Sender((), Bucket(rate=1e-9, burst=0), Bucket(rate=1, burst=1))


async def cost(trap: bytes, senders: dict[str, Sender]) -> float:
    """Return this process's CPU seconds for one datagram that is dropped, what filling the socket costs left out."""
    counts: Counter[TrapOutcome] = Counter()

    def count(outcome: TrapOutcome, number: int) -> None:
        counts[outcome] += number

    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    where = opened.getsockname()
    reading = TrapSocket(opened, take=lambda _: True, counted=count)
    reading.admit(senders, all_of_them=Bucket(rate=1, burst=1))
    reading.start()
    spent, turns, a_turn = 0.0, 40, 200
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        for turn in range(1, turns + 1):
            for _ in range(a_turn):
                device.sendto(trap, where)
            before = time.process_time()
            while counts.total() < turn * a_turn:  # noqa: ASYNC110 - a condition of plain values
                await asyncio.sleep(0)
            spent += time.process_time() - before
            await asyncio.sleep(WINDOW_S)  # so that every turn finds a window of its own
    reading.close()
    return spent / (turns * a_turn)
