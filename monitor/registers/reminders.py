"""What runs out soon: guarantees and commitments, told to the centre 60, 30 and 7 days before."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, tzinfo

from monitor.inventory.model import Inventory
from monitor.registers.definitions import DEFINED
from monitor.registers.entries import Entry, Registers
from monitor.registers.gaps import serving
from monitor.registers.register import Register, SubjectKind

DAYS = (60, 30, 7)
PARTS = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """An entry that holds for the last day on ``expires_on``, within so many ``days`` of `DAYS`."""

    register: str
    entry: str
    expires_on: date
    days: int

    @property
    def name(self) -> str:
        """The name under which it is told once: ``30/2026-09-30/carrier_guarantee/unicom``."""
        return PARTS.join((str(self.days), self.expires_on.isoformat(), self.register, self.entry))

    @classmethod
    def named(cls, name: str) -> Expiring | None:
        """Return what was told under a name, None where it is no such name."""
        parts = name.split(PARTS, 3)
        try:
            days, on, register, entry = parts
            return cls(register=register, entry=entry, expires_on=date.fromisoformat(on), days=int(days))
        except ValueError:
            return None


def expiring(
    entries: Registers, inventory: Inventory, on: date, zone: tzinfo, *, told: Container[str] = ()
) -> list[Expiring]:
    """Return what is to be told of on a day: of each entry the nearest term, unless that was told.

    Who has no line in service owes nothing any more, and is not told of.
    """
    lines = serving(inventory, on, zone)
    owing = {SubjectKind.UNIT: {line.unit for line in lines}, SubjectKind.CARRIER: {line.carrier for line in lines}}
    found = []
    for register in DEFINED:
        for subject in owing[register.subject] if register.expires is not None else ():
            for entry in entries.of(register.id, subject):
                due = _due(entry, register, on, zone)
                if due is not None and due.name not in told:
                    found.append(due)
    return sorted(found, key=lambda due: (due.expires_on, due.register, due.entry))


def _due(entry: Entry, register: Register, on: date, zone: tzinfo) -> Expiring | None:
    version = entry.speaking(on, register, zone)
    expires_on = None if version is None else version.facts.get(register.expires or "")
    if not isinstance(expires_on, date):
        return None
    left = (expires_on - on).days
    term = min((days for days in DAYS if left <= days), default=None)
    if term is None or left < 0:
        return None
    return Expiring(register=register.id, entry=entry.id, expires_on=expires_on, days=term)
