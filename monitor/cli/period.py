"""The options that name a report's period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.exits import WrongInput
from monitor.cli.times import WHEN, instant_of

if TYPE_CHECKING:
    from monitor.reports.periods import Period

Command = TypeVar("Command", bound=Callable[..., Any])
SHAPES = {"--month": "2026-09", "--week": "2026-W37", "--year": "2026"}
EARLIEST = 1970  # year


def period_options(command: Command) -> Command:
    """Give a command the options of a period; it takes them by the name ``named``."""

    def called(
        *args: Any,
        month: str | None,
        week: str | None,
        year: str | None,
        begin: str | None,
        end: str | None,
        **options: Any,
    ) -> Any:
        return command(*args, named=(month, week, year, begin, end), **options)

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__dict__.update(command.__dict__)
    said: Any = called
    for option in reversed(OPTIONS):
        said = option(said)
    result: Command = said
    return result


OPTIONS = (
    click.option("--month", metavar="YYYY-MM", help="A month."),
    click.option("--week", metavar="YYYY-Www", help="A week from Monday on, as 2026-W37 (ISO 8601)."),
    click.option("--year", metavar="YYYY", help="A year."),
    click.option("--from", "begin", metavar="TIME", help=f"Where any other period begins: {WHEN}."),
    click.option("--to", "end", metavar="TIME", help="Where it ends: the first moment, or day, not in it."),
)


def period_named(named: Sequence[str | None], zone: tzinfo, *, of: date | None = None) -> Period:
    """Return the period that is named, else the month of a day, the last one that is over where none is given.

    Raises:
        WrongInput: several are named, or there is no such period.
    """
    from monitor.cli.desk import now
    from monitor.reports.periods import between, month
    from monitor.reports.periods import named as of_key

    whole, (begin, end) = dict(zip(SHAPES, named[:3], strict=True)), named[3:]
    given = {option: text for option, text in whole.items() if text is not None}
    if len(given) + bool(begin or end) > 1:
        raise WrongInput("name one period: --month, --week, --year, or --from and --to")
    try:
        for option, text in given.items():
            period = _comparable(of_key(text, zone))
            if len(text) != len(SHAPES[option]):
                raise WrongInput(f"{option}: write it as {SHAPES[option]}")
            return period
        if begin is None and end is None:
            return month(of or now().astimezone(zone).date().replace(day=1) - timedelta(days=1), zone)
        if begin is None or end is None:
            raise WrongInput("--from and --to belong together")
        return _comparable(between(instant_of(begin, "--from", zone), instant_of(end, "--to", zone), zone))
    except ValueError as error:
        raise WrongInput(str(error)) from error


def _comparable(period: Period) -> Period:
    """Return a period again where there is one before it to compare it with.

    Raises:
        ValueError: there is none: it begins before anything was measured, or is longer than all time before it.
    """
    if period.first.year < EARLIEST:
        raise ValueError(f"{period.key} is too early: there is no report of years before {EARLIEST}")
    try:
        period.before()
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{period.key} is too long: there is no period before it") from error
    return period
