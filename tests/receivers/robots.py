"""DingTalk's, WeCom's and Feishu's robots: they check key, signature, size and rate as the real ones do.

A robot is what a `Receiver` answers with. ``messages`` are those it took, ``at`` when; ``refused`` counts the others.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.receivers.web import Request, Response

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def wall() -> datetime:
    return datetime.now(UTC)


class Robot:
    """What the three have in common: a clock, what was taken, and how many may come within a time."""

    limits: tuple[tuple[int, timedelta], ...] = ()
    code_name, words_name = "errcode", "errmsg"

    def __init__(self, *, token: str = "token-of-the-robot", secret: str | None = None, now: Any = wall) -> None:
        self.token, self.secret, self.now = token, secret, now
        self.messages, self.at, self.refused = list[Any](), list[datetime](), 0
        self._came = list[datetime]()

    def __call__(self, request: Request) -> Response:
        code, words = self.judged(request)
        if code:
            self.refused += 1
        return self.says(code, words)

    def says(self, code: int, words: str) -> Response:
        return Response(body={self.code_name: code, self.words_name: words})

    def judged(self, request: Request) -> tuple[int, str]:
        raise NotImplementedError

    def take(self, message: Any) -> tuple[int, str]:
        self.messages.append(message)
        self.at.append(self.now())
        return 0, "ok"

    def too_fast(self) -> bool:
        """Tell whether this message is one too many, counting those that were refused for it too."""
        now = self.now()
        self._came.append(now)
        return any(sum(now - came < within for came in self._came) > most for most, within in self.limits)


def parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except ValueError:
        return None


class DingTalkRobot(Robot):
    """20 a minute, else closed for 10 minutes; 20,000 bytes; a signature of at most an hour in the query."""

    limits = ((20, MINUTE),)
    closed_until: datetime | None = None

    def judged(self, request: Request) -> tuple[int, str]:
        if request.path != "/robot/send" or request.query.get("access_token") != self.token:
            return 300005, "token is not exist"
        if self.secret is not None and (wrong := self._unsigned(request)):
            return 310000, wrong
        if "application/json" not in request.headers.get("content-type", ""):
            return 43004, "无效的HTTP HEADER Content-Type"
        if len(request.body) > 20_000:
            return 460101, "message too long, exceed 20000 bytes"
        if self._closed():
            return 130101, "send too fast, exceed 20 times per minute"
        message = parsed(request.body)
        if not isinstance(message, dict) or message.get("msgtype") != "markdown":
            return 400105, "不支持的消息类型"
        if not message["markdown"].get("title") or not message["markdown"].get("text"):
            return 40035, "缺少参数 json"
        return self.take(message["markdown"])

    def _unsigned(self, request: Request) -> str | None:
        stamp = request.query.get("timestamp", "")
        moment = datetime.fromtimestamp(int(stamp or 0) / 1000, UTC)
        if abs(moment - self.now()) > HOUR:
            return "description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在 timestampms 以内;"
        said = hmac.new(str(self.secret).encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        matches = hmac.compare_digest(base64.b64encode(said).decode(), request.query.get("sign", ""))
        return None if matches else "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳;"

    def _closed(self) -> bool:
        if self.closed_until is not None and self.now() < self.closed_until:
            return True
        if self.too_fast():
            self.closed_until = self.now() + timedelta(minutes=10)
            self._came.clear()
            return True
        return False


class WeComRobot(Robot):
    """20 a minute; 4096 bytes of Markdown; the key in the address."""

    limits = ((20, MINUTE),)

    def judged(self, request: Request) -> tuple[int, str]:
        if request.path != "/cgi-bin/webhook/send" or request.query.get("key") != self.token:
            return 93000, "invalid webhook url, hint: [1755605200056773468916791], from ip: 192.0.2.1"
        if self.too_fast():
            return 45009, "api freq out of limit, hint: [1773643642077182456917975], from ip: 192.0.2.1"
        message = parsed(request.body)
        if not isinstance(message, dict) or message.get("msgtype") != "markdown":
            return 40008, "invalid message type"
        content = message["markdown"].get("content", "")
        if not content:
            return 44004, "empty content"
        if len(content.encode()) > 4096:
            return 40058, "markdown.content exceed max length 4096. invalid Request Parameter"
        return self.take(message["markdown"])


class FeishuRobot(Robot):
    """100 a minute and 5 a second; 20 KB; a signature of at most an hour in the body."""

    limits = ((100, MINUTE), (5, timedelta(seconds=1)))
    code_name, words_name = "code", "msg"

    def says(self, code: int, words: str) -> Response:
        body = {"StatusCode": 0, "StatusMessage": "success"} if code == 0 else {}
        status = 400 if code == 9499 else 200
        return Response(status=status, body={**body, "code": code, "data": {}, "msg": words})

    def judged(self, request: Request) -> tuple[int, str]:
        if request.path != f"/open-apis/bot/v2/hook/{self.token}":
            return 19001, "param invalid: incoming webhook access token invalid"
        message = parsed(request.body)
        if len(request.body) > 20 * 1024 or not isinstance(message, dict):
            return 9499, "Bad Request"
        if self.secret is not None and not self._signed(message):
            return 19021, "sign match fail or timestamp is not within one hour from current time"
        if self.too_fast():
            return 11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"
        if message.get("msg_type") != "interactive":
            return 19002, "params error, msg_type need"
        return self.take(message["card"])

    def _signed(self, message: dict[str, Any]) -> bool:
        stamp, sign = message.get("timestamp"), message.get("sign")
        if not isinstance(stamp, str) or not isinstance(sign, str):
            return False
        if abs(datetime.fromtimestamp(int(stamp), UTC) - self.now()) > HOUR:
            return False
        said = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        return hmac.compare_digest(base64.b64encode(said).decode(), sign)


PATHS: dict[type[Robot], Callable[[str], str]] = {
    DingTalkRobot: lambda token: f"/robot/send?access_token={token}",
    WeComRobot: lambda token: f"/cgi-bin/webhook/send?key={token}",
    FeishuRobot: lambda token: f"/open-apis/bot/v2/hook/{token}",
}


def path_of(robot: Robot) -> str:
    """Return the rest of the address that a robot is reached by."""
    return PATHS[type(robot)](robot.token)
