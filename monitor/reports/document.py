"""A report in words: what every writer of files sets, each in its own way.

The words are those of one language; values stand beside them where a writer can use more than the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction


class Side(StrEnum):
    """Where the text of a column stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Tone(StrEnum):
    """How a paragraph is said: as the text, as a note in small letters, as a warning that must be seen."""

    TEXT = "text"
    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A field of a table: its text, and for a spreadsheet its value (local times are aware); ``strong`` is set bold.

    ``to_the_minute``: a length of time of which a spreadsheet shows no seconds either.
    """

    text: str
    value: int | Fraction | timedelta | datetime | date | None = None
    strong: bool = False
    to_the_minute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its heading, where its text stands, and its share of the width."""

    title: str
    side: Side = Side.LEFT
    width: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading within the front page or an annex; level 1 is the largest."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = Tone.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; ``empty`` is what is said where it has no rows. ``name`` is short: a sheet of a workbook bears it."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str


# -- charts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Shares over months: a point a label, None where nothing is known; ``reference`` is drawn as a line of its own.

    ``sparse`` are the places of the points that rest on too little to be compared with the others.
    """

    title: str
    labels: Sequence[str]
    points: Sequence[Fraction | None]
    reference: Fraction | None
    reference_label: str
    sparse: Set[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedBars:
    """Counts side by side: a bar a label, one part a series, told apart in black and white too."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Counts by day, in weeks; ``weekdays`` head them from Monday on. A day that is not in it is left blank."""

    title: str
    days: Mapping[date, int]
    weekdays: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart with what it says in words, for who cannot see it."""

    name: str
    drawn: LineChart | StackedBars | Calendar
    said: str


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """An annex: its heading holds its number."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report. ``front`` is page one, ``charts`` follow it. ``stamp`` is put at the foot of every page.

    ``draft`` is the word written across a report that is not frozen, None where it is. ``page`` has the fields
    ``{page}`` and ``{pages}``.
    """

    locale: str
    title: str
    head: Sequence[str]
    front: Sequence[Block]
    charts_title: str
    charts: Sequence[Chart]
    annexes: Sequence[Annex]
    stamp: str
    page: str
    draft: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
