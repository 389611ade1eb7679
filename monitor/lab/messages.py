"""What the daemon has sent: the titles of the messages that its console channels print into a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


class Messages:
    """Reads the file as it grows; a title stands at the beginning of its line, the text below it is indented."""

    def __init__(self, path: Path) -> None:
        """Begin at the end of what is there: an earlier run wrote it."""
        self._path = path
        self._read = path.stat().st_size if path.exists() else 0

    def new(self) -> Iterator[str]:
        """Go through the titles that were printed since the last call, each with its channel: ``[unicom] …``."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            printed = file.read()
        whole, newline, _ = printed.rpartition(b"\n")
        self._read += len(whole + newline)
        yield from (line for line in whole.decode(errors="replace").split("\n") if line.startswith("["))
