"""A carrier's own program behind a webhook: it checks the signature and its age, and knows a second copy by its key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.receivers.robots import wall
from tests.receivers.web import Request, Response

OLDEST = timedelta(minutes=5)


class Hook:
    """What a `Receiver` answers with. ``payloads`` are the messages by key, ``copies`` how often each came."""

    def __init__(self, *, secret: str | None = None, now: Callable[[], datetime] = wall, reply: object = b"") -> None:
        self.secret, self.now, self.reply = secret, now, reply
        self.payloads, self.copies = dict[str, Any](), dict[str, int]()

    def __call__(self, request: Request) -> Response:
        if self.secret is not None and not self.genuine(request, self.secret):
            return Response(status=401, body=b"signature does not match")
        key = request.headers["idempotency-key"]
        self.payloads.setdefault(key, request.json)
        self.copies[key] = self.copies.get(key, 0) + 1
        return Response(body=self.reply)

    def genuine(self, request: Request, secret: str) -> bool:
        """Check timestamp and signature, from the bytes that came."""
        stamp = request.headers.get("x-monitor-timestamp", "0")
        if abs(datetime.fromtimestamp(int(stamp), UTC) - self.now()) > OLDEST:
            return False
        said = hmac.new(secret.encode(), stamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"sha256={said}", request.headers.get("x-monitor-signature", ""))
