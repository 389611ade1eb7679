"""CPU load, memory use and temperature: found once in a device, then read from known OIDs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.probing.snmp.agent import Agent
from monitor.probing.snmp.client import SnmpClient, Value
from monitor.probing.snmp.devices import Device, Filter, Source
from monitor.probing.snmp.text import number

# Rows of one source that are read every time: of more, the first.
ROWS_KEPT = 64
# More decimal places are no precision of a thermometer.
PLACES = range(10)
RATIO = (0.0, 1.0)
CELSIUS = (-40.0, 150.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A source found in a device: the rows that hold figures, each with what its value is divided by."""

    source: Source
    rows: tuple[tuple[str, int], ...]
    is_ratio: bool

    @property
    def oids(self) -> tuple[str, ...]:
        """The OIDs to read."""
        if self.source.value:
            return tuple(row for row, _ in self.rows)
        return tuple(f"{column}.{row}" for row, _ in self.rows for column in self.source.columns)

    def read(self, values: Mapping[str, Value]) -> float | None:
        """Return the highest figure: a ratio from 0 to 1, or degrees Celsius; None where no row holds one."""
        figures = [self.figure(values, row, divisor) for row, divisor in self.rows]
        return max((figure for figure in figures if figure is not None), default=None)

    def figure(self, values: Mapping[str, Value], row: str, divisor: int) -> float | None:
        """Return the figure of one row, None where what it says is no figure."""
        exact = _value(self.source, values.get(row), divisor) if self.source.value else _share(self.source, values, row)
        least, most = RATIO if self.is_ratio else CELSIUS
        return exact if exact is not None and least <= exact <= most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The gauges of a device; None for what it has not."""

    cpu: Gauge | None = None
    memory: Gauge | None = None
    temperature: Gauge | None = None

    @property
    def oids(self) -> tuple[str, ...]:
        """The OIDs of all gauges."""
        return tuple(
            oid for gauge in (self.cpu, self.memory, self.temperature) if gauge is not None for oid in gauge.oids
        )


async def find_health(client: SnmpClient, agent: Agent, device: Device | None, *, limit: int) -> Health:
    """Walk the sources of a kind of device until one of each quantity holds figures.

    Raises:
        SnmpError: a walk failed.
    """
    if device is None:
        return Health()
    return Health(
        cpu=await _first(client, agent, device.cpu, is_ratio=True, limit=limit),
        memory=await _first(client, agent, device.memory, is_ratio=True, limit=limit),
        temperature=await _first(client, agent, device.temperature, is_ratio=False, limit=limit),
    )


async def _first(
    client: SnmpClient, agent: Agent, sources: Sequence[Source], *, is_ratio: bool, limit: int
) -> Gauge | None:
    for source in sources:
        values: dict[str, Value] = {}
        for column in source.columns:
            values |= await client.walk(agent, column, limit=limit)
        if not values:
            continue
        wanted = await _wanted(client, agent, source.only, limit=limit)
        divisors = await _divisors(client, agent, source, limit=limit)
        probe = Gauge(source=source, rows=(), is_ratio=is_ratio)
        rows = [
            (row, divisors.get(_suffix(source, row), source.of if is_ratio else source.divide_by))
            for row in _rows(source, values)
            if wanted is None or _suffix(source, row) in wanted
        ]
        held = tuple(row for row in rows if probe.figure(values, *row) is not None)
        if held:
            return Gauge(source=source, rows=held[:ROWS_KEPT], is_ratio=is_ratio)
    return None


async def _wanted(client: SnmpClient, agent: Agent, only: Filter | None, *, limit: int) -> set[str] | None:
    if only is None:
        return None
    rows = await client.walk(agent, only.column, limit=limit)
    return {oid.removeprefix(only.column + ".") for oid, value in rows if value == only.equals}


async def _divisors(client: SnmpClient, agent: Agent, source: Source, *, limit: int) -> dict[str, int]:
    if source.precision is None:
        return {}
    rows = await client.walk(agent, source.precision, limit=limit)
    places = ((oid.removeprefix(source.precision + "."), number(value)) for oid, value in rows)
    return {suffix: 10**place for suffix, place in places if place is not None and place in PLACES}


def _rows(source: Source, values: Mapping[str, Value]) -> list[str]:
    """Return the rows: whole OIDs of single values, suffixes of pairs."""
    if source.value:
        return list(values)
    first = source.columns[0] + "."
    return [oid.removeprefix(first) for oid in values if oid.startswith(first)]


def _suffix(source: Source, row: str) -> str:
    for column in source.value:
        if row.startswith(column + "."):
            return row.removeprefix(column + ".")
    return row


def _value(source: Source, value: Value, divisor: int) -> float | None:
    found = number(value)
    if found is None or (found == 0 and source.zero == "absent"):
        return None
    return 1 - found / divisor if source.idle else found / divisor


def _share(source: Source, values: Mapping[str, Value], row: str) -> float | None:
    first, second = (number(values.get(f"{column}.{row}")) for column in source.columns)
    if first is None or second is None:
        return None
    if source.total is None:
        second += first
    if second <= 0:
        return None
    return first / second if source.used is not None else 1 - first / second
