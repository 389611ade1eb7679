"""The serial number of the chassis: told by few devices, and none is worse off for not telling it."""

from __future__ import annotations

from typing import Any

import pytest
from pysnmp.proto import rfc1902

from monitor.probing.snmp.chassis import PHYSICAL_CLASS, SERIAL_NUMBER
from monitor.probing.snmp.client import SnmpClient
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.discovery import discover, poll
from tests.snmp.agents import Table, running
from tests.snmp.test_poller import router

CHASSIS, MODULE, PORT = 3, 9, 10


def entities(*rows: tuple[int, int, bytes | None]) -> Table:
    """Return the router with physical entities: index, class, serial number."""
    table = router()
    more: dict[str, Any] = {}
    for index, kind, serial in rows:
        more[f"{PHYSICAL_CLASS}.{index}"] = rfc1902.Integer32(kind)
        if serial is not None:
            more[f"{SERIAL_NUMBER}.{index}"] = rfc1902.OctetString(serial)
    table.rows |= more
    return table


@pytest.mark.parametrize(
    ("rule", "rows", "serial"),
    [
        ("No such table.", (), None),
        ("The chassis, not the card before it.", ((1, MODULE, b"CARD"), (2, CHASSIS, b"21500101573GK1000299")),
         "21500101573GK1000299"),
        ("No chassis.", ((1, MODULE, b"CARD"),), None),
        ("A chassis that does not say.", ((1, CHASSIS, b""), (2, PORT, b"P")), None),
        ("Of a stack the first that says.", ((1, CHASSIS, b""), (2, CHASSIS, b"S2"), (3, CHASSIS, b"S3")), "S2"),
        ("Blanks around.", ((1, CHASSIS, b"  S1 \x00"),), "S1"),
        ("Zeros are none.", ((1, CHASSIS, b"0000-0000"),), None),
        ("Other bytes are none.", ((1, CHASSIS, b"\x00\x01\x02\n0 0"),), None),
        ("A row without the column.", ((1, CHASSIS, None),), None),
    ],
)  # fmt: skip
async def test_the_chassis_that_says_it_is_read(
    client: SnmpClient, devices: Devices, rule: str, rows: tuple[tuple[int, int, bytes | None], ...], serial: str | None
) -> None:
    async with running(entities(*rows)) as found:
        discovery, facts = await discover(client, found.agent(), devices)
        polled = await poll(client, found.agent(), discovery)
    assert (serial, serial) == (facts.serial, polled.serial), rule
    assert facts.cpu_ratio == 0.24, "and everything else as ever"


async def test_a_poll_does_not_ask_for_it_again(client: SnmpClient, devices: Devices) -> None:
    async with running(entities((1, CHASSIS, b"S1"))) as found:
        discovery, _ = await discover(client, found.agent(), devices)
        asked = len(found.asked)
        await poll(client, found.agent(), discovery)
        assert not [oid for each in found.asked[asked:] for oid in each.oids if oid.startswith(SERIAL_NUMBER)]
