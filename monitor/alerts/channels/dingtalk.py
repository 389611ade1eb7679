"""DingTalk's robot of a group (钉钉自定义机器人)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

from monitor.alerts.channels.fitting import LONGEST_TITLE, fit, fit_markdown
from monitor.alerts.channels.robot import TOO_OFTEN, Codes, address, as_json, identity
from monitor.alerts.http import JSON, Http, Now
from monitor.alerts.letter import Letter, Outcome, Pace
from monitor.config.settings import Channel

LIMIT = 20_000  # bytes of the whole body, or errcode 460101
CLOSED = timedelta(minutes=10)  # how long it is closed to whoever sends a 21st message within a minute

# -1: the system is busy. 130101, 410100: sent too fast. 90030: over the limit of calls. What is refused for good:
# 310000 (key words, signature, address not on the list), 300001 and 400101 (no such token), 400013 (the group is no
# more), 400102 (stopped), 400105, 400106, 430101 to 430104 (what it says is not permitted), 460101 (too long).
# A signature out of date (also 310000) is a clock gone wrong here: the next try signs anew.
CODES = Codes(
    names=("errcode",),
    busy={-1: None, 130101: CLOSED, 410100: CLOSED, 90030: CLOSED},
    later=re.compile(f"{TOO_OFTEN.pattern}|invalid timestamp|签名过期", re.IGNORECASE),
)


class DingTalk:
    """Posts Markdown, signed in the query where the robot has a secret."""

    paces: tuple[Pace, ...] = (Pace(20, timedelta(minutes=1)),)
    groups = True
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:
        """Prepare the way to the robot."""
        self.robot = identity(channel)
        self._channel, self._now, self._http = channel, now, Http(channel, now=now)

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter."""
        answer = await self._http.ask(self._address(), self._body(letter), {"Content-Type": JSON})
        return answer if isinstance(answer, Outcome) else CODES.judge(self._http, answer)

    def _address(self) -> str:
        url, secret = address(self._channel), self._channel.secret
        if secret is None:
            return url
        milliseconds = int(self._now().timestamp() * 1000)
        sign = quote_plus(signature(milliseconds, secret.reveal()))
        return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={sign}"

    def _body(self, letter: Letter) -> bytes:
        title = fit(letter.title, LONGEST_TITLE)

        def body(markdown: str) -> bytes:
            text: dict[str, Any] = {"title": title, "text": f"### {title}\n\n{broken(markdown)}"}
            return as_json({"msgtype": "markdown", "markdown": text})

        return body(fit_markdown(letter, self._channel, letter.markdown, LIMIT, size=lambda text: len(body(text))))

    async def close(self) -> None:
        """Give up the connections."""
        await self._http.close()


def signature(milliseconds: int, secret: str) -> str:
    """Return the signature: Base64 of the HMAC-SHA256 of the time and the secret, keyed by the secret."""
    said = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()


def broken(markdown: str) -> str:
    """Return Markdown whose lines stay lines: DingTalk runs them together unless two blanks stand before the break."""
    return re.sub(r"(?<=\S) *\n(?=\S)", "  \n", markdown)
