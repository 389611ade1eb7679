"""What may befall messages on their ways, drawn from bytes, and what came of it: told over a real SQLite database.

Receivers take their time, have none, say when to come back, refuse for good or never answer; everything is killed at
any question to the database, or at any time, and begun again at once, later, or after more than a day.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from monitor.alerts.alarms import Alarms, Patience, Sighting
from monitor.alerts.letter import Letter, Outcome, Pace
from monitor.alerts.outbox import Outbox
from monitor.faults.blindness import Sight
from monitor.faults.terms import MessageKind
from monitor.store.batch import Batch
from monitor.store.deliveries import Delivery
from monitor.store.projection import OutboxRow
from monitor.store.store import Store
from tests.alerts.desk import Desk, Question
from tests.alerts.fakes import AGAIN, DELIVERED, REFUSED, FakeSender, FakeWays, keys_of
from tests.dice import Dice
from tests.driven import loop

PACE = Pace(3, timedelta(minutes=1))
CENTRE = "centre"  # takes everything at once, and hears what the monitor says of itself
PACED = ("robot", "other")  # two channels of one robot
CHANNELS = (*PACED, "hook", "mail")
FAULTS = 6
A_MINUTE = 60.0
LAST = 300  # seconds within which all falls due
SWEEP = 30.0  # seconds between two looks at what was given up
NEVER = 9 * 24 * 3600.0  # seconds after which nothing may wait any more
BARRED = replace(AGAIN, status="timeout", unreachable=True)


def throttled(seconds: float | None) -> Outcome:
    """Return what a receiver says that has no time, perhaps also until when."""
    return replace(AGAIN, status="429", retry_after=None if seconds is None else timedelta(seconds=seconds))


# -- what is drawn -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes of a letter: after ``takes`` seconds it is answered, after a part of them it has arrived."""

    outcome: Outcome | Exception
    takes: float = 0.0
    part: float = 0.0


@dataclass(frozen=True, slots=True)
class Deed:
    """A fault's next message, at a second."""

    second: int
    fault: int
    kind: MessageKind


@dataclass(frozen=True, slots=True)
class Kill:
    """The end of a run: at so many questions to the database, before or after it does what is asked, or at a time."""

    questions: int | None
    done: bool
    at_latest: float
    down: float


A_NIGHT = Kill(None, False, 1200.0, 24 * 3600.0)  # what still waits then is a day old: cheaper than to live through it


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One story: what falls due, what the receivers answer in turn, which of them never answers again, the kills."""

    deeds: tuple[Deed, ...]
    answers: dict[str, tuple[Answer, ...]]
    dead: dict[str, Answer]
    kills: tuple[Kill, ...]
    struck: tuple[int, ...]


KINDS = (MessageKind.OVERDUE, MessageKind.REMINDER, MessageKind.RESTORED, MessageKind.RELAPSED)
URGENCY = {MessageKind.OVERDUE: 0, MessageKind.REMINDER: 1}  # before the rest
OUTCOMES: tuple[Outcome | Exception, ...] = (
    DELIVERED,
    AGAIN,
    BARRED,
    REFUSED,
    throttled(None),
    throttled(30),
    throttled(600),
    throttled(7200),
    RuntimeError("as it never should"),
)
DOWN = (1.0, 20.0, 300.0, 5 * 3600.0, 25 * 3600.0)


def journey(dice: Dice) -> Journey:
    """Read a story."""
    deeds = [Deed(hand.up_to(LAST), hand.below(FAULTS), hand.one_of(KINDS)) for hand in dice.hands(14, 4, least=1)]
    answers = {name: tuple(_answer(hand) for hand in dice.hands(8, 3)) for name in CHANNELS}
    dead = {name: Answer(dice.one_of((AGAIN, throttled(600), BARRED))) for name in CHANNELS if dice.below(12) == 1}
    kills = [
        Kill(1 + hand.below(60), hand.below(2) == 1, float(hand.up_to(LAST)), hand.one_of(DOWN))
        for hand in dice.hands(4, 5)
    ]
    return Journey(
        deeds=tuple(sorted(deeds, key=lambda deed: deed.second)),
        answers=answers,
        dead=dead,
        kills=tuple(kills),
        struck=tuple(range(dice.below(FAULTS))),
    )


def _answer(hand: Dice) -> Answer:
    return Answer(hand.one_of(OUTCOMES), hand.one_of((0.0, 0.5, 10.0, 45.0)), hand.one_of((0.0, 0.5, 1.0)))


# -- what came of it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter: when it went and arrived (None: not before all was killed), what came of it, what it carried.

    ``run`` counts the runs of the monitor; ``ended`` is when it was answered, None if never.
    """

    run: int
    began: float
    arrived: float | None
    ended: float | None
    outcome: Outcome | None
    keys: tuple[str, ...]


class Life:
    """One run of the monitor, until it is killed."""

    def __init__(self, number: int, kill: Kill | None) -> None:
        self.number, self.began = number, loop().time()
        self.ended: float | None = None
        self._left = None if kill is None else kill.questions
        self._done = kill is not None and kill.done
        self.over = asyncio.Event()

    def end(self) -> None:
        """Be killed."""
        if self.ended is None:
            self.ended = loop().time()
            self.over.set()

    async def ask(self, call: Callable[[], Any]) -> Any:
        """Ask the database, others in between as with a thread; nobody hears the answer to the last question."""
        await asyncio.sleep(0)
        await self.breathe()
        if self._left is not None:
            self._left -= 1
        last = self._left == 0
        answer = call() if not last or self._done else None
        if last:
            self.end()
        await self.breathe()
        await asyncio.sleep(0)
        return answer

    async def breathe(self) -> None:
        """Do nothing any more once killed."""
        if self.over.is_set():
            await asyncio.get_running_loop().create_future()


@dataclass
class Receiver(FakeSender):
    """Answers as told in turn; keeps of every letter when it came and what became of it."""

    answers: deque[Answer] = field(default_factory=deque)
    always: Answer = field(default_factory=lambda: Answer(DELIVERED, 0.2))
    letters: list[Sent] = field(default_factory=list)
    life: Callable[[], Life] = field(kw_only=True)
    seen: Callable[[Letter, str], None] = field(kw_only=True)

    async def send(self, letter: Letter) -> Outcome:
        life, began = self.life(), loop().time()
        await life.breathe()
        self.seen(letter, self.channel)
        answer = self.answers.popleft() if self.answers else self.always
        keys, place = tuple(keys_of(letter)), len(self.letters)
        self.letters.append(Sent(life.number, began, None, None, None, keys))
        await asyncio.sleep(answer.takes * answer.part)
        await life.breathe()
        outcome = answer.outcome if isinstance(answer.outcome, Outcome) else AGAIN
        self.letters[place] = replace(self.letters[place], arrived=loop().time(), outcome=outcome)
        await asyncio.sleep(answer.takes * (1 - answer.part))
        await life.breathe()
        self.letters[place] = replace(self.letters[place], ended=loop().time())
        if isinstance(answer.outcome, Exception):
            raise answer.outcome
        return outcome

    def taken(self) -> list[tuple[str, int]]:
        """Return the messages that it took in their order, each with the run that sent it."""
        came = [each for each in self.letters if each.arrived is not None and each.outcome == DELIVERED]
        came.sort(key=lambda each: each.arrived or 0.0)
        return [(key, each.run) for each in came for key in each.keys]


class Told(Desk):
    """A story as it is lived through, and all that came of it; ``overtaken`` are letters that were not their turn."""

    def __init__(self, store: Store, story: Journey) -> None:
        self.story = story
        self.lives: list[Life] = []
        self.due_at: dict[str, float] = {}
        self.overtaken: list[tuple[str, str]] = []
        self.numbers: dict[int, str] = {}
        self._told_of: dict[str, int] = {}
        self._deeds = deque(story.deeds)
        self.receivers = {name: self._receiver(name) for name in CHANNELS}
        self.receivers[CENTRE] = self._receiver(CENTRE, always=Answer(DELIVERED))
        super().__init__(store, FakeWays(self.receivers, choose=_ways))

    def _receiver(self, name: str, **more: Any) -> Receiver:
        if name in self.story.dead:
            more["always"] = self.story.dead[name]
        return Receiver(
            PACED[0] if name in PACED else name,
            called=name,
            paces=(PACE,) if name in PACED else (),
            groups=name not in ("hook", CENTRE),
            answers=deque(self.story.answers.get(name, ())),
            life=lambda: self.lives[-1],
            seen=self._look_for_overtaken,
            **more,
        )

    async def ask(self, question: Question) -> Any:
        raise AssertionError("each run asks for itself")

    def made(self) -> Outbox:
        """Return the outbox of the run that there is."""
        life = self.lives[-1] if self.lives else None
        outbox = Outbox(
            self.ask if life is None else lambda question: life.ask(lambda: question(self.store)),
            now=self.now,
            monotonic=loop().time,
            incident_of=self.incidents.get,
            told=lambda channel, fate: self.tries.append((channel, fate)),
        )
        outbox.adopt(self.ways)
        return outbox

    # -- living through it ---------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Go on until nothing waits any more."""
        for kill in (*self.story.kills, A_NIGHT, None):
            self.lives.append(Life(len(self.lives), kill))
            self.outbox = self.made()
            await self._live_until(self.lives[-1], None if kill is None else kill.at_latest)
            if kill is not None and (kill is not A_NIGHT or any(self.outbox.waiting())):
                await asyncio.sleep(kill.down)

    async def _live_until(self, life: Life, at_latest: float | None) -> None:
        """Live one run until it is killed, or all is over; nothing of it may fail."""
        living = [self.outbox.run(), self._sweep(), life.over.wait(), self._days()]
        tasks = [asyncio.create_task(each) for each in living]
        over, _ = await asyncio.wait(tasks, timeout=at_latest, return_when=asyncio.FIRST_COMPLETED)
        life.end()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in over:
            task.result()

    async def _days(self) -> None:
        """Let everything fall due in its time, and then wait until all has come to an end."""
        while self._deeds:
            await asyncio.sleep(max(0.0, self._deeds[0].second - loop().time()))
            self._do(self._deeds.popleft())
        while True:
            await asyncio.sleep(A_MINUTE)
            if not any(self.outbox.waiting()) and not self.outbox.gave_up and not self.store.on_their_way().count:
                return
            assert loop().time() < NEVER, [*self.outbox.waiting()]

    def _do(self, deed: Deed) -> None:
        if deed.fault not in self.numbers:
            no = self.fault()
            self.numbers[deed.fault] = no
            self.due_at[f"{no}:opened"] = loop().time()
            if deed.fault in self.story.struck:
                self.incident(1, [self.numbers[each] for each in self.story.struck if each in self.numbers])
            return
        no = self.numbers[deed.fault]
        number = self._told_of[no] = self._told_of.get(no, 0) + 1
        named: dict[str, Any] = {"episode": number}
        if deed.kind is MessageKind.REMINDER:
            named = {"fraction": number / 100}
        due = self.due(no, deed.kind, **named)
        self.due_at[due.key] = loop().time()
        self.commit(due)

    async def _sweep(self) -> None:
        """Have the centre told of what was given up, as the post does."""
        alarms, life = Alarms(Patience()), self.lives[-1]
        while True:
            await asyncio.sleep(SWEEP)
            gave_up = tuple(self.outbox.gave_up)
            at = self.now().replace(microsecond=0)
            events = alarms.look(Sighting(at=at, gave_up=gave_up))
            if events:
                batch = Batch(judged_at=at, sight=Sight(), numbered=None, events=tuple(events))
                await life.ask(lambda batch=batch: self.store.commit(batch))  # type: ignore[misc]
                self.outbox.wake()
            del self.outbox.gave_up[: len(gave_up)]

    # -- looking at it -------------------------------------------------------------------------------------------

    def _look_for_overtaken(self, letter: Letter, channel: str) -> None:
        """Keep a letter that goes while a more urgent one was to go before: where a pace makes letters wait."""
        if channel not in PACED:
            return
        carried, mine = set(keys_of(letter)), threads(each for each in self.outbox.waiting() if each.channel == channel)
        urgent = min(self._urgency(thread) for thread in mine if thread[0].key in carried)
        for thread in mine:
            head = thread[0]
            if head.key not in carried and self._was_ready(head) and self._urgency(thread) < urgent:
                self.overtaken.append((letter.key, head.key))

    def _was_ready(self, head: Delivery) -> bool:
        """Tell whether a message was to go before this instant, and not to wait for others of its incident."""
        return self._had_come(head) and head.next_at < self.now() and head.message.fault_no not in self.incidents

    def _urgency(self, thread: Sequence[Delivery]) -> int:
        """Return how urgent a fault's messages are: as the most urgent one of them that had come before."""
        come = (each for each in thread if each is thread[0] or self._had_come(each))
        return min(URGENCY.get(each.kind, len(URGENCY)) for each in come)

    def _had_come(self, each: Delivery) -> bool:
        """Tell whether this run knew of a message before this instant."""
        return max(self.due_at[each.key], self.lives[-1].began) < loop().time()


async def lived(store: Store, story: Journey) -> Told:
    """Live through a story over an empty database."""
    told = Told(store, story)
    await told.live()
    return told


def _ways(message: OutboxRow) -> tuple[str, ...]:
    return (*CHANNELS, CENTRE) if message.fault_no is not None else (CENTRE,)


def threads(waiting: Iterable[Delivery]) -> list[list[Delivery]]:
    """Return what waits by its thread, each in its order."""
    found: dict[str, list[Delivery]] = {}
    for each in sorted(waiting, key=lambda each: (each.since, each.message.seq)):
        found.setdefault(each.thread, []).append(each)
    return list(found.values())
