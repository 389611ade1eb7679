"""The courier of one channel: takes what is next, has it written, sends it, has it marked. None waits for another's.

A letter under way is neither lost nor doubled by what happens to the database: what came of it is marked as soon as
it can be, and until then nothing else of the same fault goes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.alerts.letter import Fate, Letter, Outcome, Sender
from monitor.alerts.pacing import Allowance
from monitor.alerts.queue import Queue
from monitor.alerts.retrying import OF_A_CHANNEL, given_up, pause
from monitor.faults.actions import Action
from monitor.store.deliveries import Attempt, Delivery, State, Tried

SIDE_BY_SIDE = 4  # letters under way at once, where the receiver sets no pace
LONGEST_WAIT = 60.0  # seconds after which a courier looks again, whatever it waits for
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A letter, the deliveries that it carries, and those that are not wanted any more."""

    letter: Letter | None
    carried: tuple[Delivery, ...]
    unwanted: tuple[Delivery, ...]


class Office(Protocol):
    """What couriers have in common."""

    def now(self) -> datetime:
        """Return the judged time."""

    def monotonic(self) -> float:
        """Return seconds of a clock that only moves on."""

    async def write(self, picked: Sequence[Delivery]) -> Written:
        """Write the letter for what was picked, or for as much of it as one letter holds."""

    async def mark(self, tried: Tried) -> None:
        """Mark what came of it, waiting for the database if need be."""

    def answers(self, carried: Sequence[Delivery], outcome: Outcome) -> tuple[tuple[str, Action], ...]:
        """Return what a delivered letter says for people: the carrier was told, a receiver takes the fault on."""

    def told(self, channel: str, outcome: Outcome, after: Sequence[Delivery]) -> None:
        """Hear of every try and what it left."""

    def settled(self, channel: str) -> None:
        """Have whoever carries for a channel now look again: a letter has ended."""


class Courier:
    """Carries the letters of one channel."""

    def __init__(self, channel: str, sender: Sender, *, queue: Queue, allowance: Allowance, office: Office) -> None:
        """Carry nothing before `run`."""
        self.channel, self.sender, self.queue = channel, sender, queue
        self._allowance, self._office = allowance, office
        self._woken = asyncio.Event()
        self._rests_until: datetime | None = None
        self._failures = 0
        self._under_way: set[asyncio.Task[None]] = set()
        self._most = 1 if sender.paces else SIDE_BY_SIDE

    def wake(self) -> None:
        """Look again what is next."""
        self._woken.set()

    async def run(self) -> None:
        """Carry until cancelled; what is under way then is cancelled with it, and sent again by the next run."""
        try:
            while True:
                self._woken.clear()
                wait = self._begin_what_may()
                try:
                    await asyncio.wait_for(self._woken.wait(), wait)
                except TimeoutError:
                    continue
        finally:
            for task in self._under_way:
                task.cancel()

    def retire(self) -> None:
        """Begin no more letters."""
        self._most = 0

    async def finish(self, within: float) -> None:
        """Give letters under way some seconds to arrive."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)

    def _begin_what_may(self) -> float:
        """Begin letters as long as any may go; return in how many seconds to look again."""
        now = self._office.now()
        if self._rests_until is not None and now < self._rests_until:
            return _seconds(self._rests_until - now)
        while len(self._under_way) < self._most:
            room = self._allowance.room(self._office.monotonic())
            following = self.queue.next(now, room)
            if isinstance(following, tuple):
                self._begin(following)
                continue
            waits = [LONGEST_WAIT]
            if following is not None:
                waits.append(_seconds(following - now))
            free_at = self._allowance.free_at(self._office.monotonic())
            waits += [] if free_at is None else [max(0.0, free_at - self._office.monotonic())]
            return min(waits)
        return LONGEST_WAIT  # whatever ends wakes it

    def _begin(self, picked: Sequence[Delivery]) -> None:
        self._allowance.begin()
        task = asyncio.get_running_loop().create_task(self._carry(tuple(picked)))
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._office.settled(self.channel)

    # -- one letter ----------------------------------------------------------------------------------------------

    async def _carry(self, picked: tuple[Delivery, ...]) -> None:
        """Write, send, mark, settle; whatever happens, what was picked is under way no longer, nor tried at once."""
        after: tuple[Delivery, ...] = ()
        try:
            written = await self._written(picked)
            after = written.unwanted
            if written.letter is None:
                self._allowance.spare()
                await self._office.mark(Tried(deliveries=after))
            else:
                after += await self._send(written.letter, written.carried, written.unwanted)
        except Exception:
            log.exception("channel %s: what came of a letter could not be marked", self.channel)
            failed = Outcome(fate=Fate.AGAIN, status="not marked")
            after = tuple(self._after(delivery, None, failed) for delivery in picked)
        finally:
            self.queue.settle(picked, after)

    async def _written(self, picked: tuple[Delivery, ...]) -> Written:
        """Have a letter written; what cannot be written now waits as if it could not be sent."""
        try:
            return await self._office.write(picked)
        except Exception:
            log.exception("channel %s: a letter could not be written; it is tried again", self.channel)
            failed = Outcome(fate=Fate.AGAIN, status="not written")
            return Written(None, (), tuple(self._after(delivery, None, failed) for delivery in picked))

    async def _send(
        self, letter: Letter, carried: tuple[Delivery, ...], unwanted: tuple[Delivery, ...]
    ) -> tuple[Delivery, ...]:
        at, began = self._office.now(), self._office.monotonic()
        try:
            outcome = await self.sender.send(letter)
        finally:
            ended = self._office.monotonic()
            self._allowance.end(ended)
        self._rest(outcome)
        if outcome.fate is Fate.REFUSED and len(carried) > 1:
            self.queue.part(carried)
            outcome = replace(outcome, fate=Fate.AGAIN)
        after = tuple(self._after(delivery, letter, outcome) for delivery in carried)
        attempt = Attempt(
            key=letter.key,
            channel=self.channel,
            number=carried[0].tries + 1,
            at=at,
            took_s=ended - began,
            letters=len(carried),
            fate=outcome.fate.value,
            status=outcome.status,
            answer=_answer(outcome),
        )
        asked = self._office.answers(after, outcome) if outcome.fate is Fate.DELIVERED else ()
        await self._office.mark(Tried(deliveries=(*unwanted, *after), attempt=attempt, asked=asked))
        self._office.told(self.channel, outcome, after)
        return after

    def _after(self, delivery: Delivery, letter: Letter | None, outcome: Outcome) -> Delivery:
        """Return a delivery as the outcome leaves it."""
        now, tries = self._office.now(), delivery.tries + 1
        carried_by = None if letter is None else letter.key
        tried = replace(delivery, tries=tries, status=outcome.status, carried_by=carried_by)
        match outcome.fate:
            case Fate.DELIVERED:
                return replace(tried, state=State.DELIVERED, ended_at=now)
            case Fate.AGAIN if not given_up(delivery.since, now):
                return replace(tried, next_at=now + pause(outcome, tries))
            case _:
                return replace(tried, state=State.FAILED, ended_at=now)

    def _rest(self, outcome: Outcome) -> None:
        """Rest where the way there is barred or the receiver asks for it: other letters would fare no better."""
        if outcome.unreachable or outcome.retry_after is not None:
            self._failures += 1
            self._rests_until = self._office.now() + pause(outcome, self._failures, OF_A_CHANNEL)
        else:
            self._failures, self._rests_until = 0, None


def _seconds(time: timedelta) -> float:
    return max(0.0, min(time.total_seconds(), LONGEST_WAIT))


def _answer(outcome: Outcome) -> str:
    """Return what the receiver said, or whom it could not reach."""
    return outcome.answer or (f"not reached: {', '.join(outcome.missed)}" if outcome.missed else "")
