"""HTTP to a receiver: the only file of this room that knows httpx.

Every request is bounded in time and its answer in size, follows no redirect, verifies TLS, and is named in no log.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import httpx

from monitor import __version__
from monitor.alerts.connecting import trust, unreached
from monitor.alerts.letter import Fate, Outcome
from monitor.alerts.redaction import Redaction, unlogged
from monitor.config.settings import Channel

Now = Callable[[], datetime]

LARGEST = 65_536  # bytes of an answer that are read
LONGEST_WAIT = timedelta(hours=1)  # however much later a receiver asks to be tried again
TOO_MANY = 429
CLOSED = frozenset({502, 503, 504})  # a proxy speaks, or the whole receiver is out of service: not of this letter
HEADERS = {"User-Agent": f"extranet-monitor/{__version__}", "Accept-Encoding": "identity"}
JSON = "application/json; charset=utf-8"

unlogged("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver answered; names of headers in small letters, the body cut at `LARGEST` bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        """Tell whether HTTP says that it was taken (2xx)."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 in it is replaced."""
        return self.body.decode(errors="replace")

    @property
    def json(self) -> object:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Http:
    """The way to one channel's receiver; connections are kept a few seconds for the next letter."""

    def __init__(self, channel: Channel, *, now: Now, hidden: Iterable[str] = ()) -> None:
        """Prepare the way; nothing is sent yet. ``hidden`` is what besides the channel's own is secret.

        Raises:
            OSError: the file of the channel's authority is gone or holds no certificate.
        """
        self.redaction = Redaction.of(channel, *hidden)
        self._timeout = channel.timeout.total_seconds()
        self._now = now
        self._client = httpx.AsyncClient(
            verify=trust(channel.ca),
            follow_redirects=False,
            timeout=self._timeout,
            headers=HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is taken
        )

    async def ask(
        self, url: str, body: bytes | None, headers: Mapping[str, str] | None = None, *, method: str = "POST"
    ) -> Answer | Outcome:
        """Send one request and return its answer, or what became of it where there is none; a redirect is refused."""
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._exchange(method, url, body, headers or {})
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError):
            words = "this is no request of HTTP: look at the address and the headers"
            return Outcome(fate=Fate.REFUSED, status="request", answer=words)
        except (httpx.TimeoutException, TimeoutError):
            return unreached(TimeoutError())
        except (httpx.TransportError, OSError) as error:
            return unreached(error)
        return self._redirected(answer, url) if 300 <= answer.status < 400 else answer

    async def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        async with self._client.stream(method, url, content=body, headers=dict(headers)) as response:
            read = bytearray()
            async for piece in response.aiter_raw():
                read += piece
                if len(read) >= LARGEST:
                    break
            return Answer(status=response.status_code, headers=dict(response.headers), body=bytes(read[:LARGEST]))

    def _redirected(self, answer: Answer, url: str) -> Outcome:
        """Refuse a redirect, and say to which host it points: the rest of an address may be a secret."""
        location = answer.headers.get("location")
        try:
            host = urlsplit(urljoin(url, location)).hostname if location else None
        except ValueError:
            host = None
        words = self.redaction.say(f"it redirects to {host or 'nowhere'}, which is not followed: correct the address")
        return Outcome(fate=Fate.REFUSED, status=str(answer.status), answer=words)

    def judge(self, answer: Answer) -> Outcome:
        """Say what HTTP's status means: 2xx delivered, 429 and 5xx again, any other refused."""
        again = answer.status == TOO_MANY or answer.status >= 500
        return Outcome(
            fate=Fate.DELIVERED if answer.good else Fate.AGAIN if again else Fate.REFUSED,
            status=str(answer.status),
            answer=self.redaction.say(answer.text),
            unreachable=answer.status in CLOSED,
            retry_after=self.retry_after(answer) if again else None,
        )

    def retry_after(self, answer: Answer) -> timedelta | None:
        """Return how long the receiver asks to be left alone, at most an hour (RFC 9110, section 10.2.3)."""
        asked = answer.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdigit():
            return min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
        until, now = _date(asked), _date(answer.headers.get("date", "")) or self._now()
        return None if until is None else min(max(until - now, timedelta()), LONGEST_WAIT)

    async def close(self) -> None:
        """Give up the connections."""
        await self._client.aclose()


def _date(text: str) -> datetime | None:
    """Return the instant that a header's date means; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
