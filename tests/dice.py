"""Choices read from bytes: one long string is drawn from Hypothesis in the time of two small numbers.

A history takes some five hundred choices. Drawn one by one they cost ten times what judging it does; as bytes they cost
less than judging it. All that an example is made of is read from one string, part by part, each part at its own place:
so every example is a history of its own, and not an earlier one of which Hypothesis has changed a number. Zeros are the
plainest choices, so that what it shrinks to is the plainest history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
SIZE = 1400  # bytes, enough for the greatest history and what a law wants besides
BYTES = st.binary(min_size=SIZE, max_size=SIZE)


class Dice:
    """The bytes still to be read."""

    def __init__(self, thrown: bytes) -> None:
        """Begin at the first byte."""
        self._thrown, self._place = thrown, 0

    def below(self, bound: int) -> int:
        """Return a number from 0 to before ``bound``, which is at most 256."""
        self._place += 1
        return self._thrown[self._place - 1] % bound

    def up_to(self, most: int) -> int:
        """Return a number from 0 to ``most``, which is far below 65,536."""
        return (256 * self.below(256) + self.below(256)) % (most + 1)

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of up to 256 choices; the first one is the plainest."""
        return choices[self.below(len(choices))]

    def again(self) -> Dice:
        """Return the same bytes, to be read from their beginning."""
        return Dice(self._thrown)

    def part(self, size: int) -> Dice:
        """Return the next ``size`` bytes, however many of them are read."""
        self._place += size
        return Dice(self._thrown[self._place - size : self._place])

    def hands(self, most: int, size: int, *, least: int = 0) -> Iterator[Dice]:
        """Return ``least`` to ``most`` parts of ``size`` bytes each: a byte says how many, then all ``most`` follow."""
        count = least + self.below(most - least + 1)
        held = self.part(most * size)
        return (held.part(size) for _ in range(count))


@st.composite
def thrown(draw: st.DrawFn, read: Callable[[Dice], T]) -> T:
    """Draw what is read from the bytes of an example."""
    return read(Dice(draw(BYTES)))
