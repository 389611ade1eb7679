"""The inventory's files in a configuration folder, drafted anew and taken whole or not at all.

One file is written beside the old one and renamed over it; a folder ``inventory/`` is made anew beside the old one,
and the two change names. What was there stays as a backup with its date. A file nothing of which changes keeps every
byte, its comments too.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from monitor.config.fields import as_text
from monitor.config.folder import paths_of
from monitor.config.inventory import read_inventory
from monitor.config.inventory_text import inventory_json, inventory_yaml
from monitor.config.problem import ConfigurationRefused, Problem
from monitor.config.source import Document, parse, read
from monitor.inventory.model import Inventory

NAME = "inventory"
SECTIONS = tuple(section.name for section in fields(Inventory))


class CannotKeep(Exception):
    """The files cannot be written as they lie; the text names the cure."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An inventory as its files have it: ``content`` is what each said when it was read."""

    folder: Path
    inventory: Inventory
    documents: Sequence[Document]
    content: Mapping[Path, bytes]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, in their order."""
        return tuple(self.content)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the files are to say: the texts of those that change, and all of them as documents."""

    kept: Kept
    texts: Mapping[Path, str]
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was written, and where what was there before is kept; None where nothing was."""

    written: tuple[Path, ...]
    backup: Path | None


def kept_in(folder: Path, *, zone: tzinfo) -> Kept:
    """Read the inventory that a folder has, an empty one where it has none.

    Raises:
        ConfigurationRefused: it cannot be read.
        OSError: a file cannot be read.
    """
    paths = paths_of(folder, NAME)
    content = {path: path.read_bytes() for path in paths}
    documents = [read(path) for path in paths]
    problems: list[Problem] = []
    inventory = read_inventory(documents, zone=zone, profiles=None, problems=problems) if paths else Inventory()
    if problems:
        raise ConfigurationRefused(problems)
    return Kept(folder, inventory, documents, content)


def draft(kept: Kept, inventory: Inventory, *, zone: tzinfo, comment: str) -> Draft:
    """Draft the files of another inventory: what stood in a file stays there, new entities follow the one before them.

    ``comment`` begins each file of YAML that is written.

    Raises:
        CannotKeep: there are both ``inventory.yaml`` and a folder, which cannot be taken as one.
    """
    if len({path.parent for path in kept.paths}) > 1 or len([p for p in kept.paths if p.parent == kept.folder]) > 1:
        raise CannotKeep(
            f"{kept.folder} has several inventories beside each other ({', '.join(path.name for path in kept.paths)}): "
            "put them all into one file, or all into the folder inventory/"
        )
    paths = kept.paths or (kept.folder / f"{NAME}.yaml",)
    texts: dict[Path, str] = {}
    documents = []
    for number, (path, part) in enumerate(zip(paths, _parts(kept, inventory), strict=True)):
        before = _part(kept.documents[number], kept.inventory) if kept.documents else None
        if before is not None and _same(before, part):
            documents.append(kept.documents[number])
            continue
        as_json = path.suffix == ".json"
        texts[path] = inventory_json(part, zone=zone) if as_json else inventory_yaml(part, zone=zone, comment=comment)
        documents.append(parse(texts[path], file=str(path)))
    return Draft(kept, texts, documents)


def take(drafted: Draft, *, at: datetime) -> Taken:
    """Write a draft, whole or not at all; ``at`` is local and names the backup.

    Raises:
        CannotKeep: somebody else has written the files meanwhile.
        OSError: it cannot be written; everything is as it was.
    """
    for path, content in drafted.kept.content.items():
        if not path.is_file() or path.read_bytes() != content:
            raise CannotKeep(f"{path} has been changed meanwhile: look again")
    stamp = f"{at:%Y%m%d-%H%M%S}"
    folder = drafted.kept.folder / NAME
    if any(path.parent == folder for path in drafted.texts):
        return Taken(tuple(drafted.texts), _exchange(folder, drafted.texts, stamp))
    backup = None
    for path, text in drafted.texts.items():
        backup = _replace(path.resolve(), text, stamp)
    return Taken(tuple(drafted.texts), backup)


def _replace(path: Path, text: str, stamp: str) -> Path | None:
    """Write a file beside another and rename it over that, of which a copy stays."""
    backup = None
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        new = Path(file.name)
        try:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
            new.chmod(0o644)
            if path.exists():
                backup = _free(path.with_name(f"{path.name}.{stamp}"))
                shutil.copy2(path, backup)
                _own(new, like=path)
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            if backup is not None:
                backup.unlink(missing_ok=True)
            raise
    _settle(path.parent)
    return backup


def _exchange(folder: Path, texts: Mapping[Path, str], stamp: str) -> Path:
    """Make a folder anew beside the old one and let them change names; the old one stays as the backup."""
    backup = _free(folder.with_name(f"{folder.name}.{stamp}"))
    new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        shutil.copytree(folder, new, symlinks=True, dirs_exist_ok=True)
        for path, text in texts.items():
            inside = new / path.name
            inside.unlink()
            with inside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            _own(inside, like=path)
        _own(new, like=folder)
        _settle(new)
        folder.rename(backup)
        try:
            new.rename(folder)
        except BaseException:
            backup.rename(folder)
            raise
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    _settle(folder.parent)
    return backup


def _own(new: Path, *, like: Path) -> None:
    """Give a new file the rights of the old one, and its owner as far as that is permitted."""
    old = like.stat()
    with suppress(PermissionError):
        os.chown(new, old.st_uid, old.st_gid)
    new.chmod(old.st_mode & 0o7777)


def _free(path: Path) -> Path:
    """Return a name that nothing has yet: of two imports in a second each keeps its own backup."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _settle(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parts(kept: Kept, inventory: Inventory) -> Iterator[Inventory]:
    """Share an inventory out among the files."""
    files = max(1, len(kept.documents))
    shares: list[dict[str, dict[str, Any]]] = [{section: {} for section in SECTIONS} for _ in range(files)]
    for section in SECTIONS:
        home = _homes(kept, section)
        last = next(iter(home.values()), 0)
        for name, entity in getattr(inventory, section).items():
            last = home.get(name, last)
            shares[last][section][name] = entity
    for share in shares:
        yield Inventory(**share)


def _homes(kept: Kept, section: str) -> Mapping[str, int]:
    """Return the file of each entity of a section."""
    return {name: number for number, document in enumerate(kept.documents) for name in _ids(document, section)}


def _part(document: Document, inventory: Inventory) -> Inventory:
    """Return what of an inventory stands in a file."""
    shares = {section: {name: getattr(inventory, section)[name] for name in _ids(document, section)}
              for section in SECTIONS}  # fmt: skip
    return Inventory(**shares)


def _ids(document: Document, section: str) -> list[str]:
    items = document.value.get(section) if isinstance(document.value, dict) else None
    return [as_text(item["id"]) for item in items or ()]


def _same(one: Inventory, other: Inventory) -> bool:
    """Tell whether two inventories are equal, and in the same order."""
    return all(list(getattr(one, name).items()) == list(getattr(other, name).items()) for name in SECTIONS)
