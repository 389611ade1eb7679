"""What a letter is written of, and by what: a delivery with what the record says of it, and the ways it can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.alerts.letter import Letter, Sender
from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.store.deliveries import Delivery
from monitor.store.projection import OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery, and what it is about by the record: the fault, its incident, the incident's faults."""

    delivery: Delivery
    fault: Fault | None = None
    incident: Incident | None = None
    struck: tuple[Fault, ...] = ()


class Ways(Protocol):
    """How messages travel by one configuration: channels, routes, texts."""

    @property
    def channels(self) -> Mapping[str, object]:
        """The channels by name, as they are configured: one that stays equal goes on as it is."""

    def sender(self, channel: str) -> Sender:
        """Make what sends through a channel."""

    def deliveries(self, message: OutboxRow, fault: Fault | None, now: datetime) -> tuple[Delivery, ...]:
        """Return the ways of a message that fell due; none where no route takes it."""

    def letter(self, parcel: Parcel, now: datetime) -> Letter:
        """Write one message for its channel."""

    def together(self, parcels: Sequence[Parcel], now: datetime) -> tuple[Letter, int]:
        """Write several messages of one kind into one letter; return how many of them, from the first, it holds."""
