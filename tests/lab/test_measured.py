"""The product's own SNMP clients read every maker's device of the county, with nothing told them of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest

from monitor.lab.county import PORTS, Maker
from monitor.lab.stage import Ground
from tests.lab.ground import COMMUNITY, COUNTY, make, run

READ = """
import asyncio, json, sys
from monitor.probing.snmp.agent import Agent, Community
from monitor.probing.snmp.client import make_client
from monitor.probing.snmp.devices import load_devices
from monitor.probing.snmp.discovery import read_facts
from monitor.probing.snmp.facts import as_json

async def main(choice, community, *addresses):
    client = make_client(choice)
    devices = load_devices()
    for address in addresses:
        agent = Agent(address=address, credentials=Community(community=community))
        found = await read_facts(client, agent, devices)
        print(json.dumps(as_json(found, client=choice)))
    await client.close()

asyncio.run(main(*sys.argv[1:]))
"""
EDGES = {edge.maker: edge for edge in COUNTY.edges.values()}


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with make() as made:
        yield made


@pytest.mark.parametrize("client", ["pysnmp", "gufo"])
def test_every_makers_device_is_read_whole(ground: Ground, client: str) -> None:
    addresses = [EDGES[maker].address for maker in Maker]
    done = run(ground, [sys.executable, "-c", READ, client, COMMUNITY, *addresses])
    found = [json.loads(row) for row in done.stdout.splitlines()]
    assert len(found) == len(Maker), done.stderr
    for maker, facts in zip(Maker, found, strict=True):
        assert facts["sys_name"] == EDGES[maker].name
        assert facts["uptime_s"] > 0
        assert (facts["engine_boots"] is None) is (maker is Maker.ZTE)
        assert 0 < facts["cpu_ratio"] < 1
        assert 0 < facts["memory_ratio"] < 1
        assert (facts["temperature_celsius"] is None) is (maker is Maker.ZTE)
        ports = {port["name"]: port for port in facts["interfaces"]}
        assert set(PORTS[maker]) < set(ports)
        assert [ports[name]["oper"] for name in PORTS[maker]] == ["up", "up"]
        assert all(ports[name]["in_octets"] > 0 for name in PORTS[maker])
