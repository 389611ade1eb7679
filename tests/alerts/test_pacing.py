"""No robot gets more than it bears, however long letters travel (limits of ``messages-and-report.md``)."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.letter import Pace
from monitor.alerts.pacing import Allowance
from monitor.alerts.queue import Room

A_MINUTE, A_SECOND = timedelta(minutes=1), timedelta(seconds=1)
TWENTY = (Pace(20, A_MINUTE),)
FEISHU = (Pace(100, A_MINUTE), Pace(5, A_SECOND))


def test_without_a_pace_there_are_no_bounds() -> None:
    assert Room() == Allowance(()).room(0.0)


def test_each_letter_takes_its_place_until_a_minute_after_its_end() -> None:
    allowance = Allowance(TWENTY)
    allowance.begin()
    assert Room(19, 14) == allowance.room(0.0)
    allowance.end(5.0)
    assert 65.0 == allowance.free_at(10.0)
    assert (Room(19, 14), Room(20, 15)) == (allowance.room(64.9), allowance.room(65.0))


def test_the_narrowest_of_several_paces_holds() -> None:
    allowance = Allowance(FEISHU)
    for _ in range(4):
        allowance.begin()
        allowance.end(0.0)
    assert Room(1, 0) == allowance.room(0.5)
    assert Room(5, 4) == allowance.room(1.5)


def test_of_each_pace_a_share_is_kept_for_what_is_urgent() -> None:
    """Whichever pace holds, what is urgent and what is not: neither is shut out by the share of another pace."""
    allowance = Allowance(FEISHU)
    assert Room(5, 4) == allowance.room(0.0)
    for _ in range(73):
        allowance.begin()
        allowance.end(0.0)
    assert Room(5, 2) == allowance.room(1.5)


def test_what_went_before_a_restart_counts() -> None:
    """Of every channel of the robot, in whatever order they are told."""
    allowance = Allowance(TWENTY)
    allowance.remember([-1.0])
    allowance.remember([-50.0, -70.0])
    assert (18, 10.0) == (allowance.room(0.0).left, allowance.free_at(0.0))
    assert 20 == allowance.room(59.0).left


def test_a_receiver_that_is_left_alone_gets_nothing() -> None:
    """Until the latest time that was asked for, whatever its pace."""
    for paces in (TWENTY, ()):
        allowance = Allowance(paces)
        allowance.rest(30.0)
        allowance.rest(20.0)
        assert (Room(0, 0), 30.0, True) == (allowance.room(29.9), allowance.free_at(29.9), allowance.rests(29.9))
        assert (False, 0) != (allowance.rests(30.0), allowance.room(30.0).left)


def test_what_never_went_does_not_count() -> None:
    allowance = Allowance(TWENTY)
    allowance.begin()
    allowance.spare()
    assert 20 == allowance.room(0.0).left


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 400)), max_size=300), st.sampled_from([TWENTY, FEISHU]))
def test_the_receiver_never_gets_too_many(asked: list[tuple[int, int]], paces: tuple[Pace, ...]) -> None:
    """Letters are asked for at any time and arrive at any moment of their way: no window holds more than its number."""
    allowance, arrivals = Allowance(paces), []
    events: list[float] = []
    for tenths, travel in sorted(asked):
        now = max(tenths / 10, events[-1] if events else 0.0)
        if (allowance.room(now).left or 0) <= 0:
            continue
        allowance.begin()
        end = now + travel / 100
        allowance.end(end)
        events.append(end)
        arrivals.append(now + (end - now) * ((tenths * 7919) % 100) / 100)
    arrivals.sort()
    for pace in paces:
        for first in arrivals:
            within = [each for each in arrivals if first <= each < first + pace.within.total_seconds()]
            assert len(within) <= pace.number
