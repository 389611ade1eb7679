"""The timeline of a fault, step by step, in words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction

from monitor.reports.composing.speech import Speech
from monitor.reports.document import Block, Cell, Column, Heading, Table
from monitor.reports.figures import FaultRow, Moment
from monitor.wording import WORDING
from monitor.wording.telephones import mask_within

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
OF_PEOPLE = ("why", "text", "who")  # written by people: whatever it says is no code
CODES = ("party_{}", "source_{}", "reason_{}", "verdict_{}")
"""Where the words of a code are found, in the report's words."""


def timelines(faults: list[FaultRow], speech: Speech) -> list[Block]:
    """Return a heading and a table a fault."""
    blocks: list[Block] = []
    for fault in faults:
        blocks.append(Heading(text=speech.say("timeline_of", no=fault.no, unit=fault.unit_name), level=2))
        blocks.append(_timeline(fault, speech))
    return blocks


def _timeline(fault: FaultRow, speech: Speech) -> Table:
    return Table(
        name=fault.no,
        columns=[
            Column(title=speech.say("at"), width=1.2),
            Column(title=speech.say("what"), width=1.2),
            Column(title=speech.say("details"), width=3.6),
        ],
        rows=[_step(moment, speech) for moment in fault.timeline],
        empty=speech.say("no_timeline"),
    )


def _step(moment: Moment, speech: Speech) -> list[Cell]:
    known = WORDING[speech.locale]
    return [
        speech.moment_cell(moment.at, to_the_second=True),
        Cell(text=known.get(moment.what, moment.what)),
        Cell(text=details(moment, speech)),
    ]


def details(moment: Moment, speech: Speech) -> str:
    """Say what a step adds, one thing after the other."""
    said = [
        speech.say("detail", name=speech.words.get(f"detail_{name}", name), value=_said(name, value, speech))
        for name, value in moment.detail.items()
    ]
    return speech.words["next"].join(said) or "—"


def _said(name: str, value: str, speech: Speech) -> str:
    """Say what a step adds: codes in words, instants in local time, the words of people without telephones."""
    if name in OF_PEOPLE:
        return mask_within(value)
    if INSTANT.fullmatch(value):
        return speech.moment(datetime.fromisoformat(value), to_the_second=True)
    if name == "elapsed_s":
        return speech.exact_length(timedelta(seconds=float(value)))
    known = WORDING[speech.locale]
    if name == "message":
        return known.get(f"message_{value}", value)
    if name == "reasons":
        return speech.listed([known.get(reason, reason) for reason in value.split(",")])
    if name == "fraction":
        return speech.bound(Fraction(value))
    for pattern in CODES:
        if (word := speech.words.get(pattern.format(value))) is not None:
            return word
    return mask_within(value)
