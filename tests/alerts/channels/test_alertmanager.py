"""Alertmanager: an alert a fault, by labels that end what they began; taken by the real program."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import httpx
import pytest

from monitor.alerts.channels import make_sender
from monitor.alerts.letter import Fate
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind
from monitor.faults.terms import MessageKind
from tests.alerts.channels.letters import AT, LINK, letter
from tests.alerts.channels.stands import free_port
from tests.needs import need
from tests.receivers.web import Receiver, Request, Response

NOW = AT + timedelta(seconds=5)
CONFIGURATION = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


def channel(url: str) -> Channel:
    return Channel(name="alerts", kind=ChannelKind.ALERTMANAGER, url=Secret(url))


async def posted(written: Any, path: str = "") -> Request:
    async with Receiver(lambda _: Response()) as receiver:
        sender = make_sender(channel(receiver.url + path), now=lambda: NOW)
        assert Fate.DELIVERED is (await sender.send(written)).fate
        await sender.close()
    (request,) = receiver.requests
    return request


@pytest.mark.parametrize("path", ["", "/", "/api/v2/alerts", "/alertmanager"])
async def test_the_api_is_found_below_the_address(path: str) -> None:
    """The address may name the program or its API, also below a path of its own."""
    request = await posted(letter(), path)
    assert "POST" == request.method
    assert request.path.endswith("/api/v2/alerts")
    assert 1 == request.path.count("/api/v2/alerts")


async def test_an_active_fault_is_an_alert_with_an_end_to_come() -> None:
    """It says what, since when, where to look, and holds for an hour: a monitor being restarted repairs no line."""
    (alert,) = (await posted(letter())).json
    assert letter().labels == alert["labels"]
    assert {"summary": letter().title, "description": letter().text} == alert["annotations"]
    assert ("2026-09-01T05:02:00Z", "2026-09-01T06:02:05Z") == (alert["startsAt"], alert["endsAt"])
    assert LINK == alert["generatorURL"]


async def test_what_is_over_ends_now() -> None:
    """The same labels with an end in the past resolve the alert."""
    (alert,) = (await posted(letter(active=False, kind=MessageKind.RESTORED, due_at=NOW + timedelta(hours=1)))).json
    assert letter().labels == alert["labels"]
    assert ("2026-09-01T05:02:05Z", "2026-09-01T05:02:05Z") == (alert["startsAt"], alert["endsAt"])


async def test_the_members_of_a_group_are_alerts_of_their_own() -> None:
    """A group is sent in one request and stands for nothing itself: each fault can end alone."""
    members = tuple(letter(labels={"no": number}, active=number != "2", link=None) for number in "123")
    alerts = (await posted(letter(members=members))).json
    assert ["1", "2", "3"] == [alert["labels"]["no"] for alert in alerts]
    assert [False, True, False] == [alert["endsAt"] == "2026-09-01T05:02:05Z" for alert in alerts]
    assert all("generatorURL" not in alert for alert in alerts)


@pytest.mark.parametrize(
    ("kind", "name"), [(MessageKind.OPENED, "ExtranetFault"), (MessageKind.MONITOR_BLIND, "ExtranetMonitor")]
)
async def test_an_alert_always_has_a_name(kind: MessageKind, name: str) -> None:
    """Alertmanager takes no alert without labels, and drops empty ones."""
    (alert,) = (await posted(letter(kind=kind, labels={"node": ""}))).json
    assert {"alertname": name} == alert["labels"]


async def ready(client: httpx.AsyncClient) -> bool:
    """Tell whether Alertmanager says that it is ready."""
    with suppress(httpx.TransportError):
        return (await client.get("/-/ready")).is_success
    return False


@asynccontextmanager
async def alertmanager(folder: Path) -> AsyncIterator[str]:
    """Run the real program on loopback, without a cluster; give its address."""
    program = need("prometheus-alertmanager")
    (folder / "alertmanager.yml").write_text(CONFIGURATION, encoding="utf-8")
    url = f"http://127.0.0.1:{free_port()}"
    arguments = [f"--web.listen-address={url.removeprefix('http://')}", "--cluster.listen-address=",
                 f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data"]  # fmt: skip
    running = await asyncio.create_subprocess_exec(program, *arguments, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with httpx.AsyncClient(base_url=url) as client:
            async with asyncio.timeout(60):
                while not await ready(client):  # noqa: ASYNC110 - it tells nobody that it is
                    await asyncio.sleep(0.1)
        yield url
    finally:
        running.terminate()
        await running.wait()


async def test_the_real_alertmanager_takes_alerts_and_ends_them(tmp_path: Path) -> None:
    """Two faults are active by their labels; one is restored and gone, the other sent again stays one alert."""
    async with alertmanager(tmp_path) as url, httpx.AsyncClient(base_url=url) as client:
        sender = make_sender(channel(url))
        now = datetime.now(UTC)
        faults = [letter(labels={"no": number, "unit_name": "财政局"}, due_at=now) for number in ("1", "2")]
        first = await sender.send(letter(members=tuple(faults)))
        again = await sender.send(faults[1])
        over = await sender.send(letter(labels=faults[0].labels, due_at=datetime.now(UTC), active=False))
        bad = await sender.send(letter(labels={"not a label": "x"}))
        await sender.close()
        active = json.loads((await client.get("/api/v2/alerts")).content)
    assert [Fate.DELIVERED] * 3 + [Fate.REFUSED] == [outcome.fate for outcome in (first, again, over, bad)]
    assert [("2", "财政局")] == [(alert["labels"]["no"], alert["labels"]["unit_name"]) for alert in active]
    assert letter().title == active[0]["annotations"]["summary"]
