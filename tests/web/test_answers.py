"""The page behind the link in a message: what it shows, what it takes, and what it leaves alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.links import LASTS, Links
from monitor.config.secret import Secret
from monitor.faults.events import EtaGiven, FaultAcknowledged, RestorationClaimed
from monitor.faults.fault import Status
from monitor.faults.terms import Source
from monitor.store.database import url_of, writing_engine
from monitor.web import desk
from monitor.web.answers import LARGEST, MOST_ANSWERS, answers
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures
from tests.web.answering import NOW, SECRET, Answering, answering_at, local_input, without_secret

HOUR = timedelta(hours=1)
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"}


@pytest.fixture
def place(tmp_path: Path) -> Answering:
    """A place whose L1 is down for half an hour."""
    return answering_at(tmp_path)


@pytest.fixture
async def judged(place: Answering) -> AsyncIterator[Answering]:
    """The same, with judging beside it."""
    async with place.judged():
        yield place


def counted(place: Answering) -> tuple[int, int]:
    """Return how much is in the ledger, and how much waits."""
    return len(place.events()), place.waiting()


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


# -- what it takes -----------------------------------------------------------------------------------------------


async def test_a_dispatcher_takes_the_fault_on(judged: Answering) -> None:
    """By the carrier, under the name given; the page that follows says so, and reloading it hands in nothing."""
    page = await judged.post({"action": "acknowledge", "who": "欧阳 李工", "eta": "", "id": "x"})
    assert (200, True, True) == (page.status_code, "已记录" in page.text, "欧阳 李工 · 09-01 12:30" in page.text)
    [taken] = judged.events(FaultAcknowledged)
    assert (judged.no, Source.CARRIER, "欧阳 李工") == (taken.no, taken.by, taken.who)
    assert NOW == judged.fault().acknowledged_at
    assert "已记录" in (await judged.get(str(page.url))).text
    assert 1 == len(judged.events(FaultAcknowledged))


async def test_an_acknowledgement_with_a_time_is_both(judged: Answering) -> None:
    """One tap: who, and until when."""
    at = NOW + 3 * HOUR
    page = await judged.post({"action": "acknowledge", "who": "李工", "eta": local_input(at), "id": "x"})
    assert ("已记录" in page.text, "09-01 15:30" in page.text) == (True, True)
    [promised] = judged.events(EtaGiven)
    assert (at, "李工", Source.CARRIER) == (promised.eta, promised.who, promised.by)
    assert (NOW, at) == (judged.fault().acknowledged_at, judged.fault().eta)


async def test_an_acknowledgement_without_a_name_counts_as_any_other(judged: Answering) -> None:
    """The carrier's link was used; the first one counts, and a later name does not take its place."""
    page = await judged.post({"action": "acknowledge", "who": "  ", "id": "x"})
    assert "运营商 · 09-01 12:30" in page.text
    await judged.post({"action": "acknowledge", "who": "李工", "id": "y"})
    assert [None, "李工"] == [each.who for each in judged.events(FaultAcknowledged)]
    assert "运营商 · 09-01 12:30" in (await judged.get()).text


async def test_the_latest_time_is_shown_and_said_when_it_has_passed(judged: Answering) -> None:
    """With who said it."""
    for hours, name in ((5, "李工"), (2, "王工")):
        await judged.post({"action": "eta", "who": name, "eta": local_input(NOW + hours * HOUR), "id": str(hours)})
    assert [NOW + 5 * HOUR, NOW + 2 * HOUR] == [each.eta for each in judged.events(EtaGiven)]
    judged.now = NOW + 3 * HOUR
    shown = (await judged.get()).text
    assert ("09-01 14:30" in shown, "（已过）" in shown, "王工" in shown, "09-01 17:30" in shown) == (
        True,
        True,
        True,
        False,
    )


async def test_a_repair_is_claimed_and_stops_nothing(judged: Answering) -> None:
    """Kept with what was done."""
    page = await judged.post({"action": "claim_restored", "who": "李工", "why": "光缆已接续", "id": "x"})
    assert "报修复" in page.text
    [claimed] = judged.events(RestorationClaimed)
    assert ("李工", "光缆已接续", Status.OPEN) == (claimed.who, claimed.why, judged.fault().status)


async def test_sent_twice_it_is_done_once(judged: Answering) -> None:
    """A double tap, a reload, a proxy that repeats: the same slip is one answer, also at the same moment."""
    slip = {"action": "acknowledge", "who": "李工", "eta": local_input(NOW + HOUR), "id": "x"}
    await asyncio.gather(*(judged.post(slip) for _ in range(4)))
    await judged.post(slip)
    assert (1, 1) == (len(judged.events(FaultAcknowledged)), len(judged.events(EtaGiven)))


async def test_gone_back_and_filled_in_otherwise_it_is_another_answer(judged: Answering) -> None:
    """The form's id alone does not swallow what was changed."""
    for name in ("李工", "王工"):
        await judged.post({"action": "acknowledge", "who": name, "id": "x"})
    assert ["李工", "王工"] == [each.who for each in judged.events(FaultAcknowledged)]


async def test_until_it_is_judged_the_page_says_that_it_waits(
    place: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the inbox; the page reloads by itself and says so when it is done."""
    monkeypatch.setattr(desk, "PAUSE_S", 0.01)
    page = await place.post({"action": "acknowledge", "who": "李工", "id": "x"})
    assert ("已收到" in page.text, 'http-equiv="refresh"' in page.text, place.waiting()) == (True, True, 1)
    place.judge()
    page = await place.get(str(page.url))
    assert ("已记录" in page.text, 'http-equiv="refresh"' in page.text) == (True, False)


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"action": "eta", "eta": local_input(NOW)}, "预计恢复时间应晚于现在"),
        ({"action": "eta", "eta": "2026-09-01T12:29"}, "预计恢复时间应晚于现在"),
        ({"action": "eta", "eta": "2026-09-08T12:31"}, "至多在7天之内"),
        ({"action": "eta", "eta": "下午三点"}, "格式填写时间"),
        ({"action": "eta", "eta": "2026-02-30T10:00"}, "格式填写时间"),
        ({"action": "eta"}, "请填写预计恢复时间"),
        ({"action": "acknowledge", "eta": "2020-01-01T00:00"}, "预计恢复时间应晚于现在"),
        ({"action": "claim_restored", "eta": "2026-09-01T15:00"}, "不填预计恢复时间"),
        ({"action": "restore"}, "请选择接单"),
        ({"who": "李工"}, "请选择接单"),
        ({"action": "acknowledge", "by": "centre"}, "没有这一项：by"),
        ({"action": "acknowledge", "who": "李\x07工"}, "不可见字符或乱码"),
        ({"action": "acknowledge", "who": "李\n工"}, "不可见字符或乱码"),
        ({"action": "acknowledge", "who": "\u202e工李"}, "不可见字符或乱码"),
        ({"action": "acknowledge", "who": "李" * 41}, "姓名至多40字"),
        ({"action": "claim_restored", "why": "长" * 201}, "处理情况至多200字"),
        ({"action": "acknowledge", "id": "a b"}, "编号只能由"),
    ],
)
async def test_what_is_filled_in_wrongly_is_said_and_not_taken(
    place: Answering, fields: dict[str, str], flaw: str
) -> None:
    """What was typed stays in the form."""
    before = counted(place)
    page = await place.post(fields)
    assert (400, True) == (page.status_code, flaw in page.text), page.text[-3000:]
    assert before == counted(place)
    if "why" in fields:
        assert fields["why"] in page.text


async def test_a_name_of_forty_letters_is_kept_whole(judged: Answering) -> None:
    """Rare letters as well."""
    name = "𠮷" * 40
    await judged.post({"action": "acknowledge", "who": name, "id": "x"})
    assert [name] == [each.who for each in judged.events(FaultAcknowledged)]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"action=acknowledge&who=" + b"x" * LARGEST, 413),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"x" * LARGEST, 413),
        ("application/json", b'{"who": "' + b"x" * LARGEST, 413),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: nonsense\r\n\r\n\r\n--b--\r\n", 400),
        ("multipart/form-data", b"--b--", 400),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="who"; filename="x"\r\n\r\nx\r\n--b--\r\n',
            400,
        ),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(100)), 400),
        ("application/x-www-form-urlencoded", b"action=acknowledge&who=%ff%fe", 400),
        ("application/json", b"[" * 5000, 400),
        ("application/json", b"[]", 400),
        ("application/json", b"\xff", 400),
        ("application/json", b'{"action": "acknowledge", "who": "\\ud800"}', 400),
        ("text/plain", b"action=acknowledge", 400),
        ("", b"action=acknowledge", 400),
    ],
)
async def test_what_is_no_slip_or_too_large_is_refused(
    place: Answering, content_type: str, body: bytes, status: int
) -> None:
    """Whatever is sent, the answer is a clear refusal, and nothing is done."""
    before = counted(place)
    sent = await place.post(content=body, headers={"Content-Type": content_type})
    assert status == sent.status_code
    assert before == counted(place)


async def test_a_body_in_pieces_is_counted_too(place: Answering) -> None:
    """No length was announced."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST):
            yield b"xx"

    sent = await place.post(content=pieces(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert 413 == sent.status_code


async def test_a_script_may_send_letters_as_they_are(judged: Answering) -> None:
    """``curl -d who=李工`` spells nothing out."""
    body = "action=acknowledge&who=李工&id=x".encode()
    await judged.post(content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    boundary = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    parts = "".join(boundary.format(*each) for each in (("action", "acknowledge"), ("who", "王工"))) + "--b--\r\n"
    await judged.post(content=parts.encode(), headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert ["李工", "王工"] == [each.who for each in judged.events(FaultAcknowledged)]


async def test_a_restored_fault_says_so_and_takes_no_time_any_more(tmp_path: Path) -> None:
    """It may still be acknowledged; an ETA is refused with its rule, by the page as by the judging."""
    place = answering_at(tmp_path, bad=20, good=5)
    shown = (await place.get()).text
    assert ("已恢复" in shown, "按时" in shown, "09-01 12:20" in shown, 'name="eta"' in shown) == (
        True,
        True,
        True,
        False,
    )
    async with place.judged():
        page = await place.post({"action": "eta", "eta": local_input(NOW + HOUR), "id": "x"})
        assert ("未被接受" in page.text, "is restored: an ETA is given while it is open" in page.text) == (True, True)
        place.now = NOW + 3 * HOUR
        page = await place.post({"action": "acknowledge", "who": "李工", "id": "y"})
        assert ("已记录" in page.text, "已关闭" in page.text) == (True, True)
    assert (Status.CLOSED, []) == (place.fault().status, place.events(EtaGiven))


async def test_one_fault_takes_so_many_answers_and_no_more(place: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger forgets nothing: who has a link cannot fill it."""
    monkeypatch.setattr(desk, "LOOKS", 0)
    for number in range(MOST_ANSWERS):
        await place.post({"action": "acknowledge", "id": str(number)})
    place.judge()
    before = counted(place)
    page = await place.post({"action": "acknowledge", "id": "more"})
    assert (429, True, before) == (page.status_code, "答复过多" in page.text, counted(place))
    assert MOST_ANSWERS == len(place.events(FaultAcknowledged))


# -- programs ----------------------------------------------------------------------------------------------------


async def test_a_program_answers_by_the_same_rules(judged: Answering) -> None:
    """It is told what came of it."""
    slip = {"action": "acknowledge", "who": "系统", "eta": "2026-09-01T15:30:00+08:00", "id": "job-7"}
    said = await judged.post(json=slip)
    assert 200 == said.status_code
    found = said.json()
    assert ("done", "job-7") == (found["state"], found["id"])
    assert {
        "no": judged.no,
        "unit": "u1",
        "role": "primary",
        "status": "open",
        "first_failed_at": "2026-09-01T04:00:00Z",
        "discovered_at": "2026-09-01T04:02:00Z",
        "restored_at": None,
        "deadline_at": "2026-09-01T16:02:00Z",
        "verdict": "running",
        "acknowledged_at": "2026-09-01T04:30:00Z",
        "eta": "2026-09-01T07:30:00Z",
        "claimed_at": None,
    } == found["fault"]
    assert found == (await judged.post(json=slip)).json()
    assert (1, 1) == (len(judged.events(FaultAcknowledged)), len(judged.events(EtaGiven)))


async def test_without_an_id_each_answer_is_its_own(judged: Answering) -> None:
    """14:00, 16:00 and 14:00 again: the last word is 14:00."""
    for hour in (14, 16, 14):
        said = await judged.post(json={"action": "eta", "eta": f"2026-09-01T{hour}:00:00+08:00"})
        assert 200 == said.status_code
    assert [6, 8, 6] == [each.eta.hour for each in judged.events(EtaGiven)]


@pytest.mark.parametrize(
    ("slip", "status", "field"),
    [
        ({"action": "acknowledge", "who": 7}, 400, "who"),
        ({"action": ["acknowledge"]}, 400, "action"),
        ({"action": "eta", "eta": "2026-09-01T04:00:00Z"}, 400, "eta"),
        ({"action": "acknowledge", "why": {}}, 400, "why"),
        ({"action": "acknowledge", "x" * 100: 1}, 400, "x" * 40),
    ],
)
async def test_a_program_is_told_which_field_is_wrong(
    place: Answering, slip: dict[str, object], status: int, field: str
) -> None:
    """In one sentence, in English."""
    before = counted(place)
    said = await place.post(json=slip)
    assert (status, field, before) == (said.status_code, said.json()["field"], counted(place))


async def test_a_program_learns_of_waiting_refusals_and_dead_links(
    place: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """202, 409 with the rule, 404 and 410."""
    monkeypatch.setattr(desk, "PAUSE_S", 0.01)
    assert 202 == (await place.post(json={"action": "acknowledge", "id": "x"})).status_code
    place.judge()
    assert 200 == (await place.post(json={"action": "acknowledge", "id": "x"})).status_code
    for path, status in (("/a/x", 404), (place.link(made=NOW - LASTS), 410)):
        said = await place.post(path=path, json={"action": "acknowledge"})
        assert (status, ["error"]) == (said.status_code, list(said.json()))


async def test_a_program_is_told_the_rule_that_refused_it(tmp_path: Path) -> None:
    """409."""
    place = answering_at(tmp_path, bad=20, good=5)
    async with place.judged():
        said = await place.post(json={"action": "eta", "eta": "2026-09-01T15:00:00+08:00"})
    assert (409, "refused") == (said.status_code, said.json()["state"])
    assert said.json()["error"] == f"fault {place.no} is restored: an ETA is given while it is open (section 4)"


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
