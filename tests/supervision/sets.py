"""A judged history as the material of figures, and the interval sets of its lines (section 11)."""

from __future__ import annotations

from dataclasses import replace

from monitor.faults.events import IncidentGrouped
from monitor.faults.incident import incidents_of
from monitor.policy import AvailabilityRule, Policies
from monitor.sla.availability import LineSpans
from monitor.sla.history import Histories
from monitor.sla.review import Material, Sets
from tests.histories import History, Judged, at


def material(
    history: History, judged: Judged, *, blips: bool = False, period: tuple[int, int] | None = None
) -> Material:
    """Return what figures of a period rest on, by default of the whole history, as known at its end."""
    record = Histories()
    record.take(judged.events)
    begin, end = period or (0, history.end)
    counted = AvailabilityRule(count_blips=blips)
    return Material(
        now=at(history.end),
        period=(at(begin), at(end)),
        histories=record,
        last_seen={line: watch.last_at for line, watch in judged.supervision.watches.items()},
        faults=tuple(judged.faults().values()),
        inventory=history.inventory,
        policies=Policies([replace(version, availability=counted) for version in history.policies.versions]),
        windows=judged.supervision.cases.windows.all(),
        incidents=tuple(incidents_of(judged.all(IncidentGrouped)).values()),
    )


def line_sets(
    history: History, judged: Judged, *, blips: bool, period: tuple[int, int] | None = None
) -> dict[str, LineSpans]:
    """Return each line's interval sets within a period, by default the whole history, as known at its end."""
    sets = Sets(material(history, judged, blips=blips, period=period))
    return {line.id: sets.of(line) for line in history.inventory.lines.values()}
