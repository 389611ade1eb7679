"""``monitor run``: watch the lines, until told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.exits import Missing, WrongInput
from monitor.cli.options import config_option, configuration


@click.command()
@config_option
@click.option("--verbose", is_flag=True, help="Log more: every commit and every scrape.")
def run(folder: Path, *, verbose: bool) -> None:
    """Watch the lines of a configuration, until SIGTERM or Ctrl-C; SIGHUP reads the configuration again."""
    import asyncio
    import logging

    from monitor.alerts.channels import ChannelUnusable
    from monitor.probing.echo import EchoSocketUnavailable
    from monitor.probing.snmp.client import ClientMissingError
    from monitor.probing.snmp.devices import DevicesError
    from monitor.resumption import CannotGoOn
    from monitor.start import watch
    from monitor.store.errors import StoreError
    from monitor.web.serving import CannotListenError

    loaded = configuration(folder)
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(level if verbose else logging.ERROR)  # it warns of every turn left out
    for chatty in ("alembic", "httpx", "uvicorn"):
        logging.getLogger(chatty).setLevel(level if verbose else logging.WARNING)
    try:
        asyncio.run(watch(loaded))
    except (EchoSocketUnavailable, StoreError, ClientMissingError, ChannelUnusable) as error:
        raise Missing(str(error)) from error
    except (CannotGoOn, CannotListenError, DevicesError) as error:
        raise WrongInput(str(error)) from error
