"""What the devices of lines say they are, and when that changed (Art. 21 and 23).

A change is no proof that a LAN was changed: the carrier may have replaced its device. It is worth a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from monitor.faults.events import DeviceIdentified, Event


class Identity(NamedTuple):
    """What a device says it is; None for what it does not say."""

    object_id: str | None = None
    serial: str | None = None

    def after(self, before: Identity) -> Identity:
        """Return what is known of a device that said this now and something before: silence takes nothing back."""
        return Identity(self.object_id or before.object_id, self.serial or before.serial)

    def is_other_than(self, before: Identity) -> bool:
        """Tell whether two sayings contradict each other: of something that both say."""
        return any(mine and theirs and mine != theirs for mine, theirs in zip(self, before, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A line's device that says it is another than before."""

    line: str
    at: datetime
    before: Identity
    after: Identity


class Identities:
    """What is known of the device of each line."""

    def __init__(self, known: Mapping[str, Identity] | None = None) -> None:
        """Go on from what is on record."""
        self._known = dict(known or {})

    def all(self) -> Mapping[str, Identity]:
        """Return what is known, by line."""
        return self._known

    def hear(self, line: str, said: Identity, read_at: datetime, at: datetime) -> DeviceIdentified | None:
        """Take what a device said; return the event of it, at ``at``, where it says more or otherwise than before.

        A device that is another one starts afresh: what only the old one said is forgotten.
        """
        before = self._known.get(line, Identity())
        now = said if said.is_other_than(before) else said.after(before)
        if now == before:
            return None
        self._known[line] = now
        return DeviceIdentified(at=at, line=line, read_at=read_at, object_id=now.object_id, serial=now.serial)


def identities(events: Iterable[Event]) -> Identities:
    """Return what is known of devices by the ledger."""
    known = {each.line: Identity(each.object_id, each.serial) for each in events if isinstance(each, DeviceIdentified)}
    return Identities(known)


def replacements(events: Iterable[Event]) -> tuple[Replaced, ...]:
    """Return every time a device said that it was another, in order."""
    known: dict[str, Identity] = {}
    found: list[Replaced] = []
    for event in events:
        if not isinstance(event, DeviceIdentified):
            continue
        after, before = Identity(event.object_id, event.serial), known.get(event.line, Identity())
        if after.is_other_than(before):
            found.append(Replaced(line=event.line, at=event.read_at, before=before, after=after))
        known[event.line] = after
    return tuple(found)
