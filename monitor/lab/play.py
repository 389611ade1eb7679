"""The play: which acts break what, and when. Seeded, calm and without end.

Times are seconds from the beginning of the play. The opening is written out, so that whoever watches sees within a
minute a fault open, its clock run and a recovery, and in six minutes every kind of failure; after that chance chooses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from itertools import chain, count
from random import Random

from monitor.lab.county import County
from monitor.lab.damage import Damage

AT_REST = 12  # lines that an act has struck, left in peace by the next ones
FEWEST_BELOW = 3  # lines below an aggregation node that is cut
FLAPS = 4


class Kind(StrEnum):
    """What happens in an act."""

    LINE_CUT = "line_cut"
    POWER_LOSS = "power_loss"
    OVERDUE = "overdue"
    NODE_CUT = "node_cut"
    FLAPPING = "flapping"
    LOSS = "loss"
    BLIND = "blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One failure: in each of its spans ``[from, to)``, seconds of the play, its damage is there.

    ``line`` or ``node`` names what is struck; the blind monitor is neither.
    """

    kind: Kind
    spans: tuple[tuple[float, float], ...]
    damage: Damage
    line: str | None = None
    node: str | None = None

    @property
    def begins(self) -> float:
        """When the act begins."""
        return self.spans[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """An instant at which an act's damage comes or goes; ``turn`` counts from 1 through an act that repeats itself."""

    at: float
    act: Act
    comes: bool
    turn: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long an act of a kind lasts, and how heavily chance leans to it after the opening."""

    lasts: float
    weight: int


TIMINGS: Mapping[Kind, Timing] = {
    Kind.LINE_CUT: Timing(lasts=24, weight=6),
    Kind.POWER_LOSS: Timing(lasts=28, weight=4),
    Kind.OVERDUE: Timing(lasts=235, weight=1),  # the demonstration's limit is three minutes
    Kind.NODE_CUT: Timing(lasts=30, weight=1),
    Kind.FLAPPING: Timing(lasts=30, weight=1),  # one cut of 16 seconds and the pause after it
    Kind.LOSS: Timing(lasts=45, weight=2),
    Kind.BLIND: Timing(lasts=25, weight=1),
}
OPENING = (
    (8, Kind.LINE_CUT),
    (45, Kind.POWER_LOSS),
    (80, Kind.OVERDUE),
    (115, Kind.NODE_CUT),
    (165, Kind.FLAPPING),
    (300, Kind.LOSS),
    (355, Kind.BLIND),
)
AFTER_OPENING = 400.0
PAUSES = (45.0, 75.0)
FLAP_SHARE = 16 / 30  # of a flap's time the line is cut
LOST = 0.4


def acts(county: County, *, seed: int, tempo: float = 1.0, can_lose: bool = True) -> Iterator[Act]:
    """Return the acts in the order of their beginnings, without end; ``tempo`` 0.5 plays everything twice as fast."""
    author = _Author(county, Random(f"play {seed}"), tempo)  # noqa: S311 - a play, nothing secret
    for at, kind in chain(OPENING, author.later()):
        if kind is not Kind.LOSS or can_lose:
            yield author.write(kind, at * tempo)


def strokes(written: Iterable[Act]) -> Iterator[Stroke]:
    """Return the instants of acts that come in the order of their beginnings, in order."""
    waiting: list[tuple[float, int, Stroke]] = []
    order = count()
    for act in written:
        while waiting and waiting[0][0] <= act.begins:
            yield heappop(waiting)[-1]
        for turn, (begin, finish) in enumerate(act.spans, start=1):
            heappush(waiting, (begin, next(order), Stroke(at=begin, act=act, comes=True, turn=turn)))
            heappush(waiting, (finish, next(order), Stroke(at=finish, act=act, comes=False, turn=turn)))
    while waiting:
        yield heappop(waiting)[-1]


class _Author:
    """Writes acts, and remembers which lines were struck of late."""

    def __init__(self, county: County, chance: Random, tempo: float) -> None:
        self._chance = chance
        self._tempo = tempo
        self._lines = tuple(county.inventory.lines)
        self._with_agent = tuple(county.edges)
        self._aggregations = tuple(
            node.id
            for node in county.inventory.nodes.values()
            if node.parent is not None and len(county.below(node.id)) >= FEWEST_BELOW
        )
        self._struck: deque[str] = deque(maxlen=AT_REST)

    def later(self) -> Iterator[tuple[float, Kind]]:
        """Choose kind and beginning of every act after the opening."""
        kinds, weights = tuple(TIMINGS), [timing.weight for timing in TIMINGS.values()]
        at = AFTER_OPENING
        while True:
            yield at, self._chance.choices(kinds, weights)[0]
            at += self._chance.uniform(*PAUSES)

    def write(self, kind: Kind, at: float) -> Act:
        """Write an act of a kind that begins at an instant."""
        lasts = TIMINGS[kind].lasts * self._tempo
        if kind is Kind.BLIND:
            return Act(kind=kind, spans=((at, at + lasts),), damage=Damage(blind=True))
        if kind is Kind.NODE_CUT:
            node = self._chance.choice(self._aggregations)
            return Act(kind=kind, spans=((at, at + lasts),), damage=Damage(nodes=frozenset({node})), node=node)
        # Only a device with an agent can show afterwards that it started afresh.
        line = self._pick(self._with_agent if kind is Kind.POWER_LOSS else self._lines)
        repeats = FLAPS if kind is Kind.FLAPPING else 1
        share = FLAP_SHARE if kind is Kind.FLAPPING else 1.0
        spans = tuple((at + lasts * turn, at + lasts * (turn + share)) for turn in range(repeats))
        return Act(kind=kind, spans=spans, damage=_strike(kind)(line), line=line)

    def _pick(self, lines: tuple[str, ...]) -> str:
        line = self._chance.choice([line for line in lines if line not in self._struck])
        self._struck.append(line)
        return line


def _strike(kind: Kind) -> Callable[[str], Damage]:
    """Return what strikes a line in an act of a kind."""
    if kind is Kind.POWER_LOSS:
        return lambda line: Damage(dark=frozenset({line}))
    if kind is Kind.LOSS:
        return lambda line: Damage(loss={line: LOST})
    return lambda line: Damage(cut=frozenset({line}))
