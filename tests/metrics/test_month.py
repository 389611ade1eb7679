"""This month so far is kept from the events as they happen, and comes to what the whole record comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from monitor.faults.fault import Exclusion, Fault
from monitor.faults.terms import ExclusionReason
from monitor.inventory.model import Carrier
from monitor.metrics.month import LineMonth, MonthFaults, MonthSoFar, compute
from monitor.policy import Policies, Policy
from monitor.sla.history import Histories
from monitor.sla.review import review
from monitor.sla.spelling import spell_share
from tests.dice import thrown
from tests.histories import START, ZONE, History, Run, at, county, history, rounds
from tests.sla.faults import HOUR, Ep, fault
from tests.supervision.rulings import every
from tests.supervision.sets import material

MIDNIGHT = datetime(2026, 9, 30, 16, tzinfo=UTC)


def lived(of: History) -> tuple[MonthSoFar, Run]:
    """Let a month so far take a history as the daemon does, instant by instant."""
    month, run, done = MonthSoFar(ZONE), Run(of), 0
    for second in of.instants():
        run.step(second)
        events = run.judged.events[done:]
        done = len(run.judged.events)
        month.take(at(second), events, run.judged.supervision.cases.fault_numbered)
    return month, run


@given(thrown(every))
def test_folded_as_it_happens_it_is_that_of_the_whole_record(of: History) -> None:
    """Every line's figures and every carrier's coverage, those of the pass over everything that happened."""
    so_far, run = lived(of)
    supervision = run.judged.supervision
    kept = so_far.material(at(of.end), supervision.watches, of.inventory, of.policies, supervision.cases.windows.all())
    found, expected = compute(kept), review(replace(material(of, run.judged), period=kept.period))
    assert found.lines == {
        line: LineMonth(spell_share(figures.raw), spell_share(figures.assessed))
        for line, figures in expected.lines.items()
    }
    assert found.coverage == {
        carrier: spell_share(account.availability.coverage) for carrier, account in expected.carriers.items()
    }
    assert sum(counted.count for counted in found.faults) == expected.county.faults


def test_a_carrier_without_lines_has_no_coverage() -> None:
    """Absent from the page, never 0 or 1."""
    plain = county()
    inventory = replace(plain, carriers={**plain.carriers, "c2": Carrier(id="c2", name="2", short_name="2")})
    so_far, run = lived(history(rounds("L1", "60o"), end=3600, inventory=inventory))
    found = compute(so_far.material(at(3600), run.judged.supervision.watches, inventory, Policies([Policy()])))
    assert found.coverage.keys() == {"c1", "c2"}
    assert (found.coverage["c2"], found.faults) == (None, ())


def ended(hours_before: float, *, excluded_until: float | None = None) -> Fault:
    """Return a fault that lasted an hour up to so long before midnight, excluded until so many hours after it."""
    since = (MIDNIGHT - START) / HOUR - hours_before - 1
    one = fault(Ep(since, since, since + 1))
    if excluded_until is None:
        return one
    ends = MIDNIGHT + excluded_until * HOUR
    out = Exclusion(id="x1", begins_at=MIDNIGHT - HOUR, ends_at=ends, reason=ExclusionReason.OTHER)
    return replace(one, exclusions=(out,))


@pytest.mark.parametrize(
    ("rule", "known", "kept"),
    [
        ("One that ended before is left behind.", ended(2), False),
        ("One that lasted beyond midnight is kept.", ended(-0.5), True),
        ("So is one of which an exclusion reaches beyond it.", ended(2, excluded_until=3), True),
        ("Not one of which it ends there.", ended(2, excluded_until=0), False),
    ],
)
def test_when_a_month_ends_the_faults_that_concern_the_next_are_kept(rule: str, known: Fault, kept: bool) -> None:
    """Months begin at local midnight."""
    so_far = MonthSoFar(ZONE)
    so_far.begin(MIDNIGHT - timedelta(days=1), Histories(), [known])
    then = so_far.material(MIDNIGHT + 5 * HOUR, {}, county(), Policies([Policy()]))
    assert (known in then.faults) == kept, rule


def test_faults_of_the_month_are_counted_by_carrier_party_and_verdict() -> None:
    """By present rulings; one of the month before is not counted."""
    so_far = MonthSoFar(ZONE)
    so_far.begin(MIDNIGHT, Histories(), [replace(ended(-2), no="F1"), replace(ended(-0.5), no="F2")])
    found = compute(so_far.material(MIDNIGHT + 5 * HOUR, {}, county(), Policies([Policy()])))
    assert found.faults == (MonthFaults("c1", "undetermined", "on_time", 1),)
