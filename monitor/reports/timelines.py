"""What happened to a fault, step by step, in plain facts: for the faults of which the report names their carriers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum

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
    FaultNotified,
    FaultOpened,
    FaultRelapsed,
    FaultReported,
    MessageDue,
    PartyRuled,
    RestorationClaimed,
)
from monitor.reports.figures import Moment
from monitor.wording.telephones import mask_within

TOLD: Mapping[type[Event], tuple[str, ...]] = {
    FaultOpened: ("source", "first_failed_at", "detected_at", "repeat_of"),
    FaultReported: ("by",),
    EpisodeConfirmed: ("detected_at",),
    EpisodeRestored: ("by", "last_bad_at", "restored_at"),
    FaultRelapsed: ("source", "first_failed_at", "detected_at", "discovered_at"),
    FaultClosed: ("closed_at", "verdict", "elapsed_s"),
    FaultAcknowledged: ("by",),
    RestorationClaimed: ("by",),
    EtaGiven: ("by", "eta"),
    FaultNotified: ("via", "episode", "notified_at"),
    ExclusionGranted: ("id", "begins_at", "ends_at", "reason", "why"),
    ExclusionRevoked: ("id", "why"),
    PartyRuled: ("party", "why"),
    EvidenceFound: ("reasons",),
    EvidenceWithdrawn: ("reasons",),
    MessageDue: ("message", "due_at", "fraction", "repeat", "episode"),
}
"""What is told of each event. No person is named, and a note beside a fault (`FaultNoted`) is the centre's own."""


def timelines(events: Iterable[Event], nos: Collection[str]) -> Mapping[str, tuple[Moment, ...]]:
    """Return the steps of each of some faults, in the order of the ledger; ``at`` is when each was decided."""
    steps: dict[str, list[Moment]] = defaultdict(list)
    for event in events:
        no = event.no if isinstance(event, FaultEvent | MessageDue) else None
        if no is not None and no in nos and type(event) in TOLD:
            steps[no].append(moment(event))
    return {no: tuple(moments) for no, moments in steps.items()}


def moment(event: Event) -> Moment:
    """Return a step of a timeline."""
    facts = {name: getattr(event, name) for name in TOLD[type(event)]}
    told = {name: _plain(value) for name, value in facts.items() if value is not None}
    return Moment(at=event.at, what=event.kind, detail=told)


def _plain(value: object) -> str:
    """Return a fact as text: times as ``YYYY-MM-DDTHH:MM:SSZ``, numbers as they are, terms by their names."""
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case Enum():
            return str(value.value)
        case tuple():
            return ",".join(_plain(each) for each in value)
        case float():
            return str(int(value) if value.is_integer() else value)
        case _:
            return mask_within(str(value))
