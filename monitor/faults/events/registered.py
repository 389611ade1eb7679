"""The registers (Art. 13, 16, 17, 23, 24, 27) and the devices of the access archive (Art. 21).

No person's name or number is in them: that part of an entry is kept apart, under the digest that stands here, so that
it can be erased and the ledger's chain stays whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event
from monitor.faults.terms import Change, Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntered(Event):
    """A version (1, 2 …) of an entry of a register; those before it stay.

    ``subject`` is the id of the unit or carrier whose entry it is. ``facts`` are days, times, choices and flags by
    the names of their fields. ``digest`` names what is kept apart, None where the version says nothing else.
    """

    kind: ClassVar[str] = "register_entered"
    register: str
    entry: str
    version: int
    subject: str
    change: Change = Change.ENTERED
    facts: Mapping[str, str] = field(default_factory=dict)
    digest: str | None = None
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterErased(Event):
    """What versions of an entry kept apart was erased, at a person's wish: the bodies ``digests``, ``attachments``."""

    kind: ClassVar[str] = "register_erased"
    register: str
    entry: str
    versions: tuple[int, ...]
    digests: tuple[str, ...]
    attachments: tuple[str, ...] = ()
    who: str | None = None
    why: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTaken(Event):
    """Somebody took ``entries`` entries out of registers.

    Or rows out of the ``access_archive``, or saw so many people of the ``duty_rosters``. ``full``: with numbers whole.
    """

    kind: ClassVar[str] = "register_taken"
    registers: tuple[str, ...]
    entries: int
    to: Medium
    full: bool
    who: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceIdentified(Event):
    """A line's device told for the first time what it is, or told otherwise than before, as read at ``read_at``.

    ``object_id`` is its sysObjectID (RFC 3418), ``serial`` that of its chassis (RFC 6933); None: it does not say.
    """

    kind: ClassVar[str] = "device_identified"
    line: str
    read_at: datetime
    object_id: str | None
    serial: str | None
