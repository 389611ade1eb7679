"""What a round saw (section 1 of the fault rules).

Plain, serialisable values: a prober on another machine can send the same.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """How a round ended. An ERROR could not be sent or was read wrongly: it says nothing of the line."""

    GOOD = "good"
    BAD = "bad"
    ERROR = "error"


class Observation(NamedTuple):
    """One round of one line or reference.

    ``at`` is the whole second in which its first echo was sent; ``rtts`` are seconds, one an echo that came back.
    """

    subject: str
    at: datetime
    outcome: Outcome
    sent: int = 0
    received: int = 0
    rtts: tuple[float, ...] = ()
    error: str | None = None


def outcome_of(*, sent: int, received: int) -> Outcome:
    """Read a round: bad when no echo came back, good otherwise, an error when none could be sent."""
    if sent <= 0:
        return Outcome.ERROR
    return Outcome.GOOD if received > 0 else Outcome.BAD
