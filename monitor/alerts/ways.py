"""How messages travel by one configuration: its routes, rosters, channels and texts put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.alerts.channels import make_sender
from monitor.alerts.composing import Composer
from monitor.alerts.facts import Matter
from monitor.alerts.letter import Letter, Sender
from monitor.alerts.links import Links
from monitor.alerts.parcel import Parcel
from monitor.alerts.roster import recipients, silent
from monitor.alerts.routing import destinations, matter_of, unreached
from monitor.config.folder import Configuration
from monitor.config.settings import Channel, Locale
from monitor.faults.events import MessageDue
from monitor.faults.fault import Fault
from monitor.faults.terms import MessageKind
from monitor.policy import Policies
from monitor.store.deliveries import Delivery, due_of
from monitor.store.projection import OutboxRow


class ConfiguredWays:
    """The ways of one configuration."""

    def __init__(
        self, configuration: Configuration, policies: Policies, *, now: Callable[[], datetime], simulated: bool
    ) -> None:
        """Take a configuration; ``policies`` know every version that a fault is judged by."""
        self._settings, self._inventory = configuration.settings, configuration.inventory
        self._policies, self._now = policies, now
        self._links = Links.of(configuration.settings)
        self._composers = {
            locale: Composer(
                settings=configuration.settings,
                inventory=configuration.inventory,
                policies=policies,
                templates=configuration.templates,
                simulated=simulated,
                locale=locale,
            )
            for locale in Locale
        }

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The channels by name."""
        return self._settings.channels

    def sender(self, channel: str) -> Sender:
        """Make what sends through a channel; raises `ChannelUnusable`."""
        return make_sender(self.channels[channel], now=self._now)

    def deliveries(self, message: OutboxRow, fault: Fault | None, now: datetime) -> tuple[Delivery, ...]:
        """Return the ways of a message: each channel once a kind, from when the routes' hours let it go."""
        policy = self._policies.in_force(now) if fault is None else self._policies.named(fault.policy_version)
        found = destinations(
            self._settings.routes,
            matter_of(due_of(message), self._inventory),
            now,
            almanac=self._settings.almanac,
            ack_target=policy.reminders.ack_target,
        )
        carriers = self._of_the_carrier(message.carrier)
        return tuple(
            Delivery(
                message=message,
                channel=each.channel,
                kind=each.kind,
                to_carrier=each.channel in carriers and each.kind.of_a_fault,
                since=max(each.at, message.due_at) if each.at > now else message.due_at,
                next_at=each.at,
            )
            for each in found
        )

    def letter(self, parcel: Parcel, now: datetime) -> Letter:
        """Write one message for its channel, with who is on call now."""
        channel = self.channels[parcel.delivery.channel]
        written = self._composer(channel).letter(self._matter(parcel, now), now=now, channel=channel)
        return self._addressed(replace(written, key=parcel.delivery.key), channel, now)

    def together(self, parcels: Sequence[Parcel], now: datetime) -> tuple[Letter, int]:
        """Write as many messages of one kind as fit into one letter; return how many those are."""
        channel = self.channels[parcels[0].delivery.channel]
        matters = [self._matter(parcel, now) for parcel in parcels]
        written = self._composer(channel).group(matters, now=now, channel=channel)
        letter = self._addressed(replace(written, key=parcels[0].delivery.key), channel, now)
        return letter, max(1, len(written.members))

    def unreached(self, now: datetime) -> tuple[str, ...]:
        """Return the carriers that no route would tell of a fault just now; none where there are no routes at all."""
        if not self._settings.routes:
            return ()
        almanac = self._settings.almanac
        mute = silent(self.channels.values(), self._settings.rosters, almanac.moment(now))
        return unreached(self._settings.routes, self._inventory, now, almanac=almanac, silent=mute)

    def _of_the_carrier(self, carrier: str | None) -> frozenset[str]:
        """Return the channels that tell a carrier: those of routes that name it, else all that take its faults.

        Else too where those that name it do not tell of a fault when it opens: they add somebody to the others.
        """
        routes = [route for route in self._settings.routes if any(kind.of_a_fault for kind in route.kinds)]
        named = [route for route in routes if carrier in route.carriers]
        told = any(MessageKind.OPENED in route.kinds for route in named)
        return frozenset(channel for route in (named if told else routes) for channel in route.channels)

    def _composer(self, channel: Channel) -> Composer:
        return self._composers[channel.locale or self._settings.locale]

    def _addressed(self, letter: Letter, channel: Channel, now: datetime) -> Letter:
        on_call = recipients(channel, self._settings.rosters, self._settings.almanac.moment(now))
        return replace(letter, recipients=on_call)

    def _matter(self, parcel: Parcel, now: datetime) -> Matter:
        delivery, fault = parcel.delivery, parcel.fault
        due = due_of(delivery.message, kind=delivery.kind, due_at=delivery.since)
        return Matter(
            message=due,
            fault=fault,
            incident=parcel.incident,
            struck=parcel.struck,
            link=self._link(delivery, due, now),
        )

    def _link(self, delivery: Delivery, due: MessageDue, now: datetime) -> str | None:
        """Return where the carrier answers; nobody else gets a link, and what is over needs none."""
        if self._links is None or not delivery.to_carrier or delivery.kind is MessageKind.RESTORED:
            return None
        return None if due.no is None or due.carrier is None else self._links.url(due.no, due.carrier, now)
