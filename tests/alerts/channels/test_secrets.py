"""No secret reaches a log, an outcome, a representation or an error, whatever a receiver answers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.channels import ChannelUnusable, make_sender
from monitor.alerts.letter import Sender
from tests.alerts.channels.letters import letter
from tests.alerts.channels.stands import (
    APPRISE_STAND,
    PASSWORD,
    SECRET,
    TOKEN,
    WEB_STANDS,
    MailStand,
    Scene,
    WebStand,
    mail_server,
)
from tests.receivers.web import LOOPBACK, Receiver, Request, Response

SECRETS = (TOKEN, SECRET, PASSWORD)
STANDS = [*WEB_STANDS, APPRISE_STAND]
# The webhook's and the alert manager's addresses may be secrets too.
TOKENS = {"webhook": f"/hooks/{TOKEN}?sig={TOKEN}", "alertmanager": f"/{TOKEN}"}


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Turn every logger on, down to the last detail, as somebody looking for a fault would."""
    names = ("httpx", "httpcore.connection", "httpcore.http11", "urllib3.connectionpool", "apprise", "asyncio")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(1)
    caplog.set_level(1)
    yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def echo(status: int) -> Any:
    """Return what answers with all that it was asked, in words and in JSON."""

    def answer(request: Request) -> Response:
        asked = {"target": request.target, "headers": dict(request.headers), "body": request.body.decode()}
        words = f"{request.target} {request.headers} {request.body.decode()}"
        said = {
            "errcode": status,
            "code": status,
            "msg": words,
            "errmsg": words,
            "asked": asked,
            "acknowledged_by": TOKEN,
        }
        location = {"Location": f"https://{TOKEN}.example/{TOKEN}"} if status == 302 else {}
        return Response(status=status, body=json.dumps(said).encode(), headers=location)

    return answer


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return what was logged, but not by the mail server: it is the other side, and says what it hears."""
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records if record.name != "mail.log")


def revealed(*said: object) -> list[str]:
    text = "\n".join(f"{each!r} {each}" for each in said)
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


@asynccontextmanager
async def echoed(stand: WebStand, status: int, folder: Path) -> AsyncIterator[Sender]:
    async with Receiver(echo(status)) as receiver:
        reached = replace(stand, path=TOKENS.get(stand.kind, stand.path))
        sender = make_sender(reached.channel(receiver.url, folder))
        yield sender
        await sender.close()


@pytest.mark.parametrize("status", [200, 302, 400, 429, 500])
@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: str(stand.kind))
async def test_a_receiver_that_repeats_everything_reveals_nothing(
    stand: WebStand, status: int, everything_logged: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Its answer is told without the address, the token, the secret and what they are spelled as."""
    asyncio.get_running_loop().set_debug(True)  # it logs every connection
    async with echoed(stand, status, tmp_path) as sender:
        outcome = await sender.send(letter())
        assert [] == revealed(outcome, sender, sender.robot, logged(everything_logged))


@pytest.mark.parametrize(
    "scene",
    [Scene.NOBODY_LISTENS, Scene.NO_SUCH_HOST, Scene.SILENT, Scene.BROKEN_OFF, Scene.UNKNOWN_AUTHORITY, Scene.NO_TLS],
    ids=lambda scene: scene.name.lower(),
)
@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: str(stand.kind))
async def test_a_way_that_is_closed_reveals_nothing(
    stand: WebStand, scene: Scene, everything_logged: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Neither the outcome nor any log of a failure names the address."""
    async with stand.meet(scene, tmp_path) as (sender, _):
        outcome = await sender.send(letter())
        assert [] == revealed(outcome, sender, logged(everything_logged))


@pytest.mark.parametrize("code", ["250", "451", "550"])
async def test_a_mail_server_that_repeats_everything_reveals_nothing(
    code: str, everything_logged: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Neither does mail."""
    words = f"{code} for monitor with {PASSWORD}"
    async with mail_server(Scene.TAKEN, says={"*": words}, end=words) as server:
        sender = make_sender(MailStand().channel(LOOPBACK, server.port, tmp_path))
        outcome = await sender.send(letter())
    assert code == outcome.status
    assert [] == revealed(outcome, sender, logged(everything_logged))


@pytest.mark.parametrize("stand", WEB_STANDS, ids=lambda stand: str(stand.kind))
def test_a_channel_that_cannot_be_made_reveals_nothing(stand: WebStand, tmp_path: Path) -> None:
    """The error names the channel and the file, and so does its whole chain."""
    with pytest.raises(ChannelUnusable) as caught:
        make_sender(stand.channel("https://x.example", tmp_path, ca=tmp_path / "gone"))
    assert [] == revealed(caught.value, caught.value.__cause__, caught.value.__context__)


def test_what_is_looked_for_would_be_found() -> None:
    """The search itself finds a secret in any of the places it looks at."""
    assert [TOKEN] == revealed({"x": f"a{TOKEN.upper()}b"})
