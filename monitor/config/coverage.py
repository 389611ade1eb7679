"""Which hours of the week nothing covers, whatever days are holidays. Pure.

Any day of the week may be worked or not, and so may the day before, whose spans can run on: hence 28 kinds of days.
What covers them all covers every week of every calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from monitor.config.hours import DAY, WEEK, Day, Hours, Moment, Span

SAID = 4  # holes named in one sentence; more only make it longer

OneDay = tuple[int, bool]  # day of the week, and whether it is worked


@dataclass(frozen=True, slots=True)
class AnyDay:
    """A kind of day: of the week from 0, worked or not, after a day worked or not."""

    weekday: int
    worked: bool
    after_worked: bool

    def moment(self, minute: int) -> Moment:
        """Return a minute of such a day."""
        return Moment(minute, Day(self.weekday, self.worked), Day((self.weekday - 1) % 7, self.after_worked))


EVERY_DAY = frozenset(AnyDay(*each) for each in product(range(7), (True, False), (True, False)))


@dataclass(frozen=True, slots=True)
class Hole:
    """From minute ``begin`` up to ``end`` of some kinds of days nothing holds."""

    begin: int
    end: int
    days: frozenset[AnyDay]


NEVER = (Hole(0, DAY, EVERY_DAY),)


@lru_cache(maxsize=256)
def holes(covering: tuple[Hours, ...]) -> tuple[Hole, ...]:
    """Return when none of the hours hold, in the order of the clock; hours between dates count as holding always."""
    boundaries = {0, DAY}.union(*(hours.boundaries for hours in covering))
    found: list[Hole] = []
    for begin, end in pairwise(sorted(boundaries)):
        days = frozenset(day for day in EVERY_DAY if not _held(covering, day.moment(begin)))
        if found and found[-1].end == begin and found[-1].days == days:
            found[-1] = Hole(found[-1].begin, end, days)
        elif days:
            found.append(Hole(begin, end, days))
    return tuple(found)


def _held(covering: Iterable[Hours], moment: Moment) -> bool:
    return any(hours.hold(moment) for hours in covering)


def say_holes(found: Sequence[Hole]) -> str:
    """Say holes in one sentence's words: ``every day 20:00-08:00``, ``sat, sun and holidays 00:00-24:00``."""
    said = list(dict.fromkeys(_said(found)))
    more = len(said) - SAID
    return "; ".join(said[:SAID]) + (f"; and {more} more" if more > 0 else "")


def _said(found: Sequence[Hole]) -> Iterator[str]:
    """Say each hole; an evening and the morning after it as one."""
    mornings = {_nights(hole.days): hole for hole in found if hole.begin == 0}
    spoken: set[Hole] = set()
    for hole in found:
        morning = mornings.get(_days(hole.days)) if hole.end == DAY else None
        if morning is not None and morning.end <= hole.begin and _days(hole.days) is not None:
            spoken |= {hole, morning}
    for hole in found:
        days, nights = _days(hole.days), _nights(hole.days)
        if hole in spoken and hole.end == DAY and days is not None:
            yield f"{_say_days(days)} {Span(hole.begin, mornings[days].end + DAY)}"
        elif hole in spoken:
            continue
        elif days is not None:
            yield f"{_say_days(days)} {Span(hole.begin, hole.end)}"
        elif nights is not None:
            yield f"{Span(hole.begin, hole.end)} after {_say_days(nights)}"
        else:
            yield from _said_apart(hole)


def _said_apart(hole: Hole) -> Iterator[str]:
    """Say a hole that depends both on its day and on the day before."""
    for after_worked, before in ((True, "a workday"), (False, "a holiday")):
        days = frozenset((day.weekday, day.worked) for day in hole.days if day.after_worked is after_worked)
        if days:
            yield f"{_say_days(days)} {Span(hole.begin, hole.end)} after {before}"


def _days(days: frozenset[AnyDay]) -> frozenset[OneDay] | None:
    """Return the days themselves where the day before makes no difference, else None."""
    own = frozenset((day.weekday, day.worked) for day in days)
    return own if len(days) == 2 * len(own) else None


def _nights(days: frozenset[AnyDay]) -> frozenset[OneDay] | None:
    """Return the days before them where only those make a difference, else None."""
    before = frozenset(((day.weekday - 1) % 7, day.after_worked) for day in days)
    return before if len(days) == 2 * len(before) else None


def _say_days(days: frozenset[OneDay]) -> str:
    worked, free = ({weekday for weekday, is_worked in days if is_worked is which} for which in (True, False))
    both = worked & free
    if len(both) == 7:
        return "every day"
    parts = [_say_weekdays(both)] if both else []
    for some, word in ((worked, "workdays"), (free, "holidays")):
        if some > both:
            parts.append(word if len(some) == 7 else f"{word} on {_say_weekdays(some - both)}")
    return " and ".join(parts)


def _say_weekdays(weekdays: set[int]) -> str:
    """Say days of the week, three or more in a row as a range."""
    runs: list[list[int]] = []
    for weekday in sorted(weekdays):
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    said = [[f"{WEEK[run[0]]}-{WEEK[run[-1]]}"] if len(run) > 2 else [str(WEEK[day]) for day in run] for run in runs]
    return ", ".join(word for run in said for word in run)
