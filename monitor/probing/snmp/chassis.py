"""The serial number of a device's chassis (ENTITY-MIB, RFC 6933): few devices tell it, and none must."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.probing.snmp.agent import Agent
from monitor.probing.snmp.client import Row, SnmpClient, Value
from monitor.probing.snmp.failure import SnmpError

PHYSICAL_CLASS = "1.3.6.1.2.1.47.1.1.1.1.5"
SERIAL_NUMBER = "1.3.6.1.2.1.47.1.1.1.1.11"
CHASSIS = 3
MOST = 4  # chassis asked for: more are a stack, which the first of them stands for


async def read_serial(client: SnmpClient, agent: Agent, *, limit: int) -> str | None:
    """Return the serial number of the first chassis that has one, None where none tells it or the agent balks."""
    try:
        asked = _chassis(await client.walk(agent, PHYSICAL_CLASS, limit=limit))
        return _first(await client.get(agent, asked)) if asked else None
    except SnmpError:
        return None  # a device is polled without it as well as with it


def _chassis(rows: Iterable[Row]) -> list[str]:
    """Return the OIDs of the chassis' serial numbers, by their index."""
    suffixes = [oid.removeprefix(f"{PHYSICAL_CLASS}.") for oid, value in rows if value == CHASSIS]
    return [f"{SERIAL_NUMBER}.{index}" for index in sorted(int(each) for each in suffixes if each.isdigit())[:MOST]]


def _first(values: Mapping[str, Value]) -> str | None:
    return next((serial for value in values.values() if (serial := _readable(value)) is not None), None)


def _readable(value: Value) -> str | None:
    """Return a serial number that is a text; blanks, zeros and other bytes put there are none."""
    if not isinstance(value, bytes):
        return None
    serial = value.strip(b"\x00 ").decode("ascii", errors="replace")
    return serial if serial.isprintable() and serial.isascii() and serial.strip("0-./ ") else None
