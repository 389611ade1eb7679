"""One inventory and one policy for a history in which they may have changed, and what cannot be told so. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from monitor.inventory.adopted import Adopted, in_force
from monitor.inventory.model import Inventory, Line
from monitor.policy import Policies, Policy
from monitor.sla.spelling import spell_time

# -- the policy --------------------------------------------------------------------------------------------------


Ruling = Sequence[tuple[datetime, Policy]]
"""Versions of the policy, each with the instant at which it came into force, in their order."""


def versions(adopted: Sequence[Adopted[Policies]], since: datetime, until: datetime) -> Ruling:
    """Return the versions in force from an instant to another; the last is in force at the end."""
    found: list[tuple[datetime, Policy]] = []
    relevant = in_force(adopted, since)
    for number, each in enumerate(relevant):
        begin, end = max(each.at, since), relevant[number + 1].at if number + 1 < len(relevant) else until
        changes = [version.effective_from for version in each.what.versions if begin < version.effective_from <= end]
        found += [(at, each.what.in_force(at)) for at in (begin, *changes)]
    return tuple(each for place, each in enumerate(found) if place == 0 or found[place - 1][1] != each[1])


def tellable(ruling: Ruling) -> bool:
    """Tell whether versions can stand side by side: none comes into force twice."""
    return len({policy.version for _, policy in ruling}) == len(ruling)


# -- the inventory -----------------------------------------------------------------------------------------------


def changes(adopted: Sequence[Adopted[Inventory]], since: datetime) -> Iterator[str]:
    """Say what was other in the inventories since an instant, and cannot be told with one alone."""
    relevant = in_force(adopted, since)
    for earlier, later in pairwise(relevant):
        before, after, when = earlier.what, later.what, spell_time(later.at)
        if before.references != after.references:
            yield f"the references were others before {when}: blindness before then is judged by the later ones"
        for line in after.lines.values():
            if line.id in before.lines and _judged_by(before.lines[line.id]) != _judged_by(line):
                yield f"line {line.id} was entered otherwise before {when}"
        for node in after.nodes.values():
            if node.id in before.nodes and before.nodes[node.id].parent != node.parent:
                yield f"node {node.id} had another parent before {when}"


def _judged_by(line: Line) -> tuple[object, ...]:
    return line.unit, line.carrier, line.node, line.in_service_from, line.in_service_to
