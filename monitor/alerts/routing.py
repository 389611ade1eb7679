"""Which message goes which ways, and when: by the routes of ``monitor.yaml``. No input, no output, no clock.

A message goes at once to the channels of every route that takes it and whose hours hold. One that no route takes just
now waits for the first hour in which one does: nothing vanishes. What a carrier must be told of never waits, since
a configuration with such an hour is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.config.hours import Almanac, first_instant
from monitor.config.routes import URGENT, Matter, Route
from monitor.faults.events import MessageDue
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory, UnitKind

ACKNOWLEDGEABLE = (MessageKind.OPENED, MessageKind.RELAPSED)


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel, the kind of message that it gets, and from when on it may go."""

    channel: str
    kind: MessageKind
    at: datetime


def matter_of(due: MessageDue, inventory: Inventory) -> Matter:
    """Return what routes ask of a message that fell due."""
    if not due.message.of_a_fault:
        return Matter(due.message, due.subject if due.message is MessageKind.UNREACHED else None)
    line = inventory.lines.get(due.line or "")
    unit = inventory.units.get(line.unit) if line else None
    return Matter(due.message, due.carrier, unit.kind if unit else None)


def destinations(
    routes: Sequence[Route], matter: Matter, at: datetime, *, almanac: Almanac, ack_target: timedelta
) -> tuple[Destination, ...]:
    """Return where a message that falls due at ``at`` goes, soonest first; each channel once a kind.

    Of ``opened`` and ``relapsed`` also where ``unacknowledged`` goes, if nobody has acknowledged ``ack_target`` later:
    by the hour that it is then. Asked of ``unacknowledged`` itself, it falls due at ``at``.
    """
    found = list(_sent(routes, matter, at, almanac))
    if matter.kind in ACKNOWLEDGEABLE:
        escalated = replace(matter, kind=MessageKind.UNACKNOWLEDGED)
        found += _sent(routes, escalated, at + ack_target, almanac)
    return tuple(sorted(found, key=lambda each: each.at))


def _sent(routes: Sequence[Route], matter: Matter, at: datetime, almanac: Almanac) -> Iterator[Destination]:
    """Find the channels of one kind of message: at once, and of the routes that wait for their hours."""
    moment = almanac.moment(at)
    taking = [route for route in routes if route.takes(matter)]
    begins = {place: at for place, route in enumerate(taking) if route.hours.hold(moment)}
    nobody = not begins
    for place, route in enumerate(taking):
        if place not in begins and (nobody or route.wait):
            begin = first_instant((route.hours,), at, almanac)
            if begin is not None:
                begins[place] = begin
    first = min(begins.values(), default=at)
    soonest: dict[str, datetime] = {}
    for place, route in enumerate(taking):
        if place in begins and (route.wait or begins[place] == first):
            for channel in route.channels:
                soonest[channel] = min(begins[place], soonest.get(channel, begins[place]))
    for channel, begin in soonest.items():
        yield Destination(channel, matter.kind, begin)


def unreached(
    routes: Sequence[Route],
    inventory: Inventory,
    at: datetime,
    *,
    almanac: Almanac,
    silent: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the carriers with a line in service that at an instant no route would tell of some fault.

    ``silent`` are channels that reach nobody just now: those without anybody on call, and those that fail. The word
    is of what a carrier must be told of at every hour.
    """
    moment = almanac.moment(at)
    open_now = [route for route in routes if route.hours.hold(moment) and not set(route.channels) <= set(silent)]
    served: dict[str, set[UnitKind | None]] = {}
    for line in inventory.lines.values():
        if line.in_service(at):
            unit = inventory.units.get(line.unit)
            served.setdefault(line.carrier, set()).add(unit.kind if unit else None)
    return tuple(
        carrier
        for carrier, units in served.items()
        if not all(
            any(route.takes(Matter(kind, carrier, unit)) for route in open_now) for kind in URGENT for unit in units
        )
    )
