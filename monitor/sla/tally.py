"""Counts over the whole ledger that must survive a restart: faults opened and closed, and how long repairs took."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from monitor.faults.events import Event, FaultClosed, FaultOpened

BOUNDS = (900, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800)  # seconds: 15 min to 48 h


@dataclass(slots=True)
class Repairs:
    """A histogram of repair times: ``counts[i]`` lie at or below ``BOUNDS[i]`` and above the bound before."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    @property
    def count(self) -> int:
        """How many repairs there were."""
        return sum(self.counts)

    def add(self, seconds: float, number: int = 1) -> None:
        """Count repairs that took ``seconds`` each."""
        self.counts[bisect_left(BOUNDS, seconds)] += number
        self.total += seconds * number

    def cumulative(self) -> Iterator[tuple[str, int]]:
        """Go through the bounds as text with how many lie at or below each, ``+Inf`` last."""
        below = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self.counts, strict=True):
            below += count
            yield bound, below


@dataclass(slots=True)
class Tally:
    """Faults opened by (carrier, source), closed by (carrier, verdict at closing), repair times by carrier."""

    opened: Counter[tuple[str, str]] = field(default_factory=Counter)
    closed: Counter[tuple[str, str]] = field(default_factory=Counter)
    repairs: defaultdict[str, Repairs] = field(default_factory=lambda: defaultdict(Repairs))

    def copy(self) -> Tally:
        """Return a copy that does not follow what happens later."""
        copied = Tally(Counter(self.opened), Counter(self.closed))
        for carrier, repairs in self.repairs.items():
            copied.repairs[carrier] = Repairs(list(repairs.counts), repairs.total)
        return copied

    def take(self, events: Iterable[Event]) -> None:
        """Count events in."""
        for event in events:
            if isinstance(event, FaultOpened):
                self.opened[event.carrier, event.source.value] += 1
            elif isinstance(event, FaultClosed):
                self.close(event.carrier, event.verdict, event.elapsed_s)

    def close(self, carrier: str, verdict: str, seconds: float) -> None:
        """Count one fault closed."""
        self.closed[carrier, verdict] += 1
        self.repairs[carrier].add(seconds)
