"""A running daemon draws up the report of a month that went by while it was off, and serves what it kept."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from monitor.editions.edition import Edition
from monitor.faults.events import EditionDrawn, MessageDue
from monitor.faults.terms import MessageKind
from monitor.store.records import Records
from monitor.store.store import Store
from monitor.web.serving import url_of
from tests.actions.conftest import Office
from tests.daemon.inside import INVENTORY, POLICY, SETTINGS, Inside, inside
from tests.reports.months import LAST, outage_begins

READY = (MessageKind.REPORT_READY, MessageKind.LETTERS_READY)


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "nothing-secret")


def lived(folder: Path) -> None:
    """Leave the record of a daemon that saw something last month, and no more."""
    database = f"sqlite:///{folder}/monitor.db"
    written = f"database: {database}\n{SETTINGS}"
    for name, text in (("monitor", written), ("policy", POLICY), ("inventory", INVENTORY)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    Store.open(database).close()
    Office(folder, database).outage("L1", outage_begins(), bad=60, good=30)


def told(here: Inside) -> list[MessageDue]:
    """Return what the centre was told of reports and letters."""
    with Records.of(here.database) as records:
        events = [recorded.event for recorded in records.events(kinds=(MessageDue,))]
    return [each for each in events if isinstance(each, MessageDue) and each.message in READY]


async def until_drawn(here: Inside) -> Edition:
    async with asyncio.timeout(240):  # beside all else that runs, each of its files takes long
        while True:
            assert not here.run.done(), here.run
            with Records.of(here.database) as records:
                edition = records.editions().named(LAST.key)
            if edition is not None:
                return edition
            await asyncio.sleep(0.3)


async def test_a_month_that_went_by_is_caught_up_once_and_served_as_kept(tmp_path: Path) -> None:
    lived(tmp_path)
    settings = f"report: {{folder: {tmp_path}/reports}}\n"
    async with inside(tmp_path, settings) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        edition = await until_drawn(here)
        assert edition.latest is not None
        assert ("monitor", None) == (edition.latest.who, edition.frozen)
        async with httpx.AsyncClient(trust_env=False, base_url=url_of(here.sockets["web"], "")) as client:
            page = await client.get("/reports?lang=en")
            assert (200, True) == (page.status_code, f'href="/reports/{LAST.key}/pdf"' in page.text)
            for name, digest in edition.latest.files.items():
                file = await client.get(f"/reports/{LAST.key}/{name}")
                assert (digest, f'"{digest}"') == (sha256(file.content).hexdigest(), file.headers["etag"])
            again = await client.get(f"/reports/{LAST.key}/pdf", headers={"If-None-Match": file.headers["etag"]})
            assert 200 == again.status_code, "the tag of another file"
            tag = f'"{edition.latest.files["pdf"]}"'
            assert 304 == (await client.get(f"/reports/{LAST.key}/pdf", headers={"If-None-Match": tag})).status_code
            for path in (f"/reports/{LAST.key}/exe", "/reports/1999-01/pdf", "/reports/../monitor.yaml/pdf"):
                assert 404 == (await client.get(path)).status_code
        async with asyncio.timeout(20):
            while len(told(here)) < len(READY):  # noqa: ASYNC110 - the press tells nobody else
                await asyncio.sleep(0.3)
        await here.ended()
    async with inside(tmp_path, settings) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        await here.ended()
    with Records.of(here.database) as records:
        assert 1 == len(list(records.events(kinds=(EditionDrawn,)))), "started again, it finds it drawn up"
        assert () == records.verify().findings
    folder = tmp_path / "reports" / f"{LAST.key}-letters"
    letters = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    expected = [(LAST.key, "drawn"), (LAST.key, f"{len(letters)} {folder}")]
    assert expected == [(each.subject, each.detail) for each in told(here)], "each once, over a restart"
    assert letters
    assert all("0000-66000000" in letter for letter in letters), "the duty room's telephone, and nobody else's"
