"""A monitor that cannot see, and lines (sections 2 and 3 of the fault rules). Minutes after the start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.faults.events import BlipSeen, LineUnknown, MonitorBlind, MonitorSees
from monitor.faults.observation import Observation, Outcome
from monitor.policy import Policies, Policy
from tests.histories import History, Run, at, county, history, judge, rounds
from tests.supervision.outline import Ep, Seen, minute, outlines, told


def seen(line: str, reference: str, *, end: int, second: str | None = None) -> History:
    """Return a history of one line and one or two references, all with a round a minute."""
    both = [*rounds("R1", reference), *(rounds("R2", second) if second else ())]
    inventory = county(references=2 if second else 1)
    return history([*rounds("L1", line), *both], inventory=inventory, end=end * 60)


@pytest.mark.parametrize(
    ("rule", "what", "expected"),
    [
        ("While blind, line observations are discarded.", seen("5o10x5o", "5o10x5o", end=20), []),
        (
            "References are judged before lines: blind at the instant of the first bad round already.",
            seen("5o3x", "7ox", end=7),
            [],
        ),
        (
            "A bad round a minute before it goes blind is dropped with its streak.",
            seen("5o2x5x5o", "7o5x5o", end=16),
            [],
        ),
        (
            "The streak does not count on after a short blindness.",
            seen("5o2xx2x", "7oxoo", end=9),
            [],
        ),
        (
            "It begins afresh at the first round that is accepted again.",
            seen("5o2xx3x", "7ox3o", end=10),
            [Seen("open", [Ep(8, 10, 10)])],
        ),
        (
            "Seeing again counts at once: references before lines.",
            seen("5o3x3x", "5o3x3o", end=10),
            [Seen("open", [Ep(8, 10, 10)])],
        ),
        (
            "An outage confirmed before stays; a restoring streak across a short blindness goes on.",
            seen("5o3x2oo2o", "10oxoo", end=12),
            [Seen("restored", [Ep(5, 7, 7, 7, 8)])],
        ),
        (
            "One good reference is enough.",
            seen("5o3x", "8x", second="8o", end=7),
            [Seen("open", [Ep(5, 7, 7)])],
        ),
        (
            "A reference never measured keeps it seeing.",
            seen("5o3x", "8x", second="8.", end=7),
            [Seen("open", [Ep(5, 7, 7)])],
        ),
        ("A probe error counts as bad for a reference.", seen("5o3x", "5o3e", end=7), []),
    ],
)
def test_a_blind_monitor_opens_nothing(rule: str, what: History, expected: list[Seen]) -> None:
    judged = judge(what)
    assert (outlines(judged), judged.all(BlipSeen)) == (expected, []), rule


def test_without_references_it_is_never_blind() -> None:
    """Everything is silent, and that is the lines' fault."""
    judged = judge(history([*rounds("L1", "3x"), *rounds("L2", "3x")], inventory=county(lines=2), end=120))
    assert [one.status for one in outlines(judged)] == ["open", "open"]


@pytest.mark.parametrize(
    ("rule", "blind", "unknown"),
    [
        ("A blindness that leaves no gap over stale_after makes nothing unknown.", 2, []),
        ("One that leaves a longer gap does: from the last accepted round and one interval on.", 3, [(10, 13)]),
    ],
)
def test_unknown_is_what_the_gap_rule_makes_it(rule: str, blind: int, unknown: list[tuple[int, int]]) -> None:
    judged = judge(seen("30o", f"10o{blind}x30o", end=20))
    assert [(minute(one.unknown_from), minute(one.at)) for one in judged.all(LineUnknown)] == unknown, rule


def test_a_blindness_is_on_record_with_both_its_ends() -> None:
    """Stored as such, and alarmed once."""
    judged = judge(seen("30o", "10o5x10o", end=20))
    assert [minute(one.at) for one in judged.all(MonitorBlind)] == [10]
    assert [(minute(one.blind_since), minute(one.at)) for one in judged.all(MonitorSees)] == [(10, 15)]
    assert told(judged) == ["10 monitor_blind", "15 monitor_sees"]


def test_going_blind_closes_what_only_a_dropped_streak_held() -> None:
    """Section 4: the streak is resolved, it will never be an outage."""
    judged = judge(seen("5o3x59o2x", "69oxx", end=69))
    assert outlines(judged) == [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68)]


def test_a_blind_monitor_sees_when_its_references_leave_the_inventory() -> None:
    """Without references it is never blind (section 2): not even one that was."""
    run = Run(seen("20o", "5o5x", end=8))
    for second in run.history.instants():
        run.step(second)
    run.judged.supervision.adopt(county(), Policies([Policy()]))
    lost = [Observation("L1", at(60 * after), Outcome.BAD) for after in (9, 10, 11)]
    for one in lost:
        run.judged.events += run.judged.supervision.step(one.at, lines=[one])
    assert [minute(one.at) for one in run.judged.all(MonitorSees)] == [9]
    assert outlines(run.judged) == [Seen("open", [Ep(9, 11, 11)])]


@pytest.mark.parametrize(
    ("rule", "serves", "expected"),
    [
        ("Judged from its first second in service.", (5, None), [Seen("open", [Ep(5, 7, 7)])]),
        ("Not before.", (6, None), []),
        ("Not from the second it leaves.", (None, 7), []),
        ("Up to the second before.", (None, 8), [Seen("open", [Ep(5, 7, 7)])]),
    ],
)
def test_a_line_is_judged_only_while_in_service(
    rule: str, serves: tuple[int | None, int | None], expected: list[Seen]
) -> None:
    """Section 11. Bad rounds at minutes 5, 6 and 7."""
    begin, end = (None if one is None else at(60 * one) for one in serves)
    plain = county()
    lines = {"L1": replace(plain.lines["L1"], in_service_from=begin, in_service_to=end)}
    what = history(rounds("L1", "5o3x"), inventory=replace(plain, lines=lines), end=420)
    assert outlines(judge(what)) == expected, rule
