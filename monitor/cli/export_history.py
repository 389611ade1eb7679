"""``monitor export-history``: what is on record of a period, for ``monitor replay``."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput
from monitor.cli.options import config_option, configuration

if TYPE_CHECKING:
    from monitor.chronicle import Chronicle

WHEN = "a date, which means local midnight, or a time with its offset: 2026-09-01T08:00:00+08:00"


@click.command("export-history")
@config_option
@click.option("--from", "begin", metavar="TIME", required=True, help=f"Where the period begins: {WHEN}.")
@click.option("--to", "end", metavar="TIME", help="Where it ends; the last instant judged unless given.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Gzip if it ends in .gz.")
@click.option("--without-policy", is_flag=True, help="Leave the policy out, so that replay --policy tries another.")
def export_history(folder: Path, *, begin: str, end: str | None, out: Path | None, without_policy: bool) -> None:
    """Write what is on record of a period as JSON Lines, whose replay gives the same faults, verdicts and figures.

    The file begins as early as that needs: with a fault that was open when the period began, the one it repeats, and
    for each line the last good round before. Faults are those of its beginning to --to; blips and figures those of the
    period alone. Everything is as it was known at --to: a later ruling needs a later --to. What the format has no words
    for is named on stderr and in the head.
    """
    from monitor.chronicle import NothingJudged, gather, write
    from monitor.store.records import Records

    loaded = configuration(folder)
    zone = loaded.settings.timezone
    since, until = _instant("--from", begin, zone), None if end is None else _instant("--to", end, zone)
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


def _instant(option: str, text: str, zone: ZoneInfo) -> datetime:
    from monitor.config.quantities import parse_instant

    try:
        return parse_instant(text, zone=zone)
    except ValueError as error:
        raise WrongInput(f"{option}: {error}") from error


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
