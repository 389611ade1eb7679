"""The figures of a report over months written by hand (section 11 of the fault rules, and the report of page one)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from monitor.faults.events import FaultOpened, MaintenanceApproved, MaintenanceCancelled, PartyRuled
from monitor.faults.fault import Exclusion, Fault
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window
from monitor.faults.terms import ExclusionReason, Party, Scope, Source
from monitor.registers.gaps import Gap, GapKind
from monitor.reports.drawing_up import Head, Inspected, draw_up, month_point
from monitor.reports.figures import Figures, Indicator, LeftOut, MonthPoint, PeriodKind, Value
from monitor.reports.grounds import ground_of
from monitor.sla.verdict import Verdict
from tests.reports.material import AUGUST, HEAD, HOUR, TWO, at, county, fault, month, serving

DAY = 24 * HOUR
WHOLE = 30 * DAY

ON_TIME = fault(1, "L1", (at(9, 2), at(9, 2, 2)), party=Party.CARRIER)
LATE = fault(2, "L1", (at(9, 3), at(9, 3, 13)))
DISPUTABLE = fault(3, "L1", (at(9, 5), at(9, 5, 12.1)), last_bad=at(9, 5, 11.9))
EXEMPT = fault(4, "L2", (at(9, 6), at(9, 7)), party=Party.UNIT)
OVERDUE = fault(5, "L2", (at(9, 29), None))
RUNNING = fault(6, "L1", (at(9, 30, 23), None))
ACROSS = fault(7, "L2", (at(8, 31, 20), at(9, 1, 10)))
EVERY = (ON_TIME, LATE, DISPUTABLE, EXEMPT, OVERDUE, RUNNING, ACROSS)


def told(figures: Figures, *indicators: Indicator) -> list[Value]:
    return [figures.overall[indicator].now.value for indicator in indicators]


def test_a_fault_is_counted_in_the_month_of_its_discovery_by_its_verdict() -> None:
    """Section 11: the rates are of on_time + late + overdue; disputable and running stand beside, in neither."""
    figures = draw_up(month(*EVERY), HEAD)
    verdicts = (Indicator.ON_TIME, Indicator.LATE, Indicator.OVERDUE, Indicator.DISPUTABLE, Indicator.RUNNING)
    assert [1, 1, 1, 1, 1] == told(figures, *verdicts)
    assert [6, 5] == told(figures, Indicator.FAULTS, Indicator.ACCOUNTABLE)
    assert [Fraction(1, 3), Fraction(2, 3)] == told(figures, Indicator.ON_TIME_RATE, Indicator.OVERDUE_RATE)
    assert [2] == told(figures, Indicator.UNITS_AFFECTED)


def test_rates_of_a_month_in_which_nothing_was_judged_are_none() -> None:
    """Section 11: N/A when the sum is 0; nothing repaired has no repair time."""
    figures = draw_up(month(RUNNING, DISPUTABLE), HEAD)
    assert [None, None] == told(figures, Indicator.ON_TIME_RATE, Indicator.OVERDUE_RATE)
    assert [None] == told(draw_up(month(RUNNING), HEAD), Indicator.MEAN_REPAIR)
    assert [0, 0, 0] == told(draw_up(month(), HEAD), Indicator.FAULTS, Indicator.MISSED, Indicator.UNITS_AFFECTED)


def test_an_overdue_is_counted_in_the_month_its_deadline_passes() -> None:
    """Section 11: discovered on 31 August at 20:00, its twelve hours ended on 1 September at 8:00."""
    of_august = draw_up(month(*EVERY, period=AUGUST), HEAD)
    of_september = draw_up(month(*EVERY), HEAD)
    assert [(True, False)] == [(row.counted, row.missed) for row in of_august.faults if row.no == ACROSS.no]
    assert [(False, True)] == [(row.counted, row.missed) for row in of_september.faults if row.no == ACROSS.no]
    assert [1, 0] == told(of_august, Indicator.LATE, Indicator.MISSED)
    assert [1, 3] == told(of_september, Indicator.LATE, Indicator.MISSED)


def test_midnight_belongs_to_the_month_that_begins() -> None:
    """Months begin and end at local midnight, half-open: discoveries, deadlines and down time alike."""
    first, next_one = fault(1, "L1", (at(9, 1), at(9, 1, 1))), fault(2, "L2", (at(10, 1), None))
    due_first, due_next = fault(3, "L1", (at(8, 31, 12), at(9, 1, 3))), fault(4, "L2", (at(9, 30, 12), at(10, 1, 5)))
    ended = fault(5, "L1", (at(8, 30), at(9, 1)))
    rows = draw_up(month(first, next_one, due_first, due_next, ended), HEAD).faults
    assert {"F0001": (True, False), "F0003": (False, True), "F0004": (True, False)} == {
        row.no: (row.counted, row.missed) for row in rows
    }


def test_down_time_is_split_at_midnight() -> None:
    """Section 11: four hours of the fault are August's, ten September's."""
    august, september = draw_up(month(ACROSS, period=AUGUST), HEAD), draw_up(month(ACROSS), HEAD)
    assert [timedelta(), 4 * HOUR] == [unit.down for unit in august.units]
    assert [timedelta(), 10 * HOUR] == [unit.down for unit in september.units]
    assert Fraction(710, 720) == september.units[1].availability.value


def test_a_fault_that_is_only_down_in_the_month_stands_in_it_and_counts_for_nothing() -> None:
    """Restored in time on 1 September, discovered on 31 August: a row, and no number."""
    within = fault(1, "L1", (at(8, 31, 20), at(9, 1, 2)))
    before = fault(2, "L2", (at(8, 30), at(8, 31)))
    figures = draw_up(month(within, before), HEAD)
    assert [("F0001", False, False)] == [(row.no, row.counted, row.missed) for row in figures.faults]
    assert [0, 0] == told(figures, Indicator.FAULTS, Indicator.MISSED)


def test_an_open_fault_has_no_restoration_and_no_repair_time() -> None:
    """Open faults are 未结: overdue and running count what their clocks show when the figures are drawn up."""
    figures = draw_up(month(OVERDUE, RUNNING), HEAD)
    rows = {row.no: (row.restored_at, row.verdict, row.elapsed) for row in figures.faults}
    assert {
        OVERDUE.no: (None, Verdict.OVERDUE, at(10, 1, 8) - at(9, 29)),
        RUNNING.no: (None, Verdict.RUNNING, 9 * HOUR),
    } == rows
    assert [None, None] == told(figures, Indicator.MEAN_REPAIR, Indicator.MEDIAN_REPAIR)


def test_repair_times_are_those_of_the_carriers_restored_faults() -> None:
    """Section 11, MTTR: 2 h, 13 h and 12 h 6 min; the day of the unit's own fault and open ones are not in it."""
    figures = draw_up(month(*EVERY), HEAD)
    assert [27.1 * HOUR / 3, 12.1 * HOUR] == told(figures, Indicator.MEAN_REPAIR, Indicator.MEDIAN_REPAIR)


def test_a_relapse_counts_its_episodes_without_the_good_time_between() -> None:
    """Section 5: two hours and one hour, with half an hour between them."""
    relapsed = fault(1, "L1", (at(9, 2), at(9, 2, 2)), (at(9, 2, 2.5), at(9, 2, 3.5)))
    assert [3 * HOUR] == told(draw_up(month(relapsed), HEAD), Indicator.MEAN_REPAIR)


def test_a_unit_that_joined_in_mid_month_is_held_to_its_own_window() -> None:
    """One from the 16th on, one until the 10th; a line that comes into service later makes no unit yet."""
    inventory = county(L1="u1 c1", L2="u2 c1", L3="u3 c1")
    inventory = serving(inventory, "L1", at(9, 16))
    inventory = serving(inventory, "L2", None, at(9, 11))
    inventory = serving(inventory, "L3", at(10, 1))
    figures = draw_up(month(inventory=inventory), HEAD)
    assert [("u1", 15 * DAY), ("u2", 10 * DAY)] == [(unit.id, unit.window) for unit in figures.units]
    assert [2, 2] == told(figures, Indicator.UNITS, Indicator.LINES)


def test_mean_unit_availability_leaves_out_what_cannot_be_known() -> None:
    """Section 11: the mean of the units' raw figures, N/A left out; bounds and coverage stand beside."""
    inventory = county(L1="u1 c1", L2="u2 c1", L3="u3 c1")
    down = fault(1, "L1", (at(9, 1), at(9, 4)), inventory=inventory)
    unknown = {"L2": [(at(9, 1), at(9, 11))]}
    figures = draw_up(month(down, inventory=inventory, unknown=unknown, seen=("L1", "L2")), HEAD)
    assert [Fraction(9, 10), 1, None] == [unit.availability.value for unit in figures.units]
    assert [(Fraction(9, 10), Fraction(9, 10), 1), (Fraction(2, 3), 1, Fraction(2, 3)), (0, 1, 0)] == [
        (unit.low, unit.high, unit.coverage) for unit in figures.units
    ]
    assert [Fraction(95, 100), Fraction(50, 90)] == told(figures, Indicator.AVAILABILITY, Indicator.COVERAGE)


def test_a_mean_is_cut_off_far_behind_what_is_printed() -> None:
    """A third has no end: it is kept to 18 places; three thirds make one, and not a little less."""
    inventory = county(L1="u1 c1", L2="u2 c1", L3="u3 c1")
    thirds = [fault(n, f"L{n}", (at(9, 1), at(9, 11)), inventory=inventory) for n in (1, 2, 3)]
    assert [Fraction(666_666_666_666_666_666, 10**18)] == told(
        draw_up(month(*thirds, inventory=inventory), HEAD), Indicator.AVAILABILITY
    )
    up = [fault(n, f"L{n}", (at(9, 1), at(9, 11, 0) - n * HOUR), inventory=inventory) for n in (1, 2, 3)]
    mean = sum((Fraction(480 + n, 720) for n in (1, 2, 3)), Fraction()) / 3
    assert [Fraction(mean.numerator * 10**18 // mean.denominator, 10**18)] == told(
        draw_up(month(*up, inventory=inventory), HEAD), Indicator.AVAILABILITY
    )


def test_exempt_time_leaves_both_sides_of_what_the_carrier_answers_for() -> None:
    """Section 11: raw is what the unit lived through; assessed is 1 over the 29 days that are left."""
    carrier = draw_up(month(EXEMPT), HEAD).carriers[1].figures
    assert Fraction(29, 30) == carrier[Indicator.AVAILABILITY].value
    assert Fraction(1) == carrier[Indicator.ASSESSED].value


def test_a_month_without_data_tells_nothing() -> None:
    """A month without data prints —: counts of what nobody could see are none, not 0."""
    figures = draw_up(month(seen=()), HEAD)
    counts = (Indicator.FAULTS, Indicator.MISSED, Indicator.UNITS_AFFECTED, Indicator.INCIDENTS)
    assert [None] * 4 == told(figures, *counts)
    shares = (Indicator.AVAILABILITY, Indicator.ASSESSED, Indicator.ON_TIME_RATE, Indicator.MEAN_REPAIR)
    assert [None] * 4 == told(figures, *shares)
    assert [2, 2, Fraction(0)] == told(figures, Indicator.UNITS, Indicator.LINES, Indicator.COVERAGE)
    assert (MonthPoint(first=date(2026, 9, 1), availability=None, coverage=None),) == figures.months


def test_what_was_reported_while_nothing_was_seen_is_counted_all_the_same() -> None:
    """A fault somebody reported is one, though the monitor knows nothing of the line."""
    assert [1, 1] == told(draw_up(month(ON_TIME, seen=()), HEAD), Indicator.FAULTS, Indicator.ON_TIME)


def test_the_first_month_is_compared_with_nothing() -> None:
    """Neither where there is no month before, nor where nothing was known in it."""
    for before in (None, ground_of(month(period=AUGUST, seen=()))):
        figures = draw_up(month(*EVERY), HEAD, before=before)
        assert figures.before is None
        assert {None} == {compared.before for compared in figures.overall.values()}


def test_the_month_before_stands_beside_this_one() -> None:
    """Its figures have keys of their own, its rows are kept with the edition."""
    figures = draw_up(month(*EVERY), HEAD, before=ground_of(month(*EVERY, period=AUGUST)))
    before = figures.overall[Indicator.FAULTS].before
    assert before is not None
    assert ("last:county.faults", 1) == (before.key, before.value)
    assert figures.before is not None
    assert ["last:unit:u1.availability", "last:unit:u2.availability"] == [
        unit.availability.key for unit in figures.before.units
    ]


def test_a_month_so_far_reaches_to_now() -> None:
    """Availability, days and rows up to ``now``; what comes later has no place in it."""
    figures = draw_up(month(ON_TIME, LATE, now=at(9, 4, 12)), HEAD)
    assert at(9, 4, 12) == figures.as_of
    assert [3.5 * DAY, 3.5 * DAY] == [unit.window for unit in figures.units]
    assert {date(2026, 9, 1): 0, date(2026, 9, 2): 1, date(2026, 9, 3): 1, date(2026, 9, 4): 0} == figures.days


def test_a_day_of_which_nothing_is_known_counts_no_fault_as_none() -> None:
    """The monitor came on the 5th, and a unit reported before; a day that any line was seen on is one with none."""
    lines, first, last = month().histories, at(9, 5, 12), at(9, 29, 12)
    lines.first_seen.update(dict.fromkeys(("L1", "L2"), last), L1=first)
    lines.gaps["L1"] = [(at(9, 10), at(9, 12, 1))]
    found = draw_up(replace(month(ON_TIME), histories=lines, last_seen={"L1": last, "L2": last}), HEAD).days
    assert 1 == found[date(2026, 9, 2)]
    assert {1, 3, 4, 10, 11, 30} == set(range(1, 31)) - {day.day for day in found}


def test_the_clock_of_an_open_fault_runs_on_to_when_it_is_drawn_up() -> None:
    """The data reach to the month's end, the open fault's clock to the drawing: both are told."""
    figures = draw_up(month(OVERDUE, now=at(10, 3)), HEAD)
    assert (at(10, 1), at(10, 3)) == (figures.as_of, figures.read_at)
    assert at(10, 3) - at(9, 29) == figures.faults[0].elapsed


def test_days_are_local_ones() -> None:
    """Half an hour after the first midnight, and a second before the last."""
    faults = (fault(1, "L1", (at(9, 1, 0.5), at(9, 1, 1))), fault(2, "L1", (at(10, 1) - timedelta(seconds=1), None)))
    days = draw_up(month(*faults), HEAD).days
    assert (30, 1, 1, 2) == (len(days), days[date(2026, 9, 1)], days[date(2026, 9, 30)], sum(days.values()))


def test_a_month_adds_its_own_point_to_those_before() -> None:
    """A week or a year tells the months that it is given."""
    july = MonthPoint(first=date(2026, 7, 1), availability=Fraction(1, 2), coverage=Fraction(1))
    august = month_point(date(2026, 8, 1), ground_of(month(ACROSS, period=AUGUST)))
    assert (Fraction(1484 * 10**18 // 1488, 10**18), Fraction(1)) == (august.availability, august.coverage)
    figures = draw_up(month(), HEAD, months=(july, august))
    assert (july, august, MonthPoint(first=date(2026, 9, 1), availability=Fraction(1), coverage=Fraction(1))) == (
        figures.months
    )
    assert (july,) == draw_up(month(), replace(HEAD, kind=PeriodKind.WEEK), months=(july,)).months


@pytest.mark.parametrize(
    ("days_down", "marked"),
    [
        ([0, 0, 0], []),
        ([1, 0, 2], [0, 2]),
        (list(range(1, 13)), list(range(2, 12))),
        ([1, *range(1, 12)], [*range(2, 12)]),
        ([2, 2, *range(2, 12)], list(range(12))),
    ],
    ids=["none below 100 %", "fewer than ten", "ten of twelve", "no tie with the tenth", "all that tie with the tenth"],
)
def test_the_worst_ten_units_are_marked(days_down: list[int], marked: list[int]) -> None:
    """Annex 3: by raw availability; of those that tie with the tenth all are marked, one at 100 % never is."""
    inventory = county(**{f"L{n}": f"u{n} c1" for n in range(len(days_down))})
    faults = [
        fault(n, f"L{n}", (at(9, 1), at(9, 1 + days)), inventory=inventory) for n, days in enumerate(days_down) if days
    ]
    units = draw_up(month(*faults, inventory=inventory), HEAD).units
    assert marked == [place for place, unit in enumerate(units) if unit.among_worst]


# -- what is left out, gaps, incidents, timelines ------------------------------------------------------------------


def test_windows_exclusions_and_exempt_faults_are_listed_as_far_as_they_are_in_the_month() -> None:
    """Annex 5: cut to the period; what was taken back is in it and says so; an exempt fault may still last."""
    excluded = (
        Exclusion(id="x1", begins_at=at(8, 31, 23), ends_at=at(9, 1, 2), reason=ExclusionReason.ACCESS_DENIED),
        Exclusion(id="x2", begins_at=at(9, 1), ends_at=at(9, 2), reason=ExclusionReason.OTHER, revoked=True),
        Exclusion(id="x3", begins_at=at(8, 30), ends_at=at(9, 1), reason=ExclusionReason.OTHER),
    )
    lasting = fault(8, "L1", (at(9, 30), None), party=Party.THIRD_PARTY)
    windows = (
        Window(id="m1", scope=Scope.CARRIER, subject="c2", begins_at=at(9, 8), ends_at=at(9, 8, 2)),
        Window(id="m2", scope=Scope.NODE, subject="n-c1", begins_at=at(9, 30, 22), ends_at=at(10, 1, 2)),
        Window(id="m3", scope=Scope.LINE, subject="L1", begins_at=at(9, 20), ends_at=at(9, 20)),
        Window(id="m4", scope=Scope.LINE, subject="L1", begins_at=at(10, 2), ends_at=at(10, 3)),
    )
    approved = MaintenanceApproved(
        at=at(9, 1),
        id="m3",
        scope=Scope.LINE,
        subject="L1",
        begins_at=at(9, 20),
        ends_at=at(9, 20, 3),
        who="张三",
        why="光缆割接，联系13800001234",
    )
    events = [approved, MaintenanceCancelled(at=at(9, 2), id="m3", ends_at=at(9, 20))]
    figures = draw_up(
        month(replace(ACROSS, exclusions=excluded), EXEMPT, lasting, windows=windows), HEAD, events=events
    )
    assert [
        (LeftOut.EXCLUSION, "x1", "access_denied", at(9, 1), at(9, 1, 2), ACROSS.no, ("L2",), False),
        (LeftOut.EXCLUSION, "x2", "other", at(9, 1), at(9, 2), ACROSS.no, ("L2",), True),
        (LeftOut.EXEMPT, EXEMPT.no, "unit", at(9, 6), at(9, 7), EXEMPT.no, ("L2",), False),
        (LeftOut.MAINTENANCE, "m1", "", at(9, 8), at(9, 8, 2), None, ("L2",), False),
        (LeftOut.MAINTENANCE, "m3", "光缆割接，联系138****1234", at(9, 20), at(9, 20), None, ("L1",), True),
        (LeftOut.EXEMPT, lasting.no, "third_party", at(9, 30), None, lasting.no, ("L1",), False),
        (LeftOut.MAINTENANCE, "m2", "", at(9, 30, 22), at(10, 1), None, ("L1",), False),
    ] == [
        (row.why, row.what, row.reason, row.begins_at, row.ends_at, row.fault, row.lines, row.cancelled)
        for row in figures.left_out
    ]


def test_of_a_month_so_far_only_what_was_is_left_out() -> None:
    """A window to come is none yet; one under way reaches to now."""
    windows = (
        Window(id="m1", scope=Scope.LINE, subject="L1", begins_at=at(9, 4), ends_at=at(9, 6)),
        Window(id="m2", scope=Scope.LINE, subject="L1", begins_at=at(9, 5), ends_at=at(9, 6)),
    )
    figures = draw_up(month(windows=windows, now=at(9, 5)), HEAD)
    assert [("m1", at(9, 4), at(9, 5))] == [(row.what, row.begins_at, row.ends_at) for row in figures.left_out]


def test_gaps_have_the_names_of_those_they_are_of() -> None:
    """Annex 6: a carrier's guarantee, a unit's filing, and one who left the inventory by his id."""
    gaps = [
        Gap(register="carrier_guarantee", kind=GapKind.MISSING, subject="c1"),
        Gap(register="admin_filing", kind=GapKind.EXPIRED, subject="u2"),
        Gap(register="connection", kind=GapKind.UNCONNECTED, subject="gone"),
    ]
    hint = Gap(register="emergency_plan", kind=GapKind.NOT_EXERCISED, subject="u1")
    rows = draw_up(month(), HEAD, inspected=Inspected(gaps=gaps, hints=[hint])).gaps
    assert [("Carrier c1", True), ("Unit u2", False), ("gone", False), ("Unit u1", False)] == [
        (row.subject_name, row.of_carrier) for row in rows
    ]
    assert [*gaps, hint] == [row.gap for row in rows]


def test_an_incident_is_counted_where_the_first_of_its_faults_was_discovered() -> None:
    """It stands in the next month too while it has lines down there, and counts once."""
    other = fault(8, "L2", (at(9, 1), at(9, 1, 1)))
    grouped = Incident(number=3, carrier="c2", node="n-c2", first_failed_at=at(8, 31, 20), faults=(ACROSS.no, other.no))
    counted = {}
    for name, period in {"august": AUGUST, "september": (at(9, 1), at(10, 1))}.items():
        figures = draw_up(month(ACROSS, other, period=period, incidents=[grouped]), HEAD)
        counted[name] = [figures.overall[Indicator.INCIDENTS].now.value, len(figures.incidents)]
        assert [3] == [row.incident for row in figures.faults if row.no == ACROSS.no]
        assert [("Node c2", ("L2",))] == [(row.node_name, row.lines) for row in figures.incidents]
    assert {"august": [1, 1], "september": [0, 1]} == counted


def test_only_what_was_late_has_a_timeline_and_it_names_nobody() -> None:
    """Annex 1: plain facts in the order of the ledger; telephones in a reason are masked."""

    def opened(of: Fault) -> FaultOpened:
        return FaultOpened(
            at=of.discovered_at,
            no=of.no,
            line=of.line,
            unit=of.unit,
            carrier=of.carrier,
            role="primary",
            node=None,
            source=Source.MONITOR,
            policy_version="2026-1",
            first_failed_at=of.discovered_at,
            detected_at=None,
            discovered_at=of.discovered_at,
            repeat_of=None,
        )

    ruled = PartyRuled(at=at(9, 4), no=LATE.no, party=Party.CARRIER, who="李四", why="电话 010-88886666 确认")
    figures = draw_up(month(ON_TIME, LATE), HEAD, events=[opened(ON_TIME), opened(LATE), ruled])
    steps = {row.no: [(step.at, step.what, step.detail) for step in row.timeline] for row in figures.faults}
    assert {
        ON_TIME.no: [],
        LATE.no: [
            (at(9, 3), "fault_opened", {"source": "monitor", "first_failed_at": "2026-09-02T16:00:00Z"}),
            (at(9, 4), "party_ruled", {"party": "carrier", "why": "电话 010-****6666 确认"}),
        ],
    } == steps


def test_names_are_those_of_the_inventory_and_else_the_ids() -> None:
    """A fault of a carrier and unit that are gone keeps their ids; the carrier has a row."""
    gone = replace(ON_TIME, unit="old", carrier="left")
    figures = draw_up(month(gone), Head(county="云岭县", kind=PeriodKind.ANY, zone=HEAD.zone))
    assert [("old", "left")] == [(row.unit_name, row.carrier_name) for row in figures.faults]
    assert [("c1", "Carrier c1", "C1"), ("c2", "Carrier c2", "C2"), ("left", "left", "left")] == [
        (row.id, row.name, row.short_name) for row in figures.carriers
    ]
    assert ("云岭县", "Asia/Shanghai", "2026-1") == (figures.county, figures.zone, figures.policy.version)
    assert TWO.lines.keys() == {line.id for line in figures.lines}
