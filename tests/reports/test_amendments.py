"""What later rulings changed in a published edition (section 7 of the fault rules; annex 7 of the report)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from monitor.faults.events import FaultNoted, PartyRuled
from monitor.faults.fault import Exclusion
from monitor.faults.terms import ExclusionReason, Party, Source
from monitor.reports.amendments import amend
from monitor.reports.drawing_up import draw_up
from monitor.reports.figures import Changed, Moment
from monitor.reports.grounds import ground_of
from monitor.reports.told import as_told
from monitor.sla.verdict import Verdict
from tests.reports.material import AUGUST, HEAD, at, fault, month
from tests.reports.test_drawing_up import ACROSS, LATE, ON_TIME

PUBLISHED = draw_up(month(ON_TIME, LATE), HEAD)


def test_what_is_as_it_was_needs_no_amendment() -> None:
    """Neither the time of drawing up nor the month before it makes one."""
    later = draw_up(month(ON_TIME, LATE, now=at(10, 20)), HEAD, before=ground_of(month(ACROSS, period=AUGUST)))
    assert None is amend(PUBLISHED, later, edition="2026-09")


def test_a_late_ruling_changes_a_fault_and_the_figures_that_rest_on_it() -> None:
    """The late fault turns out to be the unit's: the county and its carrier look better, the other one the same."""
    known = draw_up(month(ON_TIME, replace(LATE, party=Party.UNIT)), HEAD)
    amendment = amend(PUBLISHED, known, edition="2026-09")
    assert amendment is not None
    assert "2026-09" == amendment.edition
    assert {LATE.no: (("late", "undetermined"), ("exempt", "unit"))} == amendment.faults
    changed = {each.key: each for each in amendment.figures}
    assert (
        Changed(key="county.on_time_rate", before=Fraction(1, 2), after=Fraction(1)) == changed["county.on_time_rate"]
    )
    assert Changed(key="carrier:c1.late", before=1, after=0) == changed["carrier:c1.late"]
    assert "county.availability" not in changed
    assert "carrier:c1.assessed" in changed
    assert not [key for key in changed if key.startswith("carrier:c2.")]


def test_an_amended_fault_is_told_with_whose_it_is_and_what_was_ruled_of_it() -> None:
    """Of the rulings only its own, with who decided it and why; a note beside it is none."""
    known = draw_up(month(ON_TIME, replace(LATE, party=Party.UNIT)), HEAD)
    when = at(10, 8, 9)
    rulings = [
        PartyRuled(at=when, no=ON_TIME.no, party=Party.UNIT, who="李娜"),
        FaultNoted(at=when, no=LATE.no, by=Source.CENTRE, text="问过单位"),
        PartyRuled(at=when, no=LATE.no, party=Party.UNIT, who="王伟", why="停电，电话13812345678"),
    ]
    amendment = amend(PUBLISHED, known, edition="2026-09", rulings=rulings)
    assert amendment is not None
    [(no, found)] = amendment.details.items()
    assert (LATE.no, "L1", Verdict.LATE, Verdict.EXEMPT) == (
        no,
        found.line,
        *(each.verdict for each in (found.before, found.after) if each is not None),
    )
    why = {"party": "unit", "why": "停电，电话138****5678", "who": "王伟"}
    assert (Moment(at=when, what="party_ruled", detail=why),) == found.rulings


def test_time_left_out_afterwards_is_an_amendment_though_the_verdict_stays() -> None:
    """The mean repair time changes, and by which fault is told; told of once, it is told no second time."""
    granted = Exclusion(id="X1", begins_at=at(9, 2, 1), ends_at=at(9, 2, 2), reason=ExclusionReason.UNIT_POWER)
    known = draw_up(month(replace(ON_TIME, exclusions=(granted,)), LATE), HEAD)
    amendment = amend(PUBLISHED, known, edition="2026-09")
    assert amendment is not None
    assert (("on_time", "carrier"), ("on_time", "carrier")) == amendment.faults[ON_TIME.no]
    after = amendment.details[ON_TIME.no].after
    assert after is not None
    assert timedelta() < after.excluded
    assert None is amend(as_told(PUBLISHED, [amendment]), known, edition="2026-09")


def test_a_fault_ruled_away_and_back_is_an_amendment_though_verdict_and_party_stay() -> None:
    """Its clock counts from the second ruling, so that the mean repair time changes: by which fault is told, once."""
    known = draw_up(month(replace(ON_TIME, counted_from=at(10, 8)), LATE), HEAD)
    amendment = amend(PUBLISHED, known, edition="2026-09")
    assert amendment is not None
    assert {ON_TIME.no: (("on_time", "carrier"), ("on_time", "carrier"))} == amendment.faults
    found = amendment.details[ON_TIME.no]
    assert (timedelta(hours=2), timedelta()) == (
        found.before and found.before.elapsed,
        found.after and found.after.elapsed,
    )
    assert None is amend(as_told(PUBLISHED, [amendment]), known, edition="2026-09")


def test_a_carrier_that_was_not_in_it_is_told_as_new() -> None:
    """A fault turns out to be of a carrier that nobody knew."""
    known = draw_up(month(ON_TIME, replace(LATE, carrier="c9")), HEAD)
    amendment = amend(PUBLISHED, known, edition="2026-09")
    assert amendment is not None
    assert Changed(key="carrier:c9.late", before=None, after=1) in amendment.figures


def test_faults_appear_and_vanish() -> None:
    """One reported afterwards, and one whose number was another's."""
    known = draw_up(month(ON_TIME, fault(9, "L2", (at(9, 3), at(9, 3, 1)))), HEAD)
    amendment = amend(PUBLISHED, known, edition="2026-09")
    assert amendment is not None
    assert {LATE.no: (("late", "undetermined"), None), "F0009": (None, ("on_time", "undetermined"))} == amendment.faults
    assert Changed(key="carrier:c2.faults", before=0, after=1) in amendment.figures


def test_a_place_that_a_ruling_changes_is_told() -> None:
    """Who is named last in public must be told when that was not so."""
    before = replace(PUBLISHED.carriers[0].rank, place=2)
    published = replace(PUBLISHED, carriers=(replace(PUBLISHED.carriers[0], rank=before), *PUBLISHED.carriers[1:]))
    amendment = amend(published, PUBLISHED, edition="2026-09")
    assert amendment is not None
    [changed] = amendment.figures
    assert Changed(key="carrier:c1.rank", before=2, after=PUBLISHED.carriers[0].rank.place) == changed
    assert None is amend(as_told(published, [amendment]), PUBLISHED, edition="2026-09")
