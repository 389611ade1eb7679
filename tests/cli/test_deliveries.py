"""A try that was killed while its letter travelled is told as what it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.cli.deliveries import say_attempt
from monitor.config.settings import Locale
from monitor.store.deliveries import UNKNOWN, Attempt
from monitor.wording import WORDING


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (Locale.ENGLISH, "robot  not known whether it arrived  try 2"),
        (Locale.CHINESE, "robot  不知是否送达  第2次"),
    ],
)
def test_a_letter_of_which_nothing_is_known_is_said_to_be_so(locale: Locale, said: str) -> None:
    attempt = Attempt(
        key="F20260901-0001:opened",
        channel="robot",
        number=2,
        at=datetime(2026, 9, 1, tzinfo=UTC),
        took_s=0.0,
        letters=1,
        fate=UNKNOWN,
        status=UNKNOWN,
        answer="",
    )
    assert said == say_attempt(attempt, WORDING[locale])
