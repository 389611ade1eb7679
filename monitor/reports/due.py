"""Which reports are to be drawn up, frozen or mailed now (the policy's ``report``). Pure.

The month that is over is drawn up on ``draw_up_day`` of the next, again on every day until it is frozen on
``freeze_day``. Who was off on the day catches up: a draft that comes late stands as long as one in time would have, so
that the centre has its days to look at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from monitor.editions.edition import Edition, Editions
from monitor.policy import ReportRule
from monitor.reports.figures import PeriodKind
from monitor.reports.periods import Period, month, named

EARLY = time(4)  # local: the day's faults are closed, nobody is in the office yet
MOST_MONTHS = 12  # caught up at most
MAILED_FOR = timedelta(hours=24)  # how long a report that cannot be mailed is tried again
MAILED_EVERY = timedelta(hours=1)


class Deed(StrEnum):
    """What is to be done."""

    DRAW = "draw"
    FREEZE = "freeze"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be done with which report."""

    deed: Deed
    period: Period


def due(
    editions: Editions, rule: ReportRule, zone: tzinfo, *, now: datetime, since: datetime | None, mailed: bool
) -> Iterator[Due]:
    """Go through what is to be done at ``now``, the earliest month first.

    ``since`` is when the record begins, None while there is none; ``mailed``: frozen ones go to somebody by mail.
    """
    if since is None:
        return
    for period in _months(editions, zone, now, since):
        edition = editions.named(period.key) or Edition(key=period.key)
        deed = _deed(edition, period, rule, now)
        if deed is not None:
            yield Due(deed=deed, period=period)
    for edition in editions.frozen():
        if mailed and _to_mail(edition, now):
            yield Due(deed=Deed.MAIL, period=named(edition.key, zone))


def freezes_at(edition: Edition, period: Period, rule: ReportRule) -> datetime:
    """Return when a month's draft becomes final: on the policy's day, or so many days after a late first drawing."""
    planned = _on(rule.freeze_day, period)
    if edition.latest is None:
        return planned
    first = edition.made[0].at.astimezone(period.zone).date()
    days = timedelta(days=rule.freeze_day - rule.draw_up_day)
    return max(planned, _early(first + days, period.zone))


def _months(editions: Editions, zone: tzinfo, now: datetime, since: datetime) -> list[Period]:
    """Return the months that are over and not frozen: drafts, and all after the last edition; of none the last one."""
    last = month(now.astimezone(zone).date(), zone).before()
    months = [last]
    if _known(editions, zone):
        while len(months) < MOST_MONTHS and editions.named(months[-1].key) is None:
            months.append(months[-1].before())
    drafts = [period for period, edition in _known(editions, zone) if edition.frozen is None and edition.made]
    found = {period.key: period for period in (*months, *drafts) if since < period.span[1] <= now}
    return [found[key] for key in sorted(found)]


def _known(editions: Editions, zone: tzinfo) -> list[tuple[Period, Edition]]:
    periods = ((named(edition.key, zone), edition) for edition in editions.all())
    return [(period, edition) for period, edition in periods if period.kind is PeriodKind.MONTH]


def _deed(edition: Edition, period: Period, rule: ReportRule, now: datetime) -> Deed | None:
    latest = edition.latest
    if edition.frozen is not None or now < _on(rule.draw_up_day, period):
        return None
    if latest is None:
        return Deed.DRAW
    if now >= freezes_at(edition, period, rule):
        return Deed.FREEZE
    today = _early(now.astimezone(period.zone).date(), period.zone)
    return Deed.DRAW if latest.at < today <= now else None


def _to_mail(edition: Edition, now: datetime) -> bool:
    """Tell whether a frozen report is to be mailed, for the first time or again."""
    latest, tries = edition.latest, edition.tries
    if latest is None or edition.delivered or any(each.fate == "refused" for each in tries):
        return False
    return now - latest.at < MAILED_FOR and all(now - each.at >= MAILED_EVERY for each in tries)


def _on(day: int, period: Period) -> datetime:
    """Return when a day's work begins, in the month after a period."""
    following = month(period.last + timedelta(days=1), period.zone)
    return _early(min(following.last, following.first.replace(day=1) + timedelta(days=day - 1)), period.zone)


def _early(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, EARLY, tzinfo=zone)
