"""Addresses that channels go to: of HTTP, of mail, and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from monitor.config.fields import as_text
from monitor.config.problem import Path
from monitor.config.settings import Channel, Encryption

TELEPHONE = re.compile(r"\+?[0-9][0-9 ()-]*")
SHORTEST = 3  # digits of a telephone number
MAILBOX = "an address of mail is wanted here: duty@mail.example, or 值班室 <duty@mail.example>"


def is_address(text: str) -> bool:
    """Tell whether this is an address of HTTP."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - it raises where the port is none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def is_open_address(text: str) -> bool:
    """Tell whether this is an address of HTTP without a user, a password, or anything behind a question mark."""
    if not is_address(text):
        return False
    parts = urlsplit(text)
    return not (parts.query or parts.fragment or "@" in parts.netloc)


def bare(text: str) -> str:
    """Return an address of mail without the name before it."""
    return parseaddr(text)[1]


def as_mailbox(value: object) -> str:
    """Take an address of mail, perhaps with a name before it.

    Raises:
        ValueError: it is none.
    """
    text = as_text(value)
    if not is_mailbox(text):
        raise ValueError(MAILBOX)
    return text


def is_mailbox(text: str) -> bool:
    """Tell whether a text is an address of mail, perhaps with a name; one that is not ASCII few servers take."""
    try:
        return re.fullmatch(r"[!-~]+", bare(text)) is not None and bool(Address(addr_spec=bare(text)).domain)
    except (ValueError, MessageError, IndexError):  # the last from the standard library's parser
        return False


def dialled(text: str) -> str:
    """Return a telephone number as it is dialled: digits, and a plus where it has one."""
    return re.sub(r"[^0-9+]", "", text)


def is_telephone(text: str) -> bool:
    """Tell whether a text is a telephone number; a short one is a number inside a house."""
    return TELEPHONE.fullmatch(text) is not None and len(dialled(text).lstrip("+")) >= SHORTEST


def is_host(text: str) -> bool:
    """Tell whether a text can be the name of a server or its address; a colon stands only in one of IPv6."""
    if ":" in text:
        try:
            return IPv6Address(text) is not None
        except ValueError:
            return False
    return re.fullmatch(r"[^\s/@]+", text) is not None


def wrong_mail(channel: Channel) -> Iterator[tuple[Path, str]]:
    """Go through what of a mail channel does not go together: the place below it, and the message."""
    for place, recipient in enumerate(channel.recipients):
        if not is_mailbox(recipient):
            yield ("recipients", place), MAILBOX
    if channel.user is not None and channel.password is None:
        yield (), "password is missing: user needs it to log in"
    if channel.password is not None and channel.user is None:
        yield ("password",), "user is missing beside the password: nobody logs in without both"
    if channel.host is not None and not is_host(channel.host):
        yield ("host",), "the name of a server is wanted here, or its address, without mail:// or a port"
    if channel.port == 465 and channel.tls is Encryption.STARTTLS:
        yield ("port",), "at port 465 mail is encrypted from the first byte: give tls: implicit"


def wrong_numbers(channel: Channel) -> Iterator[tuple[Path, str]]:
    """Go through the recipients that are no telephone numbers: the place of each, and the message."""
    for place, recipient in enumerate(channel.recipients):
        if not is_telephone(recipient):
            yield ("recipients", place), "a telephone number is wanted here: digits, perhaps with + - ( ) or blanks"
