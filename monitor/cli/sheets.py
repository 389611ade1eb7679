"""Where sheets are written: a workbook or a folder of CSV files, each file whole, and nothing over what is there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exits import WrongInput

if TYPE_CHECKING:
    from monitor.archive.rows import Held
    from monitor.archive.sheets import Sheet
    from monitor.archive.words.words import Words

    Sheets = Sequence[tuple[Sheet, Sequence[Sequence[Held]]]]

SUFFIX = ".xlsx"
force_option = click.option("--force", is_flag=True, help="Replace what is there already.")


@dataclass(frozen=True, slots=True)
class Target:
    """A workbook, or a folder of CSV files."""

    path: Path
    as_csv: bool

    @classmethod
    def of(cls, out: Path | None, *, as_csv: bool, workbook: Path, folder: Path) -> Target:
        """Return what --out and --csv name; without, ``workbook`` or ``folder``.

        Raises:
            WrongInput: it is neither a workbook nor a folder.
        """
        if out is None:
            return cls(folder if as_csv else workbook, as_csv)
        if not as_csv and out.suffix and out.suffix.lower() != SUFFIX:
            raise WrongInput(f"{out} is no name of a workbook: end it in {SUFFIX}, or name a folder of CSV files")
        if as_csv and out.suffix.lower() == SUFFIX:
            raise WrongInput(
                f"{out} is the name of a workbook, and --csv writes a folder: leave --csv out, or name one"
            )
        return cls(out, as_csv or not out.suffix)

    @classmethod
    def workbook(cls, out: Path) -> Target:
        """Return the workbook that --out names, for what no CSV files can hold.

        Raises:
            WrongInput: it is no name of one.
        """
        if out.suffix.lower() != SUFFIX:
            raise WrongInput(f"{out} is no name of a workbook, and a template is one: end it in {SUFFIX}")
        return cls(out, as_csv=False)

    def refuse_existing(self, sheets: Sheets, words: Words, *, force: bool) -> None:
        """Refuse to write over what is there.

        Raises:
            WrongInput: something is, and is not to be replaced; or there is no folder to write in.
        """
        if not self.path.parent.is_dir():
            raise WrongInput(f"there is no folder {self.path.parent}: make it, or name another with --out")
        if self.as_csv and self.path.is_file():
            raise WrongInput(f"{self.path} is a file: name a folder with --out")
        paths = list(self._files(sheets, words)) if self.as_csv else [self.path]
        there = next((path for path in paths if path.exists()), None)
        if there is not None and not force:
            raise WrongInput(f"{there} is there already: name another with --out, or replace it with --force")

    def write_folder(self, sheets: Sheets, words: Words) -> None:
        """Write sheets as CSV files."""
        from monitor.archive.separated import csv_of

        self.path.mkdir(exist_ok=True)
        for path, rows in self._files(sheets, words).items():
            written_whole(path, csv_of(rows))

    def _files(self, sheets: Sheets, words: Words) -> dict[Path, Sequence[Sequence[Held]]]:
        return {self.path / f"{sheet.title(chinese=words.chinese)}.csv": rows for sheet, rows in sheets}


def as_workbook(
    sheets: Sheets, words: Words, *, profiles: Collection[str] = (), explained: Sequence[Sheet] | None = None
) -> bytes:
    """Return sheets as a workbook; the last sheet explains those ``explained``, without it the archive's.

    Raises:
        WrongInput: no workbook holds them.
    """
    from monitor.archive.drawing import CannotDraw, drawn
    from monitor.archive.sheets import SHEETS

    try:
        return drawn(sheets, legend=words.legend, profiles=profiles, explained=explained or SHEETS)
    except CannotDraw as error:
        raise WrongInput(f"{error}: export it with --csv") from error


def written_whole(path: Path, content: bytes) -> None:
    """Write a file that takes its name only once it is whole."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
