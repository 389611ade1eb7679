"""What waits on one channel, and what goes next: the most urgent first, the messages of one fault in order. Pure.

1. Of each fault only its oldest message may go; it is as urgent as the most urgent one that waits behind it.
2. Messages of one incident gather for some seconds and go as one (section 9: messages are grouped).
3. Where more wait than the receiver bears, those of one kind go as one too: nothing is dropped, and none comes late.
4. What is not urgent leaves a share of the receiver's allowance to what is.

A channel that is changed keeps its queue: what is under way is waited for, whoever carries the rest.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from monitor.alerts.ready import Likeness, Ready, likeness
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import Delivery

QUIET = timedelta(seconds=10)  # an incident's messages go once none has come for so long,
HELD = timedelta(seconds=30)  # and at the latest so long after the first of them
MOST_TOGETHER = 100  # messages tried to be put into one letter: some 70 ms of writing

URGENT = frozenset(
    {MessageKind.OVERDUE, MessageKind.OVERDUE_REPEAT, *(kind for kind in MessageKind if not kind.of_a_fault)}
)
SOON = frozenset({MessageKind.REMINDER, MessageKind.UNACKNOWLEDGED})

Group = tuple[int, Likeness]


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
    """The deliveries that wait on one channel, by fault: each thread is asleep until a time, ready, or under way."""

    def __init__(self, *, incident_of: Callable[[str], Incident | None], groups: bool = False) -> None:
        """Begin empty; ``groups``: several may go as one letter; ``incident_of`` knows the incident of a fault."""
        self.groups, self._incident_of = groups, incident_of
        self._threads: dict[str, list[Delivery]] = {}
        self._ready = Ready()
        self._asleep: list[tuple[datetime, str]] = []
        self._wakes: dict[str, datetime] = {}
        self._gathering: set[str] = set()
        self._busy: dict[str, str] = {}
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
        held: dict[Group, datetime | None] = {}
        later: list[tuple[str, datetime]] = []
        picked: list[str] = []
        for urgent, _, _, name in self._ready.in_order():
            left = room.for_urgency(urgent)
            if left == 0:
                break  # nor is there any for what is less urgent
            incident = self._incident(name)
            if incident is None:
                picked = self._with_alike(name, urgent, left)
                break
            group = incident.number, likeness(self._head(name))
            if group not in held:
                together = [each for each in incident.faults if self._goes_with(each, name)]
                held[group] = self._gathers_until(together, now)
                picked = [name, *(each for each in together if each != name)][:MOST_TOGETHER]
            until = held[group]
            if until is None:
                break
            later.append((name, until))
            picked = []
        for name, until in later:
            self._sleep(name, until)
            self._gathering.add(name)
        return self._send_off(picked) if picked else self._next_wake()

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
            self._busy.pop(delivery.thread, None)
            self._place(delivery.thread)

    def part(self, deliveries: Iterable[Delivery]) -> None:
        """Let these go each by itself from now on: together they were refused."""
        self._alone |= {delivery.key for delivery in deliveries}

    def withdraw(self, *, before: datetime | None = None) -> list[Delivery]:
        """Give up and return all that is not under way; where ``before`` is given, what was to go before it."""
        withdrawn: list[Delivery] = []
        for name in list(self._threads):
            thread, kept = self._threads[name], self._busy.get(name)
            goes = [each for each in thread if each.key != kept and (before is None or each.since <= before)]
            thread[:] = [each for each in thread if each not in goes]
            withdrawn += goes
            self._place(name)
        self._alone -= {delivery.key for delivery in withdrawn}
        return withdrawn

    # -- sleeping and waking -------------------------------------------------------------------------------------

    def _place(self, name: str) -> None:
        """Let a thread wait for the time at which its oldest message may be tried; an empty one goes."""
        if name in self._busy:
            return
        self._forget(name)
        if self._threads[name]:
            self._sleep(name, self._head(name).next_at)
        else:
            del self._threads[name]

    def _sleep(self, name: str, until: datetime) -> None:
        self._forget(name)
        self._wakes[name] = until
        heapq.heappush(self._asleep, (until, name))

    def _forget(self, name: str) -> None:
        """Have a thread be neither asleep nor ready."""
        self._ready.discard(name)
        self._wakes.pop(name, None)
        self._gathering.discard(name)

    def _awaken(self, now: datetime) -> None:
        while (at := self._next_wake()) is not None and at <= now:
            _, name = heapq.heappop(self._asleep)
            self._forget(name)
            head = self._head(name)
            # what is to go only later does not hurry what waits before it
            due = (each.kind for each in self._threads[name] if each is head or each.since <= now)
            place = (min(map(urgency, due)), head.message.due_at, head.message.seq, name)
            self._ready.add(likeness(head), place)

    def _next_wake(self) -> datetime | None:
        """Return when the next thread awakes; what slept for another time by now is left out."""
        while self._asleep and self._wakes.get(self._asleep[0][1]) != self._asleep[0][0]:
            heapq.heappop(self._asleep)
        return self._asleep[0][0] if self._asleep else None

    def _send_off(self, names: Iterable[str]) -> tuple[Delivery, ...]:
        heads = {name: self._head(name) for name in names}
        for name, head in heads.items():
            self._forget(name)
            self._busy[name] = head.key
        return tuple(heads.values())

    # -- together ------------------------------------------------------------------------------------------------

    def _head(self, name: str) -> Delivery:
        return self._threads[name][0]

    def _incident(self, name: str) -> Incident | None:
        """Return the incident whose messages a thread's next one goes together with, if there is one."""
        head = self._head(name)
        no = head.message.fault_no
        return self._incident_of(no) if self.groups and no is not None and head.key not in self._alone else None

    def _goes_with(self, name: str, first: str) -> bool:
        """Tell whether a thread's next message may go with another's: alike, and waiting for company at most."""
        if name not in self._ready and name not in self._gathering:
            return False
        head = self._head(name)
        return likeness(head) == likeness(self._head(first)) and head.key not in self._alone

    def _gathers_until(self, names: Iterable[str], now: datetime) -> datetime | None:
        """Return until when an incident's messages still gather; None: they go now."""
        since = [self._head(name).since for name in names]
        until = min(max(since) + QUIET, min(since) + HELD)
        return until if now < until else None

    def _with_alike(self, first: str, urgent: int, left: int | None) -> list[str]:
        """Return with which others one goes that is of no incident: alone, but for more than the receiver bears."""
        head = self._head(first)
        if not self.groups or not head.kind.of_a_fault or head.key in self._alone or left is None:
            return [first]
        if not self._more_than(left, urgent):
            return [first]
        alike = (each for each in self._ready.alike(likeness(head)) if each != first)
        others = (each for each in alike if self._goes_with(each, first) and self._incident(each) is None)
        return [first, *islice(others, MOST_TOGETHER - 1)]

    def _more_than(self, letters: int, urgent: int) -> bool:
        """Tell whether what is ready of one urgency makes more letters than so many."""
        found: set[str | Group] = set()
        for place in self._ready.in_order():
            if place[0] > urgent or len(found) > letters:
                break
            if place[0] == urgent:
                incident = self._incident(place[-1])
                found.add(place[-1] if incident is None else (incident.number, likeness(self._head(place[-1]))))
        return len(found) > letters


def _order(delivery: Delivery) -> tuple[datetime, int]:
    return delivery.since, delivery.message.seq
