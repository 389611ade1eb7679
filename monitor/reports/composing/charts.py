"""The three charts, each with what it shows in words."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from monitor.reports.composing.carriers import tell_apart
from monitor.reports.composing.speech import Speech
from monitor.reports.document import Calendar, Chart, LineChart, StackedBars
from monitor.reports.figures import CarrierRow, Figures, Indicator, MonthPoint

DAYS_TOLD = 31  # one by one; of more, those with most faults
MOST = 10


def charts(figures: Figures, speech: Speech) -> list[Chart]:
    """Return availability by month, on time and overdue by carrier, and the days."""
    return [_availability(figures, speech), _punctuality(figures, speech), _calendar(figures, speech)]


def _availability(figures: Figures, speech: Speech) -> Chart:
    reference = speech.bound(figures.policy.availability.reference)
    least = figures.policy.report.rank_min_coverage
    sparse = {place for place, point in enumerate(figures.months) if _is_sparse(point, least)}
    points = [_said(point, speech, sparse=place in sparse) for place, point in enumerate(figures.months)]
    said = speech.say("said_availability", points=speech.listed(points), reference=reference)
    if sparse:
        said += speech.say("said_sparse", least=speech.bound(least))
    return Chart(
        name="availability",
        drawn=LineChart(
            title=speech.say("chart_availability", count=len(figures.months)),
            labels=[speech.month_label(point.first) for point in figures.months],
            points=[point.availability for point in figures.months],
            sparse=sparse,
            reference=figures.policy.availability.reference,
            reference_label=speech.say("reference", share=reference),
        ),
        said=said if points else speech.say("no_data"),
    )


def _is_sparse(point: MonthPoint, least: Fraction) -> bool:
    """Tell whether too little of a month was seen to compare it with others, as for ranking."""
    return point.availability is not None and point.coverage is not None and point.coverage < least


def _said(point: MonthPoint, speech: Speech, *, sparse: bool) -> str:
    month, share = speech.month(point.first), speech.share(point.availability)
    if sparse:
        return speech.say("said_point_sparse", month=month, share=share, coverage=speech.share(point.coverage))
    return speech.say("said_point", month=month, share=share)


def _punctuality(figures: Figures, speech: Speech) -> Chart:
    names = [carrier.short_name for carrier in figures.carriers]
    on_time = [_count(carrier, Indicator.ON_TIME) for carrier in figures.carriers]
    late = [_count(carrier, Indicator.LATE) + _count(carrier, Indicator.OVERDUE) for carrier in figures.carriers]
    said = [
        speech.say("said_carrier", carrier=name, on_time=kept, late=broken)
        for name, kept, broken in zip(names, on_time, late, strict=True)
    ]
    return Chart(
        name="punctuality",
        drawn=StackedBars(
            title=speech.say("chart_punctuality_apart" if tell_apart(figures) else "chart_punctuality"),
            labels=names,
            series={speech.say("series_on_time"): on_time, speech.say("series_late"): late},
        ),
        said=speech.say("said_punctuality", carriers=speech.words["next"].join(said))
        if said and _known(figures)
        else speech.say("no_data"),
    )


def _count(carrier: CarrierRow, name: Indicator) -> int:
    """Return a count of a carrier; where nothing is known, no fault is drawn."""
    figure = carrier.figures.get(name)
    return figure.value if figure is not None and isinstance(figure.value, int) else 0


def _known(figures: Figures) -> bool:
    """Tell whether anything was measured or reported: where nothing was, no fault on any day is no good news."""
    coverage, found = (figures.overall.get(name) for name in (Indicator.COVERAGE, Indicator.FAULTS))
    return any(each is not None and each.now.value for each in (coverage, found))


def _calendar(figures: Figures, speech: Speech) -> Chart:
    return Chart(
        name="calendar",
        drawn=Calendar(
            title=speech.say("chart_calendar"),
            days=figures.days if _known(figures) else {},
            weekdays=speech.words["weekdays"].split(","),
        ),
        said=_said_days(figures, speech),
    )


def _said_days(figures: Figures, speech: Speech) -> str:
    """Say on which days faults were discovered, of many days those with most; and of how many nothing is known."""
    if not figures.days or not _known(figures):
        return speech.say("no_data")
    unseen = _length(figures, speech) - len(figures.days)
    return _said_seen(figures, speech) + (speech.say("said_calendar_unseen", count=unseen) if unseen > 0 else "")


def _length(figures: Figures, speech: Speech) -> int:
    """Return how many local days the data reach over."""
    begin, end = figures.period
    first, last = (speech.local(at).date() for at in (begin, min(end, figures.as_of) - timedelta.resolution))
    return (last - first).days + 1


def _said_seen(figures: Figures, speech: Speech) -> str:
    hit = {day: count for day, count in figures.days.items() if count}
    none = len(figures.days) - len(hit)
    if not hit:
        return speech.say("said_calendar_none", none=none)
    if len(hit) > DAYS_TOLD:
        most = sorted(sorted(hit), key=lambda day: -hit[day])[:MOST]
        return speech.say("said_calendar_some", days=_days(most, hit, speech), left=len(hit) - len(most), none=none)
    said = _days(sorted(hit), hit, speech)
    return speech.say("said_calendar" if none else "said_calendar_every", days=said, none=none)


def _days(days: list[date], hit: dict[date, int], speech: Speech) -> str:
    return speech.listed([speech.say("said_day", day=speech.short_day(day), count=hit[day]) for day in days])
