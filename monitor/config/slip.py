"""Slips of the keyboard that break YAML where a Chinese input method is on: full-width punctuation, a blank left out.

The parser sees only what follows from them, and names the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

KEY = r"[A-Za-z_][\w-]*"
COLON = "this colon is full-width (：): write an ordinary one, with a blank behind it"
COMMA = "this comma is full-width (，): write an ordinary one, with a blank behind it"
# each pattern's group is what is wrong
SLIPS = (
    (re.compile(r"^ *(\u3000)"), "this blank is full-width: indent with ordinary ones"),
    (re.compile(rf"^[ {{-]*{KEY}[ \u3000]*(：)"), COLON),
    (re.compile(rf"[,，{{][ \u3000]*{KEY}[ \u3000]*(：)"), COLON),
    (re.compile(rf"(，)[ \u3000]*{KEY}[ \u3000]*:"), COMMA),
    (re.compile(rf"^ *{KEY}(:)[^\s:/]"), "a blank is missing behind this colon"),
)


def slip(text: str, line: int) -> tuple[int, int, str] | None:
    """Return line, column and cure of the slip at which the parser stopped at ``line``; all count from 0.

    It is in that line, or in the one before it that says anything; None where there is none.
    """
    for number, written in _said(text.split("\n"), line):
        for pattern, cure in SLIPS:
            if found := pattern.search(written):
                return number, found.start(1), cure
    return None


def _said(lines: Sequence[str], line: int) -> Iterator[tuple[int, str]]:
    """Go through the line before that is neither empty nor a comment, then the line itself."""
    above = range(min(line, len(lines)) - 1, -1, -1)
    for number in (next((each for each in above if lines[each].strip()[:1] not in ("", "#")), -1), line):
        if 0 <= number < len(lines):
            yield number, lines[number]
