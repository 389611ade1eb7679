"""What was told of an edition: amended, it is told no second time."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.reports.amendments import amend
from monitor.reports.figures import Figures
from monitor.reports.told import as_told
from tests.reports.strategies import figures

RULED = ("verdict", "party", "elapsed", "excluded", "restored_at")


def ruled(published: Figures, parties: Figures, verdicts: list[int]) -> Figures:
    """Return figures in which faults were ruled otherwise, vanished, and counts and shares became others."""
    other = {row.no: row for row in parties.faults}
    rows = [
        replace(row, **{name: getattr(other[row.no], name) for name in RULED}) if row.no in other else row
        for place, row in enumerate(published.faults)
        if place not in verdicts
    ]
    overall = {name: parties.overall.get(name, compared) for name, compared in published.overall.items()}
    return replace(published, faults=tuple(rows), overall=overall)


@settings(max_examples=settings().max_examples // 40)  # three reports an example
@given(figures(), figures(), figures(), st.lists(st.integers(0, 5), max_size=2))
def test_what_was_amended_is_not_amended_again(
    first: Figures, second: Figures, third: Figures, gone: list[int]
) -> None:
    """Nor where the next ruling takes the first one back: then that is what is told."""
    once = ruled(first, second, gone)
    amendment = amend(first, once, edition="2026-09")
    told = [] if amendment is None else [amendment]
    assert None is amend(as_told(first, told), once, edition="2026-09")
    twice = ruled(once, third, [])
    second_one = amend(as_told(first, told), twice, edition="2026-09")
    assert None is amend(as_told(first, [*told, *([second_one] if second_one else [])]), twice, edition="2026-09")


@settings(max_examples=settings().max_examples // 40)
@given(figures())
def test_without_amendments_it_is_as_published(published: Figures) -> None:
    assert published == as_told(published, [])
