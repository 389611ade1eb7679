"""``monitor db``: upgrade, back up and restore the database."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exits import Found, Missing, WrongInput
from monitor.cli.options import config_option, configuration, json_option

if TYPE_CHECKING:
    from monitor.store.verification import Verification

PATIENCE_S = 1.0  # what takes longer shows how far it is
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
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
@config_option
def backup(file: Path, folder: Path, *, force: bool) -> None:
    """Write the whole database to FILE, as it is at one instant; the daemon may go on writing."""
    from monitor.store.backup import back_up

    url = configuration(folder).settings.database.reveal()
    with database_told(), progress("copying") as told:
        back_up(url, file, force=force, progress=told)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
@config_option
@json_option
def restore(file: Path, folder: Path, *, force: bool, as_json: bool) -> None:
    """Put the backup in FILE in the place of the database, and verify its ledger. The daemon must be stopped."""
    from monitor.store.backup import restore as put_back

    url = configuration(folder).settings.database.reveal()
    with database_told(), progress("copying") as told:
        restored = put_back(url, file, force=force, progress=told)
    if restored.replaced is not None and not as_json:
        click.echo(f"what was there before is kept as {restored.replaced}")
    tell(restored.verification, as_json=as_json)


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
