"""When a message is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from tenacity import RetryCallState, wait_exponential_jitter
from tenacity.wait import wait_base

from monitor.alerts.letter import Outcome

GIVEN_UP_AFTER = timedelta(hours=24)
MOST_ASKED_FOR = timedelta(hours=1)  # a receiver that asks for more patience than this is asked again sooner
OF_A_LETTER: wait_base = wait_exponential_jitter(multiplier=5, max=600, jitter=5)  # seconds
OF_A_CHANNEL: wait_base = wait_exponential_jitter(multiplier=1, max=60, jitter=1)


def pause(outcome: Outcome, tries: int, wait: wait_base = OF_A_LETTER) -> timedelta:
    """Return how long to wait after so many tries: longer each time, never less than the receiver asked for."""
    state = RetryCallState(None, None, (), {})  # type: ignore[arg-type]  # the wait looks at the number alone
    state.attempt_number = tries
    own = timedelta(seconds=wait(state))
    return max(own, asked_for(outcome) or own)


def asked_for(outcome: Outcome) -> timedelta | None:
    """Return for how long the receiver is left alone because it asked for it."""
    return None if outcome.retry_after is None else min(outcome.retry_after, MOST_ASKED_FOR)


def given_up(since: datetime, now: datetime) -> bool:
    """Tell whether a message that was to go at ``since`` is not to be tried any more."""
    return now - since >= GIVEN_UP_AFTER
