"""What people do (sections 4, 6, 7 and 8 of the fault rules; ``replay.md`` lists what is legal when).

An action on a line concerns its open fault, else its most recent one; one that names a number, that very fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.faults.terms import ExclusionReason, Party, Scope, Source

FARTHEST_ETA = timedelta(days=7)  # an expected time of repair farther off is a slip of the pen, or no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done at ``at`` by the unit, the carrier or the centre.

    ``who`` did it and ``why``, in their own words; ``attachment`` is the SHA-256 of a file kept beside the ledger.
    """

    at: datetime
    by: Source
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAction(Action):
    """Something done to a line's fault: the one numbered ``no``, where that is given."""

    line: str
    no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(LineAction):
    """Report a fault (Art. 25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(LineAction):
    """Take the fault on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRestored(LineAction):
    """Say that the line is repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveEta(LineAction):
    """Say when the line is expected to be repaired; the latest word counts."""

    eta: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified(LineAction):
    """Record that a notice was delivered at ``notified_at`` (None: now), of the episode that ran then.

    ``episode`` (1, 2 …) names another: a notice of an earlier one may arrive late. ``via`` is the name of a channel,
    or how a person told it (``phone``).
    """

    via: str | None = None
    episode: int | None = None
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(LineAction):
    """End an episode that the monitor never confirmed; the centre only."""

    restored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclude(LineAction):
    """Leave ``[begins_at, ends_at)`` out of the fault's clock; the centre only."""

    id: str
    begins_at: datetime
    ends_at: datetime
    reason: ExclusionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeExclusion(Action):
    """Take an exclusion back; the centre only."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute(LineAction):
    """Decide whose the fault is; the centre only."""

    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(LineAction):
    """Write something down beside a fault; it moves nothing."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintain(Action):
    """Approve a maintenance window in advance; the centre only."""

    id: str
    scope: Scope
    subject: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMaintenance(Action):
    """End a maintenance window, at once or before it begins; the centre only."""

    id: str


class ActionRefused(Exception):
    """The action is not legal here; the text names the rule. Nothing was changed."""
