"""What a month comes to, found out second by second from the history's own lines: nothing of the monitor is used.

Only what the sample county's months hold is known here: no relapse (its mishaps lie hours apart), no blindness, every
line in service throughout, one policy with the regulation's numbers.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from statistics import mean, median
from typing import Any

CONFIRM, RESTORE = 3, 3  # rounds
STALE_AFTER, INTERVAL, LIMIT = 180, 60, 12 * 3600  # seconds
DOWN, UP, UNKNOWN, LEFT_OUT = b"d", b"u", b"?", b"x"
BEST = {  # of two lines of a unit at one second
    (one, other): UP[0] if UP[0] in (one, other) else UNKNOWN[0] if UNKNOWN[0] in (one, other) else DOWN[0]
    for one in (*UP, *DOWN, *UNKNOWN)
    for other in (*UP, *DOWN, *UNKNOWN)
}
EVERY = re.compile(r"(\d+)s")
CARRIERS_OWN = (None, "carrier", "undetermined")

Json = dict[str, Any]


class Told:
    """The lines of a history, taken apart; seconds count from its start."""

    def __init__(self, lines: Iterable[str]) -> None:
        head, *entries = map(json.loads, lines)
        self.start = datetime.fromisoformat(head["start"])
        self.inventory, self.end = head["inventory"], self.second(head["end"])
        self.carrier = {line["id"]: line["carrier"] for line in self.inventory["lines"]}
        self.unit = {line["id"]: line["unit"] for line in self.inventory["lines"]}
        self.rounds: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        self.windows: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.excluded: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self.ruled: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.reported: dict[str, list[int]] = defaultdict(list)
        for entry in entries:
            if "action" in entry:
                self._done(entry)
            elif "line" in entry and "ping" in entry:
                self._measured(entry)
        for rounds in self.rounds.values():
            rounds.sort()

    def second(self, at: str) -> int:
        return int((datetime.fromisoformat(at) - self.start).total_seconds())

    def _measured(self, entry: Json) -> None:
        found = EVERY.fullmatch(entry["every"])
        assert found is not None
        good = entry["ping"] == "ok" or (isinstance(entry["ping"], dict) and entry["ping"]["received"] > 0)
        for second in range(self.second(entry["from"]), self.second(entry["to"]), int(found[1])):
            self.rounds[entry["line"]].append((second, good))

    def _done(self, entry: Json) -> None:
        at = self.second(entry["at"])
        match entry["action"]:
            case "maintenance":
                self.windows[entry["scope"]["line"]].append((self.second(entry["from"]), self.second(entry["to"])))
            case "exclude":
                self.excluded[entry["line"]].append((at, self.second(entry["from"]), self.second(entry["to"])))
            case "attribute":
                self.ruled[entry["line"]].append((at, entry["party"]))
            case "report":
                self.reported[entry["line"]].append(at)


class Outage:
    """A time in which a line was down; ``restored`` is None where it still is at the end."""

    def __init__(self, line: str, first_failed: int, detected: int) -> None:
        self.line, self.first_failed, self.detected = line, first_failed, detected
        self.last_bad = first_failed
        self.restored: int | None = None
        self.party: str | None = None
        self.is_fault = True
        self.left_out: list[tuple[int, int]] = []
        self.discovered = detected

    def exempt(self) -> bool:
        return self.party not in CARRIERS_OWN

    def elapsed(self, until: int) -> int:
        end = until if self.restored is None else self.restored
        return sum(1 for second in range(self.discovered, end) if not self._out(second))

    def least(self) -> int:
        return sum(1 for second in range(self.discovered, max(self.discovered, self.last_bad)) if not self._out(second))

    def deadline(self) -> int:
        left, second = LIMIT, self.discovered
        while left:
            left -= not self._out(second)
            second += 1
        return second

    def verdict(self, now: int) -> str:
        if self.exempt():
            return "exempt"
        elapsed = self.elapsed(now)
        if self.restored is None:
            return "running" if elapsed <= LIMIT else "overdue"
        if elapsed <= LIMIT:
            return "on_time"
        return "late" if self.least() > LIMIT else "disputable"

    def _out(self, second: int) -> bool:
        return any(begin <= second < end for begin, end in self.left_out)


class BySecond:
    """A month of a history, second by second."""

    def __init__(self, told: Told, begin: int, end: int) -> None:
        self.told, self.begin, self.end = told, begin, end
        self.outages = {line: self._outages(line) for line in told.carrier}
        self.state = {line: self._state(line) for line in told.carrier}
        self.faults = [each for found in self.outages.values() for each in found if each.is_fault]
        self.counted = [each for each in self.faults if begin <= each.discovered < end]

    # -- one line ------------------------------------------------------------------------------------------------

    def _outages(self, line: str) -> list[Outage]:
        found: list[Outage] = []
        bad: list[int] = []
        good: list[int] = []
        before: int | None = None
        for second, well in self.told.rounds[line]:
            if before is not None and second - before > STALE_AFTER:
                bad, good = [], []
            before = second
            down = found and found[-1].restored is None
            if well:
                bad = []
                if down:
                    good.append(second)
                if len(good) == RESTORE:
                    found[-1].restored, good = good[0], []
            else:
                good = []
                bad.append(second)
                if down:
                    found[-1].last_bad = second
                elif len(bad) == CONFIRM:
                    found.append(Outage(line, bad[0], second))
                    found[-1].last_bad = second
        for outage in found:
            over = self.told.end if outage.restored is None else outage.restored
            heard = [at for at in self.told.reported[line] if outage.first_failed <= at < over]
            outage.discovered = min([outage.detected, *heard])
            outage.is_fault = not any(
                begin <= outage.first_failed and over <= end for begin, end in self.told.windows[line]
            )
        faults = [outage for outage in found if outage.is_fault]
        for place, outage in enumerate(faults):  # what is done on a line concerns its latest fault
            until = faults[place + 1].discovered if place + 1 < len(faults) else self.told.end + 1
            ruled = [party for at, party in self.told.ruled[line] if outage.discovered <= at < until]
            outage.party = ruled[-1] if ruled else None
            outage.left_out = [
                (begin, end) for at, begin, end in self.told.excluded[line] if outage.discovered <= at < until
            ]
        return found

    def _state(self, line: str) -> bytearray:
        seconds = bytearray(UP * (self.end - self.begin))
        for outage in self.outages[line]:
            self._fill(seconds, outage.first_failed, self._over(outage), DOWN)
        rounds = [second for second, _ in self.told.rounds[line]]
        for earlier, later in pairwise(rounds):
            if later - earlier > STALE_AFTER:
                self._fill(seconds, earlier + INTERVAL, later, UNKNOWN)
        self._fill(seconds, self.begin, rounds[0], UNKNOWN)
        return seconds

    def _answered(self, line: str) -> bytearray:
        """Return the seconds of a line without those that its carrier does not answer for."""
        seconds = bytearray(self.state[line])
        for begin, end in self.told.windows[line]:
            self._fill(seconds, begin, end, LEFT_OUT)
        for _, begin, end in self.told.excluded[line]:
            self._fill(seconds, begin, end, LEFT_OUT)
        for outage in self.outages[line]:
            if outage.is_fault and outage.exempt():
                self._fill(seconds, outage.first_failed, self._over(outage), LEFT_OUT)
        return seconds

    def _over(self, outage: Outage) -> int:
        return self.told.end if outage.restored is None else outage.restored

    def _fill(self, seconds: bytearray, begin: int, end: int, value: bytes) -> None:
        first, last = max(begin, self.begin) - self.begin, min(end, self.end) - self.begin
        if first < last:
            seconds[first:last] = value * (last - first)

    # -- what it comes to ----------------------------------------------------------------------------------------

    def raw(self, lines: Iterable[str]) -> tuple[int, int]:
        """Return seconds up and seconds known of lines taken together."""
        return _share(self.state[line] for line in lines)

    def assessed(self, lines: Iterable[str]) -> tuple[int, int]:
        """Return seconds up and known, those left out on neither side."""
        return _share(self._answered(line) for line in lines)

    def units(self) -> dict[str, float]:
        """Return each unit's availability: up while any line is known up, down while all are known down."""
        found: dict[str, float] = {}
        for unit in dict.fromkeys(self.told.unit.values()):
            lines = [self.state[line] for line, its in self.told.unit.items() if its == unit]
            both = lines[0] if len(lines) == 1 else bytearray(BEST[states] for states in zip(*lines, strict=True))
            up, known = _share([both])
            found[unit] = up / known
        return found

    def coverage(self) -> tuple[int, int]:
        """Return seconds known and seconds in service of all lines."""
        return self.raw(self.state)[1], len(self.state) * (self.end - self.begin)

    def verdicts(self) -> dict[str, int]:
        """Return how many faults of the month have which verdict at the history's end."""
        found: dict[str, int] = defaultdict(int)
        for each in self.counted:
            found[each.verdict(self.told.end)] += 1
        return found

    def missed(self) -> int:
        """Return how many limits were missed in the month."""
        broken = [each for each in self.faults if each.verdict(self.told.end) in ("late", "overdue")]
        return sum(self.begin <= each.deadline() < self.end for each in broken)

    def repairs(self) -> tuple[float, float]:
        """Return mean and median repair time of the month's faults that were the carriers' and are restored."""
        taken = [
            each.elapsed(self.told.end) for each in self.counted if each.restored is not None and not each.exempt()
        ]
        return mean(taken), median(taken)

    def standing(self, carrier: str) -> tuple[float, float, float]:
        """Return by what a carrier stands before another, less being better: late share, time not answered, repair."""
        own = [line for line, its in self.told.carrier.items() if its == carrier]
        found = [each for each in self.counted if each.line in own and not each.exempt()]
        verdicts = [each.verdict(self.told.end) for each in found]
        late, judged = (sum(map(verdicts.count, of)) for of in (("late", "overdue"), ("late", "overdue", "on_time")))
        up, known = self.assessed(own)
        taken = [each.elapsed(self.told.end) for each in found if each.restored is not None]
        return late / judged if judged else 0.0, 1 - up / known, mean(taken) if taken else 0.0


def _share(lines: Iterable[bytearray]) -> tuple[int, int]:
    up = down = 0
    for line in lines:
        up, down = up + line.count(UP), down + line.count(DOWN)
    return up, up + down
