"""Messages and when they fall due (section 10 of the fault rules). Minutes; the limit is 60 here, repeats every 20."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.faults.actions import Notified, Report, Restore
from monitor.faults.events import MessageDue
from monitor.faults.terms import Source
from monitor.policy import Clock, ClockStart, Detection, Policy, Reminders
from tests.histories import History, Judged, Run, at, county, history, judge, rounds
from tests.supervision.outline import told

HOUR = Clock(limit=timedelta(minutes=60), observe_for=timedelta(minutes=30))
POLICY = Policy(clock=HOUR, reminders=Reminders(overdue_every=timedelta(minutes=20)))


def line(pattern: str, *, end: int, policy: Policy = POLICY) -> History:
    """Return a history of one line with a round a minute."""
    return history(rounds("L1", pattern), policy=policy, end=end * 60)


@pytest.mark.parametrize(
    ("rule", "what", "expected"),
    [
        ("opened when the fault opens.", line("5o3x", end=7), ["7 opened"]),
        ("restored when the restoring streak completes.", line("5o3x5o", end=12), ["7 opened", "10 restored:1"]),
        (
            "relapsed when a relapse is confirmed.",
            line("5o3x5o3x", end=15),
            ["7 opened", "10 restored:1", "15 relapsed:2"],
        ),
        (
            "Reminders, overdue and every repeat at their own instants.",
            line("5o130x", end=134),
            [
                "7 opened",
                "37 reminder:0.5",
                "52 reminder:0.75",
                "67 overdue",
                "87 overdue_repeat:1",
                "107 overdue_repeat:2",
                "127 overdue_repeat:3",
            ],
        ),
        ("A milestone that falls due at the end counts.", line("5o40x", end=37), ["7 opened", "37 reminder:0.5"]),
        (
            "They fall due in gaps too, between rounds.",
            line("5o3x", end=67),
            ["7 opened", "37 reminder:0.5", "52 reminder:0.75", "67 overdue"],
        ),
        (
            "Good at the very instant: the reminder waits, and the recovery makes an end of it.",
            line("5o32x10o", end=46),
            ["7 opened", "39 restored:1"],
        ),
        (
            "Good only after it: it went out.",
            line("5o33x10o", end=46),
            ["7 opened", "37 reminder:0.5", "40 restored:1"],
        ),
        (
            "A streak that breaks releases it at that moment, with its due time.",
            line("5o31x2o10x", end=46),
            ["7 opened", "38 reminder:0.5 due 37"],
        ),
        (
            "Broken in the very instant at which it falls due: on time.",
            line("5o31xo10x", end=46),
            ["7 opened", "37 reminder:0.5"],
        ),
        (
            "The latest accepted round stays the latest through a gap: it waits on.",
            line("5o31xo", end=66),
            ["7 opened"],
        ),
        (
            "Several held up by it are told as the newest alone.",
            line("5o31xo20.x", end=57),
            ["7 opened", "57 reminder:0.75 due 52 over reminder:0.5"],
        ),
        (
            "What was passed over is not told later; the next comes at its time.",
            line("5o31xo20.20x", end=70),
            ["7 opened", "57 reminder:0.75 due 52 over reminder:0.5", "67 overdue"],
        ),
        (
            "The good time between episodes puts milestones off.",
            line("5o13x10o40x", end=51),
            ["7 opened", "20 restored:1", "30 relapsed:2", "49 reminder:0.5"],
        ),
        (
            "Each fraction once a fault: not again in the next episode.",
            line("5o35x10o20x", end=64),
            ["7 opened", "37 reminder:0.5", "42 restored:1", "52 relapsed:2", "64 reminder:0.75"],
        ),
        (
            "Exactly reached at the restoration, it falls due with the relapse.",
            line("5o32x10o5x", end=50),
            ["7 opened", "39 restored:1", "49 relapsed:2", "49 reminder:0.5 due 37"],
        ),
        ("Nothing is due of a line that never failed.", line("60o", end=60), []),
        ("Nor of a blip.", line("5o2x20o", end=30), []),
        (
            "A new fault has messages of its own.",
            line("5o3x35o3x", end=45),
            ["7 opened", "10 restored:1", "45 opened"],
        ),
    ],
)
def test_messages_of_a_line(rule: str, what: History, expected: list[str]) -> None:
    assert told(judge(what)) == expected, rule


def test_reminders_of_a_reported_fault_do_not_wait_for_a_line_that_is_not_down() -> None:
    """The wait is for a down line's restoring streak; a line never confirmed down has none."""
    report = Report(at=at(300), line="L1", by=Source.UNIT)
    what = history(rounds("L1", "50o"), actions=[report], policy=POLICY, end=36 * 60)
    assert told(judge(what)) == ["5 opened", "35 reminder:0.5"]


def test_what_falls_due_is_judged_after_the_actions_of_its_instant() -> None:
    """A person's restore at the due instant comes first."""
    acts = [
        Report(at=at(300), line="L1", by=Source.UNIT),
        Restore(at=at(35 * 60), line="L1", by=Source.CENTRE, restored_at=at(35 * 60)),
    ]
    assert told(judge(history(actions=acts, policy=POLICY, end=3600))) == ["5 opened", "35 restored:1"]


def test_a_notice_can_make_a_reminder_due() -> None:
    """``clock.start: notified``: half of the limit after the first delivered notice."""
    policy = Policy(clock=Clock(start=ClockStart.NOTIFIED, limit=timedelta(minutes=60)))
    notice = Notified(at=at(600), line="L1", by=Source.CENTRE)
    what = history(rounds("L1", "5o3x"), actions=[notice], policy=policy, end=3600)
    assert told(judge(what)) == ["7 opened", "40 reminder:0.5", "55 reminder:0.75"]


def test_what_fell_due_before_the_discovery_is_told_with_it() -> None:
    """``clock.start: first_failed``, rounds far apart: the fault opens over its limit."""
    policy = Policy(
        detection=Detection(stale_after=timedelta(minutes=40)),
        clock=Clock(start=ClockStart.FIRST_FAILED, limit=timedelta(minutes=60)),
    )
    what = history(rounds("L1", "3x", every=1860), policy=policy, end=62 * 60)
    assert told(judge(what)) == ["62 opened", "62 overdue due 60 over reminder:0.5, reminder:0.75"]


def test_what_falls_due_between_two_instants_does_so_at_its_own() -> None:
    """Everything before the later one, each on time; what falls due at that very instant is its step's."""
    run = Run(line("5o3x", end=7))
    for second in run.history.instants():
        run.step(second)
    supervision = run.judged.supervision
    early = [supervision.let_fall_due(before=at(minutes * 60)) for minutes in (37, 67, 67)]
    assert [[], ["37 reminder:0.5", "52 reminder:0.75"], []] == [
        told(Judged(supervision=supervision, events=events)) for events in early
    ]
    assert at(52 * 60) == supervision.judged_at
    run.judged.events += supervision.step(at(67 * 60))
    assert ["7 opened", "67 overdue"] == told(run.judged)


def test_after_a_stop_only_the_newest_is_told() -> None:
    """The daemon was stopped over several milestones: one message, late, the others passed over."""
    run = Run(line("5o3x", end=7))
    for second in run.history.instants():
        run.step(second)
    run.judged.events += run.judged.supervision.step(at(90 * 60))
    assert told(run.judged) == ["7 opened", "90 overdue_repeat:1 due 87 over reminder:0.5, reminder:0.75, overdue"]


def test_going_blind_and_seeing_again_are_told_once_each() -> None:
    """Messages of the monitor itself, without a line; reminders fall due while it is blind."""
    what = history(
        [*rounds("L1", "5o40x"), *rounds("R1", "10o40xo")],
        inventory=county(references=1),
        policy=POLICY,
        end=50 * 60,
    )
    assert told(judge(what)) == ["7 opened", "10 monitor_blind", "37 reminder:0.5", "50 monitor_sees"]


def test_messages_of_one_instant_come_in_the_order_of_what_happened() -> None:
    """A relapse is told before the overdue that it brings."""
    judged = judge(line("5o62x10o3x", end=79))
    assert [one.message.value for one in judged.all(MessageDue)][-2:] == ["relapsed", "overdue"]
