"""``monitor ledger``: verify the ledger."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.db import database_told, progress, tell
from monitor.cli.options import config_option, configuration, json_option


@click.group()
def ledger() -> None:
    """Verify the ledger."""


@ledger.command()
@config_option
@json_option
def verify(folder: Path, *, as_json: bool) -> None:
    """Check the chain of the ledger, and every other table as far as the events, or the tables themselves, tell.

    Exits 0 when it verifies, 1 when anything is wrong. The daemon may run meanwhile.
    """
    from monitor.store.records import Records

    url = configuration(folder).settings.database.reveal()
    with database_told(), Records.of(url) as records, progress("verifying") as told:
        verification = records.verify(told)
    tell(verification, as_json=as_json)
