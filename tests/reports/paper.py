"""What stands on a page of paper: numbers, ids, dates and times of day, and in how many lines each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2
from pypdfium2 import raw

from monitor.reports.figures import Figures

LINE = 6  # points: signs of one line stand no further apart
BLANK = re.compile(r"[\s\ufffe\u0002\u200b]")
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011"), "-")
OTHERS = (
    r"F\d{8}-\d{4}",
    r"\d{4}-\d\d-\d\d",
    r"\d{1,2}月\d{1,2}日",
    r"\d{1,2}(?:Jan|Aug|Sep|Oct)(?![a-z])",
    r"(?<!\d)\d\d:\d\d(?::\d\d)?",
)


def tokens(page: pypdfium2.PdfPage, figures: Figures) -> Iterator[tuple[str, int]]:
    """Yield the ids of lines, numbers, dates and times on a page, without blanks, each with the lines it stands in."""
    ids = sorted({fault.line for fault in figures.faults}, key=len, reverse=True)
    wanted = re.compile("|".join([*map(re.escape, ids), *OTHERS]))
    text = page.get_textpage()
    signs = ((raw.FPDFText_GetUnicode(text.raw, place), text.get_charbox(place)) for place in range(text.count_chars()))
    seen = [(chr(sign).translate(HYPHENS), (box[1] + box[3]) / 2) for sign, box in signs if not BLANK.match(chr(sign))]
    for found in wanted.finditer("".join(sign for sign, _ in seen)):
        heights = sorted(height for _, height in seen[found.start() : found.end()])
        yield found[0], 1 + sum(higher - lower > LINE for lower, higher in pairwise(heights))
