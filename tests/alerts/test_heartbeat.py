"""The sign of life: asked at its times while judging goes on, and its address, a secret, in no log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.heartbeat import Heartbeat
from monitor.alerts.letter import Fate
from monitor.config.secret import Secret
from monitor.config.settings import HeartbeatSettings
from tests.alerts.channels.stands import free_port
from tests.receivers.web import Mischief, Receiver, Request, Response

TOKEN = "5c0ffee5-c0ff-ee5c"
BEGAN = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
EVERY = timedelta(milliseconds=100)


@dataclass
class Beating:
    """A heartbeat that runs, at a time that stands until it is moved; every tenth of a second of it is a beat due."""

    at: datetime = BEGAN
    alive: bool = True

    def __post_init__(self) -> None:
        self.heart = Heartbeat(now=lambda: self.at)
        self.run = asyncio.create_task(self.heart.run(lambda: self.alive))

    def pass_time(self) -> None:
        self.at += EVERY


def settings(url: str) -> HeartbeatSettings:
    return HeartbeatSettings(url=Secret(f"{url}/ping/{TOKEN}?key={TOKEN}"), every=EVERY)


@asynccontextmanager
async def beating(url: str) -> AsyncIterator[Beating]:
    """Run a heartbeat that asks this address."""
    made = Beating()
    made.heart.adopt(settings(url))
    try:
        yield made
    finally:
        assert not made.run.done()
        made.run.cancel()


async def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


async def settle() -> None:
    """Let the heartbeat look several times."""
    await asyncio.sleep(5 * EVERY.total_seconds())


async def test_it_is_asked_at_its_times_as_long_as_the_monitor_is_alive() -> None:
    """A GET each time and no more; none while judging stands still; again when it goes on."""
    async with Receiver(lambda _: Response()) as receiver, beating(receiver.url) as at:
        for beats in (1, 2, 3):
            await until(lambda beats=beats: beats == len(receiver.requests))  # type: ignore[misc]
            await settle()
            assert beats == len(receiver.requests)
            at.pass_time()
        await until(lambda: 4 == len(receiver.requests))
        at.alive = False
        at.pass_time()
        await settle()
        assert 4 == len(receiver.requests)
        at.alive = True
        await until(lambda: 5 == len(receiver.requests))
    assert {("GET", f"/ping/{TOKEN}", b"")} == {(each.method, each.path, each.body) for each in receiver.requests}


async def test_a_new_address_is_asked_at_once_and_none_not_at_all() -> None:
    """A reload that changes it need not wait for its time; one that takes it out ends it."""
    async with (
        Receiver(lambda _: Response()) as old,
        Receiver(lambda _: Response()) as new,
        beating(old.url) as at,
    ):
        await until(lambda: 1 == len(old.requests))
        at.heart.adopt(settings(new.url))
        await until(lambda: 1 == len(new.requests))
        at.heart.adopt(None)
        at.pass_time()
        await settle()
        assert (1, 1) == (len(old.requests), len(new.requests))


@pytest.mark.parametrize(
    ("answer", "fate", "status"),
    [
        (Response(status=204), Fate.DELIVERED, "204"),
        (Response(status=404, body={"said": f"no such check: {TOKEN}"}), Fate.REFUSED, "404"),
        (Response(status=302, headers={"Location": f"https://elsewhere.example/{TOKEN}"}), Fate.REFUSED, "302"),
        (Mischief.BREAK, Fate.AGAIN, "connection"),
    ],
    ids=["fine", "unknown", "redirected", "broken off"],
)
async def test_what_came_of_it_is_known_without_its_address(
    answer: Response | Mischief, fate: Fate, status: str
) -> None:
    async with Receiver(lambda _: answer) as receiver:
        outcome = await Heartbeat(now=lambda: BEGAN).beat(settings(receiver.url))
    assert (fate, status) == (outcome.fate, outcome.status)
    assert TOKEN not in f"{outcome}"


async def test_that_it_fails_is_logged_once_and_that_it_is_well_again(caplog: pytest.LogCaptureFixture) -> None:
    """Without the address or what is in it, whatever the receiver repeats."""
    caplog.set_level(1)
    broken = [True]

    def answer(request: Request) -> Response:
        return Response(status=500, body={"asked": request.target}) if broken[0] else Response()

    async with Receiver(answer) as receiver, beating(receiver.url) as at:
        for beats in (1, 2, 3, 4):
            await until(lambda beats=beats: beats == len(receiver.requests))  # type: ignore[misc]
            await settle()
            broken[0] = beats < 2
            at.pass_time()
    said = [record for record in caplog.records if record.name == "monitor.alerts.heartbeat"]
    assert [logging.WARNING, logging.INFO] == [record.levelno for record in said]
    assert "answers 500" in said[0].getMessage()
    assert "answers 200 again" in said[1].getMessage()
    assert TOKEN not in caplog.text


async def test_an_address_that_nobody_serves_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is said once."""
    caplog.set_level(1)
    async with beating(f"http://127.0.0.1:{free_port()}") as at:
        await until(lambda: "the heartbeat's address answers refused" in caplog.text)
        at.pass_time()
        await settle()
    assert 1 == caplog.text.count("the heartbeat's address answers")
    assert TOKEN not in caplog.text
