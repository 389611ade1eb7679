"""How a fault with its clock, and figures of availability, are spelled for programs: the objects of ``replay.md``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from monitor.faults.evidence import proposed
from monitor.faults.fault import Episode, Fault
from monitor.faults.terms import Reason
from monitor.policy import Policy
from monitor.sla.availability import Figures, LineFigures, SetFigures, UnitFigures
from monitor.sla.verdict import read

Json = dict[str, Any]


def spell_time(at: datetime | None) -> str | None:
    """Return ``YYYY-MM-DDTHH:MM:SSZ``, or None for None."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spell_seconds(duration: timedelta) -> int | float:
    """Return a duration in seconds, whole where it is whole."""
    seconds = duration.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def spell_share(share: Fraction | float | None) -> float | None:
    """Return a share unrounded, None for N/A."""
    return None if share is None else float(share)


def spell_unit(figures: UnitFigures) -> Json:
    """Return a unit's figures."""
    return {
        "window_s": spell_seconds(figures.window),
        "unknown_s": spell_seconds(figures.unknown),
        "down_s": spell_seconds(figures.down),
        "raw": spell_share(figures.raw),
    }


def spell_line(figures: LineFigures) -> Json:
    """Return a line's figures."""
    return {
        "window_s": spell_seconds(figures.window),
        "unknown_s": spell_seconds(figures.unknown),
        "excluded_s": spell_seconds(figures.excluded),
        "down_s": spell_seconds(figures.down),
        "assessed_down_s": spell_seconds(figures.assessed_down),
        "raw": spell_share(figures.raw),
        "assessed": spell_share(figures.assessed),
    } | spell_bounds(figures)


def spell_set(figures: SetFigures) -> Json:
    """Return the figures of lines taken together."""
    return {"lines": figures.lines} | spell_line(figures)


def spell_bounds(figures: Figures) -> Json:
    """Return what always stands beside a figure: its bounds, and how much of the window is known."""
    return {
        "raw_low": spell_share(figures.raw_low),
        "raw_high": spell_share(figures.raw_high),
        "coverage": spell_share(figures.coverage),
    }


def spell_fault(
    fault: Fault, policy: Policy, now: datetime, *, repeat_of: datetime | None, incident: int | None = None
) -> Json:
    """Return a fault with its clock read at ``now`` under the policy it is judged by.

    ``repeat_of`` is the ``discovered_at`` of the earlier fault that it repeats, if any; ``incident`` the number of the
    incident that it is in.
    """
    first, latest, reading = fault.episodes[0], fault.episode, read(fault, policy.clock, now)
    return {
        "line": fault.line,
        "status": fault.status.value,
        "source": fault.source.value,
        "first_failed_at": spell_time(first.first_failed_at),
        "detected_at": spell_time(first.detected_at),
        "discovered_at": spell_time(first.discovered_at),
        "restored_at": spell_time(latest.restored_at),
        "last_bad_at": spell_time(latest.last_bad_at),
        "closed_at": spell_time(fault.closed_at),
        "deadline_at": spell_time(reading.deadline_at),
        "elapsed_s": spell_seconds(reading.elapsed),
        "elapsed_min_s": spell_seconds(reading.elapsed_min),
        "excluded_s": spell_seconds(reading.excluded),
        "verdict": reading.verdict.value,
        "party": fault.party.value,
        "proposed_party": proposed(fault.reasons).value,
        "evidence": [reason.value for reason in Reason if reason in fault.reasons],
        "acknowledged_at": spell_time(fault.acknowledged_at),
        "repeat_of": spell_time(repeat_of),
        "flapping": fault.flapping,
        "incident": incident,
        "episodes": [_episode(episode) for episode in fault.episodes],
    }


def _episode(episode: Episode) -> Json:
    return {
        "first_failed_at": spell_time(episode.first_failed_at),
        "detected_at": spell_time(episode.detected_at),
        "discovered_at": spell_time(episode.discovered_at),
        "restored_at": spell_time(episode.restored_at),
        "last_bad_at": spell_time(episode.last_bad_at),
    }
