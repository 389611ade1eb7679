"""What may leave in a message: no address of a device, nothing that runs over its line or turns the reading round."""

from __future__ import annotations

import ipaddress
import re

from monitor.alerts.language import shorten

MASKED = "*"
LONGEST = 10_000  # characters that are looked at: more is no name and no error that anybody reads
# Control characters, separators of lines, halves of pairs; and what changes the direction or hides.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
IPV4 = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])(?:/[0-9]{1,2}(?![0-9]))?")
LIKE_IPV6 = re.compile(r"(?<![0-9A-Za-z:])[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?:%[0-9A-Za-z]+)?")


def discreet(text: str, most: int) -> str:
    """Return a text in one line of at most so many characters, without what must not leave."""
    seen = " ".join(UNSEEN.sub(_blank, text[:LONGEST]).split())
    return shorten(_masked(seen), most)


def _blank(found: re.Match[str]) -> str:
    return " " if found.group()[0] < "\u00a0" or found.group()[0] in "\u2028\u2029" else ""


def _masked(text: str) -> str:
    if "." in text:
        text = IPV4.sub(MASKED, text)
    return LIKE_IPV6.sub(_mask, text) if ":" in text else text


def _mask(found: re.Match[str]) -> str:
    """Mask what is an address of IPv6, and leave a time, a clause's colon, an address of a network card."""
    whole = found.group()
    candidate = whole.rstrip(".") if whole.endswith("::") else whole.rstrip(".:")
    try:
        ipaddress.IPv6Address(candidate)
    except ValueError:
        return whole
    return MASKED + whole[len(candidate) :]
