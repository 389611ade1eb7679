"""Who is probed in which second. Pure: seconds come in as whole Unix seconds.

Every line has its own second of the interval, so that the targets are spread evenly over it; a line in trouble is
asked every ``fast`` seconds instead, and goes back to its own second when it is well.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence


class Schedule:
    """The seconds in which each target is due. Targets are known by their ids, in the order given."""

    def __init__(self) -> None:
        """Begin with no targets."""
        self._interval = self._fast = 1
        self._phase: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._taken: dict[str, int] = {}
        self._place: dict[str, int] = {}
        self._due: dict[int, list[str]] = {}
        self._seconds: list[int] = []
        self._hurried: set[str] = set()

    def __len__(self) -> int:
        """Return how many targets there are."""
        return len(self._phase)

    def plan(self, targets: Sequence[str], *, interval: int, fast: int, now: int) -> None:
        """Take another list of targets, from the second ``now`` on. Intervals are whole seconds.

        A target that stays is asked no later than it would have been; a hurried one stays hurried.
        """
        before = self._next
        self._phase = {target: place * interval // len(targets) for place, target in enumerate(targets)}
        self._interval, self._fast = interval, fast
        self._hurried &= self._phase.keys()
        self._place = {target: place for place, target in enumerate(targets)}
        self._taken = {target: self._taken[target] for target in targets if target in self._taken}
        self._next, self._due, self._seconds = {}, {}, []
        for target in targets:
            own = self._following(target, now)
            self._put(target, min(own, before.get(target, own)))

    def take(self, second: int) -> list[str]:
        """Return whoever is due at or before ``second`` and not yet taken, each once, and set when it is due next."""
        taken: set[str] = set()  # a target may stand twice in a second that was put off and taken up again
        while self._seconds and self._seconds[0] <= second:
            due = heapq.heappop(self._seconds)
            taken.update(target for target in self._due.pop(due) if self._next[target] == due)
        for target in taken:
            self._taken[target] = second
            self._put(target, second + self._fast if target in self._hurried else self._following(target, second + 1))
        return sorted(taken, key=self._place.__getitem__)

    def hurry(self, target: str, *, measured: int, now: int) -> None:
        """Ask a target in trouble every ``fast`` seconds, the next time that long after it was ``measured``."""
        if target in self._phase and target not in self._hurried:
            self._hurried.add(target)
            self._put(target, min(self._next[target], max(now + 1, measured + self._fast)))

    def ask_at_once(self, target: str, *, now: int, seen: int | None = None) -> None:
        """Ask a target in the next second, whatever its turn; ``seen`` is the second of its last result, None: of none.

        While the last result is not in yet, it is asked ``fast`` seconds after that round instead: if that was bad, no
        hint makes its rounds follow each other faster than those of any target in trouble.
        """
        if target not in self._phase:
            return
        taken = self._taken.get(target)
        settled = taken is None or (seen is not None and seen >= taken)
        second = now + 1 if settled or taken is None else max(now + 1, taken + self._fast)
        self._put(target, min(self._next[target], second))

    def relax(self, target: str) -> None:
        """Ask a target in its own second of the interval again."""
        self._hurried.discard(target)

    def _following(self, target: str, second: int) -> int:
        """Return the target's own second at or after ``second``."""
        return second + (self._phase[target] - second) % self._interval

    def _put(self, target: str, second: int) -> None:
        if self._next.get(target) != second:
            self._next[target] = second
            if second not in self._due:
                self._due[second] = []
                heapq.heappush(self._seconds, second)
            self._due[second].append(target)
