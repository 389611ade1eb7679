"""What the centre rules and what devices say, drawn at random (sections 6 to 9 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from monitor.faults.actions import Action, Attribute, CancelMaintenance, Exclude, Maintain, RevokeExclusion
from monitor.faults.evidence import DeviceSaid
from monitor.faults.terms import ExclusionReason, Party, Scope, Source
from monitor.inventory.model import Carrier, Inventory, Line, Node
from monitor.policy import IncidentRule, Policies
from tests.dice import Dice
from tests.histories import History, at, county_of, history_of

CENTRE = (Source.CENTRE, Source.CENTRE, Source.CENTRE, Source.CENTRE, Source.UNIT)
CARRIERS = {"c1": Carrier(id="c1", name="Carrier 1", short_name="C1"), "c2": Carrier(id="c2", name="2", short_name="2")}
PARENTS = ((None,), (None, None, "n1"), (None, "n1", "n2"))
PLACES = (None, "n1", "n1", "n2", "n3", "n3", "n3", "c2")
SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(2, 3), Fraction(1))
KINDS = (Exclude, Exclude, Attribute, Attribute, Maintain, Maintain, Maintain, CancelMaintenance)
NAMES = ("a", "b", "c", "d", "e")


def hung_below(dice: Dice, plain: Inventory) -> Inventory:
    """Return a county of two carriers, the lines of the first one mostly below its nodes (6 bytes)."""
    parents = [dice.one_of(each) for each in PARENTS]
    nodes = {
        f"n{n}": Node(id=f"n{n}", carrier="c1", name=f"Node {n}", parent=parent) for n, parent in enumerate(parents, 1)
    }
    lines = {line.id: hung(line, dice.one_of(PLACES)) for line in plain.lines.values()}
    return replace(plain, carriers=CARRIERS, nodes=nodes, lines=lines)


def hung(line: Line, place: str | None) -> Line:
    """Return a line below a node, or of the other carrier."""
    return replace(line, carrier="c2") if place == "c2" else replace(line, node=place)


def incident_rule(dice: Dice) -> IncidentRule:
    """Return when few faults are an incident (3 bytes)."""
    within = timedelta(seconds=dice.one_of((30, 0, 10, 20, 30, 40, 60, 120)))
    return IncidentRule(within=within, min_lines=dice.one_of((2, 1, 2, 1, 3)), min_share=dice.one_of(SHARES))


def rulings_of(dice: Dice, inventory: Inventory, *, end: int) -> Iterator[Action]:
    """Return what the centre rules, legal or not (157 bytes)."""
    for hand in dice.hands(12, 13):
        second = 5 * hand.up_to(end // 5)
        back, later, by = hand.below(2), at(second + hand.one_of((0, 10, 100, 300))), hand.one_of(CENTRE)
        made = ruling(hand, inventory, second)
        yield made
        if isinstance(made, Exclude) and back:
            yield RevokeExclusion(at=later, by=by, id=made.id)
        if isinstance(made, Maintain) and back:
            yield CancelMaintenance(at=later, by=by, id=made.id)
        if isinstance(made, Attribute) and back:
            yield replace(made, at=later, by=by, party=Party.CARRIER)


def ruling(dice: Dice, inventory: Inventory, second: int) -> Action:
    """Return one ruling at a second (8 bytes)."""
    when, by, name, line = at(second), dice.one_of(CENTRE), dice.one_of(NAMES), dice.one_of(list(inventory.lines))
    kind = dice.one_of(KINDS)
    if kind is Exclude:
        begin = second + dice.one_of((0, -600, -120, -60, -5, 5, 60))
        length = dice.one_of((30, 0, 1, 60, 200, 500))
        return Exclude(
            at=when,
            by=by,
            line=line,
            id=name,
            begins_at=at(begin),
            ends_at=at(begin + length),
            reason=ExclusionReason.OTHER,
        )
    if kind is Attribute:
        return Attribute(at=when, by=by, line=line, party=dice.one_of(tuple(Party)))
    if kind is Maintain:
        scope = dice.one_of(tuple(Scope))
        named = {Scope.LINE: [line], Scope.NODE: [*inventory.nodes, "n9"], Scope.CARRIER: ["c1", "c2"]}[scope]
        subject, begin = dice.one_of(named), second + dice.one_of((0, 0, -5, 5, 60, 200))
        ends = at(begin + dice.one_of((5, 0, 60, 200, 400, 900)))
        return Maintain(at=when, by=by, id=name, scope=scope, subject=subject, begins_at=at(begin), ends_at=ends)
    return CancelMaintenance(at=when, by=by, id=name)


def sayings_of(dice: Dice, lines: Sequence[str], *, end: int) -> Iterator[DeviceSaid]:
    """Return what devices say: an agent that runs since before the start, or began anew at some second (91 bytes)."""
    for hand in dice.hands(15, 6):
        second, line = 10 * hand.up_to(end // 10), hand.one_of(lines)
        up = hand.one_of((second + 100_000, second + 100_000, 5, 60, 400))
        changed, boots = hand.one_of((None, 0, up - 30, up)), hand.one_of((None, None, 3, 4))
        yield DeviceSaid(line, at(second), up, boots, None, changed)


def every(dice: Dice) -> History:
    """Return a history without rulings, or one with them, maintenance, nodes and devices (1,178 bytes)."""
    plain, county = not dice.below(4), county_of(dice.part(24))
    nodes, rule, rulings, said = dice.part(6), dice.part(3), dice.part(157), dice.part(91)
    if plain:
        return history_of(dice.part(896), county)
    drawn = history_of(dice.part(896), hung_below(nodes, county))
    incident = incident_rule(rule)
    ruled = rulings_of(rulings, drawn.inventory, end=drawn.end)
    sayings = sayings_of(said, list(drawn.inventory.lines), end=drawn.end)
    return replace(
        drawn,
        policies=Policies([replace(policy, incident=incident) for policy in drawn.policies.versions]),
        actions=tuple(sorted([*drawn.actions, *ruled], key=lambda action: action.at)),
        said=tuple(sorted(sayings, key=lambda each: each.at)),
    )
