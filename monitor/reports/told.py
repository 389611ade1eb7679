"""What was told last of an edition that is frozen: its figures, and over them the amendments of later ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitor.faults.terms import Party
from monitor.reports.figures import Amendment, CarrierRow, FaultRow, Figure, Figures, Rank, Value, rank_key
from monitor.sla.verdict import Verdict


def as_told(published: Figures, amendments: Iterable[Amendment]) -> Figures:
    """Return published figures with what later editions amended in them, in the order in which those were frozen.

    A fault that only an amendment told of has no row here: it is told again.
    """
    for amendment in amendments:
        values = {changed.key: changed.after for changed in amendment.figures}
        published = replace(
            published,
            faults=tuple(row for each in published.faults if (row := _row(each, amendment)) is not None),
            overall={
                indicator: replace(compared, now=_figure(compared.now, values))
                for indicator, compared in published.overall.items()
            },
            carriers=tuple(
                replace(
                    row,
                    figures={name: _figure(each, values) for name, each in row.figures.items()},
                    rank=_rank(row, values),
                )
                for row in published.carriers
            ),
        )
    return published


def _row(row: FaultRow, amendment: Amendment) -> FaultRow | None:
    if row.no not in amendment.faults:
        return row
    after = amendment.faults[row.no][1]
    if after is None:
        return None
    row, detail = replace(row, verdict=Verdict(after[0]), party=Party(after[1])), amendment.details.get(row.no)
    if detail is None or detail.after is None:
        return row
    stood = detail.after
    return replace(row, elapsed=stood.elapsed, excluded=stood.excluded, restored_at=stood.restored_at)


def _rank(row: CarrierRow, values: Mapping[str, Value]) -> Rank:
    """Return a carrier's place as told last; with whom it was shared, an amendment does not tell."""
    key = rank_key(row.id)
    place = values.get(key)
    return row.rank if key not in values else Rank(place=place if isinstance(place, int) else None)


def _figure(figure: Figure, values: Mapping[str, Value]) -> Figure:
    return replace(figure, value=values[figure.key]) if figure.key in values else figure
