"""The figures beside the lines' states: counters over the whole ledger, and this month so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from monitor.faults.events import Event
from monitor.faults.fault import Fault
from monitor.metrics.month import Month, MonthSoFar
from monitor.sla.review import Material
from monitor.sla.tally import Tally
from monitor.supervision import Supervision


class Figures:
    """Folds events as they happen; ``month`` is as last computed."""

    def __init__(self, tally: Tally, so_far: MonthSoFar) -> None:
        """Go on from what the store has on record."""
        self._tally, self._so_far = tally, so_far
        self.month = Month()

    def take(self, at: datetime, events: Iterable[Event], fault_of: Callable[[str], Fault | None]) -> None:
        """Fold an instant's events in; ``fault_of`` knows the faults after them by number, older ones of a line too."""
        events = tuple(events)
        self._tally.take(events)
        self._so_far.take(at, events, fault_of)

    def tally(self) -> Tally:
        """Return a copy of the counters, which does not move on."""
        return self._tally.copy()

    def material(self, now: datetime, supervision: Supervision) -> Material:
        """Copy what the month is computed from: `monitor.metrics.month.compute`, for a thread of its own."""
        return self._so_far.material(
            now, supervision.watches, supervision.inventory, supervision.policies, supervision.cases.windows.all()
        )
