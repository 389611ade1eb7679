"""What a verification can find wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ENOUGH = 1_000
"""Findings after which the rest is not looked for: the ledger is another one."""


class What(StrEnum):
    """What is wrong."""

    ROWS_MISSING = "rows_missing"
    BODY_ALTERED = "body_altered"
    HASH_ALTERED = "hash_altered"
    ROW_ALTERED = "row_altered"
    UNCHECKED = "unchecked"
    UNREADABLE = "unreadable"
    COLUMNS = "columns"
    HEAD = "head"
    IMPOSSIBLE = "impossible"
    RECORD = "record"
    CONFIGURATION = "configuration"
    REGISTER = "register"
    EDITION = "edition"
    STANDING = "standing"
    ROUNDS = "rounds"
    DELIVERY = "delivery"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: ``seq`` is the event concerned, where one is; ``text`` a sentence for people."""

    what: What
    seq: int | None
    text: str


class Enough(Exception):
    """There are so many findings that the rest says nothing new."""


class Report:
    """The findings so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, what: What, seq: int | None, text: str) -> None:
        self.findings.append(Finding(what, seq, text))
        if len(self.findings) >= ENOUGH:
            raise Enough
