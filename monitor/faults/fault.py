"""A fault and its episodes: the fold of its events (section 4 of the fault rules).

The life of a fault is the table `TRANSITIONS`; what is not in it raises and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.faults.events import (
    EpisodeConfirmed,
    EpisodeRestored,
    EtaGiven,
    Event,
    EvidenceFound,
    EvidenceWithdrawn,
    ExclusionGranted,
    ExclusionRevoked,
    FaultAcknowledged,
    FaultClosed,
    FaultEvent,
    FaultNoted,
    FaultNotified,
    FaultOpened,
    FaultRelapsed,
    FaultReported,
    MessageDue,
    PartyRuled,
    RestorationClaimed,
)
from monitor.faults.terms import ExclusionReason, Party, Reason, Source


class Status(StrEnum):
    """Where a fault stands: open, restored and under observation, closed."""

    OPEN = "open"
    RESTORED = "restored"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One outage of a fault. ``restored_at`` is None while it lasts, ``detected_at`` while it is only reported."""

    first_failed_at: datetime
    detected_at: datetime | None
    discovered_at: datetime
    restored_at: datetime | None = None
    last_bad_at: datetime | None = None
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Time left out of a fault's clock over ``[begins_at, ends_at)``, as long as it is not revoked (section 7)."""

    id: str
    begins_at: datetime
    ends_at: datetime
    reason: ExclusionReason
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of one line, as its events left it.

    ``eta`` is when somebody last said that it will be repaired. ``settled`` names the messages sent or passed over.
    ``counted_from`` is when the fault came back to the carrier: earlier time does not count (section 8).
    """

    no: str
    line: str
    unit: str
    carrier: str
    role: str
    node: str | None
    source: Source
    policy_version: str
    status: Status
    episodes: tuple[Episode, ...]
    repeat_of: str | None = None
    acknowledged_at: datetime | None = None
    claimed_at: datetime | None = None
    eta: datetime | None = None
    closed_at: datetime | None = None
    flapping: bool = False
    settled: frozenset[str] = frozenset()
    party: Party = Party.UNDETERMINED
    counted_from: datetime | None = None
    exclusions: tuple[Exclusion, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def episode(self) -> Episode:
        """The latest episode."""
        return self.episodes[-1]

    @property
    def discovered_at(self) -> datetime:
        """When the fault was first discovered."""
        return self.episodes[0].discovered_at


class IllegalTransition(Exception):
    """The event cannot happen to a fault in this state."""


ANYTIME = tuple(Status)
ANYTIME_EVENTS: tuple[type[Event], ...] = (
    FaultReported,
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
TRANSITIONS: dict[type[Event], dict[Status, Status]] = {
    EpisodeConfirmed: {Status.OPEN: Status.OPEN},
    EpisodeRestored: {Status.OPEN: Status.RESTORED},
    EtaGiven: {Status.OPEN: Status.OPEN},
    FaultRelapsed: {Status.RESTORED: Status.OPEN},
    FaultClosed: {Status.RESTORED: Status.CLOSED},
    **{kind: {status: status for status in ANYTIME} for kind in ANYTIME_EVENTS},
}


def begin(event: FaultOpened) -> Fault:
    """Return the fault that an opening event begins."""
    first = Episode(
        first_failed_at=event.first_failed_at, detected_at=event.detected_at, discovered_at=event.discovered_at
    )
    return Fault(
        no=event.no,
        line=event.line,
        unit=event.unit,
        carrier=event.carrier,
        role=event.role,
        node=event.node,
        source=event.source,
        policy_version=event.policy_version,
        status=Status.OPEN,
        episodes=(first,),
        repeat_of=event.repeat_of,
    )


def apply(fault: Fault, event: FaultEvent | MessageDue) -> Fault:
    """Return the fault after an event.

    Raises:
        IllegalTransition: `TRANSITIONS` has no such step, or the fault no such episode.
    """
    step = TRANSITIONS.get(type(event), {})
    if event.no != fault.no or fault.status not in step:
        raise IllegalTransition(f"{event.kind} cannot happen to fault {fault.no}, which is {fault.status}")
    return replace(_changed(fault, event), status=step[fault.status])


def _changed(fault: Fault, event: FaultEvent | MessageDue) -> Fault:
    match event:
        case EpisodeConfirmed():
            return _in_episode(fault, replace(fault.episode, detected_at=event.detected_at))
        case EpisodeRestored():
            ended = replace(fault.episode, restored_at=event.restored_at, last_bad_at=event.last_bad_at)
            return _in_episode(fault, ended)
        case FaultRelapsed():
            again = Episode(
                first_failed_at=event.first_failed_at, detected_at=event.detected_at, discovered_at=event.discovered_at
            )
            return replace(fault, episodes=(*fault.episodes, again), flapping=fault.flapping or event.flapping)
        case FaultNotified():
            return _notified(fault, event)
        case FaultClosed():
            return replace(fault, closed_at=event.closed_at)
        case FaultAcknowledged():
            return replace(fault, acknowledged_at=fault.acknowledged_at or event.at)
        case RestorationClaimed():
            return replace(fault, claimed_at=fault.claimed_at or event.at)
        case EtaGiven():
            return replace(fault, eta=event.eta)
        case MessageDue():
            return replace(fault, settled=fault.settled | {event.milestone, *event.passed_over})
        case _:
            return _ruled(fault, event)


def _ruled(fault: Fault, event: FaultEvent | MessageDue) -> Fault:
    match event:
        case ExclusionGranted():
            granted = Exclusion(id=event.id, begins_at=event.begins_at, ends_at=event.ends_at, reason=event.reason)
            return replace(fault, exclusions=(*fault.exclusions, granted))
        case ExclusionRevoked():
            kept = tuple(replace(each, revoked=each.revoked or each.id == event.id) for each in fault.exclusions)
            return replace(fault, exclusions=kept)
        case PartyRuled():
            back = not fault.party.answers and event.party.answers
            return replace(fault, party=event.party, counted_from=event.at if back else fault.counted_from)
        case EvidenceFound():
            return replace(
                fault, reasons=tuple(reason for reason in Reason if reason in (*fault.reasons, *event.reasons))
            )
        case EvidenceWithdrawn():
            return replace(fault, reasons=tuple(reason for reason in fault.reasons if reason not in event.reasons))
        case _:
            return fault


def _notified(fault: Fault, event: FaultNotified) -> Fault:
    """Keep the earliest notice of its episode: that of another starts no clock (section 4)."""
    number = len(fault.episodes) if event.episode is None else event.episode
    if not 1 <= number <= len(fault.episodes):
        raise IllegalTransition(f"fault {fault.no} has no episode {number}")
    before, told = fault.episodes[number - 1], event.notified_at or event.at
    episode = replace(before, notified_at=min(told, before.notified_at or told))
    return replace(fault, episodes=(*fault.episodes[: number - 1], episode, *fault.episodes[number:]))


def _in_episode(fault: Fault, episode: Episode) -> Fault:
    return replace(fault, episodes=(*fault.episodes[:-1], episode))
