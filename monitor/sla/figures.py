"""What a set of faults comes to: on-time and overdue rates, repair times, mean availability (section 11).

Rates are exact shares, None (N/A) where there is nothing to divide by, never 0 or 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from math import fsum

from monitor.faults.fault import Fault, Status
from monitor.sla.availability import UnitFigures
from monitor.sla.spans import Spans, span
from monitor.sla.verdict import Reading, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """How many faults of a month had which verdict. Disputable and running ones stand beside, in neither rate."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    disputable: int = 0
    running: int = 0

    @property
    def verdicts(self) -> Mapping[str, int]:
        """How many there are of each."""
        return {
            Verdict.ON_TIME.value: self.on_time,
            Verdict.LATE.value: self.late,
            Verdict.OVERDUE.value: self.overdue,
            Verdict.DISPUTABLE.value: self.disputable,
            Verdict.RUNNING.value: self.running,
        }

    @property
    def number(self) -> int:
        """How many there are in all."""
        return sum(self.verdicts.values())

    @property
    def on_time_rate(self) -> Fraction | None:
        """``on_time ÷ (on_time + late + overdue)``."""
        return self._share(self.on_time)

    @property
    def overdue_rate(self) -> Fraction | None:
        """``(late + overdue) ÷ (on_time + late + overdue)``."""
        return self._share(self.late + self.overdue)

    def _share(self, number: int) -> Fraction | None:
        counted = self.on_time + self.late + self.overdue
        return Fraction(number, counted) if counted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairTimes:
    """How many faults were repaired, and how long that took by their clocks; None where there is none."""

    number: int
    mean: timedelta | None
    median: timedelta | None


def month_of(first: date, zone: tzinfo) -> Spans:
    """Return the month of a day, from local midnight to local midnight, in UTC: lengths of local time jump."""
    begins = first.replace(day=1)
    following = (begins + timedelta(days=31)).replace(day=1)
    begin, end = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in (begins, following))
    return span(begin, end)


def discovered_in(faults: Iterable[Fault], month: Spans) -> list[Fault]:
    """Return the faults discovered in a month: those counted in it."""
    return [fault for fault in faults if fault.discovered_at in month]


def overdue_in(faults: Iterable[Fault], month: Spans, *, read: Callable[[Fault], Reading]) -> list[Fault]:
    """Return the faults overdue or late whose deadline passed in a month: those counted as overdue in it."""
    broken = (Verdict.OVERDUE, Verdict.LATE)
    readings = ((fault, read(fault)) for fault in faults)
    return [fault for fault, reading in readings if reading.verdict in broken and reading.deadline_at in month]


def punctuality(faults: Iterable[Fault], *, read: Callable[[Fault], Reading]) -> Punctuality:
    """Count the verdicts of faults whose party is the carrier or undetermined; the others are left out."""
    found = Counter(read(fault).verdict for fault in faults if fault.party.answers)
    return Punctuality(
        on_time=found[Verdict.ON_TIME],
        late=found[Verdict.LATE],
        overdue=found[Verdict.OVERDUE],
        disputable=found[Verdict.DISPUTABLE],
        running=found[Verdict.RUNNING],
    )


def repair_times(faults: Iterable[Fault], *, read: Callable[[Fault], Reading]) -> RepairTimes:
    """Return MTTR: the elapsed of restored faults whose party is the carrier or undetermined, mean and median."""
    repaired = (fault for fault in faults if fault.party.answers and fault.status is not Status.OPEN)
    taken = sorted(read(fault).elapsed for fault in repaired)
    number = len(taken)
    if not taken:
        return RepairTimes(number=0, mean=None, median=None)
    middle = (taken[(number - 1) // 2] + taken[number // 2]) / 2
    return RepairTimes(number=number, mean=sum(taken, timedelta()) / number, median=middle)


def mean_availability(units: Iterable[UnitFigures]) -> float | None:
    """Return the mean of the units' raw figures, N/A left out; None if nothing is left.

    Within 1e-15: thousands of denominators have no common one that is of use.
    """
    known = [float(raw) for unit in units if (raw := unit.raw) is not None]
    return fsum(known) / len(known) if known else None
