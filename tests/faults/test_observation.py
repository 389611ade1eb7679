"""What a round saw (section 1 of the fault rules)."""

from __future__ import annotations

import pytest

from monitor.faults.observation import Outcome, outcome_of


@pytest.mark.parametrize(
    ("rule", "sent", "received", "expected"),
    [
        ("A round is bad when no echo came back.", 3, 0, Outcome.BAD),
        ("A round is good when every echo came back.", 3, 3, Outcome.GOOD),
        ("A round is good when one echo came back: its loss is kept, not judged.", 3, 1, Outcome.GOOD),
        ("A round of a single echo is judged like any other.", 1, 0, Outcome.BAD),
        ("A round that could not be sent is a probe error, never an observation.", 0, 0, Outcome.ERROR),
    ],
)
def test_a_round_is_read(rule: str, sent: int, received: int, expected: Outcome) -> None:
    assert outcome_of(sent=sent, received=received) == expected, rule
