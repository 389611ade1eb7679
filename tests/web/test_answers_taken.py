"""What the page behind the link takes: answers, each done once, by the rules of every other action."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.faults.events import EtaGiven, FaultAcknowledged, RestorationClaimed
from monitor.faults.fault import Status
from monitor.faults.terms import Source
from monitor.web import desk
from monitor.web.answers import LARGEST, MOST_ANSWERS
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures
from tests.web.answering import NOW, Answering, answering_at, counted, local_input

HOUR = timedelta(hours=1)


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
    """It may still be acknowledged; an ETA is refused, in the language of the page."""
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
        assert ("未被接受：线路已恢复，" in page.text, "an ETA" in page.text) == (True, False)
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
