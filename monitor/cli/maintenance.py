"""``monitor maintenance``: planned maintenance (section 6 of the fault rules)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.acting import acting, plain
from monitor.cli.db import database_told
from monitor.cli.options import config_option, configuration, json_option

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.cli.acting import Acting
    from monitor.config.folder import Configuration
    from monitor.faults.maintenance import Window


@click.group()
def maintenance() -> None:
    """Approve, list and cancel planned maintenance (section 6)."""


@maintenance.command()
@click.option("--line", callback=plain, metavar="ID", help="The window is for this line;")
@click.option("--node", callback=plain, metavar="ID", help="for all lines below this node;")
@click.option("--carrier", callback=plain, metavar="ID", help="or for all lines of this carrier.")
@click.option("--from", "begins", required=True, metavar="TIME", help="When it begins: not before now.")
@click.option("--to", "ends", required=True, metavar="TIME", help="When it ends, exclusive.")
@click.option("--id", "number", metavar="ID", callback=plain, help="The window's id (default: a new one).")
@acting
def add(
    *,
    line: str | None,
    node: str | None,
    carrier: str | None,
    begins: str,
    ends: str,
    number: str | None,
    acting: Acting,
) -> None:
    """Approve a window in advance; the centre only."""
    from monitor.faults.actions import Maintain
    from monitor.faults.terms import Scope

    given = {Scope.LINE: line, Scope.NODE: node, Scope.CARRIER: carrier}
    named = [(scope, subject) for scope, subject in given.items() if subject is not None]
    if len(named) != 1:
        raise click.UsageError("name one of --line, --node and --carrier")
    [(scope, subject)] = named
    number = number or f"m-{acting.request[:8]}"
    acting.ask(
        Maintain(
            id=number,
            scope=scope,
            subject=subject,
            begins_at=acting.time(begins, "--from"),
            ends_at=acting.time(ends, "--to"),
            **acting.said(),
        )
    )
    click.echo(f"{number}: {acting.words['did_maintain']}")


@maintenance.command()
@click.argument("number", metavar="ID", callback=plain)
@acting
def cancel(number: str, *, acting: Acting) -> None:
    """End the window ID now, or before it begins; the centre only."""
    from monitor.faults.actions import CancelMaintenance

    acting.ask(CancelMaintenance(id=number, **acting.said()))
    click.echo(f"{number}: {acting.words['did_cancel']}")


@maintenance.command(name="list")
@click.option("--all", "everyone", is_flag=True, help="Also windows that are over.")
@config_option
@json_option
def list_(folder: Path, *, everyone: bool, as_json: bool) -> None:
    """List the windows that run or are to come, by their beginning."""
    from monitor.cli.desk import now
    from monitor.resumption import windows
    from monitor.store.records import Records

    loaded, at = configuration(folder), now()
    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        known = windows(records).all()
    found = sorted(known, key=lambda window: (window.begins_at, window.id))
    found = [window for window in found if everyone or max(window.begins_at, at) < window.ends_at]
    if as_json:
        click.echo(json.dumps([_spelled(window) for window in found], ensure_ascii=False))
    else:
        _show(found, loaded, at)


def _spelled(window: Window) -> dict[str, str | None]:
    from monitor.sla.spelling import spell_time

    return {
        "id": window.id,
        "scope": window.scope.value,
        "subject": window.subject,
        "from": spell_time(window.begins_at),
        "to": spell_time(window.ends_at),
    }


def _show(found: list[Window], loaded: Configuration, at: datetime) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from monitor.cli.tables import screen
    from monitor.wording import WORDING

    words, zone = WORDING[loaded.settings.locale.value], loaded.settings.timezone
    if not found:
        click.echo(words["no_windows"])
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("id", "scope", "from", "to", "state"):
        table.add_column(words[name])
    for window in found:
        state = "over_already" if window.ends_at <= at else "runs" if window.holds(at) else "to_come"
        if window.ends_at <= window.begins_at:
            state = "cancelled"
        spans = (f"{each.astimezone(zone):%Y-%m-%d %H:%M}" for each in (window.begins_at, window.ends_at))
        table.add_row(window.id, f"{words[window.scope.value]} {window.subject}", *spans, words[state])
    screen().print(table)
