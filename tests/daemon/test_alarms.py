"""What the centre must be told of the telling itself, and the sign of life: real receivers, shorter patience."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.schedulers import base

from monitor.alerts.alarms import Patience
from monitor.faults.events import ClockStepped
from monitor.store.backup_mark import made
from tests.alerts.conftest import no_proxy  # noqa: F401 - a fixture
from tests.daemon.inside import Inside, inside
from tests.probing.test_beat import StepsTime
from tests.receivers.hook import Hook
from tests.receivers.web import Answering, Receiver, Request, Response

PATIENCE = Patience(unreached=timedelta(seconds=3), stuck=timedelta(seconds=6), still=timedelta(seconds=3))


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "nothing-secret")


async def until(happened: Callable[[], object], what: str) -> None:
    """Wait until something has happened."""
    for _ in range(400):
        if happened():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"waited in vain: {what}")


async def channels(stack: AsyncExitStack, centre: Hook, **carriers: Answering) -> str:
    """Let receivers listen; return the settings by which the centre hears alarms, and the carrier's all faults."""
    urls = {}
    everybody: dict[str, Answering] = {"centre": centre, **carriers}
    for name, answering in everybody.items():
        urls[name] = (await stack.enter_async_context(Receiver(answering))).url
    lines = [f"  {name}: {{kind: webhook, url: '{url}/'}}" for name, url in urls.items()]
    routes = [
        f"  - {{carrier: unicom, kinds: all, channels: [{', '.join(carriers)}]}}",
        "  - {kinds: alarms, channels: [centre]}",
    ]
    return "\n".join(["channels:", *lines, "routes:", *routes, ""])


def told(centre: Hook) -> list[str]:
    """Return what the centre was told of, in order, but for how the monitor began."""
    return [payload["kind"] for payload in centre.payloads.values() if payload["kind"] != "monitor_back"]


def text(centre: Hook, kind: str) -> str:
    [found] = [payload["text"] for payload in centre.payloads.values() if payload["kind"] == kind]
    print(found)
    return str(found)


async def cut(here: Inside) -> str:
    """Cut L1; return its fault's number."""
    await here.until_page("extranet_line_up", "L1", 1)
    here.echo.silent.add("192.0.2.1")
    await here.until_page("extranet_fault_open", "L1", 1)
    [no] = here.daemon.supervision.faults
    return no


async def test_a_carrier_that_no_channel_reaches_is_to_be_telephoned_and_a_stuck_outbox_is_told(tmp_path: Path) -> None:
    """All of its channels are out of order: the centre is told whom to call, and of which fault; each alarm once."""
    centre, broken = Hook(), Response(status=503)
    async with AsyncExitStack() as stack:
        settings = await channels(stack, centre, one=lambda _: broken, two=lambda _: broken)
        here = await stack.enter_async_context(inside(tmp_path, settings, patience=PATIENCE))
        no = await cut(here)
        await until(lambda: {"unreached", "outbox_stuck"} <= set(told(centre)), "both alarms")
        await asyncio.sleep(6)  # the next look
        assert ["outbox_stuck", "unreached"] == sorted(told(centre))
        unreached = text(centre, "unreached")
        assert all(word in unreached for word in ("联通", "电话通知", no, "monitor fault notified"))
        assert "one渠道消息积压，最早一条已等待" in text(centre, "outbox_stuck")
        await here.ended()


async def test_one_channel_that_works_is_enough_and_what_another_refuses_is_told(tmp_path: Path) -> None:
    """The carrier knows by one of two: nobody need telephone, but that the other gave a message up is told."""
    centre, carrier = Hook(), Hook()
    async with AsyncExitStack() as stack:
        settings = await channels(stack, centre, gone=lambda _: Response(status=404), good=carrier)
        here = await stack.enter_async_context(inside(tmp_path, settings, patience=PATIENCE))
        no = await cut(here)
        await until(lambda: "undelivered" in told(centre), "what was refused is told")
        await asyncio.sleep(6)
        assert ["undelivered"] == told(centre)
        said = text(centre, "undelivered")
        assert "gone" in said
        assert no in said
        assert ["opened"] == [payload["kind"] for payload in carrier.payloads.values()]
        await here.ended()


async def test_that_nobody_would_be_told_of_a_carriers_faults_is_told_before_there_is_one(tmp_path: Path) -> None:
    """Its only channel has a roster that ended: the configuration was right, and time passed."""
    centre = Hook()
    async with AsyncExitStack() as stack:
        settings = await channels(stack, centre, good=Hook())
        ended = "  sms: {kind: sms, url: 'http://127.0.0.1:9/', roster: duty}\nroutes:"
        settings = settings.replace("routes:", ended).replace("channels: [good]", "channels: [sms]")
        settings += "rosters: {duty: [{phone: 0000-66000011, dates: [null, 2026-01-01]}]}\n"
        here = await stack.enter_async_context(inside(tmp_path, settings))
        await until(lambda: ["unreached"] == told(centre), "it is told")
        assert "此时没有人能收到" in text(centre, "unreached")
        await here.ended()


async def test_a_clock_that_was_set_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "datetime", StepsTime)
    monkeypatch.setattr(StepsTime, "step", timedelta())
    centre = Hook()
    async with AsyncExitStack() as stack:
        settings = await channels(stack, centre, good=Hook())
        here = await stack.enter_async_context(inside(tmp_path, settings))
        await here.until_page("extranet_line_up", "L1", 1)
        StepsTime.step, here.echo.step = timedelta(seconds=-37), -37.0
        await until(lambda: ["clock_stepped"] == told(centre), "the step is told")
        said = text(centre, "clock_stepped")
        assert "后退" in said
        assert "37秒" in said
        await here.ended()
    assert 1 == len(here.events(ClockStepped))


async def test_the_heartbeat_is_a_sign_of_judging_and_of_nothing_less(tmp_path: Path) -> None:
    """Asked every second while instants are judged; while rounds hang, though the process lives, it stops."""
    beats: list[Request] = []

    def beat(request: Request) -> Response:
        beats.append(request)
        return Response()

    async with AsyncExitStack() as stack:
        url = (await stack.enter_async_context(Receiver(beat))).url
        settings = f"heartbeat: {{url: '{url}/alive', every: 1s}}\n"
        here = await stack.enter_async_context(inside(tmp_path, settings, patience=PATIENCE))
        await until(lambda: len(beats) >= 3, "it beats")
        assert {("GET", "/alive")} == {(each.method, each.path) for each in beats}
        here.echo.hangs = True
        await asyncio.sleep(PATIENCE.still.total_seconds() + 3)
        silent = len(beats)
        assert 200 == (await healthy(here))
        await asyncio.sleep(3)
        assert silent == len(beats)


async def healthy(here: Inside) -> int:
    """Return what the console says of itself: the process lives."""
    import httpx

    from monitor.web.serving import url_of

    async with httpx.AsyncClient(trust_env=False) as client:
        answer: Any = await client.get(url_of(here.sockets["web"], "/healthz"))
    return int(answer.status_code)


async def test_a_missed_night_is_told_once_and_after_a_start_there_is_time_to_make_it_good(tmp_path: Path) -> None:
    """Of a backup of two days ago, once the patience is over; before it nothing, however old it is."""
    made(tmp_path / "attachments", at=datetime.now(UTC) - timedelta(hours=50), lacking=0)
    centre, carrier = Hook(), Hook()
    async with AsyncExitStack() as stack:
        settings = await channels(stack, centre, carrier=carrier)
        async with inside(tmp_path, settings, patience=PATIENCE) as here:
            await here.until_page("monitor_last_backup_lacking_attachments", "", 0)
            await here.ended()
        assert [] == told(centre)
        async with inside(tmp_path, settings, patience=replace(PATIENCE, backup=timedelta())) as here:
            await until(lambda: told(centre), "the missed night is told")
            await here.ended()
    assert ["backup_late"] == told(centre)
    assert "已2天2小时没有备份" in text(centre, "backup_late")
