"""The page of answers in a real browser, as wide as a telephone, without a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.faults.events import EtaGiven, FaultAcknowledged, RestorationClaimed
from monitor.web.serving import listen, server, url_of
from tests.web.answering import NOW, Answering, answering_at, local_input
from tests.web.browser import Phone, phone

HOUR = timedelta(hours=1)
SMALL, USUAL = (320, 568), (360, 740)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    """One browser for all of them."""
    with phone(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def place(tmp_path: Path) -> Answering:
    """A place whose L1 is down for half an hour."""
    return answering_at(tmp_path)


@asynccontextmanager
async def served(place: Answering) -> AsyncIterator[str]:
    """Serve the page over HTTP, with judging beside it; return the address of the link."""
    socket = listen("web", "127.0.0.1", 0)
    serving = server(place.app)
    task = asyncio.create_task(serving.serve(sockets=[socket]))
    try:
        async with place.judged():
            yield url_of(socket, place.link())
    finally:
        serving.should_exit = True
        await task


@pytest.mark.parametrize("size", [SMALL, USUAL])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
async def test_the_page_fits_a_telephone(
    place: Answering, browser: Phone, tmp_path: Path, size: tuple[int, int], lang: str
) -> None:
    """Nothing is wider than the screen, a finger finds the buttons, and the browser has nothing to complain of."""
    async with served(place) as url:
        browser.size(*size)
        await asyncio.to_thread(browser.open, f"{url}?lang={lang}")
        assert size[0] == browser.width()
        for target in ('button[value="acknowledge"]', "summary", ".call", 'input[name="who"]'):
            assert browser.height(target) >= 44, target
        assert [] == browser.complaints()
        picture = tmp_path / "phone.png"
        browser.picture(picture)
        assert picture.stat().st_size > 10_000


async def test_a_dispatcher_answers_with_two_thumbs(place: Answering, browser: Phone) -> None:
    """Opens the link, writes the name, taps; later opens what is folded, and claims the repair."""

    def thumbs(url: str) -> None:
        browser.size(*USUAL)
        browser.open(url)
        browser.write('input[name="who"]', "欧阳李工")
        browser.tap('button[value="acknowledge"]', leads=True)
        assert ("已记录" in browser.text(), "欧阳李工 · 09-01 12:30" in browser.text()) == (True, True)
        browser.tap("details:has(button[value=claim_restored]) summary")
        browser.write('input[name="why"]', "光缆已接续")
        browser.tap('button[value="claim_restored"]', leads=True)
        assert "报修复" in browser.text()

    async with served(place) as url:
        await asyncio.to_thread(thumbs, url)
    assert ["欧阳李工"] == [each.who for each in place.events(FaultAcknowledged)]
    assert ["光缆已接续"] == [each.why for each in place.events(RestorationClaimed)]


async def test_a_time_is_chosen_in_the_browsers_own_field(place: Answering, browser: Phone) -> None:
    """As the browser writes local times; without one the form is not even sent."""

    def thumbs(url: str) -> None:
        browser.size(*USUAL)
        browser.open(url)
        browser.tap('button[value="acknowledge"]', leads=True)
        browser.tap('.card.cool button[value="eta"]')
        assert "尚未答复" in browser.text()
        browser.choose('.card.cool input[name="eta"]', local_input(NOW + 3 * HOUR))
        browser.tap('.card.cool button[value="eta"]', leads=True)
        assert "09-01 15:30" in browser.text()

    async with served(place) as url:
        await asyncio.to_thread(thumbs, url)
    assert [NOW + 3 * HOUR] == [each.eta for each in place.events(EtaGiven)]
    assert 1 == len(place.events(FaultAcknowledged))
