"""Who is on call: by the rosters of ``monitor.yaml``. No input, no output, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.alerts.letter import Recipient
from monitor.config.hours import Moment
from monitor.config.on_call import reached_by
from monitor.config.rosters import Roster, Shift
from monitor.config.settings import Channel


def on_call(roster: Roster, moment: Moment) -> tuple[Recipient, ...]:
    """Return everybody on call at a moment, each once, in the order of the roster."""
    return _recipients(shift for shift in roster.shifts if shift.hours.hold(moment))


def recipients(channel: Channel, rosters: Mapping[str, Roster], moment: Moment) -> tuple[Recipient, ...]:
    """Return those on call whom a channel reaches, besides its own recipients; none where it has no roster."""
    roster = rosters.get(channel.roster or "")
    if roster is None:
        return ()
    held = (shift for shift in roster.shifts if shift.hours.hold(moment))
    return _recipients(shift for shift in held if reached_by(channel.kind, shift))


def silent(channels: Iterable[Channel], rosters: Mapping[str, Roster], moment: Moment) -> frozenset[str]:
    """Return the channels that reach nobody at a moment: nobody is on call, and they have no recipients besides."""
    return frozenset(
        channel.name
        for channel in channels
        if channel.roster is not None and not channel.recipients and not recipients(channel, rosters, moment)
    )


def _recipients(shifts: Iterable[Shift]) -> tuple[Recipient, ...]:
    found = (Recipient(name=shift.name, phone=shift.phone, email=shift.email) for shift in shifts)
    return tuple(dict.fromkeys(found))
