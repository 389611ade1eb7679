"""``monitor check``: everything wrong with a configuration, each with its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
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

    Exits 0 when it can run, perhaps with warnings, and 2 when it is refused.
    """
    from monitor.alerts.examining import examine
    from monitor.cli.desk import now
    from monitor.config.folder import load
    from monitor.config.problem import ConfigurationRefused

    try:
        loaded = load(folder, at=now(), examine=examine)
    except ConfigurationRefused as refused:
        _tell_refusal(refused.problems, as_json=as_json)
        count = len(refused.problems)
        raise WrongInput(f"{count} problem{'s' if count > 1 else ''}: this configuration is refused") from None
    _tell_success(loaded, as_json=as_json)


def _tell_refusal(problems: Sequence[Problem], *, as_json: bool) -> None:
    if as_json:
        click.echo(_as_json(problems=problems, warnings=(), found=None))
        return
    for problem in problems:
        click.echo(str(problem))


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
