"""What goes wrong in a month of the sample county: drawn by a seed, the same month the same mishaps.

How often a line fails, why, and how long it takes are those of a county as the centre knows it: a village's line fails
five times as often as a department's, a carrier's repair takes two and a half hours in the middle and half a day
once in twenty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import log
from random import Random

from monitor.inventory.model import Line, UnitKind
from monitor.lab.county import County
from monitor.sla.spans import Span

FAULTS = {UnitKind.DEPARTMENT: 0.12, UnitKind.TOWNSHIP: 0.35, UnitKind.VILLAGE: 0.6, UnitKind.OTHER: 0.2}
"""Faults of a line in thirty days, by the kind of its unit."""
THIRTY_DAYS = timedelta(days=30)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
BLIPS = (10, 20)
BLIND_FOR = (35, 75)  # minutes in which the monitor itself stands
CUT_FOR = (2.0, 5.0)  # hours in which an aggregation node is away
FEWEST_BELOW = 5  # lines below the node that is cut
APART = 3 * HOUR  # between two mishaps of a line, so that each is a fault of its own
LONGEST = timedelta(days=4)
AWAKE = (8, 18)  # hours of the day in which people dig, rewire and switch off


class Cause(StrEnum):
    """Why a line does not work, or does not work well."""

    FIBRE_CUT = "fibre_cut"
    EQUIPMENT = "equipment"
    UNIT_POWER = "unit_power"
    UNIT_LAN = "unit_lan"
    MAINTENANCE = "maintenance"
    DEGRADATION = "degradation"
    FORCE_MAJEURE = "force_majeure"
    NODE_CUT = "node_cut"
    BLIP = "blip"


WEIGHTS = {
    Cause.FIBRE_CUT: 25,
    Cause.EQUIPMENT: 20,
    Cause.UNIT_POWER: 25,
    Cause.UNIT_LAN: 10,
    Cause.MAINTENANCE: 10,
    Cause.DEGRADATION: 7,
    Cause.FORCE_MAJEURE: 3,
}
TAKES = {  # hours in the middle, and how far they scatter: a log-normal distribution
    Cause.FIBRE_CUT: (2.5, 1.0),
    Cause.EQUIPMENT: (2.5, 1.0),
    Cause.UNIT_POWER: (0.75, 0.7),
    Cause.UNIT_LAN: (1.5, 0.6),
    Cause.MAINTENANCE: (0.8, 0.4),
    Cause.DEGRADATION: (1.5, 0.5),
    Cause.FORCE_MAJEURE: (20.0, 0.4),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """A line in trouble over ``[begins_at, ends_at)``, whole minutes; a blip ends with its last lost round."""

    line: str
    cause: Cause
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The mishaps of a month in the order of their beginning, and the time in which the monitor itself stood."""

    mishaps: tuple[Mishap, ...]
    blind: Span


def draw(county: County, begin: datetime, end: datetime) -> Month:
    """Draw what goes wrong in ``[begin, end)``, local midnights; a mishap may outlast it."""
    return _Fate(county, begin, end).month()


class _Fate:
    """Draws a month."""

    def __init__(self, county: County, begin: datetime, end: datetime) -> None:
        self._chance = Random(f"{county.seed}/{begin:%Y-%m}")  # noqa: S311 - invented mishaps
        self._county, self._begin, self._end = county, begin, end
        self._taken: dict[str, list[Span]] = defaultdict(list)

    def month(self) -> Month:
        found = [*self._node_cut(), *self._last_evening(), *self._faults(), *self._blips()]
        lasting = timedelta(minutes=self._chance.randint(*BLIND_FOR))
        stands = self._begin + timedelta(days=self._chance.randint(8, 24), minutes=self._chance.randrange(24 * 60))
        return Month(
            mishaps=tuple(sorted(found, key=lambda each: (each.begins_at, each.line))), blind=(stands, stands + lasting)
        )

    def _node_cut(self) -> Iterator[Mishap]:
        """Cut one aggregation node: every line below it at once, back within minutes of each other."""
        below = {node: lines for node in self._county.inventory.nodes if (lines := self._leaves(node))}
        node = self._chance.choice([node for node, lines in below.items() if len(lines) >= FEWEST_BELOW])
        begins_at = self._begin + timedelta(days=self._chance.randint(4, 20), minutes=self._chance.randrange(24 * 60))
        ends_at = begins_at + self._chance.uniform(*CUT_FOR) * HOUR
        for line in below[node]:
            back = ends_at + self._chance.randrange(4) * MINUTE
            yield self._take(line, Cause.NODE_CUT, begins_at, _whole(back))

    def _leaves(self, node: str) -> tuple[str, ...]:
        """Return the lines of a node without children; a core's stand below its aggregation nodes."""
        has_children = any(each.parent == node for each in self._county.inventory.nodes.values())
        return () if has_children else self._county.below(node)

    def _last_evening(self) -> Iterator[Mishap]:
        """Cut a line before the month's last midnight, and repair it after it."""
        line = self._chance.choice([line for line in self._county.inventory.lines if not self._taken[line]])
        begins_at = self._end - timedelta(minutes=self._chance.randint(60, 180))
        yield self._take(line, Cause.FIBRE_CUT, begins_at, self._end + self._chance.randint(11, 16) * HOUR)

    def _faults(self) -> Iterator[Mishap]:
        units, share = self._county.inventory.units, (self._end - self._begin) / THIRTY_DAYS
        for line in self._county.inventory.lines.values():
            for _ in range(_poisson(self._chance, FAULTS[units[line.unit].kind] * share)):
                cause = self._chance.choices(tuple(WEIGHTS), weights=tuple(WEIGHTS.values()))[0]
                found = self._somewhen(line, cause)
                if found is not None:
                    yield found

    def _somewhen(self, line: Line, cause: Cause) -> Mishap | None:
        middle, scatter = TAKES[cause]
        lasting = _whole_length(min(LONGEST, max(4 * MINUTE, self._chance.lognormvariate(log(middle), scatter) * HOUR)))
        for _ in range(20):
            begins_at = self._begin + self._day(cause)
            if self._free(line.id, begins_at, begins_at + lasting):
                return self._take(line.id, cause, begins_at, begins_at + lasting)
        return None

    def _day(self, cause: Cause) -> timedelta:
        """Return when in the month something begins: planned work by night, an excavator by day."""
        days = (self._end - self._begin).days
        first = 2 if cause is Cause.MAINTENANCE else 0  # it is announced two days before
        day = timedelta(days=self._chance.randrange(first, days))
        if cause is Cause.MAINTENANCE:
            return day + timedelta(minutes=self._chance.randrange(30, 180))
        if cause in (Cause.FIBRE_CUT, Cause.UNIT_LAN) and self._chance.random() < 0.7:
            return day + timedelta(minutes=self._chance.randrange(AWAKE[0] * 60, AWAKE[1] * 60))
        return day + timedelta(minutes=self._chance.randrange(24 * 60))

    def _blips(self) -> Iterator[Mishap]:
        lines = tuple(self._county.inventory.lines)
        for _ in range(self._chance.randint(*BLIPS)):
            line = self._chance.choice(lines)
            begins_at = self._begin + timedelta(
                minutes=self._chance.randrange(24 * 60 * (self._end - self._begin).days)
            )
            if self._free(line, begins_at, begins_at + MINUTE):
                yield self._take(line, Cause.BLIP, begins_at, begins_at + self._chance.choice((1, 2)) * 10 * SECOND)

    def _free(self, line: str, begins_at: datetime, ends_at: datetime) -> bool:
        return all(ends_at + APART <= begin or end + APART <= begins_at for begin, end in self._taken[line])

    def _take(self, line: str, cause: Cause, begins_at: datetime, ends_at: datetime) -> Mishap:
        self._taken[line].append((begins_at, ends_at))
        return Mishap(line=line, cause=cause, begins_at=begins_at, ends_at=ends_at)


def by_line(mishaps: Collection[Mishap]) -> Mapping[str, list[Mishap]]:
    """Return the mishaps of each line, in order."""
    found: dict[str, list[Mishap]] = defaultdict(list)
    for mishap in sorted(mishaps, key=lambda each: each.begins_at):
        found[mishap.line].append(mishap)
    return found


def _poisson(chance: Random, mean: float) -> int:
    """Draw how often something happens that happens ``mean`` times on average."""
    number, waited = 0, chance.expovariate(1.0)
    while waited < mean:
        number, waited = number + 1, waited + chance.expovariate(1.0)
    return number


def _whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _whole_length(length: timedelta) -> timedelta:
    return length // MINUTE * MINUTE
