"""The editions of the report: drawn up, frozen, worded by the centre, sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionMade(Event):
    """The report of ``[begins_at, ends_at)`` was drawn up for the ``number``-th time (1, 2 …), as known at ``as_of``.

    ``policy`` is the version that it goes by, ``ledger_seq`` and ``ledger_hash`` how far the ledger reached.
    ``figures`` is the SHA-256 of the figures' canonical JSON, ``files`` those of the rendered files by format: all are
    kept beside the ledger under these digests. ``made_with`` names the versions of the programs that rendered them.
    ``superseded`` are digests of an earlier drawing that nothing names any more: their content is gone.
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
    superseded: tuple[str, ...] = ()
    who: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionDrawn(EditionMade):
    """It is a draft, to be drawn up again."""

    kind: ClassVar[str] = "edition_drawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFrozen(EditionMade):
    """It stands for good: what is found later goes into the amendments of the next one."""

    kind: ClassVar[str] = "edition_frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionWorded(Event):
    """The centre's own texts in a report, their ``version`` (1, 2 …): both as they stand from now on, None: none."""

    kind: ClassVar[str] = "edition_worded"
    edition: str
    version: int
    last_orders: str | None = None
    next_orders: str | None = None
    who: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSent(Event):
    """Drawing ``number`` of a report was mailed through ``channel`` to ``recipients`` addresses, or that was tried.

    ``fate`` is what came of it (delivered, again, refused), ``status`` and ``answer`` the server's words.
    """

    kind: ClassVar[str] = "edition_sent"
    edition: str
    number: int
    channel: str
    recipients: int
    fate: str
    status: str
    answer: str = ""
    who: str | None = None
    why: str | None = None
