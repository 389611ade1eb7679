"""``monitor lab``: the sample county on this machine, with real packets and a play of failures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from monitor.cli.exits import Missing, WrongInput
from monitor.lab.county import SEED

PORT = click.IntRange(0, 65535)


def _duration(_context: click.Context, _option: click.Parameter, text: str | None) -> timedelta | None:
    from monitor.config.quantities import parse_duration

    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.option("--for", "lasting", metavar="DURATION", callback=_duration, help="End after 90s, 10m, …; else by Ctrl-C.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another number, another county and play.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/lab"),
    show_default=True,
    help="Where configuration, database and log go.",
)
@click.option("--fast", is_flag=True, help="Play faster: 12 hours become 45 seconds instead of 3 minutes.")
@click.option("--keep", is_flag=True, help="Go on with the database of the last run instead of a fresh one.")
@click.option(
    "--past",
    metavar="YYYY-MM",
    help="Live through this month at once, the one before it first, into a folder for every other command; then end.",
)
@click.option("--simulated", is_flag=True, help="Make no network; invent the answers to the probes.")
@click.option("--locale", type=click.Choice(["zh_CN", "en"]), default="zh_CN", show_default=True)
@click.option("--web-port", type=PORT, default=8080, show_default=True, help="Console; 0 takes any that is free.")
@click.option("--metrics-port", type=PORT, default=9780, show_default=True, help="Metrics; 0 takes any that is free.")
def lab(
    lasting: timedelta | None,
    seed: int,
    folder: Path,
    locale: str,
    web_port: int,
    metrics_port: int,
    past: str | None,
    *,
    fast: bool,
    keep: bool,
    simulated: bool,
) -> None:
    """Run the sample county on this machine: lines, agents, failures, and the daemon that watches them."""
    from rich.console import Console

    if past is not None:
        _live(folder, past, seed=seed, locale=locale)
        return
    from monitor.lab.folder import NotOursError
    from monitor.lab.listening import PortTakenError
    from monitor.lab.network import NoNetworkError
    from monitor.lab.performance import DaemonEndedError, Options, perform
    from monitor.store.errors import StoreError

    options = Options(
        folder=folder,
        seed=seed,
        lasting=lasting,
        fast=fast,
        keep=keep,
        simulated=simulated,
        locale=locale,
        web_port=web_port,
        metrics_port=metrics_port,
    )
    try:
        perform(options, Console())
    except (PortTakenError, NotOursError) as error:
        raise WrongInput(str(error)) from error
    except (DaemonEndedError, NoNetworkError, StoreError) as error:
        raise Missing(str(error)) from error


def _live(folder: Path, month: str, *, seed: int, locale: str) -> None:
    """Live through two months that are over, with progress on a terminal."""
    from datetime import date
    from zoneinfo import ZoneInfo

    from rich.console import Console
    from rich.progress import Progress

    from monitor.cli.times import month_named
    from monitor.lab.county import generate
    from monitor.lab.folder import ZONE, Folder, Listen, NotOursError
    from monitor.lab.living import live
    from monitor.lab.month import SETTLED, past
    from monitor.lab.words import words
    from monitor.store.errors import StoreError

    zone = ZoneInfo(ZONE)
    first = month_named(month, "--past", zone)[0].astimezone(zone).date()
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    county, said = generate(seed), words(locale)
    try:
        with Folder(folder, keep=False) as held, Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(said.living, total=1.0)
            listen = Listen(web="127.0.0.1:8080", metrics="127.0.0.1:9780")
            told = past(county, before, months=2, then=SETTLED)
            live(
                county,
                told,
                held,
                listen=listen,
                locale=locale,
                told=lambda share: progress.update(task, completed=share),
            )
    except NotOursError as error:
        raise WrongInput(str(error)) from error
    except StoreError as error:
        raise Missing(str(error)) from error
    click.echo(said.lived.format(month=month, folder=folder))
