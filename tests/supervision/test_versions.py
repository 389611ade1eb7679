"""Policy versions, fault numbers, restarts with another configuration (sections 4 and 5; ``config.md``). Minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.faults.actions import Report, Restore
from monitor.faults.events import FaultOpened
from monitor.faults.terms import Source
from monitor.policy import Clock, Detection, Policies, Policy
from monitor.sla.verdict import Verdict, read
from monitor.supervision import Supervision
from tests.histories import ZONE, at, county, fold, history, judge, rounds
from tests.supervision.outline import Ep, Seen, minute, outlines, told


def version(name: str, begins: int, **clock: int) -> Policy:
    """Return a policy version in force from a minute on, its clock's durations in minutes."""
    durations = {key: timedelta(minutes=value) for key, value in clock.items()}
    return Policy(version=name, effective_from=at(begins * 60), clock=Clock(**durations))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "discovered", "expected", "deadline"),
    [
        ("Discovered before the new version: the old one judges it to the end.", 9, "old", 9 + 720),
        ("Discovered in the second in which it comes into force: the new one.", 10, "new", 10 + 30),
    ],
)
def test_a_fault_is_judged_by_the_version_of_its_discovery(
    rule: str, discovered: int, expected: str, deadline: int
) -> None:
    policies = [version("old", 0), version("new", 10, limit=30)]
    what = history(rounds("L1", f"{discovered - 2}o90x"), policies=policies, end=5400)
    (fault,) = judge(what).faults().values()
    rule_of = what.policies.named(fault.policy_version).clock
    assert (fault.policy_version, minute(read(fault, rule_of, at(5400)).deadline_at)) == (expected, deadline), rule


def test_a_relapse_is_judged_by_the_version_of_the_first_discovery() -> None:
    """Its observation, its limit and its messages are those of episode 1's version."""
    policies = [version("old", 0, limit=20), version("new", 30, limit=500, observe_for=1)]
    what = history(rounds("L1", "5o10x40o30x"), policies=policies, end=80 * 60)
    judged = judge(what)
    (fault,) = judged.faults().values()
    assert len(fault.episodes) == 2
    assert told(judged) == [
        "7 opened",
        "17 restored:1",
        "57 relapsed:2",
        "59 reminder:0.5",
        "64 reminder:0.75",
        "69 overdue",
    ]
    assert read(fault, what.policies.named("old").clock, at(80 * 60)).verdict == Verdict.OVERDUE


def test_rounds_are_read_by_the_version_in_force() -> None:
    """A streak that began under the old version is confirmed by the new one's count."""
    policies = [
        Policy(version="old", effective_from=at(0), detection=Detection(confirm_rounds=10)),
        Policy(version="new", effective_from=at(480), detection=Detection(confirm_rounds=4)),
    ]
    what = history(rounds("L1", "5o10x"), policies=policies, end=840)
    assert outlines(judge(what)) == [Seen("open", [Ep(5, 8, 8)])]


def test_a_streak_holds_an_observation_as_long_as_the_version_in_force_lets_it_go_on() -> None:
    """Longer stale_after from minute 68 on: the streak of minute 67 goes on at 77, and is a relapse."""
    policies = [
        Policy(version="old", effective_from=at(0)),
        Policy(version="new", effective_from=at(68 * 60), detection=Detection(stale_after=timedelta(minutes=10))),
    ]
    what = history(rounds("L1", "5o3x59ox9.2x"), policies=policies, end=78 * 60)
    assert outlines(judge(what)) == [Seen("open", [Ep(5, 7, 7, 7, 8), Ep(67, 78, 78)])]


def test_a_version_that_comes_between_a_streak_and_the_end_of_an_observation_lets_it_go_on() -> None:
    """Section 4: it counts whether the streak can go on when the observation ends, not soon after its last round.

    Restored in minute 5, observed until minute 65. The streak's one round, in minute 63, is stale 60 s later by the
    old version; the new one is in force from 64:30 and waits 180 s: the round of minute 66 goes on with the streak.
    """
    detection = Detection(confirm_rounds=2, restore_rounds=1)
    old = Policy(version="old", effective_from=at(0), detection=replace(detection, stale_after=timedelta(seconds=60)))
    new = Policy(version="new", effective_from=at(64 * 60 + 30), detection=detection)
    seen = [*rounds("L1", "3o2x58o"), *rounds("L1", "1x", begin=63 * 60), *rounds("L1", "1x5o", begin=66 * 60)]
    judged = judge(history(seen, policies=[old, new], end=80 * 60))
    (fault,) = judged.faults().values()
    assert [at(3 * 60), at(63 * 60)] == [episode.first_failed_at for episode in fault.episodes]


def test_a_retired_version_still_judges_its_faults() -> None:
    """A fault whose version is gone from the policy is judged by it still."""
    old, new = version("old", 0, limit=20), version("new", 10)
    first = judge(history(rounds("L1", "5o3x"), policies=[old], end=420)).supervision
    second = Supervision(county(), Policies([new], retired=[old]), ZONE, first.standing())
    events = second.step(at(27 * 60))
    assert [one.kind for one in events] == ["message_due"]


def test_numbers_count_the_faults_of_a_local_day() -> None:
    """``F``, local date of the discovery, count of that day: midnight in Shanghai is ten minutes after the start."""
    lines = [*rounds("L1", "5o3x"), *rounds("L2", "5o3x"), *rounds("L3", "8o3x"), *rounds("L4", "20o3x")]
    judged = judge(history(lines, inventory=county(lines=4), end=1500))
    opened = [(one.no, one.line, minute(one.at)) for one in judged.all(FaultOpened)]
    assert opened == [
        ("F20260901-0001", "L1", 7),
        ("F20260901-0002", "L2", 7),
        ("F20260902-0001", "L3", 10),
        ("F20260902-0002", "L4", 22),
    ]


def test_numbers_go_on_after_a_restart() -> None:
    """A number is given once."""
    acts = [Report(at=at(60), line="L1", by=Source.UNIT), Report(at=at(180), line="L2", by=Source.UNIT)]
    judged = judge(history(actions=acts, inventory=county(lines=2), end=300), restarts=[60, 180])
    assert [one.no for one in judged.all(FaultOpened)] == ["F20260901-0001", "F20260901-0002"]


def test_two_faults_of_a_line_in_one_instant_keep_their_order() -> None:
    """With no observation at all a fault may be closed and another opened within a second; the later is the latest."""
    policy = Policy(clock=Clock(observe_for=timedelta(0)))
    acts = [
        Report(at=at(60), line="L1", by=Source.UNIT),
        Restore(at=at(60), line="L1", by=Source.CENTRE, restored_at=at(60)),
        Report(at=at(60), line="L1", by=Source.CARRIER),
    ]
    judged = judge(history(actions=acts, policy=policy, end=120), restarts=[60])
    assert outlines(judged) == [Seen("closed", [Ep(1, None, 1, 1, 1)], 1), Seen("open", [Ep(1, None, 1)])]
    latest = judged.supervision.latest_fault("L1")
    assert latest is not None
    assert latest == fold(judged.events)["F20260901-0002"]


def test_another_limit_moves_what_is_due() -> None:
    """A configuration taken over while a fault is open is asked again when its next milestone is."""
    supervision = judge(history(rounds("L1", "5o3x"), policies=[version("v", 0)], end=420)).supervision
    assert minute(supervision.next_wake()) == 7 + 360
    supervision.adopt(county(), Policies([version("v", 0, limit=20)]))
    assert minute(supervision.next_wake()) == 7 + 10


def test_time_does_not_run_backwards() -> None:
    """An instant before the last one judged is refused."""
    supervision = judge(history(end=60)).supervision
    with pytest.raises(ValueError, match="cannot go back"):
        supervision.step(at(59))


@pytest.mark.parametrize(
    ("rule", "when", "expected"),
    [
        ("The earliest version also governs what came before it.", 0, "old"),
        ("A version is in force from its first second.", 10, "old"),
        ("Until the next one is.", 20, "new"),
        ("The latest one without end.", 9999, "new"),
    ],
)
def test_one_version_is_in_force_at_any_instant(rule: str, when: int, expected: str) -> None:
    policies = Policies([version("new", 20), version("old", 10)])
    assert policies.in_force(at(when * 60)).version == expected, rule


def test_the_next_version_is_known() -> None:
    """The next instant at which another version comes into force, if any."""
    policies = Policies([version("old", 10), version("new", 20)])
    following = [policies.until(at(when * 60)) for when in (0, 10, 19, 20)]
    assert following == [at(600), at(1200), at(1200), None]


@pytest.mark.parametrize(
    "versions",
    [[], [version("a", 0), version("a", 10)], [version("a", 0), version("b", 0)]],
    ids=["none", "two of a name", "two of a beginning"],
)
def test_versions_that_leave_a_doubt_are_refused(versions: list[Policy]) -> None:
    """Exactly one version is in force at any instant."""
    with pytest.raises(ValueError, match="version"):
        Policies(versions)
