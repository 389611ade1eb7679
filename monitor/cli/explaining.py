"""What stands behind a figure of a report, on a terminal or for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
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
    return {
        "key": found.key,
        "value": _plain(found.value),
        "rule": found.rule.value,
        "reasons": [
            {
                "kind": each.kind.value,
                "id": each.id,
                "part": _plain(each.part),
                "whole": _plain(each.whole),
                "faults": list(each.faults),
            }
            for each in found.reasons
        ],
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
    from monitor.reports.spelling import printed
    from monitor.wording import WORDING

    locale = loaded.settings.locale.value
    words, console = WORDING[locale], Console(markup=False)
    table = headed(found.key, words, "what", "report_ground", "report_part", "report_whole", "report_faults")
    for each in found.reasons:
        table.add_row(words[f"report_kind_{each.kind}"], each.id, *_parts(each, words), ", ".join(each.faults))
    console.print(table if found.reasons else words["report_no_grounds"])
    rule = words[f"report_rule_{found.rule}"].format(number=len(found.reasons))
    share = "%" if isinstance(found.value, Fraction) else ""
    console.print(f"{found.key} = {printed(found.value, locale)}{share}  ({rule})", highlight=False, soft_wrap=True)


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
