"""Mail, through the county's own server or any other."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import socket
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINE_ENDS
from email.utils import format_datetime, parseaddr

import aiosmtplib

from monitor.alerts.channels.addressees import NO_ADDRESS, NOBODY, Addressees, everybody
from monitor.alerts.connecting import trust, unreached
from monitor.alerts.http import Now
from monitor.alerts.letter import Fate, Letter, Outcome, Pace, Recipient
from monitor.alerts.redaction import Redaction
from monitor.config.addresses import bare, is_mailbox
from monitor.config.settings import Channel, Encryption

PORTS = {Encryption.STARTTLS: 587, Encryption.IMPLICIT: 465, Encryption.NONE: 25}
LEAVING = 0.5  # seconds for the server to say goodbye
CLOSING = 421  # the server is going away (RFC 5321, section 4.2.1)
LONGEST_WORD = 40  # characters of the key that stand in the Message-ID, for people to find it by


class Smtp:
    """Mails the text to all recipients at once; a connection a letter."""

    paces: tuple[Pace, ...] = ()
    groups = True
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:  # noqa: ARG002 - as every kind is made
        """Prepare whom TLS trusts.

        Raises:
            OSError: the file of the channel's authority is gone or holds no certificate.
        """
        self.robot = channel.name
        self._channel = channel
        self._trusted = trust(channel.ca)
        self._redaction = Redaction.of(channel)
        self._addressees = Addressees()

    async def send(self, letter: Letter) -> Outcome:
        """Try once to send a letter to whom it was not sent yet."""
        wanted = everybody(self._channel, letter, mailbox, bare)
        if not wanted:
            return NOBODY
        left = self._addressees.left(letter.key, wanted)
        tried = {one: NO_ADDRESS for one in left if not is_mailbox(one)}
        good = [one for one in left if one not in tried]
        if good:
            message = written(letter, self._channel, [one for one in wanted if is_mailbox(one)])
            try:
                tried |= await self._deliver(message, good)
            except Exception as error:
                return self._failed(error)
        return self._addressees.settle(letter.key, wanted, tried)

    async def _deliver(self, message: EmailMessage, recipients: Sequence[str]) -> dict[str, Outcome]:
        """Connect, log in, hand over; return what the server said of each recipient."""
        channel = self._channel
        timeout = channel.timeout.total_seconds()
        sender = bare(channel.sender or "")
        client = aiosmtplib.SMTP(
            hostname=channel.host,
            port=channel.port or PORTS[channel.tls],
            use_tls=channel.tls is Encryption.IMPLICIT,
            start_tls=channel.tls is Encryption.STARTTLS,
            tls_context=None if channel.tls is Encryption.NONE else self._trusted,
            local_hostname=own_name(sender),
            timeout=timeout,
        )
        try:
            async with asyncio.timeout(timeout):
                await client.connect()
                if channel.user is not None and channel.password is not None:
                    await client.login(channel.user, channel.password.reveal())
                tried = await self._hand_over(client, sender, recipients, message.as_bytes())
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):  # it is handed over, whatever comes now
                async with asyncio.timeout(LEAVING):
                    await client.quit()
        finally:
            client.close()
        return tried

    async def _hand_over(
        self, client: aiosmtplib.SMTP, sender: str, recipients: Sequence[str], message: bytes
    ) -> dict[str, Outcome]:
        answer = ""
        try:
            refused, answer = await client.sendmail(sender, [bare(one) for one in recipients], message)
        except aiosmtplib.SMTPRecipientsRefused as every:
            refused = {one.recipient: aiosmtplib.SMTPResponse(one.code, one.message) for one in every.recipients}
        taken = Outcome(fate=Fate.DELIVERED, status="250", answer=self._redaction.say(answer))
        return {one: self._answered(*refused[bare(one)]) if bare(one) in refused else taken for one in recipients}

    def _answered(self, code: int, words: str) -> Outcome:
        """Say what a code of SMTP means: 4xx again, 5xx refused (RFC 5321, section 4.2.1)."""
        fate = Fate.REFUSED if 500 <= code < 600 else Fate.AGAIN
        return Outcome(fate=fate, status=str(code), answer=self._redaction.say(words), unreachable=code == CLOSING)

    def _failed(self, error: Exception) -> Outcome:
        """Say what an error means for the whole letter.

        Raises:
            Exception: it is none of the network's or the server's.
        """
        match error:
            case aiosmtplib.SMTPResponseException():
                return self._answered(error.code, error.message)
            case aiosmtplib.SMTPTimeoutError() | TimeoutError():
                return unreached(TimeoutError())
            case aiosmtplib.SMTPServerDisconnected() | aiosmtplib.SMTPConnectError() | OSError():
                return unreached(error)
            case aiosmtplib.SMTPException() if "STARTTLS extension" in error.message:
                words = "it offers no STARTTLS: give tls: implicit, or none where the way is safe by itself"
                return Outcome(fate=Fate.AGAIN, status="tls", answer=words, unreachable=True)
            case aiosmtplib.SMTPException():
                return Outcome(fate=Fate.REFUSED, status="login", answer=self._redaction.say(error.message))
            case ValueError():
                return NO_ADDRESS  # which the library finds where the configuration did not
            case _:
                raise error

    async def close(self) -> None:
        """Keep nothing open: a connection ends with its letter."""


def mailbox(recipient: Recipient) -> str | None:
    """Return the address of mail of somebody on call, with the name where there is one."""
    if recipient.email is None or recipient.name is None:
        return recipient.email
    name = recipient.name.replace("\\", "").replace('"', "")
    return f'"{name}" <{recipient.email}>'


def written(letter: Letter, channel: Channel, recipients: Sequence[str]) -> EmailMessage:
    """Return a letter as mail. The Message-ID is the same at every try: a second copy is known for one."""
    message = EmailMessage(policy=LINE_ENDS)
    sender = _address(channel.sender or "")
    message["From"] = sender
    message["To"] = [_address(recipient) for recipient in recipients]
    message["Subject"] = " ".join(letter.title.split())
    message["Date"] = format_datetime(letter.sent_at)
    message["Message-ID"] = message_id(letter.key, sender.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    message.set_content(letter.text, cte="base64")  # passes through servers without 8BITMIME
    for each in letter.attached:
        main, _, sub = each.media.partition(";")[0].partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return message


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of a letter: its key as far as one may be read there, and the hash of all of it."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", key)[:LONGEST_WORD].strip("-")
    return f"<{readable}.{hashlib.sha256(key.encode()).hexdigest()[:16]}@{domain}>"


def own_name(sender: str) -> str:
    """Return the name that this machine greets with; it is looked up nowhere, since that takes time without a DNS."""
    name = re.sub(r"[^A-Za-z0-9.-]", "", socket.gethostname()) or "monitor"
    return name if "." in name else f"{name}.{sender.rpartition('@')[2] or 'localdomain'}"


def _address(text: str) -> Address:
    name, spec = parseaddr(text)
    return Address(display_name=" ".join(name.split()), addr_spec=spec)
