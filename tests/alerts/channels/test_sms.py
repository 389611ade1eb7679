"""SMS gateways: what they are asked, what their answers mean, and who of several was told."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.channels import make_sender
from monitor.alerts.channels.addressees import masked
from monitor.alerts.letter import Fate, Letter, Outcome, Recipient
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind, Success
from tests.alerts.channels.letters import LI, ZHANG, letter
from tests.receivers.web import Mischief, Receiver, Request, Response

NOW = datetime(2026, 9, 1, 5, 2, 3, 456000, tzinfo=UTC)
A, B, C = "13800138001", "13800138002", "13800138003"
BODY = '{"to": {{ phone | tojson }}, "content": {{ text | tojson }}, "id": {{ key | tojson }}}'
SMS_SECRET = "the-gateway-key"


@dataclass
class Gateway:
    """A gateway that takes an SMS unless it was told otherwise of its number."""

    says: dict[str, Response | Mischief] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Response | Mischief:
        self.asked.append(request)
        said = (self.says[number] for number in self.says if number.encode() in request.body)
        return next(said, Response(body={"code": 0}))

    def numbers(self) -> list[str]:
        return [request.json["to"] for request in self.asked]


async def texted(
    answer: Callable[[Request], Response | Mischief], *letters: Letter, path: str = "/send", **changes: Any
) -> tuple[list[Outcome], list[Request]]:
    """Send letters through a gateway; return what came of each, and what it was asked."""
    async with Receiver(answer) as receiver:
        given: dict[str, Any] = {"recipients": (A,), "body": BODY, "secret": Secret(SMS_SECRET), **changes}
        channel = Channel(name="sms", kind=ChannelKind.SMS, url=Secret(receiver.url + path), **given)
        sender = make_sender(channel, now=lambda: NOW)
        outcomes = [await sender.send(each) for each in letters or (letter(),)]
        await sender.close()
    return outcomes, receiver.requests


def ok(_: Request) -> Response:
    return Response(body={"code": 0})


async def test_the_short_text_goes_to_each_recipient_in_a_request_of_its_own() -> None:
    """The SMS's text, Chinese and all, is asked for once a number, numbers written as they are dialled."""
    (outcome,), asked = await texted(ok, letter(recipients=(ZHANG, Recipient(name="王", email="w@x.example"))))
    assert (Fate.DELIVERED, "200") == (outcome.fate, outcome.status)
    assert [{"to": A, "content": letter().sms, "id": letter().key}] == [request.json for request in asked]
    assert "application/json; charset=utf-8" == asked[0].headers["content-type"]
    (_,), asked = await texted(ok, letter(recipients=(LI,)))
    assert [A, B] == [request.json["to"] for request in asked]


async def test_one_request_can_be_for_all() -> None:
    """A gateway that takes many numbers is asked once."""
    _, asked = await texted(ok, letter(recipients=(LI,)), each=False)
    assert [f"{A},{B}"] == [request.json["to"] for request in asked]


async def test_an_old_gateway_is_asked_by_its_address_alone() -> None:
    """GET, with the text in GBK behind a percent sign, as gateways of twenty years ago want it."""
    path = "/send?user=u&key={{ secret | md5 }}&m={{ phone }}&c={{ text | percent('gbk') }}&t={{ stamp }}"
    _, asked = await texted(ok, path=path, method="GET", body=None)
    (request,) = asked
    assert ("GET", b"") == (request.method, request.body)
    assert f"key={hashlib.md5(SMS_SECRET.encode()).hexdigest()}&m={A}&" in request.target
    assert "c=%A1%BE%D4%C6%C1%EB%CF%D8" in request.target  # 【云岭县
    assert "t=20260901130203" in request.target
    assert "content-type" not in request.headers


async def test_a_carrier_s_platform_that_signs_is_asked_in_its_way() -> None:
    """Base64 around JSON around an MD5 of all its parts, as China Mobile's platform wants it."""
    body = (
        "{% set content = text %}"
        "{% set mac = ('county' ~ 'monitor' ~ secret ~ phone ~ content ~ 'sign') | md5 %}"
        "{{ {'ecName': 'county', 'apId': 'monitor', 'mobiles': phone, 'content': content, 'sign': 'sign', 'mac': mac}"
        " | tojson | base64 }}"
    )
    answer = Response(body={"rspcod": "success", "success": True})
    success = Success(json="success", equals=("true",))
    (outcome,), (request,) = await texted(
        lambda _: answer, body=body, headers={"Content-Type": "text/plain"}, success=success
    )
    said = json.loads(base64.b64decode(request.body))
    mac = hashlib.md5(f"countymonitor{SMS_SECRET}{A}{letter().sms}sign".encode()).hexdigest()
    assert (letter().sms, mac) == (said["content"], said["mac"])
    assert "text/plain" == request.headers["content-type"]
    assert Fate.DELIVERED is outcome.fate


async def test_a_header_can_hold_the_secret() -> None:
    """What a gateway wants in a header is filled in as well."""
    headers = {"Authorization": "Bearer {{ secret }}", "X-Time": "{{ milliseconds }}"}
    _, (request,) = await texted(ok, headers=headers)
    assert f"Bearer {SMS_SECRET}" == request.headers["authorization"]
    assert "1788238923456" == request.headers["x-time"]


JSON_0 = Success(json="result.code", equals=("0", "00"))


@pytest.mark.parametrize(
    ("success", "answer", "fate", "status"),
    [
        (Success(), Response(status=202), Fate.DELIVERED, "202"),
        (Success(), Response(status=400), Fate.REFUSED, "400"),
        (Success(), Response(status=500), Fate.AGAIN, "500"),
        (Success(status=(202,)), Response(status=200), Fate.AGAIN, "200"),
        (JSON_0, Response(body={"result": {"code": 0}}), Fate.DELIVERED, "200"),
        (JSON_0, Response(body={"result": {"code": "00"}}), Fate.DELIVERED, "200"),
        (JSON_0, Response(body={"result": {"code": 1017}}), Fate.AGAIN, "result.code 1017"),
        (JSON_0, Response(body={"result": {"code": False}}), Fate.AGAIN, "result.code false"),
        (JSON_0, Response(body={"result": [0]}), Fate.AGAIN, "result.code null"),
        (JSON_0, Response(body=b"result.code=0"), Fate.AGAIN, "result.code null"),
        (JSON_0, Response(status=400, body={"result": {"code": 0}}), Fate.REFUSED, "400"),
        (Success(json="0.state", equals=("ok",)), Response(body=[{"state": "ok"}]), Fate.DELIVERED, "200"),
        (Success(json="1.state", equals=("ok",)), Response(body=[{"state": "ok"}]), Fate.AGAIN, "1.state null"),
        (Success(contains="<code>0<"), Response(body=b"<r><code>0</code></r>"), Fate.DELIVERED, "200"),
        (Success(contains="<code>0<"), Response(body=b"<r><code>1</code></r>"), Fate.AGAIN, "success not found"),
    ],
)  # fmt: skip
async def test_an_answer_is_tested_as_the_configuration_says(
    success: Success, answer: Response, fate: Fate, status: str
) -> None:
    """All of the test must hold; an answer that fails it may mean anything, and is tried again."""
    (outcome,), _ = await texted(lambda _: answer, success=success)
    assert (fate, status) == (outcome.fate, outcome.status)


CODE = Success(json="code", equals=("0",))
BUSY, REFUSED = Response(status=503), Response(status=400, body={"error": f"no such number {B}"})


async def test_who_was_told_is_not_told_again() -> None:
    """One of three fails: it alone is asked again, until all three have it once."""
    gateway = Gateway({B: Response(body={"code": 9})})
    async with Receiver(gateway) as receiver:
        given: dict[str, Any] = {"recipients": (A, B, C), "body": BODY, "success": CODE}
        sender = make_sender(Channel(name="sms", kind=ChannelKind.SMS, url=Secret(receiver.url), **given))
        first = await sender.send(letter())
        gateway.says.clear()
        second = await sender.send(letter())
        await sender.close()
    assert (Fate.AGAIN, "code 9, 2 of 3 settled") == (first.fate, first.status)
    assert (Fate.DELIVERED, ()) == (second.fate, second.missed)
    assert [A, B, C, B] == gateway.numbers()


async def test_a_number_that_can_never_be_told_is_named_masked() -> None:
    """The others have it: delivered, nobody asked again, and the one that was missed is said without its number."""
    gateway = Gateway({B: REFUSED})
    (outcome,), _ = await texted(gateway, recipients=(A, B, C), success=CODE)
    assert (Fate.DELIVERED, "200, 2 of 3", ("138****8002",)) == (outcome.fate, outcome.status, outcome.missed)
    assert B not in repr(outcome)
    assert "no such number 138****8002" in outcome.answer


async def test_nobody_told_is_refused() -> None:
    """Where every number is refused, so is the letter."""
    (outcome,), _ = await texted(Gateway({A: REFUSED, B: REFUSED}), recipients=(A, B))
    assert (Fate.REFUSED, "400") == (outcome.fate, outcome.status)


async def test_a_refused_number_is_not_asked_again_while_another_is() -> None:
    """What is settled stays settled from try to try."""
    gateway = Gateway({A: REFUSED, B: Response(body={"code": 9})})
    async with Receiver(gateway) as receiver:
        given: dict[str, Any] = {"recipients": (A, B, C), "body": BODY, "success": CODE}
        sender = make_sender(Channel(name="sms", kind=ChannelKind.SMS, url=Secret(receiver.url), **given))
        first = await sender.send(letter())
        gateway.says = {}
        second = await sender.send(letter())
        await sender.close()
    assert [Fate.AGAIN, Fate.DELIVERED] == [first.fate, second.fate]
    assert ("138****8001",) == second.missed
    assert [A, B, C, B] == gateway.numbers()


async def test_a_gateway_that_is_down_is_asked_once_a_try() -> None:
    """The first failure of the way ends the try: a dead gateway is not waited for once a recipient."""
    for trouble in (Mischief.BREAK, BUSY, Response(status=429, headers={"Retry-After": "60"})):
        gateway = Gateway({A: trouble})
        (outcome,), _ = await texted(gateway, recipients=(A, B, C))
        assert Fate.AGAIN is outcome.fate
        assert [A] == gateway.numbers()


async def test_nobody_to_tell_is_refused() -> None:
    """A letter that reaches nobody is not called delivered."""
    (outcome,), asked = await texted(ok, recipients=())
    assert (Fate.REFUSED, "no recipient") == (outcome.fate, outcome.status)
    assert [] == asked


async def test_what_can_be_no_number_is_not_dialled() -> None:
    """A roster's mistake is said, and the others are told."""
    (outcome,), asked = await texted(ok, letter(recipients=(Recipient(name="李", phone="none"),)))
    assert (Fate.DELIVERED, ("****",)) == (outcome.fate, outcome.missed)
    assert 1 == len(asked)


async def test_what_is_made_of_the_secret_is_not_repeated() -> None:
    """A digest of the key is as good as the key where a gateway asks for it; so is a key in a header."""
    headers = {"X-Account": "account-and-key", "Content-Type": "text/plain"}
    echo = lambda asked: Response(status=400, body=f"{asked.body.decode()} {asked.headers['x-account']}".encode())  # noqa: E731
    (outcome,), _ = await texted(echo, body="pwd={{ secret | md5 }}&p={{ secret | sha256 | upper }}", headers=headers)
    assert "pwd=***&p=*** ***" == outcome.answer


async def test_a_template_cannot_reach_outside_its_sandbox() -> None:
    """What a template may do is name fields and filters."""
    (outcome,), asked = await texted(ok, body="{{ phones.__class__.__mro__ }}", headers={"Content-Type": "text/plain"})
    assert (Fate.REFUSED, "template") == (outcome.fate, outcome.status)
    assert [] == asked


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("13800138001", "138****8001"),
        ("0000-66000001", "000****0001"),
        ("119", "****"),
        ("duty@mail.example", "d***@mail.example"),
        ("张三 <z@mail.example>", "张***@mail.example"),
        ('"张三" <z@mail.example>', "张***@mail.example"),
    ],
)
def test_an_address_is_shown_masked(address: str, shown: str) -> None:
    """Enough to know whose it is, not enough to use it."""
    assert shown == masked(address)


def test_a_channel_of_the_wrong_authority_is_not_made(tmp_path: Path) -> None:
    """A file that is gone is named with its channel and the cure."""
    from monitor.alerts.channels import ChannelUnusable

    channel = Channel(name="sms", kind=ChannelKind.SMS, url=Secret("https://x.example"), ca=tmp_path / "gone.pem")
    with pytest.raises(ChannelUnusable, match=r"channel sms cannot read .*gone.pem: No such file or directory; name a"):
        make_sender(channel)
