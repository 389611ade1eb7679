"""A sheet as it was found, and its places in words: before anything is known of what its cells mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.config.problem import Path, Problem, Said
from monitor.config.source import Document, Place

Cells = Mapping[int, object]  # by the number of the column, from 1; empty ones are not there


@dataclass(frozen=True, slots=True, order=True)
class Finding(Problem):
    """What is wrong at a place of the archive: ``line`` is the row and ``column`` its number, 0 for a whole sheet.

    ``path`` is the place as people say it (``线路!F17``); the message is a `Said`, which `monitor.archive.words` says
    with its cure.
    """

    sheet: str = ""
    heading: str = ""


class Failed(str):
    """What a cell shows whose formula failed: ``#REF!``."""

    __slots__ = ()


class Percent(float):
    """A number that its cell shows as so many percent: 1 is seen as ``100%``."""

    __slots__ = ()

    def __str__(self) -> str:
        """Say it as it is seen."""
        return f"{self * 100:.12g}%"


@dataclass(frozen=True, slots=True)
class Merged:
    """A range of cells that were merged: ``A3:A5``; rows and columns count from 1, both ends included."""

    name: str
    rows: range
    columns: range


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A sheet as it was found: what its cells hold, by row and column from 1.

    ``typed``: its dates are dates and its numbers numbers; else all is text, as CSV has it. ``uncomputed`` are the
    cells whose formula has no value that was kept.
    """

    name: str
    rows: Mapping[int, Cells]
    typed: bool = True
    merged: Sequence[Merged] = ()
    uncomputed: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file or folder as it was found; ``notes`` are what people should know, ``wrong`` what could not be read."""

    file: str
    grids: tuple[Grid, ...] = ()
    wrong: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Page(Document):
    """A sheet as a place of problems: a path is a row, or a row and the key of a column.

    ``columns`` are the number and the heading of each key.
    """

    sheet: str = ""
    columns: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def place(self, path: Path, *, key: bool = False) -> Place:  # noqa: ARG002 - a document's signature
        """Return the row and the number of the column."""
        row = path[0] if path and isinstance(path[0], int) else 0
        number, _ = self.columns.get(str(path[1]), (0, "")) if len(path) > 1 else (0, "")
        return Place(row, number)

    def named(self, path: Path) -> str:
        """Return the first cell of a row."""
        return spot(self.sheet, self.place(path).line, 1)

    def problem(self, path: Path, message: str, *, key: bool = False) -> Finding:
        """Return a finding of a row, or of a cell in it."""
        row, column = self.place(path, key=key)
        heading = self.columns.get(str(path[1]), (0, str(path[1])))[1] if len(path) > 1 else ""
        return Finding(
            self.file, row, column, spot(self.sheet, row, column), message, sheet=self.sheet, heading=heading
        )


def spot(sheet: str, row: int = 0, column: int = 0) -> str:
    """Return a place as spreadsheets write it: ``线路!F17``, ``线路!17``, ``线路``."""
    where = f"{letters(column) if column else ''}{row or ''}"
    return f"{sheet}!{where}" if where else sheet


def letters(column: int) -> str:
    """Return the letters of a column, which count from 1: ``A``, ``Z``, ``AA``."""
    text = ""
    while column:
        column, place = divmod(column - 1, 26)
        text = chr(ord("A") + place) + text
    return text


def said(word: str, **given: object) -> Said:
    """Return a message by its word; English is that of `monitor.archive.words`.

    Messages of one word are different ones where another thing is given.
    """
    told = {name: str(value) for name, value in given.items()}
    return Said(" ".join((word, *told.values())), word=word, given=told)
