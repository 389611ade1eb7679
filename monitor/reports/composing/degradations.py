"""Degradations, in the annex of all faults: they are told beside them, since they are none (section 12)."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.reports.composing.speech import Speech
from monitor.reports.degradations import DegradationRow
from monitor.reports.document import Block, Cell, Column, Heading, Table
from monitor.reports.figures import Figures


def degradations(figures: Figures, speech: Speech) -> Iterator[Block]:
    """Yield the table of degradations with its heading; nothing where the figures were kept without them."""
    if figures.degradations is None:
        return
    yield Heading(text=speech.say("heading_degradations", count=len(figures.degradations)), level=2)
    yield Table(
        name=speech.say("table_degradations"),
        columns=[
            Column(title=speech.say("unit"), width=2.2),
            Column(title=speech.say("line"), width=1.5),
            Column(title=speech.say("role"), width=0.9),
            Column(title=speech.say("carrier"), width=2.4),
            Column(title=speech.say("degraded_by"), width=1.0),
            Column(title=speech.say("begins"), width=1.6),
            Column(title=speech.say("ends"), width=1.6),
        ],
        rows=[_row(each, speech) for each in figures.degradations],
        empty=speech.say("no_degradations"),
    )


def _row(each: DegradationRow, speech: Speech) -> list[Cell]:
    return [
        Cell(text=each.unit_name),
        Cell(text=each.line),
        Cell(text=speech.words.get(f"role_{each.role}", each.role)),
        Cell(text=each.carrier_name),
        Cell(text=speech.say(f"cause_{each.cause.value}")),
        speech.moment_cell(each.began_at),
        speech.moment_cell(each.ended_at, missing=speech.say("degradation_lasts")),
    ]
