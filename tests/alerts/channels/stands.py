"""For each kind of channel: a real receiver on loopback, and the situations it can put a channel in."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any

from monitor.alerts.channels import make_sender
from monitor.alerts.letter import Sender
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind, Encryption, Success
from tests.receivers import certificates
from tests.receivers.mail import MailServer
from tests.receivers.odd import OddServer, Speaking
from tests.receivers.web import LOOPBACK, Answering, Mischief, Receiver, Request, Response

SHORT = timedelta(milliseconds=300)  # where nothing else ends the try
LONG = timedelta(seconds=10)  # a machine may be busy
TOKEN, SECRET, PASSWORD = "token-5c0ffee5c0ffee", "SEC-the-signing-secret", "pass-word-of-the-mail"


class Scene(Enum):
    """What a channel meets."""

    TAKEN = auto()
    REFUSED = auto()
    THROTTLED = auto()
    OUT_OF_ORDER = auto()
    SILENT = auto()
    DRIPPING = auto()
    DRIPPING_BODY = auto()
    BROKEN_OFF = auto()
    GARBAGE = auto()
    ENDLESS = auto()
    REDIRECTED = auto()
    ERROR_CODE = auto()
    BUSY_CODE = auto()
    OVERSIZED = auto()
    NOBODY_LISTENS = auto()
    NO_SUCH_HOST = auto()
    GOOD_TLS = auto()
    NO_TLS = auto()
    OTHER_HOST = auto()
    UNKNOWN_AUTHORITY = auto()
    EXPIRED = auto()


MISCHIEF = {
    Scene.SILENT: Mischief.SILENT,
    Scene.DRIPPING: Mischief.DRIP,
    Scene.DRIPPING_BODY: Mischief.DRIP_BODY,
    Scene.BROKEN_OFF: Mischief.BREAK,
    Scene.GARBAGE: Mischief.GARBAGE,
    Scene.ENDLESS: Mischief.ENDLESS,
}
STATUSES = {
    Scene.REFUSED: Response(status=400, body={"error": "refused"}),
    Scene.THROTTLED: Response(status=429, headers={"Retry-After": "7"}),
    Scene.OUT_OF_ORDER: Response(status=503, headers={"Retry-After": "7"}),
    Scene.REDIRECTED: Response(status=302, headers={"Location": f"https://elsewhere.example/{TOKEN}"}),
}
TLS: dict[Scene, Callable[[], ssl.SSLContext]] = {
    Scene.GOOD_TLS: certificates.server,
    Scene.OTHER_HOST: lambda: certificates.server("other.example"),
    Scene.UNKNOWN_AUTHORITY: lambda: certificates.server(signed_by="nobody we know"),
    Scene.EXPIRED: certificates.expired,
}


def bound(scene: Scene) -> dict[str, Any]:
    """Return a short bound for the scenes that only the bound ends."""
    return {"timeout": SHORT} if scene in (Scene.SILENT, Scene.DRIPPING, Scene.DRIPPING_BODY) else {}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, kw_only=True)
class WebStand:
    """A kind that speaks HTTP: the path it is reached by, and its receiver's good, bad and busy answers."""

    kind: ChannelKind
    path: str
    good: Response = field(default_factory=Response)
    bad: Response | None = None
    busy: Response | None = None
    more: dict[str, Any] = field(default_factory=dict)
    without: frozenset[Scene] = frozenset()
    scheme: str = "http"

    def scenes(self) -> set[Scene]:
        """Return the scenes that this kind can meet."""
        codes = {Scene.ERROR_CODE: self.bad, Scene.BUSY_CODE: self.busy}
        return {scene for scene in Scene if codes.get(scene, self) is not None} - self.without

    @asynccontextmanager
    async def meet(self, scene: Scene, folder: Path, **changes: Any) -> AsyncIterator[tuple[Sender, list[Request]]]:
        """Put a channel of this kind into a scene; give it, and the requests that its receiver gets."""
        async with AsyncExitStack() as stack:
            requests: list[Request] = []
            if scene is Scene.NOBODY_LISTENS:
                url = f"http://{LOOPBACK}:{free_port()}"
            elif scene is Scene.NO_SUCH_HOST:
                url = "http://no-such-host.invalid"
            elif scene is Scene.NO_TLS:
                url = f"https://{LOOPBACK}:{(await stack.enter_async_context(OddServer(_garbage))).port}"
            else:
                tls = TLS[scene]() if scene in TLS else None
                receiver = await stack.enter_async_context(Receiver(self._answering(scene), tls=tls))
                requests, url = receiver.requests, receiver.url
            sender = make_sender(self.channel(url, folder, **(bound(scene) | changes)))
            stack.push_async_callback(sender.close)
            yield sender, requests

    def channel(self, url: str, folder: Path, **changes: Any) -> Channel:
        """Return a channel that goes to this address, trusting the county's own authority."""
        given: dict[str, Any] = {
            "url": Secret(url.replace("http", self.scheme, 1) + self.path),
            "timeout": LONG,
            "ca": certificates.authority_file(folder),
            **self.more,
        }
        return Channel(name=f"c-{self.kind}", kind=self.kind, **(given | changes))

    def _answering(self, scene: Scene) -> Answering:
        answer: Response | Mischief | None = MISCHIEF.get(scene) or STATUSES.get(scene)
        if scene in (Scene.ERROR_CODE, Scene.BUSY_CODE):
            answer = self.bad if scene is Scene.ERROR_CODE else self.busy
        return lambda _: answer or self.good


def said(**body: Any) -> Response:
    return Response(body=body)


SIGNED = {"secret": Secret(SECRET)}
SMS = {
    "secret": Secret(SECRET),
    "recipients": ("0000-66000001",),
    "body": '{"to": {{ phone | tojson }}, "text": {{ text | tojson }}, "key": {{ secret | tojson }}}',
    "success": Success(json="code", equals=("0",)),
}
WEB_STANDS = [
    WebStand(kind=ChannelKind.WEBHOOK, path="/faults", more=SIGNED),
    WebStand(kind=ChannelKind.ALERTMANAGER, path=""),
    WebStand(
        kind=ChannelKind.DINGTALK,
        path=f"/robot/send?access_token={TOKEN}",
        good=said(errcode=0, errmsg="ok"),
        bad=said(errcode=310000, errmsg="keywords not in content"),
        busy=said(errcode=130101, errmsg="send too fast, exceed 20 times per minute"),
        more=SIGNED,
    ),
    WebStand(
        kind=ChannelKind.WECOM,
        path=f"/cgi-bin/webhook/send?key={TOKEN}",
        good=said(errcode=0, errmsg="ok"),
        bad=said(errcode=93000, errmsg="invalid webhook url"),
        busy=said(errcode=45009, errmsg="api freq out of limit"),
    ),
    WebStand(
        kind=ChannelKind.FEISHU,
        path=f"/open-apis/bot/v2/hook/{TOKEN}",
        good=said(StatusCode=0, StatusMessage="success", code=0, data={}, msg="success"),
        bad=said(code=19024, msg="Key Words Not Found"),
        busy=said(code=11232, msg="frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"),
        more=SIGNED,
    ),
    WebStand(
        kind=ChannelKind.SMS,
        path=f"/send?account={TOKEN}",
        good=said(code=0),
        busy=said(code=1017, message="too many"),
        more=SMS,
    ),
]

# Apprise says only whether a letter was sent, bounds no answer's size, and trusts the authorities that it likes.
APPRISE_STAND = WebStand(
    kind=ChannelKind.APPRISE,
    path=f"/{TOKEN}",
    scheme="json",
    without=frozenset({Scene.ENDLESS, Scene.GOOD_TLS, Scene.GARBAGE}),
)


@dataclass(frozen=True)
class MailStand:
    """Mail, by STARTTLS unless told otherwise."""

    kind: ChannelKind = ChannelKind.SMTP
    without: frozenset[Scene] = frozenset({Scene.BUSY_CODE, Scene.ENDLESS, Scene.DRIPPING_BODY, Scene.OUT_OF_ORDER})

    def scenes(self) -> set[Scene]:
        """Return the scenes that mail can meet."""
        return set(Scene) - self.without

    @asynccontextmanager
    async def meet(self, scene: Scene, folder: Path, **changes: Any) -> AsyncIterator[tuple[Sender, MailServer | None]]:
        """Put a mail channel into a scene; give it, and its server where it has a real one."""
        async with AsyncExitStack() as stack:
            server, host, port = None, LOOPBACK, free_port()
            if scene is Scene.NO_SUCH_HOST:
                host = "no-such-host.invalid"
            elif (speak := SPEAKING.get(scene)) is not None:
                port = (await stack.enter_async_context(OddServer(speak))).port
            elif scene is not Scene.NOBODY_LISTENS:
                server = await stack.enter_async_context(mail_server(scene))
                port = server.port
            sender = make_sender(self.channel(host, port, folder, **(bound(scene) | changes)))
            stack.push_async_callback(sender.close)
            yield sender, server

    def channel(self, host: str, port: int, folder: Path, **changes: Any) -> Channel:
        """Return a channel to this server, trusting the county's own authority."""
        given: dict[str, Any] = {
            "timeout": LONG,
            "ca": certificates.authority_file(folder),
            "sender": "云岭县信息中心 <monitor@county.example>",
            "recipients": ("duty@unicom.example",),
            "user": "monitor",
            "password": Secret(PASSWORD),
            "tls": Encryption.STARTTLS,
        }
        return Channel(name="c-smtp", kind=self.kind, host=host, port=port, **(given | changes))


def mail_server(scene: Scene, **changes: Any) -> MailServer:
    """Return the mail server of a scene."""
    says = {Scene.REFUSED: "550 5.1.1 no such user", Scene.REDIRECTED: "551 5.1.6 try <duty@elsewhere.example>"}
    says[Scene.THROTTLED] = "451 4.7.1 greylisted, come again"
    given: dict[str, Any] = {
        "tls": None if scene is Scene.NO_TLS else TLS.get(scene, certificates.server)(),
        "login": None if scene is Scene.NO_TLS else ("monitor", PASSWORD),
        "says": {"*": says.get(scene, "250 OK")},
    }
    if scene is Scene.ERROR_CODE:
        given["end"] = "554 5.7.1 looks like spam"
    return MailServer(**(given | changes))


async def _silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for _number in range(3000):
        writer.write(b"220-wait\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _breaking(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    return


async def _garbage(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


SPEAKING: dict[Scene, Speaking] = {
    Scene.SILENT: _silent,
    Scene.DRIPPING: _dripping,
    Scene.BROKEN_OFF: _breaking,
    Scene.GARBAGE: _garbage,
}
