"""Telling the centre of guarantees and commitments that run out: once for each entry and term, over any restart. Pure.

What was told stands in the ledger, as a message that fell due; it is told again under no circumstances.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from monitor.alerts.alarms import alarm
from monitor.faults.events import MessageDue
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory
from monitor.registers.entries import Registers
from monitor.registers.reminders import expiring

FROM_HOUR = 9  # local: nobody is woken by a date


class Expiries:
    """What was told; it is looked for once a day, and whenever an entry changed."""

    def __init__(self, told: Iterable[str] = ()) -> None:
        """Go on from what the ledger says was told: the subjects of those messages."""
        self._told = set(told)
        self._looked: tuple[date, int, Inventory] | None = None

    def look(self, at: datetime, entries: Registers, inventory: Inventory, zone: tzinfo) -> list[MessageDue]:
        """Return what is to be told at an instant."""
        local = at.astimezone(zone)
        seen = (local.date(), entries.revision, inventory)
        if local.hour < FROM_HOUR or self._is_as(seen):
            return []
        self._looked = seen
        due = expiring(entries, inventory, local.date(), zone, told=self._told)
        self._told.update(each.name for each in due)
        return [alarm(at, MessageKind.REGISTER_EXPIRING, subject=each.name) for each in due]

    def _is_as(self, seen: tuple[date, int, Inventory]) -> bool:
        looked = self._looked
        return looked is not None and looked[:2] == seen[:2] and looked[2] is seen[2]
