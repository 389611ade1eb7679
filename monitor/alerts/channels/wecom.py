"""WeCom's robot of a group (企业微信群机器人); its key is in its address, it has no signature."""

from __future__ import annotations

from datetime import timedelta

from monitor.alerts.channels.fitting import LONGEST_TITLE, fit, fit_markdown, in_bytes
from monitor.alerts.channels.robot import Codes, address, as_json, identity
from monitor.alerts.http import JSON, Http, Now
from monitor.alerts.letter import Letter, Outcome, Pace
from monitor.config.settings import Channel

LIMIT = 4096  # bytes of the Markdown, or errcode 40058
MINUTE = timedelta(minutes=1)

# -1: the system is busy. 45009: more than 20 within a minute; 45033: too many at the same time. What is refused for
# good: 93000 (no such key, or the robot was taken out of its group), 40058 (a wrong value), 44004 (empty).
CODES = Codes(names=("errcode",), busy={-1: None, 45009: MINUTE, 45033: None})


class WeCom:
    """Posts Markdown."""

    paces: tuple[Pace, ...] = (Pace(20, MINUTE),)
    groups = True
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:
        """Prepare the way to the robot."""
        self.robot = identity(channel)
        self._channel, self._http = channel, Http(channel, now=now)

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter."""
        body = as_json({"msgtype": "markdown", "markdown": {"content": self._content(letter)}})
        answer = await self._http.ask(address(self._channel), body, {"Content-Type": JSON})
        return answer if isinstance(answer, Outcome) else CODES.judge(self._http, answer)

    def _content(self, letter: Letter) -> str:
        content = f"### {fit(letter.title, LONGEST_TITLE)}\n{letter.markdown}"
        return fit_markdown(letter, self._channel, content, LIMIT, size=in_bytes)

    async def close(self) -> None:
        """Give up the connections."""
        await self._http.close()
