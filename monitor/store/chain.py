"""The chain of the ledger: every row's hash holds all rows before it (architecture: append-only, hash-chained).

``hash(n) = SHA-256(hash(n-1) + LF + n + LF + body(n))``, all as UTF-8 text: the hash before in 64 hexadecimal
digits, the number of the row in decimal, the row's body as stored. Before row 1 stand 64 zeros. Anyone can check a
row without this software: ``printf '%s\\n%s\\n%s' "$before" "$seq" "$body" | sha256sum``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of the ledger: its number and its hash. The ledger is empty at ``Head()``."""

    seq: int = 0
    hash: str = GENESIS


def link(before: str, seq: int, body: str) -> str:
    """Return the hash of row ``seq`` from the hash before it and its body."""
    return sha256(f"{before}\n{seq}\n{body}".encode()).hexdigest()


def chain(head: Head, bodies: Iterable[str]) -> list[Head]:
    """Return the heads that bodies appended one after another give."""
    heads = []
    for body in bodies:
        head = Head(head.seq + 1, link(head.hash, head.seq + 1, body))
        heads.append(head)
    return heads


def digest_of(text: str) -> str:
    """Return the digest by which a configuration text is kept: SHA-256 of its UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
