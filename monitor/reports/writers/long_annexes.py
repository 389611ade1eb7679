"""Annexes of many rows, set a part after the other: the memory it takes does not grow with the rows.

A part has about `ROWS` rows. Where the annex goes on, the last page of the part is thrown away, and what stood on it
begins the next part: so no page is left half empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.reports.writers.typesetting import Typeset, typeset

LONG = 500  # rows in all: a shorter annex is set within the report
ROWS = 1000
Words = Mapping[str, Any]


def is_long(blocks: Sequence[Words]) -> bool:
    """Tell whether an annex is set in parts."""
    return sum(map(_weight, blocks)) > LONG


def set_in_parts(annex: Words, common: Words, folder: Path, *, created: datetime) -> list[Words]:
    """Set an annex; return its files in ``folder``: of each how many pages are taken, and their bookmarks."""
    files: list[Words] = []
    title, left = annex["title"], list(annex["blocks"])
    while left:
        part = _first_part(left)
        name = f"{len(files)}.pdf"
        data = {**common, "part": True, "title-of-annex": title, "blocks": part.blocks, "across": annex["across"]}
        made = typeset(folder, name, data, created, archival=False)
        thrown = part.left and not part.tall and made.pages > 1 and made.last_begins is not None
        count = made.pages - 1 if thrown else made.pages
        files.append({"file": name, "count": count, "marks": _marks(part, made)})
        left = _from(left, *made.last_begins) if thrown and made.last_begins else list(part.left)
        title = None
    return files


@dataclass(frozen=True, slots=True)
class _Part:
    """The blocks of a part and those after it; ``tall``: a row of it may run over two pages, so that none is thrown."""

    blocks: Sequence[Words]
    left: Sequence[Words]

    @property
    def tall(self) -> bool:
        return any("tall" in row for block in self.blocks for row in block.get("rows", ()))


def _marks(part: _Part, made: Typeset) -> list[Words]:
    """Return the bookmarks of a part; those on a page that is thrown away are never looked for."""
    headings = ((part.blocks[place], page) for place, page in made.headings)
    return [{"page": page, "level": block["level"], "text": block["text"]} for block, page in headings]


def _first_part(blocks: Sequence[Words]) -> _Part:
    """Take as many blocks as are set at once, of the last one perhaps the first rows only."""
    room = ROWS
    for place, block in enumerate(blocks):
        if _weight(block) > room:
            if room and block["kind"] == "table":
                return _Part([*blocks[:place], {**block, "rows": block["rows"][:room]}], _from(blocks, place, room))
            return _Part(blocks[:place], blocks[place:])
        room -= _weight(block)
    return _Part(blocks, ())


def _from(blocks: Sequence[Words], place: int, row: int) -> list[Words]:
    """Return what is left from a block on, of a table from one of its rows on."""
    first = blocks[place]
    return [{**first, "rows": first["rows"][row:]} if row else first, *blocks[place + 1 :]]


def _weight(block: Words) -> int:
    return max(1, len(block.get("rows", ())))
