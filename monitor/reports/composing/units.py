"""Annex 3: availability by unit, with its bounds and what is known of it; the worst ten marked."""

from __future__ import annotations

from monitor.reports.composing.speech import Speech
from monitor.reports.document import Block, Cell, Column, Paragraph, Side, Table, Tone
from monitor.reports.figures import Figures, UnitRow


def units(figures: Figures, speech: Speech) -> list[Block]:
    """Return a row a unit, in the order of the inventory."""
    right = Side.RIGHT
    return [
        Paragraph(text=speech.say("worst_note"), tone=Tone.NOTE),
        Table(
            name=speech.say("annex_3"),
            columns=[
                Column(title=speech.say("unit"), width=3.1),
                Column(title=speech.say("kind"), width=1.2),
                Column(title=speech.say("lines"), side=right, width=0.7),
                Column(title=speech.say("faults"), side=right, width=0.7),
                Column(title=speech.say("window"), side=right, width=1.4),
                Column(title=speech.say("unknown"), side=right, width=1.4),
                Column(title=speech.say("down"), side=right, width=1.4),
                Column(title=speech.say("availability"), side=right, width=1.1),
                Column(title=speech.say("low"), side=right, width=1.1),
                Column(title=speech.say("high"), side=right, width=1.1),
                Column(title=speech.say("coverage"), side=right, width=1.1),
                Column(title=speech.say("remark"), width=1.2),
            ],
            rows=[_row(unit, speech) for unit in figures.units],
            empty=speech.say("no_data"),
        ),
    ]


def _row(unit: UnitRow, speech: Speech) -> list[Cell]:
    strong = unit.among_worst
    return [
        Cell(text=unit.name, strong=strong),
        Cell(text=speech.say(f"kind_{unit.kind.value}"), strong=strong),
        Cell(text=str(unit.lines), value=unit.lines, strong=strong),
        Cell(text=str(unit.faults), value=unit.faults, strong=strong),
        speech.length_cell(unit.window, strong=strong),
        speech.length_cell(unit.unknown, strong=strong),
        speech.length_cell(unit.down, strong=strong),
        speech.share_cell(unit.availability.value, strong=strong),
        speech.share_cell(unit.low, strong=strong),
        speech.share_cell(unit.high, strong=strong),
        speech.share_cell(unit.coverage, strong=strong),
        Cell(text=speech.say("worst") if strong else "", strong=strong),
    ]
