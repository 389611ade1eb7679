"""What the centre rules and what devices say, drawn at random (sections 6 to 9 of the fault rules)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import strategies as st

from monitor.faults.actions import Action, Attribute, CancelMaintenance, Exclude, Maintain, RevokeExclusion
from monitor.faults.evidence import DeviceSaid
from monitor.faults.terms import ExclusionReason, Party, Scope, Source
from monitor.inventory.model import Carrier, Inventory, Line, Node
from monitor.policy import IncidentRule, Policies
from tests.histories import History, at, counties, histories

CENTRE = (Source.CENTRE, Source.CENTRE, Source.CENTRE, Source.CENTRE, Source.UNIT)
CARRIERS = {"c1": Carrier(id="c1", name="Carrier 1", short_name="C1"), "c2": Carrier(id="c2", name="2", short_name="2")}
PARENTS = st.tuples(st.none(), st.sampled_from([None, "n1"]), st.sampled_from([None, "n1", "n2"]))


@st.composite
def upstreams(draw: st.DrawFn) -> Inventory:
    """Draw a county of two carriers, the lines of the first one mostly below its nodes."""
    plain, parents = draw(counties()), draw(PARENTS)
    named = enumerate(parents, start=1)
    nodes = {f"n{n}": Node(id=f"n{n}", carrier="c1", name=f"Node {n}", parent=parent) for n, parent in named}
    lines = {line.id: draw(hung(line)) for line in plain.lines.values()}
    return replace(plain, carriers=CARRIERS, nodes=nodes, lines=lines)


@st.composite
def hung(draw: st.DrawFn, line: Line) -> Line:
    """Draw whose a line is, and below which node."""
    node = draw(st.sampled_from([None, "n1", "n2", "n3", "n3", "c2"]))
    return replace(line, carrier="c2") if node == "c2" else replace(line, node=node)


def incident_rules() -> st.SearchStrategy[IncidentRule]:
    """Draw when few faults are an incident."""
    return st.builds(
        IncidentRule,
        within=st.integers(0, 20).map(lambda tenth: timedelta(seconds=10 * tenth)),
        min_lines=st.integers(1, 3),
        min_share=st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(2, 3), Fraction(1)]),
    )


@st.composite
def rulings_of(draw: st.DrawFn, inventory: Inventory, *, end: int) -> list[Action]:
    """Draw what the centre rules, legal or not."""
    made: list[Action] = []
    for second in draw(st.lists(st.integers(0, end // 5).map(lambda fifth: 5 * fifth), max_size=12)):
        made.append(draw(ruling(inventory, second)))
        if isinstance(made[-1], Exclude | Maintain) and draw(st.booleans()):
            later, by = at(second + draw(st.sampled_from([0, 10, 100, 300]))), draw(st.sampled_from(CENTRE))
            kind = RevokeExclusion if isinstance(made[-1], Exclude) else CancelMaintenance
            made.append(kind(at=later, by=by, id=made[-1].id))
    return made


@st.composite
def ruling(draw: st.DrawFn, inventory: Inventory, second: int) -> Action:
    """Draw one ruling at a second."""
    when, by, name = at(second), draw(st.sampled_from(CENTRE)), draw(st.sampled_from(["a", "b", "c", "d", "e"]))
    line = draw(st.sampled_from(list(inventory.lines)))
    match draw(st.sampled_from([Exclude, Exclude, Attribute, Attribute, Maintain, Maintain, Maintain, None])):
        case kind if kind is Exclude:
            begin = second + draw(st.sampled_from([-600, -120, -60, -5, 0, 5, 60]))
            length = draw(st.sampled_from([0, 1, 30, 60, 200, 500]))
            return Exclude(
                at=when,
                by=by,
                line=line,
                id=name,
                begins_at=at(begin),
                ends_at=at(begin + length),
                reason=ExclusionReason.OTHER,
            )
        case kind if kind is Attribute:
            return Attribute(at=when, by=by, line=line, party=draw(st.sampled_from(Party)))
        case kind if kind is Maintain:
            scope = draw(st.sampled_from(Scope))
            named = {Scope.LINE: [line], Scope.NODE: [*inventory.nodes, "n9"], Scope.CARRIER: ["c1", "c2"]}[scope]
            begin = second + draw(st.sampled_from([-5, 0, 0, 5, 60, 200]))
            length = draw(st.sampled_from([0, 5, 60, 200, 400, 900]))
            subject = draw(st.sampled_from(named))
            return Maintain(
                at=when,
                by=by,
                id=name,
                scope=scope,
                subject=subject,
                begins_at=at(begin),
                ends_at=at(begin + length),
            )
        case _:
            return CancelMaintenance(at=when, by=by, id=name)


@st.composite
def sayings(draw: st.DrawFn, lines: list[str], *, end: int) -> list[DeviceSaid]:
    """Draw what devices say: an agent that runs since before the start, or began anew at some second."""
    made = []
    for second in draw(st.lists(st.integers(0, end // 10).map(lambda tenth: 10 * tenth), max_size=15)):
        up = draw(st.sampled_from([second + 100_000, second + 100_000, 5, 60, 400]))
        changed = draw(st.sampled_from([None, 0, up - 30, up]))
        boots = draw(st.sampled_from([None, None, 3, 4]))
        made.append(DeviceSaid(draw(st.sampled_from(lines)), at(second), up, boots, None, changed))
    return sorted(made, key=lambda said: said.at)


@st.composite
def ruled(draw: st.DrawFn) -> History:
    """Draw a whole history with rulings, maintenance, nodes and devices."""
    drawn = draw(histories(draw(upstreams())))
    rulings = draw(rulings_of(drawn.inventory, end=drawn.end))
    rule = draw(incident_rules())
    return replace(
        drawn,
        policies=Policies([replace(policy, incident=rule) for policy in drawn.policies.versions]),
        actions=tuple(sorted([*drawn.actions, *rulings], key=lambda action: action.at)),
        said=tuple(draw(sayings(list(drawn.inventory.lines), end=drawn.end))),
    )
