"""Rates, repair times and means of a set of faults (section 11 of the fault rules). Hours after the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from monitor.faults.fault import Fault
from monitor.faults.terms import Party
from monitor.policy import Clock
from monitor.sla.availability import UnitFigures
from monitor.sla.figures import (
    Punctuality,
    RepairTimes,
    discovered_in,
    mean_availability,
    month_of,
    overdue_in,
    punctuality,
    repair_times,
)
from monitor.sla.verdict import Reading, read
from tests.histories import START
from tests.sla.faults import HOUR, Ep, fault

ZONE = ZoneInfo("Asia/Shanghai")
ON_TIME, LATE = fault(Ep(0, 0, restored=5)), fault(Ep(0, 0, restored=14))
DISPUTABLE, RUNNING, OVERDUE = fault(Ep(0, 0, restored=13, last_bad=11)), fault(Ep(95, 95)), fault(Ep(0, 0))


def at_last(one: Fault) -> Reading:
    return read(one, Clock(), START + 100 * HOUR)


def ruled(one: Fault, party: Party) -> Fault:
    return replace(one, party=party)


@pytest.mark.parametrize(
    ("rule", "faults", "on_time", "overdue"),
    [
        ("On time over what was kept or broken.", [ON_TIME, ON_TIME, LATE, OVERDUE], Fraction(1, 2), Fraction(1, 2)),
        ("An open fault over its limit counts as broken.", [ON_TIME, OVERDUE], Fraction(1, 2), Fraction(1, 2)),
        ("Disputable and running stand in neither.", [ON_TIME, DISPUTABLE, RUNNING], Fraction(1), Fraction(0)),
        ("Only such: N/A.", [DISPUTABLE, RUNNING], None, None),
        ("None at all: N/A, never 100 %.", [], None, None),
        ("The carrier's and the undetermined count.", [ruled(LATE, Party.CARRIER), ON_TIME], Fraction(1, 2), None),
        *(
            (f"One of the {party}'s is left out.", [ruled(LATE, party), ON_TIME], Fraction(1), Fraction(0))
            for party in (Party.UNIT, Party.CENTRE, Party.THIRD_PARTY)
        ),
    ],
)
def test_rates(rule: str, faults: list[Fault], on_time: Fraction | None, overdue: Fraction | None) -> None:
    counted = punctuality(faults, read=at_last)
    assert counted.on_time_rate == on_time, rule
    if overdue is not None or on_time is None:
        assert counted.overdue_rate == overdue, rule


def test_verdicts_are_listed_beside_the_rates() -> None:
    """Disputable and running are listed."""
    counted = punctuality([ON_TIME, LATE, DISPUTABLE, RUNNING, OVERDUE, ON_TIME], read=at_last)
    assert counted == Punctuality(on_time=2, late=1, overdue=1, disputable=1, running=1)


@pytest.mark.parametrize(
    ("rule", "faults", "expected"),
    [
        ("Mean and median of the elapsed.", [(0, 1), (0, 2), (0, 9)], (3, 4, 2)),
        ("Of an even number the median is the mean of the middle two.", [(0, 1), (0, 2), (0, 4), (0, 9)], (4, 4, 3)),
        ("Elapsed, not outage: from the discovery.", [(3, 5)], (1, 2, 2)),
        ("None: N/A.", [], (0, None, None)),
    ],
)
def test_mttr(rule: str, faults: list[tuple[int, int]], expected: tuple[int, int | None, int | None]) -> None:
    found = repair_times([fault(Ep(0, begin, restored=end)) for begin, end in faults], read=at_last)
    mean, middle = (None if length is None else length / HOUR for length in (found.mean, found.median))
    assert (found.number, mean, middle) == expected, rule


def test_mttr_leaves_out_what_is_open_and_what_is_not_the_carriers() -> None:
    """Carrier-responsible or undetermined, restored."""
    unit = ruled(LATE, Party.UNIT)
    assert repair_times([ON_TIME, RUNNING, unit], read=at_last) == RepairTimes(number=1, mean=5 * HOUR, median=5 * HOUR)


def test_months_begin_and_end_at_local_midnight() -> None:
    """September in Shanghai begins at 16:00 UTC of the last of August; December ends with the year."""
    [(begin, end)] = month_of(date(2026, 9, 17), ZONE)
    assert (begin, end) == (datetime(2026, 8, 31, 16, tzinfo=UTC), datetime(2026, 9, 30, 16, tzinfo=UTC))
    [(begin, end)] = month_of(date(2026, 12, 31), ZONE)
    assert (begin, end) == (datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC))


def test_a_fault_is_counted_in_the_month_of_its_discovery_and_overdue_in_that_of_its_deadline() -> None:
    """Discovered a second before the midnight that ends September, due at noon of the next day."""
    midnight = datetime(2026, 9, 30, 16, tzinfo=UTC)
    hours = (midnight - START - timedelta(seconds=1)) / HOUR
    before, after = fault(Ep(hours, hours, restored=hours + 20)), fault(Ep(hours, hours + 1 / 3600))
    september, october = month_of(date(2026, 9, 1), ZONE), month_of(date(2026, 10, 1), ZONE)
    assert discovered_in([before, after], september) == [before]
    assert discovered_in([before, after], october) == [after]
    settled = [replace(before, party=Party.UNIT), before, fault(Ep(hours, hours, restored=hours + 1))]
    assert overdue_in(settled, september, read=at_last) == []
    assert overdue_in(settled, october, read=at_last) == [before]


@pytest.mark.parametrize(
    ("rule", "downs", "expected"),
    [
        ("The mean of the units' raw figures.", [0, 30], 0.75),
        ("N/A is left out.", [0, None, 30, None], 0.75),
        ("Nothing left: N/A.", [None], None),
        ("No unit: N/A.", [], None),
    ],
)
def test_mean_unit_availability(rule: str, downs: list[int | None], expected: float | None) -> None:
    """Units an hour in service, so many minutes of it down; unknown all through where None."""
    minute, nothing = timedelta(minutes=1), timedelta()
    units = [
        UnitFigures(window=HOUR, unknown=HOUR if down is None else nothing, down=(down or 0) * minute) for down in downs
    ]
    assert mean_availability(units) == expected, rule
