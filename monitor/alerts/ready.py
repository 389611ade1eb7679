"""What may go now on one channel: names in the order of their places, and those that are alike together. Pure.

As many as a county has lines may be ready at once: nothing here goes through all of them but who asks for all.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime

from monitor.faults.terms import MessageKind
from monitor.store.deliveries import Delivery

Place = tuple[int, datetime, int, str]
"""Urgency, the instant at which it was due, its place in the ledger, its name."""
Likeness = tuple[MessageKind, float | None, int | None]
"""Kind, fraction and repeat: what several messages share that can be put into one letter."""


def likeness(delivery: Delivery) -> Likeness:
    """Return what a message shares with those that can go with it."""
    return delivery.kind, delivery.message.fraction, delivery.message.repeat


class Ready:
    """Names, each in its place among those alike."""

    def __init__(self) -> None:
        """Begin empty."""
        self._alike: dict[Likeness, list[Place]] = {}
        self._found: dict[str, tuple[Likeness, Place]] = {}

    def __contains__(self, name: str) -> bool:
        """Tell whether a name is among them."""
        return name in self._found

    def add(self, kind: Likeness, place: Place) -> None:
        """Take a name that is not among them; it is the last of its place."""
        self._found[place[-1]] = kind, place
        insort(self._alike.setdefault(kind, []), place)

    def discard(self, name: str) -> None:
        """Leave a name out from now on, if it is among them."""
        if name in self._found:
            kind, place = self._found.pop(name)
            places = self._alike[kind]
            del places[bisect_left(places, place)]
            if not places:
                del self._alike[kind]

    def in_order(self) -> Iterator[Place]:
        """Go through all places, the most urgent first; nothing may be added or left out meanwhile."""
        return heapq.merge(*self._alike.values())

    def alike(self, kind: Likeness) -> Iterator[str]:
        """Go through the names of those alike in their order; nothing may be added or left out meanwhile."""
        return (place[-1] for place in self._alike.get(kind, ()))
