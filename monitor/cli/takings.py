"""``monitor registers taken``: who took entries out of the registers, the archive or the rosters, and whether whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.db import database_told
from monitor.cli.options import config_option, configuration, json_option

if TYPE_CHECKING:
    from datetime import datetime

    from rich.text import Text

    from monitor.config.folder import Configuration
    from monitor.faults.events import RegisterTaken

COLUMNS = ("at", "who", "taken_what", "taken_rows", "taken_to", "taken_numbers", "reg_why")


@click.command()
@click.option("--since", metavar="TIME", help="Only since this time.")
@config_option
@json_option
def taken(folder: Path, *, since: str | None, as_json: bool) -> None:
    """List who took entries out of the registers, or the access archive: when, for what, and with whole numbers or not.

    By the ledger: every export, and every look at whole telephone numbers, those of the duty rosters too.
    """
    from monitor.cli.times import instant_of
    from monitor.sla.spelling import spell_time

    loaded = configuration(folder)
    begin = None if since is None else instant_of(since, "--since", loaded.settings.timezone)
    found = _takings(loaded, begin)
    if as_json:
        answer = [
            {
                "at": spell_time(each.at),
                "who": each.who,
                "why": each.why,
                "registers": list(each.registers),
                "entries": each.entries,
                "to": each.to.value,
                "full": each.full,
            }
            for each in found
        ]
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _show(found, loaded, since=begin)


def _takings(loaded: Configuration, since: datetime | None) -> Sequence[RegisterTaken]:
    from monitor.faults.events import RegisterTaken
    from monitor.sla.spans import FOREVER
    from monitor.store.records import Records

    period = None if since is None else (since, FOREVER)
    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        events = [recorded.event for recorded in records.events(kinds=(RegisterTaken,), period=period)]
    return [event for event in events if isinstance(event, RegisterTaken)]


def _show(found: Sequence[RegisterTaken], loaded: Configuration, *, since: datetime | None) -> None:
    from monitor.cli.tables import headed, print_rows
    from monitor.cli.times import local
    from monitor.wording import WORDING

    words = WORDING[loaded.settings.locale.value]
    if not found:
        said = words["taken_none" if since is None else "taken_none_since"]
        click.echo(said.format(since="" if since is None else local(since, loaded.settings.timezone)))
        return
    print_rows(headed("", words, *COLUMNS), [_row(each, loaded, words) for each in found])


def _row(each: RegisterTaken, loaded: Configuration, words: Mapping[str, str]) -> Sequence[Text]:
    from rich.text import Text

    from monitor.cli.times import local
    from monitor.registers.definitions import DEFINED

    whole = {register.id for register in DEFINED} <= {*each.registers}
    named = [words["taken_all"]] if whole else [_title(name, loaded, words) for name in each.registers]
    cells = (
        local(each.at, loaded.settings.timezone),
        each.who or "",
        "\n".join(named),
        str(each.entries),
        words[f"taken_to_{each.to.value}"],
        words["taken_whole" if each.full else "taken_masked"],
        each.why or "",
    )
    return [Text(cell, style="yellow" if each.full else "") for cell in cells]


def _title(name: str, loaded: Configuration, words: Mapping[str, str]) -> str:
    from monitor.registers.actions import ACCESS_ARCHIVE, DUTY_ROSTERS
    from monitor.registers.definitions import REGISTERS

    if name in (ACCESS_ARCHIVE, DUTY_ROSTERS):
        return words["taken_archive" if name == ACCESS_ARCHIVE else "taken_rosters"]
    return REGISTERS[name].title.spoken(loaded.settings.locale.value) if name in REGISTERS else name
