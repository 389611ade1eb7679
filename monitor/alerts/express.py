"""Messages told past the database while it cannot be written: that it cannot is told by the channels all the same.

Once such a message is in the database after all, the channels that took it count as told, and the others tell it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from monitor.alerts.courier import Courier
from monitor.alerts.letter import Fate, Outcome
from monitor.alerts.parcel import Parcel, Ways
from monitor.alerts.retrying import pause
from monitor.store.deliveries import Delivery
from monitor.store.projection import OutboxRow


class Express:
    """What goes past the database, and who took it."""

    def __init__(
        self, couriers: Mapping[str, Courier], *, now: Callable[[], datetime], ended: Callable[[], None]
    ) -> None:
        """Send through ``couriers``, those that there are at each try; ``ended`` is called after every try."""
        self._couriers, self._now, self._ended = couriers, now, ended
        self._told: dict[str, dict[str, Outcome]] = {}
        self._going: Counter[str] = Counter()

    async def tell(self, message: OutboxRow, ways: Ways) -> None:
        """Send a message by all its ways at once, until every channel took or refused it or it `told` is asked for."""
        self._told[message.key] = {}
        await asyncio.gather(*(self._tell(each, ways) for each in ways.deliveries(message, None, self._now())))

    def going(self, key: str) -> bool:
        """Tell whether a try at a message is under way: what comes of it must be known before it is tried again."""
        return self._going[key] > 0

    def told(self, key: str) -> dict[str, Outcome]:
        """Return which channels took a message; from now on it is none of this one's business."""
        return self._told.pop(key, {})

    async def _tell(self, delivery: Delivery, ways: Ways) -> None:
        key, tries = delivery.message.key, 0
        while key in self._told and (courier := self._couriers.get(delivery.channel)) is not None:
            outcome = await self._try(courier, delivery, ways)
            if outcome.fate is Fate.DELIVERED and key in self._told:
                self._told[key][delivery.channel] = outcome
            if outcome.fate is not Fate.AGAIN:
                return
            tries += 1
            await asyncio.sleep(pause(outcome, tries).total_seconds())

    async def _try(self, courier: Courier, delivery: Delivery, ways: Ways) -> Outcome:
        key = delivery.message.key
        self._going[key] += 1
        try:
            return await courier.express(ways.letter(Parcel(delivery=delivery), self._now()))
        finally:
            self._going -= Counter([key])
            self._ended()
