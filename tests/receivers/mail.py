"""A mail server (aiosmtpd): with STARTTLS, TLS from the first byte or none, with a login, answering as it is told."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.receivers.web import LOOPBACK

TAKEN = "250 2.0.0 OK queued as 4711"


@dataclass(frozen=True)
class Mail:
    """What was taken: the envelope, and the message as a mail program reads it."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    encrypted: bool
    login: str | None


class MailServer:
    """Listens while it is entered. ``says`` are its answers to recipients; ``end`` its answer to a whole message.

    Where it ``leaves`` not, it says nothing to QUIT.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        login: tuple[str, str] | None = None,
        says: Mapping[str, str] | None = None,
        end: str = TAKEN,
        leaves: bool = True,
    ) -> None:
        self.mails, self.says, self.end = list[Mail](), dict(says or {}), end
        self._tls, self._implicit, self._login, self._leaves = tls, implicit, login, leaves
        self._transports = set[asyncio.BaseTransport]()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        implicit = self._tls if self._implicit else None
        self._server = await loop.create_server(self._session, LOOPBACK, 0, ssl=implicit)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for transport in self._transports:
            transport.close()
        await asyncio.sleep(0)

    def _session(self) -> SMTP:
        clear = self._tls is None or self._implicit  # as far as aiosmtpd can see
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a login without STARTTLS, which is meant
            return SMTP(
                self,
                hostname="mail.example",
                tls_context=None if self._implicit else self._tls,
                require_starttls=not clear,
                authenticator=self._authenticate if self._login else None,
                auth_required=self._login is not None,
                auth_require_tls=self._login is None or not clear,
                loop=asyncio.get_running_loop(),
            )

    def _authenticate(self, _: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
        good = self._login is not None and (given.login.decode(), given.password.decode()) == self._login
        return AuthResult(success=good, handled=False, auth_data=given.login.decode() if good else None)

    async def handle_QUIT(self, _: SMTP, __: Any, ___: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if not self._leaves:
            await asyncio.sleep(60)
        return "221 Bye"

    async def handle_RCPT(self, server: SMTP, _: Any, envelope: Any, address: str, __: Any) -> str:  # noqa: N802
        self._transports.add(server.transport)
        said = self.says.get(address, self.says.get("*", "250 OK"))
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, _: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.end.startswith("2"):
            message = message_from_bytes(envelope.content, policy=default)
            encrypted = session.ssl is not None or self._implicit
            self.mails.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), message, encrypted, session.auth_data))
        return self.end
