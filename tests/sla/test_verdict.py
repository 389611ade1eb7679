"""Whether the limit was kept (section 5 of the fault rules), to the second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.faults.fault import Status
from monitor.policy import Clock, ClockStart
from monitor.sla.verdict import Reading, Verdict, read
from tests.histories import START
from tests.sla.faults import HOUR, Ep, fault

SECOND = 1 / 3600


@pytest.mark.parametrize(
    ("rule", "episodes", "now", "expected"),
    [
        ("Running while elapsed is below the limit.", (Ep(0, 0),), 11.9, Verdict.RUNNING),
        ("Running at 12:00:00 exactly.", (Ep(0, 0),), 12, Verdict.RUNNING),
        ("Overdue a second later.", (Ep(0, 0),), 12 + SECOND, Verdict.OVERDUE),
        ("12:00:00 is on time.", (Ep(0, 0, restored=12, last_bad=11),), 20, Verdict.ON_TIME),
        ("A second more, and nobody can say.", (Ep(0, 0, restored=12 + SECOND, last_bad=11),), 20, Verdict.DISPUTABLE),
        (
            "The last bad round exactly at the limit proves nothing.",
            (Ep(0, 0, restored=12.5, last_bad=12),),
            20,
            Verdict.DISPUTABLE,
        ),
        (
            "A second later it does: late.",
            (Ep(0, 0, restored=12.5, last_bad=12 + SECOND),),
            20,
            Verdict.LATE,
        ),
        (
            "Brackets add up over episodes: most over, least not.",
            (Ep(0, 0, restored=6, last_bad=5.5), Ep(6.5, 6.5, restored=13, last_bad=12.9)),
            20,
            Verdict.DISPUTABLE,
        ),
        (
            "A person's restoration has no bracket: on time or late.",
            (Ep(0, 0, restored=12 + SECOND),),
            20,
            Verdict.LATE,
        ),
        ("A relapse after the limit is overdue at once.", (Ep(0, 0, restored=13), Ep(13.5, 13.5)), 14, Verdict.OVERDUE),
    ],
)
def test_a_verdict_is_given(rule: str, episodes: tuple[Ep, ...], now: float, expected: Verdict) -> None:
    assert read(fault(*episodes), Clock(), START + now * HOUR).verdict == expected, rule


def test_the_verdict_of_a_closed_fault_is_that_of_the_restored_one() -> None:
    """Nothing is accumulated: closing changes no figure, nor does the time that passes."""
    episodes = (Ep(0, 0, restored=5, last_bad=4),)
    restored = read(fault(*episodes), Clock(), START + 5.1 * HOUR)
    closed = read(fault(*episodes, status=Status.CLOSED), Clock(), START + 500 * HOUR)
    assert closed == restored


def test_a_reading_holds_all_figures_of_one_instant() -> None:
    """Elapsed, its least, what was excluded, deadline and verdict belong together."""
    expected = Reading(
        elapsed=timedelta(hours=4),
        elapsed_min=timedelta(hours=3),
        excluded=timedelta(),
        deadline_at=START + 13 * HOUR,
        verdict=Verdict.ON_TIME,
    )
    assert read(fault(Ep(0, 1, restored=5, last_bad=4)), Clock(), START + 20 * HOUR) == expected


def test_a_fault_never_notified_is_on_time() -> None:
    """With ``start: notified`` an episode not yet notified counts nothing (section 4)."""
    reading = read(fault(Ep(0, 1, restored=50)), Clock(start=ClockStart.NOTIFIED), START + 60 * HOUR)
    assert (reading.verdict, reading.deadline_at) == (Verdict.ON_TIME, None)
