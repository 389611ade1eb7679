"""``monitor db``: upgrade, back up and restore the database."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exits import Found, Missing, WrongInput
from monitor.cli.options import config_option, configuration, json_option

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.store.verification import Verification

PATIENCE_S = 1.0  # what takes longer shows how far it is
PREFIX = "monitor-"
BACKUP = re.compile(rf"{PREFIX}\d{{8}}-\d{{6}}\.zip")
NAMED = 20  # findings printed; --json prints all


@click.group()
def db() -> None:
    """Upgrade, back up and restore the database."""


@db.command()
@config_option
def upgrade(folder: Path) -> None:
    """Make the database, or bring its tables to this version. The daemon does so itself when it starts."""
    from monitor.store.store import Store

    url = configuration(folder).settings.database.reveal()
    with database_told():
        store = Store.open(url)
        before, after = store.upgraded or (None, "")
        store.close()
    if before == after:
        click.echo(f"the tables are at revision {after} already")
    else:
        click.echo(f"the tables went from {'nothing' if before is None else f'revision {before}'} to revision {after}")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="A file in DIR instead.")
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Leave only the newest N of the files in DIR.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
@config_option
def backup(file: Path | None, into: Path | None, keep: int | None, folder: Path, *, force: bool) -> None:
    """Write database, attachments and configuration to FILE, as they are at one instant; the daemon may go on writing.

    With --into the file is named by the time, and the monitor is told that a regular backup was made. Exits 1 where an
    attachment that the record names is missing, or the monitor cannot be told.
    """
    from monitor.cli.desk import now
    from monitor.store.attachments import Attachments
    from monitor.store.backup import back_up
    from monitor.store.backup_mark import made
    from monitor.store.errors import FileRefused

    if (file is None) == (into is None) or (keep is not None and into is None):
        raise click.UsageError("name FILE, or --into DIR with or without --keep N")
    loaded = configuration(folder)
    settings, at = loaded.settings, now()
    target = file or _named(into or Path(), at.astimezone(settings.timezone))
    url = settings.database.reveal()
    attachments = Attachments(url, settings.attachments)
    with database_told(), progress("copying") as told:
        done = back_up(
            url,
            target,
            at=at,
            attachments=attachments,
            configuration=folder,
            force=force,
            progress=told,
        )
    held, head = done.manifest.attachments, done.manifest.head
    click.echo(f"{target}: {target.stat().st_size:,} bytes, {held:,} attachments, head {head.seq} {head.hash}")
    if keep is not None:
        _forget(target, keep)
    if into is not None:
        try:
            made(attachments.folder, at=at, lacking=len(done.lacking))
        except FileRefused as refused:
            raise Found(f"the backup is whole, but the monitor is not told of it: {refused}") from refused
    if done.lacking:
        raise Found(_lacking(done.lacking))


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
@config_option
@json_option
def restore(file: Path, folder: Path, *, force: bool, as_json: bool) -> None:
    """Put the backup in FILE in the place of the database, and verify its ledger. The daemon must be stopped.

    Attachments are put back too. The configuration in FILE stays there: python3 -m zipfile -e FILE DIR takes it out.
    """
    from monitor.store.attachments import Attachments
    from monitor.store.backup import restore as put_back

    settings = configuration(folder).settings
    url = settings.database.reveal()
    with database_told():
        restored = put_back(url, file, attachments=Attachments(url, settings.attachments), force=force)
    if not as_json:
        if restored.replaced is not None:
            click.echo(f"what was there before is kept as {restored.replaced}")
        made = restored.manifest.made_at.astimezone(settings.timezone)
        click.echo(f"the backup is of {made:%Y-%m-%d %H:%M:%S}, with {restored.manifest.attachments:,} attachments")
    tell(restored.verification, as_json=as_json)
    if restored.lacking:
        raise Found(_lacking(restored.lacking))


def _named(into: Path, at: datetime) -> Path:
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongInput(f"the folder {into} cannot be made: {error.strerror}") from error
    return into / f"{PREFIX}{at:%Y%m%d-%H%M%S}.zip"


def _forget(newest: Path, keep: int) -> None:
    """Remove the oldest of the files named by the time, once another is whole."""
    named = sorted(path for path in newest.parent.iterdir() if BACKUP.fullmatch(path.name))
    for old in named[:-keep]:
        old.unlink()


def _lacking(digests: Sequence[str]) -> str:
    more = f" and {len(digests) - 1} more" if len(digests) > 1 else ""
    return f"the record names an attachment that is missing or damaged: {digests[0]}{more}; restore it from a backup"


@contextmanager
def database_told() -> Iterator[None]:
    """Turn what the store says into how a command ends: a named file 2, everything else of the database 3."""
    from monitor.store.errors import FileRefused, StoreError

    try:
        yield
    except FileRefused as error:
        raise WrongInput(str(error)) from error
    except StoreError as error:
        raise Missing(str(error)) from error


def lacking_database(url: str) -> str | None:
    """Return why there is no database yet, or no tables in it; None where there is one.

    Raises:
        Missing: it cannot be reached, or its tables are of another version.
    """
    from monitor.store.errors import StoreMissing
    from monitor.store.inbox import Inbox

    with database_told():
        try:
            with Inbox(url):
                return None
        except StoreMissing as missing:
            return str(missing)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Lend a function that is told how much is done and how much there is, and shows it on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        begun = time.monotonic()
        task = bar.add_task(what, total=None, visible=False)

        def told(done: int, whole: int) -> None:
            if time.monotonic() - begun > PATIENCE_S:
                bar.update(task, completed=done, total=whole, visible=True)

        yield told


def tell(verification: Verification, *, as_json: bool) -> None:
    """Print what a verification found.

    Raises:
        Found: it found something.
    """
    findings = verification.findings
    if as_json:
        click.echo(_as_json(verification))
    else:
        for finding in findings[:NAMED]:
            click.echo(click.style(finding.text, fg="red"))
        if len(findings) > NAMED:
            click.echo(f"… and {len(findings) - NAMED} more (--json names them)")
    more = "" if verification.complete else "; there are more: the rest was not looked at"
    if findings:
        raise Found(f"the ledger does not verify: {len(findings)} finding{'s' if len(findings) > 1 else ''}{more}")
    if not as_json:
        counts = f"{verification.events:,} events, {verification.faults:,} faults"
        click.echo(f"the ledger verifies: {counts}, head {verification.head.seq} {verification.head.hash}")


def _as_json(verification: Verification) -> str:
    answer = {
        "events": verification.events,
        "faults": verification.faults,
        "head": {"seq": verification.head.seq, "hash": verification.head.hash},
        "complete": verification.complete,
        "findings": [
            {"what": finding.what.value, "seq": finding.seq, "text": finding.text} for finding in verification.findings
        ],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)
