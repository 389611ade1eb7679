"""An SMS gateway: it checks the key, the number and the length, as the real ones do."""

from __future__ import annotations

import re

from monitor.alerts.segments import measure
from tests.receivers.web import Request, Response

NUMBER = re.compile(r"1[0-9]{10}")
MOST_SEGMENTS = 5


class Gateway:
    """What a `Receiver` answers with: JSON, ``code`` 0 where it took an SMS. ``texts`` are those taken, by number."""

    def __init__(self, *, key: str) -> None:
        self.key, self.texts = key, dict[str, list[str]]()

    def __call__(self, request: Request) -> Response:
        asked = request.json
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return Response(status=401, body={"code": 3, "message": "unknown key"})
        if not NUMBER.fullmatch(asked["to"]):
            return Response(body={"code": 5, "message": "no mobile number"})
        if not asked["content"].startswith("【") or measure(asked["content"]).segments > MOST_SEGMENTS:
            return Response(body={"code": 7, "message": "no signature, or too long"})
        self.texts.setdefault(asked["to"], []).append(asked["content"])
        return Response(body={"code": 0, "message": "ok"})
