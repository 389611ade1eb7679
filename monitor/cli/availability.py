"""``monitor availability``: the figures of a period."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.times import WHEN, instant_of, month_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.config.folder import Configuration
    from monitor.inventory.model import Inventory
    from monitor.sla.review import Level, Review
    from monitor.sla.spans import Span

LEVELS = ("line", "unit", "node", "carrier", "county")


@click.command()
@config_option
@click.option("--month", metavar="YYYY-MM", help="The month; this month so far unless a period is given.")
@click.option("--from", "begin", metavar="TIME", help=f"Where a period begins: {WHEN}.")
@click.option("--to", "end", metavar="TIME", help="Where it ends; now unless given.")
@click.option("--by", type=click.Choice(LEVELS), default="carrier", show_default=True, help="What to show figures of.")
@json_option
def availability(
    folder: Path, *, month: str | None, begin: str | None, end: str | None, by: str, as_json: bool
) -> None:
    """Show availability over a period, with bounds and coverage; of carriers and the county their repairs too.

    Raw is what the unit lived through, assessed what the carrier answers for. Figures are truncated, never rounded up;
    what cannot be known is said as such.
    """
    from rich.console import Console

    from monitor.retrospect import gather
    from monitor.sla.review import Level, review
    from monitor.store.records import Records
    from monitor.wording import WORDING

    loaded = configuration(folder)
    now = datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0)
    period, computing = _period(month, begin, end, loaded, now), WORDING[loaded.settings.locale.value]["computing"]
    with Console(stderr=True).status(computing):  # on a terminal only
        with database_told(), Records.of(loaded.settings.database.reveal()) as records:
            material = gather(records, loaded, period, now)
        found = review(material)
    if as_json:
        click.echo(json.dumps(found.spelled(Level(by)), ensure_ascii=False))
    else:
        _show(found, Level(by), material.inventory, loaded)


def _period(month: str | None, begin: str | None, end: str | None, loaded: Configuration, now: datetime) -> Span:
    zone = loaded.settings.timezone
    if month is not None and (begin is not None or end is not None):
        raise WrongInput("give either --month, or --from and --to")
    if begin is None and end is not None:
        raise WrongInput("--to wants --from")
    if begin is None:
        return month_named(month or f"{now.astimezone(zone):%Y-%m}", "--month", zone)
    since, until = instant_of(begin, "--from", zone), now if end is None else instant_of(end, "--to", zone)
    if until <= since:
        raise WrongInput("the period ends before it begins: --to must be later than --from")
    return since, until


def _show(found: Review, level: Level, inventory: Inventory, loaded: Configuration) -> None:
    from monitor.cli.figures import account_table, figures_table
    from monitor.cli.tables import screen
    from monitor.sla.review import Level
    from monitor.wording import WORDING, say_share

    console, words = screen(), WORDING[loaded.settings.locale.value]
    console.print(_head(found, loaded, words), style="dim", highlight=False, soft_wrap=True)
    if level is Level.COUNTY:
        console.print(words["mean_unit"].format(share=say_share(found.mean_unit)), highlight=False)
    table = figures_table(found, level, inventory, words=words, width=console.width)
    console.print(table if table.row_count else words["no_figures"])
    if level in (Level.CARRIER, Level.COUNTY):
        console.print(account_table(found, level, inventory, words=words, width=console.width))


def _head(found: Review, loaded: Configuration, words: Mapping[str, str]) -> str:
    times = {"begin": found.period[0], "end": found.period[1], "as_of": found.as_of}
    local = {name: f"{at.astimezone(loaded.settings.timezone):%Y-%m-%d %H:%M}" for name, at in times.items()}
    return words["period"].format(**local, version=found.policy)
