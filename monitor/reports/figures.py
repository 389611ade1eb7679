"""The figures of a report: one frozen object of a period, from which every file of it is written.

A `Figure` carries the key by which what stands behind it is listed (``monitor report --explain KEY``). Nothing in here
is rounded and nothing is text to be printed: names stand as the inventory has them, the rest is said by the writers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from monitor.faults.terms import Party
from monitor.inventory.model import UnitKind
from monitor.policy import Policy
from monitor.registers.figures import Answers, Coverage
from monitor.registers.gaps import Gap
from monitor.reports.degradations import DegradationRow
from monitor.sla.spans import Span
from monitor.sla.verdict import Verdict

Value = int | Fraction | timedelta | None
RANK = "rank"


class PeriodKind(StrEnum):
    """What period a report is of; it has the words for it and what it is compared with."""

    MONTH = "month"
    WEEK = "week"
    YEAR = "year"
    ANY = "any"


class Indicator(StrEnum):
    """What is told of the county, a carrier or a unit. Shares and lengths of time are exact until they are printed."""

    UNITS = "units"
    """Units with a line in service in the period."""
    LINES = "lines"
    """Lines in service in the period."""
    AVAILABILITY = "availability"
    """The county: mean of the units' raw figures. A carrier, unit or line: raw, what was lived through."""
    ASSESSED = "assessed"
    """What the carrier answers for."""
    COVERAGE = "coverage"
    """The share of the time in service in which the monitor knows what was."""
    FAULTS = "faults"
    """Faults discovered in the period, whosever they are."""
    ACCOUNTABLE = "accountable"
    """Those of which the party is the carrier or undetermined."""
    UNITS_AFFECTED = "units_affected"
    INCIDENTS = "incidents"
    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    """Open and over the limit."""
    DISPUTABLE = "disputable"
    RUNNING = "running"
    MISSED = "missed"
    """Deadlines missed in the period, whenever the faults began: what the report calls overdue (超时)."""
    ON_TIME_RATE = "on_time_rate"
    OVERDUE_RATE = "overdue_rate"
    MEAN_REPAIR = "mean_repair"
    MEDIAN_REPAIR = "median_repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number: a count, an exact share or a length of time; None where there is nothing to tell (—).

    ``key`` is ``SCOPE.INDICATOR``, with SCOPE ``county``, ``carrier:ID`` or ``unit:ID``; ``last:`` stands before it
    where it is of the period before.
    """

    key: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A figure beside that of the period before; ``before`` is None where there was no such period on record."""

    now: Figure
    before: Figure | None = None


class NoRank(StrEnum):
    """Why a carrier is not ranked."""

    FEW_LINES = "few_lines"
    LOW_COVERAGE = "low_coverage"
    NOTHING_JUDGED = "nothing_judged"
    """No known time that it answers for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A carrier's place among those ranked, 1 the best; ``shared`` with others, or None and why."""

    place: int | None
    shared: bool = False
    why_not: NoRank | None = None


def rank_key(carrier: str) -> str:
    """Return the key of a carrier's place."""
    return f"carrier:{carrier}.{RANK}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierRow:
    """A carrier beside the others."""

    id: str
    name: str
    short_name: str
    figures: Mapping[Indicator, Figure]
    rank: Rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A step of a fault's timeline: ``what`` is the kind of the event, ``detail`` what it adds, in plain facts."""

    at: datetime
    what: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """A fault as known when the figures were drawn up; ``timeline`` only of those late or overdue.

    ``restored_at`` is None while it is open (未结). ``counted`` tells whether it was discovered in the period,
    ``missed`` whether its limit was missed in it.
    """

    no: str
    line: str
    unit: str
    unit_name: str
    carrier: str
    carrier_name: str
    role: str
    first_failed_at: datetime
    discovered_at: datetime
    deadline_at: datetime | None
    restored_at: datetime | None
    elapsed: timedelta
    excluded: timedelta
    verdict: Verdict
    party: Party
    counted: bool
    missed: bool
    incident: int | None = None
    repeat_of: str | None = None
    flapping: bool = False
    timeline: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit's availability; ``window`` is its time in service in the period, shorter where it joined or left in it.

    ``lines`` were in service in the period, ``faults`` discovered in it. ``low`` and ``high`` take all that is unknown
    as down, and as up. ``among_worst`` as `monitor.reports.grounds.with_worst` has it.
    """

    id: str
    name: str
    kind: UnitKind
    lines: int
    faults: int
    window: timedelta
    unknown: timedelta
    down: timedelta
    availability: Figure
    low: Fraction | None
    high: Fraction | None
    coverage: Fraction | None
    among_worst: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line in service in the period: the lengths from which the figures of carriers and the county are summed.

    ``excluded`` is of its known time, ``assessed_down`` the known down time that is not excluded.
    """

    id: str
    unit: str
    carrier: str
    role: str
    window: timedelta
    unknown: timedelta
    down: timedelta
    excluded: timedelta
    assessed_down: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident with the numbers of its faults, the anchor's first, and their lines.

    It was ``discovered_at`` with the first of them, and is counted in that period. ``node`` is None where the carrier
    as a whole is meant.
    """

    number: int
    carrier: str
    node: str | None
    node_name: str | None
    first_failed_at: datetime
    discovered_at: datetime
    faults: tuple[str, ...]
    lines: tuple[str, ...]
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The rows that every figure of a period comes from, each mapped, counted or summed as `explaining` has it."""

    period: Span
    as_of: datetime
    policy: str
    faults: tuple[FaultRow, ...]
    units: tuple[UnitRow, ...]
    lines: tuple[LineRow, ...]
    incidents: tuple[IncidentRow, ...]


class LeftOut(StrEnum):
    """Why time does not count."""

    MAINTENANCE = "maintenance"
    EXCLUSION = "exclusion"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRow:
    """Time that the carrier does not answer for: a window, an exclusion, an exempt fault, cut to the period.

    ``what`` names the window or the exclusion, ``reason`` is its reason, or the party of an exempt fault.
    """

    why: LeftOut
    what: str
    reason: str
    begins_at: datetime
    ends_at: datetime | None
    fault: str | None = None
    lines: tuple[str, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A gap of the registers on the period's last day, with the names of whom it is of."""

    gap: Gap
    subject_name: str
    of_carrier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A figure of an earlier edition that is another one now."""

    key: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How a fault stands in an edition."""

    verdict: Verdict
    party: Party
    elapsed: timedelta
    excluded: timedelta
    restored_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedFault:
    """A fault that an edition told otherwise: whose it is, how it stood there and stands now, what was ruled since.

    ``before`` is None where it was not in that edition, ``after`` where it is in it no more.
    """

    unit_name: str
    line: str
    carrier_name: str
    before: Stood | None
    after: Stood | None
    rulings: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What later rulings changed in an edition that was frozen: its faults, and figures.

    ``faults`` maps numbers to ``(verdict, party)`` before and after; before is None where the fault was not in it.
    ``details`` tell of the same faults what else there is; editions of before they were kept have none.
    """

    edition: str
    faults: Mapping[str, tuple[tuple[str, str] | None, tuple[str, str] | None]]
    figures: tuple[Changed, ...]
    details: Mapping[str, AmendedFault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPoint:
    """Mean unit availability of a month; None where nothing is on record."""

    first: date
    availability: Fraction | None
    coverage: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far the ledger reached when the figures were drawn up."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the centre writes itself: how last month's orders were carried out, and what it asks for next."""

    last_orders: str | None = None
    next_orders: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that a report says.

    ``as_of`` is up to when it reaches (数据截止时间); ``zone`` names the time zone of its days. ``policy`` is the
    version by which it was drawn up. ``overall`` is page one; ``faults`` are those discovered, down or missed in the
    period. ``before`` is what the figures of the period before come from, None where nothing of it is on record.
    ``read_at`` is up to when the clocks of open faults ran, None in editions of before it was kept. ``degradations``
    are those that lasted in the period, None in editions of before they were kept.
    """

    county: str
    kind: PeriodKind
    period: Span
    as_of: datetime
    zone: str
    policy: Policy
    position: Position | None
    overall: Mapping[Indicator, Compared]
    carriers: tuple[CarrierRow, ...]
    faults: tuple[FaultRow, ...]
    units: tuple[UnitRow, ...]
    left_out: tuple[LeftOutRow, ...]
    gaps: tuple[GapRow, ...]
    connection: tuple[Coverage, ...]
    answers: Answers | None
    months: tuple[MonthPoint, ...]
    days: Mapping[date, int]
    lines: tuple[LineRow, ...] = ()
    incidents: tuple[IncidentRow, ...] = ()
    before: Ground | None = None
    amendments: tuple[Amendment, ...] = ()
    texts: Texts = Texts()
    read_at: datetime | None = None
    degradations: tuple[DegradationRow, ...] | None = None

    @property
    def ground(self) -> Ground:
        """The rows that the figures of this period come from."""
        return Ground(
            period=self.period,
            as_of=self.as_of,
            policy=self.policy.version,
            faults=self.faults,
            units=self.units,
            lines=self.lines,
            incidents=self.incidents,
        )
