"""Annexes of faults: those overdue one by one, all of them, those on the unit's account."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.faults.terms import Party
from monitor.reports.composing.degradations import degradations
from monitor.reports.composing.speech import Speech
from monitor.reports.composing.timelines import timelines
from monitor.reports.document import Block, Cell, Column, Table
from monitor.reports.figures import FaultRow, Figures
from monitor.sla.verdict import Verdict

BROKEN = (Verdict.LATE, Verdict.OVERDUE)


def overdue(figures: Figures, speech: Speech) -> list[Block]:
    """Return the faults whose limit was missed in the period, or that count as late in it, each with its timeline."""
    found = [fault for fault in figures.faults if fault.missed or (fault.counted and fault.verdict in BROKEN)]
    table = Table(
        name=speech.say("annex_1"),
        columns=[
            *_who_and_where(speech),
            Column(title=speech.say("discovered"), width=1.5),
            Column(title=speech.say("deadline"), width=1.5),
            Column(title=speech.say("restored"), width=1.5),
            Column(title=speech.say("elapsed"), width=1.75),
            Column(title=speech.say("excluded"), width=1.1),
            Column(title=speech.say("verdict"), width=1.3),
            Column(title=speech.say("remark"), width=1.5),
        ],
        rows=[_overdue(fault, speech) for fault in found],
        empty=speech.say("no_overdue"),
    )
    return [table, *timelines(found, speech)]


def every(figures: Figures, speech: Speech) -> list[Block]:
    """Return all faults, and the degradations, which are none."""
    return [_table("annex_2", figures.faults, speech, empty="no_faults"), *degradations(figures, speech)]


def of_units(figures: Figures, speech: Speech) -> list[Block]:
    """Return the faults that were ruled the unit's."""
    found = (fault for fault in figures.faults if fault.party is Party.UNIT)
    return [_table("table_unit_faults", found, speech, empty="no_unit_faults")]


def _table(name: str, faults: Iterable[FaultRow], speech: Speech, *, empty: str) -> Table:
    return Table(
        name=speech.say(name),
        columns=[
            *_who_and_where(speech),
            Column(title=speech.say("failed"), width=1.55),
            Column(title=speech.say("discovered"), width=1.55),
            Column(title=speech.say("restored"), width=1.55),
            Column(title=speech.say("elapsed"), width=1.3),
            Column(title=speech.say("verdict"), width=1.3),
            Column(title=speech.say("party"), width=1.3),
            Column(title=speech.say("remark"), width=1.8),
        ],
        rows=[_row(fault, speech) for fault in faults],
        empty=speech.say(empty),
    )


def _who_and_where(speech: Speech) -> list[Column]:
    return [
        Column(title=speech.say("no"), width=1.9),
        Column(title=speech.say("unit"), width=2.0),
        Column(title=speech.say("line"), width=1.3),
        Column(title=speech.say("role"), width=0.9),
        Column(title=speech.say("carrier"), width=2.1),
    ]


def _head(fault: FaultRow, speech: Speech) -> list[Cell]:
    role = speech.words.get(f"role_{fault.role}", fault.role)
    return [
        Cell(text=fault.no),
        Cell(text=fault.unit_name),
        Cell(text=fault.line),
        Cell(text=role),
        Cell(text=fault.carrier_name),
    ]


def _row(fault: FaultRow, speech: Speech) -> list[Cell]:
    return [
        *_head(fault, speech),
        speech.moment_cell(fault.first_failed_at),
        speech.moment_cell(fault.discovered_at),
        speech.moment_cell(fault.restored_at, missing=speech.say("open")),
        speech.elapsed_cell(fault.elapsed),
        Cell(text=speech.say(f"verdict_{fault.verdict.value}")),
        Cell(text=speech.say(f"party_{fault.party.value}")),
        Cell(text=_remarks(fault, speech)),
    ]


def _overdue(fault: FaultRow, speech: Speech) -> list[Cell]:
    """Return a row to the second: what is over the limit by a second must be seen to be so."""
    return [
        *_head(fault, speech),
        speech.moment_cell(fault.discovered_at, to_the_second=True),
        speech.moment_cell(fault.deadline_at, to_the_second=True),
        speech.moment_cell(fault.restored_at, missing=speech.say("open"), to_the_second=True),
        Cell(text=speech.exact_length(fault.elapsed), value=fault.elapsed),
        Cell(
            text=speech.exact_length(fault.excluded) if fault.excluded else speech.say("nothing"), value=fault.excluded
        ),
        Cell(text=speech.say(f"verdict_{fault.verdict.value}")),
        Cell(text=_remarks(fault, speech, of_overdue=True)),
    ]


def _remarks(fault: FaultRow, speech: Speech, *, of_overdue: bool = False) -> str:
    said = []
    if not fault.counted:
        said.append(speech.say("remark_before"))
    if of_overdue and not fault.missed:
        said.append(speech.say("remark_later"))
    if fault.incident is not None:
        said.append(speech.say("remark_incident", number=fault.incident))
    if fault.repeat_of is not None:
        said.append(speech.say("remark_repeat", no=fault.repeat_of))
    if fault.excluded and not of_overdue:
        said.append(speech.say("remark_excluded", length=speech.length(fault.excluded)))
    if fault.flapping:
        said.append(speech.say("remark_flapping"))
    return speech.words["next"].join(said)
