"""Where a text is broken over lines: how wide it is, about, and where a long word may be cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

_PIECE = re.compile(r"[!-~]+\s*|.", re.DOTALL)  # a word of Latin letters, or one sign
_WORD = re.compile(r"[!-~\u00a1-\u024f]+")
_SEAM = re.compile(r"(?<=[-_./:@])(?=.)")
MAY_BREAK = "\u200b"  # has no width and no sign of its own


def width(text: str, size: float) -> float:
    """Return about how wide a text is, in points: Chinese signs are square, others a little more than half of that."""
    return size * sum(map(_share, text))


@cache
def _share(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    return 0.68 if sign.isupper() else 0.56


def broken(text: str, room: float, size: float) -> Iterator[str]:
    """Break a text into lines of at most ``room`` points, between words where it has them."""
    line = ""
    for piece in _pieces(text, room, size):
        if line and width((line + piece).rstrip(), size) > room:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def _pieces(text: str, room: float, size: float) -> Iterator[str]:
    """Give the words of a text; one that is wider than the room, sign by sign."""
    for piece in _PIECE.findall(" ".join(text.split())):
        if width(piece.rstrip(), size) > room:
            yield from piece
        else:
            yield piece


def breakable(text: str, room: float, size: float) -> str:
    """Let words that are wider than ``room`` points break: behind their signs, and if need be anywhere."""
    if len(text) * size <= room or width(text, size) <= room:
        return text
    return _WORD.sub(lambda word: _opened(word[0], room, size), text)


def _opened(word: str, room: float, size: float) -> str:
    if width(word, size) <= room:
        return word
    parts = _SEAM.split(word)
    return MAY_BREAK.join(part if width(part, size) <= room else MAY_BREAK.join(part) for part in parts)
