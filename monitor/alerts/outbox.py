"""The outbox: routes what fell due, and has every channel's courier carry it.

Rows come with the events that cause them, in one transaction. Here they are given their ways and carried after it:
at least once, under an idempotency key, whatever is killed when. What waits is in memory and in the database alike;
the database is written before a letter goes and after it came back, never while it travels.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from monitor.alerts.courier import Courier, Written
from monitor.alerts.letter import Fate, Letter, Outcome, Reply, Sender
from monitor.alerts.pacing import Allowance
from monitor.alerts.queue import Queue
from monitor.alerts.wanted import why_unwanted
from monitor.faults.actions import Acknowledge, Action, GiveEta, Notified
from monitor.faults.events import MessageDue
from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Source
from monitor.store.deliveries import Delivery, State, Tried
from monitor.store.errors import StoreUnavailable
from monitor.store.projection import OutboxRow, message_row
from monitor.store.store import Store

T = TypeVar("T")
ROUTED_AT_ONCE = 500
REMEMBERED = timedelta(minutes=10)  # of tries before a restart, so that no robot's pace is exceeded by it
LOOK_AGAIN = 30.0  # seconds after which the database is asked for messages though nobody said that there are any
TRY_AGAIN = 1.0  # seconds between two tries at a database that does not answer
LONGEST_LETTER = 120.0  # seconds after which a letter of a channel that was changed is waited for no longer
RESENT_EVERY = 60.0  # seconds between two times that an alert manager hears of what is still so
NOTICES = frozenset(kind for kind in MessageKind if kind.of_a_fault) - {MessageKind.RESTORED}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery, and what it is about by the record: the fault, its incident, the incident's faults."""

    delivery: Delivery
    fault: Fault | None = None
    incident: Incident | None = None
    struck: tuple[Fault, ...] = ()


class Ways(Protocol):
    """How messages travel by one configuration: channels, routes, texts."""

    @property
    def channels(self) -> Mapping[str, object]:
        """The channels by name, as they are configured: one that stays equal goes on as it is."""

    def sender(self, channel: str) -> Sender:
        """Make what sends through a channel."""

    def deliveries(self, message: OutboxRow, fault: Fault | None, now: datetime) -> tuple[Delivery, ...]:
        """Return the ways of a message that fell due; none where no route takes it."""

    def letter(self, parcel: Parcel, now: datetime) -> Letter:
        """Write one message for its channel."""

    def together(self, parcels: Sequence[Parcel], now: datetime) -> tuple[Letter, int]:
        """Write several messages of one kind into one letter; return how many of them, from the first, it holds."""


class Outbox:
    """Messages on their ways; it is the couriers' office."""

    def __init__(
        self,
        ask: Callable[[Callable[[Store], Any]], Awaitable[Any]],
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        incident_of: Callable[[str], Incident | None],
        told: Callable[[str, str], None],
    ) -> None:
        """Carry nothing before `run`; ``told`` hears the channel and fate of every try."""
        self._ask, self.now, self.monotonic = ask, now, monotonic
        self._incident_of, self._told = incident_of, told
        self._ways: Ways | None = None
        self._built: Ways | None = None
        self._queues: dict[str, Queue] = {}
        self._couriers: dict[str, Courier] = {}
        self._running: dict[Courier, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._allowances: dict[str, Allowance] = {}
        self._spent: dict[str, list[float]] = defaultdict(list)
        self._reached: set[str] = set()
        self._told_already: dict[str, dict[str, Outcome]] = {}
        self._woken = asyncio.Event()
        self.gave_up: list[Delivery] = []
        self.unrouted: list[OutboxRow] = []

    # -- from start to end ---------------------------------------------------------------------------------------

    def adopt(self, ways: Ways) -> None:
        """Go on with another configuration's ways, from the next letter on."""
        self._ways = ways
        self.wake()

    def wake(self) -> None:
        """Messages were committed."""
        self._woken.set()

    async def run(self) -> None:
        """Carry until cancelled."""
        await self._load()
        resending = asyncio.get_running_loop().create_task(self._resend_forever())
        try:
            while True:
                self._woken.clear()
                await self._rebuild()
                await self._route()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK_AGAIN)
        finally:
            for task in (resending, *self._running.values(), *self._leaving):
                task.cancel()

    async def finish(self, within: float) -> None:
        """Give letters under way some seconds to arrive; begin no more."""
        couriers = list(self._running)
        for courier in couriers:
            courier.retire()
        await asyncio.gather(*(courier.finish(within) for courier in couriers))
        await asyncio.gather(*(courier.sender.close() for courier in couriers), return_exceptions=True)

    async def _load(self) -> None:
        """Take what waited when the last run ended, and what the robots have got lately."""
        now, since = self.now(), self.monotonic()
        for channel, at in await self._patiently(lambda store: store.tried_since(now - REMEMBERED)):
            self._spent[channel].append(since - max(0.0, (now - at).total_seconds()))
        waiting = await self._patiently(lambda store: store.waiting())
        self._reached |= await self._patiently(lambda store: store.reached({delivery.key for delivery in waiting}))
        self._hand_over(waiting)

    async def _patiently(self, question: Callable[[Store], T]) -> T:
        """Ask the store, as often as it takes."""
        while True:
            try:
                answer: T = await self._ask(question)
            except StoreUnavailable:
                await asyncio.sleep(TRY_AGAIN)
            else:
                return answer

    async def _rebuild(self) -> None:
        """Give every channel of the configuration its courier; one whose channel stays as it was goes on.

        A channel that was changed keeps its queue: its new courier begins at once, whatever the old one still waits
        for, since what that has under way is nobody else's.
        """
        if self._ways is None or self._ways is self._built:
            return
        before, after = (self._built.channels if self._built else {}), self._ways.channels
        retired = {name: each for name, each in self._couriers.items() if after.get(name) != before[name]}
        for name, courier in retired.items():
            del self._couriers[name]
            courier.retire()
        for name in after:
            if name not in self._couriers:
                self._couriers[name] = courier = self._courier(name, self._ways.sender(name))
                self._running[courier] = asyncio.get_running_loop().create_task(courier.run())
        for courier in retired.values():
            leaving = asyncio.get_running_loop().create_task(self._leave(courier))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
        self._built = self._ways

    async def _leave(self, courier: Courier) -> None:
        """Let a courier end what is under way."""
        await courier.finish(LONGEST_LETTER)
        self._running.pop(courier).cancel()
        await courier.sender.close()
        self.wake()

    def _courier(self, name: str, sender: Sender) -> Courier:
        allowance = self._allowances.get(sender.robot)
        if allowance is None:
            allowance = self._allowances[sender.robot] = Allowance(sender.paces, self._spent.pop(name, ()))
        queue = self._queue(name)
        queue.groups = sender.groups
        return Courier(name, sender, queue=queue, allowance=allowance, office=self)

    def _queue(self, name: str) -> Queue:
        if name not in self._queues:
            self._queues[name] = Queue(groups=False, incident_of=self._incident_of)
        return self._queues[name]

    # -- routing -------------------------------------------------------------------------------------------------

    async def _route(self) -> None:
        """Give messages that were committed their ways, and hand them to the couriers."""
        await self._give_up_orphans()
        while self._ways is not None:
            ways = self._built or self._ways
            messages = await self._patiently(lambda store: store.unrouted(ROUTED_AT_ONCE))
            if not messages:
                return
            faults = await self._faults_of(messages)
            now = self.now()
            routed = [(each, self._deliveries(ways, each, faults.get(each.fault_no or ""), now)) for each in messages]
            await self._patiently(lambda store, routed=routed: store.route(routed))  # type: ignore[misc]
            self.unrouted += (message for message, deliveries in routed if not deliveries)
            self._hand_over(each for _, deliveries in routed for each in deliveries if each.ended_at is None)

    def _deliveries(self, ways: Ways, message: OutboxRow, fault: Fault | None, now: datetime) -> tuple[Delivery, ...]:
        told = self._told_already.pop(message.key, {})
        return tuple(
            replace(each, state=State.DELIVERED, tries=1, status=told[each.channel].status, ended_at=now)
            if each.channel in told
            else each
            for each in ways.deliveries(message, fault, now)
        )

    def _hand_over(self, deliveries: Iterable[Delivery]) -> None:
        by_channel: dict[str, list[Delivery]] = defaultdict(list)
        for delivery in deliveries:
            by_channel[delivery.channel].append(delivery)
        for channel, mine in by_channel.items():
            self._queue(channel).put(mine)
            self.settled(channel)

    async def _give_up_orphans(self) -> None:
        """What waits for a channel that left the configuration will not be carried any more."""
        if self._built is None:
            return
        for channel in self._queues.keys() - self._couriers.keys():
            if self._queues[channel].under_way:
                continue  # with the courier of a channel that was taken out a moment ago
            orphans, now = list(self._queues.pop(channel).all()), self.now()
            ended = [replace(each, state=State.FAILED, ended_at=now, status="no such channel") for each in orphans]
            await self.mark(Tried(deliveries=tuple(ended)))
            self.gave_up += ended

    async def _faults_of(self, messages: Iterable[OutboxRow]) -> dict[str, Fault]:
        """Return the faults of messages, and those of their incidents."""
        numbers = {message.fault_no for message in messages if message.fault_no is not None}
        if not numbers:
            return {}
        incidents = [incident for no in numbers if (incident := self._incident_of(no)) is not None]
        numbers |= {no for incident in incidents for no in incident.faults}
        faults = await self._patiently(lambda store: store.faults(nos=numbers))
        return {fault.no: fault for fault in faults}

    # -- the couriers' office ------------------------------------------------------------------------------------

    async def write(self, picked: Sequence[Delivery]) -> Written:
        """Write the letter for what was picked, by what the record says now, or for as much as one letter holds."""
        ways = self._built
        if ways is None:
            raise RuntimeError("no configuration was adopted")
        faults = await self._faults_of(delivery.message for delivery in picked)
        now = self.now()
        wanted: list[Parcel] = []
        unwanted: list[Delivery] = []
        for delivery in picked:
            fault = faults.get(delivery.message.fault_no or "")
            why = why_unwanted(delivery.kind, fault)
            if why is None:
                wanted.append(self._parcel(delivery, faults))
            else:
                unwanted.append(replace(delivery, state=State.UNWANTED, ended_at=now, status=why))
        if not wanted:
            return Written(None, (), tuple(unwanted))
        if len(wanted) == 1:
            letter, held = ways.letter(wanted[0], now), 1
        else:  # many at once take tens of milliseconds to write, in which a round must not be late
            letter, held = await asyncio.to_thread(ways.together, wanted, now)
        return Written(letter, tuple(parcel.delivery for parcel in wanted[:held]), tuple(unwanted))

    def _parcel(self, delivery: Delivery, faults: Mapping[str, Fault]) -> Parcel:
        fault = faults.get(delivery.message.fault_no or "")
        incident = None if fault is None else self._incident_of(fault.no)
        struck = () if incident is None else tuple(faults[no] for no in incident.faults if no in faults)
        return Parcel(delivery=delivery, fault=fault, incident=incident, struck=struck)

    async def mark(self, tried: Tried) -> None:
        """Mark what came of a try, as soon as the database can be written."""
        await self._patiently(lambda store: store.mark_tried([tried]))

    def answers(self, carried: Sequence[Delivery], outcome: Outcome) -> tuple[tuple[str, Action], ...]:
        """Return what a delivered letter says for people, under ids by which each is done once."""
        return tuple(asked for each in carried for asked in _answers(each, outcome.reply, self.now()))

    def settled(self, channel: str) -> None:
        """Have whoever carries for a channel look again what is next."""
        if channel in self._couriers:
            self._couriers[channel].wake()

    def told(self, channel: str, outcome: Outcome, after: Sequence[Delivery]) -> None:
        """Hear of a try and what it left."""
        self._told(channel, outcome.fate.value)
        self._reached |= {each.key for each in after if each.state is State.DELIVERED and each.to_carrier}
        self.gave_up += (each for each in after if each.state is State.FAILED)

    # -- for who looks -------------------------------------------------------------------------------------------

    def waiting(self) -> Iterator[Delivery]:
        """Go through what waits on all channels."""
        for queue in self._queues.values():
            yield from queue.all()

    def unreached_since(self, before: datetime) -> dict[str, list[str]]:
        """Return by carrier the faults of which a message was to go before an instant, and no channel took it yet."""
        found: dict[str, list[str]] = defaultdict(list)
        for each in self.waiting():
            message = each.message
            late = each.to_carrier and each.since < before and each.tries and each.key not in self._reached
            if late and message.carrier is not None and message.fault_no not in found[message.carrier]:
                found[message.carrier].append(message.fault_no or "")
        return dict(found)

    # -- beside the queue ----------------------------------------------------------------------------------------

    async def tell_at_once(self, due: MessageDue) -> None:
        """Send a message past the database, which cannot be written: when it can, the message counts as told."""
        if self._ways is None:
            return
        now, message = self.now(), message_row(0, due)
        for delivery in self._ways.deliveries(message, None, now):
            courier = self._couriers.get(delivery.channel)
            if courier is None:
                continue
            outcome = await courier.sender.send(self._ways.letter(Parcel(delivery=delivery), now))
            self._told(delivery.channel, outcome.fate.value)
            if outcome.fate is Fate.DELIVERED:
                self._told_already.setdefault(message.key, {})[delivery.channel] = outcome

    async def _resend_forever(self) -> None:
        while True:
            await asyncio.sleep(RESENT_EVERY)
            for name, courier in list(self._couriers.items()):
                if courier.sender.keeps_active:
                    await self._resend(name, courier.sender)

    async def _resend(self, channel: str, sender: Sender) -> None:
        """Tell an alert manager again what is still so."""
        ways = self._ways
        with suppress(StoreUnavailable):
            active = await self._ask(lambda store: store.active_on(channel))
            if not active or ways is None:
                return
            faults, now = await self._faults_of(each.message for each in active), self.now()
            letters = [ways.letter(self._parcel(each, faults), now) for each in active if each.thread in faults]
            outcome = await sender.send(replace(letters[0], members=tuple(letters)))
            self._told(channel, outcome.fate.value)


def _answers(sent: Delivery, reply: Reply | None, now: datetime) -> Iterator[tuple[str, Action]]:
    """Return that the carrier was told, and what its machine answered: it takes the fault on, it expects an end."""
    message, kind = sent.message, sent.kind
    if message.fault_no is None or message.line is None:
        return
    line, no = message.line, message.fault_no
    if sent.to_carrier and kind in NOTICES:
        episode = 1 if kind is MessageKind.OPENED else message.episode
        told_at = _second(now) if _second(now) > message.due_at else None  # else when judging hears of it
        told = Notified(
            at=now, by=Source.CENTRE, line=line, no=no, via=sent.channel, episode=episode, notified_at=told_at
        )
        yield f"notified:{sent.key}:{sent.channel}", told
    if reply is not None:
        who, by = reply.acknowledged_by, Source.CARRIER
        yield f"acknowledged:{sent.key}:{sent.channel}", Acknowledge(at=now, by=by, line=line, no=no, who=who)
        if reply.eta is not None:
            given = GiveEta(at=now, by=by, line=line, no=no, who=who, eta=_second(reply.eta))
            yield f"eta:{sent.key}:{sent.channel}", given


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
