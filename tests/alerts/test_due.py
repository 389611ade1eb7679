"""Which milestone of a clock is due (section 10 of the fault rules). Hours after the start; the limit is 12 h."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from monitor.alerts.due import fall_due, milestones, next_due_at
from monitor.faults.events import MessageDue
from monitor.faults.terms import MessageKind
from monitor.policy import Clock, ClockStart, Policy, Reminders
from tests.histories import START
from tests.sla.faults import HOUR, Ep, fault, hours

POLICY = Policy()


def test_milestones_ascend_without_end() -> None:
    """Reminders at 0.5 and 0.75 of the limit, overdue at the limit, every 4 h of elapsed after that."""
    first = [(one.name, one.amount / HOUR) for one in islice(milestones(POLICY), 6)]
    assert first == [
        ("reminder:0.5", 6),
        ("reminder:0.75", 9),
        ("overdue", 12),
        ("overdue_repeat:1", 16),
        ("overdue_repeat:2", 20),
        ("overdue_repeat:3", 24),
    ]


@pytest.mark.parametrize(
    ("rule", "episodes", "settled", "expected"),
    [
        ("First the first reminder.", (Ep(0, 1),), (), 7),
        ("Then the next one not yet settled.", (Ep(0, 1),), ("reminder:0.5",), 10),
        ("Then overdue.", (Ep(0, 1),), ("reminder:0.5", "reminder:0.75"), 13),
        ("Then every four hours.", (Ep(0, 1),), ("reminder:0.5", "reminder:0.75", "overdue"), 17),
        ("Good time between episodes puts it off.", (Ep(0, 1, restored=3), Ep(3.5, 4)), (), 8),
        ("It may be past already.", (Ep(0, 1, restored=13), Ep(13.5, 13.5)), (), 7),
        ("Nothing is due of a restored fault.", (Ep(0, 1, restored=3),), (), None),
    ],
)
def test_the_next_milestone(
    rule: str, episodes: tuple[Ep, ...], settled: tuple[str, ...], expected: float | None
) -> None:
    waiting = replace(fault(*episodes), settled=frozenset(settled))
    assert hours(next_due_at(waiting, POLICY)) == expected, rule


def test_nothing_is_due_while_no_episode_was_notified() -> None:
    """With ``start: notified`` the clock stands until the first delivered notice."""
    policy = Policy(clock=Clock(start=ClockStart.NOTIFIED))
    assert next_due_at(fault(Ep(0, 1)), policy) is None
    assert fall_due(fault(Ep(0, 1)), policy, START + 100 * HOUR) is None


@pytest.mark.parametrize(
    ("rule", "settled", "now", "expected"),
    [
        ("Nothing before the first fraction.", (), 7 - 1 / 3600, None),
        ("A reminder when elapsed reaches half of the limit.", (), 7, ("reminder:0.5", 7, ())),
        ("Once only.", ("reminder:0.5",), 8, None),
        ("Overdue when elapsed reaches the limit.", ("reminder:0.5", "reminder:0.75"), 13, ("overdue", 13, ())),
        (
            "Of several due at one moment only the newest is sent, the others are passed over.",
            ("reminder:0.5",),
            22,
            ("overdue_repeat:2", 21, ("reminder:0.75", "overdue", "overdue_repeat:1")),
        ),
        (
            "What was passed over is not sent later.",
            ("reminder:0.5", "reminder:0.75", "overdue", "overdue_repeat:1", "overdue_repeat:2"),
            24,
            None,
        ),
        (
            "The next repeat comes at its own time.",
            ("reminder:0.5", "reminder:0.75", "overdue", "overdue_repeat:1", "overdue_repeat:2"),
            25,
            ("overdue_repeat:3", 25, ()),
        ),
    ],
)
def test_a_milestone_falls_due(
    rule: str, settled: tuple[str, ...], now: float, expected: tuple[str, float, tuple[str, ...]] | None
) -> None:
    waiting = replace(fault(Ep(0, 1)), settled=frozenset(settled))
    message = fall_due(waiting, POLICY, START + now * HOUR)
    told = message and (message.milestone, hours(message.due_at), message.passed_over)
    assert told == expected, rule


def test_a_message_says_all_that_its_delivery_needs() -> None:
    """Whose fault, which fraction, when it was due and that it comes late."""
    expected = MessageDue(
        at=START + 8 * HOUR,
        due_at=START + 7 * HOUR,
        message=MessageKind.REMINDER,
        no="F20260901-0001",
        line="L1",
        carrier="c1",
        fraction=0.5,
    )
    assert fall_due(fault(Ep(0, 1)), POLICY, START + 8 * HOUR) == expected


def test_nothing_falls_due_of_a_restored_fault() -> None:
    """Reminders and overdue are for open faults."""
    assert fall_due(fault(Ep(0, 1, restored=50)), POLICY, START + 60 * HOUR) is None


def test_a_share_of_the_limit_that_is_no_whole_second_is_due_at_the_next_one() -> None:
    """An instant is a whole second; a third of ten minutes and one second is reached in the 201st."""
    policy = Policy(
        clock=Clock(limit=timedelta(seconds=601)), reminders=Reminders(fractions=(1 / 3,), overdue_every=HOUR)
    )
    due = next_due_at(fault(Ep(0, 0)), policy)
    assert due == START + timedelta(seconds=201)
    assert fall_due(fault(Ep(0, 0)), policy, due - timedelta(seconds=1)) is None
    assert fall_due(fault(Ep(0, 0)), policy, due) is not None


def test_a_milestone_is_due_when_the_clock_shows_it_also_where_episodes_overlap() -> None:
    """Woken for a milestone, it is found: otherwise it would be lost."""
    policy = Policy(clock=Clock(start=ClockStart.FIRST_FAILED))
    waiting = fault(Ep(0, 0, restored=4), Ep(2, 4))
    due = next_due_at(waiting, policy)
    assert hours(due) == 4
    assert due is not None
    assert fall_due(waiting, policy, due) is not None
