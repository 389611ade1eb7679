"""Figures once more, as sets of seconds (section 11 of the fault rules), from what the oracle found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields
from itertools import pairwise
from statistics import median

from tests.supervision.oracle import Oracle, second_of, whole
from tests.supervision.oracle_cases import Case
from tests.supervision.oracle_rulings import above


@dataclass(frozen=True)
class Figures:
    """Seconds of one line or unit over the whole history: in service, unknown, known to be down, excluded of these.

    ``excluded`` is known time, ``assessed_down`` known down time that is not excluded; both are a line's only.
    """

    window: int
    unknown: int
    down: int
    excluded: int = 0
    assessed_down: int = 0


@dataclass(frozen=True)
class Toll:
    """What a carrier's lines and faults come to; ``incidents`` are their number, their lines, the seconds down."""

    lines: int
    figures: Figures
    faults: int
    verdicts: dict[str, int]
    missed: int
    repairs: tuple[int, float | None, float | None]
    incidents: tuple[int, int, int]


class Sets:
    """The seconds of each line of a judged history."""

    def __init__(self, oracle: Oracle, *, blips: bool = False) -> None:
        """Take the oracle's findings; ``blips`` count as down where wanted."""
        self.oracle, self.end = oracle, oracle.history.end
        lines = oracle.history.inventory.lines
        self.windows = {line: self._window(line) for line in lines}
        self.unknowns = {line: self._unknown(line) & self.windows[line] for line in lines}
        self.downs = {line: self._failed(line, blips) & self.windows[line] - self.unknowns[line] for line in lines}

    def all(self) -> dict[str, Figures]:
        """Return the figures of every line and unit."""
        inventory = self.oracle.history.inventory
        return {line: self.line(line) for line in inventory.lines} | {unit: self.unit(unit) for unit in inventory.units}

    def line(self, line: str) -> Figures:
        """Return the figures of a line."""
        known, down = self.windows[line] - self.unknowns[line], self.downs[line]
        out = self._left_out(line) & known
        return Figures(len(self.windows[line]), len(self.unknowns[line]), len(down), len(out), len(down - out))

    def together(self, lines: Collection[str]) -> Figures:
        """Return the line-seconds of several lines: a second in which two lines are down is two."""
        each = [self.line(line) for line in lines]
        return Figures(*(sum(getattr(one, part.name) for one in each) for part in fields(Figures)))

    def node(self, node: str) -> Figures:
        """Return the figures of all lines below a node."""
        history = self.oracle.history
        return self.together([line for line in history.inventory.lines if node in above(history, line)])

    def toll(self, carrier: str | None) -> Toll:
        """Return the figures of a carrier, or of all."""
        entries, oracle = self.oracle.history.inventory.lines, self.oracle
        lines = [line for line, entry in entries.items() if carrier in (None, entry.carrier)]
        own = [case for case in oracle.cases if case.line in lines]
        found = [case for case in own if case.outbreaks[0].discovered < self.end]
        verdicts = Counter(oracle.verdict(case) for case in found)
        return Toll(
            lines=sum(1 for line in lines if self.windows[line]),
            figures=self.together(lines),
            faults=len(found),
            verdicts={name: count for name, count in verdicts.items() if count},
            missed=sum(1 for case in own if self._missed(case)),
            repairs=self._repairs(found),
            incidents=self._incidents(carrier),
        )

    def _missed(self, case: Case) -> bool:
        due = self.oracle.reached(case, self.oracle.limit(case))
        return self.oracle.verdict(case) in ("late", "overdue") and due is not None and due < self.end

    def _repairs(self, found: list[Case]) -> tuple[int, float | None, float | None]:
        repaired = [case for case in found if not case.open and self.oracle.verdict(case) != "exempt"]
        took = [self.oracle.elapsed(case, self.end) for case in repaired]
        return len(took), round(sum(took) / len(took), 3) if took else None, median(took) if took else None

    def _incidents(self, carrier: str | None) -> tuple[int, int, int]:
        numbered = {case.number: case for case in self.oracle.cases}
        began, hit, lost = 0, set[tuple[str, str]](), set[tuple[str, str, int]]()
        for cluster in self.oracle.incidents:
            if not cluster.faults or carrier not in (None, cluster.carrier):
                continue
            members = [numbered[no] for no in cluster.faults]
            if min(case.outbreaks[0].discovered for case in members) < self.end:
                began += 1
                hit |= {(cluster.carrier, case.line) for case in members}
            for case in members:
                down = self._lasted(case) & self.downs[case.line]
                lost |= {(cluster.carrier, case.line, second) for second in down}
        return began, len(hit), len(lost)

    def _lasted(self, case: Case) -> set[int]:
        lasted: set[int] = set()
        for one in case.outbreaks:
            lasted |= set(range(one.first_failed, self.end if one.restored is None else one.restored))
        return lasted

    def _left_out(self, line: str) -> set[int]:
        out: set[int] = set()
        for window in self.oracle.windows.values():
            out |= set(range(window.begin, window.end)) if line in window.lines else set()
        for case in self.oracle.cases:
            if case.line == line:
                out |= case.book.excluded()
                out |= self._lasted(case) if self.oracle.verdict(case) == "exempt" else set()
        return out

    def unit(self, unit: str) -> Figures:
        """Return the figures of a unit, second by second."""
        lines = [line.id for line in self.oracle.history.inventory.lines.values() if line.unit == unit]
        window = unknown = down = 0
        for second in range(self.end):
            served = [line for line in lines if second in self.windows[line]]
            known = [line for line in served if second not in self.unknowns[line]]
            up = any(second not in self.downs[line] for line in known)
            window += bool(served)
            unknown += bool(served) and not up and len(known) < len(served)
            down += bool(served) and not up and len(known) == len(served)
        return Figures(window, unknown, down)

    def _window(self, line: str) -> set[int]:
        entry = self.oracle.history.inventory.lines[line]
        begin = 0 if entry.in_service_from is None else max(0, second_of(entry.in_service_from))
        end = self.end if entry.in_service_to is None else min(self.end, second_of(entry.in_service_to))
        return set(range(begin, end))

    def _unknown(self, line: str) -> set[int]:
        rounds, end = self.oracle.seen[line], self.end
        if not rounds:
            return set(range(end))
        unknown = set(range(rounds[0].at))
        for earlier, later in pairwise(rounds):
            if later.at - earlier.at > self.oracle.stale(later.at):
                unknown |= set(range(earlier.at + self._interval(later.at), later.at))
        if end - rounds[-1].at > self.oracle.stale(end):
            unknown |= set(range(rounds[-1].at + self._interval(end), end))
        return unknown

    def _interval(self, now: int) -> int:
        return whole(self.oracle.history.policies.named(self.oracle.version(now)).detection.interval)

    def _failed(self, line: str, blips: bool) -> set[int]:
        failed: set[int] = set()
        for whose, first, restored in self.oracle.outages:
            if whose == line:
                failed |= set(range(first, self.end if restored is None else restored))
        for case in self.oracle.cases:
            failed |= self._lasted(case) if case.line == line else set()
        for whose, first, _, ended in self.oracle.blips:
            if blips and whose == line:
                failed |= set(range(first, ended))
        return failed
