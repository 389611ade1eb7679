"""What is not broken over two lines: numbers of faults, ids of lines, dates, times of day, lengths of time.

Half of one misleads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

KEPT = 4_000  # texts: names and ids return, numbers and times of tens of thousands of rows do not
LONGEST = 40  # characters: a longer id finds no room in any column
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_UNBROKEN = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月"  # 2026年9月1日, 9月1日, 2026年9月
    rf"|\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?\b"  # 1 Sep 2026
    r"|\d+小时(?:\d+分)?(?:\d+秒)?"  # 27小时4分
    r"|\d+（并列）"  # a place that is shared
    r"|\d{1,2}:\d\d(?::\d\d)?"  # 13:02:11
    r"|[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+"  # F20260901-0007, finance-bureau-1, 2026-09-01
)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, each with whether it is one that is not broken."""
    last = 0
    for found in _UNBROKEN.finditer(text):
        if len(found[0]) <= LONGEST:
            if found.start() > last:
                yield text[last : found.start()], False
            yield found[0], True
            last = found.end()
    if last < len(text):
        yield text[last:], False


@lru_cache(maxsize=KEPT)
def unbroken(text: str) -> tuple[str, ...]:
    """Return the pieces of a text that are not broken."""
    return tuple(piece for piece, whole in pieces(text) if whole)
