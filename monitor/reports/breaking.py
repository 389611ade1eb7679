"""Where a text is broken over lines: how wide it is, and where a long word may be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from matplotlib.ft2font import FT2Font, LoadFlags

from monitor.reports import fonts
from monitor.reports.signs import printable
from monitor.reports.unbroken import pieces, unbroken

MAY_BREAK = "\u200b"  # has no width and no sign of its own
GLUE = "\x01"  # stands in no text that is printed: `signs.printable` says it by its number
KEPT = 4_000  # texts: names and ids return, numbers and times of tens of thousands of rows do not
HAIR = 0.05  # points: a column as wide as its word is a sum that may come out less by a rounding
SHORT = 5.5  # of the size: four signs, or hours and minutes
LAST_LATIN = "\u2e7f"  # what comes after it stands in squares
_LATIN = "[!-~\u00a1-\u024f\u2010-\u2027]"
_WORD = re.compile(f"{_LATIN}+")
_PIECE = re.compile(rf"{_LATIN}+\s*|.", re.DOTALL)  # a word of Latin letters, or one sign
_SEAM = re.compile(r"(?<=[-_/@])(?=.)|(?<=[.:])(?=\D)")  # no number or time of day is cut
_WANTED = re.compile(r"(?<!F\d{8}-)(?<=-)(?=.)|(?<=[_/@])(?=.)|(?<=[.:])(?=\D)")  # nor a fault's, where there is room


def width(text: str, size: float) -> float:
    """Return how wide a text is at most, in points, as it is printed: of a report's faces the widest one counts."""
    return size * sum(map(_share, printable(text.replace(MAY_BREAK, ""))))


@cache
def _share(sign: str) -> float:
    """Return how far a sign reaches, of the size that it is set in."""
    if sign == "\n":
        return 0.0
    faces = _faces(fonts.FOLDER)
    return max(face.load_char(ord(sign), LoadFlags.NO_SCALE).horiAdvance / face.units_per_EM for face in faces)


@cache
def _faces(folder: Path) -> list[FT2Font]:
    fonts.find_fonts(folder)
    return [FT2Font(folder / name) for name in fonts.NEEDED]


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
    for piece in _PIECE.findall(printable(" ".join(text.split()))):
        if width(piece.rstrip(), size) > room:
            yield from piece
        else:
            yield piece


@lru_cache(maxsize=KEPT)
def firm(text: str) -> float:
    """Return how wide a column must be, at a size of one point, for what is not broken in a text."""
    return max((width(piece, 1) for piece in unbroken(text)), default=0.0)


def glued(text: str, room: float, size: float) -> str:
    """Put a `GLUE` before and behind what is not broken, where a text may take more lines than one."""
    if len(text) * size <= room or width(text, size) <= room:
        return text
    return "".join(f"{GLUE}{piece}{GLUE}" if whole else piece for piece, whole in pieces(text))


@lru_cache(maxsize=100_000)
def claims(text: str) -> tuple[float, float]:
    """Return how wide a column must be for a text and how wide it should be, at a size of one point.

    It must hold the longest word, and Chinese in two lines, a sentence in a few; it should hold a short text in one.
    """
    long = width(text, 1)
    lines = min(max(2.0, 0.6 * long), 8.0) if any(sign > LAST_LATIN for sign in text) else 0.0
    must = max((lines, *(width(part, 1) for word in _WORD.findall(text) for part in _WANTED.split(word))))
    return must, max(must, long) if long <= SHORT else must


def breakable(text: str, room: float, size: float) -> str:
    """Let words that are wider than ``room`` points break: behind their signs, and if need be anywhere."""
    room += HAIR
    if len(text) * size <= room or width(text, size) <= room:
        return text
    return _WORD.sub(lambda word: _opened(word[0], room, size), text)


def _opened(word: str, room: float, size: float) -> str:
    if width(word, size) <= room:
        return word
    parts = _SEAM.split(word)
    return MAY_BREAK.join(part if width(part, size) <= room else MAY_BREAK.join(part) for part in parts)
