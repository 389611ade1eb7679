"""Everything the ledger can hold: what was measured, decided and done, as frozen values.

Every event has ``at``, the instant of judged time at which it was decided, and a ``kind`` by which it is stored.
Other instants in it (``first_failed_at``, ``closed_at`` …) are facts and may lie before. Events are never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.terms import Cause, ExclusionReason, MessageKind, Party, Reason, Scope, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, decided at ``at``."""

    kind: ClassVar[str]
    at: datetime


# -- the monitor itself ------------------------------------------------------------------------------------------


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


# -- a line, as measured -----------------------------------------------------------------------------------------


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


# -- evidence gathered without being asked ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HopSeen:
    """One hop of a traced path: who answered (None: nobody), after how many milliseconds, whether it is the target."""

    distance: int
    address: str | None
    rtt_ms: float | None
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTraced(Event):
    """The way to a suspect line was traced, or, beside it, to a healthy ``neighbour`` on its node (a line's id)."""

    kind: ClassVar[str] = "path_traced"
    line: str
    neighbour: str | None
    hops: tuple[HopSeen, ...]
    failure: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpHeard(Event):
    """A router or host said of an echo to the line that it could not be delivered (RFC 792, RFC 4443)."""

    kind: ClassVar[str] = "icmp_heard"
    line: str
    said: str
    code: int
    sender: str


# -- planned maintenance ------------------------------------------------------------------------------------------


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


# -- incidents ---------------------------------------------------------------------------------------------------


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


# -- a fault -----------------------------------------------------------------------------------------------------


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
class FaultNotified(FaultEvent):
    """A notice of the running episode was delivered."""

    kind: ClassVar[str] = "fault_notified"


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
    """What the device said after an episode's recovery speaks for a party (section 8)."""

    kind: ClassVar[str] = "evidence_found"
    episode: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWithdrawn(FaultEvent):
    """A reason no longer holds: the fault is in no incident any more (section 9)."""

    kind: ClassVar[str] = "evidence_withdrawn"
    reasons: tuple[Reason, ...]


# -- messages ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDue(Event):
    """A message fell due at ``due_at`` and is to be sent (section 10).

    ``fraction`` is given for reminders, ``repeat`` (1, 2 …) for repeated overdues, ``episode`` (1, 2 …) for the
    rest of a fault's. ``passed_over`` names the milestones that this one overtook: they are never sent.
    """

    kind: ClassVar[str] = "message_due"
    message: MessageKind
    due_at: datetime
    no: str | None = None
    line: str | None = None
    carrier: str | None = None
    episode: int | None = None
    fraction: float | None = None
    repeat: int | None = None
    passed_over: tuple[str, ...] = ()

    @property
    def milestone(self) -> str:
        """The name by which it is sent once: ``reminder:0.5``, ``overdue``, ``overdue_repeat:2``, ``restored:1`` …."""
        number = self.fraction if self.fraction is not None else self.repeat or self.episode
        return self.message.value if number is None else f"{self.message.value}:{number}"

    @property
    def key(self) -> str:
        """The idempotency key: the same for every try at the same message, never used for another."""
        whose = self.no if self.no is not None else f"monitor:{int(self.at.timestamp())}"
        return f"{whose}:{self.milestone}"


EVENTS: dict[str, type[Event]] = {
    event.kind: event
    for event in (
        DaemonStarted,
        DaemonStopped,
        PolicyAdopted,
        InventoryAdopted,
        ClockStepped,
        MonitorBlind,
        MonitorSees,
        LineFirstSeen,
        LineUnknown,
        BlipSeen,
        OutageConfirmed,
        OutageEnded,
        DegradationBegan,
        DegradationEnded,
        PathTraced,
        IcmpHeard,
        MaintenanceApproved,
        MaintenanceCancelled,
        ReportKept,
        IncidentGrouped,
        FaultOpened,
        FaultReported,
        EpisodeConfirmed,
        EpisodeRestored,
        FaultRelapsed,
        FaultClosed,
        FaultAcknowledged,
        RestorationClaimed,
        FaultNotified,
        ExclusionGranted,
        ExclusionRevoked,
        PartyRuled,
        FaultNoted,
        EvidenceFound,
        EvidenceWithdrawn,
        MessageDue,
    )
}
