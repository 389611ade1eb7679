"""What people do with the registers: enter, erase, take out. The centre only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.faults.actions import Action
from monitor.faults.terms import Change, Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version of an entry as it is to be entered, under the number that it would have.

    ``facts`` are what the ledger is to hold, ``digest`` names what is kept apart.
    """

    register: str
    entry: str
    version: int
    subject: str
    change: Change = Change.ENTERED
    facts: Mapping[str, str] = field(default_factory=dict)
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterRegister(Action):
    """Enter versions of entries: all of them or none."""

    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseRegister(Action):
    """Erase what versions of an entry keep apart: those numbered, or all that there are."""

    register: str
    entry: str
    versions: tuple[int, ...] = ()


ACCESS_ARCHIVE = "access_archive"
"""What is named where the access archive is taken out (Art. 21), whose entries are the rows of its sheets."""
DUTY_ROSTERS = "duty_rosters"
"""What is named where somebody looks at whole numbers of those on call, whose entries are the people shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRegister(Action):
    """Put on record that somebody takes ``entries`` entries out of registers.

    Or rows out of the access archive, or looks at so many people of the rosters. ``full``: with numbers whole.
    """

    registers: tuple[str, ...]
    entries: int
    to: Medium
    full: bool
