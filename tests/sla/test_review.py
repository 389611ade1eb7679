"""Figures of nodes, carriers and the county worked by hand (sections 9 and 11 of the fault rules). Hours after START.

Carrier A has L1 below east, which is below core, L3 below core and L4 below no node; carrier B has L2 and L5. Unit u1
has L1 and L2. Over the hundred hours of the period:

L1 is down for 10 to 30; A is in maintenance for 60 to 80;
L2 is down for 10 to 30 and unknown for 20 to 40;
L3 is down for 0 to 50, which is ruled the unit's;
L4 is down since 5 hours before the period until 10;
L5 is not in service yet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window
from monitor.faults.terms import Party, Scope
from monitor.inventory.model import Carrier, Inventory, Line, Node, Unit
from monitor.policy import AvailabilityRule, Detection, Policies, Policy
from monitor.sla.availability import LineFigures
from monitor.sla.figures import RepairTimes
from monitor.sla.history import Histories
from monitor.sla.review import IncidentFigures, Level, Material, Review, review
from tests.histories import START
from tests.sla.faults import HOUR, Ep, fault


def line(name: str, unit: str, carrier: str, node: str | None = None, **more: Any) -> Line:
    return Line(id=name, unit=unit, carrier=carrier, node=node, address="192.0.2.1", **more)


INVENTORY = Inventory(
    carriers={name: Carrier(id=name, name=name, short_name=name) for name in ("A", "B")},
    nodes={
        "core": Node(id="core", carrier="A", name="core"),
        "east": Node(id="east", carrier="A", name="east", parent="core"),
        "west": Node(id="west", carrier="A", name="west", parent="core"),
    },
    units={name: Unit(id=name, name=name, short_name=name) for name in ("u1", "u2", "u3", "u4")},
    lines={
        each.id: each
        for each in (
            line("L1", "u1", "A", "east"),
            line("L2", "u1", "B"),
            line("L3", "u2", "A", "core"),
            line("L4", "u3", "A"),
            line("L5", "u4", "B", in_service_from=START + 200 * HOUR),
        )
    },
)


def hit(no: str, of: Line, begin: float, end: float | None, **more: Any) -> Fault:
    return replace(fault(Ep(begin, begin, end)), no=no, line=of.id, unit=of.unit, carrier=of.carrier, **more)


LINES = INVENTORY.lines
FAULTS = (
    hit("F0", LINES["L4"], -5, 10),
    hit("F1", LINES["L1"], 10, 30),
    hit("F2", LINES["L2"], 10, 30),
    hit("F3", LINES["L3"], 0, 50, party=Party.UNIT),
)


def incident(number: int, carrier: str, *faults: str) -> Incident:
    return Incident(number=number, carrier=carrier, node=None, first_failed_at=START, faults=faults)


def material(**more: Any) -> Material:
    record = Histories()
    record.first_seen = dict.fromkeys(LINES, START - 10 * HOUR)
    record.gaps["L2"] = [(START + 20 * HOUR, START + 40 * HOUR)]
    values: dict[str, Any] = {
        "now": START + 100 * HOUR,
        "period": (START, START + 100 * HOUR),
        "histories": record,
        "last_seen": dict.fromkeys(LINES, START + 100 * HOUR),
        "faults": FAULTS,
        "inventory": INVENTORY,
        "policies": Policies([Policy()]),
        "windows": (
            Window(id="m1", scope=Scope.CARRIER, subject="A", begins_at=START + 60 * HOUR, ends_at=START + 80 * HOUR),
        ),
    }
    return Material(**(values | more))


def hours(figures: LineFigures) -> tuple[float, ...]:
    lengths = (figures.window, figures.unknown, figures.down, figures.excluded, figures.assessed_down)
    return tuple(length / HOUR for length in lengths)


def shares(figures: LineFigures) -> tuple[Fraction | None, ...]:
    return figures.raw, figures.assessed, figures.raw_low, figures.raw_high, figures.coverage


FOUND = review(material())


@pytest.mark.parametrize(
    ("rule", "figures", "expected"),
    [
        ("A line: down 20 of 100, 20 of them excluded.", FOUND.lines["L1"], (100, 0, 20, 20, 20)),
        ("Unknown time is not down time.", FOUND.lines["L2"], (100, 20, 10, 0, 10)),
        ("Exempt down time is excluded, beside maintenance.", FOUND.lines["L3"], (100, 0, 50, 70, 0)),
        ("Down time is split at the period's beginning.", FOUND.lines["L4"], (100, 0, 10, 20, 10)),
        ("A node is the sum of its lines: L1.", FOUND.nodes["east"], (100, 0, 20, 20, 20)),
        ("By way of nodes below it too: L1 and L3.", FOUND.nodes["core"], (200, 0, 70, 90, 20)),
        ("A node without lines has nothing.", FOUND.nodes["west"], (0, 0, 0, 0, 0)),
        ("A carrier: L1, L3 and L4.", FOUND.carriers["A"].availability, (300, 0, 80, 110, 30)),
        ("A line not in service adds nothing.", FOUND.carriers["B"].availability, (100, 20, 10, 0, 10)),
        ("The county: all of them.", FOUND.county.availability, (400, 20, 90, 110, 40)),
    ],
)
def test_lengths_are_sums_of_line_hours(rule: str, figures: LineFigures, expected: tuple[int, ...]) -> None:
    """Section 11: in service, unknown, down of the known, excluded of the known, down of what is assessed."""
    assert hours(figures) == expected, rule


@pytest.mark.parametrize(
    ("rule", "figures", "expected"),
    [
        (
            "raw over 200 known line-hours, assessed over the 110 not excluded.",
            FOUND.nodes["core"],
            (Fraction(130, 200), Fraction(90, 110), Fraction(130, 200), Fraction(130, 200), Fraction(1)),
        ),
        (
            "Of a carrier likewise: over 300, and over 190.",
            FOUND.carriers["A"].availability,
            (Fraction(220, 300), Fraction(160, 190), Fraction(220, 300), Fraction(220, 300), Fraction(1)),
        ),
        (
            "The bounds take the 20 unknown line-hours as down, and as up.",
            FOUND.county.availability,
            (Fraction(290, 380), Fraction(230, 270), Fraction(290, 400), Fraction(310, 400), Fraction(380, 400)),
        ),
        ("Nothing to divide by: N/A, never 100 %.", FOUND.nodes["west"], (None,) * 5),
    ],
)
def test_shares_are_of_the_sums(rule: str, figures: LineFigures, expected: tuple[Fraction | None, ...]) -> None:
    """Section 11: raw, assessed, the bounds of raw, coverage; no mean of the lines' shares."""
    assert shares(figures) == expected, rule


def test_lines_are_counted_that_were_in_service_at_all() -> None:
    """L5 is none of the two that carrier B has in its inventory."""
    sets = (FOUND.carriers["A"].availability, FOUND.carriers["B"].availability, FOUND.county.availability)
    assert [each.lines for each in sets] == [3, 1, 4]


def test_mean_unit_availability_is_the_mean_of_the_units_not_of_their_lines() -> None:
    """u1 is down while both its lines are known to be: 10 hours; 10 more are unknown. u4 is N/A and left out."""
    u1 = FOUND.units["u1"]
    assert (u1.window / HOUR, u1.unknown / HOUR, u1.down / HOUR) == (100, 10, 10)
    assert (u1.raw, u1.raw_low, u1.raw_high, u1.coverage) == (
        Fraction(80, 90),
        Fraction(80, 100),
        Fraction(90, 100),
        Fraction(90, 100),
    )
    assert [FOUND.units[unit].raw for unit in ("u2", "u3", "u4")] == [Fraction(1, 2), Fraction(9, 10), None]
    assert FOUND.mean_unit == pytest.approx((80 / 90 + 0.5 + 0.9) / 3, abs=1e-15)


def test_faults_are_counted_by_their_discovery_and_broken_limits_by_their_deadline() -> None:
    """F0 was discovered before the period, its limit passed in it; F3 is the unit's and in no rate (sections 8, 11)."""
    a, b = FOUND.carriers["A"], FOUND.carriers["B"]
    assert (a.faults, a.exempt, a.punctuality.late, a.missed) == (2, 1, 1, 2)
    assert (b.faults, b.exempt, b.punctuality.late, b.missed) == (1, 0, 1, 1)
    assert (a.punctuality.on_time_rate, a.punctuality.overdue_rate) == (Fraction(0), Fraction(1))
    assert a.repairs == b.repairs == RepairTimes(number=1, mean=20 * HOUR, median=20 * HOUR)
    county = FOUND.county
    assert (county.faults, county.exempt, county.punctuality.late, county.missed) == (3, 1, 2, 3)
    assert county.repairs == RepairTimes(number=2, mean=20 * HOUR, median=20 * HOUR)


def test_carriers_show_incidents_lines_and_line_hours() -> None:
    """Section 9: an incident is the period's in which it was discovered; its down time is split, and known only."""
    groups = (incident(1, "A", "F0"), incident(2, "A", "F3", "F1"), incident(3, "B", "F2"))
    found = review(material(incidents=groups))
    assert found.carriers["A"].incidents == IncidentFigures(number=1, lines=2, line_time=(10 + 50 + 20) * HOUR)
    assert found.carriers["B"].incidents == IncidentFigures(number=1, lines=1, line_time=10 * HOUR)
    assert found.county.incidents == IncidentFigures(number=2, lines=3, line_time=90 * HOUR)


def test_an_incident_across_the_periods_beginning_is_counted_before_it() -> None:
    """As a fault is, by its first discovery; its line-hours are split."""
    found = review(material(incidents=(incident(1, "A", "F0", "F1"),)))
    assert found.carriers["A"].incidents == IncidentFigures(number=0, lines=0, line_time=(10 + 20) * HOUR)


def test_two_faults_of_a_line_in_incidents_count_its_down_time_once() -> None:
    """Line-hours are time of lines, not of faults."""
    again = hit("F4", LINES["L1"], 20, 35)
    found = review(material(faults=(*FAULTS, again), incidents=(incident(1, "A", "F1"), incident(2, "A", "F4"))))
    assert found.carriers["A"].incidents == IncidentFigures(number=2, lines=1, line_time=25 * HOUR)


def test_a_fault_of_a_carrier_that_is_gone_is_still_counted() -> None:
    """Nothing is lost: it stands under the carrier that had the line when it began."""
    found = review(material(faults=(*FAULTS, replace(hit("F4", LINES["L1"], 40, 41), carrier="C"))))
    assert (found.carriers["C"].faults, found.carriers["C"].punctuality.on_time) == (1, 1)
    assert found.carriers["C"].availability.lines == 0
    assert found.county.faults == 4


@pytest.mark.parametrize(
    ("rule", "begins", "now", "version", "down"),
    [
        ("The version in force at the period's last instant counts.", 99, 200, "blips", 21),
        ("Not one that comes into force as the period ends.", 100, 200, "plain", 20),
        ("Of a period that runs, the one in force now.", 50, 45, "plain", 20),
    ],
)
def test_figures_are_made_by_the_version_of_their_period(
    rule: str, begins: int, now: int, version: str, down: int
) -> None:
    """Every published figure names the policy version that produced it; the later one counts L1's blip of an hour."""
    told = material(now=START + now * HOUR)
    told.histories.blips["L1"] = [(START + 40 * HOUR, START + 41 * HOUR)]
    later = Policy(
        version="blips", effective_from=START + begins * HOUR, availability=AvailabilityRule(count_blips=True)
    )
    found = review(replace(told, policies=Policies([Policy(version="plain"), later], retired=[Policy()])))
    assert (found.policy, found.lines["L1"].down / HOUR) == (version, down), rule


def test_a_line_gone_silent_is_judged_by_the_version_in_force_now() -> None:
    """Section 3: at the evaluation time; so both parts of the hundred hours agree on when it was last known."""
    told = material(last_seen={**dict.fromkeys(LINES, START + 100 * HOUR), "L1": START + 50 * HOUR})
    slower = Policy(version="slower", effective_from=START + 60 * HOUR, detection=Detection(interval=HOUR))
    told = replace(told, policies=Policies([Policy(version="plain"), slower], retired=[Policy()]))
    cut = START + 55 * HOUR
    parts = [review(replace(told, period=period)) for period in ((START, cut), (cut, START + 100 * HOUR))]
    assert [part.lines["L1"].unknown / HOUR for part in parts] == [4, 45]
    assert review(told).lines["L1"].unknown / HOUR == 49


def test_a_period_that_runs_reaches_up_to_now() -> None:
    """The window ends now (section 11)."""
    found = review(material(now=START + 45 * HOUR))
    assert (hours(found.lines["L4"])[0], found.as_of) == (45, START + 45 * HOUR)
    assert review(material(now=START + 500 * HOUR)).as_of == START + 100 * HOUR


def spelled(found: Review, level: Level) -> dict[str, Any]:
    """Return the object of ``monitor availability --json`` without its head."""
    told = found.spelled(level)
    head = [told.pop(name) for name in ("policy_version", "from", "to", "as_of")]
    assert head == ["2026-1", "2026-09-01T15:50:00Z", "2026-09-05T19:50:00Z", "2026-09-05T19:50:00Z"]
    return told


OF_L2 = {
    **{"window_s": 360_000, "unknown_s": 72_000, "excluded_s": 0, "down_s": 36_000, "assessed_down_s": 36_000},
    **{"raw": 0.875, "assessed": 0.875, "raw_low": 0.7, "raw_high": 0.9, "coverage": 0.8},
}


def test_the_object_of_every_level() -> None:
    """Durations in seconds, shares unrounded or null."""
    assert spelled(FOUND, Level.LINE)["lines"]["L2"] == OF_L2
    assert spelled(FOUND, Level.UNIT)["units"]["u2"] == {
        **{"window_s": 360_000, "unknown_s": 0, "down_s": 180_000},
        **{"raw": 0.5, "raw_low": 0.5, "raw_high": 0.5, "coverage": 1.0},
    }
    assert spelled(FOUND, Level.NODE)["nodes"]["west"]["raw"] is None
    assert [*spelled(FOUND, Level.NODE)["nodes"]] == ["core", "east", "west"]
    assert spelled(FOUND, Level.CARRIER)["carriers"]["B"] == {
        "availability": {"lines": 1, **OF_L2},
        "faults": 1,
        "verdicts": {"on_time": 0, "late": 1, "overdue": 0, "disputable": 0, "running": 0, "exempt": 0},
        "on_time_rate": 0.0,
        "overdue_rate": 1.0,
        "deadlines_missed": 1,
        "repairs": {"number": 1, "mean_s": 72_000, "median_s": 72_000},
        "incidents": {"number": 0, "lines": 0, "line_time_s": 0},
    }
    county = spelled(FOUND, Level.COUNTY)["county"]
    assert (county["availability"]["lines"], county["mean_unit"]) == (4, FOUND.mean_unit)


def test_without_anything_there_is_no_figure() -> None:
    """N/A, null in JSON."""
    empty = review(material(inventory=Inventory(), faults=(), windows=()))
    assert empty.mean_unit is None
    county = spelled(empty, Level.COUNTY)["county"]
    assert (county["availability"]["raw"], county["on_time_rate"], county["mean_unit"]) == (None, None, None)
    assert county["repairs"] == {"number": 0, "mean_s": None, "median_s": None}
    assert empty.county.availability.window == timedelta()
