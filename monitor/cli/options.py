"""Options that many commands take, and the configuration they name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exits import WrongInput

if TYPE_CHECKING:
    from monitor.config.folder import Configuration

config_option = click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("config"),
    show_default=True,
    metavar="DIR",
    envvar="MONITOR_CONFIG",
    show_envvar=True,
    help="The configuration folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def configuration(folder: Path) -> Configuration:
    """Return the configuration in a folder.

    Raises:
        WrongInput: it is refused; the message names the first problem, and how to see the others.
    """
    from monitor.alerts.examining import examine
    from monitor.cli.desk import now
    from monitor.config.folder import load
    from monitor.config.problem import ConfigurationRefused

    try:
        return load(folder, at=now(), examine=examine)
    except ConfigurationRefused as refused:
        more = len(refused.problems) - 1
        others = f" (and {more} more: monitor check --config {folder})" if more else ""
        raise WrongInput(f"{refused.problems[0]}{others}") from refused


def words(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """Return the words of a command that reads no configuration: English where the shell's locale is, else Chinese."""
    from monitor.wording import WORDING

    named = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return WORDING["en" if next(filter(None, named), "").startswith("en") else "zh_CN"]
