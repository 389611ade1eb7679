"""The way of HTTP: what a receiver asks for, what is kept and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.http import LARGEST, Answer, Http
from monitor.alerts.letter import Fate, Outcome
from monitor.config.settings import Channel, ChannelKind
from tests.receivers.web import Receiver, Request, Response

NOW = datetime(2026, 9, 1, 5, 0, tzinfo=UTC)
CHANNEL = Channel(name="c", kind=ChannelKind.WEBHOOK, timeout=timedelta(seconds=10))


@asynccontextmanager
async def http() -> AsyncIterator[Http]:
    way = Http(CHANNEL, now=lambda: NOW)
    yield way
    await way.close()


async def asked(response: Response, times: int = 1) -> tuple[list[Answer | Outcome], list[Request]]:
    async with Receiver(lambda _: response) as receiver, http() as way:
        answers = [await way.ask(receiver.url, b"{}") for _ in range(times)]
    return answers, receiver.requests


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "0"}, timedelta()),
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": " 7 "}, timedelta(seconds=7)),
        ({"Retry-After": "86400"}, timedelta(hours=1)),
        ({"Retry-After": "9" * 400}, timedelta(hours=1)),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Tue, 01 Sep 2026 05:00:30 GMT"}, timedelta(seconds=30)),
        ({"Retry-After": "Tue, 01 Sep 2026 04:59:00 GMT"}, timedelta()),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, timedelta(hours=1)),
        (
            {"Retry-After": "Tue, 01 Sep 2026 08:00:30 GMT", "Date": "Tue, 01 Sep 2026 08:00:00 GMT"},
            timedelta(seconds=30),
        ),
        ({}, None),
    ],
)
async def test_a_wait_is_in_seconds_or_until_a_date_and_at_most_an_hour(
    headers: dict[str, str], wait: timedelta | None
) -> None:
    """The receiver's own clock counts where it tells it; nonsense is no wait, and nobody is silenced for a day."""
    async with http() as way:
        lower = {name.lower(): value for name, value in headers.items()}
        answer = Answer(status=429, headers=lower, body=b"")
        assert wait == way.judge(answer).retry_after
        assert None is way.judge(Answer(status=400, headers=lower, body=b"")).retry_after


@pytest.mark.parametrize(
    ("status", "fate", "closed"),
    [
        (200, Fate.DELIVERED, False),
        (204, Fate.DELIVERED, False),
        (400, Fate.REFUSED, False),
        (401, Fate.REFUSED, False),
        (404, Fate.REFUSED, False),
        (413, Fate.REFUSED, False),
        (429, Fate.AGAIN, False),
        (500, Fate.AGAIN, False),
        (502, Fate.AGAIN, True),
        (503, Fate.AGAIN, True),
        (504, Fate.AGAIN, True),
        (599, Fate.AGAIN, False),
    ],
)
async def test_a_status_says_whether_to_try_again(status: int, fate: Fate, closed: bool) -> None:
    """429 and 5xx again, other 4xx refused; where a proxy speaks for the receiver the way is closed."""
    (answer,), _ = await asked(Response(status=status))
    assert isinstance(answer, Answer)
    async with http() as way:
        outcome = way.judge(answer)
    assert (fate, closed, str(status)) == (outcome.fate, outcome.unreachable, outcome.status)


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://elsewhere.example/key?x", "elsewhere.example"),
        ("//other.example/x", "other.example"),
        ("/login", "127.0.0.1"),
        ("http://[broken", "nowhere"),
        (None, "nowhere"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused_and_its_host_named(status: int, location: str | None, host: str) -> None:
    """No redirect is followed, not even to the same host; where it points to is told without its path."""
    headers = {"Location": location} if location is not None else {}
    (outcome,), requests = await asked(Response(status=status, headers=headers))
    assert isinstance(outcome, Outcome)
    assert (Fate.REFUSED, str(status)) == (outcome.fate, outcome.status)
    assert outcome.answer.startswith(f"it redirects to {host},")
    assert 1 == len(requests)


async def test_an_answer_is_cut_where_it_is_too_large() -> None:
    """No more is kept than is needed."""
    (answer,), _ = await asked(Response(body=b"x" * (3 * LARGEST)))
    assert isinstance(answer, Answer)
    assert LARGEST == len(answer.body)


async def test_a_packed_answer_is_not_unpacked() -> None:
    """An answer that would swell when unpacked is left as it came, and is no JSON."""
    (answer,), (request,) = await asked(Response(body=b"\x1f\x8b\x08bomb", headers={"Content-Encoding": "gzip"}))
    assert isinstance(answer, Answer)
    assert (b"\x1f\x8b\x08bomb", None) == (answer.body, answer.json)
    assert "identity" == request.headers["accept-encoding"]


async def test_no_cookie_is_taken() -> None:
    """A receiver cannot mark its next visitor."""
    _, requests = await asked(Response(headers={"Set-Cookie": "seen=1; Path=/"}), times=2)
    assert all("cookie" not in request.headers for request in requests)


@pytest.mark.parametrize("url", ["http://", "ftp://x.example/", "http://x.example:port/", "no address", "http://\x00/"])
async def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    """A broken address is told as such, without it."""
    async with http() as way:
        outcome = await way.ask(url, b"")
    assert isinstance(outcome, Outcome)
    assert (Fate.REFUSED, "request") == (outcome.fate, outcome.status)


async def test_a_header_that_cannot_be_sent_is_refused() -> None:
    """A line break in a header is no second header."""
    async with Receiver(lambda _: Response()) as receiver, http() as way:
        for value in ("a\r\nX-Other: b", "财政局"):
            outcome = await way.ask(receiver.url, b"", {"X-Key": value})
            assert isinstance(outcome, Outcome)
            assert "request" == outcome.status
    assert [] == receiver.requests


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A county's network may have no other way out; what the proxy answers for the receiver closes the way."""
    async with Receiver(lambda _: Response(status=502)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//monitor:proxy-password@"))
        async with http() as way:
            answer = await way.ask("http://no-such-host.invalid/faults", b"{}")
            assert isinstance(answer, Answer)
            outcome = way.judge(answer)
    assert (Fate.AGAIN, True) == (outcome.fate, outcome.unreachable)
    assert ["http://no-such-host.invalid/faults"] == [request.target for request in proxy.requests]
