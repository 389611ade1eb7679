"""``monitor check``: everything wrong with a configuration, each with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exits import WrongInput
from monitor.cli.options import config_option, json_option

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.config.problem import Problem


@click.command()
@config_option
@json_option
def check(folder: Path, as_json: bool) -> None:
    """Read the configuration and name everything wrong with it: file, line, column, path, and the cure.

    Where the database can be read, so is whether a policy version was changed after it judged: the monitor would not
    go on with it. Exits 0 when it can run, perhaps with warnings, and 2 when it is refused.
    """
    from monitor.alerts.examining import examine
    from monitor.cli.desk import now
    from monitor.config.folder import load
    from monitor.config.problem import ConfigurationRefused

    try:
        loaded = load(folder, at=now(), examine=examine)
    except ConfigurationRefused as refused:
        raise _refusal(refused.problems, as_json=as_json) from None
    if wrong := [*_devices(loaded), *_changed(loaded, now())]:
        raise _refusal(wrong, as_json=as_json)
    _tell_success(replace(loaded, warnings=(*loaded.warnings, *_in_vain(loaded))), as_json=as_json)


def _devices(loaded: Configuration) -> Sequence[Problem]:
    """Name what is wrong in the county's own file of devices: a start would be refused by it."""
    from monitor.probing.snmp.devices import DevicesError, load_devices

    own = loaded.settings.snmp.devices
    if own is None:
        return ()
    try:
        load_devices([own])
    except DevicesError as error:
        return error.problems
    return ()


def _in_vain(loaded: Configuration) -> Iterator[Problem]:
    """Name the channels through which nothing could be sent on this machine."""
    if not loaded.settings.channels:
        return  # what would send takes its time to be loaded
    from monitor.alerts.channels import why_in_vain
    from monitor.config.folder import paths_of
    from monitor.config.source import read

    for name, channel in loaded.settings.channels.items():
        if why := why_in_vain(channel):
            yield read(paths_of(loaded.folder, "monitor")[0]).problem(("channels", name), why, key=True)


def _changed(loaded: Configuration, at: datetime) -> list[Problem]:
    """Name what was changed in policy versions that have judged; nothing where the database cannot be read."""
    from monitor.config.problem import Problem
    from monitor.resumption import NOT_CHANGED, changed_since_used
    from monitor.store.errors import StoreError
    from monitor.store.records import Records

    try:
        with Records.of(loaded.settings.database.reveal()) as records:
            changed = changed_since_used(loaded, records, at)
    except StoreError:
        return []
    return [Problem(*_place(loaded, each), "version", f"{each}: {NOT_CHANGED}") for each in changed]


def _place(loaded: Configuration, changed: str) -> tuple[str, int, int]:
    """Return file, line and column of the version that something is said of."""
    from monitor.config.folder import paths_of
    from monitor.config.source import read

    files = [read(path) for path in paths_of(loaded.folder, "policy")]
    for file in files:
        named = file.value.get("version") if isinstance(file.value, dict) else None
        if named is not None and changed.startswith(f"{named}: "):
            return file.file, *file.place(("version",))
    return files[0].file, 1, 1


def _refusal(problems: Sequence[Problem], *, as_json: bool) -> WrongInput:
    """Print what is wrong, and return how the command ends."""
    for told in [_as_json(problems=problems, warnings=(), found=None)] if as_json else map(str, problems):
        click.echo(told)
    count = len(problems)
    return WrongInput(f"{count} problem{'s' if count > 1 else ''}: this configuration is refused")


def _tell_success(loaded: Configuration, *, as_json: bool) -> None:
    found = _found(loaded)
    if as_json:
        click.echo(_as_json(problems=(), warnings=loaded.warnings, found=found))
        return
    for warning in loaded.warnings:
        click.echo(f"{warning} {click.style('(a warning)', fg='yellow')}")
    click.echo(f"{loaded.folder} can run: {', '.join(f'{count} {name}' for name, count in found.items())}")


def _found(loaded: Configuration) -> dict[str, int]:
    inventory, settings = loaded.inventory, loaded.settings
    return {
        "carriers": len(inventory.carriers),
        "nodes": len(inventory.nodes),
        "units": len(inventory.units),
        "lines": len(inventory.lines),
        "references": len(inventory.references),
        "policy versions": len(loaded.policies.versions),
        "SNMP profiles": len(settings.snmp.profiles),
        "channels": len(settings.channels),
        "routes": len(settings.routes),
        "rosters": len(settings.rosters),
    }


def _as_json(*, problems: Sequence[Problem], warnings: Sequence[Problem], found: dict[str, int] | None) -> str:
    answer = {
        "problems": [asdict(problem) for problem in problems],
        "warnings": [asdict(warning) for warning in warnings],
        "found": found and {name.lower().replace(" ", "_"): count for name, count in found.items()},
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)
