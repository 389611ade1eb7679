"""Drawing up the figures of a report, from what is on record of its period (section 11 of the fault rules)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from typing import cast

from monitor.faults.events import Event
from monitor.inventory.model import Inventory
from monitor.registers.definitions import REGISTERS
from monitor.registers.figures import Answers, Coverage
from monitor.registers.gaps import Gap
from monitor.registers.register import SubjectKind
from monitor.reports.explaining import LAST, carriers_of, explained
from monitor.reports.figures import (
    Amendment,
    CarrierRow,
    Compared,
    FaultRow,
    Figure,
    Figures,
    GapRow,
    Ground,
    Indicator,
    MonthPoint,
    PeriodKind,
    Position,
    Texts,
)
from monitor.reports.grounds import BROKEN, ground_of
from monitor.reports.leaving_out import left_out
from monitor.reports.ranking import ranks
from monitor.reports.scopes import Level, Scope, scope
from monitor.reports.timelines import timelines
from monitor.sla.review import Material, Sets
from monitor.sla.spans import Span, span

ONE_DAY = timedelta(days=1)
NO_TEXTS = Texts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands at the head of a report, and what the centre writes into it itself."""

    county: str
    kind: PeriodKind
    zone: tzinfo
    position: Position | None = None
    texts: Texts = NO_TEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the registers say on the period's last day."""

    gaps: Sequence[Gap] = ()
    hints: Sequence[Gap] = ()
    coverage: Sequence[Coverage] = ()
    answers: Answers | None = None


NOTHING_INSPECTED = Inspected()


def draw_up(
    material: Material,
    head: Head,
    *,
    before: Ground | None = None,
    inspected: Inspected = NOTHING_INSPECTED,
    events: Iterable[Event] = (),
    months: Sequence[MonthPoint] = (),
    amendments: Sequence[Amendment] = (),
) -> Figures:
    """Return the figures of a period as known at ``material.now``.

    ``before`` is the `ground_of` of the material of the period before; where nothing was known in it, it is none.
    ``events`` are those of the period's faults and maintenance windows, in the order of the ledger: the timelines of
    what was late, the words with which a window was approved. ``months`` are the points of the months before; a
    month's own is added.
    """
    events, inventory = tuple(events), material.inventory
    ground = _with_timelines(ground_of(material), events)
    last = None if before is None or not _known(before) else _as_last(before)
    return Figures(
        county=head.county,
        kind=head.kind,
        period=ground.period,
        as_of=ground.as_of,
        zone=str(head.zone),
        policy=material.policy,
        position=head.position,
        overall=_overall(ground, last),
        carriers=_carriers(ground, material),
        faults=ground.faults,
        units=ground.units,
        left_out=left_out(material, events),
        gaps=tuple(_gap_row(gap, inventory) for gap in (*inspected.gaps, *inspected.hints)),
        connection=tuple(inspected.coverage),
        answers=inspected.answers,
        months=(*months, *_own_point(ground, head)),
        days=_days(ground, head.zone, material),
        lines=ground.lines,
        incidents=ground.incidents,
        before=last,
        amendments=tuple(amendments),
        texts=head.texts,
        read_at=material.read_at,
    )


def month_point(first: date, ground: Ground) -> MonthPoint:
    """Return the point of a month, by its first day; without shares where nothing is known of it."""
    if not _known(ground):
        return MonthPoint(first=first, availability=None, coverage=None)
    county = scope(ground, Level.COUNTY)
    return MonthPoint(
        first=first,
        availability=cast("Fraction | None", explained(county, Indicator.AVAILABILITY).value),
        coverage=cast("Fraction | None", explained(county, Indicator.COVERAGE).value),
    )


def _known(ground: Ground) -> bool:
    """Tell whether a period is on record at all."""
    return scope(ground, Level.COUNTY).known


def _own_point(ground: Ground, head: Head) -> Iterator[MonthPoint]:
    if head.kind is PeriodKind.MONTH:
        yield month_point(ground.period[0].astimezone(head.zone).date(), ground)


# -- page one ------------------------------------------------------------------------------------------------------


def _overall(ground: Ground, last: Ground | None) -> Mapping[Indicator, Compared]:
    now, before = _told(scope(ground, Level.COUNTY)), {} if last is None else _told_last(last)
    return {indicator: Compared(now=figure, before=before.get(indicator)) for indicator, figure in now.items()}


def _told(of: Scope) -> dict[Indicator, Figure]:
    """Return every indicator of the county or a carrier."""
    explanations = {indicator: explained(of, indicator) for indicator in Indicator}
    return {indicator: Figure(key=each.key, value=each.value) for indicator, each in explanations.items()}


def _told_last(last: Ground) -> dict[Indicator, Figure]:
    told = _told(scope(last, Level.COUNTY))
    return {indicator: replace(figure, key=LAST + figure.key) for indicator, figure in told.items()}


def _as_last(ground: Ground) -> Ground:
    """Return the rows of the period before, their figures named as such."""
    named = (replace(unit.availability, key=LAST + unit.availability.key) for unit in ground.units)
    units = tuple(replace(unit, availability=figure) for unit, figure in zip(ground.units, named, strict=True))
    return replace(ground, units=units)


def _carriers(ground: Ground, material: Material) -> tuple[CarrierRow, ...]:
    """Return the carriers of the inventory in its order, and any other that a fault is of."""
    known = material.inventory.carriers
    told = {name: _told(scope(ground, Level.CARRIER, name)) for name in dict.fromkeys((*known, *carriers_of(ground)))}
    placed = ranks(told, material.policy.report)
    return tuple(
        CarrierRow(
            id=name,
            name=known[name].name if name in known else name,
            short_name=known[name].short_name if name in known else name,
            figures=figures,
            rank=placed[name],
        )
        for name, figures in told.items()
    )


# -- the rest ------------------------------------------------------------------------------------------------------


def _with_timelines(ground: Ground, events: Iterable[Event]) -> Ground:
    """Return the rows with a timeline of every fault that is late or overdue."""
    broken = {fault.no for fault in ground.faults if fault.verdict in BROKEN}
    steps = timelines(events, broken)

    def told(fault: FaultRow) -> FaultRow:
        return replace(fault, timeline=steps[fault.no]) if fault.no in steps else fault

    return replace(ground, faults=tuple(told(fault) for fault in ground.faults))


def _days(ground: Ground, zone: tzinfo, material: Material) -> Mapping[date, int]:
    """Return how many faults were discovered on each local day of the period up to ``as_of``.

    A day of which nothing is known is left out: that no fault was discovered on it is no good news.
    """
    begin, end = ground.period[0], ground.as_of
    found = Counter(fault.discovered_at.astimezone(zone).date() for fault in ground.faults if fault.counted)
    if begin >= end:
        return {}
    day, last = begin.astimezone(zone).date(), (end - timedelta.resolution).astimezone(zone).date()
    days = [day + number * ONE_DAY for number in range((last - day).days + 1)]
    unseen = _unseen([(_midnight(at, zone), min(_midnight(at + ONE_DAY, zone), end)) for at in days], material)
    return {at: found[at] for at, blind in zip(days, unseen, strict=True) if found[at] or not blind}


def _unseen(days: Sequence[Span], material: Material) -> list[bool]:
    """Tell of each day whether no line was seen on it at any time."""
    sets, blind = Sets(material), span(days[0][0], days[-1][1])
    shortest = min(end - begin for begin, end in days)
    for line in material.inventory.lines.values():
        blind -= sets.of(line).known
        if all(end - begin < shortest for begin, end in blind):
            return [False] * len(days)
    return [not span(*day) - blind for day in days]


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _gap_row(gap: Gap, inventory: Inventory) -> GapRow:
    register = REGISTERS.get(gap.register)
    of_carrier = register is not None and register.subject is SubjectKind.CARRIER
    known = inventory.carriers.get(gap.subject) if of_carrier else inventory.units.get(gap.subject)
    return GapRow(gap=gap, subject_name=known.name if known else gap.subject, of_carrier=of_carrier)
