"""What is done with the editions of the report. The centre and, on the days of the policy, the monitor itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.faults.actions import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawEdition(Action):
    """Put a drawing of a report on record, under the number that it would have; ``frozen``: for good.

    What it says of the drawing is what `monitor.faults.events.EditionMade` says.
    """

    edition: str
    begins_at: datetime
    ends_at: datetime
    number: int
    as_of: datetime
    policy: str
    ledger_seq: int
    ledger_hash: str
    figures: str
    files: Mapping[str, str] = field(default_factory=dict)
    made_with: Mapping[str, str] = field(default_factory=dict)
    frozen: bool = False

    @property
    def digests(self) -> frozenset[str]:
        """The digests of what is kept of it."""
        return frozenset((self.figures, *self.files.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEdition(Action):
    """Give a report the centre's own texts, as another version of them."""

    edition: str
    version: int
    last_orders: str | None = None
    next_orders: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSending(Action):
    """Put on record what came of mailing a drawing of a report."""

    edition: str
    number: int
    channel: str
    recipients: int
    fate: str
    status: str
    answer: str = ""
