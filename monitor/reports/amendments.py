"""What later rulings and facts changed in an edition that was published (更正; section 7 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitor.faults.events import Event, ExclusionGranted, ExclusionRevoked, PartyRuled
from monitor.reports.figures import AmendedFault, Amendment, Changed, FaultRow, Figures, Moment, Stood, Value, rank_key
from monitor.reports.timelines import moment

Judged = tuple[str, str]
RULINGS = (PartyRuled, ExclusionGranted, ExclusionRevoked)
"""What people decide of a fault that changes what is told of it."""


def amend(published: Figures, known: Figures, *, edition: str, rulings: Iterable[Event] = ()) -> Amendment | None:
    """Return what is otherwise now in the figures of one period, None where nothing is.

    Of faults it is the verdict, the party, the time excluded and how long the repair took, or that one appeared or
    vanished; of figures those of the county and the carriers with the carriers' places, not those of the period before
    it: they are that edition's.
    ``published`` are the figures of ``edition`` as told last, ``known`` those drawn up anew, ``rulings`` what was
    decided in between, in order.
    """
    details = _details(published, known, tuple(rulings))
    before, after = _figures(published), _figures(known)
    figures = tuple(
        Changed(key=key, before=before.get(key), after=after.get(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    )
    faults = {no: (_judged(each.before), _judged(each.after)) for no, each in details.items()}
    found = Amendment(edition=edition, faults=faults, figures=figures, details=details)
    return found if faults or figures else None


def _details(published: Figures, known: Figures, rulings: tuple[Event, ...]) -> Mapping[str, AmendedFault]:
    """Return the faults that are told otherwise, by number."""
    before, after = _rows(published), _rows(known)
    pairs = {no: (before.get(no), after.get(no)) for no in sorted(before.keys() | after.keys())}
    return {
        no: _amended(row, was, now, rulings)
        for no, (was, now) in pairs.items()
        if (row := now or was) is not None and (_weighs(was) != _weighs(now) or _took_otherwise(was, now))
    }


def _rows(figures: Figures) -> Mapping[str, FaultRow]:
    return {fault.no: fault for fault in figures.faults}


def _weighs(fault: FaultRow | None) -> object:
    """Return what an amendment is about; that an open fault grew older, or ended within its limit, is none."""
    return None if fault is None else (fault.verdict, fault.party, fault.excluded)


def _took_otherwise(before: FaultRow | None, after: FaultRow | None) -> bool:
    """Tell whether a repair that was told took another time: a fault ruled the unit's and back stops counting before.

    Its verdict and party are what they were, and the mean repair time of its carrier is not.
    """
    if before is None or after is None or before.restored_at is None:
        return False
    return (before.elapsed, before.restored_at) != (after.elapsed, after.restored_at)


def _amended(
    row: FaultRow, before: FaultRow | None, after: FaultRow | None, rulings: tuple[Event, ...]
) -> AmendedFault:
    return AmendedFault(
        unit_name=row.unit_name,
        line=row.line,
        carrier_name=row.carrier_name,
        before=_stood(before),
        after=_stood(after),
        rulings=tuple(ruling(each) for each in rulings if isinstance(each, RULINGS) and each.no == row.no),
    )


def ruling(event: PartyRuled | ExclusionGranted | ExclusionRevoked) -> Moment:
    """Return what was decided, with the name of who decided it: an amendment answers to who asks by whom."""
    told = moment(event)
    return told if event.who is None else replace(told, detail={**told.detail, "who": event.who})


def _stood(fault: FaultRow | None) -> Stood | None:
    if fault is None:
        return None
    return Stood(
        verdict=fault.verdict,
        party=fault.party,
        elapsed=fault.elapsed,
        excluded=fault.excluded,
        restored_at=fault.restored_at,
    )


def _judged(stood: Stood | None) -> Judged | None:
    return None if stood is None else (stood.verdict.value, stood.party.value)


def _figures(figures: Figures) -> Mapping[str, Value]:
    """Return the figures of the county, then of the carriers with their places, by their keys."""
    found: dict[str, Value] = {compared.now.key: compared.now.value for compared in figures.overall.values()}
    for row in figures.carriers:
        found |= {figure.key: figure.value for figure in row.figures.values()}
        found[rank_key(row.id)] = row.rank.place
    return found
