"""A text made to fit the size that a receiver takes: cut at a line's end, with a mark, never refused."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from monitor.alerts.letter import Letter
from monitor.config.settings import Channel, Locale

MARKS = {Locale.CHINESE: "（内容过长，其余省略）", Locale.ENGLISH: "(too long: the rest is left out)"}
LINKS = {Locale.CHINESE: "查看并回执", Locale.ENGLISH: "See and acknowledge"}
LONGEST_TITLE = 300  # bytes: room for any name of a unit, and little beside the smallest limit


def in_bytes(text: str) -> int:
    """Return the size of a text in UTF-8."""
    return len(text.encode())


def fit(text: str, limit: int, *, size: Callable[[str], int] = in_bytes, ending: str = "…") -> str:
    """Return a text whole where ``size`` of it is within the limit, else as many of its lines as fit before the ending.

    Where not even the first line fits, it is cut within. ``size`` must not fall as a text grows.
    """
    if size(text) <= limit:
        return text
    lines = text.split("\n")
    kept = _most(len(lines), limit, lambda number: size("\n".join([*lines[:number], ending])))
    if kept:
        return "\n".join([*lines[:kept], ending])
    letters = _most(len(lines[0]), limit, lambda number: size(lines[0][:number] + ending))
    return lines[0][:letters] + ending


def fit_markdown(letter: Letter, channel: Channel, text: str, limit: int, *, size: Callable[[str], int]) -> str:
    """Return Markdown that fits; what is cut still says so, and where its reader acknowledges."""
    locale = channel.locale or Locale.CHINESE
    link = f"\n\n[{LINKS[locale]}]({letter.link})" if letter.link else ""
    return fit(text, limit, size=size, ending=f"\n{MARKS[locale]}{link}")


def _most(count: int, limit: int, size: Callable[[int], int]) -> int:
    """Return the largest number up to ``count`` whose size is within the limit; 0 where none is."""
    return max(bisect_right(range(count + 1), limit, key=size) - 1, 0)
