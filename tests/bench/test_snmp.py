"""What our client costs above bare gufo-snmp: processor time of one GET of eight values, over 2,000 agents."""

from __future__ import annotations

import asyncio
import resource
import statistics
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from gufo.snmp.aio import SnmpSession

from monitor.probing.snmp.gufo_client import GufoClient
from tests.needs import lacking
from tests.snmp.live import COMMUNITY, Live, live_agent

AGENTS = 2000
AT_ONCE = 50
ROUNDS = 7
LIMIT = 1.5
# Two sockets an agent, ours and the rival's, and some for the rest.
FILES = 2 * AGENTS + 200
OIDS = (
    "1.3.6.1.2.1.1.3.0",
    "1.3.6.1.2.1.1.5.0",
    "1.3.6.1.2.1.2.2.1.8.1",
    "1.3.6.1.2.1.2.2.1.10.1",
    "1.3.6.1.2.1.2.2.1.16.1",
    "1.3.6.1.2.1.31.1.1.1.1.1",
    "1.3.6.1.2.1.31.1.1.1.6.1",
    "1.3.6.1.2.1.31.1.1.1.10.1",
)

Get = Callable[[int], Awaitable[object]]


@pytest.fixture
def agents(tmp_path: Path) -> Iterator[Live]:
    """One snmpd answering for all addresses, and enough files to open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        lacking(f"the right to open {FILES} files", f"ulimit -n {FILES}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    with live_agent(tmp_path) as running:
        yield running
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def address(number: int) -> str:
    """Return the address of an agent."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


@pytest.mark.bench
async def test_a_get_costs_at_most_half_again_of_bare_gufo_snmp(agents: Live) -> None:
    sessions = [SnmpSession(address(number), agents.port, COMMUNITY, timeout=5) for number in range(AGENTS)]
    client = GufoClient(sessions=AGENTS)
    ours = [agents.agent(address=address(number), timeout=5) for number in range(AGENTS)]
    rivals: dict[str, Get] = {
        "bare gufo-snmp, kept sessions": lambda number: sessions[number].get_many(OIDS),
        "our client over gufo-snmp": lambda number: client.get(ours[number], OIDS),
    }
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for name, get in rivals.items():
        assert {*OIDS} == {*(await get(0))}, f"{name} does not answer all that was asked"  # type: ignore[misc]
        await cpu_seconds(get)
    for _ in range(ROUNDS):
        for name, get in rivals.items():
            taken[name].append(await cpu_seconds(get))
    await client.close()
    bare, own = taken.values()
    # Round against round: what else the machine does falls on both.
    ratio = statistics.median(mine / theirs for mine, theirs in zip(own, bare, strict=True))
    print(f"\nSNMP v2c GET of {len(OIDS)} values, {AGENTS} agents, CPU a request, median of {ROUNDS} rounds")
    for name, shown in zip(taken, (1.0, ratio), strict=True):
        print(f"  {name:32} {statistics.median(taken[name]) / AGENTS * 1e6:7.1f} µs   {shown:5.2f} ×")
    assert ratio <= LIMIT


async def cpu_seconds(get: Get) -> float:
    """Return this process's processor time for one GET of every agent, fifty at once."""
    waiting = iter(range(AGENTS))

    async def work() -> None:
        for number in waiting:
            await get(number)

    before = resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
