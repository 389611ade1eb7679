"""Durations, shares and instants as the files write them: ``1h30m``, ``50%``, ``2026-09-01T00:00:00+08:00``."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction

UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
DURATION = re.compile(
    r"(?=[0-9])(?:([0-9]{1,7})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m(?!s))?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?"
)
SHARE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(DAY.pattern + r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2})?([Zz]|[+-][0-9]{2}:[0-9]{2})?")

LOCAL = re.compile(DAY.pattern + r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def parse_duration(text: str) -> timedelta:
    """Read a duration such as ``500ms``, ``90s``, ``5m``, ``12h``, ``1h30m`` or ``3d``: units from the largest down.

    Raises:
        ValueError: it is not written so; the message says how to write it.
    """
    found = DURATION.fullmatch(text)
    if found is None:
        if text.isascii() and text.isdigit():
            raise ValueError(f"a duration needs its unit: {text[:9]}s, {text[:9]}m, {text[:9]}h or {text[:9]}d")
        raise ValueError("a duration is wanted, such as 500ms, 90s, 5m, 12h, 1h30m or 3d")
    parts = zip(found.groups(), UNITS.values(), strict=True)
    return sum((int(number) * unit for number, unit in parts if number), timedelta())


def format_duration(duration: timedelta) -> str:
    """Write a duration, at least zero and in whole milliseconds, so that `parse_duration` reads it back.

    Raises:
        ValueError: it is negative, or finer than a millisecond.
    """
    if duration < timedelta() or duration % UNITS["ms"]:
        raise ValueError("only durations from zero, in whole milliseconds, can be written")
    text, left = "", duration
    for name, unit in UNITS.items():
        count, left = divmod(left, unit)
        text += f"{count}{name}" if count else ""
    return text or "0s"


def parse_share(text: str) -> Fraction:
    """Read a share such as ``50%`` or ``99.9%``, from 0 to 1.

    Raises:
        ValueError: it is not written so, or above 100%.
    """
    number = text.removesuffix("%")
    if number == text or SHARE.fullmatch(number) is None or (share := Fraction(number) / 100) > 1:
        raise ValueError("a share is wanted, from 0% to 100%, with its sign: 50% or 99.9%")
    return share


def format_share(share: Fraction) -> str:
    """Write a share from 0 to 1 so that `parse_share` reads it back; past nine decimals it is cut off."""
    whole, decimals = divmod(share * 100 * 10**9 // 1, 10**9)
    fraction = f"{decimals:09d}".rstrip("0")
    return f"{whole}.{fraction}%" if fraction else f"{whole}%"


def parse_instant(text: str, *, zone: tzinfo | None = None) -> datetime:
    """Read an instant with its offset; with a zone, a date alone too, which means local midnight. Returns UTC.

    Raises:
        ValueError: it is not written so, has no offset, or does not exist.
    """
    if zone is not None and DAY.fullmatch(text):
        return _in_utc(datetime.combine(_checked_date(text), time(), zone))
    found = MOMENT.fullmatch(text)
    if found is None:
        also = ", or a date alone" if zone is not None else ""
        raise ValueError(f"a time is wanted, to the second and with its offset: 2026-09-01T08:00:00+08:00{also}")
    if found[2] is None:
        raise ValueError("this time has no offset from UTC: write +08:00 (or Z) after it")
    _checked_date(text[:10])
    try:
        return _in_utc(datetime.fromisoformat(text.upper()))
    except ValueError as error:
        raise ValueError("there is no such time") from error


def format_instant(at: datetime, *, zone: tzinfo) -> str:
    """Write an instant, in whole seconds, so that `parse_instant` reads it back: a local midnight as a date alone."""
    try:
        local = at.astimezone(zone)
    except OverflowError:
        local = at
    with suppress(ValueError):
        if local.time() == time() and parse_instant(local.date().isoformat(), zone=zone) == at:
            return local.date().isoformat()
    whole_minutes = not (local.utcoffset() or timedelta()) % UNITS["m"]
    return (local if whole_minutes else at).isoformat()


def parse_date(text: str) -> date:
    """Read a date such as ``2026-10-01``.

    Raises:
        ValueError: it is not written so, or there is none.
    """
    if DAY.fullmatch(text) is None:
        raise ValueError("a date is wanted, such as 2026-10-01")
    return _checked_date(text)


def parse_local_instant(text: str, *, zone: tzinfo) -> datetime:
    """Read an instant as people write one: local where it has no offset, ``2026-09-01 13:00``, else as `parse_instant`.

    Returns UTC.

    Raises:
        ValueError: it is not written so, or does not exist: clocks may have been put forward over it.
    """
    if LOCAL.fullmatch(text) is None:
        return parse_instant(text, zone=zone)
    try:
        local = datetime.fromisoformat(text.upper()).replace(tzinfo=zone)
    except ValueError as error:
        raise ValueError("there is no such time") from error
    found = _in_utc(local)
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError("there is no such time: clocks were put forward over it")
    return found


def _checked_date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError("there is no such date") from error


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("there is no such time") from error
