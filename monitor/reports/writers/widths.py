"""How wide text is, without its font: Chinese letters are as wide as high, Latin ones about as in Times New Roman."""

from __future__ import annotations

import re
import unicodedata
from math import ceil

PIECES = re.compile(r"\n|[ \u3000]|[\x21-\u02ff]+?(?:-|(?![\x21-\u02ff]))|.", re.DOTALL)  # what a line is not broken in


def lines(text: str, *, size: float, width: float, indent: float = 0.0) -> int:
    """Return how many lines a text takes; ``width`` and ``indent`` (of the first line) in points."""
    count, left = 1, width - indent
    for piece in PIECES.findall(text):
        wide = ems(piece) * size
        if piece == "\n":
            count, left = count + 1, width
        elif wide <= left:
            left -= wide
        elif piece != " ":
            more = max(1, ceil(wide / width))  # a word longer than a line is broken
            count, left = count + more, width * more - wide
    return count


def longest(text: str) -> float:
    """Return the width of a text's longest word, as `ems` does."""
    return max(map(ems, PIECES.findall(text)), default=0.0)


def ems(text: str) -> float:
    """Return the width of a text in heights of its letters."""
    return sum(_em(letter) for letter in text)


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1.0
    if letter in "%@mwMW":
        return 0.85
    if letter.isupper():
        return 0.7
    return 0.3 if letter in " ,.;:'|il" else 0.5 if letter.isdigit() else 0.45
