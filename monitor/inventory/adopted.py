"""The inventories that were in force one after another, and the lines of a period in one (the access archive, Art. 21).

An inventory change keeps history: a line that left stays in the figures of the time in which it was watched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Generic, TypeVar

from monitor.inventory.model import Inventory, Line, Node

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Adopted(Generic[T]):
    """What was in force from ``at`` until the next was adopted."""

    at: datetime
    what: T


def in_force(adopted: Sequence[Adopted[T]], since: datetime) -> Sequence[Adopted[T]]:
    """Return what was in force at an instant or later, the one adopted before it first."""
    before = sum(1 for each in adopted if each.at <= since)
    return adopted[max(0, before - 1) :]


def merged(adopted: Sequence[Adopted[Inventory]], since: datetime) -> Inventory:
    """Return the latest inventory, and after it the lines that were watched since an instant and have left.

    A line that left is out of service from the adoption that dropped it. References are those of the latest.
    """
    relevant = in_force(adopted, since)
    latest = relevant[-1].what
    lines, units = dict(latest.lines), dict(latest.units)
    carriers, nodes = dict(latest.carriers), dict(latest.nodes)
    taken = {line.address for line in lines.values()} | {each.address for each in latest.references.values()}
    for earlier, later in reversed(list(pairwise(relevant))):
        carriers = dict(earlier.what.carriers) | carriers
        nodes = dict(earlier.what.nodes) | nodes
        for line in earlier.what.lines.values():
            if line.id not in lines and (left := _left(line, later.at, nodes, taken)) is not None:
                lines[line.id] = left
                taken.add(left.address)
                units.setdefault(line.unit, earlier.what.units[line.unit])
    return Inventory(
        carriers=_first(carriers, latest.carriers),
        nodes=_first(nodes, latest.nodes),
        units=units,
        lines=lines,
        references=latest.references,
    )


def _first(all_of: Mapping[str, T], these: Iterable[str]) -> dict[str, T]:
    """Put the entities of the latest inventory first, in their order: it breaks ties."""
    return {name: all_of[name] for name in (*these, *(name for name in all_of if name not in these))}


def _left(line: Line, at: datetime, nodes: Mapping[str, Node], taken: Collection[str]) -> Line | None:
    """Return a line as it was until it left at an instant; None where it was never in service by then.

    An address given to another line meanwhile is replaced by one for documentation (RFC 3849): nothing is judged by it.
    """
    if line.in_service_from is not None and line.in_service_from >= at:
        return None
    number, address = 0, line.address
    while address in taken:
        number += 1
        address = f"2001:db8::{number:x}"
    known = nodes.get(line.node or "")
    node = line.node if known is not None and known.carrier == line.carrier else None
    return replace(line, address=address, node=node, in_service_to=min(line.in_service_to or at, at))
