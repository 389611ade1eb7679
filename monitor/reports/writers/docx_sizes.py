"""How large the front page is set, so that it stays one page.

GB/T 9704-2012 sets text in 三号 (16 pt), 22 lines a page of 28 characters, and lets that be adjusted where a case asks
for it (5.2.2, 5.2.3). A page of figures with two tables asks for it: its text steps down the Chinese sizes, its tables
with it, until all of it fits. Characters of Chinese are as wide as they are high and the lines have a fixed height,
so that what fits can be reckoned without the fonts (`widths`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from itertools import islice
from math import ceil

from monitor.reports.document import Block, Cell, Chart, Heading, Paragraph, Table, Tone
from monitor.reports.unbroken import unbroken
from monitor.reports.writers.widths import ems, lines, longest

POINTS = 72 / 25.4  # a millimetre
WIDTH, HEIGHT = 156 * POINTS, 225 * POINTS  # of the text on a page (GB/T 9704-2012, 5.2.1)
ROOM = 0.97  # of the height: punctuation pushes a line or two into another
GAP = 4.0  # after a table
MARGIN = 2.5  # left and right in a cell
RULE = 2.5  # above and below in a cell together
HAIR = 0.5  # a rule between rows
CHART = 60 * POINTS
BOLD = 1.1  # how much wider bold Latin letters are
FIRM = 1.1  # how much room what is not broken is given: a face may be wider than another
ITEMS = re.compile(r"(?<=[；、])(?=.)|(?<=[;,]) |(?<=.)(?=（)| (?=[(])")  # where the items of a cell are parted
WIDEST = 0.36  # of a table: a column for what is not broken
PROSE = re.compile(r"[。]|[.] ")
NAMES = 6  # signs of a name that a line of its column should hold
FEW = 3  # signs before a number or a date that stay on its line
LOOKED_AT = 500  # rows, for how wide a column has to be


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Sizes of letters and heights of lines of a page, in points."""

    title: float
    text: float
    line: float
    note: float
    note_line: float
    table: float
    row: float
    head: float = 0.0

    @property
    def title_line(self) -> float:
        """Return the height of a line of the title."""
        return ceil(self.title * 1.3)


STEPS = (
    Sizes(title=22, text=16, line=28.95, note=12, note_line=18, table=10.5, row=14),  # 三号
    Sizes(title=22, text=14, line=23, note=10.5, note_line=15, table=10.5, row=14),  # 四号
    Sizes(title=22, text=12, line=19, note=10.5, note_line=14, table=9, row=12),  # 小四
    Sizes(title=22, text=10.5, line=16, note=9, note_line=12, table=9, row=11.5),  # 五号
    Sizes(title=22, text=10.5, line=14, note=9, note_line=11, table=8, row=10),
    Sizes(title=22, text=10.5, line=13.5, note=8, note_line=10, table=8, row=9.5),
    Sizes(title=22, text=9, line=13, note=8, note_line=10, table=8, row=9.5),  # 小五
    Sizes(title=20, text=9, line=12, note=7.5, note_line=9.5, table=7.5, row=9),
    Sizes(title=20, text=8, line=10.5, note=7, note_line=9, table=7, row=8.5),
)


def fitting(title: str, head: Sequence[str], blocks: Sequence[Block], *, chinese: bool) -> Sizes:
    """Return the largest sizes with which a page holds all this, or the smallest where none do."""
    step = smaller(title, head, blocks, chinese=chinese)
    return _steps(title, chinese=chinese)[-1 if step is None else step]


def smaller(title: str, head: Sequence[str], blocks: Sequence[Block], *, chinese: bool) -> int | None:
    """Return by how many steps the sizes must be smaller than the usual ones, None where no step will do."""
    steps = enumerate(_steps(title, chinese=chinese))
    return next((step for step, sizes in steps if _height(title, head, blocks, sizes) <= HEIGHT * ROOM), None)


def _steps(title: str, *, chinese: bool) -> list[Sizes]:
    return [
        replace(step, title=_title(title, step.title), head=head_size(step.table, chinese=chinese)) for step in STEPS
    ]


def head_size(size: float, *, chinese: bool) -> float:
    """Return the size of a table's head: English words are long, and are not broken."""
    return size if chinese else size - 1


def shares(table: Table, *, size: float, head: float, width: float = WIDTH) -> list[float]:
    """Return the widths of a table's columns, of ``width`` together.

    They are those the table asks for, but that none is narrower than its longest word or its numbers, where there is
    room, and none wider than all that stands in it while another could use that.
    """
    whole = sum(column.width for column in table.columns)
    least, most = zip(*(_bounds(table, place, size, head, width) for place in range(len(table.columns))), strict=True)
    asked = [width * column.width / whole for column in table.columns]
    widths = [min(max(ask, low), high) for ask, low, high in zip(asked, least, most, strict=True)]
    left = width - sum(widths)
    room = [high - now for high, now in zip(most, widths, strict=True)]
    if left < 0:
        room = [now - low for low, now in zip(least, widths, strict=True)]
    if sum(room) < abs(left):
        room = asked
    return [now + left * part / sum(room) for now, part in zip(widths, room, strict=True)]


def is_cramped(table: Table, *, size: float, head: float, width: float) -> bool:
    """Tell whether a table's longest words, numbers and ids, and its names in a few lines, want more than ``width``."""
    columns = range(len(table.columns))
    return (
        sum(max(_bounds(table, place, size, head, width)[0], _names(table, place, size)) for place in columns) > width
    )


def _names(table: Table, place: int, size: float) -> float:
    """Return how wide a column should be for names without blanks: six signs, or three lines of a shorter one."""
    longest_of = max((ems(row[place].text) for row in islice(table.rows, LOOKED_AT)), default=0.0)
    return min(longest_of / 3, NAMES) * size + 2 * MARGIN + 1


def _bounds(table: Table, place: int, size: float, head: float, width: float) -> tuple[float, float]:
    """Return the least and the most width that a column can use."""
    title = table.columns[place].title
    firm = 0.0
    least = most = max(longest(title) * BOLD, ceil(ems(title) / 2), min(2, ems(title))) * head
    for row in islice(table.rows, LOOKED_AT):
        text, whole = row[place].text, max(map(ems, row[place].text.split("\n"))) * size
        most = max(most, whole)
        least = max(least, whole if isinstance(row[place].value, int | Fraction | timedelta) else longest(text) * size)
        firm = max(firm, *(FIRM * ems(part) * size for part in _up_to_pieces(text)), 0.0)
    margins = 2 * MARGIN + 1
    low = max(min(least + margins, width / 4), min(firm + margins, width * WIDEST) if firm else 0.0)
    return low, max(low, min(most + margins, width))


def itemised(text: str, *, size: float, width: float) -> str:
    """Return a cell's text with each of its items on a line of its own, where it takes more lines than one.

    So an item begins with its number, id or date, for which a line has room: a text processor breaks them anywhere.
    """
    if (
        len(text) * size <= width
        or not unbroken(text)
        or PROSE.search(text)
        or lines(text, size=size, width=width) == 1
    ):
        return text
    return ITEMS.sub("\n", text)


def _up_to_pieces(text: str) -> Iterator[str]:
    """Yield of each item of a cell what must find room in one line: up to the end of what is not broken."""
    for item in ITEMS.split(text):
        for piece in unbroken(item)[:1]:
            before = item[: item.index(piece)]
            yield (before if len(before) <= FEW else "") + piece


def _title(title: str, size: float) -> float:
    """Return the size with which a title takes one line, or the least that a title may have."""
    smaller = (size - less for less in range(5))
    return next((fits for fits in smaller if lines(title, size=fits, width=WIDTH) == 1), size - 4)


def _height(title: str, head: Sequence[str], blocks: Sequence[Block], sizes: Sizes) -> float:
    over = sizes.title_line * lines(title, size=sizes.title, width=WIDTH)
    over += sum(sizes.note_line * lines(line, size=sizes.note, width=WIDTH) for line in head)
    return over + sum(_of(block, sizes) for block in blocks)


def _of(block: Block, sizes: Sizes) -> float:
    match block:
        case Heading():
            return sizes.line * lines(block.text, size=sizes.text, width=WIDTH, indent=2 * sizes.text)
        case Paragraph(tone=Tone.NOTE):
            return sizes.note_line * lines(block.text, size=sizes.note, width=WIDTH)
        case Paragraph():
            return sizes.line * lines(block.text, size=sizes.text, width=WIDTH, indent=2 * sizes.text)
        case Table(rows=()) | Table(rows=[]):
            return sizes.line
        case Table():
            return GAP + _rows(block, sizes)
        case Chart():
            return CHART


def _rows(table: Table, sizes: Sizes) -> float:
    widths = [width - 2 * MARGIN for width in shares(table, size=sizes.table, head=sizes.head)]
    head = [Cell(text=column.title) for column in table.columns]
    return sum(
        RULE
        + HAIR
        + sizes.row
        * max(lines(cell.text, size=sizes.table, width=width) for cell, width in zip(row, widths, strict=True))
        for row in (head, *table.rows)
    )
