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
AT_ONCE, READINGS = 0.1, 5  # seconds within which both clocks are to be read; how often that is tried


class Clock:
    """Judged time from a wall clock and a monotonic clock, both in seconds, read by whoever builds it."""

    def __init__(self, wall: Seconds, monotonic: Seconds) -> None:
        """Begin with judged time equal to the wall clock."""
        self._wall, self._monotonic = wall, monotonic
        self.lead = 0.0
        self._offset = self._read()

    def seconds(self) -> float:
        """Return the judged time in Unix seconds."""
        return self._wall() + self.lead

    def now(self) -> datetime:
        """Return the judged time."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def stepped(self) -> float:
        """Return by how many seconds the wall clock jumped since the last call (negative: set back), else 0.0."""
        offset = self._read()
        step, self._offset = offset - self._offset, offset
        if abs(step) < SMALLEST_STEP:
            return 0.0
        self.lead = max(0.0, self.lead - step)
        return step

    def _read(self) -> float:
        """Return by how much the wall clock is ahead of the monotonic one.

        A process held up between two readings would take its own delay for a step: it reads again.
        """
        for _ in range(READINGS):
            before, wall, after = self._monotonic(), self._wall(), self._monotonic()
            if after - before < AT_ONCE:
                break
        return wall - (before + after) / 2


def instant(second: int) -> datetime:
    """Return a whole Unix second as an instant."""
    return datetime.fromtimestamp(second, UTC)
