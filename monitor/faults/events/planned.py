"""Planned maintenance, and reports inside it (section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event
from monitor.faults.terms import Scope, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceApproved(Event):
    """The centre approved a window ``[begins_at, ends_at)`` in advance (section 6)."""

    kind: ClassVar[str] = "maintenance_approved"
    id: str
    scope: Scope
    subject: str
    begins_at: datetime
    ends_at: datetime
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceCancelled(Event):
    """A window ends at ``ends_at``, not before the cancelling and not before it begins."""

    kind: ClassVar[str] = "maintenance_cancelled"
    id: str
    ends_at: datetime
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKept(Event):
    """A report inside a maintenance window: kept, and moves nothing."""

    kind: ClassVar[str] = "report_kept"
    line: str
    by: Source
    who: str | None = None
    why: str | None = None
    attachment: str | None = None
