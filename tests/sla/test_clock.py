"""The 12-hour clock (sections 4 and 5 of the fault rules). Hours after the start; the limit is 12 h unless said."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from monitor.policy import Clock, ClockStart
from monitor.sla.clock import deadline, elapsed, elapsed_min, excluded_time, reached_at
from monitor.sla.spans import span, spans
from tests.histories import START
from tests.sla.faults import HOUR, Ep, fault, hours

DISCOVERED = Clock()
FIRST_FAILED = Clock(start=ClockStart.FIRST_FAILED)
NOTIFIED = Clock(start=ClockStart.NOTIFIED)

READINGS = [
    # rule, clock, episodes, now, elapsed, elapsed_min, deadline
    ("The clock counts from the discovery.", DISCOVERED, (Ep(0, 1),), 5, 4, 4, 13),
    ("Or from the first failed round, where the policy says so.", FIRST_FAILED, (Ep(0, 1),), 5, 5, 5, 12),
    ("Or from the first delivered notice.", NOTIFIED, (Ep(0, 1, notified=2),), 5, 3, 3, 14),
    ("An episode not yet notified counts nothing; there is no deadline.", NOTIFIED, (Ep(0, 1),), 5, 0, 0, None),
    (
        "An episode notified only after its restoration counts nothing of its time.",
        NOTIFIED,
        (Ep(0, 1, restored=3, last_bad=2.5, notified=4),),
        9,
        0,
        0,
        16,
    ),
    (
        "Elapsed of a restored fault ends at the first good round, its least at the last bad one.",
        DISCOVERED,
        (Ep(0, 1, restored=5, last_bad=4.5),),
        20,
        4,
        3.5,
        13,
    ),
    (
        "A last bad round before the start leaves a least of nothing.",
        DISCOVERED,
        (Ep(0, 3, restored=5, last_bad=2),),
        20,
        2,
        0,
        15,
    ),
    (
        "The good time between episodes does not count.",
        DISCOVERED,
        (Ep(0, 1, restored=2, last_bad=1.5), Ep(10, 11)),
        13,
        3,
        2.5,
        22,
    ),
    (
        "The deadline of a restored fault takes its last episode as unending.",
        DISCOVERED,
        (Ep(0, 1, restored=2), Ep(10, 11, restored=12)),
        30,
        2,
        2,
        22,
    ),
    (
        "Reached in an earlier episode, the deadline stays there.",
        DISCOVERED,
        (Ep(0, 1, restored=15), Ep(15.5, 15.5, restored=16)),
        30,
        14.5,
        14.5,
        13,
    ),
    (
        "Reached at the very end of an earlier episode, it is that end.",
        DISCOVERED,
        (Ep(0, 1, restored=13), Ep(13.5, 13.5)),
        14,
        12.5,
        12.5,
        13,
    ),
    (
        "A relapse not yet notified adds nothing, and no deadline comes of it.",
        NOTIFIED,
        (Ep(0, 1, restored=3, notified=2), Ep(3.5, 3.5)),
        9,
        1,
        1,
        None,
    ),
    (
        "A limit reached before such a relapse stays reached.",
        NOTIFIED,
        (Ep(0, 1, restored=15, notified=2), Ep(15.5, 15.5)),
        20,
        13,
        13,
        14,
    ),
    (
        "Where two episodes overlap both count: the sum is over episodes.",
        FIRST_FAILED,
        (Ep(0, 0, restored=4), Ep(2, 4)),
        8,
        10,
        10,
        10,
    ),
    (
        "Reached while two overlap, it is the instant at which the sum is.",
        FIRST_FAILED,
        (Ep(0, 0, restored=11), Ep(2, 11)),
        12,
        21,
        21,
        7,
    ),
    ("The clock of an episode discovered now shows nothing.", DISCOVERED, (Ep(0, 1),), 1, 0, 0, 13),
]


@pytest.mark.parametrize(("rule", "clock", "episodes", "now", "shown", "least", "due"), READINGS)
def test_the_clock_is_read(
    rule: str, clock: Clock, episodes: tuple[Ep, ...], now: float, shown: float, least: float, due: float | None
) -> None:
    read, at = fault(*episodes), START + now * HOUR
    assert (elapsed(read, clock, at) / HOUR, elapsed_min(read, clock, at) / HOUR) == (shown, least), rule
    assert hours(deadline(read, clock)) == due, rule


@pytest.mark.parametrize(
    ("rule", "parts", "shown", "due", "left_out"),
    [
        ("Time excluded before the discovery moves nothing.", [(0, 1)], 9, 13, 0),
        ("Time excluded while it runs stops the clock and moves the deadline.", [(2, 4)], 7, 15, 2),
        ("Overlapping exclusions count once.", [(2, 4), (3, 5)], 6, 16, 3),
        ("An exclusion that begins at the deadline does not move it.", [(13, 14)], 9, 13, 0),
        ("One that ends after now is excluded until now.", [(9, 11)], 8, 15, 1),
    ],
)
def test_excluded_time_does_not_count(
    rule: str, parts: list[tuple[int, int]], shown: float, due: float, left_out: float
) -> None:
    """Section 5: elapsed is over ``[start, now) ∖ X``."""
    excluded = spans((START + begin * HOUR, START + end * HOUR) for begin, end in parts)
    read, now = fault(Ep(0, 1)), START + 10 * HOUR
    assert elapsed(read, DISCOVERED, now, excluded) / HOUR == shown, rule
    assert hours(deadline(read, DISCOVERED, excluded)) == due, rule
    assert excluded_time(read, DISCOVERED, now, excluded) / HOUR == left_out, rule


def test_excluded_time_is_counted_once_where_episodes_overlap() -> None:
    """``excluded_s`` is ``|X ∩ ∪[start, restored_at or now)|``: a union, not a sum."""
    read = fault(Ep(0, 0, restored=4), Ep(2, 4))
    whole = span(START, START + 8 * HOUR)
    assert excluded_time(read, FIRST_FAILED, START + 8 * HOUR, whole) == 8 * HOUR


def test_an_episode_that_counts_nothing_has_nothing_excluded() -> None:
    """``excluded_s`` takes its start by ``clock.start``: not notified, no start."""
    whole = span(START, START + 8 * HOUR)
    assert excluded_time(fault(Ep(0, 1)), NOTIFIED, START + 8 * HOUR, whole) == timedelta()


@pytest.mark.parametrize("share", [Fraction(1, 3), Fraction(1, 7), Fraction(999, 1000)])
def test_an_amount_is_reached_at_a_whole_second(share: Fraction) -> None:
    """An instant is a whole second: the first at which the clock shows at least so much."""
    amount = timedelta(seconds=1000) * share.numerator / share.denominator
    reached = reached_at(fault(Ep(0, 0)), DISCOVERED, amount)
    assert reached is not None
    assert reached == START + timedelta(seconds=-(-1000 * share.numerator // share.denominator))
