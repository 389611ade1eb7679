"""Availability of lines and units over a period (section 11 of the fault rules).

Exact interval sets: ``W`` the time in service before now, ``U`` unknown, ``D`` down, ``X`` excluded. A figure whose
denominator is zero is None, never 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.policy import Detection
from monitor.sla.spans import BEGINNING, FOREVER, NOTHING, Spans, span


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHistory:
    """What is on record of one line up to now.

    ``gaps`` are the closed unknown intervals, ``down`` its outages and reported faults (an open one without end),
    ``excluded`` maintenance, exclusions and exempt faults.
    """

    in_service_from: datetime | None = None
    in_service_to: datetime | None = None
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    gaps: Spans = NOTHING
    down: Spans = NOTHING
    excluded: Spans = NOTHING

    def in_service(self) -> Spans:
        """Return the time in service."""
        return span(self.in_service_from or BEGINNING, self.in_service_to)

    def unknown(self, now: datetime, rules: Detection) -> Spans:
        """Return the unknown time up to ``now``: before the first round, in gaps, after a last round gone stale."""
        if self.first_seen_at is None or self.last_seen_at is None:
            return span(BEGINNING, FOREVER)
        unknown = self.gaps | span(BEGINNING, self.first_seen_at)
        if now - self.last_seen_at > rules.stale_after:
            unknown |= span(self.last_seen_at + rules.interval, None)
        return unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """A line's figures over a period. Ratios are unrounded, None where there is nothing to divide by."""

    window: timedelta
    unknown: timedelta
    excluded: timedelta
    down: timedelta
    assessed_down: timedelta
    raw: float | None
    assessed: float | None
    raw_low: float | None
    raw_high: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigures:
    """A unit's figures over a period: up when any line is known up, down when all are known down."""

    window: timedelta
    unknown: timedelta
    down: timedelta
    raw: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSpans:
    """The interval sets of a line within a period: ``down`` and ``excluded`` only where the line is known."""

    window: Spans
    unknown: Spans
    down: Spans
    excluded: Spans

    @property
    def known(self) -> Spans:
        """``W ∖ U``."""
        return self.window - self.unknown


def line_spans(history: LineHistory, period: Spans, now: datetime, *, rules: Detection) -> LineSpans:
    """Return a line's interval sets within a period, as known at ``now``."""
    window = period & history.in_service() & span(BEGINNING, now)
    unknown = history.unknown(now, rules) & window
    known = window - unknown
    return LineSpans(window=window, unknown=unknown, down=history.down & known, excluded=history.excluded & known)


def line_figures(sets: LineSpans) -> LineFigures:
    """Return the figures of one line."""
    window, unknown, down = sets.window.length, sets.unknown.length, sets.down.length
    assessed_down = (sets.down - sets.excluded).length
    known = window - unknown
    return LineFigures(
        window=window,
        unknown=unknown,
        excluded=sets.excluded.length,
        down=down,
        assessed_down=assessed_down,
        raw=_share_up(down, known),
        assessed=_share_up(assessed_down, known - sets.excluded.length),
        raw_low=_share_up(down + unknown, window),
        raw_high=_share_up(down, window),
        coverage=known / window if window else None,
    )


def unit_figures(lines: Iterable[LineSpans]) -> UnitFigures:
    """Return the figures of a unit from the interval sets of its lines."""
    window = up = doubtful = NOTHING
    for line in lines:
        window |= line.window
        up |= line.known - line.down
        doubtful |= line.unknown
    unknown = doubtful - up
    down = window - up - unknown
    return UnitFigures(
        window=window.length,
        unknown=unknown.length,
        down=down.length,
        raw=_share_up(down.length, window.length - unknown.length),
    )


def _share_up(down: timedelta, whole: timedelta) -> float | None:
    return (whole - down) / whole if whole else None
