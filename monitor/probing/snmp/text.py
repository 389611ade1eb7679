"""From what agents send as text to text: UTF-8, GBK, or neither."""

from __future__ import annotations

import re
import unicodedata

from monitor.probing.snmp.client import Value

# Below this share of readable characters bytes are shown as numbers, as with an address put where a name belongs.
READABLE_SHARE = 0.75


def text(value: Value) -> str | None:
    """Return a value as one line of readable text; None where there was no value. Never fails.

    Line ends, tabs and other control characters become one space, and none at either end; spaces stay as they are.
    """
    if value is None:
        return None
    if not isinstance(value, bytes):
        return str(value)
    decoded = _decoded(value.rstrip(b"\x00"))
    if decoded is None:
        return value.hex(":")
    marked = "".join("\n" if _is_control(character) else character for character in decoded)
    return re.sub(r"[ \n]*\n[ \n]*", " ", marked).strip()


def _decoded(raw: bytes) -> str | None:
    for encoding in ("utf-8", "gbk"):
        try:
            decoded = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_readable(decoded):
            return decoded
    decoded = raw.decode("utf-8", errors="replace")
    return decoded if _is_readable(decoded) else None


def _is_readable(decoded: str) -> bool:
    strange = sum(character == "\N{REPLACEMENT CHARACTER}" or _is_control(character) for character in decoded)
    spaces = sum(character in "\r\n\t" for character in decoded)
    return strange - spaces <= len(decoded) * (1 - READABLE_SHARE)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def number(value: Value) -> int | None:
    """Return a value as a whole number, also where an agent sends one as text; None where it is none."""
    if isinstance(value, int):
        return value
    if isinstance(value, bytes) and re.fullmatch(rb"\s*-?[0-9]{1,20}\s*", value):
        return int(value)
    return None


def count(value: Value) -> int | None:
    """Return a value that cannot be below zero; None where it is, as from agents that store an unsigned one signed."""
    found = number(value)
    return found if found is not None and found >= 0 else None
