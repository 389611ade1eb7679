"""What people do to a fault (sections 4 and 8 of the fault rules; ``replay.md`` lists what is legal when).

An action concerns its line's open fault, else the line's most recent one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.faults.events import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done to a line's fault at ``at``, by the unit, the carrier or the centre."""

    at: datetime
    line: str
    by: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Action):
    """Report a fault (Art. 25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(Action):
    """Take the fault on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRestored(Action):
    """Say that the line is repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified(Action):
    """Record that a notice of the running episode was delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(Action):
    """End an episode that the monitor never confirmed; the centre only."""

    restored_at: datetime


class ActionRefused(Exception):
    """The action is not legal here; the text names the rule. Nothing was changed."""
