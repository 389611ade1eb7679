"""Feishu's robot of a group (飞书自定义机器人)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from monitor.alerts.channels.fitting import LONGEST_TITLE, fit, fit_markdown
from monitor.alerts.channels.robot import Codes, address, as_json, identity
from monitor.alerts.http import JSON, Http, Now
from monitor.alerts.letter import Letter, Outcome, Pace
from monitor.config.settings import Channel
from monitor.faults.terms import MessageKind

LIMIT = 20_000  # bytes of the whole body; the robot takes 20 KB

# 11232: sent too often, or its own load at the full and half hour. 9499 comes with HTTP 400 and means "too many
# request" or "Bad Request", as its words say. 2200: an error of its own. 99991400: the platform's limit. What is
# refused for good: 19001 (no such robot), 19002, 19007 (stopped), 19021 (signature), 19022 (address), 19024 (key
# words). ``StatusCode`` is what it had before ``code``, and is 0 beside a code that is not.
CODES = Codes(names=("code", "StatusCode"), busy={11232: None, 2200: None, 99991400: None})

COLOURS: Mapping[MessageKind, str] = {
    MessageKind.REMINDER: "orange",
    MessageKind.OVERDUE: "carmine",
    MessageKind.OVERDUE_REPEAT: "carmine",
    MessageKind.RESTORED: "green",
    MessageKind.MONITOR_SEES: "green",
    MessageKind.MONITOR_BACK: "green",
}


class Feishu:
    """Posts a card with Markdown in it, signed in the body where the robot has a secret."""

    paces: tuple[Pace, ...] = (Pace(100, timedelta(minutes=1)), Pace(5, timedelta(seconds=1)))
    groups = True
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:
        """Prepare the way to the robot."""
        self.robot = identity(channel)
        self._channel, self._now, self._http = channel, now, Http(channel, now=now)

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter."""
        answer = await self._http.ask(address(self._channel), self._body(letter), {"Content-Type": JSON})
        return answer if isinstance(answer, Outcome) else CODES.judge(self._http, answer)

    def _body(self, letter: Letter) -> bytes:
        signed = self._signed()
        colour = "blue" if letter.test else COLOURS.get(letter.kind, "red")
        title = {"tag": "plain_text", "content": fit(letter.title, LONGEST_TITLE)}

        def body(markdown: str) -> bytes:
            card: dict[str, Any] = {
                "config": {"wide_screen_mode": True},
                "header": {"title": title, "template": colour},
                "elements": [{"tag": "markdown", "content": markdown}],
            }
            return as_json({**signed, "msg_type": "interactive", "card": card})

        return body(fit_markdown(letter, self._channel, letter.markdown, LIMIT, size=lambda text: len(body(text))))

    def _signed(self) -> dict[str, str]:
        if self._channel.secret is None:
            return {}
        seconds = int(self._now().timestamp())
        return {"timestamp": str(seconds), "sign": signature(seconds, self._channel.secret.reveal())}

    async def close(self) -> None:
        """Give up the connections."""
        await self._http.close()


def signature(seconds: int, secret: str) -> str:
    """Return the signature: Base64 of the HMAC-SHA256 of nothing, keyed by the time and the secret."""
    return base64.b64encode(hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
