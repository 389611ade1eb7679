"""The webhook: its JSON, its headers, its signature as a receiver checks it, and the receiver's reply."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.alerts.channels import make_sender
from monitor.alerts.letter import Fate, Outcome, Reply
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind
from tests.alerts.channels.letters import letter
from tests.receivers.hook import Hook
from tests.receivers.web import Receiver, Request, Response

NOW = datetime(2026, 9, 1, 5, 2, 3, tzinfo=UTC)
SECRET = "the secret 密"


async def sent(answer: Response, *, secret: str | None = SECRET, **changes: Any) -> tuple[Outcome, Request]:
    async with Receiver(lambda _: answer) as receiver:
        url = Secret(f"{receiver.url}/faults")
        channel = Channel(name="hook", kind=ChannelKind.WEBHOOK, url=url, secret=Secret(secret) if secret else None)
        sender = make_sender(channel, now=lambda: NOW)
        outcome = await sender.send(letter(**changes))
        await sender.close()
    return outcome, receiver.requests[0]


async def test_the_payload_is_posted_as_json_with_its_key() -> None:
    """The receiver gets the payload unchanged, Chinese as Chinese, and the key by which it knows a second copy."""
    outcome, request = await sent(Response(status=204))
    assert (Fate.DELIVERED, "204") == (outcome.fate, outcome.status)
    assert ("POST", "/faults") == (request.method, request.target)
    assert letter().payload == request.json
    assert "财政局".encode() in request.body
    assert "F20260901-0007:opened" == request.headers["idempotency-key"]
    assert "application/json; charset=utf-8" == request.headers["content-type"]


async def test_the_signature_is_verified_from_what_came() -> None:
    """Timestamp and body are signed with the secret; another secret, another byte or an old time does not match."""
    _, request = await sent(Response())
    hook = Hook(now=lambda: NOW)
    assert str(int(NOW.timestamp())) == request.headers["x-monitor-timestamp"]
    assert hook.genuine(request, SECRET)
    assert not hook.genuine(request, "another")
    assert not hook.genuine(replace(request, body=request.body + b" "), SECRET)
    assert not Hook(now=lambda: NOW + timedelta(minutes=6)).genuine(request, SECRET)


@pytest.mark.parametrize(("secret", "fate"), [(SECRET, Fate.DELIVERED), ("another", Fate.REFUSED)])
async def test_a_receiver_that_checks_takes_what_is_signed_by_its_secret(secret: str, fate: Fate) -> None:
    """A second copy has the same key; a wrong secret is refused and told."""
    hook = Hook(secret=SECRET, now=lambda: NOW)
    async with Receiver(hook) as receiver:
        channel = Channel(name="h", kind=ChannelKind.WEBHOOK, url=Secret(receiver.url), secret=Secret(secret))
        sender = make_sender(channel, now=lambda: NOW)
        assert {fate} == {(await sender.send(letter())).fate for _ in range(2)}
        await sender.close()
    assert ({letter().key: 2} if fate is Fate.DELIVERED else {}) == hook.copies


async def test_without_a_secret_nothing_is_signed() -> None:
    """A signature that means nothing is not sent."""
    _, request = await sent(Response(), secret=None)
    assert {"x-monitor-timestamp", "x-monitor-signature"}.isdisjoint(request.headers)


async def test_a_key_with_chinese_in_it_is_percent_encoded() -> None:
    """Headers are ASCII; the key of an alarm may hold a carrier's name."""
    _, request = await sent(Response(), key="monitor:1:unreached:联通")
    assert "monitor:1:unreached:%E8%81%94%E9%80%9A" == request.headers["idempotency-key"]


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        ({"acknowledged_by": "张三"}, Reply(acknowledged_by="张三")),
        (
            {"acknowledged_by": "张三", "eta": "2026-09-01T20:00:00+08:00"},
            Reply(acknowledged_by="张三", eta=datetime(2026, 9, 1, 12, 0, tzinfo=UTC)),
        ),
        ({"acknowledged_by": "张三", "eta": "2026-09-01T20:00:00"}, Reply(acknowledged_by="张三")),
        ({"acknowledged_by": "张三", "eta": "soon"}, Reply(acknowledged_by="张三")),
        ({"acknowledged_by": "张三", "eta": 7}, Reply(acknowledged_by="张三")),
        ({"acknowledged_by": "张\n三\u202e" + "x" * 500}, Reply(acknowledged_by="张 三 " + "x" * 96)),
        ({"acknowledged_by": ""}, None),
        ({"acknowledged_by": True}, None),
        ({"eta": "2026-09-01T20:00:00+08:00"}, None),
        (["acknowledged_by"], None),
        (b"<html>thank you</html>", None),
        (b"[" * 60_000, None),
    ],
)
async def test_an_answer_may_take_the_fault_on(body: object, reply: Reply | None) -> None:
    """``acknowledged_by`` acknowledges; an ``eta`` without an offset is no instant and is not guessed."""
    outcome, _ = await sent(Response(body=body))
    assert (Fate.DELIVERED, reply) == (outcome.fate, outcome.reply)


async def test_an_answer_that_refuses_acknowledges_nothing() -> None:
    """Only 2xx means what its JSON says."""
    outcome, _ = await sent(Response(status=400, body={"acknowledged_by": "张三"}))
    assert (Fate.REFUSED, None) == (outcome.fate, outcome.reply)
