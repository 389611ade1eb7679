"""A backup: the database, the attachments and the configuration in one ZIP file, with a manifest of their digests.

::

    manifest.json           what is in it: format, software, instant, end of the ledger, SHA-256 and size of every file
    database.sqlite         or database.pgdump, as it is at one instant (`monitor.store.dump`)
    attachments/<sha256>    every file that was attached by then
    configuration/…         the YAML files; secrets are in none of them

The database is read first: an attachment is kept before anything names it, so that what that state names is there. A
backup is whole or not there. A restore looks at all of it before it changes anything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor import __version__
from monitor.store.attachments import Attachments, State
from monitor.store.bundle import Bundle, BundleWriter
from monitor.store.database import file_of, url_of
from monitor.store.dump import Progress, dump, put_back, settle
from monitor.store.errors import FileRefused
from monitor.store.manifest import Kind, Manifest
from monitor.store.records import Records
from monitor.store.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What a backup holds, and the attachments that the record names and that are missing or damaged."""

    manifest: Manifest
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of a restore: the check of the ledger, what the backup held, where the database before stands now.

    With findings on SQLite nothing was changed. ``lacking`` are attachments that the record names and that are neither
    in the backup nor here.
    """

    verification: Verification
    manifest: Manifest
    replaced: Path | None = None
    lacking: tuple[str, ...] = ()


def back_up(
    url: str,
    file: Path,
    *,
    at: datetime,
    attachments: Attachments | None = None,
    configuration: Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> BackedUp:
    """Write database, attachments and the YAML files of a configuration folder to one file; a daemon may go on writing.

    ``progress`` is told pages of the database done and in all (SQLite only).

    Raises:
        FileRefused: the file is there already (and not ``force``), or its folder cannot be written.
        StoreError: the database cannot be read, or pg_dump is missing or failed.
    """
    address, attachments = url_of(url), attachments or Attachments(url)
    if file.exists() and not force:
        raise FileRefused(f"{file} is there already: name another file, or give --force")
    if not file.parent.is_dir():
        raise FileRefused(f"{file} cannot be written: there is no folder {file.parent}")
    Records.of(url).close()
    kind = Kind.POSTGRESQL if file_of(address) is None else Kind.SQLITE
    part, database = file.with_name(file.name + ".part"), file.with_name(file.name + ".database")
    try:
        dumped = dump(address, database, progress=progress)
        with BundleWriter(part) as writer:
            writer.add(kind.member, database, packed=kind is Kind.POSTGRESQL)
            whole = {digest for digest in attachments.digests() if attachments.state(digest) is State.WHOLE}
            for digest in sorted(whole):
                with suppress(FileNotFoundError):  # erased at this moment, at a person's wish
                    writer.add(f"attachments/{digest}", attachments.path(digest))
            for path in _yaml_files(configuration):
                writer.add(f"configuration/{path.relative_to(configuration or path)}", path)
            manifest = Manifest(
                software=__version__,
                made_at=at,
                kind=kind,
                revision=dumped.revision,
                head=dumped.head,
                files=writer.written,
            )
            writer.finish(manifest)
        settle(part, file)
    except OSError as error:
        raise FileRefused(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
        database.unlink(missing_ok=True)
    return BackedUp(manifest=manifest, lacking=tuple(sorted(dumped.named - whole)))


def restore(
    url: str,
    file: Path,
    *,
    attachments: Attachments | None = None,
    force: bool = False,
) -> Restored:
    """Put a backup in the place of the database and its attachments, and check the ledger.

    The configuration in it is left in the file: it says where everything goes, and stands already.

    Raises:
        FileRefused: the file is no backup, is damaged, is of the other kind of database or of newer software, or the
            database is not empty (and not ``force``).
        StoreInUse: a daemon writes to the database.
        StoreError: the database cannot be written, or pg_restore is missing or failed.
    """
    address, attachments = url_of(url), attachments or Attachments(url)
    with Bundle.of(file) as bundle, _folder_beside(file_of(address)) as folder:
        manifest = bundle.manifest
        kind = Kind.POSTGRESQL if file_of(address) is None else Kind.SQLITE
        if manifest.kind is not kind:
            raise FileRefused(f"{file} is a backup of {manifest.kind.value}, but the database here is {kind.value}")
        database = folder / kind.member
        bundle.take(kind.member, database)
        with _attachments_back(bundle, attachments) as stay:
            replaced = put_back(address, database, end=manifest.head, force=force)
            changed = kind is Kind.POSTGRESQL or not replaced.verification.findings
            if changed:
                stay()
    lacking = _lacking(url, attachments) if changed else ()
    return Restored(verification=replaced.verification, manifest=manifest, replaced=replaced.aside, lacking=lacking)


def _lacking(url: str, attachments: Attachments) -> tuple[str, ...]:
    with Records.of(url) as records:
        named = sorted(records.named_attachments())
    return tuple(digest for digest in named if attachments.state(digest) is not State.WHOLE)


def _yaml_files(folder: Path | None) -> Iterator[Path]:
    """Go through the YAML files of a configuration folder; no secret is in one, and links are not followed."""
    if folder is not None:
        for path in sorted(folder.rglob("*.y*ml")):
            if path.is_file() and not path.is_symlink():
                yield path


@contextmanager
def _folder_beside(database: Path | None) -> Iterator[Path]:
    """Lend a private folder for what is taken out of a backup, on the disk where an SQLite database will lie."""
    if database is not None:
        database.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(
            prefix=".restoring-", dir=None if database is None else database.parent
        ) as name:
            yield Path(name)
    except OSError as error:
        raise FileRefused(f"the backup cannot be taken out: {error.strerror or error}") from error


@contextmanager
def _attachments_back(bundle: Bundle, attachments: Attachments) -> Iterator[Callable[[], None]]:
    """Keep the attachments of a backup; unless what is lent is called, those that were not there go again."""
    new: list[str] = []
    stays = False

    def stay() -> None:
        nonlocal stays
        stays = True

    try:
        for member in bundle.members("attachments/"):
            digest = member.removeprefix("attachments/")
            before = attachments.state(digest)
            if before is not State.WHOLE:
                with bundle.open(member) as source:
                    attachments.put_back(source, digest)
            if before is State.MISSING:
                new.append(digest)
        yield stay
    finally:
        if not stays:
            for digest in new:
                attachments.remove(digest)
