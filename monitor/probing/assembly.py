"""Rounds put together by instant: what is judged is always the whole of one second, and seconds in their order.

Rounds overlap: one second's echoes are still awaited while the next second's go out, and an echo may leave a second
late. An instant is released once no round still under way can add to it. Pure; seconds are whole Unix seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.faults.observation import Observation


class Instant(NamedTuple):
    """All that was seen in one second, in the order in which the rounds ended: two may have seen some of it."""

    second: int
    references: list[Observation]
    lines: list[Observation]


class Assembly:
    """The rounds under way, and what came back of them but is not yet released."""

    def __init__(self) -> None:
        """Begin with no round under way."""
        self._under_way: set[int] = set()
        self._latest = 0
        self._held: dict[int, Instant] = {}

    @property
    def under_way(self) -> int:
        """How many rounds have begun and not ended."""
        return len(self._under_way)

    def begin(self, second: int) -> None:
        """Note that the round of a second has begun: nothing it sees lies before that second, nor any later round."""
        self._under_way.add(second)
        self._latest = max(self._latest, second)

    def end(self, second: int, *, references: Iterable[Observation], lines: Iterable[Observation]) -> list[Instant]:
        """Take what the round of a second saw, and return the instants that are whole now, in their order.

        The last of them is the second before the earliest round still under way, or that of the latest round if there
        is none, even if nothing was seen in it.
        """
        for observation in references:
            self._at(observation).references.append(observation)
        for observation in lines:
            self._at(observation).lines.append(observation)
        self._under_way.discard(second)
        whole = min(self._under_way) - 1 if self._under_way else self._latest
        if whole >= second:
            self._held.setdefault(whole, Instant(whole, [], []))
        return self._release(whole)

    def flush(self) -> list[Instant]:
        """Return what is still held: no further round will begin."""
        return self._release(max(self._held, default=0))

    def _release(self, until: int) -> list[Instant]:
        return [self._held.pop(second) for second in sorted(self._held) if second <= until]

    def _at(self, observation: Observation) -> Instant:
        second = int(observation.at.timestamp())
        return self._held.setdefault(second, Instant(second, [], []))
