"""The outbox: routes what fell due, and has every channel's courier carry it.

Rows come with the events that cause them, in one transaction. Here they are given their ways and carried after it:
at least once, under an idempotency key, whatever is killed when. What waits is in memory and in the database alike;
the database is written before a letter goes and after it came back, never while it travels.

A channel's queue outlasts its courier: when the channel is changed, another courier carries on at once, and only what
was under way is waited for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.alerts.alarms import unheard, untold
from monitor.alerts.books import Books
from monitor.alerts.courier import Courier, Written
from monitor.alerts.express import Express
from monitor.alerts.letter import Outcome
from monitor.alerts.notices import notices
from monitor.alerts.pacing import Allowance
from monitor.alerts.parcel import Parcel, Ways
from monitor.alerts.queue import Queue
from monitor.alerts.reach import Reach
from monitor.alerts.retrying import MOST_ASKED_FOR
from monitor.alerts.wanted import why_unwanted
from monitor.config.routes import URGENT
from monitor.faults.actions import Action
from monitor.faults.events import MessageDue
from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.store.deliveries import LONGEST_TRY, Delivery, State, Tried
from monitor.store.errors import StoreError
from monitor.store.projection import OutboxRow, message_row
from monitor.store.store import Store

ROUTED_AT_ONCE = 200  # some 50 ms of the event loop
# of tries before a restart, lest a receiver gets more or sooner than it bears
REMEMBERED = MOST_ASKED_FOR + LONGEST_TRY
LOOK_AGAIN = 30.0  # seconds after which the database is asked for messages though nobody said that there are any
LONGEST_LETTER = 120.0  # seconds after which a letter of a channel that was changed is waited for no longer
RESENT_EVERY = 60.0  # seconds between two times that an alert manager hears of what is still so
KNOWN_INCIDENTS = 16  # of which the faults are remembered, for letters that follow one another
log = logging.getLogger(__name__)


class Outbox:
    """Messages on their ways; it is the couriers' office.

    ``gave_up`` are deliveries given up, ``untold`` messages that did not reach a carrier that must be told
    """

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
        self._books = Books(ask)
        self.now, self.monotonic = now, monotonic
        self._incident_of, self._told = incident_of, told
        self._ways: Ways | None = None
        self._built: Ways | None = None
        self._ending = False
        self._queues: dict[str, Queue] = {}
        self._couriers: dict[str, Courier] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._allowances: dict[str, Allowance] = {}
        self._spent: dict[str, list[float]] = defaultdict(list)
        self._alone: dict[str, float] = defaultdict(lambda: float("-inf"))
        self._reach = Reach()
        self._struck: dict[int, tuple[Fault, ...]] = {}
        self._unusable: set[str] = set()
        self._express = Express(self._couriers, now=now, ended=self.wake)
        self._woken = asyncio.Event()
        self.gave_up: list[Delivery] = []
        self.untold: list[OutboxRow] = []

    # -- from start to end ---------------------------------------------------------------------------------------

    def adopt(self, ways: Ways) -> None:
        """Go on with another configuration's ways, from the next letter on."""
        self._ways = ways
        self.wake()

    def wake(self) -> None:
        """Messages were committed."""
        self._woken.set()

    async def run(self) -> None:
        """Carry until cancelled.

        Raises:
            StoreError: the database cannot be used any more.
        """
        await self._load()
        resending = asyncio.get_running_loop().create_task(self._resend_forever())
        try:
            while True:
                self._woken.clear()
                await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):  # not wait_for, for the couriers' reason
                        await self._woken.wait()
        finally:
            for task in (resending, *self._running.values(), *self._leaving):
                task.cancel()

    async def finish(self, within: float) -> None:
        """Give letters under way some seconds to arrive; begin no more."""
        self._ending = True
        couriers = list(self._couriers.values())
        await asyncio.gather(*(courier.finish(within) for courier in couriers), self._see_off_all(within))
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*(courier.sender.close() for courier in couriers), return_exceptions=True)

    async def _load(self) -> None:
        """Take what waited when the last run ended, and what the robots have got lately."""
        now, monotonic = self.now(), self.monotonic()
        for channel, by, asked_s in await self._books.ask(lambda store: store.tried_since(now - REMEMBERED)):
            ended = monotonic - max(0.0, (now - by).total_seconds())
            self._spent[channel].append(ended)
            self._alone[channel] = max(self._alone[channel], ended + asked_s)
        waiting = await self._books.ask(lambda store: store.waiting())
        reached = await self._books.ask(lambda store: store.reached({delivery.key for delivery in waiting}))
        self._hand_over(waiting, reached=reached)
        self.gave_up += untold(*await self._books.ask(lambda store: store.given_up_last()))
        self.untold += unheard(*await self._books.ask(lambda store: store.untaken_last(URGENT)))

    async def _look(self) -> None:
        """Go by the configuration as it is now, and give messages their ways; what is wrong is tried again later."""
        try:
            if self._ways is not None and not self._ending:
                self._rebuild(self._ways)
                await self._give_up_orphans(self._ways)
                await self._route(self._ways)
        except StoreError:
            raise
        except Exception:
            log.exception("messages could not be routed; it is tried again")

    # -- channels and their couriers -----------------------------------------------------------------------------

    def _rebuild(self, ways: Ways) -> None:
        """Give every channel of the configuration its courier; one whose channel stays as it was goes on."""
        if ways is not self._built:
            before, after = (self._built.channels if self._built else {}), ways.channels
            for name in [name for name in self._couriers if after.get(name) != before.get(name)]:
                self._dismiss(name)
            self._built = ways
        for name in ways.channels:
            if name not in self._couriers:
                self._employ(name, ways)

    def _employ(self, name: str, ways: Ways) -> None:
        """Let a courier carry what waits for a channel; without one it waits until the channel can be used."""
        try:
            sender = ways.sender(name)
        except Exception:
            if name not in self._unusable:
                log.exception("channel %s cannot be used; what is for it waits", name)
            self._unusable.add(name)
            return
        self._unusable.discard(name)
        queue = self._queue(name)
        queue.groups = sender.groups
        allowance = Allowance(())
        if sender.paces:
            allowance = self._allowances.setdefault(sender.robot, Allowance(sender.paces))
            allowance.remember(self._spent.pop(name, ()))
        allowance.rest(self._alone.pop(name, float("-inf")))
        self._couriers[name] = courier = Courier(name, sender, queue=queue, allowance=allowance, office=self)
        self._running[name] = asyncio.get_running_loop().create_task(courier.run())

    def _dismiss(self, name: str) -> None:
        """Let a courier end what is under way, and then go; nobody waits for it."""
        seeing_off = self._see_off(self._couriers.pop(name), self._running.pop(name))
        leaving = asyncio.get_running_loop().create_task(seeing_off)
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _see_off(self, courier: Courier, running: asyncio.Task[None]) -> None:
        try:
            await courier.finish(LONGEST_LETTER)
        finally:
            running.cancel()
            with suppress(Exception):
                await courier.sender.close()

    async def _see_off_all(self, within: float) -> None:
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=within)

    def _queue(self, channel: str) -> Queue:
        return self._queues.setdefault(channel, Queue(incident_of=self._incident_of))

    def _hand_over(self, deliveries: Iterable[Delivery], *, reached: Iterable[str] = ()) -> None:
        by_channel: dict[str, list[Delivery]] = defaultdict(list)
        for delivery in deliveries:
            by_channel[delivery.channel].append(delivery)
        for channel, mine in by_channel.items():
            self._reach.begin(mine, reached=reached)
            self._queue(channel).put(mine)
            if channel in self._couriers:
                self._couriers[channel].wake()

    async def _give_up_orphans(self, ways: Ways) -> None:
        """What waits for a channel that left the configuration will not be carried any more."""
        for name in [name for name in self._queues if name not in ways.channels]:
            now, queue = self.now(), self._queues[name]
            ended = tuple(
                replace(each, state=State.FAILED, ended_at=now, status="no such channel") for each in queue.withdraw()
            )
            if not len(queue):
                del self._queues[name]
            if ended:
                await self._books.enter(Tried(deliveries=ended))
                self._hear_ends(ended)

    # -- routing -------------------------------------------------------------------------------------------------

    async def _route(self, ways: Ways) -> None:
        """Give messages that were committed their ways, and hand them to the couriers."""
        routed_until: int | None = 0
        while routed_until is not None:
            routed_until = await self._route_some(ways, routed_until)

    async def _route_some(self, ways: Ways, after: int) -> int | None:
        """Route the oldest messages after a row of the ledger; return the row of the last one, None: there are none."""
        messages = await self._books.ask(lambda store: store.unrouted(ROUTED_AT_ONCE, after))
        if not messages:
            return None
        faults = await self._faults(message.fault_no for message in messages)
        now = self.now()
        found = [(each, self._deliveries(ways, each, faults.get(each.fault_no or ""), now)) for each in messages]
        routed = [(message, deliveries) for message, deliveries in found if deliveries is not None]
        await self._books.ask(lambda store: store.route(routed))
        self.untold += (message for message, deliveries in routed if not deliveries and message.kind in URGENT)
        self._hand_over(each for _, deliveries in routed for each in deliveries if each.ended_at is None)
        return messages[-1].seq

    def _deliveries(
        self, ways: Ways, message: OutboxRow, fault: Fault | None, now: datetime
    ) -> tuple[Delivery, ...] | None:
        """Return the ways of a message; None where it is left for the next look."""
        if self._express.going(message.key):
            return None
        try:
            found = ways.deliveries(message, fault, now)
        except Exception:  # it must not hold up the others
            log.exception("message %s could not be routed; it is tried again", message.key)
            return None
        told = self._express.told(message.key)
        return tuple(
            replace(each, state=State.DELIVERED, tries=1, status=told[each.channel].status, ended_at=now)
            if each.channel in told
            else each
            for each in found
        )

    async def _faults(self, numbers: Iterable[str | None]) -> dict[str, Fault]:
        """Return faults by their numbers."""
        wanted = {no for no in numbers if no is not None}
        faults: list[Fault] = await self._books.ask(lambda store: store.faults(nos=wanted)) if wanted else []
        return {fault.no: fault for fault in faults}

    async def _struck_by(self, incident: Incident) -> tuple[Fault, ...]:
        """Return the faults of an incident, as they were when they were first asked for: only whose they are counts."""
        known = {fault.no: fault for fault in self._struck.pop(incident.number, ())}
        known |= await self._faults(no for no in incident.faults if no not in known)
        struck = tuple(known[no] for no in incident.faults if no in known)
        self._struck[incident.number] = struck
        while len(self._struck) > KNOWN_INCIDENTS:
            del self._struck[next(iter(self._struck))]
        return struck

    # -- the couriers' office ------------------------------------------------------------------------------------

    async def write(self, picked: Sequence[Delivery]) -> Written:
        """Write the letter for what was picked, by what the record says now, or for as much as one letter holds."""
        faults = await self._faults(delivery.message.fault_no for delivery in picked)
        now = self.now()
        wanted: list[Delivery] = []
        unwanted: list[Delivery] = []
        for delivery in picked:
            why = why_unwanted(delivery.kind, faults.get(delivery.message.fault_no or ""))
            if why is None:
                wanted.append(delivery)
            else:
                unwanted.append(replace(delivery, state=State.UNWANTED, ended_at=now, status=why))
        if not wanted:
            return Written(None, (), tuple(unwanted))
        parcels, ways = await self._parcels(wanted, faults), self._built
        if ways is None:
            raise RuntimeError("no configuration was adopted")
        if len(parcels) == 1:
            letter, held = ways.letter(parcels[0], now), 1
        else:  # many at once take tens of milliseconds to write, in which a round must not be late
            letter, held = await asyncio.to_thread(ways.together, parcels, now)
        return Written(letter, tuple(wanted[:held]), tuple(unwanted))

    async def _parcels(self, deliveries: Iterable[Delivery], faults: Mapping[str, Fault]) -> list[Parcel]:
        """Put to deliveries what the record says of them, and of the incidents that their faults are in."""
        parcels: list[Parcel] = []
        struck: dict[int, tuple[Fault, ...]] = {}
        for delivery in deliveries:
            fault = faults.get(delivery.message.fault_no or "")
            incident = None if fault is None else self._incident_of(fault.no)
            if incident is not None and incident.number not in struck:
                struck[incident.number] = await self._struck_by(incident)
            whose = () if incident is None else struck[incident.number]
            parcels.append(Parcel(delivery=delivery, fault=fault, incident=incident, struck=whose))
        return parcels

    async def mark(self, tried: Tried) -> None:
        """Put on record that a letter goes, or what came of it, as soon as the database can be written."""
        if tried.attempt is not None or tried.deliveries:
            await self._books.enter(tried)

    def answers(self, carried: Sequence[Delivery], outcome: Outcome) -> tuple[tuple[str, Action], ...]:
        """Return what a delivered letter says for people, under ids by which each is done once."""
        return tuple(asked for each in carried for asked in notices(each, outcome.reply, self.now()))

    def told(self, channel: str, outcome: Outcome) -> None:
        """Hear of a try."""
        self._told(channel, outcome.fate.value)

    def settled(self, courier: Courier, after: Sequence[Delivery]) -> None:
        """Hear that what was under way is so no longer: whoever shares its queue or its robot may go on."""
        self._hear_ends(after)
        for other in self._couriers.values():
            if other.queue is courier.queue or other.allowance is courier.allowance:
                other.wake()
        if courier.channel not in self._couriers:
            self.wake()

    def _hear_ends(self, after: Iterable[Delivery]) -> None:
        self.gave_up += (each for each in after if each.state is State.FAILED)
        self.untold += self._reach.end(after)

    # -- for who looks -------------------------------------------------------------------------------------------

    def waiting(self) -> Iterator[Delivery]:
        """Go through what waits on all channels."""
        for queue in self._queues.values():
            yield from queue.all()

    def unreached_since(self, before: datetime) -> dict[str, list[str]]:
        """Return by carrier the faults of which it should know since an instant, and every channel fails to tell it.

        What has not been tried because its turn has not come, by the hour or by the receiver's pace, is not among them.
        """
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for name, queue in self._queues.items():
            barred = name not in self._couriers or self._couriers[name].failing
            for each in queue.all():
                late = each.to_carrier and each.since < before and (barred or each.status is not None)
                if late and each.message.carrier is not None and each not in self._reach:
                    found[each.message.carrier][each.message.fault_no or ""] = None
        return {carrier: list(faults) for carrier, faults in found.items()}

    # -- beside the queue ----------------------------------------------------------------------------------------

    async def tell_at_once(self, due: MessageDue) -> None:
        """Send a message past the database, which cannot be written, until every channel took it or it can be."""
        if self._ways is not None:
            await self._express.tell(message_row(0, due), self._ways)

    async def _resend_forever(self) -> None:
        while True:
            await asyncio.sleep(RESENT_EVERY)
            active = [courier for courier in self._couriers.values() if courier.sender.keeps_active]
            await asyncio.gather(*(self._resend(courier) for courier in active))

    async def _resend(self, courier: Courier) -> None:
        """Tell an alert manager again what is still so."""
        try:
            active = await self._books.ask(lambda store: store.active_on(courier.channel))
            faults = await self._faults(each.message.fault_no for each in active)
            known = [each for each in active if each.message.fault_no is None or each.thread in faults]
            parcels, ways, now = await self._parcels(known, faults), self._built, self.now()
            letters = [ways.letter(parcel, now) for parcel in parcels] if ways is not None else []
            if letters:
                await courier.express(replace(letters[0], members=tuple(letters)))
        except Exception:
            log.exception("channel %s: what is still so could not be told again", courier.channel)
