"""The figures that programs are sent: whole seconds, and never against the kind of the message."""

from __future__ import annotations

import pytest

from monitor.faults.terms import MessageKind
from tests.alerts.matters import composer, fault, local, matter

DUE = "09-02 01:02:10"


@pytest.mark.parametrize(
    ("moment", "elapsed_s", "verdict"),
    [
        ("09-02 01:02:10", 43200, "running"),
        ("09-02 01:02:10.000001", 43201, "overdue"),
        ("09-02 01:02:10.993907", 43201, "overdue"),
        ("09-02 01:02:11", 43201, "overdue"),
    ],
)
def test_a_clock_is_read_in_whole_seconds_at_the_end_of_the_second(moment: str, elapsed_s: int, verdict: str) -> None:
    """What is sent within the second in which the limit is reached says that it is overdue, as its kind does."""
    told = matter(MessageKind.OVERDUE, fault(discovered="09-01 13:02:10"), DUE)
    sent = composer().letter(told, now=local(moment)).payload["fault"]
    assert (elapsed_s, verdict, True) == (sent["elapsed_s"], sent["verdict"], isinstance(sent["elapsed_s"], int))
