"""``monitor faults``: the faults and their clocks."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.db import database_told
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.times import month_named

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.faults.fault import Fault
    from monitor.policy import Policies
    from monitor.sla.spelling import Json
    from monitor.store.records import Records


@click.command()
@config_option
@click.option("--open", "open_only", is_flag=True, help="Only faults that are not restored.")
@click.option("--month", metavar="YYYY-MM", help="Only faults discovered in this month.")
@json_option
def faults(folder: Path, *, open_only: bool, month: str | None, as_json: bool) -> None:
    """List the faults of every state with their clocks, oldest first."""
    from monitor.policy import Policies
    from monitor.resumption import used_policies
    from monitor.store.records import Records

    loaded = configuration(folder)
    discovered = None if month is None else month_named(month, "--month", loaded.settings.timezone)
    now = datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0)
    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        policies = Policies(loaded.policies.versions, retired=used_policies(records))
        found = records.faults(open_only=open_only, discovered=discovered)
        spelled = _spelled(found, records, policies, now) if as_json else []
    if as_json:
        click.echo(json.dumps(spelled, ensure_ascii=False))
    else:
        _show(found, loaded, policies, now)


def _spelled(found: list[Fault], records: Records, policies: Policies, now: datetime) -> list[Json]:
    from monitor.resumption import incidents_on_record
    from monitor.sla.spelling import spell_fault

    incident = {no: each.number for each in incidents_on_record(records).values() for no in each.faults}
    earlier = {
        fault.no: fault.discovered_at
        for fault in records.faults(nos={fault.repeat_of for fault in found if fault.repeat_of})
    }
    return [
        {"no": fault.no, "unit": fault.unit, "carrier": fault.carrier, "role": fault.role}
        | spell_fault(
            fault,
            policies.named(fault.policy_version),
            now,
            repeat_of=earlier.get(fault.repeat_of) if fault.repeat_of else None,
            incident=incident.get(fault.no),
        )
        for fault in found
    ]


def _show(found: list[Fault], loaded: Configuration, policies: Policies, now: datetime) -> None:
    from monitor.cli.tables import fault_table, screen
    from monitor.wording import WORDING

    console, words = screen(), WORDING[loaded.settings.locale.value]
    if found:
        console.print(fault_table(found, loaded, policies=policies, now=now, words=words, width=console.width))
    else:
        console.print(words["no_faults"])
