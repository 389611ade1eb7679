"""Faults, relapses and observation as measured (section 4 of the fault rules). Minutes after the start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.faults.events import FaultClosed, FaultOpened
from monitor.policy import Clock, Detection, Flapping, Policy
from tests.histories import History, history, judge, rounds
from tests.supervision.outline import Ep, Seen, minute, outlines

ONCE = Policy(detection=Detection(confirm_rounds=1, restore_rounds=1))


def line(pattern: str, *, end: int, policy: Policy | None = None) -> History:
    """Return a history of one line with a round a minute."""
    return history(rounds("L1", pattern), policy=policy, end=end * 60)


@pytest.mark.parametrize(
    ("rule", "told", "expected"),
    [
        ("Two bad rounds open nothing.", line("5o2x5o", end=12), []),
        ("A confirmed outage opens a fault with episode 1.", line("5o3x", end=8), [Seen("open", [Ep(5, 7, 7)])]),
        (
            "The episode restored, the fault is restored and under observation.",
            line("5o3x3o", end=20),
            [Seen("restored", [Ep(5, 7, 7, 7, 8)])],
        ),
        (
            "It is closed at restored_at + observe_for, exactly.",
            line("5o3x60o", end=68),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        ("Not a minute before.", line("5o3x59o", end=67), [Seen("restored", [Ep(5, 7, 7, 7, 8)])]),
        (
            "An outage that begins a minute before the observation ends is a relapse, confirmed though it is after.",
            line("5o3x59o5x", end=71),
            [Seen("open", [Ep(5, 7, 7, 7, 8), Ep(67, 69, 69)])],
        ),
        (
            "One that begins at its very end is a new fault.",
            line("5o3x60o5x", end=72),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68), Seen("open", [Ep(68, 70, 70)])],
        ),
        (
            "A streak begun before the end holds the closing until it resolves.",
            line("5o3x59o2x", end=69),
            [Seen("restored", [Ep(5, 7, 7, 7, 8)])],
        ),
        (
            "A streak that begins at its very end holds nothing.",
            line("5o3x60ox", end=68),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        (
            "A blip resolves it: closed at the end of the observation, as if it had not been.",
            line("5o3x59o2xo", end=69),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        (
            "A streak that nobody measured on holds it while its last round is at most stale_after old.",
            line("5o3x59ox", end=70),
            [Seen("restored", [Ep(5, 7, 7, 7, 8)])],
        ),
        (
            "Gone stale it holds nothing.",
            history(rounds("L1", "5o3x59ox"), end=70 * 60 + 1),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        (
            "A blip within the observation holds nothing.",
            line("5o3x30o2x40o", end=80),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        (
            "The observation begins anew with every restoration.",
            line("5o3x30o3x70o", end=111),
            [Seen("closed", [Ep(5, 7, 7, 7, 8), Ep(38, 40, 40, 40, 41)], 101)],
        ),
        (
            "confirm_rounds 1: the first bad round at the end of the observation opens a new fault.",
            line("5ox60ox", end=66, policy=ONCE),
            [Seen("closed", [Ep(5, 5, 5, 5, 6)], 66), Seen("open", [Ep(66, 66, 66)])],
        ),
        (
            "confirm_rounds 1: a minute earlier it is a relapse.",
            line("5ox59ox", end=66, policy=ONCE),
            [Seen("open", [Ep(5, 5, 5, 5, 6), Ep(65, 65, 65)])],
        ),
        (
            "A confirmed outage stays open across a gap; it ends at the first good round after it.",
            line("5o3x30.5o", end=43),
            [Seen("restored", [Ep(5, 7, 7, 7, 38)])],
        ),
        (
            "A gap within the observation changes nothing.",
            line("5o3x10o70.10o", end=98),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)],
        ),
        ("A probe error is never an observation.", line("5o2xexee2o", end=14), [Seen("open", [Ep(5, 8, 8)])]),
        ("Probe errors alone start no fault.", line("5o30e", end=35), []),
    ],
)
def test_faults_as_measured(rule: str, told: History, expected: list[Seen]) -> None:
    assert outlines(judge(told)) == expected, rule


def test_a_fault_is_closed_at_its_time_even_between_rounds() -> None:
    """The end of the observation falls due at its instant, in a gap too."""
    closed = judge(line("5o3x10o", end=200)).all(FaultClosed)
    assert [(minute(one.at), minute(one.closed_at), one.verdict, one.elapsed_s) for one in closed] == [
        (68, 68, "on_time", 60)
    ]


@pytest.mark.parametrize(
    ("rule", "good", "expected"),
    [
        ("Opened exactly repeat_within after the restoration, it names the earlier fault.", 98, "F20260901-0001"),
        ("A minute later it does not.", 99, None),
    ],
)
def test_a_repeat_names_the_earlier_fault(rule: str, good: int, expected: str | None) -> None:
    """Restored at minute 8; the next fault opens two minutes after its first bad round. The limit here is 100 min."""
    policy = Policy(clock=Clock(repeat_within=timedelta(minutes=100)))
    opened = judge(line(f"5o3x{good}o3x", end=120, policy=policy)).all(FaultOpened)
    assert [one.repeat_of for one in opened] == [None, expected], rule


def test_a_repeat_counts_from_the_latest_restoration() -> None:
    """After a relapse it is the last episode's restoration that counts."""
    policy = Policy(clock=Clock(repeat_within=timedelta(minutes=62)))
    opened = judge(line("5o3x50o3x60o3x", end=130, policy=policy)).all(FaultOpened)
    assert [one.repeat_of for one in opened] == [None, "F20260901-0001"]


@pytest.mark.parametrize(
    ("rule", "pattern", "within", "expected"),
    [
        ("Two relapses do not flap.", "5o3x10o3x10o3x10o", 60, False),
        ("Three within the time do; the outage that opened the fault is none.", "5o3x10o3x10o3x10o3x", 60, True),
        ("Three of which the first is exactly the time ago.", "5o3x10o3x10o3x10o3x", 26, True),
        ("Three over a longer time do not.", "5o3x10o3x10o3x10o3x", 25, False),
        ("A fault once marked stays marked.", "5o3x10o3x10o3x10o3x50o3x", 26, True),
    ],
)
def test_a_fault_flaps(rule: str, pattern: str, within: int, expected: bool) -> None:
    """Relapses are counted by their discovery, 13 minutes apart here."""
    policy = Policy(flapping=Flapping(relapses=3, within=timedelta(minutes=within)))
    (fault,) = judge(line(pattern, end=110, policy=policy)).faults().values()
    assert fault.flapping == expected, rule
