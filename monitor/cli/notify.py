"""``monitor notify``: the messages that people are told by."""

from __future__ import annotations

import click

from monitor.cli.who import who


@click.group()
def notify() -> None:
    """See who is told of what."""


notify.add_command(who)
