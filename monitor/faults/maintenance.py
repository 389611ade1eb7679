"""Planned maintenance: which windows cover a line when (section 6 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.faults.terms import Scope
from monitor.inventory.model import Inventory, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window approved by the centre, over ``[begins_at, ends_at)``."""

    id: str
    scope: Scope
    subject: str
    begins_at: datetime
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return self.begins_at <= at < self.ends_at

    def covers(self, line: Line, inventory: Inventory) -> bool:
        """Tell whether a line is in its scope: the line itself, or any below the node or of the carrier."""
        match self.scope:
            case Scope.LINE:
                return self.subject == line.id
            case Scope.NODE:
                return self.subject in nodes_above(line.node, inventory)
            case Scope.CARRIER:
                return self.subject == line.carrier


def nodes_above(node: str | None, inventory: Inventory) -> tuple[str, ...]:
    """Return a node and those above it, from the nearest up."""
    above: list[str] = []
    while node is not None and node in inventory.nodes and node not in above:
        above.append(node)
        node = inventory.nodes[node].parent
    return tuple(above)


def covering(windows: Iterable[Window], line: Line, inventory: Inventory) -> Iterator[Window]:
    """Go through the windows that a line is in the scope of."""
    return (window for window in windows if window.covers(line, inventory))
