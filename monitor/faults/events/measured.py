"""A line, as measured: outages, blips, gaps, degradations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event
from monitor.faults.terms import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFirstSeen(Event):
    """The first accepted round of a line."""

    kind: ClassVar[str] = "line_first_seen"
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUnknown(Event):
    """The line was unknown over ``[unknown_from, at)``: the gap rule of section 3."""

    kind: ClassVar[str] = "line_unknown"
    line: str
    unknown_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BlipSeen(Event):
    """A bad streak of ``rounds`` rounds that ended before it was an outage."""

    kind: ClassVar[str] = "blip_seen"
    line: str
    first_failed_at: datetime
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageConfirmed(Event):
    """The line is down since ``first_failed_at``; ``at`` is the confirming round."""

    kind: ClassVar[str] = "outage_confirmed"
    line: str
    first_failed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageEnded(Event):
    """The line answers since ``restored_at``; the true recovery lies in ``(last_bad_at, restored_at]``."""

    kind: ClassVar[str] = "outage_ended"
    line: str
    first_failed_at: datetime
    last_bad_at: datetime
    restored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DegradationBegan(Event):
    """The line answers badly, since ``began_at`` (section 12)."""

    kind: ClassVar[str] = "degradation_began"
    line: str
    cause: Cause
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DegradationEnded(Event):
    """The line answers well again, or not at all any more."""

    kind: ClassVar[str] = "degradation_ended"
    line: str
