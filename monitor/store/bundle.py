"""Many files in one ZIP file, with a manifest: written with their digests, taken out only as they were written."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from monitor.store.errors import FileRefused
from monitor.store.manifest import Manifest, Written, read_manifest

MANIFEST = "manifest.json"
PIECE = 1 << 20
QUICK = 1  # level of compression: the others cost much and save little
LARGEST_MANIFEST = 64 << 20  # bytes: a file of hundreds of thousands of attachments has less
PRIVATE = 0o600
NAME = re.compile(r"database\.(sqlite|pgdump)|attachments/[0-9a-f]{64}|configuration/.+")
BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Readable(Protocol):
    """Whatever can be read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return so many bytes, fewer at the end, none after it."""


class BundleWriter:
    """A new bundle, readable by its owner alone; `finish` writes its manifest."""

    def __init__(self, file: Path) -> None:
        """Begin the file, in the place of whatever is there."""
        file.unlink(missing_ok=True)
        self._raw = os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE), "w+b")
        self._zip = ZipFile(self._raw, "w", allowZip64=True)
        self.written: dict[str, Written] = {}

    def add(self, name: str, file: Path, *, packed: bool = False) -> None:
        """Add a file under a name; one that is ``packed`` already is not packed again."""
        entry = ZipInfo.from_file(file, name, strict_timestamps=False)
        entry.compress_type = ZIP_STORED if packed else ZIP_DEFLATED
        entry._compresslevel = QUICK  # type: ignore[attr-defined]  # as ZipFile.write sets it; public from Python 3.13 on
        digest, size = sha256(), 0
        with file.open("rb") as source, self._zip.open(entry, "w", force_zip64=True) as target:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self.written[name] = Written(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, last."""
        self._zip.writestr(MANIFEST, manifest.spelled())

    def __enter__(self) -> Self:
        """Lend it to a ``with`` statement."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, after what belongs at its end."""
        self._zip.close()
        self._raw.close()


class Bundle:
    """A bundle that is there, open for reading: what it names is what is in it, by name and size."""

    def __init__(self, zip_: ZipFile, manifest: Manifest, file: Path) -> None:
        """Take an open file; `of` looks at it first."""
        self._zip, self.manifest, self._file = zip_, manifest, file

    @classmethod
    def of(cls, file: Path) -> Self:
        """Open a file.

        Raises:
            FileRefused: it is not there, is no backup, was cut off, or holds other files than its manifest says.
        """
        if not file.is_file():
            raise FileRefused(f"there is no file {file}")
        try:
            zip_ = ZipFile(file)
        except BROKEN as error:
            raise FileRefused(f"{file} is no backup of the monitor, or was cut off: {error}") from error
        try:
            return cls(zip_, _manifest(zip_, file), file)
        except BaseException:
            zip_.close()
            raise

    def members(self, prefix: str) -> list[str]:
        """Return the names that begin so."""
        return [name for name in self.manifest.files if name.startswith(prefix)]

    def take(self, name: str, target: Path) -> None:
        """Write a file of the bundle to a new file.

        Raises:
            FileRefused: it is not what was written into the bundle, or cannot be written.
        """
        with (
            self.open(name) as source,
            os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE), "wb") as to,
        ):
            while piece := source.read(PIECE):
                to.write(piece)

    @contextmanager
    def open(self, name: str) -> Iterator[Readable]:
        """Lend a file of the bundle to be read to its end.

        Raises:
            FileRefused: it cannot be read; or, at its end, it is not what was written into the bundle.
        """
        with self._told(name):
            source = self._zip.open(name)
        with source:
            reading = _Digested(source, lambda: self._told(name))
            yield reading
        if Written(reading.size, reading.digest.hexdigest()) != self.manifest.files[name]:
            raise FileRefused(f"{self._file}: {name} is not what was written into it: take another backup")

    def __enter__(self) -> Self:
        """Lend it to a ``with`` statement."""
        return self

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Turn what reading says into one line; what writing elsewhere says is not this file's fault."""
        try:
            yield
        except BROKEN as error:
            raise FileRefused(f"{self._file}: {name} is damaged ({error}): take another backup") from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close the file."""
        self._zip.close()


class _Digested:
    """A source that counts and digests what is read of it; ``told`` wraps each reading."""

    def __init__(self, source: IO[bytes], told: Callable[[], AbstractContextManager[None]]) -> None:
        self._source, self._told, self.digest, self.size = source, told, sha256(), 0

    def read(self, size: int = -1, /) -> bytes:
        with self._told():
            piece = self._source.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece


def _manifest(zip_: ZipFile, file: Path) -> Manifest:
    sizes = {entry.filename: entry.file_size for entry in zip_.infolist()}
    if sizes.get(MANIFEST, LARGEST_MANIFEST) >= LARGEST_MANIFEST:
        raise FileRefused(f"{file} is no backup of the monitor: it holds no manifest")
    try:
        manifest = read_manifest(zip_.read(MANIFEST))
    except BROKEN as error:
        raise FileRefused(f"{file}: the manifest is damaged ({error}): take another backup") from error
    del sizes[MANIFEST]
    told = {name: each.size for name, each in manifest.files.items()}
    if sizes != told or manifest.kind.member not in told or not all(NAME.fullmatch(name) for name in told):
        raise FileRefused(f"{file} does not hold what its manifest says: take another backup")
    return manifest
