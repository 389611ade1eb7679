"""Incidents (section 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentGrouped(Event):
    """Faults with one cause upstream, as they stand from ``at`` on (section 9).

    ``node`` is None where the carrier as a whole is meant. ``faults`` are numbers, the anchor's first by beginning;
    none of them: they belong to other incidents now.
    """

    kind: ClassVar[str] = "incident_grouped"
    incident: int
    carrier: str
    node: str | None
    first_failed_at: datetime
    faults: tuple[str, ...]
