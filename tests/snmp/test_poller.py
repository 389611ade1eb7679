"""Round after round: few requests, and a new discovery when the device has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pysnmp.proto import rfc1902

from monitor.probing.snmp.agent import Version
from monitor.probing.snmp.client import SnmpClient
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.failure import SnmpError
from monitor.probing.snmp.interface import State
from monitor.probing.snmp.poller import Poller
from tests.snmp.agents import Table, running

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
HUAWEI = "1.3.6.1.4.1.2011.5.25.31.1.1.1.1"
UPTIME, BOOTS, IDENTITY = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.10.2.1.2.0", "1.3.6.1.2.1.1.2.0"


def router() -> Table:
    """Return a router with two ports."""
    rows: dict[str, Any] = {
        IDENTITY: rfc1902.ObjectIdentifier("1.3.6.1.4.1.2011.2.224.62"),
        UPTIME: rfc1902.TimeTicks(1000),
        "1.3.6.1.2.1.1.5.0": rfc1902.OctetString("edge"),
        BOOTS: rfc1902.Integer32(3),
        "1.3.6.1.6.3.10.2.1.3.0": rfc1902.Integer32(10),
        f"{HUAWEI}.5.9": rfc1902.Integer32(24),
        f"{HUAWEI}.7.9": rfc1902.Integer32(58),
    }
    for index in (1, 2):
        rows |= {
            f"{IF}.2.{index}": rfc1902.OctetString(f"GigabitEthernet0/0/{index}"),
            f"{IF}.7.{index}": rfc1902.Integer32(1),
            f"{IF}.8.{index}": rfc1902.Integer32(1),
            f"{IF}.9.{index}": rfc1902.TimeTicks(500),
            f"{IF}.10.{index}": rfc1902.Counter32(7),
            f"{IF}.16.{index}": rfc1902.Counter32(8),
            f"{IFX}.6.{index}": rfc1902.Counter64(100),
            f"{IFX}.10.{index}": rfc1902.Counter64(200),
        }
    return Table(rows)


async def test_a_known_device_is_polled_with_one_request(client: SnmpClient, devices: Devices) -> None:
    table = router()
    async with running(table) as found:
        poller = Poller(client, devices)
        first = await poller.poll(found.agent(), interfaces=("GE0/0/1",))
        asked = len(found.asked)
        table.rows[UPTIME] = rfc1902.TimeTicks(7000)
        table.rows[f"{IFX}.6.1"] = rfc1902.Counter64(5100)
        table.rows[f"{IF}.8.1"] = rfc1902.Integer32(2)
        second = await poller.poll(found.agent(), interfaces=("GE0/0/1",))
        requests = found.asked[asked:]
    assert (first.uptime_s, second.uptime_s) == (10.0, 70.0)
    assert (first.interfaces[0].in_octets, second.interfaces[0].in_octets) == (100, 5100)
    assert (first.interfaces[0].oper, second.interfaces[0].oper) == (State.UP, State.DOWN)
    assert (second.sys_name, second.cpu_ratio, second.memory_ratio) == ("edge", 0.24, 0.58)
    assert [request.kind for request in requests] == ["get"]
    assert f"{IF}.10.1" not in requests[0].oids, "the 32-bit twin of a 64-bit counter is not polled"


async def test_counters_may_wrap(client: SnmpClient, devices: Devices) -> None:
    table = router()
    table.rows[f"{IFX}.6.1"] = rfc1902.Counter64(2**64 - 1)
    async with running(table) as found:
        poller = Poller(client, devices)
        before = await poller.poll(found.agent(), interfaces=("GE0/0/1",))
        table.rows[f"{IFX}.6.1"] = rfc1902.Counter64(4)
        after = await poller.poll(found.agent(), interfaces=("GE0/0/1",))
    assert (before.interfaces[0].in_octets, after.interfaces[0].in_octets) == (2**64 - 1, 4)


def restarts(rows: dict[str, Any]) -> None:
    rows[UPTIME] = rfc1902.TimeTicks(5)


def boots_again(rows: dict[str, Any]) -> None:
    rows[BOOTS] = rfc1902.Integer32(4)
    rows[UPTIME] = rfc1902.TimeTicks(2000)


def becomes_another(rows: dict[str, Any]) -> None:
    rows[IDENTITY] = rfc1902.ObjectIdentifier("1.3.6.1.4.1.9.1.1")


def renumbers(rows: dict[str, Any]) -> None:
    one, other = f"{IF}.2.1", f"{IF}.2.2"
    rows[one], rows[other] = rows[other], rows[one]


def loses_a_sensor(rows: dict[str, Any]) -> None:
    del rows[f"{HUAWEI}.5.9"]


@pytest.mark.parametrize("change", [restarts, boots_again, becomes_another, renumbers, loses_a_sensor])
async def test_a_device_that_changed_is_discovered_anew(
    client: SnmpClient, devices: Devices, change: Callable[[dict[str, Any]], None]
) -> None:
    table = router()
    async with running(table) as found:
        poller = Poller(client, devices)
        await poller.poll(found.agent(), interfaces=("GE0/0/1",))
        change(table.rows)
        asked = len(found.asked)
        changed = await poller.poll(found.agent(), interfaces=("GE0/0/1",))
        assert any(request.kind != "get" for request in found.asked[asked:]), "tables were walked again"
        asked = len(found.asked)
        await poller.poll(found.agent(), interfaces=("GE0/0/1",))
        assert len(found.asked) - asked == 1, "and known from then on"
    assert [2 if change is renumbers else 1] == [one.index for one in changed.interfaces]
    assert (None if change in (loses_a_sensor, becomes_another) else 0.24) == changed.cpu_ratio


async def test_a_discovery_is_believed_for_a_while_only(client: SnmpClient, devices: Devices) -> None:
    async with running(router()) as found:
        poller = Poller(client, devices, believed_s=0)
        for _ in range(2):
            await poller.poll(found.agent())
        assert sum("1.3.6.1.2.1.1.5.0" in request.oids for request in found.asked) == 2


async def test_an_interface_that_is_not_there_is_told(client: SnmpClient, devices: Devices) -> None:
    async with running(router()) as found:
        facts = await Poller(client, devices).poll(found.agent(), interfaces=("GE0/0/1", "GE0/0/9"))
    assert (facts.unmatched, len(facts.interfaces)) == (("GE0/0/9",), 1)


async def test_without_interfaces_no_table_is_walked(client: SnmpClient, devices: Devices) -> None:
    async with running(router()) as found:
        assert (await Poller(client, devices).poll(found.agent())).interfaces == ()
        assert not any(oid.startswith((IF, IFX)) for request in found.asked for oid in request.oids)


async def test_snmpv1_is_polled_too(client: SnmpClient, devices: Devices) -> None:
    table = router()
    table.rows = {oid: value for oid, value in table.rows.items() if not oid.startswith(IFX)}
    async with running(table) as found:
        poller, agent = Poller(client, devices), found.agent(version=Version.V1)
        await poller.poll(agent, interfaces=("GE0/0/1",))
        asked = len(found.asked)
        facts = await poller.poll(agent, interfaces=("GE0/0/1",))
        assert len(found.asked) - asked == 1
    assert (facts.interfaces[0].in_octets, facts.interfaces[0].in_octet_bits) == (7, 32)


async def test_a_device_without_anything_is_asked_all_the_same(client: SnmpClient, devices: Devices) -> None:
    async with running(Table({"1.3.6.1.2.1.1.4.0": rfc1902.OctetString("someone")})) as found:
        poller = Poller(client, devices)
        for _ in range(2):
            facts = await poller.poll(found.agent())
        agent = found.agent(timeout=0.05)
    assert (facts.uptime_s, facts.sys_object_id, facts.interfaces) == (None, None, ())
    with pytest.raises(SnmpError):
        await poller.poll(agent)
