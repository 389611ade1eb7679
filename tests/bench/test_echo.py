"""What an ICMP echo costs beside fping: processor time an echo, thousands of loopback targets, in the same run."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from monitor.probing.echo import EchoEngine
from tests.needs import need
from tests.netns import Namespace, Network

PACKETS = 3
ROUNDS = 7
LIMIT = 1.0
RIVALS = {  # milliseconds between two echoes to one target; between targets fping is told not to pause at all
    "fping -i 0 -p 10": "10",
    "fping -i 0 -p 200": "200",
}


def addresses(count: int) -> list[str]:
    """Return as many loopback addresses, none of them twice."""
    return [f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}" for number in range(count)]


def spent(who: int) -> float:
    """Return the processor time, user and system, in seconds."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


async def ours(alone: Namespace, targets: list[str]) -> float:
    """Measure every target, sockets opened and closed included; nothing may be lost."""
    begun = spent(resource.RUSAGE_SELF)
    engine = EchoEngine()
    with alone.entered():
        await engine.open()
    measured = await engine.measure(targets, packets=PACKETS, gap=0)
    stats = engine.stats
    await engine.close()
    cost = spent(resource.RUSAGE_SELF) - begun
    assert all(echoes.received == PACKETS for echoes in measured)
    assert (stats.received, stats.overflows) == (PACKETS * len(targets), 0)
    return cost


def theirs(alone: Namespace, fping: str, period: str, listed: Path) -> float:
    """Let fping do the same, printing nothing but the summary of each target."""
    begun = spent(resource.RUSAGE_CHILDREN)
    alone.run(fping, "-q", "-c", str(PACKETS), "-i", "0", "-p", period, "-f", str(listed))
    return spent(resource.RUSAGE_CHILDREN) - begun


@pytest.mark.bench
@pytest.mark.parametrize("count", [2_000, 20_000])
async def test_an_echo_costs_at_most_what_it_costs_fping(count: int, tmp_path: Path) -> None:
    fping = need("fping")
    targets = addresses(count)
    listed = tmp_path / "targets"
    listed.write_text("\n".join(targets))
    echoes = count * PACKETS
    costs: dict[str, list[float]] = {name: [] for name in ("monitor", *RIVALS)}
    with Network() as network:
        alone = network.namespace("alone")  # where nobody else's raw socket is handed a copy of every packet
        for _ in range(ROUNDS):
            costs["monitor"].append(await ours(alone, targets))
            for name, period in RIVALS.items():
                costs[name].append(theirs(alone, fping, period, listed))
    # The cheapest round of each: whatever else the machine is doing only ever adds.
    microseconds = {name: min(each) / echoes * 1e6 for name, each in costs.items()}
    best = min(microseconds[name] for name in RIVALS)
    ratio = microseconds["monitor"] / best
    print(f"\n| {count:,} targets, {PACKETS} echoes each | CPU an echo | beside fping at its best |\n|---|---|---|")
    for name, cost in microseconds.items():
        print(f"| {name} | {cost:.1f} µs | {cost / best:.2f} |")
    assert ratio <= LIMIT
