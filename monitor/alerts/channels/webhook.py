"""A program of the receiver's own: one POST a letter, signed where a secret is set."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from monitor.alerts.channels.robot import address, as_json
from monitor.alerts.http import JSON, Answer, Http, Now
from monitor.alerts.letter import Letter, Outcome, Pace, Reply
from monitor.config.settings import Channel

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
LONGEST_NAME = 100  # characters of whoever takes a fault on


class Webhook:
    """Posts the payload; an answer with ``acknowledged_by`` takes the fault on."""

    paces: tuple[Pace, ...] = ()
    groups = False
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:
        """Prepare the way to the receiver."""
        self.robot = channel.name
        self._channel, self._now, self._http = channel, now, Http(channel, now=now)

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter."""
        body = as_json(letter.payload)
        answer = await self._http.ask(address(self._channel), body, self._headers(letter, body))
        if isinstance(answer, Outcome):
            return answer
        judged = self._http.judge(answer)
        return replace(judged, reply=self._reply(answer)) if answer.good else judged

    def _headers(self, letter: Letter, body: bytes) -> dict[str, str]:
        """Return the headers; a key with Chinese in it is percent-encoded, since headers are ASCII."""
        headers = {"Content-Type": JSON, "Idempotency-Key": quote(letter.key, safe=PRINTABLE)}
        if self._channel.secret is None:
            return headers
        seconds = int(self._now().timestamp())
        sign = signature(seconds, body, self._channel.secret.reveal())
        return headers | {"X-Monitor-Timestamp": str(seconds), "X-Monitor-Signature": sign}

    def _reply(self, answer: Answer) -> Reply | None:
        said = answer.json
        name = said.get("acknowledged_by") if isinstance(said, dict) else None
        if not isinstance(said, dict) or not isinstance(name, str) or not name.strip():
            return None
        return Reply(acknowledged_by=self._http.redaction.say(name)[:LONGEST_NAME], eta=instant(said.get("eta")))

    async def close(self) -> None:
        """Give up the connections."""
        await self._http.close()


def signature(seconds: int, body: bytes, secret: str) -> str:
    """Return ``sha256=`` and the HMAC-SHA256 of ``<timestamp>.<body>`` in hex."""
    return "sha256=" + hmac.new(secret.encode(), b"%d.%b" % (seconds, body), hashlib.sha256).hexdigest()


def instant(value: object) -> datetime | None:
    """Return the instant that a text with an offset means, in UTC; None for any other: a guess is no promise."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
