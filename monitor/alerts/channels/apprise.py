"""The long tail of ways to tell people: whatever Apprise has an address for. Its package is optional."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import threading
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from monitor.alerts.channels.robot import address
from monitor.alerts.connecting import unreached
from monitor.alerts.http import Now
from monitor.alerts.letter import Fate, Letter, Outcome, Pace
from monitor.alerts.redaction import Redaction, unlogged
from monitor.config.settings import Channel

_warnings: ContextVar[list[str] | None] = ContextVar("warnings", default=None)  # of the letter that is being sent


def _hear(record: logging.LogRecord) -> None:
    if (warnings := _warnings.get()) is not None:
        warnings.append(record.getMessage())


unlogged("apprise", "urllib3.connectionpool", "urllib3.util.retry", "requests", hear=_hear)


def _unhurried(asset: Any) -> dict[str, int]:
    """Return what makes Apprise (from 2.0) send in the calling thread: its own pools are waited for at exit."""
    return {"service_timeout": 0} if "service_timeout" in inspect.signature(asset.__init__).parameters else {}


def _end(ending: asyncio.Future[Outcome], outcome: Outcome) -> None:
    if not ending.done():
        ending.set_result(outcome)


class Apprise:
    """Hands a letter to Apprise in a thread of its own, one at a time: it waits for the network as it pleases.

    ``known``: Apprise has a service for the address; without one every letter is refused.
    """

    paces: tuple[Pace, ...] = ()
    groups = True
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:  # noqa: ARG002 - as every kind is made
        """Let Apprise read the address.

        Raises:
            ImportError: it is not installed.
        """
        import apprise  # noqa: PLC0415 - an optional package

        asset = apprise.AppriseAsset(**_unhurried(apprise.AppriseAsset))
        asset.http_redirects = False
        self.robot = channel.name
        url = address(channel)
        # What stands in the place of a host is a key with some services.
        self._redaction = Redaction.of(channel, urlsplit(url).netloc, urlsplit(url).hostname or "")
        self._timeout = channel.timeout.total_seconds()
        self._service: Any = apprise.Apprise(asset=asset)
        self.known = bool(self._service.add(url))
        self._sending = threading.Lock()

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter; a try that takes too long goes on unheard, and none begins beside it."""
        if not self.known:
            return Outcome(fate=Fate.REFUSED, status="address", answer="Apprise knows no service of this address")
        if not self._sending.acquire(blocking=False):
            return Outcome(fate=Fate.AGAIN, status="busy", answer="the try before has not ended", unreachable=True)
        loop = asyncio.get_running_loop()
        ending: asyncio.Future[Outcome] = loop.create_future()
        threading.Thread(target=self._try, args=(letter, loop, ending), daemon=True).start()
        try:
            async with asyncio.timeout(self._timeout):
                return await ending
        except TimeoutError:
            return unreached(TimeoutError())

    def _try(self, letter: Letter, loop: asyncio.AbstractEventLoop, ending: asyncio.Future[Outcome]) -> None:
        try:
            outcome = self._notify(letter)
        finally:
            self._sending.release()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_end, ending, outcome)

    def _notify(self, letter: Letter) -> Outcome:
        """Send, and return what became of it; why it failed stands only in Apprise's own log."""
        warnings: list[str] = []
        _warnings.set(warnings)
        try:
            sent = bool(self._service.notify(title=letter.title, body=letter.markdown, body_format="markdown"))
        except Exception as error:  # a hundred services' plug-ins raise what they like
            sent = False
            warnings.append(type(error).__name__)
        if sent:
            return Outcome(fate=Fate.DELIVERED, status="sent")
        return Outcome(fate=Fate.AGAIN, status="not sent", answer=self._redaction.say("; ".join(warnings)))

    async def close(self) -> None:
        """Keep nothing open: Apprise connects anew for every letter."""
