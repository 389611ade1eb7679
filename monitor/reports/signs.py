"""What a text can be printed with: the signs that the fonts of reports have."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matplotlib.ft2font import FT2Font

from monitor.reports import fonts

BREAK = "\n"


def printable(text: str) -> str:
    """Return a text with the number of each sign that the fonts have not in its place: ``[U+1F600]``.

    So no sign is lost and none is printed as an empty box; of white space that the fonts have not, a space is left.
    Without fonts raises `FontsMissing`.
    """
    known = _known(fonts.FOLDER)
    if known.issuperset(text):
        return text
    return "".join(sign if sign in known else _instead(sign) for sign in text.replace("\r\n", BREAK))


def _instead(sign: str) -> str:
    return " " if sign.isspace() else f"[U+{ord(sign):04X}]"


@cache
def _known(folder: Path) -> frozenset[str]:
    """Return the signs that all faces have, and the line break; the faces of one collection have the same."""
    fonts.find_fonts(folder)
    signs = (frozenset(map(chr, FT2Font(folder / name).get_charmap())) for name in fonts.NEEDED)
    return frozenset.intersection(*signs) | {BREAK}
