"""A carrier answers by its link while the daemon runs: over HTTP, judged by it, shown by it, and no round the later."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from monitor.alerts.links import Links
from monitor.faults.events import EtaGiven, FaultAcknowledged
from monitor.web.serving import url_of
from tests.daemon.inside import Inside, inside

SECRET = "the secret of this very test"


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "nothing-secret")


def a_phone() -> httpx.AsyncClient:
    """Return a client with patience: the page waits some seconds for judging."""
    return httpx.AsyncClient(trust_env=False, timeout=30)


async def until(phone: httpx.AsyncClient, url: httpx.URL | str, said: str) -> httpx.Response:
    """Load a page until it says something."""
    for _ in range(200):
        page = await phone.get(url)
        if said in page.text:
            return page
        await asyncio.sleep(0.1)
    raise AssertionError(page.text)


async def link_to(here: Inside, phone: httpx.AsyncClient) -> str:
    """Cut L1, and return the link to its fault once that is on record."""
    await here.until_page("extranet_line_up", "L1", 1)
    here.echo.silent.add("192.0.2.1")
    await here.until_page("extranet_fault_open", "L1", 1)
    [no] = here.daemon.supervision.faults
    link = Links(url_of(here.sockets["web"], ""), [SECRET]).url(no, "unicom", datetime.now(UTC))
    assert link is not None
    await until(phone, link, no)
    return link


async def test_a_dispatcher_answers_while_the_daemon_judges(tmp_path: Path) -> None:
    """Acknowledged with a time, twice by a double tap: in the ledger once, on the console, and on the metrics page."""
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    async with inside(tmp_path, "secret: {file: secret}\n") as here, a_phone() as phone:
        link = await link_to(here, phone)
        eta = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
        slip = {"action": "acknowledge", "who": "李工", "eta": eta.isoformat(), "id": "tap"}
        taps = await asyncio.gather(*(phone.post(link, data=slip, follow_redirects=True) for _ in range(2)))
        assert [200, 200] == [tap.status_code for tap in taps]
        await here.until_page("extranet_fault_acknowledged", "L1", 1)
        assert "李工" in (await until(phone, taps[0].url, "已记录")).text
        await until(phone, url_of(here.sockets["web"]), f"{eta + timedelta(hours=8):%m-%d %H:%M:%S}")
        await here.ended()
    [taken] = here.events(FaultAcknowledged)
    [promised] = here.events(EtaGiven)
    assert ("李工", "李工", eta) == (taken.who, promised.who, promised.eta)


async def test_a_database_that_is_stuck_holds_up_no_other_page_and_no_round(tmp_path: Path) -> None:
    """The answer waits in a thread of its own; the console goes on, and the daemon ends in time."""
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    async with inside(tmp_path, "secret: {file: secret}\n") as here, a_phone() as phone:
        link = await link_to(here, phone)
        here.store.gate.clear()  # nothing is committed any more
        waiting = await phone.post(link, json={"action": "acknowledge", "id": "x"})
        assert (202, "pending") == (waiting.status_code, waiting.json()["state"])
        assert 200 == (await phone.get(url_of(here.sockets["web"]))).status_code
        here.store.gate.set()
        await here.until_page("extranet_fault_acknowledged", "L1", 1)
        await here.ended()
    assert 1 == len(here.events(FaultAcknowledged))
