"""A dead man's heartbeat: an address that is asked at regular times, as long as instants are judged.

Whoever watches that address raises the alarm when it is asked no more: a monitor that stands still cannot tell of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from monitor.alerts.http import Http
from monitor.alerts.letter import Fate, Outcome
from monitor.config.settings import Channel, ChannelKind, HeartbeatSettings

LOOK_AGAIN = 5.0  # seconds between two looks whether it is time
log = logging.getLogger(__name__)


class Heartbeat:
    """Asks one address while the monitor is alive."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        """Ask nobody before `run`."""
        self._now = now
        self._settings: HeartbeatSettings | None = None
        self._asked_at: datetime | None = None
        self._fine: bool | None = None

    def adopt(self, settings: HeartbeatSettings | None) -> None:
        """Ask another address, or none, from now on."""
        self._settings, self._asked_at = settings, None

    async def run(self, alive: Callable[[], bool]) -> None:
        """Ask until cancelled, as long as ``alive`` says so."""
        while True:
            settings, now = self._settings, self._now()
            due = settings is not None and (self._asked_at is None or now - self._asked_at >= settings.every)
            if settings is not None and due and alive():
                self._asked_at = now
                self._say(await self.beat(settings))
            await asyncio.sleep(LOOK_AGAIN if settings is None else min(LOOK_AGAIN, settings.every.total_seconds() / 2))

    async def beat(self, settings: HeartbeatSettings) -> Outcome:
        """Ask once."""
        http = Http(Channel(name="heartbeat", kind=ChannelKind.WEBHOOK, url=settings.url), now=self._now)
        try:
            answer = await http.ask(settings.url.reveal(), None, method="GET")
            return answer if isinstance(answer, Outcome) else http.judge(answer)
        finally:
            await http.close()

    def _say(self, outcome: Outcome) -> None:
        fine = outcome.fate is Fate.DELIVERED
        if fine != self._fine and not (fine and self._fine is None):
            level = logging.INFO if fine else logging.WARNING
            log.log(level, "the heartbeat's address answers %s %s", outcome.status, "again" if fine else outcome.answer)
        self._fine = fine
