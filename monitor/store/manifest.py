"""What a backup says of itself: what it is of, and the digest and size of every file in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from monitor.store.chain import Head
from monitor.store.errors import FileRefused

FORMAT = 1


class Kind(StrEnum):
    """Which database a backup is of."""

    SQLITE = "SQLite"
    POSTGRESQL = "PostgreSQL"

    @property
    def member(self) -> str:
        """The name under which the database lies in the backup."""
        return "database.sqlite" if self is Kind.SQLITE else "database.pgdump"


class Written(NamedTuple):
    """A file in a backup: its size in bytes and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. ``head`` is the end of its ledger, ``revision`` that of its tables."""

    software: str
    made_at: datetime
    kind: Kind
    revision: str
    head: Head
    files: Mapping[str, Written]

    @property
    def attachments(self) -> int:
        """How many attachments are in it."""
        return sum(1 for name in self.files if name.startswith("attachments/"))

    def spelled(self) -> str:
        """Return it as JSON, for people too."""
        tree = {
            "format": FORMAT,
            "software": self.software,
            "made_at": self.made_at.isoformat(),
            "database": self.kind.value,
            "revision": self.revision,
            "ledger": {"seq": self.head.seq, "hash": self.head.hash},
            "files": {name: {"bytes": each.size, "sha256": each.sha256} for name, each in self.files.items()},
        }
        return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def read_manifest(text: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        FileRefused: it is none, or of a format that this software does not know.
    """
    try:
        tree = json.loads(text)
        if tree["format"] != FORMAT:
            raise FileRefused(f"the backup has format {tree['format']}, unknown to this software: install a newer one")
        return Manifest(
            software=str(tree["software"]),
            made_at=datetime.fromisoformat(tree["made_at"]),
            kind=Kind(tree["database"]),
            revision=str(tree["revision"]),
            head=Head(int(tree["ledger"]["seq"]), str(tree["ledger"]["hash"])),
            files={str(name): Written(int(each["bytes"]), str(each["sha256"])) for name, each in tree["files"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise FileRefused("the backup's manifest cannot be read: take another backup") from error
