"""Interval sets against sets of seconds: the algebra under every clock and figure (sections 5 and 11)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.sla.spans import BEGINNING, FOREVER, NOTHING, Spans, span, spans
from tests.histories import at

LAST = 40
pairs = st.lists(st.tuples(st.integers(0, LAST), st.integers(0, LAST)), max_size=8)


def made(parts: list[tuple[int, int]]) -> Spans:
    return spans((at(begin), at(end)) for begin, end in parts)


def model(parts: list[tuple[int, int]]) -> set[int]:
    return {second for begin, end in parts for second in range(begin, end)}


def seconds(these: Spans) -> set[int]:
    return {second for second in range(-1, LAST + 1) if at(second) in these}


def is_normal(these: Spans) -> bool:
    return all(begin < end for begin, end in these) and all(one[1] < two[0] for one, two in pairwise(these))


@given(pairs)
def test_a_union_of_intervals_holds_their_seconds(one: list[tuple[int, int]]) -> None:
    """Intervals in any order, overlapping, touching, empty or backwards."""
    assert seconds(made(one)) == model(one)
    assert made(one).length == timedelta(seconds=len(model(one)))
    assert bool(made(one)) == bool(model(one))


@given(pairs, pairs)
def test_the_operators_are_those_of_sets(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> None:
    """Union, intersection and difference."""
    a, b = made(one), made(two)
    assert seconds(a | b) == model(one) | model(two)
    assert seconds(a & b) == model(one) & model(two)
    assert seconds(a - b) == model(one) - model(two)


@given(pairs, pairs)
def test_results_are_normal_so_that_equal_sets_are_equal(
    one: list[tuple[int, int]], two: list[tuple[int, int]]
) -> None:
    """Sorted, disjoint, not touching, none empty."""
    a, b = made(one), made(two)
    assert all(is_normal(these) for these in (a, a | b, a & b, a - b))
    assert (a == b) == (model(one) == model(two))
    assert (a - b) | (a & b) == a


@given(pairs, pairs, pairs)
def test_the_laws_of_sets_hold(
    one: list[tuple[int, int]], two: list[tuple[int, int]], three: list[tuple[int, int]]
) -> None:
    """Commutative, associative, distributive; De Morgan within the whole; lengths add up."""
    a, b, c = made(one), made(two), made(three)
    whole = span(BEGINNING, None)
    assert (a | b, a & b) == (b | a, b & a)
    assert ((a | b) | c, (a & b) & c) == (a | (b | c), a & (b & c))
    assert a & (b | c) == (a & b) | (a & c)
    assert whole - (a | b) == (whole - a) & (whole - b)
    assert whole - (whole - a) == a
    assert (a | b).length + (a & b).length == a.length + b.length
    assert (a | NOTHING, a & NOTHING, a - NOTHING, NOTHING - a) == (a, NOTHING, a, NOTHING)


def test_intervals_are_half_open() -> None:
    """``[from, to)``: the beginning is in it, the end is not."""
    assert [at(second) in span(at(1), at(3)) for second in range(5)] == [False, True, True, False, False]


def test_an_interval_without_end_runs_on() -> None:
    """An open fault, a line still in service: no end."""
    assert span(at(0), None) == spans([(at(0), FOREVER)])
    assert span(at(0), None) & span(BEGINNING, at(7)) == span(at(0), at(7))


def test_an_interval_that_ends_before_it_begins_is_empty() -> None:
    """Such as the counted time of an episode notified after its restoration."""
    assert (span(at(3), at(1)), span(at(3), at(3))) == (NOTHING, NOTHING)


def test_only_instants_lie_in_it() -> None:
    """Something that is no instant lies in no set."""
    assert (5 in span(at(0), None)) is False
