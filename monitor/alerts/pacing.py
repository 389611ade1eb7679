"""How many letters a receiver bears: counted so that it never gets more, however long each of them travels. Pure.

A letter is counted from its beginning until so long after its end: the receiver got it somewhere between the two, so
any two letters that are counted apart reached it apart. Times are seconds of a clock that only moves on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from monitor.alerts.letter import Pace
from monitor.alerts.queue import Room

SHARE_KEPT = 4  # of every pace, one part in so many is kept for what is urgent


class Allowance:
    """What one robot has got lately, and until when it is left alone, whichever channels share it."""

    def __init__(self, paces: Iterable[Pace]) -> None:
        """Keep to all paces."""
        self._paces = [(pace.number, pace.within.total_seconds()) for pace in paces]
        self._longest = max((within for _, within in self._paces), default=0.0)
        self._ended: deque[float] = deque()
        self._under_way = 0
        self._rests_until = float("-inf")

    def remember(self, ends: Iterable[float]) -> None:
        """Count letters of an earlier run, by their ends."""
        self._ended = deque(sorted([*self._ended, *ends]))

    def room(self, now: float) -> Room:
        """Return how many letters may begin now; the narrowest pace holds, for what is urgent and for the rest."""
        if now < self._rests_until:
            return Room(0, 0)
        if not self._paces:
            return Room()
        self._forget(now)
        left = [(number - self._used(within, now), number // SHARE_KEPT) for number, within in self._paces]
        return Room(max(0, min(room for room, _ in left)), max(0, min(room - kept for room, kept in left)))

    def free_at(self, now: float) -> float | None:
        """Return when there may be more room; None where nothing is awaited but the end of what is under way."""
        if now < self._rests_until:
            return self._rests_until
        self._forget(now)
        waits = [end + within for _, within in self._paces for end in self._ended if end + within > now]
        return min(waits, default=None)

    def begin(self) -> None:
        """A letter begins."""
        self._under_way += 1

    def end(self, at: float) -> None:
        """A letter has ended, delivered or not: the receiver may have got it."""
        self._under_way -= 1
        self._ended.append(at)

    def spare(self) -> None:
        """What had begun never went."""
        self._under_way -= 1

    def rest(self, until: float) -> None:
        """Leave the receiver alone, at least until then."""
        self._rests_until = max(self._rests_until, until)

    def rests(self, now: float) -> bool:
        """Tell whether the receiver is left alone."""
        return now < self._rests_until

    def _used(self, within: float, now: float) -> int:
        return self._under_way + sum(end + within > now for end in self._ended)

    def _forget(self, now: float) -> None:
        while self._ended and self._ended[0] + self._longest <= now:
            self._ended.popleft()
