"""Whether a message has reached the carrier: by whichever of its channels, or by none. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from monitor.store.deliveries import Delivery, State
from monitor.store.projection import OutboxRow


class Reach:
    """The messages to carriers of which something waits, and which of them some channel has delivered."""

    def __init__(self) -> None:
        """Begin with no message."""
        self._waiting: Counter[str] = Counter()
        self._reached: set[str] = set()

    def __contains__(self, delivery: Delivery) -> bool:
        """Tell whether some channel has delivered the message."""
        return delivery.key in self._reached

    def begin(self, deliveries: Iterable[Delivery], *, reached: Iterable[str] = ()) -> None:
        """Take deliveries that wait, each once; ``reached`` are keys that another channel delivered before."""
        self._waiting.update(each.key for each in deliveries if each.to_carrier)
        self._reached |= {key for key in reached if key in self._waiting}

    def end(self, deliveries: Iterable[Delivery]) -> list[OutboxRow]:
        """Take what came of deliveries; return the messages that are given up on the last of their channels."""
        untaken: list[OutboxRow] = []
        for each in deliveries:
            if not each.to_carrier or each.ended_at is None:
                continue
            if each.state is State.DELIVERED:
                self._reached.add(each.key)
            self._waiting[each.key] -= 1
            if self._waiting[each.key] > 0:
                continue
            del self._waiting[each.key]
            if each.state is State.FAILED and each.key not in self._reached:
                untaken.append(each.message)
            self._reached.discard(each.key)
        return untaken
