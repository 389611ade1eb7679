"""Annex 5: time that the carrier does not answer for: planned maintenance, exclusions, force majeure, exempt faults."""

from __future__ import annotations

from monitor.faults.terms import ExclusionReason
from monitor.reports.composing.speech import NOTHING, Speech
from monitor.reports.document import Block, Cell, Column, Table
from monitor.reports.figures import Figures, LeftOut, LeftOutRow
from monitor.wording.telephones import mask_within

LISTED = 6  # lines by name; of more, how many


def left_out(figures: Figures, speech: Speech) -> list[Block]:
    """Return a row for each window, exclusion and exempt fault, cut to the period."""
    return [
        Table(
            name=speech.say("table_left_out"),
            columns=[
                Column(title=speech.say("kind"), width=1.1),
                Column(title=speech.say("what_left_out"), width=1.7),
                Column(title=speech.say("reason"), width=2.0),
                Column(title=speech.say("begins"), width=1.4),
                Column(title=speech.say("ends"), width=1.4),
                Column(title=speech.say("no"), width=1.8),
                Column(title=speech.say("line"), width=2.0),
            ],
            rows=[_row(each, speech) for each in figures.left_out],
            empty=speech.say("no_left_out"),
        )
    ]


def _row(each: LeftOutRow, speech: Speech) -> list[Cell]:
    cancelled = speech.say("cancelled") if each.cancelled else ""
    return [
        Cell(text=_kind(each, speech)),
        Cell(text=each.what),
        Cell(text=f"{_reason(each, speech)}{cancelled}"),
        speech.moment_cell(each.begins_at),
        speech.moment_cell(each.ends_at),
        Cell(text=each.fault or NOTHING),
        Cell(text=_lines(each.lines, speech)),
    ]


def _kind(each: LeftOutRow, speech: Speech) -> str:
    if each.why is LeftOut.EXCLUSION and each.reason == ExclusionReason.FORCE_MAJEURE:
        return speech.say("left_out_force_majeure")
    return speech.say(f"left_out_{each.why.value}")


def _reason(each: LeftOutRow, speech: Speech) -> str:
    """Say why: what the centre approved of a window, the reason of an exclusion, the party of an exempt fault."""
    match each.why:
        case LeftOut.MAINTENANCE:
            return mask_within(each.reason) or NOTHING
        case LeftOut.EXCLUSION:
            return speech.words.get(f"reason_{each.reason}", each.reason)
        case LeftOut.EXEMPT:
            return speech.say("exempt_reason", party=speech.words.get(f"party_{each.reason}", each.reason))


def _lines(lines: tuple[str, ...], speech: Speech) -> str:
    named = speech.listed(list(lines[:LISTED])) or NOTHING
    if len(lines) <= LISTED:
        return named
    return named + speech.say("and_more", count=speech.say("measure_lines", count=len(lines)))
