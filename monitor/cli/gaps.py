"""``monitor registers gaps``: what is missing, expired or too old on a day, and the letters that ask for it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.acting import plain
from monitor.cli.db import database_told
from monitor.cli.exits import Missing
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.shelf import anyone_named, register_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from monitor.config.folder import Configuration
    from monitor.inspection import Inspection
    from monitor.registers.gaps import Gap
    from monitor.registers.register import Register


@click.command()
@click.option("--as-of", "day", metavar="DATE", help="On this day (default: today).")
@click.option("--register", callback=register_named, metavar="REGISTER", help="Only of this register.")
@click.option("--unit", "subject", metavar="NAME", callback=plain, help="Only of this unit or carrier: its id or name.")
@click.option(
    "--letters",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write for each that owes anything a text ready to send.",
)
@config_option
@json_option
def gaps(
    folder: Path,
    *,
    day: str | None,
    register: Register | None,
    subject: str | None,
    letters: Path | None,
    as_json: bool,
) -> None:
    """Show what the registers lack on a day, and apart from it what is worth a question; then the numbers.

    A paper counts from the day that it bears, whenever it was entered. Exits 0 whether or not there are gaps.
    """
    from monitor.correspondence import NotWritten, write
    from monitor.inspection import inspect
    from monitor.store.records import Records

    loaded = configuration(folder)
    on = _day(day, loaded)
    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        inspection = inspect(records, loaded, on)
    subject = anyone_named(subject, inspection.inventory, {gap.subject for gap in inspection.gaps})
    found, hints = (_only(each, register, subject) for each in (inspection.gaps, inspection.hints))
    if letters is not None:
        try:
            written = write([*found, *hints], inspection, loaded.settings, letters)
        except NotWritten as error:
            raise Missing(str(error)) from error
        click.echo(f"{letters}: {_words(loaded)['reg_letters'].format(count=written)}", err=as_json)
    if as_json:
        click.echo(json.dumps(_spelled(found, hints, inspection), ensure_ascii=False))
    elif letters is None:
        _show(found, hints, inspection, loaded, of=_chosen(register, subject, inspection, loaded))


def _day(text: str | None, loaded: Configuration) -> date:
    from monitor.cli.desk import now
    from monitor.config.quantities import parse_date
    from monitor.registers.values import FIRST_YEAR, LAST_YEAR

    if text is None:
        return now().astimezone(loaded.settings.timezone).date()
    try:
        on = parse_date(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--as-of") from error
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise click.BadParameter(f"a day from {FIRST_YEAR} to {LAST_YEAR} is wanted", param_hint="--as-of")
    return on


def _only(found: Sequence[Gap], register: Register | None, subject: str | None) -> list[Gap]:
    return [
        gap
        for gap in found
        if (register is None or gap.register == register.id) and (subject is None or gap.subject == subject)
    ]


def _chosen(
    register: Register | None, subject: str | None, inspection: Inspection, loaded: Configuration
) -> str | None:
    """Name what alone was asked for, None where all was."""
    inventory, words = inspection.inventory, _words(loaded)
    known = None if subject is None else inventory.units.get(subject) or inventory.carriers.get(subject)
    name = known.short_name if known else subject
    title = None if register is None else register.title.spoken(loaded.settings.locale.value)
    return words["reg_of"].format(name=name, title=title) if name and title else name or title


def _words(loaded: Configuration) -> Mapping[str, str]:
    from monitor.wording import WORDING

    return WORDING[loaded.settings.locale.value]


# -- on a terminal -------------------------------------------------------------------------------------------------


def _show(
    found: Sequence[Gap], hints: Sequence[Gap], inspection: Inspection, loaded: Configuration, *, of: str | None
) -> None:
    from rich.console import Console

    console, words = Console(), _words(loaded)
    if found:
        title = words["reg_gaps"].format(on=inspection.on.isoformat(), count=len(found))
        console.print(_table(title, found, inspection, loaded))
    else:
        said = "reg_no_gaps" if of is None else "reg_no_gaps_of"
        console.print(words[said].format(on=inspection.on.isoformat(), of=of), style="green", highlight=False)
    if hints:
        console.print(_table(words["reg_hints"].format(count=len(hints)), hints, inspection, loaded))
    for line in _figures(inspection, words, loaded.settings.timezone):
        console.print(line, highlight=False)


def _table(title: str, found: Sequence[Gap], inspection: Inspection, loaded: Configuration) -> Any:
    from rich.text import Text

    from monitor.cli.tables import headed
    from monitor.registers.letters import said_gap, said_register, said_which

    words, locale = _words(loaded), loaded.settings.locale.value
    table = headed(title, words, "register", "reg_subject", "reg_which", "reg_gap")
    for gap in found:
        name, which = _name(gap, inspection), said_which(gap, words)
        style = "" if gap.kind.is_hint else "red"
        table.add_row(
            Text(said_register(gap, locale)), Text(name), Text(which), Text(said_gap(gap, words), style=style)
        )
    return table


def _figures(inspection: Inspection, words: Mapping[str, str], zone: tzinfo) -> list[str]:
    """Say the numbers: who is connected (Art. 6), and how soon requests are answered (Art. 24)."""
    from monitor.cli.times import local
    from monitor.registers.figures import rate
    from monitor.wording import say_length, say_share

    kinds = words["listed"].join(
        f"{words[f'kind_{each.kind.value}']} {each.connected}/{each.listed}" for each in inspection.coverage
    )
    lines = [words["reg_coverage"].format(share=say_share(rate(inspection.coverage)), kinds=kinds)]
    answers = inspection.answers
    if answers.median is not None and answers.longest is not None:
        lines.append(
            words["reg_answers"].format(
                requests=answers.requests,
                answered=answers.answered,
                median=say_length(answers.median, words),
                longest=say_length(answers.longest, words),
                waiting=answers.waiting,
            )
        )
    elif answers.requests:
        lines.append(words["reg_unanswered"].format(requests=answers.requests))
    if answers.since is not None:
        lines[-1] += words["reg_waiting_since"].format(since=local(answers.since, zone)[:16])
    return lines


def _name(gap: Gap, inspection: Inspection) -> str:
    from monitor.registers.letters import Owner

    known = Owner.of(gap).known(inspection.inventory)
    return known.short_name if known else gap.subject


# -- for programs --------------------------------------------------------------------------------------------------


def _spelled(found: Sequence[Gap], hints: Sequence[Gap], inspection: Inspection) -> dict[str, Any]:
    from monitor.registers.figures import rate
    from monitor.registers.gaps import counted
    from monitor.sla.spelling import spell_seconds, spell_share, spell_time

    answers = inspection.answers
    return {
        "as_of": inspection.on.isoformat(),
        "gaps": [_spelled_gap(gap, inspection) for gap in found],
        "hints": [_spelled_gap(gap, inspection) for gap in hints],
        "counts": counted(inspection.gaps),
        "coverage": {
            "rate": spell_share(rate(inspection.coverage)),
            "kinds": [
                {
                    "kind": each.kind.value,
                    "listed": each.listed,
                    "connected": each.connected,
                    "rate": spell_share(each.rate),
                }
                for each in inspection.coverage
            ],
        },
        "answers": {
            "requests": answers.requests,
            "answered": answers.answered,
            "median_s": None if answers.median is None else spell_seconds(answers.median),
            "longest_s": None if answers.longest is None else spell_seconds(answers.longest),
            "waiting": answers.waiting,
            "waiting_since": spell_time(answers.since),
        },
    }


def _spelled_gap(gap: Gap, inspection: Inspection) -> dict[str, str | None]:
    return {
        "register": gap.register,
        "kind": gap.kind.value,
        "subject": gap.subject,
        "name": _name(gap, inspection),
        "line": gap.line,
        "entry": gap.entry,
        "since": None if gap.since is None else gap.since.isoformat(),
    }
