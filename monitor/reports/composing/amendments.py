"""Annex 7: what later rulings changed in editions that were frozen."""

from __future__ import annotations

from dataclasses import replace

from monitor.reports.composing.speech import NOTHING, Speech
from monitor.reports.composing.timelines import details
from monitor.reports.document import Block, Cell, Column, Heading, Paragraph, Table
from monitor.reports.figures import AmendedFault, Amendment, Changed, Figures, Indicator, Moment, Stood, Value
from monitor.wording import WORDING

Ruling = tuple[str, str] | None


def amendments(figures: Figures, speech: Speech) -> list[Block]:
    """Return two tables an edition: its faults and its figures, before and after; or that nothing is amended."""
    names = _names(figures)
    blocks: list[Block] = []
    for each in figures.amendments:
        blocks.append(Heading(text=speech.say("amended_edition", edition=each.edition), level=2))
        blocks += [_faults(each, speech), _figures(each, names, speech)]
    return blocks or [Paragraph(text=speech.say("no_amendments"))]


def _names(figures: Figures) -> dict[str, str]:
    """Return the names of carriers and units by the scope of their keys."""
    carriers = {f"carrier:{row.id}": row.name for row in figures.carriers}
    return carriers | {f"unit:{row.id}": row.name for row in figures.units}


def _faults(amendment: Amendment, speech: Speech) -> Table:
    """Return the faults: whose each is, how it stood and stands, and by what ruling, of when and by whom."""
    return Table(
        name=speech.say("table_amended_faults", edition=amendment.edition),
        columns=[
            Column(title=speech.say("no"), width=1.9),
            Column(title=speech.say("unit"), width=1.7),
            Column(title=speech.say("line"), width=1.3),
            Column(title=speech.say("carrier"), width=1.7),
            Column(title=speech.say("before"), width=1.6),
            Column(title=speech.say("after"), width=1.6),
            Column(title=speech.say("ruled"), width=2.8),
        ],
        rows=[_fault(no, pair, amendment.details.get(no), speech) for no, pair in amendment.faults.items()],
        empty=speech.say("no_changes"),
    )


def _fault(no: str, pair: tuple[Ruling, Ruling], known: AmendedFault | None, speech: Speech) -> list[Cell]:
    """Return the row of a fault; of an edition of before they were kept, its details are not known."""
    if known is None:
        whose = [NOTHING] * 3
        stood, ruled = [_ruling(each, speech) for each in pair], NOTHING
    else:
        whose = [known.unit_name, known.line, known.carrier_name]
        stood, ruled = [_stood(each, speech) for each in (known.before, known.after)], _ruled(known, speech)
    return [Cell(text=text) for text in (no, *whose, *stood, ruled)]


def _stood(stood: Stood | None, speech: Speech) -> str:
    """Say how a fault stands: its verdict, its party, how long it took, and what of it is excluded."""
    if stood is None:
        return speech.say("not_in_it")
    said = _ruling((stood.verdict.value, stood.party.value), speech)
    said += speech.say("ruling_took", elapsed=speech.elapsed(stood.elapsed))
    return said + (speech.say("ruling_excluded", excluded=speech.length(stood.excluded)) if stood.excluded else "")


def _ruled(fault: AmendedFault, speech: Speech) -> str:
    """Say what was decided of a fault, one ruling after the other."""
    known = WORDING[speech.locale]
    said = [
        speech.say(
            "ruled_item",
            at=speech.moment(each.at),
            what=known.get(each.what, each.what),
            details=details(_who_last(each), speech),
        )
        for each in fault.rulings
    ]
    return speech.words["next"].join(said) or speech.say("no_ruling")


def _who_last(ruling: Moment) -> Moment:
    """Return a ruling that is told with what was decided first, and by whom last."""
    told = dict(ruling.detail)
    return replace(ruling, detail=told | {"who": told.pop("who")}) if "who" in told else ruling


def _figures(amendment: Amendment, names: dict[str, str], speech: Speech) -> Table:
    return Table(
        name=speech.say("table_amended_figures", edition=amendment.edition),
        columns=_columns("amended_figure", speech),
        rows=[row for each in amendment.figures if _is_seen(row := _changed(each, names, speech))],
        empty=speech.say("no_changes"),
    )


def _columns(first: str, speech: Speech) -> list[Column]:
    return [
        Column(title=speech.say(first), width=2.0),
        Column(title=speech.say("before"), width=1.6),
        Column(title=speech.say("after"), width=1.6),
    ]


def _ruling(ruling: Ruling, speech: Speech) -> str:
    if ruling is None:
        return speech.say("not_in_it")
    verdict, party = ruling
    return speech.say(
        "ruling",
        verdict=speech.words.get(f"verdict_{verdict}", verdict),
        party=speech.words.get(f"party_{party}", party),
    )


def _changed(each: Changed, names: dict[str, str], speech: Speech) -> list[Cell]:
    scope, _, indicator = each.key.rpartition(".")
    said = scope.partition(":")[2] or speech.say("scope_county")
    name = speech.words.get(f"indicator_{indicator}", indicator)
    return [
        Cell(text=speech.say("scoped", scope=names.get(scope, said), indicator=name)),
        _value(indicator, each.before, speech),
        _value(indicator, each.after, speech),
    ]


def _is_seen(row: list[Cell]) -> bool:
    """Tell whether what is printed changed: some seconds of a mean time did not, and stand in the JSON alone."""
    _, before, after = row
    return before.text != after.text


def _value(indicator: str, value: Value, speech: Speech) -> Cell:
    known = Indicator(indicator) if indicator in Indicator.__members__.values() else None
    if known is None:  # a carrier's place, or what a later version of the program tells of
        return Cell(text=NOTHING if value is None else str(value), value=value)
    return speech.figure_cell(known, value)
