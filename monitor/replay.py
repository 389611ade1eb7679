"""A history in, every judgement out (``replay.md``): the very reducer that judges live traffic, without I/O or clock.

`replay` runs a scenario and returns a `Judgement`; `as_json` gives the object that ``monitor replay --json`` prints.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isclose

from monitor.config.quantities import parse_duration, parse_instant
from monitor.config.scenario import Scenario
from monitor.config.timeline import Rounds, Taken
from monitor.faults.actions import ActionRefused
from monitor.faults.events import BlipSeen, Event, FaultEvent, FaultOpened, MessageDue
from monitor.faults.evidence import DeviceSaid
from monitor.faults.fault import Fault, apply, begin
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window
from monitor.faults.observation import Observation
from monitor.sla.history import Histories
from monitor.sla.review import Material, availability
from monitor.sla.spans import Span
from monitor.sla.spelling import Json, spell_fault, spell_line, spell_time, spell_unit
from monitor.supervision import Supervision


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An action that was not legal when its turn came, with its place in the file."""

    taken: Taken
    reason: str


@dataclass(kw_only=True)
class Judgement:
    """All that a history comes to. Faults are in the order of their opening, ``events`` in that of a ledger."""

    scenario: Scenario
    events: list[Event] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    messages: list[MessageDue] = field(default_factory=list)
    blips: list[BlipSeen] = field(default_factory=list)
    histories: Histories = field(default_factory=Histories)
    last_seen: dict[str, datetime] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    incidents: dict[int, Incident] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()

    def take(self, events: Iterable[Event]) -> None:
        """Fold events in, in the order of the ledger."""
        for event in events:
            self.events.append(event)
            self.histories.take((event,))
            match event:
                case FaultOpened():
                    self.faults[event.no] = begin(event)
                case MessageDue():
                    self.messages.append(event)
                    if event.no is not None:
                        self.faults[event.no] = apply(self.faults[event.no], event)
                case FaultEvent():
                    self.faults[event.no] = apply(self.faults[event.no], event)
                case BlipSeen():
                    self.blips.append(event)
                case _:
                    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One instant as it was judged: what was measured in it, and all that happened up to it since the step before."""

    at: datetime
    references: list[Observation]
    lines: list[Observation]
    events: list[Event]


def replay(scenario: Scenario) -> Judgement:
    """Judge a history up to its end."""
    judgement = Judgement(scenario=scenario)
    supervision = Supervision(scenario.inventory, scenario.policies, scenario.zone)
    for step in steps(scenario, supervision, judgement.refusals):
        judgement.take(step.events)
    judgement.incidents = dict(sorted(supervision.cases.grouping.incidents.items()))
    judgement.windows = supervision.cases.windows.all()
    judgement.last_seen = {line: watch.last_at for line, watch in supervision.watches.items()}
    return judgement


def steps(scenario: Scenario, supervision: Supervision, refusals: list[Refusal]) -> Iterator[Step]:
    """Let a history be judged instant by instant; actions that were not legal are added to ``refusals``."""
    actions = iter(sorted((taken for taken in scenario.taken if taken.at <= scenario.end), key=lambda taken: taken.at))
    upcoming = next(actions, None)
    said: dict[datetime, list[DeviceSaid]] = defaultdict(list)
    for each in scenario.said:
        said[each.at].append(each)
    for at, references, lines in _instants(scenario):
        events = supervision.let_fall_due(before=at)
        while upcoming is not None and upcoming.at == at:
            _act(supervision, upcoming, refusals)
            upcoming = next(actions, None)
        events += supervision.step(at, references=references, lines=lines, devices=said.get(at, ()))
        yield Step(at=at, references=references, lines=lines, events=events)


def _act(supervision: Supervision, taken: Taken, refusals: list[Refusal]) -> None:
    try:
        supervision.act(taken.action)
    except ActionRefused as refused:
        refusals.append(Refusal(taken=taken, reason=str(refused)))


def _instants(scenario: Scenario) -> Iterator[tuple[datetime, list[Observation], list[Observation]]]:
    """Go through the instants at which anything was measured or done, and the end, each once, in order.

    The heap holds, for each entry, its next round as (seconds after the start, place, place in the file): a place
    below zero is a reference's, the others are the lines' in the order of the inventory.
    """
    places = {reference: place for place, reference in enumerate(scenario.inventory.references, -(10**9))}
    places.update(scenario.inventory.place)
    last = int((scenario.end - scenario.start).total_seconds())
    heap: list[tuple[int, int, int, Rounds, int]] = []
    for number, rounds in enumerate(scenario.rounds):
        first = int((rounds.first - scenario.start).total_seconds())
        heap.append((first, places[rounds.subject], number, rounds, rounds.count))
    others = (*(taken.at for taken in scenario.taken), *(each.at for each in scenario.said))
    acted = {int((at - scenario.start).total_seconds()) for at in others}
    marks = sorted(second for second in acted | {last} if second <= last)
    heapq.heapify(heap)
    for mark in marks:
        while heap and heap[0][0] < mark:
            yield _instant(scenario.start, heap, heap[0][0])
        yield _instant(scenario.start, heap, mark)


def _instant(
    start: datetime, heap: list[tuple[int, int, int, Rounds, int]], second: int
) -> tuple[datetime, list[Observation], list[Observation]]:
    at = start + timedelta(seconds=second)
    references: list[Observation] = []
    lines: list[Observation] = []
    while heap and heap[0][0] == second:
        _, place, number, rounds, left = heap[0]
        seen = Observation(rounds.subject, at, rounds.outcome, rounds.sent, rounds.received, rounds.rtts)
        (references if place < 0 else lines).append(seen)
        if left > 1:
            heapq.heapreplace(heap, (second + rounds.every, place, number, rounds, left - 1))
        else:
            heapq.heappop(heap)
    return at, references, lines


# -- the object that is printed ----------------------------------------------------------------------------------


def as_json(judgement: Judgement) -> Json:
    """Return the object of ``replay.md``: times as text in UTC, durations as seconds, ratios unrounded or None."""
    scenario, place = judgement.scenario, judgement.scenario.inventory.place
    faults = sorted(judgement.faults.values(), key=lambda fault: (fault.discovered_at, place[fault.line]))
    messages = sorted(
        judgement.messages,
        key=lambda due: (due.at, -1 if due.line is None else place[due.line], due.message.value),
    )
    blips = sorted(judgement.blips, key=lambda blip: (blip.first_failed_at, place[blip.line]))
    return {
        "policy_version": scenario.policy_version,
        "faults": [_fault(judgement, fault) for fault in faults],
        "incidents": [_incident(judgement, number, incident) for number, incident in _numbered(judgement)],
        "messages": [
            {"at": spell_time(due.at), "kind": due.message.value, "line": due.line, "fraction": due.fraction}
            for due in messages
        ],
        "blips": [
            {"line": blip.line, "first_failed_at": spell_time(blip.first_failed_at), "rounds": blip.rounds}
            for blip in blips
        ],
        "availability": _availability(judgement),
    }


def _numbered(judgement: Judgement) -> list[tuple[int, Incident]]:
    """Number the incidents from 1 in the order of their forming; dissolved ones leave no hole."""
    return list(enumerate(judgement.incidents.values(), start=1))


def _incident(judgement: Judgement, number: int, incident: Incident) -> Json:
    place = judgement.scenario.inventory.place
    lines = {judgement.faults[no].line for no in incident.faults}
    return {
        "id": number,
        "node": incident.node,
        "carrier": incident.carrier,
        "lines": sorted(lines, key=place.__getitem__),
        "first_failed_at": spell_time(incident.first_failed_at),
    }


def _fault(judgement: Judgement, fault: Fault) -> Json:
    earlier = None if fault.repeat_of is None else judgement.faults[fault.repeat_of].discovered_at
    policy = judgement.scenario.policies.named(fault.policy_version)
    within = next((number for number, each in _numbered(judgement) if fault.no in each.faults), None)
    return spell_fault(fault, policy, judgement.scenario.end, repeat_of=earlier, incident=within)


def material(judgement: Judgement, period: Span) -> Material:
    """Return what the figures of a period rest on, as known at the history's end."""
    scenario = judgement.scenario
    return Material(
        now=scenario.end,
        period=period,
        histories=judgement.histories,
        last_seen=judgement.last_seen,
        faults=tuple(judgement.faults.values()),
        inventory=scenario.inventory,
        policies=scenario.policies,
        windows=judgement.windows,
        incidents=tuple(judgement.incidents.values()),
    )


def _availability(judgement: Judgement) -> Json:
    found = availability(material(judgement, judgement.scenario.period))
    return {
        "lines": {line: spell_line(figures) for line, figures in found.lines.items()},
        "units": {unit: spell_unit(figures) for unit, figures in found.units.items()},
    }


# -- what was expected -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the judgement is not what the file expects."""

    path: str
    expected: object
    found: object

    def __str__(self) -> str:
        """Return ``path: expected …, found …``."""
        return f"{self.path}: expected {self.expected}, found {self.found}"


NO_SUCH_KEY = "no such key"


def differences(scenario: Scenario, output: Json) -> list[Difference]:
    """Compare the file's ``expect`` with the printed object: each key named must match, lists whole."""
    return list(_differ("", scenario.expect, output, scenario.start))


def _differ(path: str, expected: object, found: object, start: datetime) -> Iterator[Difference]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, value in expected.items():
            below = f"{path}.{key}" if path else str(key)
            yield from _differ(below, value, found.get(key, NO_SUCH_KEY), start)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (value, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differ(f"{path}[{number}]", value, other, start)
    elif isinstance(expected, list) and isinstance(found, list):
        yield Difference(path=path, expected=f"{len(expected)} entries", found=f"{len(found)}: {_brief(found)}")
    elif not _same(expected, found, start):
        yield Difference(path=path, expected=expected, found=found)


def _brief(found: list[object]) -> str:
    return "; ".join(
        " ".join(str(value) for value in list(entry.values())[:3]) if isinstance(entry, Mapping) else str(entry)
        for entry in found[:12]
    )


def _same(expected: object, found: object, start: datetime) -> bool:
    if isinstance(expected, str) and isinstance(found, str):
        return expected == found or _moment(expected, start) == found
    if _is_number(expected) and _is_number(found):
        return isclose(float(str(expected)), float(str(found)), rel_tol=1e-9, abs_tol=1e-9)
    return type(expected) is type(found) and expected == found


def _moment(text: str, start: datetime) -> str | None:
    """Spell ``+1h2m`` or a time with an offset as the output does."""
    try:
        return spell_time(start + parse_duration(text[1:]) if text.startswith("+") else parse_instant(text))
    except (ValueError, OverflowError):
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
