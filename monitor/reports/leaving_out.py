"""Time of a period that carriers do not answer for: maintenance, exclusions, exempt faults (sections 6 to 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from monitor.faults.events import Event, MaintenanceApproved, MaintenanceCancelled
from monitor.faults.fault import Fault
from monitor.faults.maintenance import nodes_above
from monitor.faults.terms import Scope
from monitor.inventory.model import Inventory
from monitor.reports.figures import LeftOut, LeftOutRow
from monitor.sla.history import episodes
from monitor.sla.review import Material
from monitor.sla.spans import FOREVER, Span
from monitor.wording.telephones import mask_within


def left_out(material: Material, events: Iterable[Event]) -> tuple[LeftOutRow, ...]:
    """Return all time of the period that was left out up to ``as_of``, by its beginning.

    What was taken back before it began is in it too, and says so; ``events`` have the words with which a window was
    approved.
    """
    until = min(material.now, material.period[1])
    reach = (material.period[0], until)
    rows = [*_windows(material, reach, tuple(events))]
    for fault in material.faults:
        rows += [*_exclusions(fault, reach), *_exempt(fault, reach)]
    return tuple(sorted(rows, key=lambda row: (row.begins_at, row.why, row.what)))


def _windows(material: Material, reach: Span, events: Iterable[Event]) -> Iterator[LeftOutRow]:
    """Yield the maintenance windows; one that was cut short reaches to where it ended."""
    approved = {event.id: event for event in events if isinstance(event, MaintenanceApproved)}
    cancelled = {event.id for event in events if isinstance(event, MaintenanceCancelled)}
    covered = _covered(material.inventory)
    for window in material.windows:
        told = approved.get(window.id)
        planned = max(window.ends_at, told.ends_at) if told else window.ends_at
        if _meets((window.begins_at, planned), reach):
            yield LeftOutRow(
                why=LeftOut.MAINTENANCE,
                what=window.id,
                reason=mask_within(told.why or "") if told else "",
                begins_at=max(window.begins_at, reach[0]),
                ends_at=min(window.ends_at, reach[1]),
                lines=tuple(covered.get((window.scope, window.subject), ())),
                cancelled=window.id in cancelled,
            )


def _covered(inventory: Inventory) -> Mapping[tuple[Scope, str], list[str]]:
    """Return the lines in each scope that a window can have."""
    found: dict[tuple[Scope, str], list[str]] = defaultdict(list)
    for line in inventory.lines.values():
        found[Scope.LINE, line.id].append(line.id)
        found[Scope.CARRIER, line.carrier].append(line.id)
        for node in nodes_above(line.node, inventory):
            found[Scope.NODE, node].append(line.id)
    return found


def _exclusions(fault: Fault, reach: Span) -> Iterator[LeftOutRow]:
    for each in fault.exclusions:
        if _meets((each.begins_at, each.ends_at), reach):
            yield LeftOutRow(
                why=LeftOut.EXCLUSION,
                what=each.id,
                reason=each.reason.value,
                begins_at=max(each.begins_at, reach[0]),
                ends_at=min(each.ends_at, reach[1]),
                fault=fault.no,
                lines=(fault.line,),
                cancelled=each.revoked,
            )


def _exempt(fault: Fault, reach: Span) -> Iterator[LeftOutRow]:
    """Yield the down time of a fault that is another's; without end while it lasts."""
    for begin, end in () if fault.party.answers else episodes(fault):
        if _meets((begin, end), reach):
            yield LeftOutRow(
                why=LeftOut.EXEMPT,
                what=fault.no,
                reason=fault.party.value,
                begins_at=max(begin, reach[0]),
                ends_at=None if end == FOREVER else min(end, reach[1]),
                fault=fault.no,
                lines=(fault.line,),
            )


def _meets(lasted: Span, reach: Span) -> bool:
    return lasted[0] < reach[1] and lasted[1] > reach[0]
