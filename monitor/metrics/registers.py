"""The gaps of the registers as the metrics page shows them: judged once a day, and whenever something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from monitor.inventory.model import Inventory
from monitor.registers.entries import Registers
from monitor.registers.gaps import Ground, counted, gaps


class GapCounts:
    """How many gaps there are of each register."""

    def __init__(self) -> None:
        """Begin with nothing judged."""
        self._of: tuple[date, int, Inventory] | None = None
        self._counts: Mapping[str, int] = {}

    async def at(self, now: datetime, entries: Registers, inventory: Inventory, zone: tzinfo) -> Mapping[str, int]:
        """Return the counts of the local day, judged in a thread where they are not known yet."""
        on = now.astimezone(zone).date()
        wanted, before = (on, entries.revision, inventory), self._of
        if before is None or before[:2] != wanted[:2] or before[2] is not inventory:
            ground = Ground(entries=entries.copy(), inventory=inventory, zone=zone)
            self._counts = await asyncio.to_thread(lambda: counted(gaps(ground, on)))
            self._of = wanted
        return self._counts
