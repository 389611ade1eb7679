"""The carriers beside each other, with their ranks and why one has none."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.reports.composing.speech import Speech, width
from monitor.reports.document import Block, Cell, Column, Paragraph, Side, Table, Tone
from monitor.reports.figures import CarrierRow, Figures, Indicator, NoRank, Rank
from monitor.reports.grounds import BROKEN

COMPARED: Mapping[Indicator, float] = {
    Indicator.LINES: 0.8,
    Indicator.ACCOUNTABLE: 0.8,
    Indicator.INCIDENTS: 0.8,
    Indicator.MISSED: 0.8,
    Indicator.DISPUTABLE: 0.8,
    Indicator.ON_TIME_RATE: 1.1,
    Indicator.MEAN_REPAIR: 1.4,
    Indicator.ASSESSED: 1.1,
    Indicator.AVAILABILITY: 1.1,
}
"""What is compared, and how wide its column is at least."""
NARROWEST, WIDEST = 1.4, 3.3  # of the column of names
LETTERS = 9  # of half width, that find room in a unit of width


def carriers(figures: Figures, speech: Speech) -> list[Block]:
    """Return the table of carriers, and under it what its ranks mean."""
    return [
        Table(
            name=speech.say("table_carriers"),
            columns=[
                Column(title=speech.say("carrier"), width=_names(figures)),
                *(_column(name, speech) for name in COMPARED),
                Column(title=speech.say("head_rank"), side=Side.CENTRE, width=1.2),
            ],
            rows=[_row(carrier, speech) for carrier in figures.carriers],
            empty=speech.say("no_data"),
        ),
        Paragraph(text=_note(figures, speech), tone=Tone.NOTE),
    ]


def _column(name: Indicator, speech: Speech) -> Column:
    """Return the column of an indicator, in which no word of its heading is broken."""
    title = speech.say(f"head_{name.value}")
    longest = max(width(word) for word in title.replace("（", " （").split())
    return Column(title=title, side=Side.RIGHT, width=max(COMPARED[name], longest / LETTERS))


def _names(figures: Figures) -> float:
    """Return the width of the column of names: a long one is to take two lines, not five."""
    longest = max((width(carrier.short_name) for carrier in figures.carriers), default=0)
    return min(WIDEST, max(NARROWEST, longest / LETTERS))


def _row(carrier: CarrierRow, speech: Speech) -> list[Cell]:
    figures = {name: carrier.figures.get(name) for name in COMPARED}
    cells = [
        speech.figure_cell(name, None if figure is None else figure.value, measured=False)
        for name, figure in figures.items()
    ]
    return [Cell(text=carrier.short_name), *cells, _rank(carrier.rank, speech)]


def _rank(rank: Rank, speech: Speech) -> Cell:
    if rank.place is None:
        return Cell(text=speech.say("rank_none"))
    text = speech.say("rank_shared", place=rank.place) if rank.shared else str(rank.place)
    return Cell(text=text, value=rank.place)


def _note(figures: Figures, speech: Speech) -> str:
    """Say what is counted, how it is ranked, and why one is not: those of one reason together."""
    without: dict[NoRank | None, list[str]] = {}
    for carrier in figures.carriers:
        if carrier.rank.place is None:
            without.setdefault(carrier.rank.why_not, []).append(carrier.short_name)
    said = speech.say("carriers_note", apart=_apart(figures, speech), ranking=speech.say("ranking"))
    if not without:
        return said
    those = [
        speech.say("not_ranked_item", carriers=speech.listed(names), why=_why(why, figures, speech))
        for why, names in without.items()
    ]
    return said + speech.say("not_ranked", those=speech.listed(those))


def tell_apart(figures: Figures) -> bool:
    """Tell whether the limits missed in the period are not those of the faults that are late of it."""
    return any(fault.missed != (fault.counted and fault.verdict in BROKEN) for fault in figures.faults)


def _apart(figures: Figures, speech: Speech) -> str:
    """Say that two columns tell of other faults, where they do: else who has none overdue seems to have a late one."""
    return speech.say("carriers_apart") if tell_apart(figures) else ""


def _why(why: NoRank | None, figures: Figures, speech: Speech) -> str:
    rule = figures.policy.report
    return speech.say(
        f"why_{'none' if why is None else why.value}",
        lines=rule.rank_min_lines,
        coverage=speech.bound(rule.rank_min_coverage),
    )
