"""Composing a report: from its figures to the words, tables and charts that every writer sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from monitor.reports.composing.annexes import annexes
from monitor.reports.composing.charts import charts
from monitor.reports.composing.front import front
from monitor.reports.composing.speech import Speech
from monitor.reports.document import Document
from monitor.reports.figures import Figures

SHOWN = 12  # digits of the ledger's hash at the foot of a page; the whole stands in annex 8


def compose(figures: Figures, *, locale: str, edition: str, draft: bool, compiler: str) -> Document:
    """Return a report in the words of a language, ``zh_CN`` or ``en``.

    ``edition`` names it at the foot of every page, ``draft`` tells that it is not frozen, ``compiler`` who sends it
    out. The same figures give the same words; nothing is rounded anywhere else.
    """
    speech = Speech.of(figures, locale)
    first = page_one(figures, locale=locale, edition=edition, draft=draft, compiler=compiler)
    return replace(first, charts=charts(figures, speech), annexes=annexes(figures, speech))


def page_one(figures: Figures, *, locale: str, edition: str, draft: bool, compiler: str) -> Document:
    """Return page one of a report alone, as `compose` does."""
    speech = Speech.of(figures, locale)
    title = _title(figures, speech)
    return Document(
        locale=locale,
        title=title,
        head=_head(figures, speech, compiler),
        front=front(figures, speech),
        charts_title=speech.say("charts"),
        charts=(),
        annexes=(),
        stamp=_stamp(figures, speech, edition),
        page=speech.words["page"],
        draft=speech.say("draft") if draft else None,
        properties={
            "title": title,
            "author": compiler,
            "subject": speech.say(f"subject_{speech.kind}"),
            "keywords": _stamp(figures, speech, edition),
        },
    )


def _title(figures: Figures, speech: Speech) -> str:
    first = speech.local(figures.period[0])
    begin, last = _bounds(figures, speech)
    return speech.say(
        f"title_{speech.kind}",
        county=figures.county,
        year=first.year,
        month=speech.words["whole_months"].split(",")[first.month - 1],
        begin=begin,
        last=last,
    )


def _head(figures: Figures, speech: Speech, compiler: str) -> list[str]:
    begin, last = _bounds(figures, speech)
    return [
        speech.say("compiler", compiler=compiler),
        speech.say("period", begin=begin, last=last),
        speech.say("as_of", as_of=speech.dated(figures.as_of)),
    ]


def _bounds(figures: Figures, speech: Speech) -> tuple[str, str]:
    """Say where the period begins and ends: by its first and last day, where it is not of whole days by instants."""
    begin, end = (speech.local(at) for at in figures.period)
    if _is_midnight(begin) and _is_midnight(end):
        return speech.day(begin.date()), speech.day((end - timedelta.resolution).date())
    return speech.bounded(begin), speech.bounded(end)


def _is_midnight(local: datetime) -> bool:
    return local.time() == time()


def _stamp(figures: Figures, speech: Speech, edition: str) -> str:
    at = figures.position
    position = "" if at is None else speech.say("stamp_position", seq=at.seq, hash=at.hash[:SHOWN])
    return speech.say("stamp", edition=edition, policy=figures.policy.version, position=position)
