"""A fault of a county at a desk, the page behind its link, and judging beside it, all real but the network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from monitor.alerts.links import Links
from monitor.cli.desk import attend
from monitor.config.folder import Configuration
from monitor.faults.events import Event
from monitor.faults.fault import Fault
from monitor.policy import Policies
from monitor.store.store import Store
from monitor.web import desk
from monitor.web.answers import answers
from monitor.web.sheet import Present
from tests.actions.conftest import MINUTE, Office, office_at

NOW = datetime(2026, 9, 1, 4, 30, tzinfo=UTC)  # half past twelve in Shanghai
BEGAN = NOW - 30 * MINUTE
SECRET = "the secret of the pages of tests"
LOOKS = 300  # at what came of an answer: a minute
TWO_CARRIERS = "carriers: [{id: unicom, name: 联通}, {id: mobile, name: 移动}]"


@dataclass
class Answering:
    """One place with one fault, ``no``, of line L1; ``now`` is what the page takes for now."""

    office: Office
    configuration: Configuration
    no: str
    now: datetime = NOW
    simulated: bool = False

    def present(self) -> Present:
        policies = Policies(self.configuration.policies.versions)
        return Present(configuration=self.configuration, policies=policies, now=self.now, simulated=self.simulated)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[answers(self.present, self.configuration.settings.database)])

    def link(self, *, no: str | None = None, carrier: str = "unicom", made: datetime | None = None) -> str:
        """Return the path of a link."""
        links = Links.of(self.configuration.settings)
        assert links is not None
        url = links.url(no or self.no, carrier, made or self.now)
        assert url is not None
        return url.removeprefix(self.configuration.settings.public_url)

    async def get(self, path: str | None = None, **options: Any) -> httpx.Response:
        return await self.request("GET", path or self.link(), **options)

    async def post(self, fields: Mapping[str, str] | None = None, **options: Any) -> httpx.Response:
        """Send a form, as the page's; or what the options say. What came of it is followed to."""
        path = options.pop("path", None) or self.link()
        return await self.request("POST", path, data=fields, follow_redirects=True, **options)

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            return await client.request(method, path, **options)

    def events(self, *kinds: type[Event]) -> list[Any]:
        return self.office.events(*kinds)

    def fault(self) -> Fault:
        [fault] = self.office.faults()
        return fault

    def waiting(self) -> int:
        """Return how many actions nobody has judged yet."""
        store = Store.open(self.office.url)
        try:
            return len(store.asked())
        finally:
            store.close()

    def judge(self) -> None:
        """Do what waits, as the daemon does it within a second or three."""
        store = Store.open(self.office.url)
        try:
            if store.asked():
                attend(self.configuration, store, self.now)
        finally:
            store.close()

    @asynccontextmanager
    async def judged(self) -> AsyncIterator[None]:
        """Do what waits again and again, for as long as the block lasts.

        The page looks for what came of an answer as long as that takes: on a machine with much else to do three seconds
        are soon over.
        """
        ending = asyncio.Event()

        async def go_on() -> None:
            while not ending.is_set():
                await asyncio.to_thread(self.judge)
                await asyncio.sleep(0.05)

        task = asyncio.create_task(go_on())
        try:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(desk, "LOOKS", LOOKS)
                yield
        finally:
            ending.set()
            await task


def answering_at(folder: Path, *, bad: int = 28, good: int = 0, policy: str = "", url: str = "") -> Answering:
    """Furnish a place whose line L1 was seen down for so many minutes from `BEGAN` on, then up."""
    office = office_at(folder, url or f"sqlite:///{folder}/var/monitor.db")
    written = f"database: {office.url}\nsecret: {{file: secret}}\npublic_url: https://monitor.example\n"
    (folder / "monitor.yaml").write_text(written, encoding="utf-8")
    (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    inventory = (folder / "inventory.yaml").read_text(encoding="utf-8")
    inventory = inventory.replace("carriers: [{id: unicom, name: 联通}]", TWO_CARRIERS)
    (folder / "inventory.yaml").write_text(inventory, encoding="utf-8")
    office.outage("L1", BEGAN, bad=bad, good=good)
    [fault] = office.faults()
    return Answering(office=office, configuration=office.configuration, no=fault.no)


def without_secret(place: Answering) -> None:
    """Take the secret out of the configuration."""
    place.configuration = replace(place.configuration, settings=replace(place.configuration.settings, secret=None))


def local_input(at: datetime) -> str:
    """Write an instant as a browser sends a local time in Shanghai."""
    return f"{at + timedelta(hours=8):%Y-%m-%dT%H:%M}"


def counted(place: Answering) -> tuple[int, int]:
    """Return how much is in the ledger, and how much waits."""
    return len(place.events()), place.waiting()
