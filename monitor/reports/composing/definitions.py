"""Annex 8: what every number means, with the numbers of the policy by which it was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from monitor.reports.composing.speech import Speech
from monitor.reports.document import Block, Cell, Column, Table
from monitor.reports.figures import Figures, PeriodKind

BEIJING = ("Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "PRC")
REGULATION = timedelta(hours=12)  # Art. 26
DEFINED = (
    "data",
    "period",
    "found",
    "same",
    "limit",
    "verdict",
    "party",
    "rates",
    "missed",
    "repair",
    "availability",
    "unknown",
    "incident",
    "rank",
    "reference",
    "rounding",
    "amendments",
)


def definitions(figures: Figures, speech: Speech) -> list[Block]:
    """Return what is defined, a row each."""
    known = {"data": _data(figures, speech), "period": _period(figures, speech), **_policy(figures, speech)}
    return [
        Table(
            name=speech.say("annex_8"),
            columns=[Column(title=speech.say("definition"), width=1.2), Column(title=speech.say("defined"), width=5.0)],
            rows=[
                [
                    Cell(text=speech.say(f"define_{name}"), strong=True),
                    Cell(text=speech.say(f"define_{name}_says", **known.get(name, {}))),
                ]
                for name in DEFINED
            ],
            empty=speech.say("no_data"),
        )
    ]


def _data(figures: Figures, speech: Speech) -> Mapping[str, object]:
    at = figures.position
    said = "" if at is None else speech.say("define_position", seq=at.seq, hash=at.hash)
    return {
        "policy": figures.policy.version,
        "as_of": speech.dated(figures.as_of),
        "clocks": _clocks(figures, speech),
        "position": said,
    }


def _clocks(figures: Figures, speech: Speech) -> str:
    """Say up to when the clocks of open faults ran: later than the data reach, where it was drawn up later."""
    if figures.read_at is None or all(fault.restored_at is not None for fault in figures.faults):
        return ""
    return speech.say("define_clocks", at=speech.dated(figures.read_at))


def _period(figures: Figures, speech: Speech) -> Mapping[str, object]:
    begin, end = figures.period
    return {
        "begin": speech.dated(begin),
        "end": speech.dated(end),
        "zone": _zone(figures, speech),
        "before": _before(figures, speech),
    }


def _before(figures: Figures, speech: Speech) -> str:
    """Say with what a period is compared that is no month, week or year: nobody could tell from the calendar."""
    if figures.kind is not PeriodKind.ANY or figures.before is None:
        return ""
    begin, end = figures.before.period
    return speech.say("define_before", begin=speech.dated(begin), end=speech.dated(end))


def _zone(figures: Figures, speech: Speech) -> str:
    """Say by what time days begin: ``北京时间（UTC+8）``; any other by its name, with both offsets where it has two."""
    begin, end = (speech.local(at).utcoffset() or timedelta() for at in figures.period)
    offsets = speech.listed(list(dict.fromkeys(_offset(each) for each in (begin, end))))
    if figures.zone in BEIJING:
        return speech.say("zone_beijing", offset=offsets)
    return speech.say("zone_other", name=figures.zone, offset=offsets)


def _offset(apart: timedelta) -> str:
    """Say how far local time is from UTC: ``UTC+8``, ``UTC+5:30``, ``UTC``."""
    hours, minutes = divmod(abs(apart) // timedelta(minutes=1), 60)
    said = f"{hours}:{minutes:02}" if minutes else str(hours)
    return f"UTC{'+' if apart > timedelta() else '−'}{said}" if apart else "UTC"


def _policy(figures: Figures, speech: Speech) -> Mapping[str, Mapping[str, object]]:
    """Return the numbers of the policy, by the definition in which they stand."""
    policy = figures.policy
    detection, clock, flapping = policy.detection, policy.clock, policy.flapping
    interval = speech.length(detection.interval)
    return {
        "found": {
            "interval": interval,
            "packets": detection.packets,
            "confirm": detection.confirm_rounds,
            "restore": detection.restore_rounds,
            "blips": speech.say("blips_count" if policy.availability.count_blips else "blips_do_not"),
        },
        "same": {
            "observe": speech.length(clock.observe_for),
            "repeat": speech.length(clock.repeat_within),
            "relapses": flapping.relapses,
            "flapping_within": speech.length(flapping.within),
        },
        "limit": {
            "limit": speech.length(clock.limit),
            "basis": speech.say("basis_regulation" if clock.limit == REGULATION else "basis_other"),
            "start": speech.say(f"start_{clock.start.value}"),
        },
        "unknown": {"stale": speech.length(detection.stale_after), "interval": interval},
        "incident": {
            "within": speech.length(policy.incident.within),
            "lines": policy.incident.min_lines,
            "share": speech.bound(policy.incident.min_share),
        },
        "rank": {
            "lines": policy.report.rank_min_lines,
            "coverage": speech.bound(policy.report.rank_min_coverage),
        },
        "rounding": {"coverage": speech.bound(policy.report.rank_min_coverage)},
        "reference": {"reference": speech.bound(policy.availability.reference)},
    }
