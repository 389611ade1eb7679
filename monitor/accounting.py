"""The figures of a report out of the record: all that they rest on, put together for `monitor.reports.drawing_up`.

`Books` is where it comes from: the database here, a replayed history elsewhere. What an edition that is frozen says of
its month is what the later ones compare themselves with, whatever was ruled since: that stands in the amendments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from monitor.config.folder import Configuration
from monitor.editions.edition import Edition, Editions
from monitor.faults.events import (
    DegradationBegan,
    DegradationEnded,
    Event,
    FaultEvent,
    MaintenanceApproved,
    MaintenanceCancelled,
)
from monitor.faults.fault import Fault
from monitor.inspection import inspect
from monitor.reports.amendments import RULINGS as OF_FAULTS
from monitor.reports.amendments import amend
from monitor.reports.drawing_up import Head, Inspected, draw_up, month_point
from monitor.reports.figures import (
    Amendment,
    Figures,
    Ground,
    MonthPoint,
    PeriodKind,
    Position,
    Texts,
)
from monitor.reports.grounds import ground_of
from monitor.reports.periods import Period, months_up_to, named
from monitor.reports.spelling import of_json
from monitor.reports.told import as_told
from monitor.retrospect import gather
from monitor.sla.review import Material
from monitor.sla.spans import FOREVER, Span
from monitor.sla.verdict import Verdict, read
from monitor.store.records import Records
from monitor.wording.telephones import mask_within

MONTHS = 12  # of the chart; a month is itself the last of them
MOST_AMENDED = 12  # frozen editions before this one that are looked at
WINDOWS = (MaintenanceApproved, MaintenanceCancelled)
OF_NO_FAULT = (*WINDOWS, DegradationBegan, DegradationEnded)
RULINGS = (*OF_FAULTS, *WINDOWS)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Where the figures of a report come from, as known at ``now``.

    ``material`` puts together what those of a period rest on, ``events`` are those of faults and all of
    `OF_NO_FAULT`, in order. ``since`` is when anything is on record at all, None where nothing is. ``published``
    returns the figures of a frozen edition. ``amendable`` are those of which anything was ruled that is in no edition
    yet, by their keys with the row of the ledger up to which they are told of; ``ruled`` is what was decided after one.
    """

    now: datetime
    since: datetime | None
    material: Callable[[Span], Material]
    events: Callable[[Sequence[Fault]], Iterable[Event]]
    inspected: Callable[[date], Inspected] | None = None
    editions: Editions
    published: Callable[[Edition], Figures]
    amendable: Callable[[Period], Mapping[str, int]] = field(default=lambda _: {})
    ruled: Callable[[int], Iterable[Event]] = field(default=lambda _: ())
    position: Position | None = None


def books_of(records: Records, configuration: Configuration, now: datetime) -> Books:
    """Open the books of a database; hold it still (`Records.held_still`) while they are read.

    Raises:
        StoreError: the database cannot be read.
    """
    known, head = records.editions(), records.stands_at()
    read: dict[str, Figures] = {}

    def figures_of(edition: Edition) -> Figures:
        if edition.key not in read:
            read[edition.key] = published(records, edition)
        return read[edition.key]

    return Books(
        now=now,
        since=records.begins_at(),
        material=lambda period: gather(records, configuration, period, now),
        events=lambda faults: _events(records, faults),
        inspected=lambda on: _inspected(records, configuration, on),
        editions=known,
        published=figures_of,
        amendable=lambda period: _amendable(records, known, period),
        ruled=lambda after: (each.event for each in records.events(after=after, kinds=OF_FAULTS)),
        position=Position(seq=head.seq, hash=head.hash),
    )


def account(books: Books, period: Period, county: str, *, progress: Progress | None = None) -> Figures:
    """Draw up the figures of a period.

    Raises:
        StoreError: the database cannot be read.
    """
    charted = months_up_to(period, MONTHS - (period.kind is PeriodKind.MONTH))
    steps = _Steps(progress, len(charted) + 3)
    material = books.material(period.span)
    steps.done()
    earlier = period.before()
    before = _ground(books, earlier)
    steps.done()
    months = _points(books, charted, steps, {earlier.key: before})
    edition = books.editions.named(period.key)
    head = Head(
        county=county,
        kind=period.kind,
        zone=period.zone,
        position=books.position,
        texts=_texts(edition),
    )
    drawn = draw_up(
        material,
        head,
        before=before,
        inspected=Inspected() if books.inspected is None else books.inspected(_inspected_on(books, period)),
        events=books.events(_broken(material)),
        months=months,
        amendments=[
            found
            for key, row in books.amendable(period).items()
            if (found := _amended(books, key, period, told_up_to=row)) is not None
        ],
    )
    steps.done()
    return drawn


def _texts(edition: Edition | None) -> Texts:
    """Return what the centre wrote for a report, telephone numbers masked: its files leave the house."""
    if edition is None:
        return Texts()
    last, following = edition.last_orders, edition.next_orders
    return Texts(last_orders=last and mask_within(last), next_orders=following and mask_within(following))


class _Steps:
    """How much of a report is drawn up."""

    def __init__(self, told: Progress | None, whole: int) -> None:
        self._told, self._whole, self._done = told, whole, 0

    def done(self) -> None:
        self._done += 1
        if self._told is not None:
            self._told(self._done, self._whole)


def _inspected_on(books: Books, period: Period) -> date:
    """Return the day on which the registers are looked at: the period's last, or today before it."""
    return min(period.last, books.now.astimezone(period.zone).date())


def _broken(material: Material) -> list[Fault]:
    """Return the faults late or overdue: those whose timelines are told."""
    policies = material.policies
    return [
        fault
        for fault in material.faults
        if read(fault, policies.named(fault.policy_version).clock, material.read_at).verdict
        in (Verdict.LATE, Verdict.OVERDUE)
    ]


def _on_record(books: Books, period: Period) -> bool:
    return books.since is not None and books.since < period.span[1]


def _frozen(books: Books, period: Period) -> Figures | None:
    edition = books.editions.named(period.key)
    return None if edition is None or edition.frozen is None else books.published(edition)


def _ground(books: Books, period: Period) -> Ground | None:
    """Return what a period's figures come from: as published where they are, None where nothing is on record."""
    if not _on_record(books, period):
        return None
    frozen = _frozen(books, period)
    return ground_of(books.material(period.span)) if frozen is None else frozen.ground


def _points(
    books: Books, months: Sequence[Period], steps: _Steps, known: Mapping[str, Ground | None]
) -> list[MonthPoint]:
    """Return the points of months: those that the latest frozen edition among them has, the others drawn up anew.

    ``known`` is the ground of some, by key.
    """
    points = {each.first: MonthPoint(first=each.first, availability=None, coverage=None) for each in months}
    for each in reversed(months):
        frozen = _frozen(books, each)
        if frozen is not None:
            points |= {point.first: point for point in frozen.months if point.first in points}
            break
        ground = known[each.key] if each.key in known else _ground(books, each)
        if ground is not None:
            points[each.first] = month_point(each.first, ground)
        steps.done()
    return list(points.values())


def _amended(books: Books, key: str, period: Period, *, told_up_to: int) -> Amendment | None:
    """Return what is another thing now than was told last of a frozen edition, None where nothing is."""
    edition = books.editions.named(key)
    if edition is None:
        return None
    earlier, original = named(key, period.zone), books.published(edition)
    head = Head(county=original.county, kind=earlier.kind, zone=earlier.zone)
    told = (
        found
        for later in books.editions.frozen()
        if later.key not in (key, period.key)
        for found in books.published(later).amendments
        if found.edition == key
    )
    known = draw_up(books.material(earlier.span), head)
    return amend(as_told(original, told), known, edition=key, rulings=books.ruled(told_up_to))


# -- out of the database -----------------------------------------------------------------------------------------


def published(records: Records, edition: Edition) -> Figures:
    """Return the figures of an edition's drawing that stands.

    Raises:
        LookupError: there is none, or its figures are gone.
        ValueError: they do not read.
    """
    latest = edition.latest
    body = None if latest is None else records.edition_body(latest.figures)
    if body is None:
        raise LookupError(f"the figures of report {edition.key} are gone: run `monitor ledger verify`")
    return of_json(body.decode())


def _events(records: Records, faults: Sequence[Fault]) -> list[Event]:
    found = [*records.events_of(fault.no for fault in faults), *records.events(kinds=OF_NO_FAULT)]
    return [recorded.event for recorded in sorted(found, key=lambda recorded: recorded.seq)]


def _inspected(records: Records, configuration: Configuration, on: date) -> Inspected:
    found = inspect(records, configuration, on)
    return Inspected(gaps=found.gaps, hints=found.hints, coverage=found.coverage, answers=found.answers)


def _amendable(records: Records, known: Editions, period: Period) -> dict[str, int]:
    """Return the frozen editions of earlier periods of the kind that rulings may have changed since they were told of.

    Each is named by its key, with the row of the ledger up to which it is told of. Looked for is what people decided,
    of faults and time that an edition's period holds, after it was frozen and after every edition of a later period
    was: what was decided before stands in one of those.
    """
    earlier = {
        edition.key: (edition, of)
        for edition in known.frozen()
        if (of := named(edition.key, period.zone)).kind is period.kind and of.span[0] < period.span[0]
    }
    told = {
        key: max(_seq(later) for later, its in earlier.values() if its.span[0] >= of.span[0])
        for key, (_, of) in list(earlier.items())[-MOST_AMENDED:]
    }
    if not told:
        return {}
    decided = _decided(records, min(told.values()))
    return {
        key: seq
        for key, seq in told.items()
        if any(after > seq and _meet(span, earlier[key][1].span) for after, span in decided)
    }


def _seq(edition: Edition) -> int:
    return 0 if edition.latest is None else edition.latest.ledger_seq


def _decided(records: Records, after: int) -> list[tuple[int, Span]]:
    """Return what people decided after a row of the ledger: the row, and the time that it speaks of."""
    rulings = list(records.events(after=after, kinds=RULINGS))
    nos = {recorded.event.no for recorded in rulings if isinstance(recorded.event, FaultEvent)}
    spans = {fault.no: _lasted(fault) for fault in records.faults(nos=nos)}
    windows = _windows(records) if any(isinstance(each.event, WINDOWS) for each in rulings) else {}
    found: list[tuple[int, Span]] = []
    for recorded in rulings:
        match recorded.event:
            case FaultEvent(no=no) if no in spans:
                found.append((recorded.seq, spans[no]))
            case MaintenanceApproved(id=name) | MaintenanceCancelled(id=name) if name in windows:
                found.append((recorded.seq, windows[name]))
            case _:
                pass
    return found


def _windows(records: Records) -> dict[str, Span]:
    """Return the times of maintenance windows as they were approved, by id."""
    approved = (recorded.event for recorded in records.events(kinds=(MaintenanceApproved,)))
    return {each.id: (each.begins_at, each.ends_at) for each in approved if isinstance(each, MaintenanceApproved)}


def _lasted(fault: Fault) -> Span:
    """Return from a fault's first failure to where it, or what was excluded of it, ended."""
    ends = [fault.episode.restored_at or FOREVER, fault.discovered_at + timedelta(seconds=1)]
    return fault.episodes[0].first_failed_at, max(*ends, *(each.ends_at for each in fault.exclusions))


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and one[1] > other[0]
