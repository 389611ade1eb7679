"""Links in messages: who has one may answer for one carrier about one fault, for some days, and nothing else.

A link goes into an SMS, so its token is 34 characters: fault number and end in 8 bytes, and a signature of 128 bits,
both in the alphabet of URLs. The carrier is not spelled out: its id goes into the key, so that the carrier is the one
whose key fits. Nothing in a token is secret but the signature. The signature is HMAC-SHA256 cut to half, the least
that RFC 2104, section 5, lets stand: to hit one by guessing takes some 10³⁸ requests, so guesses need no counting.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from itsdangerous import BadSignature, HMACAlgorithm, Signer, base64_decode, base64_encode

from monitor.config.settings import Settings

LASTS = timedelta(days=7)  # longer than nearly any fault; the overdue ones bring new links with every repeat
SIGNATURE_BYTES = 16
PURPOSE = "monitor.answer:"
CONTENT = struct.Struct(">HHI")  # day of the fault since `EPOCH`, its count on that day, end in Unix seconds
EPOCH = date(2000, 1, 1)
NUMBER = re.compile(r"F([0-9]{4})([0-9]{2})([0-9]{2})-([0-9]{4,5})")
TOKEN = re.compile(r"[A-Za-z0-9_-]{11}\.[A-Za-z0-9_-]{21}[AQgw]")  # other last letters would mean the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What a link allows: to answer for ``carrier`` about the fault ``no``, before ``expires_at``."""

    no: str
    carrier: str
    expires_at: datetime


class LinkRefused(Exception):
    """The link is none of ours, or of no carrier that we know."""


class LinkExpired(Exception):
    """The link was ours, and its time is over."""


class _Half(HMACAlgorithm):
    """HMAC-SHA256, its first half."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """Return the signature of a value."""
        return super().get_signature(key, value)[:SIGNATURE_BYTES]


class Links:
    """Makes links and reads their tokens, by the installation's secret."""

    def __init__(self, public_url: str, secrets: Sequence[str]) -> None:
        """Begin links with ``public_url``; sign with the first secret, and read what any of them signed."""
        self._public_url = public_url
        self._secrets = tuple(reversed(secrets))  # itsdangerous signs with the last

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return the links of an installation; None where it has no secret: then there are none."""
        if settings.secret is None:
            return None
        return cls(settings.public_url, [each.reveal() for each in (settings.secret, *settings.former_secrets)])

    def url(self, no: str, carrier: str, now: datetime, *, lasts: timedelta = LASTS) -> str | None:
        """Return the link by which ``carrier`` answers about a fault; None for a number that no casebook gives."""
        content = _content(no, now + lasts)
        if content is None:
            return None
        return f"{self._public_url}/a/{self._signer(carrier).sign(base64_encode(content)).decode()}"

    def read(self, token: str, carriers: Iterable[str], now: datetime) -> Permit:
        """Return what a token allows to one of the ``carriers``.

        Raises:
            LinkRefused: it was altered, made up, signed by another secret or for another carrier.
            LinkExpired: its time is over.
        """
        if TOKEN.fullmatch(token) is None:
            raise LinkRefused
        for carrier in carriers:
            try:
                content = self._signer(carrier).unsign(token)
            except BadSignature:
                continue
            permit = _permit(base64_decode(content), carrier)
            if permit.expires_at <= now:
                raise LinkExpired
            return permit
        raise LinkRefused

    def _signer(self, carrier: str) -> Signer:
        return Signer(
            self._secrets,
            salt=f"{PURPOSE}{carrier}".encode(),
            key_derivation="hmac",
            digest_method=hashlib.sha256,
            algorithm=_Half(hashlib.sha256),
        )


def _content(no: str, expires_at: datetime) -> bytes | None:
    found = NUMBER.fullmatch(no)
    if found is None:
        return None
    year, month, day, count = (int(part) for part in found.groups())
    try:
        return CONTENT.pack((date(year, month, day) - EPOCH).days, count, int(expires_at.timestamp()))
    except (ValueError, struct.error):  # no such day, or one that 8 bytes do not hold
        return None


def _permit(content: bytes, carrier: str) -> Permit:
    day, count, end = CONTENT.unpack(content)
    no = f"F{EPOCH + timedelta(days=day):%Y%m%d}-{count:04d}"
    return Permit(no=no, carrier=carrier, expires_at=datetime.fromtimestamp(end, UTC))
