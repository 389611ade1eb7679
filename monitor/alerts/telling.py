"""Who would be told of what at an instant: routes and rosters put together, for people who ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts.letter import Recipient
from monitor.alerts.roster import recipients, silent
from monitor.alerts.routing import Destination, destinations, unreached
from monitor.config.routes import Matter
from monitor.config.settings import Channel, ChannelKind, Settings
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory, UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Some kinds of messages of a carrier go to a channel at an instant, and there to ``people``.

    ``carrier`` is None for alarms; ``units`` are the kinds of units that it is so for, empty for all. ``channel`` is
    None where no route takes them.
    """

    carrier: str | None
    units: tuple[UnitKind, ...]
    kinds: tuple[MessageKind, ...]
    channel: str | None
    at: datetime
    people: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: of which carriers' faults and which alarms, by what falls due at ``at``."""

    settings: Settings
    inventory: Inventory
    at: datetime
    ack_target: timedelta

    def of_carrier(self, carrier: str, kinds: Sequence[MessageKind]) -> Iterator[Telling]:
        """Answer for one carrier; kinds of units for which the answer is the same stand together."""
        units: dict[UnitKind | None, None] = {}
        for line in self.inventory.lines.values():
            if line.carrier == carrier and line.in_service(self.at):
                units[self.inventory.units[line.unit].kind] = None
        alike: dict[tuple[tuple[Destination, ...], ...], list[UnitKind]] = defaultdict(list)
        for unit in units or {None: None}:
            answer = tuple(self._destinations(Matter(kind, carrier, unit)) for kind in kinds)
            alike[answer] += [unit] if unit else []
        for answer, whose in alike.items():
            only = tuple(whose) if len(alike) > 1 else ()
            yield from self._tellings(carrier, only, dict(zip(kinds, answer, strict=True)))

    def of_alarms(self, kinds: Sequence[MessageKind]) -> Iterator[Telling]:
        """Answer for the alarms to the centre."""
        yield from self._tellings(None, (), {kind: self._destinations(Matter(kind)) for kind in kinds})

    def unreached(self) -> tuple[str, ...]:
        """Return the carriers that nobody would be told for just now."""
        almanac, settings = self.settings.almanac, self.settings
        mute = silent(settings.channels.values(), settings.rosters, almanac.moment(self.at))
        return unreached(settings.routes, self.inventory, self.at, almanac=almanac, silent=mute)

    def _destinations(self, matter: Matter) -> tuple[Destination, ...]:
        return destinations(
            self.settings.routes, matter, self.at, almanac=self.settings.almanac, ack_target=self.ack_target
        )

    def _tellings(
        self, carrier: str | None, units: tuple[UnitKind, ...], found: dict[MessageKind, tuple[Destination, ...]]
    ) -> Iterator[Telling]:
        """Put kinds that go the same way at the same time together, soonest first; last, those that go nowhere."""
        ways: dict[tuple[datetime, str], dict[MessageKind, None]] = defaultdict(dict)
        for destination in sorted((each for several in found.values() for each in several), key=lambda each: each.at):
            ways[destination.at, destination.channel][destination.kind] = None
        for (at, channel), kinds in ways.items():
            people = self._people(self.settings.channels[channel], at)
            yield Telling(carrier=carrier, units=units, kinds=tuple(kinds), channel=channel, at=at, people=people)
        nowhere = tuple(kind for kind, several in found.items() if all(each.kind is not kind for each in several))
        if nowhere:
            yield Telling(carrier=carrier, units=units, kinds=nowhere, channel=None, at=self.at, people=())

    def _people(self, channel: Channel, at: datetime) -> tuple[Recipient, ...]:
        """Return a channel's own recipients, and those on call at an instant."""
        if channel.kind is ChannelKind.SMS:
            own = [Recipient(phone=recipient) for recipient in channel.recipients]
        else:
            own = [Recipient(email=recipient) for recipient in channel.recipients]
        return (*own, *recipients(channel, self.settings.rosters, self.settings.almanac.moment(at)))
