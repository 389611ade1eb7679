"""What is left out of a fault's clock (sections 7 and 8 of the fault rules)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from monitor.faults.fault import Fault
from monitor.faults.maintenance import Window, nodes_above
from monitor.faults.terms import Scope
from monitor.inventory.model import Inventory, Line
from monitor.sla.spans import BEGINNING, NOTHING, Span, Spans, span, spans, union


def excluded(fault: Fault) -> Spans:
    """Return the approved exclusions of a fault: ``X`` of section 5."""
    return spans((each.begins_at, each.ends_at) for each in fault.exclusions if not each.revoked)


def uncounted(fault: Fault) -> Spans:
    """Return all that the clock leaves out: the exclusions, and what lies before the fault came back to the carrier."""
    if fault.counted_from is None:
        return excluded(fault)
    return excluded(fault) | span(BEGINNING, fault.counted_from)


class Maintenance:
    """When lines are in maintenance (section 6), sorted by what the windows cover: quick to ask for a whole county."""

    def __init__(self, windows: Iterable[Window], inventory: Inventory) -> None:
        """Look once at every window."""
        self._inventory = inventory
        covered: dict[tuple[Scope, str], list[Span]] = defaultdict(list)
        for window in windows:
            covered[window.scope, window.subject].append((window.begins_at, window.ends_at))
        self._covered = {subject: spans(parts) for subject, parts in covered.items()}

    def of(self, line: Line) -> Spans:
        """Return the time in which a line is in maintenance, itself or by its carrier or a node above it."""
        if not self._covered:
            return NOTHING
        nodes = ((Scope.NODE, node) for node in nodes_above(line.node, self._inventory))
        subjects = ((Scope.LINE, line.id), (Scope.CARRIER, line.carrier), *nodes)
        return union(self._covered[subject] for subject in subjects if subject in self._covered)
