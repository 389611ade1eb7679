"""Times on the command line: ISO 8601 with an offset, or local in the configured zone."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.sla.spans import Span

WHEN = "a date, '2026-09-01 13:00' (local), or 2026-09-01T13:00:00+08:00"
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
WANTED = "write a time as '2026-09-01 13:00' (local) or 2026-09-01T13:00:00+08:00"


def instant_of(text: str, option: str, zone: tzinfo) -> datetime:
    """Read a time, local where it has no offset; a date alone means local midnight. Returns UTC, a whole second.

    Raises:
        click.BadParameter: it is not written so, or there is no such time; the message names ``option``.
    """
    from monitor.config.quantities import parse_local_instant

    try:
        return parse_local_instant(text, zone=zone)
    except ValueError as error:
        reason = "there is no such time" if "no such" in str(error) else WANTED
        raise click.BadParameter(reason, param_hint=option) from error


def local(at: datetime, zone: tzinfo) -> str:
    """Write an instant in a zone, to the second."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def month_named(text: str, option: str, zone: tzinfo) -> Span:
    """Return the month written as ``2026-09``, from local midnight to local midnight.

    Raises:
        click.BadParameter: it is not written so, or there is no such month.
    """
    from monitor.sla.figures import month_of

    found = MONTH.fullmatch(text)
    if found is None:
        raise click.BadParameter("write a month as 2026-09", param_hint=option)
    try:
        [month] = month_of(date(int(found[1]), int(found[2]), 1), zone)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter("there is no such month", param_hint=option) from error
    return month
