"""How a fault is spelled for programs: the objects of ``replay.md``."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from monitor.faults.actions import Acknowledge
from monitor.faults.terms import Source
from monitor.policy import Clock, ClockStart, Policy
from monitor.sla.spelling import spell_fault, spell_seconds, spell_share, spell_time
from tests.histories import at, history, judge, rounds


def test_times_are_spelled_in_utc() -> None:
    """``YYYY-MM-DDTHH:MM:SSZ``, or null."""
    local = datetime(2026, 9, 2, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert (spell_time(local), spell_time(None)) == ("2026-09-01T16:30:00Z", None)


@pytest.mark.parametrize(
    ("duration", "expected"), [(timedelta(hours=12), 43200), (timedelta(milliseconds=1500), 1.5), (timedelta(), 0)]
)
def test_durations_are_spelled_as_numbers(duration: timedelta, expected: float) -> None:
    """Seconds, whole where they are whole."""
    assert (spell_seconds(duration), type(spell_seconds(duration))) == (expected, type(expected))


@pytest.mark.parametrize(("share", "expected"), [(Fraction(1, 3), 1 / 3), (Fraction(1), 1.0), (0.5, 0.5), (None, None)])
def test_shares_are_spelled_unrounded(share: Fraction | float | None, expected: float | None) -> None:
    """The nearest number, or null for N/A."""
    assert (spell_share(share), type(spell_share(share))) == (expected, type(expected))


def test_a_fault_is_spelled_whole() -> None:
    """Top-level times: episode 1's beginning, the last episode's end; an acknowledgement kept over the relapse."""
    acknowledged = Acknowledge(at=at(480), line="L1", by=Source.CARRIER)
    judged = judge(history(rounds("L1", "5o5x10o5x70o"), actions=[acknowledged], end=95 * 60))
    (fault,) = judged.faults().values()
    first = {
        "first_failed_at": "2026-09-01T15:55:00Z",
        "detected_at": "2026-09-01T15:57:00Z",
        "discovered_at": "2026-09-01T15:57:00Z",
        "restored_at": "2026-09-01T16:00:00Z",
        "last_bad_at": "2026-09-01T15:59:00Z",
    }
    second = {
        "first_failed_at": "2026-09-01T16:10:00Z",
        "detected_at": "2026-09-01T16:12:00Z",
        "discovered_at": "2026-09-01T16:12:00Z",
        "restored_at": "2026-09-01T16:15:00Z",
        "last_bad_at": "2026-09-01T16:14:00Z",
    }
    assert spell_fault(fault, Policy(), at(95 * 60), repeat_of=at(0)) == {
        "line": "L1",
        "status": "closed",
        "source": "monitor",
        **{key: first[key] for key in ("first_failed_at", "detected_at", "discovered_at")},
        **{key: second[key] for key in ("restored_at", "last_bad_at")},
        "closed_at": "2026-09-01T17:15:00Z",
        "deadline_at": "2026-09-02T04:09:00Z",
        "elapsed_s": 360,
        "elapsed_min_s": 240,
        "excluded_s": 0,
        "verdict": "on_time",
        "party": "undetermined",
        "proposed_party": "undetermined",
        "evidence": [],
        "acknowledged_at": "2026-09-01T15:58:00Z",
        "repeat_of": "2026-09-01T15:50:00Z",
        "flapping": False,
        "incident": None,
        "episodes": [first, second],
    }


def test_an_open_fault_has_no_end() -> None:
    """``restored_at`` and ``last_bad_at`` are null while the last episode is open; its least ends now."""
    (fault,) = judge(history(rounds("L1", "5o5x10o5x"), end=25 * 60)).faults().values()
    spelled = spell_fault(fault, Policy(), at(25 * 60), repeat_of=None)
    keys = ("status", "restored_at", "last_bad_at", "closed_at", "elapsed_s", "elapsed_min_s", "repeat_of")
    assert [spelled[key] for key in keys] == ["open", None, None, None, 6 * 60, 5 * 60, None]


def test_without_a_notice_there_is_no_deadline() -> None:
    """``clock.start: notified``: null until an episode has been notified."""
    (fault,) = judge(history(rounds("L1", "5o5x"), end=600)).faults().values()
    policy = Policy(clock=Clock(start=ClockStart.NOTIFIED))
    spelled = spell_fault(fault, policy, at(600), repeat_of=None)
    assert (spelled["deadline_at"], spelled["elapsed_s"]) == (None, 0)
