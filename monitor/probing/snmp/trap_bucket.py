"""A token bucket: so many a second on average, and some more at once. Time comes in as monotonic seconds."""

from __future__ import annotations


class Bucket:
    """Holds up to ``burst`` tokens and gains ``rate`` a second; it begins full."""

    __slots__ = ("_at", "_tokens", "burst", "rate")

    def __init__(self, *, rate: float, burst: float) -> None:
        """Begin full."""
        self.rate, self.burst = rate, burst
        self._tokens, self._at = burst, float("-inf")

    def take(self, now: float) -> bool:
        """Take a token; False where there is none."""
        if now > self._at:
            if self._tokens < self.burst:
                self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
            self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
