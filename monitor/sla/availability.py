"""Availability of lines and units over a period (section 11 of the fault rules).

Exact interval sets: ``W`` the time in service before now, ``U`` unknown, ``D`` down, ``X`` excluded. Figures are exact
lengths of time and the exact shares they make; a share whose denominator is zero is None (N/A), never 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from monitor.policy import Detection
from monitor.sla.spans import BEGINNING, FOREVER, NOTHING, Spans, span

Share = Fraction | None


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
class Figures:
    """What a line or unit comes to over a period: its window, the unknown of it, the known that was down."""

    window: timedelta
    unknown: timedelta
    down: timedelta

    @property
    def known(self) -> timedelta:
        """``|W ∖ U|``."""
        return self.window - self.unknown

    @property
    def raw(self) -> Share:
        """What the unit lived through: the share of the known time that was up."""
        return share(self.known - self.down, self.known)

    @property
    def raw_low(self) -> Share:
        """The lower bound of ``raw``: all that is unknown taken as down."""
        return share(self.known - self.down, self.window)

    @property
    def raw_high(self) -> Share:
        """The upper bound of ``raw``: all that is unknown taken as up."""
        return share(self.window - self.down, self.window)

    @property
    def coverage(self) -> Share:
        """The share of the window that is known."""
        return share(self.known, self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigures(Figures):
    """A unit's figures: up when any line is known up, down when all are known down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures(Figures):
    """A line's figures; ``excluded`` is of its known time, ``assessed_down`` the known down time not excluded."""

    excluded: timedelta
    assessed_down: timedelta

    @property
    def assessed(self) -> Share:
        """What the carrier answers for: the share of the known time not excluded that was up."""
        answered = self.known - self.excluded
        return share(answered - self.assessed_down, answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFigures(LineFigures):
    """Lines taken together: every length is a sum of line-time, ``lines`` is how many were in service at all."""

    lines: int


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
    return LineFigures(
        window=sets.window.length,
        unknown=sets.unknown.length,
        down=sets.down.length,
        excluded=sets.excluded.length,
        assessed_down=(sets.down - sets.excluded).length,
    )


def unit_figures(lines: Iterable[LineSpans]) -> UnitFigures:
    """Return the figures of a unit from the interval sets of its lines."""
    lines = tuple(lines)
    if len(lines) == 1:  # as that line is; most units have no second one
        return UnitFigures(window=lines[0].window.length, unknown=lines[0].unknown.length, down=lines[0].down.length)
    window = up = doubtful = NOTHING
    for line in lines:
        window |= line.window
        up |= line.known - line.down
        doubtful |= line.unknown
    unknown = doubtful - up
    return UnitFigures(window=window.length, unknown=unknown.length, down=(window - up - unknown).length)


def together(lines: Iterable[LineFigures]) -> SetFigures:
    """Return the figures of lines taken together: of a node, a carrier, a county."""
    serving = [line for line in lines if line.window]
    return SetFigures(
        window=sum((line.window for line in serving), timedelta()),
        unknown=sum((line.unknown for line in serving), timedelta()),
        down=sum((line.down for line in serving), timedelta()),
        excluded=sum((line.excluded for line in serving), timedelta()),
        assessed_down=sum((line.assessed_down for line in serving), timedelta()),
        lines=len(serving),
    )


def share(part: timedelta, whole: timedelta) -> Share:
    """Return the exact share of a length of time in another, None where there is nothing to divide by."""
    return Fraction(part // timedelta.resolution, whole // timedelta.resolution) if whole else None
