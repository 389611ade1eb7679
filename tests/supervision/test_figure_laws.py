"""Laws of the figures of a period, of every level (section 11 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.faults.events import PartyRuled
from monitor.faults.maintenance import nodes_above
from monitor.faults.terms import Party
from monitor.sla.availability import Figures as Lengths
from monitor.sla.availability import LineFigures, share
from monitor.sla.exclusions import Maintenance
from monitor.sla.review import Account, review
from monitor.sla.spans import spans
from monitor.sla.verdict import Verdict, read
from tests.dice import thrown
from tests.histories import HORIZON, History, Judged, at, judge
from tests.supervision.oracle import Oracle
from tests.supervision.oracle_availability import Figures, Sets, Toll
from tests.supervision.rulings import every
from tests.supervision.sets import line_sets, material

EVERY = thrown(every)
MIDNIGHTS = st.lists(st.integers(1, HORIZON - 1), max_size=4)
SUMS = ("window", "unknown", "down", "excluded", "assessed_down")


def lengths(figures: LineFigures) -> list[timedelta]:
    return [getattr(figures, name) for name in SUMS]


def summed(many: Iterable[LineFigures]) -> list[timedelta]:
    return [sum(column, timedelta()) for column in zip(*map(lengths, many), strict=True)] or [timedelta()] * len(SUMS)


@given(EVERY)
def test_a_node_is_its_lines_and_the_county_its_carriers(history: History) -> None:
    """Every length is a sum, over lines below a node by way of others too; so are lines, faults and incidents."""
    found, inventory = review(material(history, judge(history))), history.inventory
    for node, figures in found.nodes.items():
        below = [line for line in inventory.lines.values() if node in nodes_above(line.node, inventory)]
        assert lengths(figures) == summed(found.lines[line.id] for line in below)
    for carrier, account in found.carriers.items():
        own = [found.lines[line.id] for line in inventory.lines.values() if line.carrier == carrier]
        assert lengths(account.availability) == summed(own)
        assert account.availability.lines == sum(1 for figures in own if figures.window)
    accounts, county = found.carriers.values(), found.county
    assert lengths(county.availability) == summed(account.availability for account in accounts)
    assert counts(county) == [sum(column) for column in zip(*map(counts, accounts), strict=True)]
    assert county.incidents.line_time == sum((each.incidents.line_time for each in accounts), timedelta())


def counts(account: Account) -> list[int]:
    """Return everything of an account that is counted."""
    verdicts, incidents = account.punctuality.verdicts, account.incidents
    counted = (account.faults, account.missed, account.exempt, account.repairs.number, *verdicts.values())
    return [account.availability.lines, *counted, incidents.number, incidents.lines]


@given(EVERY, st.booleans())
def test_figures_of_every_level_lie_between_their_bounds(history: History, blips: bool) -> None:
    """The bounds take all unknown time as down, and as up; they meet when nothing is unknown."""
    found = review(material(history, judge(history), blips=blips))
    accounts = (*found.carriers.values(), found.county)
    for figures in (*found.lines.values(), *found.units.values(), *found.nodes.values()):
        assert_bounded(figures)
    for account in accounts:
        assert_bounded(account.availability)
        assert account.incidents.line_time <= account.availability.down
    if found.mean_unit is not None:
        assert 0 <= found.mean_unit <= 1


def assert_bounded(figures: Lengths) -> None:
    if not figures.window:
        assert (figures.raw, figures.raw_low, figures.raw_high, figures.coverage) == (None,) * 4
        return
    assert figures.raw_low is not None
    assert figures.raw_high is not None
    assert 0 <= figures.raw_low <= figures.raw_high <= 1
    if figures.raw is None:
        assert figures.coverage == 0
    else:
        assert figures.raw_low <= figures.raw <= figures.raw_high
    if not figures.unknown:
        assert figures.raw_low == figures.raw == figures.raw_high


@given(EVERY, MIDNIGHTS)
def test_months_come_to_the_whole(history: History, midnights: list[int]) -> None:
    """Down time is split at midnight, faults and incidents are counted once, deadlines where they passed."""
    judged = judge(history)
    edges = [0, *sorted({one for one in midnights if one < history.end}), history.end]
    whole = review(material(history, judged))
    pieces = [review(material(history, judged, period=period)) for period in pairwise(edges)]
    for node, figures in whole.nodes.items():
        assert lengths(figures) == summed(piece.nodes[node] for piece in pieces)
    for carrier, account in whole.carriers.items():
        assert_sums(account, [piece.carriers[carrier] for piece in pieces])
    assert_sums(whole.county, [piece.county for piece in pieces])


def assert_sums(whole: Account, parts: list[Account]) -> None:
    assert lengths(whole.availability) == summed(part.availability for part in parts)
    for name in ("faults", "missed", "exempt"):
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts)
    for verdict, count in whole.punctuality.verdicts.items():
        assert count == sum(part.punctuality.verdicts[verdict] for part in parts)
    assert whole.incidents.number == sum(part.incidents.number for part in parts)
    assert whole.incidents.line_time == sum((part.incidents.line_time for part in parts), timedelta())


@given(EVERY, st.sampled_from([Party.UNIT, Party.CENTRE, Party.THIRD_PARTY]))
def test_a_broken_limit_ruled_exempt_never_makes_its_carrier_look_worse(history: History, party: Party) -> None:
    """Its on-time rate is no lower; its assessed availability is that of the remaining line-time."""
    judged = judge(history)
    before, sets = review(material(history, judged)), line_sets(history, judged, blips=False)
    for no, fault in judged.faults().items():
        if not fault.party.answers:
            continue
        judged.events.append(PartyRuled(at=at(history.end), no=no, party=party))
        after = review(material(history, judged))
        judged.events.pop()
        was, now = before.carriers[fault.carrier], after.carriers[fault.carrier]
        if verdict_of(history, judged, no) in (Verdict.LATE, Verdict.OVERDUE) and now.punctuality.number:
            assert (now.punctuality.on_time_rate or 0) >= (was.punctuality.on_time_rate or 0)
        of = sets[fault.line]
        lasted = spans((one.first_failed_at, one.restored_at or at(history.end)) for one in fault.episodes) & of.known
        newly_out, newly_up = (lasted - of.excluded).length, (lasted & of.down - of.excluded).length
        was_of, answered = was.availability, was.availability.known - was.availability.excluded - newly_out
        assert now.availability.assessed == share(answered - was_of.assessed_down + newly_up, answered)
        assert now.availability.raw == was_of.raw


def verdict_of(history: History, judged: Judged, no: str) -> Verdict:
    fault = judged.faults()[no]
    return read(fault, history.policies.named(fault.policy_version).clock, at(history.end)).verdict


@given(EVERY)
def test_maintenance_is_the_time_of_the_windows_that_cover_a_line(history: History) -> None:
    """Sorted by what they cover, windows say the same as each asked for itself (section 6)."""
    windows = judge(history).supervision.cases.windows.all()
    maintenance = Maintenance(windows, history.inventory)
    for line in history.inventory.lines.values():
        covering = [window for window in windows if window.covers(line, history.inventory)]
        assert maintenance.of(line) == spans((window.begins_at, window.ends_at) for window in covering)


@given(EVERY)
def test_figures_of_every_level_are_those_of_the_seconds(history: History) -> None:
    """Nodes, carriers and the county, against the oracle that walks through every second."""
    found, sets = review(material(history, judge(history))), Sets(Oracle(history).run())
    assert {node: in_seconds(figures) for node, figures in found.nodes.items()} == {
        node: sets.node(node) for node in history.inventory.nodes
    }
    assert {carrier: as_toll(account) for carrier, account in found.carriers.items()} == {
        carrier: sets.toll(carrier) for carrier in history.inventory.carriers
    }
    assert as_toll(found.county) == sets.toll(None)


def in_seconds(figures: LineFigures) -> Figures:
    return Figures(*(length // timedelta(seconds=1) for length in lengths(figures)))


def as_toll(account: Account) -> Toll:
    """Return an account in the oracle's words."""
    verdicts = {**account.punctuality.verdicts, "exempt": account.exempt}
    repairs, incidents = account.repairs, account.incidents
    mean, middle = (
        None if length is None else round(length.total_seconds(), 3) for length in (repairs.mean, repairs.median)
    )
    return Toll(
        lines=account.availability.lines,
        figures=in_seconds(account.availability),
        faults=account.faults,
        verdicts={name: count for name, count in verdicts.items() if count},
        missed=account.missed,
        repairs=(repairs.number, mean, middle),
        incidents=(incidents.number, incidents.lines, incidents.line_time // timedelta(seconds=1)),
    )
