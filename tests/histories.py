"""Histories of small counties: written by hand in seconds for the tables, drawn at random for the laws.

Everything counts in whole seconds from `START`, ten minutes before midnight in Shanghai, so that most histories cross
a local midnight. `judge` runs one through `Supervision` as replay does: a step at every instant at which anything was
measured or done, and at every instant at which something falls due on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.faults.actions import (
    Acknowledge,
    Action,
    ActionRefused,
    ClaimRestored,
    GiveEta,
    Note,
    Notified,
    Report,
    Restore,
)
from monitor.faults.events import (
    Event,
    FaultEvent,
    FaultOpened,
    MessageDue,
)
from monitor.faults.evidence import DeviceSaid
from monitor.faults.fault import Fault, apply, begin
from monitor.faults.observation import Observation, Outcome
from monitor.faults.terms import Source
from monitor.inventory.model import Carrier, Inventory, Line, Reference, Unit
from monitor.policy import Clock, ClockStart, DegradationRule, Detection, Flapping, Policies, Policy, Reminders
from monitor.supervision import Supervision
from tests.dice import Dice

START = datetime(2026, 9, 1, 15, 50, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
HORIZON = 1800
E = TypeVar("E", bound=Event)


@cache
def at(seconds: int) -> datetime:
    """Return the instant so many seconds after `START`."""
    return START + timedelta(seconds=seconds)


def since_start(instant: datetime) -> int:
    """Return an instant as seconds after `START`.

    Raises:
        ValueError: it is no whole second.
    """
    seconds = (instant - START).total_seconds()
    if not seconds.is_integer():
        raise ValueError(f"{instant.isoformat()} is no whole second")
    return int(seconds)


@dataclass(frozen=True, kw_only=True)
class History:
    """A county, its rules, and all that was measured and done in it, each in the order in which replay takes it."""

    inventory: Inventory
    policies: Policies
    rounds: tuple[Observation, ...] = ()
    actions: tuple[Action, ...] = ()
    said: tuple[DeviceSaid, ...] = ()
    end: int = HORIZON
    zone: ZoneInfo = ZONE

    def instants(self) -> list[int]:
        """Return the seconds at which anything was measured or done, and the end, each once, in order."""
        happened = [each.at for each in self.rounds] + [each.at for each in self.actions]
        marks = {since_start(when) for when in (*happened, *(each.at for each in self.said))}
        return sorted({second for second in marks if second <= self.end} | {self.end})


@dataclass(kw_only=True)
class Judged:
    """What was made of a history: every event in its order, and what was refused."""

    supervision: Supervision
    events: list[Event] = field(default_factory=list)
    refused: list[Action] = field(default_factory=list)

    def all(self, kind: type[E]) -> list[E]:
        """Return the events of one kind in their order."""
        return [event for event in self.events if isinstance(event, kind)]

    def faults(self) -> dict[str, Fault]:
        """Return every fault by its number, folded from the events alone."""
        return fold(self.events)


def fold(events: Iterable[Event]) -> dict[str, Fault]:
    """Fold events into faults by number, from nothing."""
    faults: dict[str, Fault] = {}
    for event in events:
        if isinstance(event, FaultOpened):
            faults[event.no] = begin(event)
        elif isinstance(event, FaultEvent | MessageDue) and event.no is not None:
            faults[event.no] = apply(faults[event.no], event)
    return faults


class Run:
    """A history on its way through `Supervision`, one instant at a time."""

    def __init__(self, history: History) -> None:
        """Begin before the first instant."""
        self.history = history
        self.judged = Judged(supervision=Supervision(history.inventory, history.policies, history.zone))
        self._references: dict[int, list[Observation]] = {}
        self._lines: dict[int, list[Observation]] = {}
        self._actions: dict[int, list[Action]] = {}
        for observation in history.rounds:
            where = self._references if observation.subject in history.inventory.references else self._lines
            where.setdefault(since_start(observation.at), []).append(observation)
        self._said: dict[int, list[DeviceSaid]] = {}
        for said in history.said:
            self._said.setdefault(since_start(said.at), []).append(said)
        for action in history.actions:
            self._actions.setdefault(since_start(action.at), []).append(action)

    def step(self, second: int) -> None:
        """Judge one instant, and before it whatever fell due on its own."""
        supervision, events = self.judged.supervision, self.judged.events
        events += supervision.let_fall_due(before=at(second))
        for action in self._actions.get(second, ()):
            try:
                supervision.act(action)
            except ActionRefused:
                self.judged.refused.append(action)
        references, lines = self._references.get(second, ()), self._lines.get(second, ())
        said = self._said.get(second, ())
        events += supervision.step(at(second), references=references, lines=lines, devices=said)

    def restart(self) -> None:
        """Go on with a new `Supervision` that knows only where the old one stood."""
        history, standing = self.history, self.judged.supervision.standing()
        self.judged.supervision = Supervision(history.inventory, history.policies, history.zone, standing)


def judge(history: History, *, also: Iterable[int] = (), restarts: Iterable[int] = ()) -> Judged:
    """Judge a history up to its end, with steps at the seconds ``also``, and anew after each of ``restarts``."""
    run, anew = Run(history), set(restarts)
    for second in sorted({*history.instants(), *(one for one in also if one <= history.end)}):
        run.step(second)
        if second in anew:
            run.restart()
    return run.judged


# -- by hand -----------------------------------------------------------------------------------------------------

WHOLE = {"o": Outcome.GOOD, "x": Outcome.BAD, "e": Outcome.ERROR}


def rounds(subject: str, pattern: str, *, begin: int = 0, every: int = 60) -> tuple[Observation, ...]:
    """Return the rounds that a pattern spells: ``o`` good, ``x`` bad, ``e`` probe error, ``.`` none.

    A digit string before a letter repeats it: ``"60o3x"``.
    """
    made, second, number = [], begin, ""
    for letter in pattern:
        if letter.isdigit():
            number += letter
            continue
        for _ in range(int(number or 1)):
            if letter != ".":
                made.append(Observation(subject, at(second), WHOLE[letter]))
            second += every
        number = ""
    return tuple(made)


def minutes_down(inventory: Inventory, down: str, *, end: int) -> tuple[Observation, ...]:
    """Return a round a minute of every line in service: ``"L1@5-30"`` is down from minute 5 to 30, ``"L1@5"`` to 20."""
    spells = [spell.replace("@", "-").split("-") for spell in down.split()]
    dark = {
        (line, minute)
        for line, begin, *last in spells
        for minute in range(int(begin), int(last[0]) if last else int(begin) + 15)
    }
    return tuple(
        Observation(line, at(60 * minute), Outcome.BAD if (line, minute) in dark else Outcome.GOOD)
        for line in inventory.lines
        for minute in range(end)
    )


def county(*, lines: int = 1, references: int = 0, units: int | None = None) -> Inventory:
    """Return a county of lines L1, L2 …, each of its own unit unless there are fewer ``units``, and references R1 …."""
    owners = units or lines
    return Inventory(
        carriers={"c1": Carrier(id="c1", name="Carrier 1", short_name="C1")},
        units={f"u{n}": Unit(id=f"u{n}", name=f"Unit {n}", short_name=f"U{n}") for n in range(1, owners + 1)},
        lines={
            f"L{n}": Line(id=f"L{n}", unit=f"u{(n - 1) % owners + 1}", carrier="c1", address=f"192.0.2.{n}")
            for n in range(1, lines + 1)
        },
        references={f"R{n}": Reference(id=f"R{n}", address=f"203.0.113.{n}") for n in range(1, references + 1)},
    )


def in_order(inventory: Inventory, observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return rounds in the order of replay: by instant, references before lines, each in the inventory's order."""
    places = {subject: place for place, subject in enumerate((*inventory.references, *inventory.lines))}
    return tuple(sorted(observations, key=lambda one: (one.at, places[one.subject])))


def history(
    observations: Iterable[Observation] = (),
    *,
    actions: Iterable[Action] = (),
    said: Iterable[DeviceSaid] = (),
    policy: Policy | None = None,
    policies: Sequence[Policy] = (),
    inventory: Inventory | None = None,
    end: int,
) -> History:
    """Return a history written by hand, put in order; by default one line and the default policy."""
    inventory = inventory or county()
    return History(
        inventory=inventory,
        policies=Policies(policies or [policy or Policy()]),
        rounds=in_order(inventory, observations),
        actions=tuple(sorted(actions, key=lambda action: action.at)),
        said=tuple(sorted(said, key=lambda one: one.at)),
        end=end,
    )


# -- at random ---------------------------------------------------------------------------------------------------

INTERVALS = (timedelta(seconds=10), timedelta(seconds=20))
STALE = (timedelta(seconds=30), timedelta(seconds=45))
FRACTIONS = ((), (0.5,), (0.5, 0.75), (0.333, 0.5, 0.9))
LOSSES = (Fraction(1, 20), Fraction(1, 2))
LASTING = (timedelta(minutes=5), timedelta(seconds=150))


def policy_of(dice: Dice, version: str, effective_from: datetime) -> Policy:
    """Return one version of a policy whose hours are minutes, with gaps that are easy to hit exactly (14 bytes)."""
    return Policy(
        version=version,
        effective_from=effective_from,
        detection=Detection(
            interval=dice.one_of(INTERVALS),
            fast_interval=timedelta(seconds=5),
            confirm_rounds=1 + dice.below(3),
            restore_rounds=1 + dice.below(3),
            stale_after=dice.one_of(STALE),
        ),
        clock=Clock(
            start=dice.one_of(tuple(ClockStart)),
            limit=seconds_of(dice, 40, 600, 20),
            observe_for=seconds_of(dice, 30, 300, 30),
            repeat_within=seconds_of(dice, 60, 600, 60),
        ),
        reminders=Reminders(fractions=dice.one_of(FRACTIONS), overdue_every=seconds_of(dice, 20, 200, 20)),
        degradation=DegradationRule(loss=dice.one_of(LOSSES), lasting=dice.one_of(LASTING)),
        flapping=Flapping(relapses=1 + dice.below(3), within=seconds_of(dice, 60, 600, 60)),
    )


def seconds_of(dice: Dice, low: int, high: int, step: int) -> timedelta:
    """Return a duration of whole seconds, ``low`` and some multiple of ``step``."""
    return timedelta(seconds=dice.one_of(range(low, high + 1, step)))


def versions_of(dice: Dice) -> Policies:
    """Return one version, or two of which the second comes into force in the middle (31 bytes)."""
    first = policy_of(dice, "1", START - timedelta(days=1))
    if not dice.below(2):
        return Policies([first])
    begins = at(dice.up_to(HORIZON))
    return Policies([first, policy_of(dice, "2", begins)])


STEPS = (10, 10, 5, 10, 10, 5, 15, 10, 20, 10, 30, 10, 10, 31, 45, 10, 46)
SLOW = (30, 20, 30, 15)
PAUSES = (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 30, 60, 300)
COUNTS = (1, 2, 3, 4, 2, 3, 9, 20)
G, B, X = Outcome.GOOD, Outcome.BAD, Outcome.ERROR
OF_LINES = (G, G, B, B, G, B, X)
OF_REFERENCES = (G, G, G, G, G, B, X)
RECEIVED = {G: (3, 3, 3, 2), B: (0,), X: (0,)}
SENT = {G: 3, B: 3, X: 0}
RUNS = 30


def stretches_of(
    dice: Dice, fate: Dice, subject: str, *, begin: int = 0, end: int, outcomes: Sequence[Outcome]
) -> Iterator[Observation]:
    """Return one subject's rounds: runs of like rounds at even steps, pauses between some of them.

    How many rounds end how is read from ``fate`` (61 bytes), when they are from ``dice`` (93 bytes): subjects of one
    fate fail at much the same time.
    """
    second, steps = begin + dice.below(61), dice.one_of((STEPS, STEPS, STEPS, SLOW))
    for run, told in zip(dice.hands(RUNS, 3, least=4), fate.hands(RUNS, 2, least=4), strict=False):
        outcome, count = told.one_of(outcomes), told.one_of(COUNTS)
        step, pause, received = run.one_of(steps), run.one_of(PAUSES), run.one_of(RECEIVED[outcome])
        last = min(second + count * step, end + 1)
        for when in range(second, last, step):
            yield Observation(subject, at(when), outcome, SENT[outcome], received, (0.01,) * received)
        second += count * step + pause


KINDS = (Report, Report, Report, Restore, Acknowledge, ClaimRestored, Notified, Notified, Note, GiveEta)
ETAS = (-5, 0, 1, 600, 7 * 86400, 7 * 86400 + 1)  # seconds from now
ANYBODY = (Source.UNIT, Source.CARRIER, Source.CENTRE)
MOSTLY_CENTRE = (Source.CENTRE, Source.CENTRE, Source.CENTRE, Source.UNIT)


def actions_of(dice: Dice, lines: Sequence[str], *, end: int) -> Iterator[Action]:
    """Return what people do, legal or not (91 bytes)."""
    for hand in dice.hands(10, 9):
        second, kind, line, by = 5 * hand.up_to(end // 5), hand.one_of(KINDS), hand.one_of(lines), hand.one_of(ANYBODY)
        if kind is Note:
            yield Note(at=at(second), line=line, by=by, text="seen")
        elif kind is GiveEta:
            yield GiveEta(at=at(second), line=line, by=by, eta=at(second + hand.one_of(ETAS)))
        elif kind is Notified:
            episode, ago = hand.one_of((None, None, 1, 1, 2, 3)), hand.one_of((None, None, 0, 5, 60, 200, -5))
            told = None if ago is None else at(second - ago)
            yield Notified(at=at(second), line=line, by=by, episode=episode, notified_at=told)
        elif kind is not Restore:
            yield kind(at=at(second), line=line, by=by)
        if kind is Restore or (kind is Report and hand.below(2)):
            by, done = hand.one_of(MOSTLY_CENTRE), second + hand.one_of((0, 5, 10, 30, 200))
            back = hand.one_of((0, 0, 5, 60, 200, -5))
            yield Restore(at=at(done), line=line, by=by, restored_at=at(done - back))


def dated(dice: Dice, line: Line) -> Line:
    """Return a line with the time of its service: mostly always (7 bytes)."""
    always, begin, length = dice.below(4) != 3, dice.up_to(600), 1 + dice.up_to(1199)
    begins, ends = dice.one_of((None, at(begin))), dice.one_of((None, at(begin + length)))
    return line if always else replace(line, in_service_from=begins, in_service_to=ends)


def county_of(dice: Dice) -> Inventory:
    """Return one to three lines of one or two units, and up to two references (24 bytes)."""
    count = dice.one_of((1, 2, 3, 3))
    plain = county(lines=count, references=dice.below(3), units=1 + dice.below(min(2, count)))
    return replace(plain, lines={line.id: dated(dice, line) for line in plain.lines.values()})


STAGGERED = ((0, 30), (25, 5), (45, 5))  # the line that fails first is asked least often, and confirmed last


def opening(subject: str, place: int) -> Iterator[Observation]:
    """Return a first outage that comes to all lines, but to none in the order in which it is confirmed."""
    begin, step = STAGGERED[place]
    return (Observation(subject, at(when), B, SENT[B]) for when in range(begin, begin + 7 * step, step))


def history_of(dice: Dice, inventory: Inventory) -> History:
    """Return a whole history of a county, of up to `HORIZON` seconds (896 bytes).

    In a third of them each line fails for itself; in the others they have one fate, or a first outage in common.
    """
    end = HORIZON - dice.up_to(HORIZON - 600)
    policies, done = versions_of(dice.part(31)), actions_of(dice.part(91), list(inventory.lines), end=end)
    parts, fates = [dice.part(93) for _ in range(5)], [dice.part(61) for _ in range(5)]
    shape, seen = dice.one_of(("apart", "together", "staggered")), list[Observation]()
    for place, line in enumerate(inventory.lines):
        fate = fates[0].again() if shape == "together" else fates[place]
        seen += opening(line, place) if shape == "staggered" else ()
        begin = 200 if shape == "staggered" else 0
        seen += stretches_of(parts[place], fate, line, begin=begin, end=end, outcomes=OF_LINES)
    for place, reference in enumerate(inventory.references, start=3):
        seen += stretches_of(parts[place], fates[place], reference, end=end, outcomes=OF_REFERENCES)
    return History(
        inventory=inventory,
        policies=policies,
        rounds=in_order(inventory, seen),
        actions=tuple(sorted(done, key=lambda action: action.at)),
        end=end,
    )


def instants(dice: Dice) -> set[int]:
    """Return up to twelve seconds of a history (25 bytes)."""
    return {hand.up_to(HORIZON) for hand in dice.hands(12, 2)}
