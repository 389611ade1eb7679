"""How wide the columns of a table are on paper: as its shares say, but no word is cut while others have room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.reports.breaking import HAIR, claims, firm
from monitor.reports.document import Table

FREE = 70.0  # points: what a word may claim beyond the share of its column
FIRM = 0.3  # of the whole: what a number or an id that is not broken may claim
HEAD = 4.3  # of the size: what a word in a head may claim; a longer one is hyphenated


@dataclass(frozen=True, slots=True)
class Fitted:
    """The size of a table's letters and the widths of its columns, in points."""

    size: float
    widths: Sequence[float]


def fitted(table: Table, *, whole: float, inset: float, sizes: Sequence[float]) -> Fitted:
    """Return the size of a table and the widths of its columns, ``whole`` in all.

    In the first of ``sizes`` no short text is broken, if that goes; else it is the first one in which no word is cut,
    else the last one. ``inset`` is what a cell leaves free, left and right together.
    """
    shares = [column.width for column in table.columns]
    wanted = [whole * share / (sum(shares) or 1.0) for share in shares]
    must, should = _claims(table)
    firm = [_firm(table, place) for place in range(len(shares))]
    for size, words in ((sizes[0], should), *((size, must) for size in sizes)):
        least = [
            max(min(size * word + inset, max(want, FREE)), min(size * own + inset + HAIR, whole * FIRM))
            for word, want, own in zip(words, wanted, firm, strict=True)
        ]
        if sum(least) <= whole:
            return Fitted(size, _levelled(wanted, least))
    return Fitted(sizes[-1], [width * whole / sum(least) for width in least])


def _claims(table: Table) -> tuple[list[float], list[float]]:
    """Return how wide each column must be and should be, at a size of one point."""
    must, should = ([min(claims(column.title)[which], HEAD) for column in table.columns] for which in (0, 1))
    for row in table.rows:
        for place, cell in enumerate(row):
            word, text = claims(cell.text)
            must[place], should[place] = max(must[place], word), max(should[place], text)
    return must, should


def _firm(table: Table, place: int) -> float:
    """Return how wide a column must be for what is not broken in it, at a size of one point."""
    return max((firm(row[place].text) for row in table.rows), default=0.0)


def _levelled(wanted: Sequence[float], least: Sequence[float]) -> list[float]:
    """Widen what is too narrow; the others give of what they have more than they need, each the same part of it."""
    lacking = sum(max(0.0, need - want) for want, need in zip(wanted, least, strict=True))
    spare = sum(max(0.0, want - need) for want, need in zip(wanted, least, strict=True))
    part = lacking / spare if spare else 0.0
    return [need if want <= need else want - part * (want - need) for want, need in zip(wanted, least, strict=True)]
