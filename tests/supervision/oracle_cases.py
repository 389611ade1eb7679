"""What the oracle knows of lines, faults and messages, in whole seconds after the start of the history."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.supervision.oracle_rulings import Book


@dataclass(frozen=True)
class Round:
    """One accepted round of a line."""

    at: int
    good: bool


@dataclass
class Outbreak:
    """One episode of a fault."""

    first_failed: int
    detected: int | None
    discovered: int
    restored: int | None = None
    last_bad: int | None = None
    notified: int | None = None


@dataclass
class Case:
    """A fault."""

    number: str
    line: str
    source: str
    version: str
    outbreaks: list[Outbreak]
    repeat_of: str | None
    acknowledged: int | None = None
    claimed: int | None = None
    closed: int | None = None
    flapping: bool = False
    settled: set[str] = field(default_factory=set)
    quiet_until: float = field(default=0, compare=False)  # what the clock shows when anything is due again
    party: str = "undetermined"
    book: Book = field(default_factory=Book)

    @property
    def last(self) -> Outbreak:
        """The latest episode."""
        return self.outbreaks[-1]

    @property
    def open(self) -> bool:
        """Whether it lasts."""
        return self.last.restored is None

    @property
    def watched(self) -> bool:
        """Whether it is restored and under observation."""
        return not self.open and self.closed is None


@dataclass(frozen=True, order=True)
class Letter:
    """A message; ``name`` says which of its kind, ``passed`` what it overtook."""

    at: int
    line: str
    name: str
    due: int
    passed: tuple[str, ...] = ()
