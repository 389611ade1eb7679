"""What happens to a fault, and what people do about it (sections 4, 7 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event
from monitor.faults.evidence import DeviceSaid
from monitor.faults.terms import ExclusionReason, Party, Reason, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEvent(Event):
    """Something that happened to the fault numbered ``no``."""

    no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultOpened(FaultEvent):
    """A fault begins, with its first episode (section 4). ``detected_at`` is None until the monitor confirms it.

    Names of unit, carrier and node are those of the inventory in force then: they stay, whatever changes later.
    """

    kind: ClassVar[str] = "fault_opened"
    line: str
    unit: str
    carrier: str
    role: str
    node: str | None
    source: Source
    policy_version: str
    first_failed_at: datetime
    detected_at: datetime | None
    discovered_at: datetime
    repeat_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReported(FaultEvent):
    """Somebody reported the line's fault (Art. 25). It is kept whether or not it moved anything."""

    kind: ClassVar[str] = "fault_reported"
    by: Source
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeConfirmed(FaultEvent):
    """The monitor confirmed the outage of an episode that had only been reported."""

    kind: ClassVar[str] = "episode_confirmed"
    detected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRestored(FaultEvent):
    """The running episode ended, by measurement (``by`` is monitor) or by a person's word (then both times agree)."""

    kind: ClassVar[str] = "episode_restored"
    by: Source
    last_bad_at: datetime
    restored_at: datetime
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRelapsed(FaultEvent):
    """Down again while under observation: the same fault, a new episode."""

    kind: ClassVar[str] = "fault_relapsed"
    source: Source
    first_failed_at: datetime
    detected_at: datetime | None
    discovered_at: datetime
    flapping: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultClosed(FaultEvent):
    """The observation ended without a relapse. ``verdict`` and ``elapsed_s`` (seconds) are those of that moment."""

    kind: ClassVar[str] = "fault_closed"
    closed_at: datetime
    carrier: str
    verdict: str
    elapsed_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultAcknowledged(FaultEvent):
    """Somebody took the fault on. The first one counts."""

    kind: ClassVar[str] = "fault_acknowledged"
    by: Source
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationClaimed(FaultEvent):
    """The carrier says it is repaired: recorded beside the measured time, stops nothing."""

    kind: ClassVar[str] = "restoration_claimed"
    by: Source
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EtaGiven(FaultEvent):
    """Somebody said that the line is expected to be repaired at ``eta``. The latest word counts; it moves no clock."""

    kind: ClassVar[str] = "eta_given"
    by: Source
    eta: datetime
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultNotified(FaultEvent):
    """A notice of ``episode`` (None: of the running one) was delivered at ``notified_at`` (None: at ``at``).

    ``via`` a channel, or by a person, then ``who`` told it.
    """

    kind: ClassVar[str] = "fault_notified"
    via: str | None = None
    episode: int | None = None
    notified_at: datetime | None = None
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionGranted(FaultEvent):
    """The centre leaves ``[begins_at, ends_at)`` out of the fault's clock (section 7)."""

    kind: ClassVar[str] = "exclusion_granted"
    id: str
    begins_at: datetime
    ends_at: datetime
    reason: ExclusionReason
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRevoked(FaultEvent):
    """The centre takes an exclusion back; it stays on record."""

    kind: ClassVar[str] = "exclusion_revoked"
    id: str
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRuled(FaultEvent):
    """The centre decided whose the fault is (section 8)."""

    kind: ClassVar[str] = "party_ruled"
    party: Party
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultNoted(FaultEvent):
    """Somebody wrote ``text`` down beside the fault. It moves nothing."""

    kind: ClassVar[str] = "fault_noted"
    by: Source
    text: str
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound(FaultEvent):
    """Something speaks for a party in an episode: an incident, or what the device said around it (section 8).

    ``before`` and ``after`` are the words weighed, from which the reasons follow again; both None for an incident.
    """

    kind: ClassVar[str] = "evidence_found"
    episode: int
    reasons: tuple[Reason, ...]
    before: DeviceSaid | None = None
    after: DeviceSaid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWithdrawn(FaultEvent):
    """A reason no longer holds: the fault is in no incident any more (section 9)."""

    kind: ClassVar[str] = "evidence_withdrawn"
    reasons: tuple[Reason, ...]
