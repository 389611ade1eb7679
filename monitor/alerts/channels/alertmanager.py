"""Prometheus Alertmanager, API v2: every fault an alert of its own, sent again and again while it lasts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.alerts.channels.robot import address
from monitor.alerts.http import JSON, Http, Now
from monitor.alerts.letter import Letter, Outcome, Pace
from monitor.config.settings import Channel
from monitor.sla.spelling import spell_time

PATH = "/api/v2/alerts"
# How long an alert is kept that is not heard of again. Alertmanager by itself takes 5 minutes, and then says that it
# is resolved: a monitor that is being restarted is no line repaired.
KEPT = timedelta(hours=1)
KEPT_TEST = timedelta(minutes=5)


class Alertmanager:
    """Posts alerts: active ones with an end to come, those that are over with one that has."""

    paces: tuple[Pace, ...] = ()
    groups = True
    keeps_active = True

    def __init__(self, channel: Channel, now: Now) -> None:
        """Prepare the way."""
        self.robot = channel.name
        self._channel, self._now, self._http = channel, now, Http(channel, now=now)

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter: an alert of it, or of each of its members."""
        now = self._now()
        body = json.dumps([alert(each, now) for each in letter.members or (letter,)], ensure_ascii=False).encode()
        answer = await self._http.ask(self._address(), body, {"Content-Type": JSON})
        return answer if isinstance(answer, Outcome) else self._http.judge(answer)

    def _address(self) -> str:
        """Return the address of the API; the configuration's may hold its path or not."""
        base = address(self._channel).rstrip("/")
        return base if base.endswith(PATH) else base + PATH

    async def close(self) -> None:
        """Give up the connections."""
        await self._http.close()


def alert(letter: Letter, now: datetime) -> Mapping[str, Any]:
    """Return a letter as an alert; its labels say which alert it is, so that what is over ends what began."""
    ends = now + (KEPT_TEST if letter.test else KEPT) if letter.active else now
    return {
        "labels": dict(labels(letter)),
        "annotations": {"summary": letter.title, "description": letter.text},
        "startsAt": spell_time(min(letter.due_at, now)),
        "endsAt": spell_time(ends),
        **({"generatorURL": letter.link} if letter.link else {}),
    }


def labels(letter: Letter) -> Iterator[tuple[str, str]]:
    """Go through the labels, with the ``alertname`` that every alert needs; an empty label is none."""
    if not letter.labels.get("alertname"):
        yield "alertname", "ExtranetFault" if letter.kind.of_a_fault else "ExtranetMonitor"
    yield from ((name, value) for name, value in letter.labels.items() if value)
