"""The periods of reports: months, weeks, years, any other; each with the key by which its edition is known. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.reports.figures import PeriodKind
from monitor.sla.spans import Span

MONTH, WEEK = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"), re.compile(r"([0-9]{4})-W([0-5][0-9])")
YEAR, BETWEEN = re.compile(r"[0-9]{4}"), ".."
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period ``span`` of whole seconds, in UTC.

    ``key`` is ``2026-09``, ``2026-W37`` (ISO 8601), ``2026``, or for any other ``2026-09-01..2026-09-15``: two local
    times, the second of which is not in it; midnight is left out.
    """

    kind: PeriodKind
    key: str
    span: Span
    zone: tzinfo

    @property
    def first(self) -> date:
        """Its first local day."""
        return self.span[0].astimezone(self.zone).date()

    @property
    def last(self) -> date:
        """Its last local day."""
        return (self.span[1] - timedelta.resolution).astimezone(self.zone).date()

    def before(self) -> Period:
        """Return the period that it is compared with: the one just before, of another length only by the calendar."""
        match self.kind:
            case PeriodKind.MONTH:
                return month(self.first - ONE_DAY, self.zone)
            case PeriodKind.WEEK:
                return week(self.first - ONE_DAY, self.zone)
            case PeriodKind.YEAR:
                return year(self.first.year - 1, self.zone)
            case PeriodKind.ANY:
                begin, end = self.span
                return between(begin - (end - begin), begin, self.zone)


def month(day: date, zone: tzinfo) -> Period:
    """Return the month of a local day."""
    first = day.replace(day=1)
    following = (first + 31 * ONE_DAY).replace(day=1)
    return Period(kind=PeriodKind.MONTH, key=f"{first:%Y-%m}", span=_span(first, following, zone), zone=zone)


def week(day: date, zone: tzinfo) -> Period:
    """Return the week of a local day, from Monday on (ISO 8601)."""
    number, first = day.isocalendar(), day - day.weekday() * ONE_DAY
    key = f"{number.year:04}-W{number.week:02}"
    return Period(kind=PeriodKind.WEEK, key=key, span=_span(first, first + 7 * ONE_DAY, zone), zone=zone)


def year(number: int, zone: tzinfo) -> Period:
    """Return a year."""
    span = _span(date(number, 1, 1), date(number + 1, 1, 1), zone)
    return Period(kind=PeriodKind.YEAR, key=f"{number:04}", span=span, zone=zone)


def between(begin: datetime, end: datetime, zone: tzinfo) -> Period:
    """Return any period.

    Raises:
        ValueError: it ends before it begins.
    """
    if not begin < end:
        raise ValueError("the period ends before it begins, or where it begins: its end is not in it")
    key = BETWEEN.join(_written(at, zone) for at in (begin, end))
    return Period(kind=PeriodKind.ANY, key=key, span=(begin.astimezone(UTC), end.astimezone(UTC)), zone=zone)


def named(key: str, zone: tzinfo) -> Period:
    """Return the period of a key.

    Raises:
        ValueError: there is no such period.
    """
    try:
        if found := MONTH.fullmatch(key):
            return month(date(int(found[1]), int(found[2]), 1), zone)
        if found := WEEK.fullmatch(key):
            return week(date.fromisocalendar(int(found[1]), int(found[2]), 1), zone)
        if YEAR.fullmatch(key):
            return year(int(key), zone)
        begin, dots, end = key.partition(BETWEEN)
        if dots:
            return between(_read(begin, zone), _read(end, zone), zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"there is no period {key}") from error
    raise ValueError(f"{key} names no period: write 2026-09, 2026-W37, 2026 or 2026-09-01..2026-09-15")


def months_up_to(period: Period, count: int) -> list[Period]:
    """Return the last so many months that are over with a period, the earliest first; a month is not its own."""
    last = month(period.last, period.zone)
    ends_with_it = last.span[1] <= period.span[1] and period.kind is not PeriodKind.MONTH
    found = [last if ends_with_it else last.before()]
    for _ in range(count - 1):
        found.append(found[-1].before())
    return found[::-1]


def _span(first: date, following: date, zone: tzinfo) -> Span:
    begin, end = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in (first, following))
    return begin, end


def _written(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%dT%H:%M:%S}"


def _read(text: str, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)
