"""Histories of small counties: written by hand in seconds for the tables, drawn at random for the laws.

Everything counts in whole seconds from `START`, ten minutes before midnight in Shanghai, so that most histories cross
a local midnight. `judge` runs one through `Supervision` as replay does: a step at every instant at which anything was
measured or done, and at every instant at which something falls due on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from monitor.faults.actions import (
    Acknowledge,
    Action,
    ActionRefused,
    ClaimRestored,
    GiveEta,
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
from monitor.policy import Clock, ClockStart, Detection, Flapping, Policies, Policy, Reminders
from monitor.supervision import Supervision

START = datetime(2026, 9, 1, 15, 50, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
HORIZON = 1800
E = TypeVar("E", bound=Event)


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
        while (wake := supervision.next_wake()) is not None and wake < at(second):
            events += supervision.step(wake)
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


def detections() -> st.SearchStrategy[Detection]:
    """Draw small numbers of rounds, with gaps that are easy to hit exactly."""
    return st.builds(
        Detection,
        interval=st.sampled_from([timedelta(seconds=10), timedelta(seconds=20)]),
        fast_interval=st.just(timedelta(seconds=5)),
        confirm_rounds=st.integers(1, 3),
        restore_rounds=st.integers(1, 3),
        stale_after=st.sampled_from([timedelta(seconds=30), timedelta(seconds=45)]),
    )


def seconds_of(low: int, high: int, step: int) -> st.SearchStrategy[timedelta]:
    """Draw a duration of whole seconds, a multiple of ``step``."""
    return st.integers(low // step, high // step).map(lambda count: timedelta(seconds=count * step))


def policies_of(version: str, effective_from: datetime) -> st.SearchStrategy[Policy]:
    """Draw one version of a policy whose hours are minutes."""
    return st.builds(
        Policy,
        version=st.just(version),
        effective_from=st.just(effective_from),
        detection=detections(),
        clock=st.builds(
            Clock,
            start=st.sampled_from(ClockStart),
            limit=seconds_of(40, 600, 20),
            observe_for=seconds_of(30, 300, 30),
            repeat_within=seconds_of(60, 600, 60),
        ),
        reminders=st.builds(
            Reminders,
            fractions=st.sampled_from([(), (0.5,), (0.5, 0.75), (0.333, 0.5, 0.9)]),
            overdue_every=seconds_of(20, 200, 20),
        ),
        flapping=st.builds(Flapping, relapses=st.integers(1, 3), within=seconds_of(60, 600, 60)),
    )


@st.composite
def versions(draw: st.DrawFn) -> Policies:
    """Draw one version, or two of which the second comes into force in the middle."""
    first = draw(policies_of("1", START - timedelta(days=1)))
    if not draw(st.booleans()):
        return Policies([first])
    return Policies([first, draw(policies_of("2", at(draw(st.integers(0, HORIZON)))))])


STEPS = (10, 10, 5, 10, 10, 5, 15, 10, 20, 10, 30, 10, 10, 31, 45, 10, 46)
PAUSES = (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 30, 60, 300)
G, B, X = Outcome.GOOD, Outcome.BAD, Outcome.ERROR


@st.composite
def stretches(draw: st.DrawFn, subject: str, *, end: int, outcomes: Sequence[Outcome]) -> list[Observation]:
    """Draw one subject's rounds: runs of like rounds at even steps, pauses between some of them."""
    made, second = [], draw(st.integers(0, 60))
    for _ in range(draw(st.integers(4, 30))):
        outcome, count = draw(st.sampled_from(outcomes)), draw(st.sampled_from((1, 2, 3, 4, 2, 3, 9, 20)))
        step = draw(st.sampled_from(STEPS))
        for _ in range(count):
            made.append(Observation(subject, at(second), outcome))
            second += step
        second += draw(st.sampled_from(PAUSES))
    return [one for one in made if since_start(one.at) <= end]


@st.composite
def actions_of(draw: st.DrawFn, lines: list[str], *, end: int) -> list[Action]:
    """Draw what people do, legal or not."""
    kinds = st.sampled_from([Report, Report, Report, Restore, Acknowledge, ClaimRestored, Notified, Notified, GiveEta])
    made: list[Action] = []
    for second in draw(st.lists(st.integers(0, end // 5).map(lambda fifth: 5 * fifth), max_size=10)):
        kind, line = draw(kinds), draw(st.sampled_from(lines))
        if kind is GiveEta:
            eta = at(second + draw(st.sampled_from([-5, 0, 1, 600, 7 * 86400, 7 * 86400 + 1])))
            made.append(GiveEta(at=at(second), line=line, by=Source.CARRIER, eta=eta))
        elif kind is Notified and draw(st.booleans()):
            made.append(draw(notice(second, line)))
        elif kind is not Restore:
            by = draw(st.sampled_from([Source.UNIT, Source.CARRIER, Source.CENTRE]))
            made.append(kind(at=at(second), line=line, by=by))
        if kind is Restore or (kind is Report and draw(st.booleans())):
            by = draw(st.sampled_from([Source.CENTRE, Source.CENTRE, Source.CENTRE, Source.UNIT]))
            done, back = (
                second + draw(st.sampled_from([0, 5, 10, 30, 200])),
                draw(st.sampled_from([0, 0, 5, 60, 200, -5])),
            )
            made.append(Restore(at=at(done), line=line, by=by, restored_at=at(done - back)))
    return sorted(made, key=lambda action: action.at)


def notice(second: int, line: str) -> st.SearchStrategy[Notified]:
    """Draw that a notice was delivered, of an episode that may be over, at a time that may lie before."""
    return st.builds(
        Notified,
        at=st.just(at(second)),
        line=st.just(line),
        by=st.just(Source.CENTRE),
        episode=st.sampled_from([None, 1, 1, 2, 3]),
        notified_at=st.sampled_from([None, None, 0, 5, 60, 200, -5]).map(
            lambda ago: None if ago is None else at(second - ago)
        ),
    )


@st.composite
def dated(draw: st.DrawFn, line: Line) -> Line:
    """Draw when a line is in service: mostly always."""
    if draw(st.integers(0, 3)):
        return line
    begin, length = draw(st.integers(0, 600)), draw(st.integers(1, 1200))
    return replace(
        line,
        in_service_from=draw(st.sampled_from([None, at(begin)])),
        in_service_to=draw(st.sampled_from([None, at(begin + length)])),
    )


@st.composite
def counties(draw: st.DrawFn) -> Inventory:
    """Draw one to three lines of one or two units, and up to two references."""
    count = draw(st.integers(1, 3))
    plain = county(lines=count, references=draw(st.integers(0, 2)), units=draw(st.integers(1, min(2, count))))
    return replace(plain, lines={line.id: draw(dated(line)) for line in plain.lines.values()})


@st.composite
def histories(draw: st.DrawFn, inventory: Inventory | None = None) -> History:
    """Draw a whole history of up to `HORIZON` seconds, of a county drawn as well unless it is given."""
    inventory, end = inventory or draw(counties()), draw(st.integers(600, HORIZON))
    seen: list[Observation] = []
    for line in inventory.lines:
        seen += draw(stretches(line, end=end, outcomes=(G, G, B, B, G, B, X)))
    for reference in inventory.references:
        seen += draw(stretches(reference, end=end, outcomes=(G, G, G, G, G, B, X)))
    return History(
        inventory=inventory,
        policies=draw(versions()),
        rounds=in_order(inventory, seen),
        actions=tuple(draw(actions_of(list(inventory.lines), end=end))),
        end=end,
    )
