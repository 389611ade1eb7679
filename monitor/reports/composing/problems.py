"""What went wrong, by name: unit, carrier, number of the fault; what finds no room is counted, and named in an annex.

Page one is one page. Each sort of thing names its first few; when the page is full the rest is told by its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from monitor.reports.composing.gaps import are_known
from monitor.reports.composing.speech import NOTHING, Speech, width
from monitor.reports.document import Block, Paragraph
from monitor.reports.figures import FaultRow, Figures, IncidentRow, Indicator, UnitRow
from monitor.sla.verdict import Verdict

NAMED = 3  # of a sort, at most
ROOM_OF_ONE = 230  # for the names of a sort, in letters of half width
ROOM = 560  # for all names


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of what went wrong: how many there are, those to be named first, and the annex in which all stand."""

    lead: str
    named: Sequence[str]
    number: int
    annex: int
    measure: str = "of_faults"


def problems(figures: Figures, speech: Speech) -> list[Block]:
    """Return what went wrong, a paragraph a sort; where nothing did, that."""
    said = list(_within(ROOM, (sort for sort in _sorts(figures, speech) if sort.number), speech))
    gaps = sum(not row.gap.kind.is_hint for row in figures.gaps)
    if gaps:
        unseen = [] if said or _seen(figures) else [speech.say("problems_unknown")]  # gaps alone would say: no faults
        said = [*said, *unseen, speech.say("problem_gaps", count=gaps)]
    if not said:
        return [Paragraph(text=_none(figures, speech))]
    return [Paragraph(text=speech.say("item", number=number, text=text)) for number, text in enumerate(said, 1)]


def _sorts(figures: Figures, speech: Speech) -> Iterator[Sort]:
    """Yield the sorts in the order in which they matter."""
    short = {carrier.id: carrier.short_name for carrier in figures.carriers}

    def of_faults(kind: str, found: Iterable[FaultRow], annex: int, named: Callable[[FaultRow, str], str]) -> Sort:
        faults = list(found)
        return Sort(
            lead=speech.say(f"problem_{kind}", count=len(faults)),
            named=[named(fault, short.get(fault.carrier, fault.carrier_name)) for fault in faults[:NAMED]],
            number=len(faults),
            annex=annex,
        )

    by_length = sorted(figures.faults, key=lambda fault: (fault.restored_at is not None, -fault.elapsed, fault.no))
    yield of_faults("overdue", (each for each in by_length if each.missed), 1, _overdue(figures, speech))
    disputable = (each for each in by_length if each.verdict is Verdict.DISPUTABLE and each.counted)
    yield of_faults("disputable", disputable, 2, _disputable(speech))
    running = (each for each in by_length if each.verdict is Verdict.RUNNING)
    yield of_faults("running", running, 2, _running(speech))
    yield _incidents(figures, short, speech)
    yield _worst(figures, speech)


def _none(figures: Figures, speech: Speech) -> str:
    """Say that nothing went wrong, of what is known: where nothing was measured, no fault is no good news."""
    if not _seen(figures):
        return speech.say("problems_unknown")
    return speech.say("no_problems", gaps=speech.say("no_problem_gaps") if are_known(figures) else "")


def _seen(figures: Figures) -> bool:
    """Tell whether anything was measured in the period."""
    coverage = figures.overall.get(Indicator.COVERAGE)
    return coverage is not None and bool(coverage.now.value)


def _within(room: int, sorts: Iterable[Sort], speech: Speech) -> Iterator[str]:
    """Yield each sort in words, its first always by name, the others as far as there is room."""
    left = room
    for place, sort in enumerate(sorts):
        named = _fitting(sort.named, min(left, ROOM_OF_ONE), at_least=0 if place else 1)
        left -= sum(width(name) for name in named)
        yield _said(sort, named, speech)


def _fitting(names: Sequence[str], room: int, *, at_least: int) -> Sequence[str]:
    """Return the first names for which there is room."""
    taken = 0
    for number, name in enumerate(names):
        taken += width(name)
        if taken > room and number >= at_least:
            return names[:number]
    return names


def _said(sort: Sort, named: Sequence[str], speech: Speech) -> str:
    known = {"lead": sort.lead, "annex": sort.annex}
    if not named:
        return speech.say("problem_counted", **known)
    items = speech.words["next"].join(named)
    if sort.number == len(named):
        return speech.say("problem_named", items=items, **known)
    left = sort.number - len(named)
    return speech.say("problem_some", items=items, left=left, measure=speech.say(sort.measure), **known)


# -- those named ---------------------------------------------------------------------------------------------------


def _overdue(figures: Figures, speech: Speech) -> Callable[[FaultRow, str], str]:
    until = figures.read_at
    still = speech.say("open") if until is None else speech.say("open_until", at=speech.moment(until))

    def named(fault: FaultRow, carrier: str) -> str:
        restored = fault.restored_at
        state = still if restored is None else speech.say("restored_on", at=speech.moment(restored))
        elapsed = speech.elapsed(fault.elapsed)
        return speech.say(
            "named_fault", unit=fault.unit_name, carrier=carrier, no=fault.no, elapsed=elapsed, state=state
        )

    return named


def _disputable(speech: Speech) -> Callable[[FaultRow, str], str]:
    def named(fault: FaultRow, carrier: str) -> str:
        elapsed = speech.elapsed(fault.elapsed)
        return speech.say("named_disputable", unit=fault.unit_name, carrier=carrier, no=fault.no, elapsed=elapsed)

    return named


def _running(speech: Speech) -> Callable[[FaultRow, str], str]:
    def named(fault: FaultRow, carrier: str) -> str:
        due = fault.deadline_at
        return speech.say(
            "named_running" if due is None else "named_running_due",
            unit=fault.unit_name,
            carrier=carrier,
            no=fault.no,
            discovered=speech.moment(fault.discovered_at),
            deadline="" if due is None else speech.moment(due),
        )

    return named


def _incidents(figures: Figures, short: dict[str, str], speech: Speech) -> Sort:
    """Return the incidents discovered in the period, the largest first."""
    counted = [each for each in figures.incidents if each.counted]
    largest = sorted(counted, key=lambda each: (-len(each.lines), each.number))
    return Sort(
        lead=speech.say("problem_incidents", count=len(largest)),
        named=[_incident(each, short, speech) for each in largest[:NAMED]],
        number=len(largest),
        annex=2,
    )


def _incident(incident: IncidentRow, short: dict[str, str], speech: Speech) -> str:
    node = incident.node_name
    return speech.say(
        "named_incident",
        carrier=short.get(incident.carrier, incident.carrier),
        node="" if node is None else speech.say("named_node", node=node),
        lines=len(incident.lines),
        count=len(incident.faults),
        first=next(iter(incident.faults), NOTHING),
    )


def _worst(figures: Figures, speech: Speech) -> Sort:
    """Return the units of the lowest availability; one that was up all the time is none."""
    known = [(share, unit) for unit in figures.units if (share := _below_all(unit)) is not None]
    worst = sorted(known, key=lambda each: each[0])
    named = [
        speech.say("named_unit", unit=unit.name, availability=speech.share(share)) for share, unit in worst[:NAMED]
    ]
    return Sort(
        lead=speech.say("problem_worst", count=len(worst)), named=named, number=len(worst), annex=3, measure="of_units"
    )


def _below_all(unit: UnitRow) -> Fraction | None:
    """Return the availability of a unit that is among the worst and below 100 %."""
    share = unit.availability.value
    return share if unit.among_worst and isinstance(share, Fraction) and share < 1 else None
