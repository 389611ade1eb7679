"""Coverage of connection, and how soon requests are answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from monitor.faults.events import RegisterEntered
from monitor.faults.terms import Change
from monitor.inventory.model import Inventory, UnitKind
from monitor.registers.entries import entered
from monitor.registers.figures import Answers, Coverage, answers, coverage, rate
from tests.registers.papers import ZONE, at, county, line, on, paper

REQUEST = "resource_request"
YEAR = (at("2026-01-01 00:00"), at("2027-01-01 00:00"))
HOUR = timedelta(hours=1)


def mixed() -> Inventory:
    """Return a county of two departments, a township and two villages, of which some are connected."""
    kinds = {
        "d1": UnitKind.DEPARTMENT,
        "d2": UnitKind.DEPARTMENT,
        "t1": UnitKind.TOWNSHIP,
        "v1": UnitKind.VILLAGE,
        "v2": UnitKind.VILLAGE,
    }
    plain = county(
        line("l1", "d1"), line("l2", "d1"), line("l3", "t1", begins="2026-09-01"), line("l4", "v1"), units=list(kinds)
    )
    return replace(plain, units={name: replace(unit, kind=kinds[name]) for name, unit in plain.units.items()})


@pytest.mark.parametrize(
    ("day", "township", "share"), [("2026-08-31", 0, Fraction(1, 3)), ("2026-09-01", 1, Fraction(2, 3))]
)
def test_coverage_is_of_units_not_of_lines_and_villages_are_counted_apart(
    day: str, township: int, share: Fraction
) -> None:
    """Art. 6: county and township units all, villages step by step."""
    found = coverage(mixed(), on(day), ZONE)
    assert [
        Coverage(kind=UnitKind.DEPARTMENT, listed=2, connected=1),
        Coverage(kind=UnitKind.TOWNSHIP, listed=1, connected=township),
        Coverage(kind=UnitKind.VILLAGE, listed=2, connected=1),
    ] == found
    assert [Fraction(1, 2), Fraction(township), Fraction(1, 2)] == [each.rate for each in found]
    assert share == rate(found)


def test_where_nobody_is_to_be_connected_there_is_no_share() -> None:
    assert [] == coverage(county(units=()), on("2026-09-01"), ZONE)
    assert rate([]) is None
    assert Coverage(kind=UnitKind.OTHER, listed=0, connected=0).rate is None


def asked(
    number: int, begin: str, *, first_answered_at: str | None = None, closed_at: str | None = None
) -> RegisterEntered:
    facts = {"requested_at": begin, "first_answered_at": first_answered_at, "closed_at": closed_at}
    given = {name: value for name, value in facts.items() if value is not None}
    return replace(paper(REQUEST, entry=f"u1-{number}"), facts=given)


@pytest.mark.parametrize(
    ("rule", "papers", "expected"),
    [
        ("None.", [], Answers(requests=0, answered=0, median=None, longest=None, waiting=0, since=None)),
        (
            "The middle one of three, and the longest.",
            [
                asked(1, "2026-03-01T00:00:00Z", first_answered_at="2026-03-01T01:00:00Z"),
                asked(2, "2026-03-01T00:00:00Z", first_answered_at="2026-03-01T02:00:00Z"),
                asked(3, "2026-03-01T00:00:00Z", first_answered_at="2026-03-03T00:00:00Z"),
            ],
            Answers(requests=3, answered=3, median=2 * HOUR, longest=48 * HOUR, waiting=0, since=None),
        ),
        (
            "The mean of the two in the middle.",
            [
                asked(1, "2026-03-01T00:00:00Z", first_answered_at="2026-03-01T01:00:00Z"),
                asked(2, "2026-03-01T00:00:00Z", first_answered_at="2026-03-01T02:00:00Z"),
            ],
            Answers(requests=2, answered=2, median=1.5 * HOUR, longest=2 * HOUR, waiting=0, since=None),
        ),
        (
            "One waits; what is measured is measured of the others.",
            [
                asked(1, "2026-03-01T00:00:00Z", first_answered_at="2026-03-01T01:00:00Z"),
                asked(2, "2026-05-01T04:00:00Z"),
            ],
            Answers(requests=2, answered=1, median=HOUR, longest=HOUR, waiting=1, since=at("2026-05-01")),
        ),
        (
            "Closed without a word: that is the answer.",
            [asked(1, "2026-03-01T00:00:00Z", closed_at="2026-03-01T05:00:00Z")],
            Answers(requests=1, answered=1, median=5 * HOUR, longest=5 * HOUR, waiting=0, since=None),
        ),
        (
            "Made before the period, or after it.",
            [asked(1, "2025-12-31T15:59:59Z"), asked(2, "2026-12-31T16:00:00Z")],
            Answers(requests=0, answered=0, median=None, longest=None, waiting=0, since=None),
        ),
        (
            "Answered after the period: it waited at its end.",
            [asked(1, "2026-12-31T04:00:00Z", first_answered_at="2027-01-05T00:00:00Z")],
            Answers(requests=1, answered=0, median=None, longest=None, waiting=1, since=at("2026-12-31")),
        ),
        (
            "Withdrawn.",
            [
                asked(1, "2026-03-01T00:00:00Z"),
                paper(REQUEST, entry="u1-1", version=2, change=Change.WITHDRAWN),
            ],
            Answers(requests=0, answered=0, median=None, longest=None, waiting=0, since=None),
        ),
    ],
)
def test_the_time_to_the_first_answer_is_measured(rule: str, papers: list[RegisterEntered], expected: Answers) -> None:
    """Art. 24: measured, not judged."""
    entries = entered(papers).all()
    assert expected == answers(entries, *YEAR), rule
