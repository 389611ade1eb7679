"""The page behind the link in a message: what it shows, what it takes, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.links import LASTS, Links
from monitor.config.secret import Secret
from monitor.faults.events import FaultAcknowledged
from monitor.store.database import url_of, writing_engine
from monitor.web.answers import answers
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures
from tests.web.answering import NOW, SECRET, Answering, answering_at, counted, without_secret

# -- what it shows -----------------------------------------------------------------------------------------------


async def test_the_page_says_which_fault_and_how_long_is_left(place: Answering) -> None:
    """Number, unit, role, since when, deadline, time left, that nobody answered; no address and no line's id."""
    page = await place.get()
    shown = page.text
    for wanted in (
        place.no,
        "财政局 · 主用",
        "联通",
        "09-01 12:00",
        "09-02 00:02",
        "11小时32分",
        "尚未接单",
        "尚未答复",
    ):
        assert wanted in shown, wanted
    assert "192.0.2" not in shown
    assert "L1" not in shown
    assert 3 == shown.count("<form ")
    assert "0000-66000000" in shown


@pytest.mark.parametrize(
    ("start", "shown"),
    [("discovered", "<dd>09-01 12:02</dd>"), ("first_failed", "<dd>09-01 12:00</dd>"), ("notified", None)],
)
async def test_the_page_says_from_when_the_clock_counts_by_the_policy(
    tmp_path: Path, start: str, shown: str | None
) -> None:
    """As the messages do: not from the discovery where another start is in force, nor at all where nothing counts."""
    page = await answering_at(tmp_path, policy=f"clock: {{start: {start}}}\n").get()
    said = None if shown is None else f"<dt>计时起点</dt>{shown}"
    assert (said or "") in page.text
    assert (shown is not None) == ("计时起点" in page.text)


@pytest.mark.parametrize(
    ("asked", "header", "lang"),
    [
        ("", None, "zh-CN"),
        ("", "en-US,en;q=0.9", "en"),
        ("", "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "fr;q=0.9,en;q=0.2,zh;q=0.1", "en"),
        ("", "en;q=0,fr", "zh-CN"),
        ("", ";;;q=,en;q=x,\u20ac", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh_CN", "en", "zh-CN"),
        ("?lang=fr", None, "zh-CN"),
    ],
)
async def test_the_page_is_chinese_unless_another_language_is_asked_for(
    place: Answering, asked: str, header: str | None, lang: str
) -> None:
    """By the address, else by what the browser prefers."""
    headers = {} if header is None else {"Accept-Language": header.encode()}
    page = await place.get(place.link() + asked, headers=headers)
    assert f'<html lang="{lang}">' in page.text
    assert ("Deadline" in page.text) == (lang == "en")


async def test_names_are_text_and_never_markup(place: Answering) -> None:
    """Whoever writes markup into a name sees it as he wrote it."""
    await place.post({"action": "acknowledge", "who": "<script>alert(1)</script>", "id": "x"}, timeout=10)
    place.judge()
    shown = (await place.get()).text
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script" not in shown


async def test_a_demonstration_and_a_simulation_are_named_on_the_page(tmp_path: Path) -> None:
    """As on every page."""
    place = answering_at(tmp_path, policy="version: demo-3m\nclock: {limit: 3m}\n")
    place.simulated = True
    shown = (await place.get()).text
    assert ("演示策略 demo-3m：时限 3分" in shown, "不是真实测量" in shown, "已超时" in shown) == (True, True, True)


async def test_the_address_is_the_key_and_is_kept(place: Answering) -> None:
    """No cache, no referrer, no frame, no index, no script; and it stands nowhere in the page."""
    for page in (await place.get(), await place.get("/a/wrong")):
        headers = page.headers
        assert "no-store" == headers["cache-control"]
        assert "no-referrer" == headers["referrer-policy"]
        assert "nosniff" == headers["x-content-type-options"]
        assert "noindex" in headers["x-robots-tag"]
        policy = headers["content-security-policy"]
        for wanted in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
            assert wanted in policy
        assert "script" not in policy
        assert "<script" not in page.text
    token = place.link().rpartition("/")[2]
    assert token not in (await place.get()).text
    sent = await place.request("POST", place.link(), data={"action": "acknowledge", "id": "x"})
    assert (303, False) == (sent.status_code, token in sent.headers["location"])


# -- what it leaves alone ----------------------------------------------------------------------------------------


async def test_what_previews_a_link_acknowledges_nothing(place: Answering) -> None:
    """GET and HEAD by whatever fetches, with whatever in the address, change nothing at all."""
    before, now = counted(place), place.fault()
    agents = ("facebookexternalhit/1.1", "WeChat", "DingTalkBot-LinkService/1.0", "Mozilla/5.0")
    for agent in agents:
        for method in ("GET", "HEAD"):
            for query in ("", "?action=acknowledge&who=preview&id=x", "?slip=" + "0" * 32):
                headers = {"User-Agent": agent, "Purpose": "prefetch"}
                assert 200 == (await place.request(method, place.link() + query, headers=headers)).status_code
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert 405 == (await place.request(method, place.link())).status_code
    assert (before, now) == (counted(place), place.fault())


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_a_wrong_or_expired_link_tells_nothing_and_does_nothing(place: Answering, method: str) -> None:
    """One clear page: 404 where it is none, 410 where its time is over."""
    good, other = place.link(), Links("", ["another secret altogether"]).url(place.no, "unicom", NOW)
    altered = good[:-3] + ("A" if good[-3] != "A" else "B") + good[-2:]
    cases = {
        good[:-1]: 404,
        altered: 404,
        "/a/x": 404,
        f"/a/{'%00' * 34}": 404,
        str(other): 404,
        place.link(carrier="mobile"): 404,
        place.link(no="F20260901-0002"): 404,
        place.link(made=NOW - LASTS): 410,
    }
    before = counted(place)
    for path, status in cases.items():
        data = {"data": {"action": "acknowledge", "who": "x"}} if method == "POST" else {}
        page = await place.request(method, path, **data)
        assert status == page.status_code, path
        for private in (place.no, "财政局", "联通", "12:00"):
            assert private not in page.text
        if method != "HEAD":
            assert ("链接已过期" if status == 410 else "链接无效") in page.text
            assert "0000-66000000" in page.text
    assert before == counted(place)


async def test_a_link_is_good_to_its_last_second(place: Answering) -> None:
    """And not in the one after."""
    path = place.link()
    for beside, status in ((-1, 200), (0, 410)):
        place.now = NOW + LASTS + timedelta(seconds=beside)
        assert status == (await place.get(path)).status_code


async def test_without_a_secret_there_is_no_page(place: Answering) -> None:
    """Nothing is signed, so nothing is shown."""
    path = place.link()
    without_secret(place)
    assert 404 == (await place.get(path)).status_code


async def test_a_database_that_cannot_be_used_is_said_with_whom_to_call(place: Answering, tmp_path: Path) -> None:
    """503, and the telephone number."""
    path = place.link()
    settings = replace(place.configuration.settings, database=Secret(f"sqlite:///{tmp_path}/gone.db"))
    place.configuration = replace(place.configuration, settings=settings)
    page = await place.get(path)
    assert (503, True, True) == (page.status_code, "暂时" in page.text, "0000-66000000" in page.text)
    said = await place.post(path=path, json={"action": "acknowledge"})
    assert (503, ["error"]) == (said.status_code, list(said.json()))


# -- both databases, and nothing secret --------------------------------------------------------------------------


async def test_an_answer_is_taken_on_either_database(tmp_path: Path, url: str) -> None:  # noqa: F811 - the fixture
    """SQLite and PostgreSQL."""
    place = answering_at(tmp_path, url=url)
    async with place.judged():
        page = await place.post({"action": "acknowledge", "who": "李工", "id": "x"})
    assert "李工 · 09-01 12:30" in page.text
    assert ["李工"] == [each.who for each in place.events(FaultAcknowledged)]


async def test_neither_secret_nor_token_is_kept_or_said(judged: Answering, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the database, not in a log, not in a page."""
    caplog.set_level(0)
    path = judged.link()
    page = await judged.post({"action": "acknowledge", "who": "李工", "id": "x"})
    await judged.get(path[:-1])
    token = path.rpartition("/")[2]
    with writing_engine(url_of(judged.office.url)).connect() as connection:
        rows = [
            str(row)
            for table in ("event", "action", "fault", "configuration")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    for text in (*rows, *ours, page.text):
        assert token not in text
        assert SECRET not in text


def test_the_route_takes_what_a_phone_sends() -> None:
    """GET, HEAD and POST, and nothing else; nothing is opened before it is asked for."""
    route = answers(lambda: pytest.fail("not asked"), Secret("sqlite:///nothing.db"))
    assert ("/a/{token}", {"GET", "HEAD", "POST"}) == (route.path, route.methods)
