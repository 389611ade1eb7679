"""A past on record: months of a county as the daemon would have written them, with no round replayed.

The same seed gives the same ledger. It is one that verifies: outages, faults with relapses, rulings, exclusions and
messages, a stop of the monitor each month, maintenance, cuts of a node that make incidents, gaps of single lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby, islice, pairwise
from random import Random

from monitor.config.adopted import inventory_text, policy_text
from monitor.faults.blindness import Sight
from monitor.faults.events import (
    EpisodeRestored,
    Event,
    ExclusionGranted,
    FaultClosed,
    FaultOpened,
    FaultRelapsed,
    IncidentGrouped,
    InventoryAdopted,
    LineFirstSeen,
    LineUnknown,
    MaintenanceApproved,
    MessageDue,
    OutageConfirmed,
    OutageEnded,
    PartyRuled,
    PolicyAdopted,
)
from monitor.faults.outage import Watch
from monitor.faults.terms import ExclusionReason, MessageKind, Party, Scope, Source
from monitor.inventory.model import Inventory, Line
from monitor.policy import Policies, Policy
from monitor.store.batch import Batch
from monitor.store.chain import digest_of
from monitor.store.measurements import NOTHING_MEASURED, LineState, Measured
from monitor.store.rollups import Rollup
from monitor.store.store import Store

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLICIES = Policies([Policy()])
COMMIT = 5_000  # events, or hours
CUT_LINES = 20


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is to be on record: ``months`` by their beginnings and the last one's end, ``faults`` in all of them."""

    inventory: Inventory
    months: Sequence[datetime]
    faults: int
    hours: bool = False
    seed: int = 2026

    def write(self, store: Store) -> None:
        """Write it all, in the order of the ledger."""
        begin, end = self.months[0], self.months[-1]
        texts = (policy_text(POLICIES), inventory_text(self.inventory))
        adopted = [
            PolicyAdopted(at=begin, digest=digest_of(texts[0]), versions=("2026-1",)),
            InventoryAdopted(at=begin, digest=digest_of(texts[1]), lines=len(self.inventory.lines)),
        ]
        seen = [LineFirstSeen(at=begin, line=line) for line in self.inventory.lines]
        store.commit(_batch(begin, [*adopted, *seen], configurations=texts))
        happened = self._happened()
        while events := list(islice(happened, COMMIT)):
            store.commit(_batch(events[-1].at, events))
        for hours in self._hours() if self.hours else ():
            store.commit(_batch(end, measured=Measured(hours=hours)))
        states = tuple(LineState(line, Watch(end, True)) for line in self.inventory.lines)
        store.commit(_batch(end, measured=Measured(states=states)))

    def _happened(self) -> Iterator[Event]:
        """Go through everything that happened, in order."""
        chance = Random(self.seed)
        lines = list(self.inventory.lines.values())
        told = [list(self._stops(chance)), list(self._windows(chance))]
        share = self.faults / (len(self.months) - 1)
        outages = [
            outage
            for number, (begin, end) in enumerate(pairwise(self.months))
            for outage in _outages(lines, begin, end, round(share), chance, cut=number)
        ]
        told += [list(outage.told(number, chance)) for number, outage in enumerate(sorted(outages), start=1)]
        told.append(list(_incidents(sorted(outages))))
        return merge(*told, key=lambda event: event.at)

    def _stops(self, chance: Random) -> Iterator[Event]:
        """Once a month the monitor does not run for 20 minutes; one line in twenty has a gap of its own."""
        gaps: list[tuple[datetime, str]] = []
        for begin in self.months[:-1]:
            gaps += [(begin + 2 * DAY, line) for line in self.inventory.lines]
            own = chance.sample(list(self.inventory.lines), len(self.inventory.lines) // 20)
            gaps += [(begin + 3 * DAY + chance.randrange(86_400) * SECOND, line) for line in own]
        for at, line in sorted(gaps):
            yield LineUnknown(at=at, line=line, unknown_from=at - 20 * MINUTE)

    def _windows(self, chance: Random) -> Iterator[Event]:
        """Each month two hours of maintenance of every tenth node, and of one line in a hundred."""
        for month, begin in enumerate(self.months[:-1]):
            at = begin + 5 * DAY
            nodes = [(Scope.NODE, node) for node in list(self.inventory.nodes)[month % 10 :: 10]]
            lines = [(Scope.LINE, line) for line in chance.sample(list(self.inventory.lines), 1)]
            lines += [(Scope.LINE, line) for line in list(self.inventory.lines)[month % 100 :: 100]]
            for place, (scope, subject) in enumerate([*nodes, *lines]):
                yield MaintenanceApproved(
                    at=at,
                    id=f"m{month}-{place}",
                    scope=scope,
                    subject=subject,
                    begins_at=at + 4 * HOUR + place * MINUTE,
                    ends_at=at + 6 * HOUR + place * MINUTE,
                )

    def _hours(self) -> Iterator[tuple[Rollup, ...]]:
        """Go through the roll-ups of every hour of every line, some at a time."""
        count = (self.months[-1] - self.months[0]) // HOUR
        every = (
            Rollup(
                line=line,
                hour=self.months[0] + number * HOUR,
                good=60,
                sent=180,
                received=180,
                echoes=180,
                rtt_sum=0.36,
                rtt_min=0.001,
                rtt_max=0.004,
                buckets=((-72, 180),),
            )
            for number in range(count)
            for line in self.inventory.lines
        )
        while part := tuple(islice(every, COMMIT)):
            yield part


@dataclass(frozen=True, order=True)
class Outage:
    """A line was down; ``again`` tells whether it was so once more soon after, ``cut`` of which cut it is."""

    begin: datetime
    lasting: timedelta
    line_id: str
    line: Line
    again: bool
    cut: int | None

    @property
    def detected(self) -> datetime:
        return self.begin + 20 * SECOND

    def no(self, number: int) -> str:
        return f"F{self.detected + 8 * HOUR:%Y%m%d}-{number:05d}"

    def told(self, number: int, chance: Random) -> Iterator[Event]:
        """Go through the events of the outage and its fault."""
        no, line, restored = self.no(number), self.line, self.begin + self.lasting
        yield OutageConfirmed(at=self.detected, line=line.id, first_failed_at=self.begin)
        yield FaultOpened(
            at=self.detected,
            no=no,
            line=line.id,
            unit=line.unit,
            carrier=line.carrier,
            role=line.role.value,
            node=line.node,
            source=Source.MONITOR,
            policy_version="2026-1",
            first_failed_at=self.begin,
            detected_at=self.detected,
            discovered_at=self.detected,
            repeat_of=None,
        )
        yield self._message(no, MessageKind.OPENED, self.detected)
        yield from self._reminders(no)
        yield from self._restored(no, self.begin, restored, episode=1)
        if self.again:
            begin = restored + 10 * MINUTE
            at, restored = begin + 20 * SECOND, begin + 30 * MINUTE
            yield OutageConfirmed(at=at, line=line.id, first_failed_at=begin)
            yield FaultRelapsed(
                at=at,
                no=no,
                source=Source.MONITOR,
                first_failed_at=begin,
                detected_at=at,
                discovered_at=at,
                flapping=False,
            )
            yield from self._restored(no, begin, restored, episode=2)
        closed = restored + HOUR
        took = self.lasting.total_seconds() - 20
        verdict = "on_time" if took <= 43_200 else "late"
        yield FaultClosed(at=closed, no=no, closed_at=closed, carrier=line.carrier, verdict=verdict, elapsed_s=took)
        if chance.random() < 0.03:
            yield ExclusionGranted(
                at=closed + HOUR,
                no=no,
                id=f"x{number}",
                begins_at=self.begin + HOUR,
                ends_at=self.begin + 2 * HOUR,
                reason=ExclusionReason.ACCESS_DENIED,
            )
        if chance.random() < 0.25:
            yield PartyRuled(at=closed + 2 * HOUR, no=no, party=chance.choice((Party.UNIT, Party.CARRIER)))

    def _reminders(self, no: str) -> Iterator[Event]:
        for fraction in (0.5, 0.75):
            due = self.detected + fraction * 12 * HOUR
            if due < self.begin + self.lasting:
                yield self._message(no, MessageKind.REMINDER, due, fraction=fraction)

    def _restored(self, no: str, begin: datetime, restored: datetime, *, episode: int) -> Iterator[Event]:
        last_bad, at = restored - 10 * SECOND, restored + 20 * SECOND
        yield OutageEnded(at=at, line=self.line_id, first_failed_at=begin, last_bad_at=last_bad, restored_at=restored)
        yield EpisodeRestored(at=at, no=no, by=Source.MONITOR, last_bad_at=last_bad, restored_at=restored)
        yield self._message(no, MessageKind.RESTORED, at, episode=episode)

    def _message(
        self, no: str, message: MessageKind, at: datetime, *, fraction: float | None = None, episode: int | None = None
    ) -> MessageDue:
        return MessageDue(
            at=at,
            message=message,
            due_at=at,
            no=no,
            line=self.line_id,
            carrier=self.line.carrier,
            fraction=fraction,
            episode=episode,
        )


def _outages(
    lines: Sequence[Line], begin: datetime, end: datetime, count: int, chance: Random, *, cut: int
) -> Iterator[Outage]:
    """Spread outages over nine tenths of a month, evenly over each line that has any; then one node is cut."""
    usual, node = 0.9 * (end - begin), chance.choice(sorted({line.node for line in lines if line.node is not None}))
    below = [line for line in lines if line.node == node][:CUT_LINES]
    hit = sorted(chance.choices(lines, k=count - len(below)), key=lambda line: line.id)
    for _, those in groupby(hit, key=lambda line: line.id):
        own = list(those)
        slot = usual / len(own)
        for place, line in enumerate(own):
            wanted = timedelta(hours=chance.lognormvariate(0.9, 1.0))
            lasting = max(MINUTE, min(wanted, 0.7 * slot))
            at = begin + place * slot + chance.random() * 0.1 * slot
            whole, length = at.replace(microsecond=0), lasting // SECOND * SECOND
            yield Outage(whole, length, line.id, line, chance.random() < 0.05 and slot > DAY, None)
    for line in below:
        at = begin + (0.95 * (end - begin)) // SECOND * SECOND + chance.randrange(60) * SECOND
        yield Outage(at, 90 * MINUTE + chance.randrange(600) * SECOND, line.id, line, False, cut)


def _incidents(outages: Iterable[Outage]) -> Iterator[Event]:
    """Each cut is an incident, told when the last of its faults was discovered."""
    cuts: dict[int, list[tuple[int, Outage]]] = {}
    for number, outage in enumerate(outages, start=1):
        if outage.cut is not None:
            cuts.setdefault(outage.cut, []).append((number, outage))
    for cut, members in sorted(cuts.items()):
        first = members[0][1]
        yield IncidentGrouped(
            at=max(outage.detected for _, outage in members),
            incident=cut + 1,
            carrier=first.line.carrier,
            node=first.line.node,
            first_failed_at=first.begin,
            faults=tuple(outage.no(number) for number, outage in members),
        )


def _batch(
    at: datetime,
    events: Sequence[Event] = (),
    *,
    configurations: tuple[str, ...] = (),
    measured: Measured = NOTHING_MEASURED,
) -> Batch:
    return Batch(
        judged_at=at,
        sight=Sight(),
        numbered=None,
        events=tuple(events),
        configurations=configurations,
        measured=measured,
    )
