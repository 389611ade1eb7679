"""The county as it stands at an instant (``monitor status``; sections 2, 3, 5 and 11 of the fault rules)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.faults.events import DegradationBegan
from monitor.faults.incident import Incident
from monitor.faults.terms import Cause
from monitor.sla.survey import LineState, Survey, open_incidents, survey
from tests.histories import History, Judged, at, county, history, judge, rounds
from tests.supervision.outline import minute


def taken(told: History, judged: Judged, now: int) -> Survey:
    supervision = judged.supervision
    return survey(
        told.inventory,
        told.policies,
        watches=supervision.watches,
        blind_since=supervision.sight.blind_since,
        faults=supervision.faults.values(),
        now=at(now),
    )


@pytest.mark.parametrize(
    ("rule", "pattern", "now", "expected"),
    [
        ("A line never measured is unknown.", "", 0, LineState.UNKNOWN),
        ("A good line is up.", "o", 0, LineState.UP),
        ("A bad streak makes it suspect.", "oxx", 120, LineState.SUSPECT),
        ("Confirmed, it is down.", "oxxx", 180, LineState.DOWN),
        ("It is down until the restoring streak completes.", "oxxxoo", 300, LineState.DOWN),
        ("Then it is up.", "oxxxooo", 360, LineState.UP),
        ("A round exactly stale_after old is still known.", "o", 180, LineState.UP),
        ("An older one is not.", "o", 181, LineState.UNKNOWN),
        ("Also of a line that was down.", "oxxx", 180 + 181, LineState.UNKNOWN),
    ],
)
def test_a_line_has_a_state(rule: str, pattern: str, now: int, expected: LineState) -> None:
    told = history(rounds("L1", pattern), end=now)
    assert taken(told, judge(told), now).states == {"L1": expected}, rule


def test_while_blind_every_line_is_unknown() -> None:
    """What the monitor cannot see it does not know."""
    told = history([*rounds("L1", "2o"), *rounds("R1", "ox")], inventory=county(references=1), end=60)
    assert taken(told, judge(told), 60).counts[LineState.UNKNOWN] == 1


def test_only_lines_in_service_are_counted() -> None:
    """A line is probed and judged only while in service."""
    plain = county(lines=2)
    served = replace(plain, lines={**plain.lines, "L1": replace(plain.lines["L1"], in_service_to=at(60))})
    told = history(rounds("L2", "2o"), inventory=served, end=60)
    assert taken(told, judge(told), 60).states == {"L2": LineState.UP}


def began(line: str, minutes: int) -> DegradationBegan:
    return DegradationBegan(at=at(minutes * 60), line=line, cause=Cause.RTT, began_at=at((minutes - 15) * 60))


@pytest.mark.parametrize(
    ("rule", "degradations", "expected"),
    [
        ("None is open.", [], []),
        ("The oldest comes first.", [began("L3", 20), began("L2", 30), began("L4", 15)], ["L4", "L3", "L2"]),
        ("Begun together, they come by line.", [began("L3", 20), began("L2", 20)], ["L2", "L3"]),
        ("One out of service is left out.", [began("L1", 15), began("L2", 20)], ["L2"]),
        ("So is one that is no longer in the inventory.", [began("L9", 15)], []),
    ],
)
def test_the_degraded_lines_in_service_are_told(
    rule: str, degradations: list[DegradationBegan], expected: list[str]
) -> None:
    plain = county(lines=4)
    served = replace(plain, lines={**plain.lines, "L1": replace(plain.lines["L1"], in_service_to=at(60))})
    told = history([], inventory=served, end=3600)
    found = survey(
        told.inventory,
        told.policies,
        watches={},
        blind_since=None,
        faults=(),
        now=at(3600),
        degradations=degradations,
    )
    assert expected == list(found.degraded), rule
    assert {LineState.UNKNOWN} == set(found.states.values())  # what was judged last is told, not what is now


def test_open_faults_come_oldest_first_with_what_is_left() -> None:
    """Time left on each clock, negative when overdue; restored ones are not listed."""
    lines = [*rounds("L1", "9o800x"), *rounds("L2", "3o800x"), *rounds("L3", "3o5x500o")]
    told = history(lines, inventory=county(lines=3), end=730 * 60)
    stock = taken(told, judge(told), 730 * 60)
    left = [(one.fault.line, one.left) for one in stock.faults]
    assert left == [("L2", timedelta(minutes=-5)), ("L1", timedelta(minutes=1))]
    assert (stock.overdue, minute(stock.last_round_at)) == (1, 730)


def test_the_object_of_monitor_status() -> None:
    """``status --json``: lines by state, faults open and overdue, blind, the last round."""
    told = history([*rounds("L1", "oxxx"), *rounds("L2", "4o")], inventory=county(lines=2), end=180)
    assert taken(told, judge(told), 180).spelled() == {
        "lines": {"total": 2, "up": 1, "suspect": 0, "down": 1, "unknown": 0, "maintenance": 0},
        "faults": {"open": 1, "overdue": 0},
        "blind": False,
        "last_round_at": "2026-09-01T15:53:00Z",
    }


def test_an_incident_names_each_of_its_lines_once_however_many_faults_they_had() -> None:
    """L1 had two faults in it, both over; L2 is still down. An incident of which no fault is open is left out."""
    told = history([*rounds("L1", "oxxxooo"), *rounds("L2", "oxxx")], inventory=county(lines=2), end=360)
    first, second = sorted(judge(told).supervision.faults.values(), key=lambda fault: fault.line)
    again = replace(first, no="again")
    incident = Incident(number=1, carrier="c", node=None, first_failed_at=at(60), faults=("again", first.no, second.no))
    over = replace(incident, number=2, faults=(first.no, "again"))
    [shown] = open_incidents([incident, over], [first, second, again])
    assert (1, ("L1", "L2"), ("L2",)) == (shown.incident.number, shown.lines, shown.down)
