"""What is on record of each line, folded from the ledger's events: the material of availability (section 11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.faults.events import BlipSeen, Event, LineFirstSeen, LineUnknown, OutageConfirmed, OutageEnded
from monitor.faults.fault import Fault
from monitor.inventory.model import Line
from monitor.sla.availability import LineHistory
from monitor.sla.exclusions import excluded
from monitor.sla.spans import FOREVER, NOTHING, Span, Spans, spans


class Histories:
    """First rounds, gaps, outages and blips by line; outages still open run without end."""

    def __init__(self) -> None:
        """Begin with nothing on record."""
        self.first_seen: dict[str, datetime] = {}
        self.gaps: dict[str, list[Span]] = defaultdict(list)
        self.outages: dict[str, list[Span]] = defaultdict(list)
        self.blips: dict[str, list[Span]] = defaultdict(list)

    def take(self, events: Iterable[Event]) -> None:
        """Fold events in, in the order of the ledger."""
        for event in events:
            match event:
                case LineFirstSeen():
                    self.first_seen[event.line] = event.at
                case LineUnknown():
                    self.gaps[event.line].append((event.unknown_from, event.at))
                case OutageConfirmed():
                    self.outages[event.line].append((event.first_failed_at, FOREVER))
                case OutageEnded():
                    self._end(event)
                case BlipSeen():
                    self.blips[event.line].append((event.first_failed_at, event.at))
                case _:
                    pass

    def copy(self) -> Histories:
        """Return a copy that does not follow what happens later."""
        copied = Histories()
        copied.first_seen = dict(self.first_seen)
        for name in ("gaps", "outages", "blips"):
            getattr(copied, name).update({line: list(parts) for line, parts in getattr(self, name).items()})
        return copied

    def forget_before(self, at: datetime) -> None:
        """Drop what ended before an instant: a month that is over."""
        for kept in (self.gaps, self.outages, self.blips):
            for line, parts in list(kept.items()):
                left = [part for part in parts if part[1] > at]
                if left:
                    kept[line] = left
                else:
                    del kept[line]

    def of(
        self,
        line: Line,
        *,
        last_seen_at: datetime | None,
        faults: Iterable[Fault],
        count_blips: bool,
        maintenance: Spans = NOTHING,
    ) -> LineHistory:
        """Return what is on record of one line.

        ``faults`` are its own: their episodes count as down, their exclusions and the down time of exempt ones are
        excluded, as is the time in which the line was in ``maintenance``.
        """
        down = list(self.outages.get(line.id, ()))
        left_out = list(maintenance)
        for fault in faults:
            lasted = episodes(fault)
            down += lasted
            left_out += excluded(fault)
            if not fault.party.answers:
                left_out += lasted
        if count_blips:
            down += self.blips.get(line.id, ())
        return LineHistory(
            in_service_from=line.in_service_from,
            in_service_to=line.in_service_to,
            first_seen_at=self.first_seen.get(line.id),
            last_seen_at=last_seen_at,
            gaps=spans(self.gaps.get(line.id, ())),
            down=spans(down),
            excluded=spans(left_out),
        )

    def _end(self, event: OutageEnded) -> None:
        parts = self.outages[event.line]
        if parts and parts[-1][1] == FOREVER:
            parts.pop()
        parts.append((event.first_failed_at, event.restored_at))


def episodes(fault: Fault) -> list[Span]:
    """Return when a fault's line was down by it, without end while it lasts."""
    return [(episode.first_failed_at, episode.restored_at or FOREVER) for episode in fault.episodes]


def concerns(fault: Fault, period: Span) -> bool:
    """Tell whether figures of a period rest on a fault: discovered or down in it, or with an exclusion in it."""
    begin, end = period
    parts = (*episodes(fault), *excluded(fault))
    return begin <= fault.discovered_at < end or any(since < end and until > begin for since, until in parts)


def by_line(faults: Iterable[Fault]) -> Mapping[str, list[Fault]]:
    """Group faults by their line."""
    grouped: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        grouped[fault.line].append(fault)
    return grouped
