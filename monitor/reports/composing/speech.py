"""How figures are said: numbers, shares, lengths and times in the words of one language, rounded here and only here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from math import floor
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from monitor.reports.composing.chinese import CHINESE
from monitor.reports.composing.english import ENGLISH
from monitor.reports.document import Cell
from monitor.reports.figures import Figures, Indicator, Value
from monitor.wording import WORDING, say_share, say_time

REPORT_WORDING: Mapping[str, Mapping[str, str]] = {"zh_CN": CHINESE, "en": ENGLISH}
NOTHING = "—"
WIDE = ("W", "F")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
MEASURES = {
    Indicator.UNITS: "measure_units",
    Indicator.UNITS_AFFECTED: "measure_units",
    Indicator.LINES: "measure_lines",
}
SHARES = frozenset(
    {
        Indicator.AVAILABILITY,
        Indicator.ASSESSED,
        Indicator.COVERAGE,
        Indicator.ON_TIME_RATE,
        Indicator.OVERDUE_RATE,
    }
)


def width(text: str) -> int:
    """Return how wide a text is, in letters of half width: a Chinese one counts twice."""
    return sum(2 if east_asian_width(letter) in WIDE else 1 for letter in text)


def hundredths(share: Fraction) -> int:
    """Return a share in hundredths of a percent, truncated: what is printed of it."""
    return floor(share * 10_000)


def floored(length: timedelta) -> timedelta:
    """Return what is printed of a length of time: whole minutes, below one minute whole seconds; never below zero."""
    unit = MINUTE if length >= MINUTE else SECOND
    return max(timedelta(), length // unit * unit)


def hours_and_minutes(length: timedelta, locale: str) -> str:
    """Say a length of time: ``4小时24分``, ``27小时``, ``12秒``; hours go on above a day: so is the limit."""
    hours, left = divmod(floored(length), HOUR)
    minutes, left = divmod(left, MINUTE)
    units, alone = WORDING[locale], REPORT_WORDING[locale]["minutes"]
    parts = ((hours, units["h"]), (minutes, units["m"] if hours else alone), (left // SECOND, units["s"]))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or f"0{alone}"


@dataclass(frozen=True, kw_only=True)
class Speech:
    """The language of one report: its words, and the zone and year of its times."""

    locale: str
    words: Mapping[str, str]
    zone: tzinfo
    year: int
    kind: str
    limit: timedelta

    @classmethod
    def of(cls, figures: Figures, locale: str) -> Speech:
        """Return the language in which figures are said."""
        zone = ZoneInfo(figures.zone)
        return cls(
            locale=locale,
            words=REPORT_WORDING[locale],
            zone=zone,
            year=figures.period[0].astimezone(zone).year,
            kind=figures.kind.value,
            limit=figures.policy.clock.limit,
        )

    def say(self, key: str, **fields: object) -> str:
        """Return words with the fields in their places; ``this`` and ``last`` name the period and the one before."""
        known = {"this": self.words[f"this_{self.kind}"], "last": self.words[f"last_{self.kind}"]}
        return self.words[key].format(**{**known, **fields})

    def heading(self, key: str, **fields: object) -> str:
        """Return words that begin with a capital, where the language has them."""
        said = self.say(key, **fields)
        return said[:1].upper() + said[1:]

    def listed(self, names: list[str]) -> str:
        """Return names side by side."""
        return self.words["listed"].join(names)

    # -- numbers ---------------------------------------------------------------------------------------------------

    def share(self, share: Fraction | float | None) -> str:
        """Say a share: ``99.93%``, truncated."""
        return say_share(share).replace(" ", "")

    def bound(self, share: Fraction) -> str:
        """Say a share that somebody set: ``95%``, ``99.9%``, as it was set."""
        exact = (Decimal(share.numerator) * 100 / Decimal(share.denominator)).quantize(Decimal("0.000001"))
        return f"{exact.normalize():f}%"

    def length(self, length: timedelta | None) -> str:
        """Say a length of time: ``4小时24分``; None is said as ``—``."""
        return NOTHING if length is None else hours_and_minutes(length, self.locale)

    def elapsed(self, length: timedelta) -> str:
        """Say a fault's elapsed time: to the second where the minute would hide that it is over the limit."""
        hidden = floored(length) == self.limit != length
        return self.exact_length(length) if hidden else self.length(length)

    def exact_length(self, length: timedelta) -> str:
        """Say a length of time to the second: ``12小时0分1秒``."""
        hours, left = divmod(max(timedelta(), length), HOUR)
        minutes, left = divmod(left, MINUTE)
        seconds = left // SECOND
        units = WORDING[self.locale]
        middle = f"{minutes}{units['m']}" if hours or minutes else ""
        return (f"{hours}{units['h']}" if hours else "") + middle + f"{seconds}{units['s']}"

    def count(self, name: Indicator, count: int) -> str:
        """Say a count with its measure word: ``13起``."""
        return self.say(MEASURES.get(name, "measure_faults"), count=count)

    def value(self, name: Indicator, value: Value, *, measured: bool = True) -> str:
        """Say a figure; ``measured``: a count with its measure word. None is said as ``—``."""
        match value:
            case None:
                return NOTHING
            case timedelta():
                return self.length(value)
            case Fraction() | int() if name in SHARES:
                return self.share(Fraction(value))
            case int() if measured:
                return self.count(name, value)
            case _:
                return str(value)

    def points(self, now: Fraction, before: Fraction) -> str:
        """Say by how many percentage points one share differs from another, without a sign: ``0.03``.

        The difference is that of the two numbers printed: who subtracts them gets it.
        """
        apart = abs(hundredths(now) - hundredths(before))
        return f"{apart // 100}.{apart % 100:02}"

    def change(self, name: Indicator, now: Value, before: Value) -> str:
        """Say by how much a figure changed, as what is printed differs: ``+0.03个百分点``, ``−2起``, ``持平``."""
        match now, before:
            case (timedelta(), timedelta()):
                apart = floored(now) - floored(before)
                return self._signed(apart > timedelta(), self.length(abs(apart)) if apart else None)
            case (Fraction() | int(), Fraction() | int()) if name in SHARES:
                grown = hundredths(Fraction(now)) - hundredths(Fraction(before))
                said = self.say("points", points=self.points(Fraction(now), Fraction(before)))
                return self._signed(grown > 0, said if grown else None)
            case (int(), int()):
                return self._signed(now > before, self.count(name, abs(now - before)) if now != before else None)
            case _:
                return NOTHING

    def change_cell(self, name: Indicator, now: Value, before: Value) -> Cell:
        """Return by how much a figure changed as a cell; a length, which may be below zero, has no value."""
        said = self.change(name, now, before)
        match now, before:
            case (Fraction() | int(), Fraction() | int()) if name in SHARES:
                apart = Fraction(hundredths(Fraction(now)) - hundredths(Fraction(before)), 10_000)
                return Cell(text=said, value=apart or None)
            case (int(), int()):
                return Cell(text=said, value=now - before or None)
            case _:
                return Cell(text=said)

    def _signed(self, more: bool, said: str | None) -> str:
        return self.words["unchanged"] if said is None else f"{'+' if more else '−'}{said}"

    # -- times -----------------------------------------------------------------------------------------------------

    def local(self, at: datetime) -> datetime:
        """Return the local time of an instant."""
        return at.astimezone(self.zone)

    def moment(self, at: datetime, *, to_the_second: bool = False) -> str:
        """Say an instant: ``9月1日13:02``; with the year where it is another one than the report's."""
        local = self.local(at)
        said = say_time(local, WORDING[self.locale]) if local.year == self.year else self.dated(at)
        return f"{said}:{local:%S}" if to_the_second else said

    def dated(self, at: datetime) -> str:
        """Say an instant with its year: ``2026年9月1日13:02``."""
        local = self.local(at)
        return self.say("moment_of_year", **self._date(local), clock=f"{local:%H:%M}")

    def bounded(self, at: datetime) -> str:
        """Say where a period begins or ends: ``2026年9月1日13:02``, to the second where it is no whole minute."""
        return self.dated(at) + (f":{at:%S}" if at.second else "")

    def day(self, on: date) -> str:
        """Say a day: ``2026年9月1日``."""
        return self.say("whole_day", **self._date(on))

    def short_day(self, on: date) -> str:
        """Say a day without its year: ``9月1日``."""
        return self.say("day_label", **self._date(on))

    def month(self, first: date) -> str:
        """Say a month: ``2026年9月``."""
        return self.say("month_of_year", **self._date(first))

    def month_label(self, first: date) -> str:
        """Say a month without its year: ``9月``."""
        return str(self._date(first)["month"])

    def _date(self, on: date) -> Mapping[str, object]:
        return {"year": on.year, "month": self.words["months"].split(",")[on.month - 1], "day": on.day}

    # -- cells -----------------------------------------------------------------------------------------------------

    def share_cell(self, share: Value, *, strong: bool = False) -> Cell:
        """Return a share as a cell; its value is what is printed: a spreadsheet would round it up."""
        if not isinstance(share, Fraction):
            return Cell(text=NOTHING, strong=strong)
        return Cell(text=self.share(share), value=Fraction(hundredths(share), 10_000), strong=strong)

    def length_cell(self, length: Value, *, strong: bool = False) -> Cell:
        """Return a length of time as a cell; its value is exact, for who adds up a spreadsheet's rows."""
        if not isinstance(length, timedelta):
            return Cell(text=NOTHING, strong=strong)
        return Cell(text=self.length(length), value=length, strong=strong)

    def elapsed_cell(self, length: timedelta) -> Cell:
        """Return a fault's elapsed time as a cell; its value is exact: cut to the minute it may be within the limit."""
        return Cell(text=self.elapsed(length), value=length)

    def moment_cell(self, at: datetime | None, *, missing: str = NOTHING, to_the_second: bool = False) -> Cell:
        """Return an instant as a cell, in local time."""
        if at is None:
            return Cell(text=missing)
        return Cell(text=self.moment(at, to_the_second=to_the_second), value=self.local(at))

    def figure_cell(self, name: Indicator, value: Value, *, measured: bool = True) -> Cell:
        """Return a figure as a cell."""
        if name in SHARES:
            return self.share_cell(Fraction(value) if isinstance(value, int) else value)
        if isinstance(value, timedelta):
            return Cell(text=self.length(value), value=floored(value), to_the_minute=value >= MINUTE)
        return Cell(text=self.value(name, value, measured=measured), value=value)
