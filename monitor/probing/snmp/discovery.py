"""What was learnt once of a device, so that each round asks for known OIDs only, in few requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.probing.snmp.agent import Agent, Version
from monitor.probing.snmp.chassis import read_serial
from monitor.probing.snmp.client import SYS_UPTIME, SnmpClient, Value
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.facts import ENGINE_BOOTS, SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, SYSTEM, DeviceFacts, facts
from monitor.probing.snmp.failure import SnmpError, SnmpFailure
from monitor.probing.snmp.health import Health, find_health
from monitor.probing.snmp.interface import (
    COLUMNS,
    DESCR,
    HC_IN_OCTETS,
    HC_OUT_OCTETS,
    INDEX_COLUMNS,
    NAME,
    NARROW,
    Port,
    chosen,
    port,
)

# Rows of one column: more interfaces than any edge device has, and an end for agents that never come to one.
LIMIT = 10_000
DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What stays as it is while a device runs on: its interfaces, its gauges and the OIDs it answers.

    ``fixed`` are values that tell, when they change, that all this must be learnt anew. ``serial`` is the chassis'.
    """

    ports: tuple[Port, ...]
    unmatched: tuple[str, ...]
    health: Health
    known: tuple[str, ...]
    fixed: Mapping[str, Value]
    texts: Mapping[str, Value]
    serial: str | None


class ChangedError(Exception):
    """The device is not what it was when it was discovered: restarted, replaced, renumbered."""


async def read_facts(
    client: SnmpClient,
    agent: Agent,
    devices: Devices,
    *,
    interfaces: Sequence[str] | None = None,
    limit: int = LIMIT,
    deadline_s: float = DEADLINE_S,
) -> DeviceFacts:
    """Read all there is to know of a device, its interfaces all or those named (see `interface.chosen`).

    Raises:
        SnmpError: no answer, none of use, or no end of it: ``TOO_LONG`` after ``deadline_s`` or ``limit`` rows.
    """
    _, found = await discover(client, agent, devices, interfaces=interfaces, limit=limit, deadline_s=deadline_s)
    return found


async def discover(
    client: SnmpClient,
    agent: Agent,
    devices: Devices,
    *,
    interfaces: Sequence[str] | None = None,
    limit: int = LIMIT,
    deadline_s: float = DEADLINE_S,
) -> tuple[Discovery, DeviceFacts]:
    """Learn what `poll` needs of a device, and read its facts on the way; as `read_facts`."""
    try:
        async with asyncio.timeout(deadline_s):
            return await _discovered(client, agent, devices, interfaces, limit)
    except TimeoutError:
        raise SnmpError(SnmpFailure.TOO_LONG, agent, f"not read within {deadline_s:g} s") from None


async def _discovered(
    client: SnmpClient, agent: Agent, devices: Devices, interfaces: Sequence[str] | None, limit: int
) -> tuple[Discovery, DeviceFacts]:
    values = dict(await client.get(agent, SYSTEM))
    names = await _names(client, agent, limit) if interfaces is None or interfaces else {}
    ports: tuple[Port, ...] = tuple(port(index, names) for index in sorted(_indexes(names)))
    unmatched: tuple[str, ...] = ()
    if interfaces is not None:
        ports, unmatched = chosen(ports, interfaces)
    identity = values[SYS_OBJECT_ID]
    health = await find_health(client, agent, devices.of(identity if isinstance(identity, str) else None), limit=limit)
    asked = [f"{column}.{one.index}" for one in ports for column in _columns(agent)] + list(health.oids)
    values |= await client.get(agent, asked)
    discovery = Discovery(
        ports=ports,
        unmatched=unmatched,
        health=health,
        known=_known(values),
        fixed={oid: values[oid] for oid in (SYS_OBJECT_ID, ENGINE_BOOTS) if values[oid] is not None}
        | _fixed_names(ports, names),
        texts={oid: values[oid] for oid in (SYS_DESCR, SYS_NAME)},
        serial=await read_serial(client, agent, limit=limit),
    )
    return discovery, facts(values, ports=ports, health=health, unmatched=unmatched, serial=discovery.serial)


async def poll(client: SnmpClient, agent: Agent, discovery: Discovery) -> DeviceFacts:
    """Read the facts of a device discovered before; sysDescr, sysName and serial number are those of then.

    Raises:
        ChangedError: an OID known has vanished, or a fixed value is another: discover again.
        SnmpError: no answer, or none of use.
    """
    values = await client.get(agent, (*discovery.known, *discovery.fixed) or (SYS_UPTIME,))
    for oid, before in discovery.fixed.items():
        if values[oid] != before:
            raise ChangedError(f"{oid} was {before!r} and is {values[oid]!r}")
    for oid in discovery.known:
        if values[oid] is None:
            raise ChangedError(f"{oid} is no longer answered")
    return facts(
        {**discovery.texts, **values},
        ports=discovery.ports,
        health=discovery.health,
        unmatched=discovery.unmatched,
        serial=discovery.serial,
    )


async def _names(client: SnmpClient, agent: Agent, limit: int) -> dict[str, Value]:
    names: dict[str, Value] = {}
    for column in INDEX_COLUMNS:
        names |= await client.walk(agent, column, limit=limit)
    return names


def _indexes(names: Mapping[str, Value]) -> set[int]:
    """Return the interfaces' indexes: the last number of each OID; one of more numbers is no interface's."""
    prefixes = tuple(f"{column}." for column in INDEX_COLUMNS)
    suffixes = (oid.removeprefix(prefix) for oid in names for prefix in prefixes if oid.startswith(prefix))
    return {int(suffix) for suffix in suffixes if suffix.isdigit()}


def _columns(agent: Agent) -> tuple[str, ...]:
    """Return the columns to ask for: SNMPv1 cannot carry 64-bit counters, and one OID it lacks spoils an answer."""
    if agent.credentials.version is Version.V1:
        return tuple(column for column in COLUMNS if column not in (HC_IN_OCTETS, HC_OUT_OCTETS))
    return COLUMNS


def _known(values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the OIDs worth asking every round: those answered, without texts and without narrow counters' twins."""
    twins = {oid.replace(wide, NARROW[wide], 1) for oid in values for wide in NARROW if _answers(values, oid, wide)}
    left_out = {SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, ENGINE_BOOTS, *twins}
    return tuple(oid for oid, value in values.items() if value is not None and oid not in left_out)


def _answers(values: Mapping[str, Value], oid: str, column: str) -> bool:
    return oid.startswith(f"{column}.") and values[oid] is not None


def _fixed_names(ports: Sequence[Port], names: Mapping[str, Value]) -> dict[str, Value]:
    """Return one OID an interface whose value is its name: another one there means the indexes have moved."""
    candidates = ((f"{NAME}.{one.index}", f"{DESCR}.{one.index}") for one in ports)
    present = (next((oid for oid in pair if oid in names), None) for pair in candidates)
    return {oid: names[oid] for oid in present if oid is not None}
