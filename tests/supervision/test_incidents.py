"""Incidents (section 9 of the fault rules). A round a minute; all in minutes.

East and west are below the core; L1 to L4 hang below east, L5 to L7 below west, L8 below no node, L9 is of another
carrier.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

import pytest

from monitor.faults.actions import Action, Attribute, Report, Restore
from monitor.faults.events import EvidenceWithdrawn, IncidentGrouped
from monitor.faults.incident import incidents_of
from monitor.faults.terms import Party, Reason, Source
from monitor.inventory.model import Inventory, Node
from monitor.policy import Detection, IncidentRule, Policy
from tests.histories import Judged, at, county, history, judge, minutes_down, rounds, since_start

NODES = {"core": None, "east": "core", "west": "core"}
PLACES = {"east": "L1 L2 L3 L4", "west": "L5 L6 L7"}


class Inc(NamedTuple):
    """An incident: its number, its node, the lines of its faults in order, the minute of its beginning."""

    number: int
    node: str | None
    lines: str
    began: float


def upstream(**served: tuple[float | None, float | None]) -> Inventory:
    """Return the county above, some lines ``served`` from and to a minute only."""
    plain = county(lines=9)
    hung = {line: node for node, lines in PLACES.items() for line in lines.split()}
    lines = {line.id: replace(line, node=hung.get(line.id)) for line in plain.lines.values()}
    lines["L9"] = replace(lines["L9"], carrier="c2")
    for line, (begin, end) in served.items():
        begins, ends = (None if one is None else at(int(60 * one)) for one in (begin, end))
        lines[line] = replace(lines[line], in_service_from=begins, in_service_to=ends)
    nodes = {name: Node(id=name, carrier="c1", name=name, parent=parent) for name, parent in NODES.items()}
    carriers = {**plain.carriers, "c2": replace(plain.carriers["c1"], id="c2")}
    return replace(plain, carriers=carriers, nodes=nodes, lines=lines)


def judged(
    down: str, *, actions: tuple[Action, ...] = (), inventory: Inventory | None = None, rule: IncidentRule | None = None
) -> Judged:
    """Judge a hundred minutes: ``"L1@5 L2@5-30"`` is down from minute 5 to 20 and from 5 to 30."""
    inventory = inventory or upstream()
    policy = Policy(incident=rule or IncidentRule())
    return judge(
        history(minutes_down(inventory, down, end=100), actions=actions, inventory=inventory, policy=policy, end=6000)
    )


def incidents(of: Judged) -> list[Inc]:
    faults = of.faults()
    return [
        Inc(one.number, one.node, " ".join(faults[no].line for no in one.faults), since_start(one.first_failed_at) / 60)
        for one in incidents_of(of.all(IncidentGrouped)).values()
    ]


def report(line: str, minute: float) -> Report:
    return Report(at=at(int(60 * minute)), line=line, by=Source.UNIT)


@pytest.mark.parametrize(
    ("rule", "down", "expected"),
    [
        ("Three of the four lines below a node.", "L1@5 L2@5 L3@6", [Inc(1, "east", "L1 L2 L3", 5)]),
        ("Two lines are too few.", "L1@5 L2@5", []),
        ("Three minutes after the anchor is within.", "L1@5 L2@5 L3@8", [Inc(1, "east", "L1 L2 L3", 5)]),
        ("Four are not.", "L1@5 L2@5 L3@9", []),
        ("Three of eight of the carrier are less than half.", "L1@5 L5@5 L8@5", []),
        ("Four of eight are half: the carrier as a whole.", "L1@5 L2@5 L5@5 L8@5", [Inc(1, None, "L1 L2 L5 L8", 5)]),
        (
            "Of those that began together the first in the inventory is the anchor: four of seven beat four of eight.",
            "L5@5 L6@5 L7@5 L1@5",
            [Inc(1, "core", "L1 L5 L6 L7", 5)],
        ),
        (
            "The highest share wins: all of west, not four of seven below the core.",
            "L5@5 L6@5 L7@5 L1@6",
            [Inc(1, "west", "L5 L6 L7", 5)],
        ),
        (
            "On a tie the highest: everything is down.",
            "L1@5 L2@5 L3@5 L4@5 L5@5 L6@5 L7@5 L8@5",
            [Inc(1, None, "L1 L2 L3 L4 L5 L6 L7 L8", 5)],
        ),
        (
            "All below the core, one line of the carrier not: the core.",
            "L1@5 L2@5 L3@5 L4@5 L5@5 L6@5 L7@5",
            [Inc(1, "core", "L1 L2 L3 L4 L5 L6 L7", 5)],
        ),
        ("Another carrier's line is none of it.", "L1@5 L2@5 L9@5", []),
        ("A line that lingers stays in it.", "L1@5-90 L2@5 L3@5", [Inc(1, "east", "L1 L2 L3", 5)]),
        (
            "A later one begins anew with what is left.",
            "L1@5 L2@5 L3@5 L5@30 L6@31 L7@32",
            [Inc(1, "east", "L1 L2 L3", 5), Inc(2, "west", "L5 L6 L7", 30)],
        ),
        ("A relapse is no candidate.", "L1@5-9 L1@30 L2@30 L3@30", []),
        (
            "An anchor that forms none leaves the next to be one.",
            "L8@4 L1@6 L2@8 L3@9",
            [Inc(1, "east", "L1 L2 L3", 6)],
        ),
    ],
)
def test_faults_are_grouped(rule: str, down: str, expected: list[Inc]) -> None:
    found = judged(down)
    assert incidents(found) == expected, rule
    members = {line for one in expected for line in one.lines.split()}
    speaking = {fault.line for fault in found.faults().values() if Reason.SHARED_UPSTREAM in fault.reasons}
    assert speaking == members, rule


@pytest.mark.parametrize(
    ("rule", "down", "served", "expected"),
    [
        (
            "Lines not yet in service at the anchor's start are not in the share.",
            "L1@5 L2@5 L5@5",
            {"L3": (50, None), "L4": (50, None), "L6": (50, None), "L7": (50, None), "L8": (50, None)},
            [Inc(1, None, "L1 L2 L5", 5)],
        ),
        (
            "One that comes into service after it is a member all the same, though not of the share.",
            "L1@5 L2@5 L3@7",
            {"L3": (6, None)},
            [Inc(1, "east", "L1 L2 L3", 5)],
        ),
    ],
)
def test_lines_in_service_at_the_anchors_start_are_the_whole(
    rule: str, down: str, served: dict[str, tuple[float | None, float | None]], expected: list[Inc]
) -> None:
    assert incidents(judged(down, inventory=upstream(**served))) == expected, rule


def test_several_faults_of_one_line_count_once_and_are_all_in_it() -> None:
    """With little observation a line may have two faults within the time."""
    acts = (
        report("L1", 5),
        Restore(at=at(360), by=Source.CENTRE, line="L1", restored_at=at(360)),
        report("L1", 7),
        report("L2", 6),
    )
    policy = Policy(clock=replace(Policy().clock, observe_for=Policy().detection.interval * 0))
    what = history(actions=acts, inventory=upstream(), policy=policy, end=600)
    assert incidents(judge(what)) == []
    more = replace(what, actions=tuple(sorted([*acts, report("L3", 7)], key=lambda one: one.at)))
    assert incidents(judge(more)) == [Inc(1, "east", "L1 L2 L1 L3", 5)]


def test_reported_and_exempt_faults_are_candidates_too() -> None:
    """What was ruled of one changes no incident."""
    ruled = Attribute(at=at(1200), by=Source.CENTRE, line="L1", party=Party.UNIT)
    assert incidents(judged("L1@5 L2@5", actions=(report("L3", 6), ruled))) == [Inc(1, "east", "L1 L2 L3", 5)]


def test_a_fault_known_late_with_an_earlier_beginning_moves_the_anchor_but_not_the_number() -> None:
    """L4 is measured every three minutes: down since 4, known at 10, when the others were an incident already."""
    inventory = upstream()
    seen = [one for one in minutes_down(inventory, "L1@5 L2@5 L3@6", end=60) if one.subject != "L4"]
    what = history([*seen, *rounds("L4", "1o9x", begin=60, every=180)], inventory=inventory, end=3600)
    found = judge(what)
    told = [(since_start(one.at) / 60, one.incident, len(one.faults)) for one in found.all(IncidentGrouped)]
    assert told == [(8, 1, 3), (10, 1, 4)]
    assert incidents(found) == [Inc(1, "east", "L4 L1 L2 L3", 4)]


def test_a_fault_that_leaves_an_incident_loses_its_evidence() -> None:
    """First the carrier with half of its lines; then, when all of west is down, west: L1 stands alone."""
    found = judged("L5@5 L6@5 L1@6 L8@6 L7@7", rule=IncidentRule())
    numbers = [one.incident for one in found.all(IncidentGrouped)]
    lines = {no: fault.line for no, fault in found.faults().items()}
    assert numbers == [1, 1]
    assert incidents(found) == [Inc(1, "west", "L5 L6 L7", 5)]
    assert sorted(lines[one.no] for one in found.all(EvidenceWithdrawn)) == ["L1", "L8"]
    assert {lines[no] for no, one in found.faults().items() if Reason.SHARED_UPSTREAM in one.reasons} == {
        "L5",
        "L6",
        "L7",
    }


def test_incidents_are_numbered_in_the_order_of_their_forming() -> None:
    """Of two that form at one instant the one of the earlier anchor comes first, whatever the carriers are called."""
    plain = upstream()
    other = {line: replace(plain.lines[line], carrier="a0") for line in ("L5", "L6", "L7")}
    west = replace(plain.nodes["west"], carrier="a0", parent=None)
    inventory = replace(
        plain,
        lines={**plain.lines, **other},
        nodes={**plain.nodes, "west": west},
        carriers={**plain.carriers, "a0": replace(plain.carriers["c1"], id="a0")},
    )
    found = judged("L5@5 L6@6 L7@7 L1@4 L2@7 L3@7 L4@7", inventory=inventory)
    standing = incidents_of(found.all(IncidentGrouped)).values()
    assert [(one.number, one.carrier) for one in standing] == [(1, "c1"), (2, "a0")]
    assert len({one.at for one in found.all(IncidentGrouped)}) == 1


def test_of_two_incidents_that_become_one_the_earlier_number_goes_on() -> None:
    """L3 is known first, L1 alone below its node next; L2 failed before both and makes one incident of them all."""
    plain, seconds = county(lines=3), {"L1": 15, "L2": 30, "L3": 10}
    below = replace(plain.lines["L1"], node="n1")
    inventory = replace(plain, nodes={"n1": Node(id="n1", carrier="c1", name="N")}, lines={**plain.lines, "L1": below})
    policy = Policy(
        detection=Detection(confirm_rounds=2),
        incident=IncidentRule(within=timedelta(seconds=30), min_lines=1, min_share=Fraction(1, 4)),
    )
    seen = [
        one
        for line, every in seconds.items()
        for one in rounds(line, "xx5o", begin=0 if line == "L2" else 6, every=every)
    ]
    found = judge(history(seen, inventory=inventory, policy=policy, end=120))
    told = [(one.incident, one.node, len(one.faults)) for one in found.all(IncidentGrouped)]
    assert told == [(1, None, 1), (2, "n1", 1), (2, None, 0), (1, None, 3)]
    assert incidents(found) == [Inc(1, None, "L2 L1 L3", 0)]
