"""The eight annexes, in the order of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.reports.composing import amendments, definitions, faults, gaps, left_out, units
from monitor.reports.composing.speech import Speech
from monitor.reports.document import Annex, Block
from monitor.reports.figures import Figures

ANNEXES: Mapping[int, Callable[[Figures, Speech], list[Block]]] = {
    1: faults.overdue,
    2: faults.every,
    3: units.units,
    4: faults.of_units,
    5: left_out.left_out,
    6: gaps.gaps,
    7: amendments.amendments,
    8: definitions.definitions,
}


def annexes(figures: Figures, speech: Speech) -> list[Annex]:
    """Return the annexes; one with nothing in it says so."""
    return [
        Annex(
            title=speech.say("annex", number=number, title=speech.say(f"annex_{number}")),
            blocks=composed(figures, speech),
        )
        for number, composed in ANNEXES.items()
    ]
