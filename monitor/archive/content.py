"""What a file says, if it is a file that may be read: no device, no pipe, and no more than people's tables need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG

MEGABYTE = 1_000_000
LARGEST = 20 * MEGABYTE  # of a workbook, or of all CSV files of a folder; ten thousand lines are under two

Telling = Callable[[str, int], object]
"""Is told how far a reading has come: the title of a sheet, and a row of it."""


class Unfit(Exception):
    """A file is not read: for what a finding's ``word`` says, and because of which ``sheet``, if of one."""

    def __init__(self, word: str, *, sheet: str = "", **given: object) -> None:
        """Refuse a file for a reason."""
        super().__init__(word)
        self.word, self.sheet, self.given = word, sheet, given


def named(path: Path) -> str:
    """Return what a file or folder is called, whichever way it was pointed at (``.``)."""
    return path.name or path.absolute().name or str(path)


def unread_by(error: OSError) -> str:
    """Return the word by which a finding says why a file was not read."""
    return {FileNotFoundError: "not_there", PermissionError: "not_permitted"}.get(type(error), "unreadable")


def content_of(path: Path, *, most: int = LARGEST) -> bytes:
    """Read a file, or what a link leads to, of ``most`` bytes at the most.

    Raises:
        Unfit: it is no regular file, so that it could have no end or keep one waiting, or it is larger.
        OSError: it cannot be read.
    """
    if not S_ISREG(path.stat().st_mode):
        raise Unfit("no_file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Unfit("too_large", most=LARGEST // MEGABYTE)
    return content
