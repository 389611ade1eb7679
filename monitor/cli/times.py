"""Times on the command line: ISO 8601 with an offset, or local in the configured zone."""

from __future__ import annotations

from datetime import datetime, tzinfo

import click

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
