"""What stands behind a figure of a report, on a terminal or for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.exits import WrongInput

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.inventory.model import Unit
    from monitor.reports.explaining import Explanation
    from monitor.reports.figures import Figures, Value
    from monitor.reports.scopes import Kind, Reason

    Names = dict[tuple[Kind, str], str]


def tell_explanation(figures: Figures, key: str, loaded: Configuration, *, as_json: bool) -> None:
    """Print what stands behind a figure, and what it comes to.

    Raises:
        WrongInput: there is no such figure.
    """
    from monitor.reports.explaining import UnknownKey, explain

    try:
        found = explain(figures, key)
    except UnknownKey as error:
        raise WrongInput(str(error)) from error
    if as_json:
        click.echo(json.dumps(_spelled(found, _names(figures, loaded)), ensure_ascii=False))
        return
    _show(found, _names(figures, loaded), loaded)


def _names(figures: Figures, loaded: Configuration) -> Names:
    """Return what people call the grounds of a figure, by kind and id: a line or a fault by its unit.

    Names are those of the figures; short ones are the configuration's, where it means the same unit.
    """
    from monitor.reports.scopes import Kind

    def short(name: str, known: Unit | None) -> str:
        return known.short_name if known is not None and known.name == name else name

    units = loaded.inventory.units
    grounds = [ground for ground in (figures.before, figures.ground) if ground is not None]
    named = {unit.id: short(unit.name, units.get(unit.id)) for ground in grounds for unit in ground.units}
    carriers = {row.id: row.short_name for row in figures.carriers}
    names: Names = {(Kind.UNIT, unit): name for unit, name in named.items()}
    names |= {(Kind.CARRIER, carrier): name for carrier, name in carriers.items()}
    for ground in grounds:
        names |= {(Kind.LINE, line.id): named.get(line.unit, "") for line in ground.lines}
        names |= {(Kind.FAULT, each.no): short(each.unit_name, units.get(each.unit)) for each in ground.faults}
        incidents = {str(each.number): each.node_name or carriers.get(each.carrier, "") for each in ground.incidents}
        names |= {(Kind.INCIDENT, number): name for number, name in incidents.items()}
    return names


def _spelled(found: Explanation, names: Names) -> dict[str, Any]:
    from monitor.reports.explaining import Rule

    return {
        "key": found.key,
        "value": _plain(found.value),
        "rule": found.rule.value,
        "reasons": [_spelled_reason(each, names) for each in found.reasons],
    } | (_spelled_place(found) if found.rule is Rule.PLACE else {})


def _spelled_reason(reason: Reason, names: Names) -> dict[str, Any]:
    return {
        "kind": reason.kind.value,
        "id": reason.id,
        "name": names.get((reason.kind, reason.id), ""),
        "part": _plain(reason.part),
        "whole": _plain(reason.whole),
        "faults": list(reason.faults),
    } | ({"decided": {each.key: _plain(each.value) for each in reason.decided}} if reason.decided else {})


def _spelled_place(found: Explanation) -> dict[str, Any]:
    return {
        "alike": list(found.alike),
        "why_not": None if found.why_not is None else found.why_not.value,
        "least": _plain(found.least),
    }


def _plain(value: Value) -> object:
    """Return a value as JSON has it: a length in seconds, a share as ``n/d``."""
    match value:
        case timedelta():
            return value.total_seconds()
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case _:
            return value


def _show(found: Explanation, names: Names, loaded: Configuration) -> None:
    from rich.console import Console

    from monitor.cli.tables import headed
    from monitor.reports.explaining import Rule
    from monitor.wording import WORDING

    locale = loaded.settings.locale.value
    words, console = WORDING[locale], Console(markup=False)
    if found.rule is Rule.PLACE:
        _show_place(found, names, loaded)
        return
    columns = ("what", "report_ground", "report_name", "report_part", "report_whole", "report_faults")
    table = headed(found.key, words, *columns)
    for column in (table.columns[columns.index(name)] for name in ("report_part", "report_whole")):
        column.no_wrap = True  # somebody adds them up
    for each in found.reasons:
        kind, name = words[f"report_kind_{each.kind}"], names.get((each.kind, each.id), "")
        table.add_row(kind, each.id, name, *_parts(each, words), ", ".join(each.faults))
    console.print(table if found.reasons else words["report_no_grounds"])
    rule = words[f"report_rule_{found.rule}"].format(number=len(found.reasons))
    console.print(f"{found.key} = {_printed(found.value, locale)}  ({rule})", highlight=False, soft_wrap=True)


def _show_place(found: Explanation, names: Names, loaded: Configuration) -> None:
    """Show the carriers up to one's place, the best first, each with what it is ranked by; or why it has none."""
    from rich.console import Console

    from monitor.cli.tables import headed
    from monitor.wording import WORDING

    locale = loaded.settings.locale.value
    words, console = WORDING[locale], Console(markup=False)
    decided = [each.key.rpartition(".")[2] for each in found.reasons[0].decided]
    table = headed(found.key, words, "carrier", "report_name", *(f"report_by_{name}" for name in decided))
    for each in found.reasons:
        name = names.get((each.kind, each.id), "")
        table.add_row(each.id, name, *(_finely(figure.value, locale) for figure in each.decided))
    console.print(table)
    said = words[f"report_place_{found.why_not or 'counted'}"].format(
        number=len(found.reasons), least=_printed(found.least, locale)
    )
    shared = words["report_place_shared"].format(carriers=", ".join(found.alike)) if found.alike else ""
    console.print(f"{found.key} = {_printed(found.value, locale)}  ({said}{shared})", highlight=False, soft_wrap=True)


def _finely(value: Value, locale: str) -> str:
    """Return a figure so that two that are ranked by it are told apart: to a millionth of a percent, to the second."""
    match value:
        case Fraction():
            millionths = floor(value * 10**8)
            return f"{millionths // 10**6}.{millionths % 10**6:06}%"
        case timedelta():
            minutes, seconds = divmod(value // timedelta(seconds=1), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return _printed(value, locale)


def _printed(value: Value, locale: str) -> str:
    from monitor.reports.spelling import printed

    return f"{printed(value, locale)}{'%' if isinstance(value, Fraction) else ''}"


def _parts(reason: Reason, words: Mapping[str, str]) -> tuple[str, str]:
    part, whole = (_said(value, words) for value in (reason.part, reason.whole))
    return part, whole


def _said(value: int | timedelta | None, words: Mapping[str, str]) -> str:
    """Return what somebody can add up: a length of time to the second, in hours at most (``743小时12分5秒``)."""
    match value:
        case None:
            return "—"
        case timedelta():
            minutes, seconds = divmod(value // timedelta(seconds=1), 60)
            return f"{minutes // 60}{words['h']}{minutes % 60}{words['m']}{seconds}{words['s']}"
        case _:
            return str(value)
