"""The mark that a backup leaves for the daemon: when the last one was made, and what it lacked.

A backup is made by a command of its own, at night, and nobody sees it fail. So the command leaves a mark when it is
done, and the daemon shows its age. The mark lies in the folder of attachments, which both know of every database.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor.store.dump import settle
from monitor.store.errors import FileRefused

NAME = "last-backup.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMark:
    """Of when the last backup is, and how many attachments it lacks; ``made_at`` None: none was made yet.

    ``awaited_since`` is when one was looked for first: a new installation has none, and is given time to make it.
    """

    awaited_since: datetime
    made_at: datetime | None = None
    lacking: int = 0


def look(folder: Path, *, now: datetime) -> BackupMark:
    """Return the mark in a folder; where there is none, or none that reads, leave one that says since when.

    Raises:
        FileRefused: there is none, and the folder cannot be written.
    """
    found = read(folder)
    return found if found is not None else _leave(folder, BackupMark(awaited_since=now))


def made(folder: Path, *, at: datetime, lacking: int) -> BackupMark:
    """Leave the mark of a backup that is whole, of an instant; ``lacking`` attachments were missing or damaged.

    Raises:
        FileRefused: the folder cannot be written.
    """
    before = read(folder) or BackupMark(awaited_since=at)
    return _leave(folder, replace(before, made_at=at, lacking=lacking))


def read(folder: Path) -> BackupMark | None:
    """Return the mark in a folder; None where there is none that can be read."""
    try:
        kept = json.loads((folder / NAME).read_text(encoding="utf-8"))
        made_at = kept["made_at"]
        return BackupMark(
            awaited_since=_instant(kept["awaited_since"]),
            made_at=None if made_at is None else _instant(made_at),
            lacking=int(kept["lacking"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _instant(text: str) -> datetime:
    """Read an instant.

    Raises:
        ValueError: it is none, or has no offset.
    """
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(text)
    return read


def _leave(folder: Path, mark: BackupMark) -> BackupMark:
    """Put a mark in the place of the one before, in one step."""
    said = {
        "awaited_since": mark.awaited_since.isoformat(),
        "made_at": None if mark.made_at is None else mark.made_at.isoformat(),
        "lacking": mark.lacking,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".")
        part = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as target:
                os.fchmod(descriptor, 0o644)  # a backup may be made by another user than the daemon's
                json.dump(said, target)
            settle(part, folder / NAME)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise FileRefused(f"{folder / NAME} cannot be written: {error.strerror}") from error
    return mark
