"""The judged time: the wall clock, kept from ever running backwards.

Judging and the ledger need a time that only moves on. When the machine's clock is set back, the judged time goes on
from where it was, ahead of the wall by `lead`, until the wall is set forward again or the daemon is restarted; when it
is set forward, the judged time follows (what lies between was not observed). Either is told, so that it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Seconds = Callable[[], float]
SMALLEST_STEP = 0.5  # seconds; less is a clock being slewed


class Clock:
    """Judged time from a wall clock and a monotonic clock, both in seconds, read by whoever builds it."""

    def __init__(self, wall: Seconds, monotonic: Seconds) -> None:
        """Begin with judged time equal to the wall clock."""
        self._wall, self._monotonic = wall, monotonic
        self.lead = 0.0
        self._offset = wall() - monotonic()

    def seconds(self) -> float:
        """Return the judged time in Unix seconds."""
        return self._wall() + self.lead

    def now(self) -> datetime:
        """Return the judged time."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def stepped(self) -> float:
        """Return by how many seconds the wall clock jumped since the last call (negative: set back), else 0.0."""
        offset = self._wall() - self._monotonic()
        step, self._offset = offset - self._offset, offset
        if abs(step) < SMALLEST_STEP:
            return 0.0
        self.lead = max(0.0, self.lead - step)
        return step


def instant(second: int) -> datetime:
    """Return a whole Unix second as an instant."""
    return datetime.fromtimestamp(second, UTC)
