"""Files that people attach to an action: each kept once, under the SHA-256 of its content, and never overwritten."""

from __future__ import annotations

import os
import re
import tempfile
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import IO

from monitor.store.bundle import Readable
from monitor.store.database import file_of, url_of
from monitor.store.errors import FileRefused


class State(StrEnum):
    """How a kept file is found."""

    WHOLE = "whole"
    MISSING = "missing"
    DAMAGED = "damaged"


BESIDE_NOTHING = Path("var")  # where a database that is no file has its folder
DIGEST = re.compile("[0-9a-f]{64}")
PIECE = 1 << 20


class Attachments:
    """The folder that is named, else ``attachments`` beside a database (``var/attachments`` beside PostgreSQL)."""

    def __init__(self, url: str, folder: Path | None = None) -> None:
        """Name the folder; it is made with the first file."""
        path = file_of(url_of(url))
        self.folder = folder or (BESIDE_NOTHING if path is None else path.parent) / "attachments"

    def keep(self, file: Path) -> str:
        """Copy a file into the folder, unless its content is there already; return its SHA-256 in hexadecimal.

        Raises:
            FileRefused: the file is not there, cannot be read or is no file but a device or a pipe, or the folder
                cannot be written.
        """
        if file.exists() and not file.is_file():
            raise FileRefused(f"the attachment {file} cannot be kept: it is a folder, a device or a pipe; name a file")
        part, descriptor = self._part()
        try:
            return self._settle(part, _copied(file, descriptor))
        finally:
            part.unlink(missing_ok=True)

    def put_back(self, source: Readable, digest: str) -> None:
        """Keep what a backup holds under a SHA-256, in the place of a file that was damaged since.

        Raises:
            FileRefused: its content is another's, or the folder cannot be written.
        """
        part, descriptor = self._part()
        try:
            with os.fdopen(descriptor, "wb") as target:
                found = _pour(source, target)
            if found != digest:
                raise FileRefused(f"the backup's attachment {digest} has the content of another: take another backup")
            if self.state(digest) is State.DAMAGED:
                self.path(digest).unlink()
            self._settle(part, digest)
        finally:
            part.unlink(missing_ok=True)

    def digests(self) -> list[str]:
        """Return the SHA-256 by which each file in the folder is named."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(path.name for path in found if DIGEST.fullmatch(path.name))

    def path(self, digest: str) -> Path:
        """Return where the file of a SHA-256 is, if it is there."""
        return self.folder / digest

    def state(self, digest: str) -> State:
        """Tell whether the file of a SHA-256 is there, and what was kept."""
        path = self.path(digest)
        if not path.is_file():
            return State.MISSING
        return State.WHOLE if _digest(path) == digest else State.DAMAGED

    def remove(self, digest: str) -> None:
        """Remove the file of a SHA-256, if it is there: its content was to be erased.

        Raises:
            FileRefused: the folder cannot be written.
        """
        try:
            self.path(digest).unlink(missing_ok=True)
        except OSError as error:
            raise FileRefused(f"{self.path(digest)} cannot be removed: {error.strerror}") from error

    def _part(self) -> tuple[Path, int]:
        """Begin a file in the folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".")
        except OSError as error:
            raise FileRefused(f"the folder {self.folder} cannot be written: {error.strerror}") from error
        return Path(name), descriptor

    def _settle(self, part: Path, digest: str) -> str:
        """Give a written file its name, once: a name that is there has this content or was damaged since."""
        kept = self.path(digest)
        try:
            os.link(part, kept)
        except FileExistsError:
            if _digest(kept) != digest:
                raise FileRefused(f"{kept} is not what was kept there: restore it from a backup") from None
        kept.chmod(0o440)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest


def _copied(file: Path, descriptor: int) -> str:
    with open(descriptor, "wb") as target:
        try:
            with file.open("rb") as source:
                return _pour(source, target)
        except OSError as error:
            raise FileRefused(f"the attachment {file} cannot be kept: {error.strerror}") from error


def _pour(source: Readable, target: IO[bytes]) -> str:
    """Copy to the end, safe against a loss of power, and return the SHA-256."""
    digest = sha256()
    while piece := source.read(PIECE):
        digest.update(piece)
        target.write(piece)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        digest = sha256()
        while piece := source.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
