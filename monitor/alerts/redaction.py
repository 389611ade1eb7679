"""What may be said of an answer: one short line without secrets; and libraries that would log them, kept quiet."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from monitor.alerts.links import TOKEN as TOKEN_OF_A_LINK
from monitor.config.settings import Channel

LONGEST = 200  # characters of an answer that are kept
HIDDEN = "***"
TOKEN = 8  # characters: a shorter word of a path is an ordinary word
VALUE = 4  # characters: a shorter value of a query is no key


class Redaction:
    """Takes the secrets of a channel out of what its receiver said, in every spelling a receiver may echo.

    So it does with the tokens of links in messages: who has one may answer in a carrier's name.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        """Hide these texts, and nothing of them where one is empty."""
        spelled = {spelling for secret in secrets if secret for spelling in spellings(secret)}
        longest_first = sorted(spelled, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if spelled else None

    @classmethod
    def of(cls, channel: Channel, *more: str) -> Redaction:
        """Return the redaction of everything secret in a channel, and of more."""
        named = [secret.reveal() for secret in (channel.secret, channel.password) if secret is not None]
        login = [f"\0{channel.user}\0{channel.password.reveal()}"] if channel.user and channel.password else []
        parts = secrets_of(channel.url.reveal()) if channel.url is not None else ()
        return cls([*named, *login, *parts, *more])

    def hide(self, text: str) -> str:
        """Return the text with every secret hidden."""
        hidden = self._pattern.sub(HIDDEN, text) if self._pattern else text
        return TOKEN_OF_A_LINK.sub(HIDDEN, hidden)

    def say(self, text: str) -> str:
        """Return the beginning of a text in one line that holds no secret and nothing unprintable."""
        line = " ".join("".join(map(_printable, self.hide(text))).split())
        return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def secrets_of(url: str) -> Iterator[str]:
    """Go through what of an address may be secret: all of it, its path and query, long words of these, a login."""
    yield url
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    yield from (text for text in (target, parts.query) if len(text) >= VALUE)
    yield from (word for word in parts.path.split("/") if len(word) >= TOKEN)
    yield from (value for _, value in parse_qsl(parts.query) if len(value) >= VALUE)
    yield from filter(None, (parts.username, parts.password))


def spellings(secret: str) -> set[str]:
    """Return a secret as it may stand in an address, in JSON, in HTML, in Base64, or plainly."""
    in_json = json.dumps(secret)[1:-1]
    return {
        secret,
        unquote(secret),
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        in_json,
        in_json.replace("/", "\\/"),
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        base64.b64encode(secret.encode(errors="surrogateescape")).decode(),
    }


def _printable(letter: str) -> str:
    return letter if letter == " " or unicodedata.category(letter)[0] not in "CZ" else " "


class Unlogged(logging.Filter):
    """Lets no record of a logger pass, at any level; ``hear`` is given those that warn."""

    def __init__(self, hear: Callable[[logging.LogRecord], None] | None = None) -> None:
        """Tell ``hear`` what is kept from the log."""
        super().__init__()
        self._hear = hear

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep a record from the log."""
        if self._hear is not None and record.levelno >= logging.WARNING:
            self._hear(record)
        return False


def unlogged(*loggers: str, hear: Callable[[logging.LogRecord], None] | None = None) -> None:
    """Keep what these loggers say out of every log: it holds addresses and headers, and with them keys."""
    for name in loggers:
        logger = logging.getLogger(name)
        if not any(isinstance(known, Unlogged) for known in logger.filters):
            logger.addFilter(Unlogged(hear))
