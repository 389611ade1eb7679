"""Whether the monitor can see at all (section 2 of the fault rules)."""

from __future__ import annotations

import pytest

from monitor.faults.blindness import Sight, look
from monitor.faults.observation import Observation, Outcome
from tests.histories import at

OUTCOMES = {"o": Outcome.GOOD, "x": Outcome.BAD, "e": Outcome.ERROR}


def watched(*instants: str, references: str = "AB") -> list[int | None]:
    """Return since when the monitor is blind after each instant, from results spelled like ``"Ax Bo"``."""
    sight, seen = Sight(), list[int | None]()
    for second, results in enumerate(instants):
        rounds = [Observation(one[0], at(second), OUTCOMES[one[1]]) for one in results.split()]
        sight = look(sight, at(second), rounds, list(references))
        seen.append(None if sight.blind_since is None else int((sight.blind_since - at(0)).total_seconds()))
    return seen


@pytest.mark.parametrize(
    ("rule", "instants", "references", "expected"),
    [
        ("Blind from the instant at which every reference is bad.", ("Ao Bo", "Ax Bx"), "AB", [None, 1]),
        ("One good reference is enough to see.", ("Ax Bo", "Ax Bo"), "AB", [None, None]),
        ("Blind until one becomes good.", ("Ax Bx", "Ax Bx", "Ao Bx"), "AB", [0, 0, None]),
        ("Each reference keeps its latest result.", ("Ao Bo", "Ax", "Bx"), "AB", [None, None, 2]),
        ("All must have been measured at least once.", ("Ax", "Ax", "Bx"), "AB", [None, None, 2]),
        ("A probe error counts as bad for a reference.", ("Ae Bx",), "AB", [0]),
        ("Without references it is never blind.", ("", "Ax"), "", [None, None]),
        ("The only reference decides alone.", ("Ax", "Ao", "Ax"), "A", [0, None, 2]),
        ("The results of one instant are judged together.", ("Ax Bo", "Ao Bx"), "AB", [None, None]),
        ("Of two results of one reference at one instant the later counts.", ("Ax Bx Ao",), "AB", [None]),
        ("A second blindness begins anew.", ("Ax Bx", "Ao", "Ax"), "AB", [0, None, 2]),
    ],
)
def test_the_monitor_looks(rule: str, instants: tuple[str, ...], references: str, expected: list[int | None]) -> None:
    assert watched(*instants, references=references) == expected, rule


def test_a_reference_that_left_the_inventory_is_forgotten() -> None:
    """The references are those of the inventory: the good result of one that left does not keep the monitor seeing."""
    sight = look(Sight(), at(0), [Observation("A", at(0), Outcome.GOOD), Observation("B", at(0), Outcome.BAD)], "AB")
    assert look(sight, at(1), [], "B") == Sight(latest={"B": False}, blind_since=at(1))


def test_a_new_reference_does_not_make_a_blind_monitor_see_before_it_answers() -> None:
    """Blind until one becomes good: an unmeasured one has not."""
    sight = Sight(latest={"A": False}, blind_since=at(0))
    assert look(sight, at(1), [], "AB") == sight


def test_without_any_reference_left_a_blind_monitor_sees() -> None:
    """Without references it is never blind."""
    assert look(Sight(latest={"A": False}, blind_since=at(0)), at(1), [], "") == Sight()
