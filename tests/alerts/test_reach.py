"""Whether a message has reached the carrier, by whichever channel, and that nothing is remembered for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.reach import Reach
from monitor.store.deliveries import Delivery, State
from tests.alerts.deliveries import after, delivery

ENDS = (State.DELIVERED, State.FAILED, State.UNWANTED)


def ended(sent: Delivery, state: State) -> Delivery:
    return replace(sent, state=state, ended_at=after(60))


def test_one_channel_that_delivers_is_enough() -> None:
    robot, mail = delivery(1, channel="robot"), delivery(1, channel="mail")
    reach = Reach()
    reach.begin([robot, mail])
    assert robot not in reach
    assert [] == reach.end([ended(mail, State.DELIVERED)])
    assert robot in reach
    assert [] == reach.end([ended(robot, State.FAILED)])


def test_the_last_channel_that_fails_says_so() -> None:
    robot, mail = delivery(1, channel="robot"), delivery(1, channel="mail")
    reach = Reach()
    reach.begin([robot, mail])
    assert [] == reach.end([ended(mail, State.FAILED), replace(robot, tries=1)])
    assert [robot.message] == reach.end([ended(robot, State.FAILED)])


def test_what_another_run_delivered_counts() -> None:
    robot = delivery(1)
    reach = Reach()
    reach.begin([robot], reached=[robot.key, "F2:opened:2"])
    assert robot in reach
    assert [] == reach.end([ended(robot, State.FAILED)])


def test_what_goes_to_the_centre_tells_no_carrier() -> None:
    leader, robot = delivery(1, to_carrier=False, channel="leader"), delivery(1)
    reach = Reach()
    reach.begin([leader, robot])
    assert [] == reach.end([ended(leader, State.DELIVERED)])
    assert robot not in reach
    assert [robot.message] == reach.end([ended(robot, State.FAILED)])


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(ENDS)), max_size=20))
def test_a_message_is_untaken_where_nothing_delivered_it_and_the_last_failed(ends: list[tuple[int, State]]) -> None:
    """Whatever the order; and when nothing waits any more nothing is remembered."""
    sent = [delivery(number, channel=f"c{place}") for place, (number, _) in enumerate(ends)]
    reach, untaken = Reach(), []
    reach.begin(sent)
    for each, (_, state) in zip(sent, ends, strict=True):
        untaken += reach.end([ended(each, state)])
    last = dict(ends)
    delivered = {number for number, state in ends if state is State.DELIVERED}
    wanted = Counter(f"F{number}" for number in last if last[number] is State.FAILED and number not in delivered)
    assert wanted == Counter(message.fault_no for message in untaken)
    assert (Counter(), set()) == (reach._waiting, reach._reached)
