"""``monitor export-history``: what is on record of a period, for ``monitor replay``."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput
from monitor.cli.options import config_option, configuration
from monitor.cli.times import WHEN, instant_of

if TYPE_CHECKING:
    from monitor.chronicle import Chronicle


@click.command("export-history")
@config_option
@click.option("--from", "begin", metavar="TIME", required=True, help=f"Where the period begins: {WHEN}.")
@click.option("--to", "end", metavar="TIME", help="Where it ends; the last instant judged unless given.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Gzip if it ends in .gz.")
@click.option("--without-policy", is_flag=True, help="Leave the policy out, so that replay --policy tries another.")
def export_history(folder: Path, *, begin: str, end: str | None, out: Path | None, without_policy: bool) -> None:
    """Write what is on record of a period as JSON Lines, whose replay gives the same faults, verdicts and figures.

    The file begins as early as that needs: with a fault that was open when the period began, the one it repeats, and
    for each line the last good round before. Faults are exact from there on, blips and figures from --from on.
    Everything is as it was known at --to: a later ruling needs a later --to. What the format has no words for is named
    on stderr and in the head.
    """
    from monitor.chronicle import NothingJudged, gather, write
    from monitor.store.records import Records

    loaded = configuration(folder)
    zone = loaded.settings.timezone
    since, until = instant_of(begin, "--from", zone), None if end is None else instant_of(end, "--to", zone)
    if until is not None and until <= since:
        raise WrongInput("--to must be later than --from")
    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        try:
            chronicle = write(gather(records, end=until, zone=zone), since, with_policy=not without_policy)
        except NothingJudged as nothing:
            raise WrongInput(str(nothing)) from nothing
    _write(chronicle, out)
    for each in chronicle.untold:
        click.echo(f"monitor: not told in the history: {each}", err=True)


def _write(chronicle: Chronicle, out: Path | None) -> None:
    if out is None:
        for line in chronicle.lines():
            sys.stdout.write(line)
        return
    with _whole(out) as file:
        for line in chronicle.lines():
            file.write(line.encode())
    click.echo(f"{out}: {len(chronicle.entries):,} entries, from {chronicle.head['start']}", err=True)


@contextmanager
def _whole(out: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Lend a file that takes its name only once it is whole."""
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as plain:
            if out.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
                    yield packed
            else:
                yield plain
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
