"""Sets of instants as half-open intervals ``[begin, end)``: exact, small, closed under its operators.

`Spans` are always normal: sorted, disjoint, not touching, none empty. Equal sets are therefore equal values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Span = tuple[datetime, datetime]
BEGINNING = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of instants. Build one with `spans`, `span` or the operators ``|``, ``&``, ``-``."""

    parts: tuple[Span, ...] = ()

    def __iter__(self) -> Iterator[Span]:
        """Go through the intervals in order."""
        return iter(self.parts)

    def __bool__(self) -> bool:
        """Tell whether there is any instant in it."""
        return bool(self.parts)

    def __contains__(self, at: object) -> bool:
        """Tell whether an instant lies in it."""
        return isinstance(at, datetime) and any(begin <= at < end for begin, end in self.parts)

    def __or__(self, other: Spans) -> Spans:
        """Unite."""
        if not other.parts:
            return self
        return spans((*self.parts, *other.parts)) if self.parts else other

    def __and__(self, other: Spans) -> Spans:
        """Intersect, in one walk over both."""
        mine, theirs = self.parts, other.parts
        if not mine or not theirs:
            return NOTHING
        common: list[Span] = []
        i = j = 0
        while i < len(mine) and j < len(theirs):
            begin, end = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
            if begin < end:
                common.append((begin, end))
            if mine[i][1] < theirs[j][1]:
                i += 1
            else:
                j += 1
        return Spans(tuple(common))

    def __sub__(self, other: Spans) -> Spans:
        """Take away what the other holds, in one walk over both."""
        mine, theirs = self.parts, other.parts
        if not mine or not theirs:
            return self
        left: list[Span] = []
        first = 0
        for part in mine:
            begin, end = part
            while first < len(theirs) and theirs[first][1] <= begin:
                first += 1
            j = first
            while j < len(theirs) and theirs[j][0] < end:
                if begin < theirs[j][0]:
                    left.append((begin, theirs[j][0]))
                begin = theirs[j][1]
                j += 1
            if begin < end:
                left.append((begin, end))
        return Spans(tuple(left))

    @property
    def length(self) -> timedelta:
        """The time in it, exact."""
        return sum((end - begin for begin, end in self.parts), timedelta())


NOTHING = Spans()


def spans(parts: Iterable[Span]) -> Spans:
    """Return the union of intervals in any order, empty or overlapping as they may be."""
    united: list[Span] = []
    for begin, end in sorted(part for part in parts if part[0] < part[1]):
        if united and begin <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((begin, end))
    return Spans(tuple(united))


def span(begin: datetime, end: datetime | None) -> Spans:
    """Return ``[begin, end)``, without end where it is None, empty where it ends before it begins."""
    until = FOREVER if end is None else end
    return Spans(((begin, until),)) if begin < until else NOTHING


def union(these: Iterable[Spans]) -> Spans:
    """Return the union of sets of instants."""
    whole = NOTHING
    for each in these:
        whole |= each
    return whole
