"""Annexes with long tables, set a part after the other: the memory it takes does not grow with the rows.

A part has at most `ROWS` rows. Where the table goes on, its last page is thrown away and the rows of it begin the next
part, so that no page is left half empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.reports.writers.typesetting import typeset

LONG = 500  # rows: shorter tables are set within the report
ROWS = 1500
Words = Mapping[str, Any]


def is_long(blocks: Sequence[Words]) -> bool:
    """Tell whether an annex is set in parts."""
    return any(_rows(block) > LONG for block in blocks)


def set_in_parts(annex: Words, common: Words, folder: Path, *, stem: str, created: datetime) -> list[tuple[str, int]]:
    """Set an annex; return its files in ``folder`` with the number of pages to be taken of each."""
    pages: list[tuple[str, int]] = []
    title, left = annex["title"], list(annex["blocks"])
    while left:
        part = _first_part(left)
        name = f"{stem}-{len(pages)}.pdf"
        data = {**common, "part": True, "title-of-annex": title, "blocks": part.blocks}
        made = typeset(folder, name, data, created, archival=False)
        if part.goes_on and not part.tall and made.last_begins:
            pages.append((name, made.pages - 1))
            left = [_from(part.table, made.last_begins), *part.left]
        else:
            pages.append((name, made.pages))
            left = [_from(part.table, ROWS), *part.left] if part.goes_on else []
        title = None
    return pages


@dataclass(frozen=True, slots=True)
class _Part:
    """The blocks of a part, and those after it; ``table`` is its last block as a whole, where that goes on."""

    blocks: Sequence[Words]
    left: Sequence[Words]
    table: Words
    goes_on: bool
    tall: bool = False


def _first_part(blocks: Sequence[Words]) -> _Part:
    """Take blocks up to the first table that has more rows than are set at once."""
    for place, block in enumerate(blocks):
        if _rows(block) > ROWS:
            rows = block["rows"][:ROWS]
            cut = {**block, "rows": rows, "cut": 0}
            return _Part([*blocks[:place], cut], blocks[place + 1 :], block, True, any("tall" in row for row in rows))
    return _Part(blocks, (), {}, False)


def _from(table: Words, row: int) -> Words:
    return {**table, "rows": table["rows"][row:]}


def _rows(block: Words) -> int:
    return len(block["rows"]) if block["kind"] == "table" else 0
