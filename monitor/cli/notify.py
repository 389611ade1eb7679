"""``monitor notify``: who is told of what, and the ways of telling them, tried out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.acting import plain
from monitor.cli.exits import Found, Missing, WrongInput
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.preview import preview
from monitor.cli.who import who

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.alerts.letter import Letter, Outcome, Sender


@click.group()
def notify() -> None:
    """See who is told of what, and try the ways of telling them."""


notify.add_command(who)
notify.add_command(preview)


@notify.command()
@click.argument("channel", callback=plain)
@config_option
@json_option
def test(channel: str, folder: Path, *, as_json: bool) -> None:
    """Send one message, marked as a test, through CHANNEL, and say what came of it.

    It goes past the queue and needs no database. Exits 0 when it was delivered, 1 when it was not.
    """
    import asyncio

    from monitor.alerts.channels import ChannelUnusable, make_sender
    from monitor.alerts.trial import trial
    from monitor.cli.desk import now
    from monitor.config.problem import did_you_mean
    from monitor.wording import WORDING

    settings = configuration(folder).settings
    if channel not in settings.channels:
        known = did_you_mean(channel, list(settings.channels))
        raise WrongInput(f"there is no channel {channel!r} in {folder}/monitor.yaml{known}")
    chosen = settings.channels[channel]
    try:
        sender = make_sender(chosen)
    except ChannelUnusable as error:
        raise Missing(str(error)) from None
    outcome = asyncio.run(_sent(sender, trial(chosen, settings, now())))
    _tell(channel, outcome, WORDING[settings.locale.value], as_json=as_json)


async def _sent(sender: Sender, letter: Letter) -> Outcome:
    try:
        return await sender.send(letter)
    finally:
        await sender.close()


def _tell(channel: str, outcome: Outcome, words: Mapping[str, str], *, as_json: bool) -> None:
    from monitor.alerts.letter import Fate

    delivered = outcome.fate is Fate.DELIVERED
    said = f"{channel}: {words[f'sent_{outcome.fate}']} ({outcome.status})"
    said += f": {outcome.answer}" if outcome.answer and not delivered else ""
    said += f"; {words['sent_missed'].format(missed=', '.join(outcome.missed))}" if outcome.missed else ""
    if as_json:
        click.echo(json.dumps(_spelled(channel, outcome), ensure_ascii=False))
        click.get_current_context().exit(0 if delivered else Found.exit_code)
    if not delivered:
        raise Found(said)
    click.echo(said)


def _spelled(channel: str, outcome: Outcome) -> dict[str, object]:
    wait = outcome.retry_after
    return {
        "channel": channel,
        "fate": outcome.fate.value,
        "status": outcome.status,
        "answer": outcome.answer,
        "unreachable": outcome.unreachable,
        "retry_after_s": None if wait is None else int(wait.total_seconds()),
        "missed": list(outcome.missed),
    }
