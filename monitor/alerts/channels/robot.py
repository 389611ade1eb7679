"""What the robots of DingTalk, WeCom and Feishu have in common: a key in the address, and codes in the answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from monitor.alerts.http import TOO_MANY, Answer, Http
from monitor.alerts.letter import Fate, Outcome
from monitor.config.settings import Channel

# How the robots say that they were asked too often, whichever code they put beside it.
TOO_OFTEN = re.compile(
    r"too (?:many|fast)|frequency limit|freq(?:uency)? out of limit|rate limit|太快|过于频繁|限流", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """How a robot answers: HTTP 200 whatever came of it, a code of 0 where it was taken.

    ``names`` are those under which the code may stand, the first that is there counts; ``busy`` the codes that mean
    later, with how long the robot is then known to be closed; ``later`` words that mean it whatever the code.
    """

    names: tuple[str, ...]
    busy: Mapping[int, timedelta | None]
    later: re.Pattern[str] = TOO_OFTEN

    def judge(self, http: Http, answer: Answer) -> Outcome:
        """Say what came of it. Without a code of the robot's it was not the robot that answered: again."""
        judged, said = http.judge(answer), answer.json
        code = self._code(said)
        if answer.status == TOO_MANY or answer.status >= 500 or code == 0 or (code is None and not answer.good):
            return judged
        if code is None:
            return replace(judged, fate=Fate.AGAIN, status=f"no {self.names[0]}")
        words = json.dumps(said, ensure_ascii=False)
        again = code in self.busy or self.later.search(words) is not None
        return replace(
            judged,
            fate=Fate.AGAIN if again else Fate.REFUSED,
            status=f"{self.names[0]} {code}",
            answer=http.redaction.say(words),
            retry_after=(http.retry_after(answer) or self.busy.get(code)) if again else None,
        )

    def _code(self, said: object) -> int | None:
        if isinstance(said, dict):
            for name in self.names:
                if isinstance(said.get(name), int) and not isinstance(said[name], bool):
                    return int(said[name])
        return None


def address(channel: Channel) -> str:
    """Return a channel's address, which the configuration makes sure of."""
    if channel.url is None:
        raise ValueError(f"channel {channel.name} has no url")
    return channel.url.reveal()


def identity(channel: Channel) -> str:
    """Return what channels of the same robot share, without its key: a fingerprint of the address."""
    return f"{channel.kind} {hashlib.sha256(address(channel).encode()).hexdigest()[:12]}"


def as_json(value: Mapping[str, Any]) -> bytes:
    """Return JSON in UTF-8, in which Chinese takes 3 bytes a character."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
