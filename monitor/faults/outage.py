"""What the rounds say of one line: streaks, gaps, blips, confirmed outages (section 3 of the fault rules).

`observe` is the hot path of the product: every accepted round of every line passes here, live and in replay.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.policy import Detection


class Watch(NamedTuple):
    """What is known of a line after its latest accepted round.

    A bad streak is kept until it is confirmed; from then on ``down_since`` holds its first round and
    ``last_bad_at`` the latest bad one. ``good_*`` count only while the line is down.
    """

    last_at: datetime
    last_good: bool
    bad_since: datetime | None = None
    bad_rounds: int = 0
    down_since: datetime | None = None
    last_bad_at: datetime | None = None
    good_since: datetime | None = None
    good_rounds: int = 0

    @property
    def in_trouble(self) -> bool:
        """Tell whether the line is suspect or down."""
        return self.bad_since is not None or self.down_since is not None

    @property
    def restoring(self) -> bool:
        """Tell whether a restoring streak is in progress: down, and the latest accepted round good."""
        return self.down_since is not None and self.last_good


class FirstSeen(NamedTuple):
    """The first accepted round of a line: before it the line is unknown."""

    at: datetime


class Gap(NamedTuple):
    """Two accepted rounds lie more than ``stale_after`` apart: the line was unknown over ``[begin, end)``."""

    begin: datetime
    end: datetime


class Blip(NamedTuple):
    """A bad streak too short to be an outage, ended by a good round."""

    first_failed_at: datetime
    rounds: int


class Confirmed(NamedTuple):
    """Enough consecutive bad rounds: the line is down since the first of them."""

    first_failed_at: datetime


class Ended(NamedTuple):
    """Enough consecutive good rounds: the outage ended at the first of them."""

    first_failed_at: datetime
    restored_at: datetime
    last_bad_at: datetime


Finding = FirstSeen | Gap | Blip | Confirmed | Ended
NOTHING: tuple[Finding, ...] = ()


def observe(watch: Watch | None, at: datetime, good: bool, rules: Detection) -> tuple[Watch, tuple[Finding, ...]]:
    """Take one accepted round and return what is known of the line now, with what was found.

    ``at`` must not lie before the round taken last.
    """
    if watch is None:
        watch, findings = _streak(Watch(at, good), at, good, rules)
        return watch, (FirstSeen(at), *findings)
    if at - watch.last_at > rules.stale_after:
        gap = Gap(watch.last_at + rules.interval, at)
        watch, findings = _streak(_afresh(watch), at, good, rules)
        return watch, (gap, *findings)
    if good and watch.bad_since is None and watch.down_since is None:
        return Watch(at, True), NOTHING
    return _streak(watch, at, good, rules)


def drop_streak(watch: Watch) -> Watch:
    """Forget an unconfirmed bad streak: the monitor went blind (section 2). It is neither blip nor outage."""
    return watch if watch.bad_since is None else watch._replace(bad_since=None, bad_rounds=0)


def streak_since(watch: Watch | None, at: datetime, rules: Detection) -> datetime | None:
    """Return the start of the current bad streak at ``at``, if its last round is at most ``stale_after`` old.

    A confirmed one is as old as the outage. A good round ends it, though the outage may go on for want of more of them.
    """
    if watch is None or watch.last_good or at - watch.last_at > rules.stale_after:
        return None
    return watch.bad_since or watch.down_since


def _afresh(watch: Watch) -> Watch:
    return watch._replace(bad_since=None, bad_rounds=0, good_since=None, good_rounds=0)


def _streak(watch: Watch, at: datetime, good: bool, rules: Detection) -> tuple[Watch, tuple[Finding, ...]]:
    if watch.down_since is not None:
        return _while_down(watch, watch.down_since, at, good, rules)
    if good:
        blips = () if watch.bad_since is None else (Blip(watch.bad_since, watch.bad_rounds),)
        return Watch(at, True), blips
    since, rounds = watch.bad_since or at, watch.bad_rounds + 1
    if rounds < rules.confirm_rounds:
        return Watch(at, False, since, rounds), NOTHING
    return Watch(at, False, down_since=since, last_bad_at=at), (Confirmed(since),)


def _while_down(
    watch: Watch, down_since: datetime, at: datetime, good: bool, rules: Detection
) -> tuple[Watch, tuple[Finding, ...]]:
    if not good:
        return Watch(at, False, down_since=down_since, last_bad_at=at), NOTHING
    since, rounds = watch.good_since or at, watch.good_rounds + 1
    last_bad_at = watch.last_bad_at or down_since
    if rounds < rules.restore_rounds:
        return Watch(at, True, None, 0, down_since, last_bad_at, since, rounds), NOTHING
    return Watch(at, True), (Ended(down_since, since, last_bad_at),)
