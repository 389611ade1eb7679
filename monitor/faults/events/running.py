"""The monitor itself: starts and stops, what it was told, whether it sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStarted(Event):
    """The daemon runs from ``at``; ``last_judged_at`` is the last instant judged before, None on a new ledger."""

    kind: ClassVar[str] = "daemon_started"
    software: str
    last_judged_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStopped(Event):
    """The daemon ended in order. After a crash there is none; the next start tells when it was last alive."""

    kind: ClassVar[str] = "daemon_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationAdopted(Event):
    """A part of the configuration is in force from ``at``; ``digest`` names the text kept beside the ledger."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted(ConfigurationAdopted):
    """Other policy versions stand side by side from now on."""

    kind: ClassVar[str] = "policy_adopted"
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryAdopted(ConfigurationAdopted):
    """Another inventory is watched from now on, of so many lines."""

    kind: ClassVar[str] = "inventory_adopted"
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStepped(Event):
    """The machine's wall clock jumped by ``seconds`` against its monotonic clock."""

    kind: ClassVar[str] = "clock_stepped"
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorBlind(Event):
    """Every reference's latest result is bad: from ``at`` lines are not judged (section 2)."""

    kind: ClassVar[str] = "monitor_blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSees(Event):
    """A reference answers again; the monitor was blind over ``[blind_since, at)``."""

    kind: ClassVar[str] = "monitor_sees"
    blind_since: datetime
