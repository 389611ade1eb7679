"""Faults with one cause upstream (section 9 of the fault rules)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from monitor.faults.events import IncidentGrouped
from monitor.faults.maintenance import nodes_above
from monitor.inventory.model import Inventory, Line
from monitor.policy import IncidentRule


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A fault by its beginning: episode 1's first failed round, then the line's place in the inventory."""

    began_at: datetime
    place: int
    no: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An incident: the highest share of lines below ``node`` (None: of the whole carrier); the anchor comes first."""

    carrier: str
    node: str | None
    members: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as it stands: its faults' numbers, the anchor's first."""

    number: int
    carrier: str
    node: str | None
    first_failed_at: datetime
    faults: tuple[str, ...]


class Upstream:
    """Which lines hang below which node of an inventory."""

    def __init__(self, inventory: Inventory) -> None:
        """Look once at every line."""
        self._lines = inventory.lines
        self._above = {line.id: nodes_above(line.node, inventory) for line in inventory.lines.values()}
        self._below: dict[tuple[str, str | None], dict[str, Line]] = defaultdict(dict)
        for line in inventory.lines.values():
            for node in (None, *self._above[line.id]):
                self._below[line.carrier, node][line.id] = line

    def above(self, line: str) -> tuple[str | None, ...]:
        """Return what stands above a line, the highest first: the carrier as None, then nodes."""
        return (None, *reversed(self._above.get(line, ())))

    def below(self, carrier: str, node: str | None) -> Set[str]:
        """Return the carrier's lines below a node, in service or not; all of them where it is None."""
        return self._below.get((carrier, node), {}).keys()

    def serving(self, carrier: str, node: str | None, at: datetime) -> Set[str]:
        """Return those of the lines below a node that are in service at an instant."""
        return {line.id for line in self._below.get((carrier, node), {}).values() if line.in_service(at)}


def group(
    carrier: str, faults: Sequence[Candidate], upstream: Upstream, rule_at: Callable[[datetime], IncidentRule]
) -> list[Group]:
    """Group one carrier's faults, which come sorted; ``rule_at`` gives the rule in force at an anchor's beginning."""
    free, found = list(faults), []
    while free:
        anchor = free[0]
        rule = rule_at(anchor.began_at)
        near = [fault for fault in free if fault.began_at - anchor.began_at <= rule.within]
        formed = _formed(carrier, near, upstream, rule) if len(near) >= rule.min_lines else None
        taken = {anchor.no} if formed is None else {member.no for member in formed.members}
        if formed is not None:
            found.append(formed)
        free = [fault for fault in free if fault.no not in taken]
    return found


def _formed(carrier: str, near: Sequence[Candidate], upstream: Upstream, rule: IncidentRule) -> Group | None:
    """Try the carrier, then every node above the anchor's line from the highest down; the highest share wins."""
    anchor, best, most = near[0], None, Fraction(0)
    for node in upstream.above(anchor.line):
        below = upstream.below(carrier, node)
        members = tuple(fault for fault in near if fault.line in below)
        hit = {fault.line for fault in members}
        if len(hit) < rule.min_lines:
            continue
        serving = upstream.serving(carrier, node, anchor.began_at)
        share = Fraction(len(hit & serving), len(serving)) if serving else Fraction(0)
        if share >= rule.min_share and share > most:
            best, most = Group(carrier=carrier, node=node, members=members), share
    return best


def incidents_of(events: Iterable[IncidentGrouped]) -> dict[int, Incident]:
    """Fold what was told of incidents into those that stand."""
    standing: dict[int, Incident] = {}
    for event in events:
        standing.pop(event.incident, None)
        if event.faults:
            standing[event.incident] = Incident(
                number=event.incident,
                carrier=event.carrier,
                node=event.node,
                first_failed_at=event.first_failed_at,
                faults=event.faults,
            )
    return dict(sorted(standing.items()))
