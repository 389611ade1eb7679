"""Every rule of gaps and hints, as of days; the county's duties are those of domain.md."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.faults.events import Event
from monitor.faults.terms import Change
from monitor.inventory.model import UnitKind
from monitor.registers.definitions import COUNTED
from monitor.registers.gaps import GapKind, counted, gaps, months_after
from monitor.registers.identity import Identity, Replaced
from tests.registers.papers import at, county, erased, ground, judged, line, on, paper, told

FILING, COMMITMENT, GUARANTEE = "admin_filing", "confidentiality_commitment", "carrier_guarantee"
PLAN, BACKUP, REVIEW, CHANGES = "emergency_plan", "disaster_backup", "access_review", "lan_change_filing"
OK: list[tuple[str, str, str | None]] = []


@pytest.mark.parametrize(
    ("rule", "papers", "day", "expected"),
    [
        ("Nothing was ever filed.", [], "2026-09-01", [("missing", "u1", None)]),
        ("Filed that very day.", [paper(FILING, filed_on="2026-09-01")], "2026-09-01", OK),
        ("Not filed yet.", [paper(FILING, filed_on="2026-09-02")], "2026-09-01", [("missing", "u1", None)]),
        ("Twelve months old to the day: not older.", [paper(FILING, filed_on="2025-09-01")], "2026-09-01", OK),
        (
            "A day older than twelve months.",
            [paper(FILING, filed_on="2025-09-01")],
            "2026-09-02",
            [("too_old", "u1", "2026-09-02")],
        ),
        (
            "Filed on 29 February: twelve months end with the last of that month.",
            [paper(FILING, filed_on="2024-02-29")],
            "2025-03-01",
            [("too_old", "u1", "2025-03-01")],
        ),
        ("And not a day before.", [paper(FILING, filed_on="2024-02-29")], "2025-02-28", OK),
        (
            "Confirmed within the twelve months: they count from then.",
            [paper(FILING, filed_on="2024-01-01", confirmed_on="2025-12-01")],
            "2026-12-01",
            OK,
        ),
        (
            "A confirmation later than the day says nothing of it.",
            [paper(FILING, filed_on="2024-01-01", confirmed_on="2025-12-01")],
            "2025-11-30",
            [("too_old", "u1", "2025-01-02")],
        ),
        (
            "Filed again: of days before, the earlier version speaks.",
            [paper(FILING, filed_on="2024-01-01"), paper(FILING, version=2, filed_on="2026-01-01")],
            "2024-06-01",
            OK,
        ),
        (
            "The gap between two filings stays one.",
            [paper(FILING, filed_on="2024-01-01"), paper(FILING, version=2, filed_on="2026-01-01")],
            "2025-06-01",
            [("too_old", "u1", "2025-01-02")],
        ),
        (
            "What was corrected counts for no day.",
            [
                paper(FILING, filed_on="2024-01-01"),
                paper(FILING, version=2, change=Change.CORRECTED, filed_on="2026-01-01"),
            ],
            "2024-06-01",
            [("missing", "u1", None)],
        ),
        (
            "A correction of a correction leaves the last.",
            [
                paper(FILING, filed_on="2020-01-01"),
                paper(FILING, version=2, change=Change.CORRECTED, filed_on="2021-01-01"),
                paper(FILING, version=3, change=Change.CORRECTED, filed_on="2026-01-01"),
            ],
            "2026-06-01",
            OK,
        ),
        (
            "Withdrawn: it was never this unit's.",
            [paper(FILING, filed_on="2026-01-01"), paper(FILING, version=2, change=Change.WITHDRAWN, apart=False)],
            "2026-06-01",
            [("missing", "u1", None)],
        ),
        (
            "Entered again after that.",
            [
                paper(FILING, filed_on="2026-01-01"),
                paper(FILING, version=2, change=Change.WITHDRAWN, apart=False),
                paper(FILING, version=3, filed_on="2026-02-01"),
            ],
            "2026-06-01",
            OK,
        ),
        (
            "What was withdrawn does not come back for the days before.",
            [
                paper(FILING, filed_on="2026-01-01"),
                paper(FILING, version=2, change=Change.WITHDRAWN, apart=False),
                paper(FILING, version=3, filed_on="2026-02-01"),
            ],
            "2026-01-15",
            [("missing", "u1", None)],
        ),
        (
            "Entered long after it was filed: the day is what counts.",
            [paper(FILING, at=at("2026-08-01"), filed_on="2026-01-01")],
            "2026-02-01",
            OK,
        ),
        (
            "The persons' names were erased: it names nobody any more.",
            [paper(FILING, filed_on="2026-01-01"), erased(FILING, at=at("2026-06-01"))],
            "2026-06-01",
            [("erased", "u1", "2026-06-01")],
        ),
        (
            "The day before they were there.",
            [paper(FILING, filed_on="2026-01-01"), erased(FILING, at=at("2026-06-01"))],
            "2026-05-31",
            OK,
        ),
        (
            "Of a version that is replaced nothing is missed.",
            [
                paper(FILING, filed_on="2026-01-01"),
                paper(FILING, version=2, filed_on="2026-03-01"),
                erased(FILING, at=at("2026-06-01")),
            ],
            "2026-06-01",
            OK,
        ),
    ],
)
def test_a_unit_files_its_leader_and_administrator_each_year(
    rule: str, papers: list[Event], day: str, expected: list[tuple[str, str, str | None]]
) -> None:
    """Art. 13(1): missing or older than twelve months is a gap."""
    assert expected == judged(FILING, ground(papers), day), rule


@pytest.mark.parametrize(
    ("rule", "papers", "day", "expected"),
    [
        ("None.", [], "2026-09-01", [("missing", "u1", "2016-05-01")]),
        ("Before it was signed afterwards it was owed.",
         [paper(COMMITMENT, signed_on="2018-10-08", retroactive="true")], "2018-10-07",
         [("missing", "u1", "2016-05-01")]),
        ("Signed afterwards, from that day on.",
         [paper(COMMITMENT, signed_on="2018-10-08", retroactive="true")], "2018-10-08", OK),
        ("One without an end holds for ever.",
         [paper(COMMITMENT, signed_on="2018-10-08", retroactive="true")], "2026-09-01", OK),
        ("One with an end holds on its last day.",
         [paper(COMMITMENT, signed_on="2020-01-01", expires_on="2026-09-01")], "2026-09-01", OK),
        ("And not on the day after.",
         [paper(COMMITMENT, signed_on="2020-01-01", expires_on="2026-09-01")], "2026-09-02",
         [("expired", "u1", "2026-09-02")]),
        ("Renewed before its end.",
         [paper(COMMITMENT, signed_on="2020-01-01", expires_on="2026-09-01"),
          paper(COMMITMENT, version=2, signed_on="2026-08-20", expires_on="2029-09-01")], "2026-09-02", OK),
        ("Renewed after its end: between the two it was owed.",
         [paper(COMMITMENT, signed_on="2020-01-01", expires_on="2026-09-01"),
          paper(COMMITMENT, version=2, signed_on="2026-09-10", expires_on="2029-09-01")], "2026-09-09",
         [("expired", "u1", "2026-09-02")]),
    ],
)  # fmt: skip
def test_a_unit_signs_a_commitment_afterwards_where_it_was_connected_before(
    rule: str, papers: list[Event], day: str, expected: list[tuple[str, str, str | None]]
) -> None:
    """Art. 17: missing is a gap, of every day on which the unit is in service without."""
    inventory = county(line("l1", begins="2016-05-01"))
    assert expected == judged(COMMITMENT, ground(papers, inventory), day), rule


@pytest.mark.parametrize(
    ("rule", "lines", "expected"),
    [
        ("In service.", [line("l1")], [("missing", "u1", None)]),
        ("From that day on: at any instant of it.", [line("l1", begins="2026-09-01")],
         [("missing", "u1", "2026-09-01")]),
        ("Only from the next.", [line("l1", begins="2026-09-02")], OK),
        ("Until that day began.", [line("l1", ends="2026-09-01")], OK),
        ("Until the next began.", [line("l1", ends="2026-09-02")], [("missing", "u1", None)]),
        ("One line left, another stays; owed since the first.",
         [line("l1", begins="2020-01-01", ends="2026-01-01"), line("l2", begins="2024-01-01")],
         [("missing", "u1", "2024-01-01")]),
        ("No line at all.", [], OK),
    ],
)  # fmt: skip
@pytest.mark.parametrize("register", [FILING, COMMITMENT, PLAN])
def test_only_a_unit_in_service_owes(
    register: str, rule: str, lines: list[object], expected: list[tuple[str, str, str | None]]
) -> None:
    inventory = county(*lines)  # type: ignore[arg-type]
    assert expected == judged(register, ground((), inventory), "2026-09-01"), rule


@pytest.mark.parametrize(
    ("rule", "papers", "day", "expected"),
    [
        ("Signed, and not over.", [paper(GUARANTEE, "c1", signed_on="2024-09-01", expires_on="2026-08-31")],
         "2026-08-31", [("missing", "c2", None)]),
        ("Over since yesterday.", [paper(GUARANTEE, "c1", signed_on="2024-09-01", expires_on="2026-08-31")],
         "2026-09-01", [("expired", "c1", "2026-09-01"), ("missing", "c2", None)]),
        ("Both hold.", [paper(GUARANTEE, name, signed_on="2024-09-01", expires_on="2028-08-31")
                        for name in ("c1", "c2")],
         "2026-09-01", OK),
        ("Not signed yet.", [paper(GUARANTEE, name, signed_on="2026-09-02", expires_on="2028-08-31")
                             for name in ("c1", "c2")],
         "2026-09-01", [("missing", "c1", None), ("missing", "c2", None)]),
    ],
)  # fmt: skip
def test_a_carrier_with_lines_in_service_guarantees_their_operation(
    rule: str, papers: list[Event], day: str, expected: list[tuple[str, str, str | None]]
) -> None:
    """Art. 27: missing or expired is a gap."""
    inventory = county(line("l1"), line("l2", carrier="c2"))
    assert expected == judged(GUARANTEE, ground(papers, inventory), day), rule


def test_a_carrier_without_lines_in_service_owes_none() -> None:
    inventory = county(line("l1", carrier="c2", ends="2026-01-01"))
    assert OK == judged(GUARANTEE, ground((), inventory), "2026-09-01")


@pytest.mark.parametrize(
    ("rule", "papers", "expected"),
    [
        ("Neither line was approved.", [], [("missing", "l1", None), ("missing", "l2", "2026-01-01")]),
        ("One approval for all of the unit's lines.",
         [paper(REVIEW, entry="u1-1", decision="approved", approved_on="2016-01-01")], OK),
        ("An approval that names a line is of that one.",
         [paper(REVIEW, entry="u1-1", line="l1", decision="approved", approved_on="2016-01-01")],
         [("missing", "l2", "2026-01-01")]),
        ("Each has its own.",
         [paper(REVIEW, entry="u1-1", line="l1", decision="approved", approved_on="2016-01-01"),
          paper(REVIEW, entry="u1-2", line="l2", decision="approved", approved_on="2026-01-01")], OK),
        ("A refusal approves nothing.",
         [paper(REVIEW, entry="u1-1", decision="refused", approved_on="2016-01-01")],
         [("missing", "l1", None), ("missing", "l2", "2026-01-01")]),
        ("Approved after all, upon another application.",
         [paper(REVIEW, entry="u1-1", decision="refused", approved_on="2016-01-01"),
          paper(REVIEW, entry="u1-2", decision="approved", approved_on="2017-01-01")], OK),
        ("An approval taken back by a later decision.",
         [paper(REVIEW, entry="u1-1", decision="approved", approved_on="2016-01-01"),
          paper(REVIEW, entry="u1-1", version=2, decision="refused", approved_on="2026-08-01")],
         [("missing", "l1", None), ("missing", "l2", "2026-01-01")]),
        ("Another unit's approval is not this one's.",
         [paper(REVIEW, "u2", entry="u2-1", decision="approved", approved_on="2016-01-01")],
         [("missing", "l1", None), ("missing", "l2", "2026-01-01")]),
    ],
)  # fmt: skip
def test_a_line_in_service_was_approved(
    rule: str, papers: list[Event], expected: list[tuple[str, str, str | None]]
) -> None:
    """Art. 16: a line in service without approval is a gap; lines are named, units may have several."""
    inventory = county(line("l1"), line("l2", begins="2026-01-01"))
    assert expected == judged(REVIEW, ground(papers, inventory), "2026-09-01"), rule


@pytest.mark.parametrize(
    ("rule", "kind", "lines", "day", "expected"),
    [
        ("A department without a line.", UnitKind.DEPARTMENT, [], "2026-09-01", ["u1"]),
        ("A township whose line left.", UnitKind.TOWNSHIP, [line("l1", ends="2026-09-01")], "2026-09-01", ["u1"]),
        ("Its line had not left the day before.", UnitKind.TOWNSHIP, [line("l1", ends="2026-09-01")], "2026-08-31", []),
        ("A department with a line.", UnitKind.DEPARTMENT, [line("l1")], "2026-09-01", []),
        ("Villages follow step by step.", UnitKind.VILLAGE, [], "2026-09-01", []),
        ("Others follow suit as they wish (Art. 28).", UnitKind.OTHER, [], "2026-09-01", []),
    ],
)
def test_county_and_township_units_are_all_connected(
    rule: str, kind: UnitKind, lines: list[object], day: str, expected: list[str]
) -> None:
    """Art. 6: the units of the inventory are those that should be connected."""
    inventory = county(*lines, kind=kind)  # type: ignore[arg-type]
    found = [gap for gap in gaps(ground((), inventory), on(day)) if gap.register == "connection"]
    assert [("unconnected", name) for name in expected] == [(gap.kind.value, gap.subject) for gap in found], rule


@pytest.mark.parametrize(
    ("rule", "register", "papers", "day", "expected"),
    [
        ("A plan of this year needs no exercise yet.", PLAN, [paper(PLAN, issued_on="2026-01-10")], "2026-09-01", OK),
        ("After twelve months it does.", PLAN, [paper(PLAN, issued_on="2025-01-10")], "2026-01-11",
         [("not_exercised", "u1", "2026-01-11")]),
        ("Exercised within them.", PLAN, [paper(PLAN, issued_on="2020-01-10", last_exercise_on="2025-10-01")],
         "2026-09-01", OK),
        ("An exercise after the day says nothing of it.", PLAN,
         [paper(PLAN, issued_on="2020-01-10", last_exercise_on="2025-10-01")], "2025-09-30",
         [("not_exercised", "u1", "2021-01-11")]),
        ("A backup that was never restored for a test.", BACKUP, [paper(BACKUP, entry="u1-1")], "2026-09-01",
         [("not_exercised", "u1", None)]),
        ("One of two systems.", BACKUP,
         [paper(BACKUP, entry="u1-1", last_restore_test_on="2026-02-01"),
          paper(BACKUP, entry="u1-2", last_restore_test_on="2025-02-01")], "2026-09-01",
         [("not_exercised", "u1", "2026-02-02")]),
        ("Who has no important system owes no backup.", BACKUP, [], "2026-09-01", OK),
    ],
)  # fmt: skip
def test_plans_are_exercised_and_backups_tried(
    rule: str, register: str, papers: list[Event], day: str, expected: list[tuple[str, str, str | None]]
) -> None:
    """Art. 13(2) names no term: what is older than twelve months is a hint, no gap."""
    found = ground(papers)
    assert expected == judged(register, found, day), rule
    assert 0 == counted(gaps(found, on(day)))[register]


SEEN = Replaced(line="l1", at=at("2026-05-10 23:30"), before=Identity("1.3.6.1.4.1.1"), after=Identity("1.3.6.1.4.1.2"))


@pytest.mark.parametrize(
    ("rule", "papers", "day", "expected"),
    [
        ("Seen, and nothing filed.", [], "2026-05-10", [("not_filed", "l1", "2026-05-10")]),
        ("Not seen yet.", [], "2026-05-09", OK),
        ("Worth a question for twelve months.", [], "2027-05-10", [("not_filed", "l1", "2026-05-10")]),
        ("And then no more.", [], "2027-05-11", OK),
        ("Filed as finished thirty days before.",
         [paper(CHANGES, entry="u1-1", finished_on="2026-04-10", filed_on="2026-04-20")], "2026-05-10", OK),
        ("Thirty-one days are another change.",
         [paper(CHANGES, entry="u1-1", finished_on="2026-04-09", filed_on="2026-04-20")], "2026-05-10",
         [("not_filed", "l1", "2026-05-10")]),
        ("Filed later: of the days before it was a question.",
         [paper(CHANGES, entry="u1-1", finished_on="2026-05-12", filed_on="2026-06-01")], "2026-05-31",
         [("not_filed", "l1", "2026-05-10")]),
        ("And from then on answered.",
         [paper(CHANGES, entry="u1-1", finished_on="2026-05-12", filed_on="2026-06-01")], "2026-06-01", OK),
        ("Of another line of the unit.",
         [paper(CHANGES, entry="u1-1", line="l2", finished_on="2026-05-12", filed_on="2026-05-13")], "2026-06-01",
         [("not_filed", "l1", "2026-05-10")]),
        ("Of this very line.",
         [paper(CHANGES, entry="u1-1", line="l1", finished_on="2026-05-12", filed_on="2026-05-13")], "2026-06-01", OK),
        ("Of another unit.",
         [paper(CHANGES, "u2", entry="u2-1", finished_on="2026-05-12", filed_on="2026-05-13")], "2026-06-01",
         [("not_filed", "l1", "2026-05-10")]),
    ],
)  # fmt: skip
def test_a_device_that_is_another_without_a_filing_is_worth_a_question(
    rule: str, papers: list[Event], day: str, expected: list[tuple[str, str, str | None]]
) -> None:
    """Art. 21 and 23: a hint, no violation."""
    found = ground(papers, replaced=[SEEN])
    assert expected == judged(CHANGES, found, day), rule
    assert 0 == counted(gaps(found, on(day)))[CHANGES]


def test_of_a_line_that_left_the_inventory_nothing_is_asked() -> None:
    assert OK == judged(CHANGES, ground((), replaced=[replace(SEEN, line="gone")]), "2026-06-01")


def test_gaps_are_counted_by_register_and_none_is_nought() -> None:
    inventory = county(line("l1"), line("l2"), units=("u1", "u2"), kind=UnitKind.DEPARTMENT)
    counts = counted(gaps(ground((), inventory), on("2026-09-01")))
    assert list(COUNTED) == list(counts)
    assert {
        "admin_filing": 1,
        "confidentiality_commitment": 1,
        "carrier_guarantee": 1,
        "emergency_plan": 1,
        "disaster_backup": 0,
        "access_review": 2,
        "lan_change_filing": 0,
        "resource_request": 0,
        "connection": 1,
    } == counts


def test_gaps_stand_in_the_order_of_registers_and_inventory() -> None:
    inventory = county(line("l2", "u2"), line("l1", "u1"), units=("u2", "u1"))
    found = gaps(ground((), inventory), on("2026-09-01"))
    assert [("missing", "u2", None), ("missing", "u1", None)] == [told(gap) for gap in found[:2]]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-12-31", 12, "2026-12-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-02-28", 12, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_months_are_counted_to_the_day(day: str, months: int, expected: str) -> None:
    assert on(expected) == months_after(on(day), months)


def test_hints_are_the_two_kinds_for_which_the_regulation_names_no_term_or_proof() -> None:
    assert {GapKind.NOT_EXERCISED, GapKind.NOT_FILED} == {kind for kind in GapKind if kind.is_hint}
