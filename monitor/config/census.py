"""The entities of an inventory as they are written, in the order of the files, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path as FilePath
from typing import Any

from monitor.config.fields import Surroundings
from monitor.config.problem import Path, Problem, unknown_key
from monitor.config.schema import Schema
from monitor.config.source import Document

Root = tuple[Document, Path, object]  # a document, the place of an inventory in it, and what stands there


@dataclass(frozen=True, slots=True)
class Entry:
    """One entity: what is right of its keys, and where it stands. ``whole`` when nothing is wrong."""

    document: Document
    path: Path
    keys: Mapping[str, Any]
    whole: bool

    @property
    def place(self) -> str:
        """Where it stands, as another entity's problem names it."""
        return self.document.named(self.path)

    def problem(self, key: str, message: str) -> Problem:
        """Return a problem of one of its values."""
        return self.document.problem((*self.path, key), message)


Census = Mapping[str, Sequence[Entry]]  # by section: carriers, nodes, units, lines, references


def take_census(
    roots: Sequence[Root], schemas: Mapping[str, Schema[Any]], *, zone: tzinfo, problems: list[Problem]
) -> Census:
    """Read every entity of every section, one by one, so that one wrong does not hide the others."""
    within = Surroundings(environ={}, folder=FilePath(), zone=zone)
    census: dict[str, list[Entry]] = {section: [] for section in schemas}
    for document, path, value in roots:
        if not isinstance(value, dict):
            problems.append(document.problem(path, f"a mapping is wanted here, with the keys {', '.join(census)}"))
            continue
        for section, items in value.items():
            if section not in census:
                message = unknown_key(section, list(census))
                problems.append(document.problem((*path, section), message, key=True))
            elif isinstance(items, list):
                census[section] += _entries(document, (*path, section), items, schemas[section], within, problems)
            elif items is not None:
                problems.append(document.problem((*path, section), f"a list of {section} is wanted here"))
    return census


def _entries(
    document: Document,
    path: Path,
    items: Sequence[object],
    schema: Schema[Any],
    within: Surroundings,
    problems: list[Problem],
) -> Iterator[Entry]:
    for number, item in enumerate(items):
        at = (*path, number)
        before = len(problems)
        keys = schema.read(document, at, item, within=within, problems=problems)
        yield Entry(document, at, keys, whole=len(problems) == before)
