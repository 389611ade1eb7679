"""Page one: overall, key figures, carriers compared, what went wrong, what was asked for and what is asked for next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from monitor.reports.beside import BOUNDS, Beside
from monitor.reports.composing.carriers import carriers
from monitor.reports.composing.problems import problems
from monitor.reports.composing.speech import NOTHING, Speech, hundredths
from monitor.reports.document import Block, Cell, Column, Heading, Paragraph, Side, Table, Tone
from monitor.reports.explaining import explained_beside
from monitor.reports.figures import Figures, Indicator, Value
from monitor.reports.grounds import BROKEN
from monitor.wording.telephones import mask_within

REGULATION = timedelta(hours=12)
COUNTED = (  # beside the faults: another month's may miss its limit in one of which nothing else is known
    Indicator.ACCOUNTABLE,
    Indicator.ON_TIME,
    Indicator.LATE,
    Indicator.OVERDUE,
    Indicator.DISPUTABLE,
    Indicator.RUNNING,
    Indicator.MISSED,
)
INDICATORS = (
    Indicator.AVAILABILITY,
    Indicator.FAULTS,
    Indicator.UNITS_AFFECTED,
    Indicator.ON_TIME_RATE,
    Indicator.MISSED,
    Indicator.MEAN_REPAIR,
    Indicator.MEDIAN_REPAIR,
    Indicator.COVERAGE,
)


def front(figures: Figures, speech: Speech) -> list[Block]:
    """Return the blocks of page one."""
    return [
        *_warnings(figures, speech),
        Heading(text=speech.say("heading_overview")),
        Paragraph(text=_overview(figures, speech)),
        *_unknown(figures, speech),
        Heading(text=speech.say("heading_indicators")),
        _indicators(figures, speech),
        *_not_compared(figures, speech),
        Heading(text=speech.say("heading_carriers")),
        *carriers(figures, speech),
        Heading(text=speech.say("heading_problems")),
        *problems(figures, speech),
        Heading(text=speech.say("heading_last_orders")),
        *_written(figures.texts.last_orders, speech),
        Heading(text=speech.say("heading_next_orders")),
        *_written(figures.texts.next_orders, speech),
    ]


def value_of(figures: Figures, name: Indicator, *, before: bool = False) -> Value:
    """Return the county's figure of the period or of the one before; None where there is none."""
    compared = figures.overall.get(name)
    if compared is None:
        return None
    figure = compared.before if before else compared.now
    return None if figure is None else figure.value


def _warnings(figures: Figures, speech: Speech) -> Iterator[Block]:
    """Yield what must be known before any of the figures is read."""
    if figures.as_of < figures.period[1]:
        yield Paragraph(text=speech.say("not_over"), tone=Tone.WARNING)
    limit = figures.policy.clock.limit
    if limit != REGULATION:
        said = speech.say("other_limit", policy=figures.policy.version, limit=speech.length(limit))
        yield Paragraph(text=said, tone=Tone.WARNING)
    if not value_of(figures, Indicator.COVERAGE):
        yield Paragraph(text=speech.say("nothing_known"), tone=Tone.WARNING)
    if too_little_known(figures):
        least, known = figures.policy.report.rank_min_coverage, value_of(figures, Indicator.COVERAGE)
        said = speech.say(
            "low_coverage",
            coverage=speech.value(Indicator.COVERAGE, known),
            least=speech.bound(least),
            **{each.value: speech.value(Indicator.AVAILABILITY, _bound(figures, each)) for each in BOUNDS},
            **_known_time(figures, speech),
        )
        yield Paragraph(text=said, tone=Tone.WARNING)


def too_little_known(figures: Figures) -> bool:
    """Tell whether coverage is below what the policy wants."""
    known = value_of(figures, Indicator.COVERAGE)
    return isinstance(known, Fraction | int) and known < figures.policy.report.rank_min_coverage


def _half_seen(figures: Figures) -> dict[str, Value]:
    """Return the coverage of this period and of the one before, by which it is, as far as it is too low.

    Two periods of which one is half seen are not compared: fewer faults where less was seen are no better month.
    """
    compared = figures.overall.get(Indicator.COVERAGE)
    if compared is None or compared.before is None:
        return {}
    known = {"this": compared.now.value, "last": compared.before.value}
    least = figures.policy.report.rank_min_coverage
    return {which: share for which, share in known.items() if not isinstance(share, Fraction | int) or share < least}


def _not_compared(figures: Figures, speech: Speech) -> Iterator[Block]:
    """Yield in words why no change is given."""
    low = _half_seen(figures)
    if low:
        those = [
            speech.say(f"coverage_{which}", coverage=speech.value(Indicator.COVERAGE, share))
            for which, share in low.items()
        ]
        least = speech.bound(figures.policy.report.rank_min_coverage)
        said = speech.say("not_compared", those=speech.listed(those), least=least)
        yield Paragraph(text=said, tone=Tone.NOTE)


def _unknown(figures: Figures, speech: Speech) -> Iterator[Block]:
    """Yield in words how much time is unknown, where no warning has said so."""
    if not too_little_known(figures) and any(unit.unknown for unit in figures.units):
        yield Paragraph(text=speech.say("unknown_time", **_known_time(figures, speech)), tone=Tone.NOTE)


def _known_time(figures: Figures, speech: Speech) -> dict[str, object]:
    window = sum((unit.window for unit in figures.units), timedelta())
    unknown = sum((unit.unknown for unit in figures.units), timedelta())
    return {"window": speech.length(window), "unknown": speech.length(unknown)}


def _bound(figures: Figures, which: Beside) -> Value:
    return explained_beside(figures, which).value


def _overview(figures: Figures, speech: Speech) -> str:
    said = {name.value: speech.value(name, value_of(figures, name)) for name in Indicator}
    if value_of(figures, Indicator.FAULTS) is None and not any(value_of(figures, name) for name in COUNTED):
        return speech.say("overview_unknown", units=said["units"], lines=said["lines"])
    return speech.say(
        "overview",
        **said,
        compared=_compared(figures, speech),
        limit=speech.length(figures.policy.clock.limit),
        earlier=_earlier(figures, speech),
        later=_later(figures, speech),
    )


def _earlier(figures: Figures, speech: Speech) -> str:
    """Say how many of the limits missed in the period are of faults discovered before it."""
    missed = [fault for fault in figures.faults if fault.missed]
    earlier = sum(not fault.counted for fault in missed)
    if not earlier:
        return ""
    return speech.say("overview_all_earlier" if earlier == len(missed) else "overview_earlier", count=earlier)


def _later(figures: Figures, speech: Speech) -> str:
    """Say how many are late or overdue, yet missed their limit after the period: they are missed in that one."""
    later = sum(fault.counted and fault.verdict in BROKEN and not fault.missed for fault in figures.faults)
    return speech.say("overview_later", count=later) if later else ""


def _compared(figures: Figures, speech: Speech) -> str:
    """Say how mean unit availability changed."""
    now, before = (value_of(figures, Indicator.AVAILABILITY, before=before) for before in (False, True))
    if not isinstance(now, Fraction | int):
        return ""
    if not isinstance(before, Fraction | int):
        return speech.say("overview_first")
    if _half_seen(figures):
        return speech.say("overview_not_compared")
    now, before = Fraction(now), Fraction(before)
    if hundredths(now) == hundredths(before):
        return speech.say("overview_same")
    way = "overview_rose" if now > before else "overview_fell"
    return speech.say(way, points=speech.points(now, before))


def _indicators(figures: Figures, speech: Speech) -> Table:
    numbers = [
        Column(title=speech.heading(f"this_{speech.kind}"), side=Side.RIGHT),
        Column(title=speech.heading(f"last_{speech.kind}"), side=Side.RIGHT),
        Column(title=speech.say("change"), side=Side.RIGHT, width=1.2),
    ]
    return Table(
        name=speech.say("table_indicators"),
        columns=[Column(title=speech.say("indicator"), width=1.6), *numbers],
        rows=[_indicator(figures, name, speech) for name in INDICATORS],
        empty=speech.say("no_data"),
    )


def _indicator(figures: Figures, name: Indicator, speech: Speech) -> list[Cell]:
    now, before = value_of(figures, name), value_of(figures, name, before=True)
    comparable = name is Indicator.COVERAGE or not _half_seen(figures)
    return [
        Cell(text=speech.say(f"row_{name.value}")),
        speech.figure_cell(name, now),
        speech.figure_cell(name, before),
        speech.change_cell(name, now, before) if comparable else Cell(text=NOTHING),
    ]


def _written(text: str | None, speech: Speech) -> list[Block]:
    """Return what the centre wrote, a paragraph a line."""
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return [Paragraph(text=mask_within(line)) for line in lines] or [Paragraph(text=speech.say("not_given"))]
