"""Annex 6: gaps of the registers, hints, coverage of connection, time to the first answer of requests."""

from __future__ import annotations

from monitor.registers.figures import Answers, Coverage
from monitor.registers.letters import said_gap, said_register
from monitor.reports.composing.speech import NOTHING, Speech
from monitor.reports.document import Block, Cell, Column, Heading, Paragraph, Side, Table
from monitor.reports.figures import Figures, GapRow
from monitor.wording import WORDING


def are_known(figures: Figures) -> bool:
    """Tell whether the registers were looked at: without that, no gap is no good news."""
    return bool(figures.gaps or figures.connection) or figures.answers is not None


def gaps(figures: Figures, speech: Speech) -> list[Block]:
    """Return the gaps and, apart from them, the hints, which are no gaps; then the numbers beside them."""
    known = are_known(figures)
    hints, owed = ([row for row in figures.gaps if row.gap.kind.is_hint is hint] for hint in (True, False))
    return [
        Heading(text=speech.say("heading_gaps", count=len(owed)), level=2),
        _table("table_gaps", owed, speech, empty="no_gaps" if known else "registers_unknown"),
        Heading(text=speech.say("heading_hints", count=len(hints)), level=2),
        _table("table_hints", hints, speech, empty="no_hints" if known else "registers_unknown"),
        Heading(text=speech.say("heading_connection"), level=2),
        _connection(figures, speech),
        Heading(text=speech.say("heading_answers"), level=2),
        Paragraph(text=_answers(figures.answers, speech)),
    ]


def _table(name: str, rows: list[GapRow], speech: Speech, *, empty: str) -> Table:
    return Table(
        name=speech.say(name),
        columns=[
            Column(title=speech.say("register"), width=2.3),
            Column(title=speech.say("kind"), width=1.1),
            Column(title=speech.say("subject"), width=2.4),
            Column(title=speech.say("gap_which"), width=1.5),
            Column(title=speech.say("gap"), width=3.4),
        ],
        rows=[_row(row, speech) for row in rows],
        empty=speech.say(empty),
    )


def _row(row: GapRow, speech: Speech) -> list[Cell]:
    gap = row.gap
    which = gap.line or (gap.entry if gap.entry != gap.subject else None)
    return [
        Cell(text=said_register(gap, speech.locale)),
        Cell(text=speech.say("carrier" if row.of_carrier else "unit")),
        Cell(text=row.subject_name),
        Cell(text=which or NOTHING),
        Cell(text=said_gap(gap, WORDING[speech.locale])),
    ]


def _connection(figures: Figures, speech: Speech) -> Table:
    return Table(
        name=speech.say("table_connection"),
        columns=[
            Column(title=speech.say("kind"), width=1.6),
            Column(title=speech.say("listed_units"), side=Side.RIGHT),
            Column(title=speech.say("connected_units"), side=Side.RIGHT),
            Column(title=speech.say("rate"), side=Side.RIGHT),
        ],
        rows=[_connected(each, speech) for each in figures.connection],
        empty=speech.say("no_connection"),
    )


def _connected(each: Coverage, speech: Speech) -> list[Cell]:
    return [
        Cell(text=speech.say(f"kind_{each.kind.value}")),
        Cell(text=str(each.listed), value=each.listed),
        Cell(text=str(each.connected), value=each.connected),
        speech.share_cell(each.rate),
    ]


def _answers(answers: Answers | None, speech: Speech) -> str:
    if answers is None:
        return speech.say("no_answers")
    since = answers.since
    return speech.say(
        "answers",
        requests=answers.requests,
        answered=answers.answered,
        median=speech.length(answers.median),
        longest=speech.length(answers.longest),
        waiting=answers.waiting,
        since="" if since is None else speech.say("answers_since", since=speech.moment(since)),
    )
