"""What SNMP says of a device at one instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.probing.snmp.client import SYS_UPTIME, Value
from monitor.probing.snmp.failure import SnmpError
from monitor.probing.snmp.health import Health
from monitor.probing.snmp.interface import Interface, Port, interface
from monitor.probing.snmp.text import count, text

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
ENGINE_BOOTS = "1.3.6.1.6.3.10.2.1.2.0"
ENGINE_TIME = "1.3.6.1.6.3.10.2.1.3.0"
SYSTEM = (SYS_DESCR, SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME, ENGINE_BOOTS, ENGINE_TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What a device says of itself; None for what it does not say.

    ``uptime_s`` is sysUpTime in seconds, raw: it wraps after 2^32 hundredths. ``engine_boots`` and ``engine_time_s``
    are those of RFC 3411. Ratios go from 0 to 1; of several CPUs, memories or thermometers the highest counts.
    ``unmatched`` are the names of interfaces wanted that mean none of the device's. ``serial`` is the chassis'.
    """

    sys_name: str | None
    sys_descr: str | None
    sys_object_id: str | None
    uptime_s: float | None
    engine_boots: int | None
    engine_time_s: int | None
    interfaces: tuple[Interface, ...]
    cpu_ratio: float | None
    memory_ratio: float | None
    temperature_celsius: float | None
    unmatched: tuple[str, ...] = ()
    serial: str | None = None


def facts(
    values: Mapping[str, Value],
    *,
    ports: Sequence[Port],
    health: Health,
    unmatched: tuple[str, ...] = (),
    serial: str | None = None,
) -> DeviceFacts:
    """Put the facts together from the values of `SYSTEM`, of the ports' columns and of the gauges."""
    uptime = count(values.get(SYS_UPTIME))
    return DeviceFacts(
        sys_name=text(values.get(SYS_NAME)),
        sys_descr=text(values.get(SYS_DESCR)),
        sys_object_id=text(values.get(SYS_OBJECT_ID)),
        uptime_s=None if uptime is None else uptime / 100,
        engine_boots=count(values.get(ENGINE_BOOTS)),
        engine_time_s=count(values.get(ENGINE_TIME)),
        interfaces=tuple(interface(port, values) for port in ports),
        cpu_ratio=health.cpu.read(values) if health.cpu else None,
        memory_ratio=health.memory.read(values) if health.memory else None,
        temperature_celsius=health.temperature.read(values) if health.temperature else None,
        unmatched=unmatched,
        serial=serial,
    )


def as_json(found: DeviceFacts | SnmpError, *, client: str) -> dict[str, object]:
    """Return the object ``snmp`` that ``monitor probe --json`` prints; of a failure only its name."""
    if isinstance(found, SnmpError):
        return {"error": found.reason.value}
    return {
        "client": client,
        "sys_name": found.sys_name,
        "sys_descr": found.sys_descr,
        "sys_object_id": found.sys_object_id,
        "uptime_s": found.uptime_s,
        "engine_boots": found.engine_boots,
        "engine_time_s": found.engine_time_s,
        "interfaces": [_interface_as_json(one) for one in found.interfaces],
        "cpu_ratio": found.cpu_ratio,
        "memory_ratio": found.memory_ratio,
        "temperature_celsius": found.temperature_celsius,
    }


def _interface_as_json(one: Interface) -> dict[str, object]:
    return {
        "index": one.index,
        "name": one.name,
        "descr": one.descr,
        "alias": one.alias,
        "admin": None if one.admin is None else one.admin.value,
        "oper": None if one.oper is None else one.oper.value,
        "speed_bps": one.speed_bps,
        "last_change_s": one.last_change_s,
        "in_octets": one.in_octets,
        "out_octets": one.out_octets,
    }
