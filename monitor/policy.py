"""The numbers of the rules, by version (``policy.yaml``; every default stands in ``fault-rules.md``).

A `Policy` is one version. `Policies` are the versions side by side, of which exactly one is in force at any instant.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction


class ClockStart(StrEnum):
    """From when an episode's clock counts (section 4)."""

    DISCOVERED = "discovered"
    FIRST_FAILED = "first_failed"
    NOTIFIED = "notified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How rounds are made and read (sections 1 to 3)."""

    interval: timedelta = timedelta(seconds=60)
    fast_interval: timedelta = timedelta(seconds=10)
    packets: int = 3
    confirm_rounds: int = 3
    restore_rounds: int = 3
    stale_after: timedelta = timedelta(seconds=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How long a repair may take, and how long a restored fault stays under observation (sections 4 and 5)."""

    start: ClockStart = ClockStart.DISCOVERED
    limit: timedelta = timedelta(hours=12)
    observe_for: timedelta = timedelta(minutes=60)
    repeat_within: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRule:
    """When faults are one incident (section 9)."""

    within: timedelta = timedelta(minutes=3)
    min_lines: int = 3
    min_share: Fraction = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """When a carrier is reminded (section 10). ``fractions`` ascend, each above 0 and below 1."""

    fractions: tuple[float, ...] = (0.5, 0.75)
    overdue_every: timedelta = timedelta(hours=4)
    ack_target: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DegradationRule:
    """When a line is degraded (section 12)."""

    loss: Fraction = Fraction(1, 20)
    rtt_factor: Fraction = Fraction(3)
    lasting: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flapping:
    """When a fault is marked as flapping (section 4)."""

    relapses: int = 3
    within: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityRule:
    """What counts as down time, and the reference value shown beside the figures (section 11)."""

    count_blips: bool = False
    reference: Fraction = Fraction(999, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRule:
    """When the monthly report is drawn up and frozen, and who is ranked in it."""

    draw_up_day: int = 1
    freeze_day: int = 5
    rank_min_lines: int = 5
    rank_min_coverage: Fraction = Fraction(95, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules' numbers, in force from ``effective_from`` until the next version."""

    version: str = "2026-1"
    effective_from: datetime = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=8)
    detection: Detection = field(default_factory=Detection)
    clock: Clock = field(default_factory=Clock)
    incident: IncidentRule = field(default_factory=IncidentRule)
    reminders: Reminders = field(default_factory=Reminders)
    degradation: DegradationRule = field(default_factory=DegradationRule)
    flapping: Flapping = field(default_factory=Flapping)
    availability: AvailabilityRule = field(default_factory=AvailabilityRule)
    report: ReportRule = field(default_factory=ReportRule)


class Policies:
    """The versions side by side; the earliest also governs whatever came before it."""

    def __init__(self, versions: Iterable[Policy], *, retired: Iterable[Policy] = ()) -> None:
        """Order the versions by ``effective_from``.

        ``retired`` ones are never in force again, but faults judged by them are still judged by them.

        Raises:
            ValueError: there is none, or two share a name or a beginning.
        """
        ordered = tuple(sorted(versions, key=lambda policy: policy.effective_from))
        if not ordered:
            raise ValueError("a policy needs at least one version")
        self.versions = ordered
        self._begins = [policy.effective_from for policy in ordered]
        self._named = {policy.version: policy for policy in (*retired, *ordered)}
        if len({policy.version for policy in ordered}) < len(ordered) or len(set(self._begins)) < len(ordered):
            raise ValueError("two versions of the policy share a name or an effective_from")

    def in_force(self, at: datetime) -> Policy:
        """Return the version in force at an instant."""
        return self.versions[max(0, bisect_right(self._begins, at) - 1)]

    def until(self, at: datetime) -> datetime | None:
        """Return the next instant after ``at`` at which another version comes into force, if any."""
        following = bisect_right(self._begins, at)
        return self._begins[following] if following < len(self._begins) else None

    def named(self, version: str) -> Policy:
        """Return the version of that name.

        Raises:
            KeyError: there is none.
        """
        return self._named[version]
