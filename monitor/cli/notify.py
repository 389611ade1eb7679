"""``monitor notify``: the ways of telling people, tried out."""

from __future__ import annotations

import click

from monitor.cli.preview import preview


@click.group()
def notify() -> None:
    """Try the ways of telling people of faults."""


notify.add_command(preview)
