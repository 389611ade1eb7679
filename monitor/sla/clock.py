"""The 12-hour clock (Art. 26; section 5 of the fault rules).

Nothing is accumulated: every reading is computed from the fault's episodes and what is excluded, so a late ruling
or a corrected fact gives the right figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.faults.fault import Episode, Fault
from monitor.policy import Clock, ClockStart
from monitor.sla.spans import NOTHING, Spans, span

ONE_SECOND = timedelta(seconds=1)


def started_at(episode: Episode, start: ClockStart) -> datetime | None:
    """Return from when an episode counts; None while it counts nothing (not yet notified)."""
    match start:
        case ClockStart.DISCOVERED:
            return episode.discovered_at
        case ClockStart.FIRST_FAILED:
            return episode.first_failed_at
        case ClockStart.NOTIFIED:
            return episode.notified_at


def counts_from(fault: Fault, episode: Episode, rule: Clock) -> datetime | None:
    """Return from when an episode of a fault counts on the carrier's account; None while it counts nothing.

    Not from before the fault came back to the carrier (section 8).
    """
    begun = started_at(episode, rule.start)
    return None if begun is None else max(begun, fault.counted_from or begun)


def elapsed(fault: Fault, rule: Clock, now: datetime, excluded: Spans = NOTHING) -> timedelta:
    """Return what the carrier's clock shows at ``now``; for a restored fault, what it showed in the end."""
    return _sum(fault, rule, now, excluded, earliest=False)


def elapsed_min(fault: Fault, rule: Clock, now: datetime, excluded: Spans = NOTHING) -> timedelta:
    """Return the least that was surely used: each episode ended at its last bad round, or at its start if later."""
    return _sum(fault, rule, now, excluded, earliest=True)


def reached_at(fault: Fault, rule: Clock, amount: timedelta, excluded: Spans = NOTHING) -> datetime | None:
    """Return the earliest instant at which the clock shows ``amount``, the last episode taken as unending.

    An instant is a whole second. Where two episodes overlap, as after a restoration by hand that the rounds belie,
    both count. None while no episode counts, or if the clock will not show so much.
    """
    parts, left = list(_counted(fault, rule, excluded)), amount
    for begin, end in pairwise(sorted({edge for part in parts for edge in part})):
        running = sum(part[0] <= begin < part[1] for part in parts)
        if (end - begin) * running >= left:
            return begin + -(-left // (ONE_SECOND * running)) * ONE_SECOND
        left -= (end - begin) * running
    return None


def deadline(fault: Fault, rule: Clock, excluded: Spans = NOTHING) -> datetime | None:
    """Return when the limit is reached, also for a restored fault; None while no episode counts."""
    return reached_at(fault, rule, rule.limit, excluded)


def excluded_time(fault: Fault, rule: Clock, now: datetime, excluded: Spans) -> timedelta:
    """Return how much of the episodes' time was excluded so far."""
    whole = NOTHING
    for episode in fault.episodes:
        start = started_at(episode, rule.start)
        if start is not None:
            whole |= span(start, episode.restored_at or now)
    return (whole & excluded).length


def _sum(fault: Fault, rule: Clock, now: datetime, excluded: Spans, *, earliest: bool) -> timedelta:
    total = timedelta()
    for episode in fault.episodes:
        start = started_at(episode, rule.start)
        if start is None:
            continue
        end = episode.restored_at or now
        if earliest and episode.restored_at is not None and episode.last_bad_at is not None:
            end = max(start, episode.last_bad_at)
        total += (span(start, end) - excluded).length
    return total


def _counted(fault: Fault, rule: Clock, excluded: Spans) -> Iterator[tuple[datetime, datetime]]:
    for episode in fault.episodes:
        start = started_at(episode, rule.start)
        if start is not None:
            end = None if episode is fault.episodes[-1] else episode.restored_at
            yield from span(start, end) - excluded
