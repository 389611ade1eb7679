"""The oracle's rulings, windows and incidents (sections 6 to 9 of the fault rules), in whole seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from monitor.faults.actions import (
    Action,
    Attribute,
    CancelMaintenance,
    Exclude,
    LineAction,
    Maintain,
    RevokeExclusion,
)
from tests.histories import START, History

if TYPE_CHECKING:
    from tests.supervision.oracle import Oracle
    from tests.supervision.oracle_cases import Case

LATEST = 8000  # no clock of these histories runs so long


def _second(instant: datetime) -> int:
    return int((instant - START).total_seconds())


@dataclass
class Planned:
    """A maintenance window and the lines in its scope."""

    lines: set[str]
    begin: int
    end: int


@dataclass
class Book:
    """What is left out of a fault's clock: exclusions by id, and all before ``back``."""

    entries: dict[str, tuple[int, int]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    back: int = 0
    _counted: list[int] = field(default_factory=lambda: list(range(LATEST + 1)))

    def excluded(self) -> set[int]:
        """Return every second excluded."""
        return {second for begin, end in self.entries.values() for second in range(begin, end)}

    def reckon(self) -> None:
        """Count anew, second by second, what counts."""
        out = self.excluded()
        each = (second >= self.back and second not in out for second in range(LATEST))
        self._counted = list(accumulate(each, initial=0))

    def counted(self, begin: int, end: int) -> int:
        """Return how many seconds from ``begin`` to before ``end`` count."""
        return self._counted[end] - self._counted[begin] if begin < end else 0


def judged_of(oracle: Oracle, case: Case, now: int, action: LineAction) -> bool:
    """Take an exclusion or a ruling; return whether it is legal."""
    if action.by.value != "centre":
        return False
    if isinstance(action, Exclude):
        begin, end = _second(action.begins_at), _second(action.ends_at)
        if end <= begin or any(action.id in other.book.used for other in oracle.cases):
            return False
        case.book.used.add(action.id)
        case.book.entries[action.id] = begin, end
    elif isinstance(action, Attribute):
        answers = ("carrier", "undetermined")
        if case.party not in answers and action.party.value in answers:
            case.book.back = now
        case.party = action.party.value
    else:
        return False
    case.book.reckon()
    return True


def planned(oracle: Oracle, now: int, action: Action) -> bool:
    """Take what concerns no line's fault alone; return whether it is legal."""
    if action.by.value != "centre":
        return False
    if isinstance(action, RevokeExclusion):
        found = [case for case in oracle.cases if action.id in case.book.used]
        for case in found:
            case.book.entries.pop(action.id, None)
            case.book.reckon()
        return bool(found)
    if isinstance(action, CancelMaintenance):
        window = oracle.windows.get(action.id)
        if window is not None:
            window.end = max(window.begin, min(window.end, now))
        return window is not None
    return isinstance(action, Maintain) and _approved(oracle, now, action)


def _approved(oracle: Oracle, now: int, action: Maintain) -> bool:
    inventory, subject = oracle.history.inventory, action.subject
    begin, end = _second(action.begins_at), _second(action.ends_at)
    match action.scope.value:
        case "line":
            known, lines = subject in inventory.lines, {subject}
        case "carrier":
            known = subject in inventory.carriers
            lines = {line.id for line in inventory.lines.values() if line.carrier == subject}
        case _:
            known = subject in inventory.nodes
            lines = {line for line in inventory.lines if subject in above(oracle.history, line)}
    if not known or action.id in oracle.windows or not now <= begin < end:
        return False
    oracle.windows[action.id] = Planned(lines, begin, end)
    return True


def maintained(oracle: Oracle, line: str, now: int) -> bool:
    """Return whether a line is inside a window."""
    return any(each.begin <= now < each.end and line in each.lines for each in oracle.windows.values())


def excluded_of(oracle: Oracle, case: Case) -> int:
    """Return how many seconds of the episodes are excluded by the end of the history."""
    covered: set[int] = set()
    for one in case.outbreaks:
        start = oracle.start_of(case, one)
        if start is not None:
            covered |= set(range(start, oracle.history.end if one.restored is None else one.restored))
    return len(covered & case.book.excluded())


def above(history: History, line: str) -> list[str | None]:
    """Return what stands above a line, from the nearest node up to its carrier, which is None."""
    node, found = history.inventory.lines[line].node, list[str | None]()
    while node is not None:
        found.append(node)
        node = history.inventory.nodes[node].parent
    return [*found, None]


# -- section 9 --


@dataclass(frozen=True)
class Cluster:
    """An incident by its number; faults in the order of their beginning."""

    number: int
    carrier: str
    node: str | None
    faults: tuple[str, ...]


def regroup(history: History, cases: Sequence[Case], before: Sequence[Cluster]) -> list[Cluster]:
    """Group every fault anew; each incident that holds the anchor of an earlier one keeps its number."""
    order = list(history.inventory.lines)
    free = sorted(cases, key=lambda case: (case.outbreaks[0].first_failed, order.index(case.line), case.number))
    found: list[Cluster] = []
    while free:
        formed = _around(history, free)
        if formed is None:
            free = free[1:]
            continue
        found.append(formed)
        free = [case for case in free if case.number not in formed.faults]
    return _numbered(found, before, last_number(before))


def last_number(before: Iterable[Cluster]) -> int:
    """Return the last number given: an incident that dissolved is kept without faults."""
    return max((cluster.number for cluster in before), default=0)


def _around(history: History, free: Sequence[Case]) -> Cluster | None:
    anchor, lines = free[0], history.inventory.lines
    began, carrier = anchor.outbreaks[0].first_failed, lines[anchor.line].carrier
    rule = history.policies.in_force(START).incident
    near = [
        case
        for case in free
        if lines[case.line].carrier == carrier and case.outbreaks[0].first_failed - began <= rule.within.total_seconds()
    ]
    best: tuple[Fraction, Cluster] | None = None
    for node in above(history, anchor.line):
        under = [line for line in lines.values() if line.carrier == carrier and node in above(history, line.id)]
        serving = {line.id for line in under if line.in_service(anchor_at(began))}
        members = [case for case in near if case.line in {line.id for line in under}]
        hit = {case.line for case in members}
        share = Fraction(len(hit & serving), len(serving)) if serving else Fraction(0)
        enough = len(hit) >= rule.min_lines and share >= rule.min_share
        if enough and (best is None or share >= best[0]):
            best = share, Cluster(0, carrier, node, tuple(case.number for case in members))
    return None if best is None else best[1]


def anchor_at(second: int) -> datetime:
    """Return the instant of a second."""
    return START + timedelta(seconds=second)


def _numbered(found: Sequence[Cluster], before: Sequence[Cluster], last: int) -> list[Cluster]:
    numbers: dict[int, int] = {}
    standing = sorted((one for one in before if one.faults), key=lambda one: one.number)  # of two the earlier goes on
    for exact in (True, False):
        for one in standing:
            for place, cluster in enumerate(found):
                fits = cluster.faults[0] == one.faults[0] if exact else one.faults[0] in cluster.faults
                if fits and place not in numbers and one.number not in numbers.values():
                    numbers[place] = one.number
    made = []
    for place, cluster in enumerate(found):
        if place not in numbers:
            last += 1
            numbers[place] = last
        made.append(Cluster(numbers[place], cluster.carrier, cluster.node, cluster.faults))
    gone = [Cluster(one.number, one.carrier, None, ()) for one in before if one.number not in numbers.values()]
    return made + gone
