"""The courier of one channel: takes what is next, has it written, claims it, sends it, has it marked.

None waits for another's. A letter is on record from before it goes: when the monitor is killed while it travels, that
it may have arrived is known, and it counts in the robot's pace. A letter under way is neither lost nor doubled by what
happens to the database: what came of it is marked as soon as it can be, and until then nothing else of its faults goes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.alerts.letter import Fate, Letter, Outcome, Sender
from monitor.alerts.pacing import Allowance
from monitor.alerts.queue import Queue
from monitor.alerts.retrying import GIVEN_UP_AFTER, OF_A_CHANNEL, asked_for, given_up, pause
from monitor.faults.actions import Action
from monitor.store.deliveries import UNKNOWN, Attempt, Delivery, State, Tried

SIDE_BY_SIDE = 4  # letters under way at once, where the receiver sets no pace
LONGEST_WAIT = 60.0  # seconds after which a courier looks again, whatever it waits for
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A letter, the deliveries that it carries, and those that do not go: not wanted any more, or put off."""

    letter: Letter | None
    carried: tuple[Delivery, ...]
    unsent: tuple[Delivery, ...]


class Office(Protocol):
    """What couriers have in common."""

    def now(self) -> datetime:
        """Return the judged time."""

    def monotonic(self) -> float:
        """Return seconds of a clock that only moves on."""

    async def write(self, picked: Sequence[Delivery]) -> Written:
        """Write the letter for what was picked, or for as much of it as one letter holds."""

    async def mark(self, tried: Tried) -> None:
        """Put on record that a letter goes, or what came of it, waiting for the database if need be."""

    def answers(self, carried: Sequence[Delivery], outcome: Outcome) -> tuple[tuple[str, Action], ...]:
        """Return what a delivered letter says for people: the carrier was told, a receiver takes the fault on."""

    def told(self, channel: str, outcome: Outcome) -> None:
        """Hear of every try."""

    def settled(self, courier: Courier, after: Sequence[Delivery]) -> None:
        """Hear that what was under way is so no longer, and what became of it."""


class Courier:
    """Carries the letters of one channel."""

    def __init__(self, channel: str, sender: Sender, *, queue: Queue, allowance: Allowance, office: Office) -> None:
        """Carry nothing before `run`."""
        self.channel, self.sender, self.queue, self.allowance = channel, sender, queue, allowance
        self._office = office
        self._woken = asyncio.Event()
        self._failures, self._barred_since = 0, office.now()
        self._under_way: set[asyncio.Task[None]] = set()
        self._most = 1 if sender.paces else SIDE_BY_SIDE

    @property
    def failing(self) -> bool:
        """Whether the way to the receiver was barred at the last try, so that all letters wait."""
        return self._failures > 0

    def wake(self) -> None:
        """Look again what is next."""
        self._woken.set()

    async def run(self) -> None:
        """Carry until cancelled; what is under way then is cancelled with it, and sent again by the next run."""
        try:
            while True:
                self._woken.clear()
                wait = self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):  # wait_for of 3.11 loses a cancelling that comes with waking
                        await self._woken.wait()
        finally:
            for task in self._under_way:
                task.cancel()

    async def finish(self, within: float) -> None:
        """Begin no more letters, and give those under way some seconds to arrive."""
        self._most = 0
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def express(self, letter: Letter) -> Outcome:
        """Send a letter past queue and database, as soon as the receiver bears it."""
        while self.allowance.room(self._office.monotonic()).left == 0:  # noqa: ASYNC110 - until when is known
            await asyncio.sleep(self._until_free())
        self.allowance.begin()
        return await self._sent(letter)

    def _look(self) -> float:
        """Begin what may go; whatever is wrong with the queue, the courier stays at its work."""
        try:
            return self._begin_what_may()
        except Exception:
            log.exception("channel %s: what is next could not be found out", self.channel)
            return LONGEST_WAIT

    def _begin_what_may(self) -> float:
        """Begin letters as long as any may go; return in how many seconds to look again."""
        now = self._office.now()
        while len(self._under_way) < self._most:
            room = self.allowance.room(self._office.monotonic())
            following = self.queue.next(now, room)
            if isinstance(following, tuple):
                self._begin(following)
                continue
            wait = self._until_free()
            return wait if following is None else min(wait, _seconds(following - now))
        return LONGEST_WAIT  # whatever ends wakes it

    def _until_free(self) -> float:
        """Return in how many seconds the receiver may bear more."""
        now = self._office.monotonic()
        free_at = self.allowance.free_at(now)
        return LONGEST_WAIT if free_at is None else min(LONGEST_WAIT, max(0.0, free_at - now))

    def _begin(self, picked: Sequence[Delivery]) -> None:
        self.allowance.begin()
        task = asyncio.get_running_loop().create_task(self._carry(tuple(picked)))
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.wake()

    # -- one letter ----------------------------------------------------------------------------------------------

    async def _carry(self, picked: tuple[Delivery, ...]) -> None:
        """Write, claim, send, mark, settle; whatever happens, what was picked is no longer under way at the end."""
        after: tuple[Delivery, ...] = ()
        try:
            after = await self._carried(picked)
        except Exception:
            log.exception("channel %s: a letter could not be put on record; it is tried again", self.channel)
            after = self._put_off(picked, "not on record")
        finally:
            self.queue.settle(picked, after)
            self._office.settled(self, after)

    async def _carried(self, picked: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
        """Carry one letter; return what became of its deliveries and of those that did not go."""
        written, at = await self._claimed(picked), self._office.now()
        letter, carried, unsent = written.letter, written.carried, written.unsent
        if letter is None:
            return unsent
        began = self._office.monotonic()
        outcome = await self._sent(letter)
        took_s = self._office.monotonic() - began
        apart = outcome.fate is Fate.REFUSED and len(carried) > 1
        if apart:
            self.queue.part(carried)
            outcome = replace(outcome, fate=Fate.AGAIN)
        after, overripe = self._after(carried, outcome, endless=apart), self._overripe(outcome)
        attempt = replace(
            self._attempt(letter, carried, at),
            took_s=took_s,
            fate=outcome.fate.value,
            status=outcome.status,
            answer=_answer(outcome),
            retry_after_s=None if (rest := asked_for(outcome)) is None else rest.total_seconds(),
        )
        asked = self._office.answers(after, outcome) if outcome.fate is Fate.DELIVERED else ()
        try:
            await self._office.mark(Tried(deliveries=after, attempt=attempt, asked=asked))
            await self._office.mark(Tried(deliveries=overripe))
        except Exception:  # what came of it counts all the same, as long as this run lasts
            log.exception("channel %s: what came of a letter could not be put on record", self.channel)
        return (*unsent, *after, *overripe)

    async def _claimed(self, picked: tuple[Delivery, ...]) -> Written:
        """Have a letter written, and put on record that it goes; the receiver is spared where none does."""
        goes = False
        try:
            written = await self._written(picked)
            letter, attempt = written.letter, None
            carried = tuple(replace(each, tries=each.tries + 1) for each in written.carried)
            if letter is not None:
                carried = tuple(replace(each, carried_by=letter.key) for each in carried)
                attempt = self._attempt(letter, carried, self._office.now())
            await self._office.mark(Tried(deliveries=(*written.unsent, *carried), attempt=attempt))
            goes = letter is not None
            return Written(letter, carried, written.unsent)
        finally:
            if not goes:
                self.allowance.spare()

    async def _written(self, picked: tuple[Delivery, ...]) -> Written:
        """Have a letter written; what cannot be written waits as if it could not be sent, and then goes alone."""
        try:
            return await self._office.write(picked)
        except Exception:
            log.exception("channel %s: a letter could not be written; it is tried again", self.channel)
            self.queue.part(picked)
            return Written(None, (), self._put_off(picked, "not written"))

    async def _sent(self, letter: Letter) -> Outcome:
        """Send a letter; return what came of it, whatever happens."""
        try:
            outcome = await self.sender.send(letter)
        except Exception as error:
            kind = type(error).__name__  # its words may hold an address, and with it a key
            log.error("channel %s: sending failed as it never should: %s", self.channel, kind)  # noqa: TRY400
            outcome = Outcome(fate=Fate.AGAIN, status=kind)
        finally:
            self.allowance.end(self._office.monotonic())
        self._rest(outcome)
        self._office.told(self.channel, outcome)
        return outcome

    def _attempt(self, letter: Letter, carried: Sequence[Delivery], at: datetime) -> Attempt:
        """Return the try at a letter, of which nobody knows yet what comes of it."""
        return Attempt(
            key=letter.key,
            channel=self.channel,
            number=carried[0].tries,
            at=at,
            took_s=0.0,
            letters=len(carried),
            fate=UNKNOWN,
            status=UNKNOWN,
            answer="",
        )

    def _put_off(self, picked: Sequence[Delivery], status: str) -> tuple[Delivery, ...]:
        """Return deliveries that could not go, to be tried again."""
        tried = [replace(each, tries=each.tries + 1) for each in picked]
        return self._after(tried, Outcome(fate=Fate.AGAIN, status=status))

    def _after(self, carried: Sequence[Delivery], outcome: Outcome, *, endless: bool = False) -> tuple[Delivery, ...]:
        """Return deliveries as a try leaves them; all are tried again at one time, so that they go as one again."""
        now = self._office.now()
        next_at = now + pause(outcome, max(each.tries for each in carried))
        after = []
        for delivery in carried:
            tried = replace(delivery, status=outcome.status)
            if outcome.fate is Fate.DELIVERED:
                after.append(replace(tried, state=State.DELIVERED, ended_at=now))
            elif outcome.fate is Fate.AGAIN and (endless or not given_up(delivery.since, now)):
                after.append(replace(tried, next_at=next_at))
            else:
                after.append(replace(tried, state=State.FAILED, ended_at=now))
        return tuple(after)

    def _overripe(self, outcome: Outcome) -> tuple[Delivery, ...]:
        """Give up what has waited for a day on a way that has been barred for a day: its turn may never come."""
        now = self._office.now()
        if outcome.fate is not Fate.AGAIN or not self.failing or not given_up(self._barred_since, now):
            return ()
        withdrawn = self.queue.withdraw(before=now - GIVEN_UP_AFTER)
        return tuple(replace(each, state=State.FAILED, ended_at=now, status=outcome.status) for each in withdrawn)

    def _rest(self, outcome: Outcome) -> None:
        """Rest where the way there is barred or the receiver asks for it: other letters would fare no better."""
        now = self._office.monotonic()
        if outcome.unreachable or outcome.retry_after is not None:
            if not self.failing:
                self._barred_since = self._office.now()
            if not self.allowance.rests(now):
                self._failures += 1
            self.allowance.rest(now + pause(outcome, max(1, self._failures), OF_A_CHANNEL).total_seconds())
        elif not self.allowance.rests(now):  # else it set out before another was told to wait
            self._failures = 0


def _seconds(time: timedelta) -> float:
    return max(0.0, min(time.total_seconds(), LONGEST_WAIT))


def _answer(outcome: Outcome) -> str:
    """Return what the receiver said, or whom it could not reach."""
    return outcome.answer or (f"not reached: {', '.join(outcome.missed)}" if outcome.missed else "")
