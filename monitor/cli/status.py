"""``monitor status``: the lines, and what is down."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.db import database_told
from monitor.cli.options import config_option, configuration, json_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.config.folder import Configuration
    from monitor.policy import Policies
    from monitor.sla.survey import OpenIncident, Survey

SILENT_AFTER = timedelta(seconds=30)
COLOURS = {"up": "green", "suspect": "yellow", "down": "red", "unknown": "bright_black", "maintenance": "blue"}


@click.command()
@config_option
@json_option
def status(folder: Path, *, as_json: bool) -> None:
    """Show how many lines are up and down, the open faults with the time left on each clock, oldest first, and below
    them the lines that are degraded."""
    from monitor.alerts.backlog import say_backlogs
    from monitor.alerts.backup import say_backup
    from monitor.policy import Policies
    from monitor.resumption import degradations, incidents_on_record, used_policies
    from monitor.resumption import windows as recorded_windows
    from monitor.sla.survey import survey
    from monitor.store.attachments import Attachments
    from monitor.store.backup_mark import read
    from monitor.store.records import Records
    from monitor.wording import WORDING

    loaded = configuration(folder)
    settings = loaded.settings
    now = datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0)
    with database_told(), Records.of(settings.database.reveal()) as records:
        judged_at = records.judged_at()
        policies = Policies(loaded.policies.versions, retired=used_policies(records))
        opened = records.faults(open_only=True)
        down = {fault.no for fault in opened}
        incidents = [each for each in incidents_on_record(records).values() if not down.isdisjoint(each.faults)]
        struck = [no for each in incidents for no in each.faults]
        found = survey(
            loaded.inventory,
            policies,
            watches=records.watches(),
            blind_since=records.sight().blind_since,
            faults={fault.no: fault for fault in (*opened, *records.faults(nos=struck))}.values(),
            now=now,
            windows=recorded_windows(records).all(),
            incidents=incidents,
            degradations=degradations(records).values(),
        )
        backlogs = records.backlogs(now)
    if as_json:
        click.echo(json.dumps(found.spelled()))
    else:
        words, zone = WORDING[settings.locale.value], settings.timezone
        mark = read(Attachments(settings.database.reveal(), settings.attachments).folder)
        notes = [
            *say_backlogs(backlogs, words, zone=zone, now=now),
            *say_backup(mark, words, zone=zone, now=now),
        ]
        _show(found, loaded, policies, judged_at, notes)


def _show(
    found: Survey, loaded: Configuration, policies: Policies, judged_at: datetime | None, notes: list[str]
) -> None:
    from monitor.alerts.degradation import say_degradations
    from monitor.cli.tables import fault_table, screen
    from monitor.wording import WORDING, say_length

    console, words = screen(), WORDING[loaded.settings.locale.value]
    zone = loaded.settings.timezone
    if judged_at is None:
        console.print(words["never"], style="yellow")
    else:
        ago = found.now - judged_at
        if ago > SILENT_AFTER:
            console.print(words["silent"].format(ago=say_length(ago, words)), style="bold yellow")
        at = f"{judged_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        console.print(words["heartbeat"].format(at=at, ago=say_length(ago, words)), style="dim", highlight=False)
    if found.blind_since is not None:
        since = f"{found.blind_since.astimezone(zone):%m-%d %H:%M:%S}"
        console.print(words["blind"].format(since=since), style="bold white on red")
    console.print(_counts(found, words), highlight=False, markup=True)
    for line in notes:
        console.print(line, style="bold yellow", highlight=False, markup=False)
    for each in found.incidents:
        console.print(_incident(each, loaded, words), style="bold red", highlight=False)
    if found.faults:
        opened = [entry.fault for entry in found.faults]
        console.print(fault_table(opened, loaded, policies=policies, now=found.now, words=words, width=console.width))
    else:
        console.print(words["none"], style="green")
    for said in say_degradations(found, loaded.inventory, words, zone=zone).values():
        console.print(said, style="yellow", highlight=False, markup=False)


def _incident(each: OpenIncident, loaded: Configuration, words: Mapping[str, str]) -> str:
    incident, inventory = each.incident, loaded.inventory
    carrier = inventory.carriers.get(incident.carrier)
    name = carrier.short_name if carrier else incident.carrier
    if incident.node is not None:
        node = inventory.nodes.get(incident.node)
        name += f" {node.name if node else incident.node}"
    return words["incident"].format(where=name, lines=len(each.lines), down=len(each.down))


def _counts(found: Survey, words: Mapping[str, str]) -> str:
    parts = [f"{words['lines']} {len(found.states)}"]
    for state, count in found.counts.items():
        if count or state.value != "maintenance":
            style = COLOURS[state.value] if count else "dim"
            parts.append(f"[{style}]{words[state.value]} {count}[/]")
    return "  ".join(parts)
