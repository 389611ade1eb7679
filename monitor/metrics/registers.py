"""What registers lack and what runs out, for the metrics page: judged once a day, and whenever something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from monitor.inventory.model import Inventory
from monitor.registers.definitions import DEFINED
from monitor.registers.entries import Registers
from monitor.registers.gaps import Ground, counted, gaps
from monitor.registers.reminders import DAYS, expiring


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCounts:
    """How many gaps there are of each register, and how many entries run out within so many days."""

    gaps: Mapping[str, int] = field(default_factory=dict)
    expiring: Mapping[tuple[str, int], int] = field(default_factory=dict)


def count(ground: Ground, on: date) -> RegisterCounts:
    """Count what the registers lack on a local day, and what runs out soon; a nearer term is in every farther one."""
    soon = expiring(ground.entries, ground.inventory, on, ground.zone)
    terms = [(register.id, days) for register in DEFINED if register.expires is not None for days in DAYS]
    return RegisterCounts(
        gaps=counted(gaps(ground, on)),
        expiring={
            (register, days): sum(each.register == register and each.days <= days for each in soon)
            for register, days in terms
        },
    )


class JudgedRegisters:
    """The counts of the day, kept until it is over or something changes."""

    def __init__(self) -> None:
        """Begin with nothing judged."""
        self._of: tuple[date, int, Inventory] | None = None
        self._counts = RegisterCounts()

    async def at(self, now: datetime, entries: Registers, inventory: Inventory, zone: tzinfo) -> RegisterCounts:
        """Return the counts of the local day, judged in a thread where they are not known yet."""
        on = now.astimezone(zone).date()
        wanted, before = (on, entries.revision, inventory), self._of
        if before is None or before[:2] != wanted[:2] or before[2] is not inventory:
            ground = Ground(entries=entries.copy(), inventory=inventory, zone=zone)
            self._counts = await asyncio.to_thread(count, ground, on)
            self._of = wanted
        return self._counts
