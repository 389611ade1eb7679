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
    from monitor.reports.explaining import Explanation
    from monitor.reports.figures import Figures, Value
    from monitor.reports.scopes import Reason


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
        click.echo(json.dumps(_spelled(found), ensure_ascii=False))
        return
    _show(found, loaded)


def _spelled(found: Explanation) -> dict[str, Any]:
    from monitor.reports.explaining import Rule

    return {
        "key": found.key,
        "value": _plain(found.value),
        "rule": found.rule.value,
        "reasons": [_spelled_reason(each) for each in found.reasons],
    } | (_spelled_place(found) if found.rule is Rule.PLACE else {})


def _spelled_reason(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind.value,
        "id": reason.id,
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


def _show(found: Explanation, loaded: Configuration) -> None:
    from rich.console import Console

    from monitor.cli.tables import headed
    from monitor.reports.explaining import Rule
    from monitor.wording import WORDING

    locale = loaded.settings.locale.value
    words, console = WORDING[locale], Console(markup=False)
    if found.rule is Rule.PLACE:
        _show_place(found, loaded)
        return
    table = headed(found.key, words, "what", "report_ground", "report_part", "report_whole", "report_faults")
    for each in found.reasons:
        table.add_row(words[f"report_kind_{each.kind}"], each.id, *_parts(each, words), ", ".join(each.faults))
    console.print(table if found.reasons else words["report_no_grounds"])
    rule = words[f"report_rule_{found.rule}"].format(number=len(found.reasons))
    console.print(f"{found.key} = {_printed(found.value, locale)}  ({rule})", highlight=False, soft_wrap=True)


def _show_place(found: Explanation, loaded: Configuration) -> None:
    """Show the carriers up to one's place, the best first, each with what it is ranked by; or why it has none."""
    from rich.console import Console

    from monitor.cli.tables import headed
    from monitor.wording import WORDING

    locale = loaded.settings.locale.value
    words, console = WORDING[locale], Console(markup=False)
    decided = [each.key.rpartition(".")[2] for each in found.reasons[0].decided]
    table = headed(found.key, words, "carrier", *(f"report_by_{name}" for name in decided))
    for each in found.reasons:
        table.add_row(each.id, *(_finely(figure.value, locale) for figure in each.decided))
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
