"""Rounds put together by instant: every instant whole, in order, once."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.faults.observation import Observation, Outcome
from monitor.probing.assembly import Assembly, Instant


def seen(subject: str, second: int) -> Observation:
    return Observation(subject, datetime.fromtimestamp(second, UTC), Outcome.GOOD)


def end(assembly: Assembly, second: int, *lines: Observation) -> list[Instant]:
    return list(assembly.end(second, references=[], lines=lines))


def test_a_round_alone_is_released_when_it_ends() -> None:
    """With no other round under way an instant is whole as soon as its round ends."""
    assembly = Assembly()
    assembly.begin(5)
    gateway, line = seen("R1", 5), seen("L1", 5)
    assert list(assembly.end(5, references=[gateway], lines=[line])) == [Instant(5, [gateway], [line])]


def test_a_second_in_which_nobody_was_asked_is_judged_too() -> None:
    """An empty round releases its instant: what falls due then must not wait for a measurement."""
    assembly = Assembly()
    assembly.begin(5)
    assert end(assembly, 5) == [Instant(5, [], [])]


def test_a_quick_round_waits_for_the_slow_one_before_it() -> None:
    """Instants are released in their order, however the rounds end."""
    assembly = Assembly()
    assembly.begin(5)
    assembly.begin(6)
    quick, slow = seen("L2", 6), seen("L1", 5)
    assert end(assembly, 6, quick) == []
    assert end(assembly, 5, slow) == [Instant(5, [], [slow]), Instant(6, [], [quick])]


def test_a_second_is_not_released_while_its_own_round_is_under_way() -> None:
    """A round still under way can add to every instant from its own second on."""
    assembly = Assembly()
    assembly.begin(5)
    assembly.begin(6)
    late = seen("L1", 6)
    assert end(assembly, 5, late) == [Instant(5, [], [])]
    own = seen("L2", 6)
    assert end(assembly, 6, own) == [Instant(6, [], [late, own])]


def test_an_echo_that_left_late_waits_for_the_round_of_its_second() -> None:
    """An echo of round 5 sent in second 6 is held back: round 6 has not begun, and may add to that second."""
    assembly = Assembly()
    assembly.begin(5)
    late = seen("L1", 6)
    assert end(assembly, 5, seen("L2", 5), late) == [Instant(5, [], [seen("L2", 5)])]
    assembly.begin(6)
    assert end(assembly, 6) == [Instant(6, [], [late])]


def test_what_is_held_is_released_at_the_end() -> None:
    """At shutdown nothing that was seen is lost."""
    assembly = Assembly()
    assembly.begin(5)
    late = seen("L1", 6)
    end(assembly, 5, late)
    assert list(assembly.flush()) == [Instant(6, [], [late])]
    assert list(assembly.flush()) == []


def test_rounds_under_way_are_counted() -> None:
    """A round is under way from its beginning to its end."""
    assembly = Assembly()
    assembly.begin(5)
    assembly.begin(6)
    end(assembly, 5)
    assert assembly.under_way == 1


def test_a_round_has_ended_even_if_nobody_looks_at_what_it_released() -> None:
    """Ending a round takes effect at once."""
    assembly = Assembly()
    assembly.begin(5)
    assembly.end(5, references=[], lines=[])
    assert assembly.under_way == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(0, 1), max_size=3)), min_size=1, max_size=30))
def test_every_observation_is_released_once_in_the_order_of_time(rounds: list[tuple[int, list[int]]]) -> None:
    """Rounds one a second, each ending up to four seconds later, some echoes a second late: nothing lost or late."""
    assembly, released, fed = Assembly(), list[Instant](), list[Observation]()
    for now in range(len(rounds) + 5):
        if now < len(rounds):
            assembly.begin(now)
        for second, (lasting, delays) in enumerate(rounds):
            if second + lasting == now:
                lines = [seen(f"L{second}-{place}", second + delay) for place, delay in enumerate(delays)]
                fed += lines
                released += end(assembly, second, *lines)
    released += assembly.flush()
    seconds = [instant.second for instant in released]
    assert seconds == sorted(set(seconds))
    assert sorted(one for instant in released for one in instant.lines) == sorted(fed)
    assert all(int(one.at.timestamp()) == instant.second for instant in released for one in instant.lines)
