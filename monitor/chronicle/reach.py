"""Since when each line's history is needed, from the ledger alone. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.faults.events import (
    Event,
    ExclusionGranted,
    FaultClosed,
    FaultOpened,
    FaultRelapsed,
    LineFirstSeen,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
)
from monitor.sla.spans import FOREVER, Span, Spans, spans


@dataclass(slots=True, kw_only=True)
class Case:
    """What of a fault says how far it reaches. ``closed_at`` is when that was decided, None until then.

    ``relapsed`` holds the instants at which its later episodes began to be told of: the second, the third ….
    """

    opened: FaultOpened
    relapsed: list[datetime] = field(default_factory=list)
    closed_at: datetime | None = None
    excluded: list[Span] = field(default_factory=list)

    @property
    def began_at(self) -> datetime:
        """When its first episode began."""
        return self.opened.first_failed_at

    def lasts_at(self, at: datetime) -> bool:
        """Tell whether it began before an instant and may still change there."""
        return self.began_at < at and (self.closed_at is None or self.closed_at >= at)


class Past:
    """Faults, outages, blindness and first rounds, as far as the ledger tells them."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Fold events in, in the order of the ledger."""
        self.cases: dict[str, Case] = {}
        self.first_seen: dict[str, datetime] = {}
        self._down: dict[str, list[Span]] = defaultdict(list)
        self._blind: list[Span] = []
        for event in events:
            self._take(event)
        self.blind = spans(self._blind)

    def _take(self, event: Event) -> None:
        match event:
            case FaultOpened():
                self.cases[event.no] = Case(opened=event)
            case FaultRelapsed():
                self.cases[event.no].relapsed.append(event.at)
            case FaultClosed():
                self.cases[event.no].closed_at = event.at
            case ExclusionGranted():
                self.cases[event.no].excluded.append((event.begins_at, event.ends_at))
            case OutageConfirmed():
                self._down[event.line].append((event.first_failed_at, FOREVER))
            case OutageEnded():
                self._down[event.line][-1] = (event.first_failed_at, event.at)
            case MonitorBlind():
                self._blind.append((event.at, FOREVER))
            case MonitorSees():
                self._blind[-1] = (event.blind_since, event.at)
            case LineFirstSeen():
                self.first_seen.setdefault(event.line, event.at)
            case _:
                pass

    def down(self, line: str) -> Spans:
        """Return when a line was down, each outage up to the round that ended it."""
        return spans(self._down.get(line, ()))

    def following(self, case: Case) -> Case | None:
        """Return the fault of the same line that was opened next."""
        own = [each for each in self.cases.values() if each.opened.line == case.opened.line]
        place = own.index(case) + 1
        return own[place] if place < len(own) else None

    def reach(self, lines: Iterable[str], begin: datetime, end: datetime, *, within: timedelta) -> dict[str, datetime]:
        """Return since when each line is needed, so that every fault from then on is judged as it was.

        1. Faults not closed at ``begin``, and those with an exclusion in the period, from their beginning.
        2. Outages under way, from their beginning; the faults that later ones repeat.
        3. Faults of one carrier that began at most ``within`` apart: they may be one incident.
        4. Again, until none of these moves a line further back.
        """
        since = dict.fromkeys(lines, begin)
        newest_first = sorted(self.cases.values(), key=lambda case: case.began_at, reverse=True)
        for case in newest_first:
            if any(span[0] < end and span[1] > begin for span in case.excluded):
                _move(since, case.opened.line, case.began_at)
        near = list(_near(newest_first, within))
        before: Mapping[str, datetime] = {}
        while before != since:
            before = dict(since)
            self._lasting(since, newest_first)
            for one, other in near:
                if told(one, since) or told(other, since):
                    _move(since, one.opened.line, one.began_at)
                    _move(since, other.opened.line, other.began_at)
        return since

    def _lasting(self, since: dict[str, datetime], newest_first: Iterable[Case]) -> None:
        for line, parts in self._down.items():
            for began_at, ended_at in reversed(parts):
                if line in since and began_at < since[line] < ended_at:
                    since[line] = began_at
        for case in newest_first:
            line, repeated = case.opened.line, case.opened.repeat_of
            if line in since and case.lasts_at(since[line]):
                since[line] = case.began_at
            if repeated is not None and told(case, since):
                _move(since, line, self.cases[repeated].began_at)


def told(case: Case, since: Mapping[str, datetime]) -> bool:
    """Tell whether a fault is among those that a history since then holds."""
    return case.opened.line in since and case.began_at >= since[case.opened.line]


def _move(since: dict[str, datetime], line: str, at: datetime) -> None:
    if line in since and at < since[line]:
        since[line] = at


def _near(newest_first: Iterable[Case], within: timedelta) -> Iterator[tuple[Case, Case]]:
    """Go through the neighbours in time among each carrier's faults that may be of one incident."""
    latest: dict[str, Case] = {}
    for case in newest_first:
        later = latest.get(case.opened.carrier)
        if later is not None and later.began_at - case.began_at <= within:
            yield later, case
        latest[case.opened.carrier] = case
