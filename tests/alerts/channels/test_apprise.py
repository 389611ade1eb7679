"""Apprise: an optional package, in a thread of its own, that is heard of only by whether it sent."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.alerts.channels import ChannelUnusable, make_sender
from monitor.alerts.letter import Fate
from monitor.cli import main
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind
from tests.alerts.channels.letters import MARKDOWN, letter
from tests.alerts.channels.stands import APPRISE_STAND, SHORT, TOKEN, Scene
from tests.config.written import write
from tests.receivers.web import Receiver, Response


async def test_a_letter_goes_by_an_address_of_apprise(tmp_path: Path) -> None:
    """Title and Markdown reach a service that only Apprise knows."""
    async with APPRISE_STAND.meet(Scene.TAKEN, tmp_path) as (sender, requests):
        assert (Fate.DELIVERED, "sent") == ((outcome := await sender.send(letter())).fate, outcome.status)
    (request,) = requests
    assert (letter().title, MARKDOWN) == (request.json["title"], request.json["message"])


async def test_why_it_was_not_sent_is_told_without_the_address(tmp_path: Path) -> None:
    """What Apprise writes to its log is the only reason there is; it is told, redacted."""
    async with APPRISE_STAND.meet(Scene.REFUSED, tmp_path) as (sender, _):
        outcome = await sender.send(letter())
    assert (Fate.AGAIN, "not sent") == (outcome.fate, outcome.status)
    assert "error=400" in outcome.answer
    assert TOKEN not in outcome.answer


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    """Apprise's own habit of following is switched off."""
    async with Receiver(lambda _: Response()) as elsewhere:
        away = Response(status=307, headers={"Location": f"{elsewhere.url}/x"})
        async with Receiver(lambda _: away) as receiver:
            sender = make_sender(APPRISE_STAND.channel(receiver.url, tmp_path))
            assert Fate.AGAIN is (await sender.send(letter())).fate
    assert [] == elsewhere.requests


async def test_an_address_that_apprise_does_not_know_is_refused() -> None:
    """A wrong address is no trouble of the network."""
    channel = Channel(name="c", kind=ChannelKind.APPRISE, url=Secret("nosuch://service"))
    outcome = await make_sender(channel).send(letter())
    assert (Fate.REFUSED, "address") == (outcome.fate, outcome.status)


@pytest.mark.parametrize(
    ("url", "installed", "said"),
    [
        ("json://127.0.0.1", True, None),
        ("jsn://127.0.0.1", True, "Apprise knows no service of this address: is the word before :// spelled right?"),
        ("json://127.0.0.1", False, "channel tail needs a package that is not installed: pip install"),
    ],
)
def test_a_channel_through_which_nothing_can_go_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, installed: bool, said: str | None
) -> None:
    """By `monitor check`, with its place: else the first fault would be the first to tell of it."""
    if not installed:
        monkeypatch.setitem(sys.modules, "apprise", None)
    folder = write(tmp_path, monitor="channels:\n  tail: {kind: apprise, url: {env: TAIL}}\n")
    checked = CliRunner().invoke(main, ["check", "--config", str(folder)], env={"TAIL": url})
    assert 0 == checked.exit_code, checked.output
    warned = [line for line in checked.stdout.splitlines() if f"{folder}/monitor.yaml:2:3: channels.tail: " in line]
    assert (said is None, said or "") == (not warned, said if said and said in "".join(warned) else "")


async def test_no_second_try_begins_beside_one_that_hangs(tmp_path: Path) -> None:
    """A thread that cannot be stopped is at least alone; once it has ended, letters go again."""
    async with APPRISE_STAND.meet(Scene.SILENT, tmp_path, timeout=SHORT) as (sender, requests):
        assert "timeout" == (await sender.send(letter())).status
        outcome = await sender.send(letter())
        assert (Fate.AGAIN, "busy", True) == (outcome.fate, outcome.status, outcome.unreachable)
        async with asyncio.timeout(20):
            while not requests:  # noqa: ASYNC110 - on a busy machine the thread may only now be on its way
                await asyncio.sleep(0.01)
        assert "busy" == (await sender.send(letter())).status
        assert 1 == len(requests)
    for _ in range(100):
        if (await sender.send(letter())).status != "busy":
            break
        await asyncio.sleep(0.05)
    assert "busy" != (await sender.send(letter())).status


async def test_two_channels_of_apprise_hear_only_their_own_reasons(tmp_path: Path) -> None:
    """Reasons are kept apart by thread: one channel's never stand in another's outcome."""
    async with (
        APPRISE_STAND.meet(Scene.REFUSED, tmp_path, timeout=timedelta(seconds=5)) as (one, _),
        APPRISE_STAND.meet(Scene.OUT_OF_ORDER, tmp_path, timeout=timedelta(seconds=5)) as (other, _),
    ):
        refused, broken = await asyncio.gather(one.send(letter()), other.send(letter()))
    assert "error=400" in refused.answer
    assert "error=503" in broken.answer


def test_without_the_package_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The channel is named, and what to install."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    channel = Channel(name="tail", kind=ChannelKind.APPRISE, url=Secret("json://127.0.0.1"))
    with pytest.raises(ChannelUnusable, match=r"channel tail needs .*: pip install 'extranet-monitor\[apprise\]'"):
        make_sender(channel)
