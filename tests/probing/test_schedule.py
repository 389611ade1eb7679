"""Who is probed in which second (section 3 of the fault rules: `interval`, and `fast_interval` while in trouble)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.probing.schedule import Schedule


def planned(targets: str = "abcd", *, interval: int = 60, fast: int = 10, now: int = 0) -> Schedule:
    schedule = Schedule()
    schedule.plan(list(targets), interval=interval, fast=fast, now=now)
    return schedule


def asked(schedule: Schedule, target: str, seconds: range) -> list[int]:
    """Return the seconds in which a target is asked, once for each time it is."""
    return [second for second in seconds for one in schedule.take(second) if one == target]


def test_targets_are_spread_evenly_over_the_interval() -> None:
    """Four targets at 60 s take their turns 15 s apart, and again a minute later."""
    schedule = planned()
    turns = {second: taken for second in range(120) if (taken := schedule.take(second))}
    expected = {0: ["a"], 15: ["b"], 30: ["c"], 45: ["d"], 60: ["a"], 75: ["b"], 90: ["c"], 105: ["d"]}
    assert turns == expected


def test_more_targets_than_seconds_share_them_in_the_order_given() -> None:
    """Targets of one second come in the order given."""
    assert planned("dcba", interval=2).take(0) == ["d", "c"]


def test_a_target_in_trouble_is_asked_at_the_fast_interval_until_it_is_well() -> None:
    """A hurried target is asked every 10 s; relaxed, it goes back to its own second."""
    schedule = planned()
    schedule.take(0)
    schedule.hurry("a", measured=0, now=2)
    assert asked(schedule, "a", range(1, 35)) == [10, 20, 30]
    schedule.relax("a")
    assert asked(schedule, "a", range(35, 181)) == [40, 60, 120, 180]


def test_a_target_hurried_through_its_own_second_is_asked_once_in_it() -> None:
    """However it came to a second, a target is taken once in it: two rounds at one instant would count twice."""
    schedule = planned()
    schedule.take(0)
    schedule.hurry("a", measured=0, now=2)
    assert asked(schedule, "a", range(1, 121)) == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]


def test_a_target_relaxed_before_its_own_second_is_asked_once_in_it() -> None:
    """The turn that was put off for a fast round does not come back beside the new one."""
    schedule = planned()
    schedule.take(0)
    schedule.hurry("a", measured=0, now=2)
    asked(schedule, "a", range(1, 52))
    schedule.relax("a")
    assert asked(schedule, "a", range(52, 121)) == [60, 120]


def test_a_result_that_comes_late_does_not_put_the_next_round_into_the_past() -> None:
    """Hurried after its fast second has passed, a target is asked in the next second."""
    schedule = planned()
    schedule.take(0)
    schedule.hurry("a", measured=0, now=14)
    assert asked(schedule, "a", range(14, 30)) == [15, 25]


def test_hurrying_never_delays_a_turn() -> None:
    """A target whose own turn comes before its fast second keeps it."""
    schedule = planned()
    asked(schedule, "a", range(1))
    schedule.hurry("b", measured=14, now=14)
    assert asked(schedule, "b", range(14, 30)) == [15, 25]


def test_asking_at_once_puts_a_turn_in_the_next_second_and_keeps_the_others() -> None:
    """Asked at once, a target is asked in the next second and then on its own."""
    schedule = planned()
    schedule.take(0)
    schedule.ask_at_once("a", now=20)
    assert asked(schedule, "a", range(20, 121)) == [21, 60, 120]


def test_asking_at_once_waits_for_what_was_asked_already() -> None:
    """While a round's result is not in yet, a hint puts the next ``fast`` seconds after it, as if it were bad."""
    schedule = planned()
    assert ["a"] == schedule.take(0)
    schedule.ask_at_once("a", now=1, seen=-60)
    assert asked(schedule, "a", range(1, 121)) == [10, 60, 120]
    schedule.ask_at_once("a", now=122, seen=120)
    assert asked(schedule, "a", range(122, 200)) == [123, 180]


def test_hints_without_end_ask_once_a_second_at_most() -> None:
    """A device that says something every second, and is well, is asked every second, and its own turn is not lost."""
    schedule = planned()
    schedule.take(0)
    turns = []
    for second in range(1, 70):
        schedule.ask_at_once("a", now=second, seen=second)
        turns += [second + 1] * ("a" in schedule.take(second + 1))
    assert list(range(2, 71)) == turns
    assert asked(schedule, "a", range(71, 121)) == [120]


def test_what_a_slow_second_missed_is_taken_once_in_the_next() -> None:
    """A second that was overrun loses nobody and asks nobody twice."""
    schedule = planned()
    schedule.take(0)
    schedule.hurry("a", measured=0, now=2)
    assert schedule.take(47) == ["a", "b", "c", "d"]
    assert asked(schedule, "a", range(48, 60)) == [57]


def test_unknown_targets_are_let_be() -> None:
    """A result of a target that left the plan changes nothing."""
    schedule = planned("a")
    schedule.hurry("z", measured=0, now=0)
    schedule.ask_at_once("z", now=0)
    schedule.relax("z")
    assert (len(schedule), schedule.take(60)) == (1, ["a"])


def test_an_unchanged_plan_keeps_every_turn() -> None:
    """Planning the same targets anew changes no one's second."""
    schedule = planned()
    schedule.take(0)
    schedule.hurry("a", measured=0, now=2)
    schedule.plan(list("abcd"), interval=60, fast=10, now=5)
    turns = [(second, one) for second in range(5, 32) for one in schedule.take(second)]
    assert turns == [(10, "a"), (15, "b"), (20, "a"), (30, "a"), (30, "c")]


def test_a_hurried_target_stays_hurried_in_another_plan() -> None:
    """A line that is down is asked every 10 s whatever is added to the county (section 3)."""
    schedule = planned("ab")
    schedule.take(0)
    schedule.take(30)
    schedule.hurry("b", measured=30, now=32)
    schedule.plan(list("xyab"), interval=60, fast=10, now=34)
    assert asked(schedule, "b", range(34, 71)) == [40, 50, 60, 70]


def test_targets_that_left_the_plan_are_asked_no_more() -> None:
    """Only the targets of the latest plan are asked."""
    schedule = planned("ab")
    schedule.hurry("a", measured=0, now=0)
    schedule.plan(["b"], interval=60, fast=10, now=0)
    assert {one for second in range(120) for one in schedule.take(second)} == {"b"}


def test_a_plan_without_targets_asks_nobody() -> None:
    """An empty county is no error."""
    assert planned("").take(1000) == []


@pytest.mark.parametrize(("interval", "fast"), [(60, 10), (7, 3), (10, 10), (1, 1)])
def test_a_steady_target_is_asked_once_every_interval(interval: int, fast: int) -> None:
    """Nobody in trouble: each is asked exactly once in every interval."""
    schedule = planned("abc", interval=interval, fast=fast)
    counts = Counter(one for second in range(interval * 5) for one in schedule.take(second))
    assert counts == {"a": 5, "b": 5, "c": 5}


MOVES = ("hurry", "relax", "at_once", "plan", "wait")


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from(MOVES), st.integers(0, 4)),
        max_size=60,
    )
)
def test_nobody_is_asked_twice_in_a_second_nor_left_out_for_an_interval(moves: list[tuple[int, str, int]]) -> None:
    """Whatever happens, also in plan after plan: once a second at most, never more than the interval apart."""
    schedule, second, names = planned("abcde", interval=20, fast=3), 0, list("abcde")
    last = dict.fromkeys(names, 0)
    for pause, move, whom in moves:
        for _ in range(pause):
            taken = schedule.take(second)
            assert len(taken) == len(set(taken))
            for one in taken:
                last[one] = second
            second += 1
            assert all(second - asked_at <= 20 for asked_at in last.values())
        name = names[whom]
        match move:
            case "hurry":
                schedule.hurry(name, measured=max(0, second - 2), now=second)
            case "relax":
                schedule.relax(name)
            case "at_once":
                schedule.ask_at_once(name, now=second)
            case "plan":
                names = [*names[1:], names[0]]
                schedule.plan(names, interval=20, fast=3, now=second)
            case _:
                pass
