"""What later rulings and facts changed in an edition that was published (更正; section 7 of the fault rules)."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.reports.figures import Amendment, Changed, Figures, Value, rank_key

Judged = tuple[str, str]


def amend(published: Figures, known: Figures, *, edition: str) -> Amendment | None:
    """Return what is otherwise now in the figures of one period, None where nothing is.

    Of faults it is the verdict and the party, or that one appeared or vanished; of figures those of the county and the
    carriers with the carriers' places, not those of the period before it: they are that edition's. ``published`` are
    the figures of ``edition`` as told last, ``known`` those drawn up anew.
    """
    faults = _differences(_judged(published), _judged(known))
    before, after = _figures(published), _figures(known)
    figures = tuple(
        Changed(key=key, before=before.get(key), after=after.get(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    )
    return Amendment(edition=edition, faults=faults, figures=figures) if faults or figures else None


def _differences(
    before: Mapping[str, Judged], after: Mapping[str, Judged]
) -> Mapping[str, tuple[Judged | None, Judged | None]]:
    pairs = {no: (before.get(no), after.get(no)) for no in sorted(before.keys() | after.keys())}
    return {no: pair for no, pair in pairs.items() if pair[0] != pair[1]}


def _judged(figures: Figures) -> Mapping[str, Judged]:
    return {fault.no: (fault.verdict.value, fault.party.value) for fault in figures.faults}


def _figures(figures: Figures) -> Mapping[str, Value]:
    """Return the figures of the county, then of the carriers with their places, by their keys."""
    found: dict[str, Value] = {compared.now.key: compared.now.value for compared in figures.overall.values()}
    for row in figures.carriers:
        found |= {figure.key: figure.value for figure in row.figures.values()}
        found[rank_key(row.id)] = row.rank.place
    return found
