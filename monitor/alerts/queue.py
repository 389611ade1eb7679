"""What waits on one channel, and what goes next: the most urgent first, the messages of one fault in order. Pure.

1. Of each fault only its oldest message may go; it is as urgent as the most urgent one that waits behind it.
2. Messages of one incident gather for some seconds and go as one (section 9: messages are grouped).
3. Where more wait than the receiver bears, those of one kind go as one too: nothing is dropped, and none comes late.
4. What is not urgent leaves a share of the receiver's allowance to what is.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.faults.terms import MessageKind
from monitor.store.deliveries import Delivery

QUIET = timedelta(seconds=10)  # an incident's messages go once none has come for so long,
HELD = timedelta(seconds=30)  # and at the latest so long after the first of them
MOST_TOGETHER = 200  # messages tried to be put into one letter

URGENT = frozenset(
    {MessageKind.OVERDUE, MessageKind.OVERDUE_REPEAT, *(kind for kind in MessageKind if not kind.of_a_fault)}
)
SOON = frozenset({MessageKind.REMINDER, MessageKind.UNACKNOWLEDGED})

Place = tuple[int, datetime, int, str]


def urgency(kind: MessageKind) -> int:
    """Return 0 for overdue and what the monitor says of itself, 1 for reminders, 2 for the rest."""
    return 0 if kind in URGENT else 1 if kind in SOON else 2


@dataclass(frozen=True, slots=True)
class Room:
    """How many letters the receiver bears now, and how many of what is not urgent; None: it sets no bounds."""

    left: int | None = None
    others: int | None = None

    def for_urgency(self, urgency: int) -> int | None:
        """Return how many letters of an urgency may go now."""
        return self.left if urgency == 0 else self.others


class Queue:
    """The deliveries that wait on one channel."""

    def __init__(self, *, groups: bool, incident_of: Callable[[str], int | None]) -> None:
        """Begin empty; ``groups``: several may go as one letter; ``incident_of`` knows the incident of a fault."""
        self._groups, self._incident_of = groups, incident_of
        self._threads: dict[str, list[Delivery]] = {}
        self._ready: list[Place] = []
        self._places: dict[str, Place] = {}
        self._asleep: list[tuple[datetime, str]] = []
        self._busy: set[str] = set()
        self._alone: set[str] = set()

    def __len__(self) -> int:
        """Return how many deliveries wait."""
        return sum(len(thread) for thread in self._threads.values())

    def all(self) -> Iterator[Delivery]:
        """Go through everything that waits."""
        for thread in self._threads.values():
            yield from thread

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Take deliveries that wait, each once."""
        for delivery in deliveries:
            thread = self._threads.setdefault(delivery.thread, [])
            if all(each.key != delivery.key for each in thread):
                insort(thread, delivery, key=_order)
                self._place(delivery.thread)

    def next(self, now: datetime, room: Room) -> tuple[Delivery, ...] | datetime | None:
        """Return what goes next as one letter, the most urgent first; else when to ask again; None: nothing waits.

        What is returned is under way until it is settled. Where only room is lacking, None is returned too: the
        receiver's allowance tells when there is more.
        """
        self._awaken(now)
        until: datetime | None = self._asleep[0][0] if self._asleep else None
        held: dict[tuple[object, ...], datetime | None] = {}
        for place in self._ready:
            delivery = self._threads[place[3]][0]
            left = room.for_urgency(place[0])
            if left == 0:
                continue
            group = self._group(delivery)
            if group is not None:
                if group not in held:
                    held[group] = self._held_until(group, now)
                later = held[group]
                if later is not None:
                    until = later if until is None else min(until, later)
                    continue
            return self._pick(delivery, group, left)
        return until

    def settle(self, picked: Iterable[Delivery], after: Iterable[Delivery]) -> None:
        """Take what was under way as it is now: ended deliveries go, others wait for their next time."""
        changed = {delivery.key: delivery for delivery in after}
        for delivery in picked:
            thread = self._threads[delivery.thread]
            kept = changed.get(delivery.key, delivery)
            thread[:] = [kept if each.key == kept.key else each for each in thread]
            if kept.ended_at is not None:
                thread[:] = [each for each in thread if each.key != kept.key]
                self._alone.discard(kept.key)
            self._busy.discard(delivery.thread)
            if thread:
                self._place(delivery.thread)
            else:
                del self._threads[delivery.thread]

    def part(self, deliveries: Iterable[Delivery]) -> None:
        """Let these go each by itself from now on: together they were refused."""
        self._alone |= {delivery.key for delivery in deliveries}

    # -- places --------------------------------------------------------------------------------------------------

    def _place(self, name: str) -> None:
        """Let a thread wait for the time at which its oldest message may be tried."""
        if name in self._busy:
            return
        before = self._places.pop(name, None)
        if before is not None:
            del self._ready[bisect_left(self._ready, before)]
        heapq.heappush(self._asleep, (self._threads[name][0].next_at, name))

    def _awaken(self, now: datetime) -> None:
        while self._asleep and self._asleep[0][0] <= now:
            at, name = heapq.heappop(self._asleep)
            thread = self._threads.get(name)
            if thread is None or name in self._busy or name in self._places or thread[0].next_at != at:
                continue
            first = thread[0]
            place = (min(urgency(each.kind) for each in thread), first.message.due_at, first.message.seq, name)
            self._places[name] = place
            insort(self._ready, place)

    def _pick(self, first: Delivery, group: tuple[object, ...] | None, left: int | None) -> tuple[Delivery, ...]:
        picked = [first]
        if self._groups and first.kind.of_a_fault and first.key not in self._alone:
            alike = [each for each in self._heads() if _alike(each, first) and each.key not in self._alone]
            if group is None and left is not None and len(alike) > left:
                picked = alike  # a storm: more than the receiver bears one by one
            elif group is not None:
                picked = [each for each in alike if self._group(each) == group]
            picked = [first, *(each for each in picked if each is not first)][:MOST_TOGETHER]
        for delivery in picked:
            self._busy.add(delivery.thread)
            del self._ready[bisect_left(self._ready, self._places.pop(delivery.thread))]
        return tuple(picked)

    def _heads(self) -> Iterator[Delivery]:
        return (self._threads[place[3]][0] for place in self._ready)

    def _group(self, delivery: Delivery) -> tuple[object, ...] | None:
        """Return what a message of an incident goes together with; None where it goes by itself."""
        message = delivery.message
        if not self._groups or message.fault_no is None or delivery.key in self._alone:
            return None
        incident = self._incident_of(message.fault_no)
        return None if incident is None else (incident, delivery.kind, message.fraction, message.repeat)

    def _held_until(self, group: tuple[object, ...], now: datetime) -> datetime | None:
        """Return until when an incident's messages still gather; None: they go now."""
        since = [each.since for each in self._heads() if self._group(each) == group]
        until = min(max(since) + QUIET, min(since) + HELD)
        return until if now < until else None


def _alike(one: Delivery, other: Delivery) -> bool:
    return (one.kind, one.message.fraction, one.message.repeat) == (
        other.kind,
        other.message.fraction,
        other.message.repeat,
    )


def _order(delivery: Delivery) -> tuple[datetime, int]:
    return delivery.since, delivery.message.seq
