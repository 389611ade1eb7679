"""When somebody is to be told: hours of the day, kinds of days, dates, on the wall clock of the configured zone.

A span that goes over midnight belongs whole to the day on which it begins: ``20:00-08:00`` on workdays runs from a
Friday's evening to the Saturday's morning, holiday or not. Spans are half-open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from monitor.config.fields import as_text
from monitor.config.quantities import parse_date

DAY = 24 * 60  # minutes
SPAN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])-(?:([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00)")
WANTED = "hours are wanted here, such as 08:00-20:00, or 20:00-08:00 over midnight"
DATES_WANTED = "two dates are wanted here, the first and the one after the last: [2026-10-01, 2026-10-08]"
# Every zone's offset from UTC is a multiple of this, so no clock is put forward or back between two of them.
OFFSETS = 15  # minutes
QUARTER = timedelta(minutes=OFFSETS)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORESIGHT = timedelta(days=40)  # longer than any stretch of workdays or holidays


class DayKind(StrEnum):
    """The days on which hours hold: by the calendar of workdays, or by their names."""

    WORKDAYS = "workdays"
    HOLIDAYS = "holidays"
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = (DayKind.MON, DayKind.TUE, DayKind.WED, DayKind.THU, DayKind.FRI, DayKind.SAT, DayKind.SUN)


@dataclass(frozen=True, slots=True)
class Day:
    """A day: ``weekday`` 0 is Monday; ``date`` is None for any day of its kind."""

    weekday: int
    workday: bool
    date: date | None = None

    def of(self, kinds: frozenset[DayKind]) -> bool:
        """Tell whether one of the words names it."""
        return WEEK[self.weekday] in kinds or (DayKind.WORKDAYS if self.workday else DayKind.HOLIDAYS) in kinds


@dataclass(frozen=True, slots=True)
class Moment:
    """A minute on the wall clock, from 0, of a day; and the day before, whose spans may run on."""

    minute: int
    today: Day
    yesterday: Day


@dataclass(frozen=True, slots=True)
class Almanac:
    """Turns instants into moments: by a zone, and by which days are worked."""

    zone: tzinfo
    workday: Callable[[date], bool]

    def moment(self, at: datetime) -> Moment:
        """Return what clock and calendar on the wall show at an instant."""
        local = at.astimezone(self.zone)
        today = local.date()
        return Moment(local.hour * 60 + local.minute, self._day(today), self._day(today - timedelta(days=1)))

    def _day(self, day: date) -> Day:
        return Day(day.weekday(), self.workday(day), day)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` up to ``end``, in minutes after midnight; an end past 1440 is on the next day."""

    begin: int
    end: int

    def __str__(self) -> str:
        """Return it as the files write it."""
        end = DAY if self.end == DAY else self.end % DAY
        return f"{self.begin // 60:02d}:{self.begin % 60:02d}-{end // 60:02d}:{end % 60:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours of the day, on some days; ``days`` empty: every day. Spans begin on days in ``[first, until)``."""

    spans: tuple[Span, ...] = (Span(0, DAY),)
    days: frozenset[DayKind] = frozenset()
    first: date | None = None
    until: date | None = None

    def hold(self, moment: Moment) -> bool:
        """Tell whether a span runs at a moment."""
        return any(
            (span.begin <= moment.minute < span.end and self._begin_on(moment.today))
            or (moment.minute + DAY < span.end and self._begin_on(moment.yesterday))
            for span in self.spans
        )

    @property
    def dated(self) -> bool:
        """Whether they hold between dates only."""
        return self.first is not None or self.until is not None

    @property
    def boundaries(self) -> frozenset[int]:
        """The minutes of the day at which they may begin or end to hold."""
        return frozenset({0, *(minute % DAY for span in self.spans for minute in (span.begin, span.end))})

    def _begin_on(self, day: Day) -> bool:
        if self.days and not day.of(self.days):
            return False
        begun = self.first is None or day.date is None or self.first <= day.date
        return begun and (self.until is None or day.date is None or day.date < self.until)


ALWAYS = Hours()


def first_instant(
    hours: Sequence[Hours], since: datetime, almanac: Almanac, *, held: bool = True, within: timedelta = FORESIGHT
) -> datetime | None:
    """Return the first instant at which one of the hours holds; with ``held`` false, at which none does.

    None where there is none soon enough.
    """
    for at in _changes(hours, since):
        if at > since + within:
            break
        moment = almanac.moment(at)
        if any(each.hold(moment) for each in hours) is held:
            return at
    return None


def _changes(hours: Sequence[Hours], since: datetime) -> Iterator[datetime]:
    """Go through an instant and those after it at which hours may change, without end.

    These are on their boundaries, at midnight, and where clocks are put forward or back. Whatever the zone's offset,
    they fall on the same few minutes of a quarter of an hour.
    """
    yield since
    minutes = sorted({0, *(minute % OFFSETS for each in hours for minute in each.boundaries)})
    quarter = EPOCH + (since - EPOCH) // QUARTER * QUARTER
    while True:
        for minute in minutes:
            at = quarter + timedelta(minutes=minute)
            if at > since:
                yield at
        quarter += QUARTER


def as_span(value: object) -> Span:
    """Take hours of the day; equal ends mean 24 hours.

    Raises:
        ValueError: they are not written so.
    """
    found = SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(WANTED)
    begin = int(found[1]) * 60 + int(found[2])
    end = DAY if found[3] is None else int(found[3]) * 60 + int(found[4])
    return Span(begin, end if end > begin else end + DAY)


def as_date(value: object) -> date:
    """Take a date.

    Raises:
        ValueError: it is none.
    """
    return parse_date(as_text(value))


def as_dates(value: object) -> tuple[date | None, date | None]:
    """Take the first date and the one after the last; null where a side is open.

    Raises:
        ValueError: they are not written so, or the other way round.
    """
    if not isinstance(value, list) or len(value) != 2 or value == [None, None]:
        raise ValueError(DATES_WANTED)
    first, until = (None if each is None else as_date(each) for each in value)
    if first and until and first >= until:
        raise ValueError("the second date must be later than the first: it is the one after the last")
    return first, until
