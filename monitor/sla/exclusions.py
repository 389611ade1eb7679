"""What is left out of a fault's clock (sections 7 and 8 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.faults.fault import Fault
from monitor.faults.maintenance import Window
from monitor.inventory.model import Inventory, Line
from monitor.sla.spans import BEGINNING, Spans, span, spans


def excluded(fault: Fault) -> Spans:
    """Return the approved exclusions of a fault: ``X`` of section 5."""
    return spans((each.begins_at, each.ends_at) for each in fault.exclusions if not each.revoked)


def uncounted(fault: Fault) -> Spans:
    """Return all that the clock leaves out: the exclusions, and what lies before the fault came back to the carrier."""
    if fault.counted_from is None:
        return excluded(fault)
    return excluded(fault) | span(BEGINNING, fault.counted_from)


def maintenance_of(windows: Iterable[Window], line: Line, inventory: Inventory) -> Spans:
    """Return the time in which a line is in maintenance (section 6)."""
    covering = (window for window in windows if window.covers(line, inventory))
    return spans((window.begins_at, window.ends_at) for window in covering)
