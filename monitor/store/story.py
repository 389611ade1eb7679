"""The whole story of one fault as the record tells it: measured, sent, done, ruled, and every verdict it had."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.faults.events import (
    EpisodeConfirmed,
    EpisodeRestored,
    Event,
    ExclusionGranted,
    ExclusionRevoked,
    FaultClosed,
    FaultEvent,
    FaultNotified,
    FaultOpened,
    FaultRelapsed,
    IncidentGrouped,
    MessageDue,
    PartyRuled,
)
from monitor.faults.fault import Fault, apply, begin
from monitor.faults.terms import Source
from monitor.inventory.model import Inventory
from monitor.policy import Clock, Policies, Policy
from monitor.sla.spans import Span
from monitor.sla.verdict import Reading, read
from monitor.store.deliveries import Attempt, Delivery
from monitor.store.gathered import Gathered, gathered
from monitor.store.ledger import Recorded
from monitor.store.records import Records
from monitor.store.stretches import Stretch, Target

AROUND = timedelta(minutes=15)  # of the line's rounds shown before the fault and after its last restoration
RULINGS = (ExclusionGranted, ExclusionRevoked, PartyRuled)
LIFE = (FaultOpened, EpisodeConfirmed, FaultRelapsed, FaultClosed)
MESSAGES = (MessageDue, FaultNotified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A verdict as it stood over ``[begins_at, ends_at)``; ``ends_at`` is None for the one that stands.

    ``ruling`` made it, None the first; ``fault`` and ``reading`` are those of its end, or of now.
    """

    number: int
    begins_at: datetime
    ends_at: datetime | None
    ruling: Event | None
    fault: Fault
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything on record of one fault, read at ``now``.

    ``events`` are the fault's, its incident's and those ``gathered`` around it, in the order of the ledger.
    ``outages``, ``unknown``, ``blips`` and ``stretches`` are the line's, around the fault. ``repeat_of`` is when the
    fault that it repeats was discovered. ``deliveries`` are its messages by channel, ``attempts`` the tries at them.
    """

    now: datetime
    fault: Fault
    policy: Policy
    repeat_of: datetime | None
    incident: int | None
    events: tuple[Recorded, ...]
    gathered: Gathered
    versions: tuple[Version, ...]
    outages: tuple[Span, ...]
    unknown: tuple[Span, ...]
    blips: tuple[Span, ...]
    stretches: tuple[Stretch, ...]
    deliveries: tuple[Delivery, ...]
    attempts: tuple[Attempt, ...]

    def messages(self) -> Iterator[Recorded]:
        """Go through what fell due and what was delivered."""
        return (each for each in self.events if isinstance(each.event, MESSAGES))

    def actions(self) -> Iterator[Recorded]:
        """Go through what people did."""
        return (each for each in self.events if _done_by_people(each.event))

    def evidence(self) -> Iterator[Recorded]:
        """Go through what was gathered and who else was down."""
        told = (*LIFE, *MESSAGES, EpisodeRestored)
        return (each for each in self.events if not isinstance(each.event, told) and not _done_by_people(each.event))


def story(
    records: Records, no: str, policies: Policies, now: datetime, inventory_at: Callable[[datetime], Inventory | None]
) -> Story | None:
    """Return the story of a fault, None where there is none of that number.

    ``inventory_at`` returns the inventory that was in force at an instant, None where it is not on record.

    Raises:
        StoreError: the database cannot be read.
    """
    fault = next(iter(records.faults(nos=[no])), None)
    if fault is None:
        return None
    own = list(records.events(fault_no=no))
    grouped = _incident(records, no)
    policy = policies.named(fault.policy_version)
    began_at = fault.episodes[0].first_failed_at
    period = began_at - AROUND, (fault.episode.restored_at or now) + AROUND
    histories = records.histories(period)
    around = gathered(
        records, fault, own, inventory=inventory_at(began_at), histories=histories, policy=policy, now=now
    )
    earlier = records.faults(nos=[fault.repeat_of]) if fault.repeat_of else []
    mine = [each for each in records.stretches(period) if (each.target, each.subject) == (Target.LINE, fault.line)]
    return Story(
        now=now,
        fault=fault,
        policy=policy,
        repeat_of=earlier[0].discovered_at if earlier else None,
        incident=_number(grouped, no),
        events=tuple(sorted([*own, *grouped, *around.events], key=lambda each: each.seq)),
        gathered=around,
        versions=tuple(versions((each.event for each in own), policy.clock, now)),
        outages=tuple(histories.outages.get(fault.line, ())),
        unknown=tuple(histories.gaps.get(fault.line, ())),
        blips=tuple(histories.blips.get(fault.line, ())),
        stretches=tuple(sorted(mine, key=lambda each: each.first_at)),
        deliveries=tuple(records.deliveries_of(no)),
        attempts=tuple(records.attempts_of(no)),
    )


def versions(events: Iterable[Event], rule: Clock, now: datetime) -> Iterator[Version]:
    """Go through the verdicts of a fault's events, one more with each ruling (section 7).

    The events are folded up to each ruling, and the clock is read as it showed then; the last version is read now.
    """
    fault: Fault | None = None
    number, since, ruling = 1, now, None
    for event in events:
        if isinstance(event, FaultOpened):
            fault, since = begin(event), event.at
            continue
        if fault is None or not isinstance(event, FaultEvent | MessageDue):
            continue
        if isinstance(event, RULINGS):
            yield _version(number, since, event.at, ruling, fault, rule, event.at)
            number, since, ruling = number + 1, event.at, event
        fault = apply(fault, event)
    if fault is not None:
        yield _version(number, since, None, ruling, fault, rule, now)


def _version(
    number: int,
    since: datetime,
    until: datetime | None,
    ruling: Event | None,
    fault: Fault,
    rule: Clock,
    at: datetime,
) -> Version:
    reading = read(fault, rule, at)
    return Version(number=number, begins_at=since, ends_at=until, ruling=ruling, fault=fault, reading=reading)


def _done_by_people(event: Event) -> bool:
    if isinstance(event, FaultNotified):
        return event.who is not None  # else a channel delivered it
    return hasattr(event, "who") and getattr(event, "by", None) is not Source.MONITOR


def _incident(records: Records, no: str) -> list[Recorded]:
    """Return the groupings that the fault was in, and the one that took it out again."""
    found: list[Recorded] = []
    inside: set[int] = set()
    for recorded in records.events(kinds=(IncidentGrouped,)):
        event = recorded.event
        if isinstance(event, IncidentGrouped) and (no in event.faults or event.incident in inside):
            found.append(recorded)
            inside = inside | {event.incident} if no in event.faults else inside - {event.incident}
    return found


def _number(grouped: Iterable[Recorded], no: str) -> int | None:
    number = None
    for recorded in grouped:
        event = recorded.event
        if isinstance(event, IncidentGrouped):
            number = event.incident if no in event.faults else None if number == event.incident else number
    return number
