"""Notices delivered and repairs expected (sections 4 and 8 of the fault rules). Minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.faults.actions import FARTHEST_ETA, ActionRefused, Attribute, GiveEta, Notified
from monitor.faults.events import EtaGiven, FaultNotified, MessageDue
from monitor.faults.fault import Fault, Status
from monitor.faults.terms import MessageKind, Party, Source
from monitor.policy import Clock, ClockStart, Policies, Policy
from monitor.sla.verdict import Reading, read
from monitor.supervision import Supervision
from tests.histories import ZONE, at, county, history, judge, rounds
from tests.supervision.outline import minute

POLICY = Policy(clock=Clock(start=ClockStart.NOTIFIED))
TWICE = "5o5x28o9x4o"  # down over [5, 10), discovered at 7; again over [38, 47), discovered at 40


def when(minutes: float) -> int:
    return int(minutes * 60)


def notice(made: float, *, told: float | None = None, episode: int | None = None, via: str | None = None) -> Notified:
    told_at = None if told is None else at(when(told))
    return Notified(
        at=at(when(made)), line="L1", by=Source.CENTRE, notified_at=told_at, episode=episode, via=via, who="值班员"
    )


def eta(made: float, expected: float) -> GiveEta:
    return GiveEta(at=at(when(made)), line="L1", by=Source.CARRIER, eta=at(when(expected)), who="李工")


def ruled(made: float, party: Party) -> Attribute:
    return Attribute(at=at(when(made)), line="L1", by=Source.CENTRE, party=party)


def reading_of(fault: Fault) -> Reading:
    return read(fault, POLICY.clock, at(when(51)))


@pytest.mark.parametrize(
    ("rule", "actions", "notified", "elapsed", "deadline"),
    [
        (
            "A notice of episode 1 delivered in episode 2 starts no clock of it (4).",
            [notice(41, episode=1)],
            [41, None],
            0,
            None,
        ),
        (
            "So is one whose time lies in episode 1, and it counts from then (4).",
            [notice(41, told=8)],
            [8, None],
            2,
            None,
        ),
        ("A notice that names none is of the running episode (4).", [notice(41)], [None, 41], 6, 761),
        ("A notice of each: each counts from its own (4).", [notice(8), notice(42, episode=2)], [8, 42], 2 + 5, 760),
        (
            "The first notice of an episode stays (4).",
            [notice(8), notice(9), notice(42, episode=1)],
            [8, None],
            2,
            None,
        ),
        (
            "The first is the earliest, though it is told of later (4).",
            [notice(9), notice(11, told=8)],
            [8, None],
            2,
            None,
        ),
        (
            "A call made after the episode was over counts nothing of it (4).",
            [notice(20, told=15)],
            [15, None],
            0,
            None,
        ),
        ("A call made in episode 2 is of it (4).", [notice(50, told=43)], [None, 43], 4, 763),
        (
            "Ruled back to the carrier, nothing before the ruling counts, whenever it was notified (8).",
            [notice(41), ruled(42, Party.UNIT), ruled(44, Party.CARRIER)],
            [None, 41],
            3,
            764,
        ),
        (
            "A notice late in an exempt fault's life is kept, and counts from the ruling back (8).",
            [ruled(41, Party.UNIT), notice(42), ruled(43, Party.UNDETERMINED)],
            [None, 42],
            4,
            763,
        ),
    ],
)
def test_the_clock_of_an_episode_counts_from_its_own_first_notice(
    rule: str, actions: list[Notified], notified: list[int | None], elapsed: int, deadline: int | None
) -> None:
    """``clock.start: notified``; the other episode's notices move nothing."""
    judged = judge(history(rounds("L1", TWICE), actions=actions, policy=POLICY, end=when(51)))
    [fault] = judged.faults().values()
    assert [] == judged.refused, rule
    assert notified == [minute(episode.notified_at) for episode in fault.episodes], rule
    reading = reading_of(fault)
    assert (elapsed, deadline) == (reading.elapsed.total_seconds() / 60, minute(reading.deadline_at)), rule


@pytest.mark.parametrize(
    ("rule", "action", "said"),
    [
        ("There is no notice of an episode that never was.", notice(41, episode=3), "has no episode 3: it has 2"),
        ("Nor of episode 0.", notice(41, episode=0), "has no episode 0: it has 2"),
        ("A notice is not delivered in the future.", notice(41, told=42), "delivered before now, or now (section 4)"),
        (
            "It comes after the discovery.",
            notice(41, told=7),
            "comes after the discovery, which was at 2026-09-01T15:57",
        ),
        (
            "Of the episode that it names.",
            notice(41, told=20, episode=2),
            "after the discovery, which was at 2026-09-01T16:30",
        ),
        ("An ETA lies in the future.", eta(41, 41), "an ETA lies in the future: 2026-09-01T16:31:00Z is past"),
        (
            "And not weeks off.",
            eta(41, 41 + 7 * 1440 + 1),
            "an ETA lies at most 7 days off: 2026-09-08T16:32:00Z is later",
        ),
        ("A restored fault has none.", eta(20, 30), "is restored: an ETA is given while it is open (section 4)"),
        ("A closed one neither.", eta(200, 230), "is closed: an ETA is given while it is open (section 4)"),
    ],
)
def test_what_is_refused_names_its_rule_and_changes_nothing(rule: str, action: Notified | GiveEta, said: str) -> None:
    """Bad input gets one clear error."""
    supervision = Supervision(county(), Policies([POLICY]), ZONE)
    for observation in rounds("L1", TWICE + "150o"):
        if observation.at <= action.at:
            supervision.step(observation.at, lines=[observation])
    supervision.step(action.at)
    before = dict(supervision.faults)
    with pytest.raises(ActionRefused) as refused:
        supervision.act(action)
    assert said in str(refused.value), rule
    assert (before, []) == (supervision.faults, supervision.step(action.at)), rule


def test_what_a_person_said_of_a_call_is_on_record() -> None:
    """A call has who made it and how; the episode that it told of is written out."""
    judged = judge(
        history(rounds("L1", TWICE), actions=[notice(50, told=43, via="phone")], policy=POLICY, end=when(51))
    )
    assert [("phone", "值班员", 2, 43, 50)] == [
        (each.via, each.who, each.episode, minute(each.notified_at), minute(each.at))
        for each in judged.all(FaultNotified)
    ]


def test_the_latest_eta_counts_and_stops_nothing() -> None:
    """An ETA is a word, kept with who gave it; the clock and the fault's life go on as without it."""
    actions = [eta(41, 100), eta(43, 90), eta(45, 120)]
    told = judge(history(rounds("L1", TWICE), actions=actions, end=when(51)))
    [fault] = told.faults().values()
    assert (120, Status.RESTORED) == (minute(fault.eta), fault.status)
    assert [(100, "李工"), (90, "李工"), (120, "李工")] == [(minute(one.eta), one.who) for one in told.all(EtaGiven)]
    silent = judge(history(rounds("L1", TWICE), end=when(51)))
    assert silent.events == [event for event in told.events if not isinstance(event, EtaGiven)]


def test_an_eta_may_be_the_next_second_and_the_last_of_its_days() -> None:
    """The limits themselves are legal."""
    nearest, farthest = eta(41, 41 + 1 / 60), eta(42, 42 + FARTHEST_ETA.total_seconds() / 60)
    judged = judge(history(rounds("L1", TWICE), actions=[nearest, farthest], end=when(51)))
    assert ([], 2) == (judged.refused, len(judged.all(EtaGiven)))


def test_a_call_entered_later_moves_the_due_times_to_where_they_belong() -> None:
    """With ``start: notified`` milestones count from the call, not from its being entered."""
    policy = Policy(clock=Clock(start=ClockStart.NOTIFIED, limit=timedelta(minutes=20)))
    made = history(rounds("L1", "5o60x"), actions=[notice(15, told=8)], policy=policy, end=when(40))
    due = [(each.message, minute(each.at), minute(each.due_at)) for each in judge(made).all(MessageDue)]
    assert [
        (MessageKind.OPENED, 7, 7),
        (MessageKind.REMINDER, 18, 18),
        (MessageKind.REMINDER, 23, 23),
        (MessageKind.OVERDUE, 28, 28),
    ] == due
