"""The interval sets of every line of a judged history, as the figures of section 11 are computed from them."""

from __future__ import annotations

from monitor.sla.availability import LineSpans, line_spans
from monitor.sla.exclusions import maintenance_of
from monitor.sla.history import Histories, by_line
from monitor.sla.spans import span
from tests.histories import History, Judged, at


def line_sets(
    history: History, judged: Judged, *, blips: bool, period: tuple[int, int] | None = None
) -> dict[str, LineSpans]:
    """Return each line's interval sets within a period, by default the whole history, as known at its end."""
    record, faults = Histories(), by_line(judged.faults().values())
    record.take(judged.events)
    watches, now = judged.supervision.watches, at(history.end)
    rules = history.policies.in_force(now).detection
    begin, end = period or (0, history.end)
    sets = {}
    for line in history.inventory.lines.values():
        seen = watches[line.id].last_at if line.id in watches else None
        maintenance = maintenance_of(judged.supervision.cases.windows.all(), line, history.inventory)
        of = record.of(
            line, last_seen_at=seen, faults=faults.get(line.id, ()), count_blips=blips, maintenance=maintenance
        )
        sets[line.id] = line_spans(of, span(at(begin), at(end)), now, rules=rules)
    return sets
