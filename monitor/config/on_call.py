"""Whether somebody is on call at every hour whom a channel can reach, and whether holidays are known.

Hours without anybody are an error where a channel has no recipients besides. What comes by the mere passing of time
only warns: a daemon that starts anew at night must not be refused because a roster ended at midnight. In operation
the alarm ``unreached`` says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from monitor.config.coverage import holes, say_holes
from monitor.config.hours import DayKind, Hours, first_instant
from monitor.config.problem import Problem
from monitor.config.rosters import Roster, Shift
from monitor.config.settings import Channel, ChannelKind, Settings
from monitor.config.source import Document

AHEAD = timedelta(days=14)  # how long before a dated roster ends it is warned of


def reached_by(kind: ChannelKind, shift: Shift) -> bool:
    """Tell whether a channel of some kind can reach who is on call: one of SMS by telephone, else by mail."""
    return (shift.phone if kind is ChannelKind.SMS else shift.email) is not None


def on_call_problems(document: Document, settings: Settings) -> Iterator[Problem]:
    """Name the channels that at some hour reach nobody at all."""
    for channel, hours in _rostered(settings):
        found = holes(hours)
        if found and not channel.recipients:
            message = f"{_nobody(channel)} ({say_holes(found)}), and this channel has no recipients besides"
            yield document.problem(("channels", channel.name, "roster"), message)


def on_call_warnings(document: Document, settings: Settings, at: datetime | None) -> Iterator[Problem]:
    """Name the rosters that have hours without anybody, and, at an instant, those that soon will."""
    for channel, hours in _rostered(settings):
        path = ("channels", channel.name, "roster")
        if found := holes(hours):
            yield document.problem(path, f"{_nobody(channel)} ({say_holes(found)})")
        elif ending := _ending(hours, settings, at):
            yield document.problem(path, f"{_nobody(channel)} from {ending} on: add shifts with later dates")
    used = {channel.roster for channel in settings.channels.values()}
    for roster in settings.rosters.values():
        if roster.name not in used:
            yield from _unused(document, roster, settings, at)
    if at is not None:
        yield from _years_unknown(document, settings, at)


def _rostered(settings: Settings) -> Iterator[tuple[Channel, tuple[Hours, ...]]]:
    """Go through the channels that have a roster, with the hours in which it names somebody they can reach."""
    for channel in settings.channels.values():
        roster = settings.rosters.get(channel.roster or "")
        if roster is not None:
            yield channel, tuple(shift.hours for shift in roster.shifts if reached_by(channel.kind, shift))


def _nobody(channel: Channel) -> str:
    way = "telephone" if channel.kind is ChannelKind.SMS else "mail"
    return f"nobody of roster {channel.roster} who can be reached by {way} is on call"


def _unused(document: Document, roster: Roster, settings: Settings, at: datetime | None) -> Iterator[Problem]:
    yield document.problem(("rosters", roster.name), "no channel uses this roster", key=True)
    hours = tuple(shift.hours for shift in roster.shifts)
    if found := holes(hours):
        yield document.problem(("rosters", roster.name), f"nobody is on call ({say_holes(found)})", key=True)
    elif ending := _ending(hours, settings, at):
        yield document.problem(("rosters", roster.name), f"nobody is on call from {ending} on", key=True)


def _ending(hours: Sequence[Hours], settings: Settings, at: datetime | None) -> str | None:
    """Return from when on soon nobody is on call, in local time; only dates can make it so."""
    if at is None or not any(each.dated for each in hours):
        return None
    ending = first_instant(hours, at, settings.almanac, held=False, within=AHEAD)
    return None if ending is None else f"{ending.astimezone(settings.timezone):%Y-%m-%d %H:%M}"


def _years_unknown(document: Document, settings: Settings, at: datetime) -> Iterator[Problem]:
    """Warn of years whose holidays are not known, where anything asks for them."""
    every = [route.hours for route in settings.routes]
    every += [shift.hours for roster in settings.rosters.values() for shift in roster.shifts]
    if any(hours.days & {DayKind.WORKDAYS, DayKind.HOLIDAYS} for hours in every):
        for year in settings.calendar.missing_years(at.astimezone(settings.timezone).date()):
            message = (
                f"the holidays of {year} are not known: until they stand here under {year} (or in a newer package "
                "chinesecalendar), Saturdays and Sundays count as holidays"
            )
            yield document.problem(("calendar",), message, key=True)
