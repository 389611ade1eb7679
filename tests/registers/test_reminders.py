"""What runs out soon is named within 60, 30 and 7 days, once each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.registers.reminders import Expiring, expiring
from tests.registers.papers import ZONE, county, line, on, paper, registers

GUARANTEE = paper("carrier_guarantee", "c1", signed_on="2025-01-01", expires_on="2026-12-31")


def due(day: str, *papers: object, told: frozenset[str] = frozenset()) -> list[tuple[str, int]]:
    known = registers(*(papers or (GUARANTEE,)))  # type: ignore[arg-type]
    found = expiring(known, county(line("l1")), on(day), ZONE, told=told)
    return [(f"{each.register} {each.entry} {each.expires_on}", each.days) for each in found]


@pytest.mark.parametrize(
    ("day", "days"),
    [
        ("2026-10-31", None), ("2026-11-01", 60), ("2026-11-30", 60), ("2026-12-01", 30), ("2026-12-23", 30),
        ("2026-12-24", 7), ("2026-12-31", 7), ("2027-01-01", None), ("2024-12-31", None),
    ],
)  # fmt: skip
def test_the_nearest_term_is_named_up_to_the_last_day(day: str, days: int | None) -> None:
    """A monitor that did not run meanwhile tells the nearest only; what has expired is a gap, and no reminder."""
    expected = [] if days is None else [("carrier_guarantee c1 2026-12-31", days)]
    assert expected == due(day)


def test_what_was_told_is_not_told_again_but_the_next_term_is() -> None:
    told = frozenset({"60/2026-12-31/carrier_guarantee/c1"})
    assert [] == due("2026-11-05", told=told)
    assert [("carrier_guarantee c1 2026-12-31", 30)] == due("2026-12-05", told=told)


def test_a_renewed_one_is_told_of_anew_before_its_own_end() -> None:
    renewed = paper("carrier_guarantee", "c1", version=2, signed_on="2026-12-20", expires_on="2028-12-31")
    assert [] == due("2026-12-25", GUARANTEE, renewed)
    assert [("carrier_guarantee c1 2028-12-31", 7)] == due("2028-12-30", GUARANTEE, renewed)


def test_commitments_with_an_end_are_told_of_too_and_the_nearest_first() -> None:
    commitment = paper("confidentiality_commitment", signed_on="2024-01-01", expires_on="2026-12-15")
    endless = paper("confidentiality_commitment", "u2", signed_on="2024-01-01")
    assert [
        ("confidentiality_commitment u1 2026-12-15", 7),
        ("carrier_guarantee c1 2026-12-31", 30),
    ] == due("2026-12-10", GUARANTEE, commitment, endless)


def test_who_has_no_line_in_service_is_not_told_of() -> None:
    known = registers(GUARANTEE)
    assert [] == expiring(known, county(line("l1", ends="2026-01-01")), on("2026-12-10"), ZONE)


@given(st.sampled_from((60, 30, 7)), st.dates(), st.text(min_size=1), st.text(min_size=1))
def test_a_name_tells_what_it_was_of(days: int, day: object, register: str, entry: str) -> None:
    """Whatever the entry's id holds; a register's id holds no slash."""
    told = Expiring(register=register.replace("/", ""), entry=entry, expires_on=day, days=days)  # type: ignore[arg-type]
    assert told == Expiring.named(told.name)


@pytest.mark.parametrize("name", ["telecom", "", "30/tomorrow/carrier_guarantee/c1", "x/2026-01-01/a/b"])
def test_another_name_tells_nothing(name: str) -> None:
    assert Expiring.named(name) is None
