"""Numbers beside the gaps: coverage of connection (Art. 6), time to the first answer of requests (Art. 24)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction

from monitor.inventory.model import Inventory, UnitKind
from monitor.registers.entries import Entry, Version
from monitor.registers.gaps import OBLIGED, serving

REQUESTS = "resource_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many units of a kind there are on the list of those to be connected, and how many have a line in service."""

    kind: UnitKind
    listed: int
    connected: int

    @property
    def rate(self) -> Fraction | None:
        """The share that is connected; None where none is listed."""
        return Fraction(self.connected, self.listed) if self.listed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How soon requests made in a period were answered. ``waiting`` have no answer, the oldest since ``since``."""

    requests: int
    answered: int
    median: timedelta | None
    longest: timedelta | None
    waiting: int
    since: datetime | None


def coverage(inventory: Inventory, on: date, zone: tzinfo) -> list[Coverage]:
    """Return the coverage of connection (接入率) on a day by kind of unit, of the kinds that there are.

    The list of units to be connected is the units of the inventory: one that waits for its line stands there without.
    """
    connected = {line.unit for line in serving(inventory, on, zone)}
    found = []
    for kind in UnitKind:
        listed = [unit.id for unit in inventory.units.values() if unit.kind is kind]
        if listed:
            joined = sum(unit in connected for unit in listed)
            found.append(Coverage(kind=kind, listed=len(listed), connected=joined))
    return found


def rate(covered: Iterable[Coverage]) -> Fraction | None:
    """Return the share of county and township units that are connected (Art. 6); None where there are none."""
    obliged = [each for each in covered if each.kind in OBLIGED]
    listed = sum(each.listed for each in obliged)
    return Fraction(sum(each.connected for each in obliged), listed) if listed else None


def answers(entries: Iterable[Entry], begin: datetime, end: datetime) -> Answers:
    """Return how soon the requests made in ``[begin, end)`` were answered, as it stood at its end."""
    made = [entry.latest for entry in entries if entry.register == REQUESTS and not entry.is_withdrawn]
    dated = [(_instant(each, "requested_at"), _answered(each, end)) for each in made]
    asked = [(at, answered) for at, answered in dated if at is not None and begin <= at < end]
    waits = sorted(answered - at for at, answered in asked if answered is not None)
    waiting = [at for at, answered in asked if answered is None]
    return Answers(
        requests=len(asked),
        answered=len(waits),
        median=_median(waits),
        longest=max(waits, default=None),
        waiting=len(waiting),
        since=min(waiting, default=None),
    )


def _median(waits: Sequence[timedelta]) -> timedelta | None:
    """Return the middle one of sorted lengths, or the mean of the two in the middle."""
    middle = len(waits) // 2
    if not waits:
        return None
    return waits[middle] if len(waits) % 2 else (waits[middle - 1] + waits[middle]) / 2


def _answered(version: Version, end: datetime) -> datetime | None:
    """Return when a request was first answered before an instant; what was closed without a word, then."""
    said = [at for name in ("first_answered_at", "closed_at") if (at := _instant(version, name)) is not None]
    first = min(said, default=None)
    return first if first is not None and first < end else None


def _instant(version: Version, name: str) -> datetime | None:
    value = version.facts.get(name)
    return value if isinstance(value, datetime) else None
