"""Whether the states of lines, from which judging goes on, follow from the events and from the rounds on record.

1. A line is down exactly while the ledger has an outage of it that lasts, since the same instant.
2. The last round taken, and those of a streak, are rounds on record, good or bad as the state says.
3. What a device said is of that line. No event holds it before it is weighed: what it said is a measurement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from monitor.faults.evidence import Testimony
from monitor.faults.observation import Outcome
from monitor.faults.outage import Watch
from monitor.store import tables
from monitor.store.codec import heard_of, watch_of
from monitor.store.errors import Unreadable
from monitor.store.findings import Report, What
from monitor.store.measurements import quiet
from monitor.store.projection import OutageRow
from monitor.store.round_checks import Key
from monitor.store.stretches import Stretch, Target
from monitor.store.walking import walk


class StateChecks:
    """States of lines."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report

    def check(self, outages: Mapping[str, OutageRow], open_ones: Mapping[Key, Stretch]) -> None:
        """Compare all states; ``outages`` are those that last, ``open_ones`` the open stretches."""
        met: set[str] = set()
        for row in walk(self._connection, tables.line_state, self._unreadable):
            met.add(row.line)
            self._line(row, outages.get(row.line), open_ones.get((Target.LINE.value, row.line)))
        for line in outages.keys() - met:
            outage = outages[line]
            self._found(outage.seq, line, f"is missing, though event {outage.seq} confirmed an outage that lasts")
        for target, line in open_ones:
            if target == Target.LINE.value and line not in met and self._seen(line):
                self._found(None, line, "is missing, though rounds of it were judged")

    def _line(self, row: Any, outage: OutageRow | None, stretch: Stretch | None) -> None:
        seq = None if outage is None else outage.seq
        try:
            watch = Watch(row.last_at, True) if row.body is None else watch_of(row.body, row.line)
            heard = None if row.heard is None else heard_of(row.heard, row.line)
        except Unreadable as error:
            self._found(seq, row.line, f"does not read: {error}")
            return
        rounds = Rounds(self._connection, row.line, stretch)
        wrongs = (*_spelled(row, watch), *_told(row.line, heard), *_against(watch, outage), *_own(watch))
        for wrong in (*wrongs, *rounds.against(watch)):
            self._found(seq, row.line, wrong)

    def _seen(self, line: str) -> bool:
        """Tell whether an event says that rounds of the line were judged."""
        seen = select(tables.line_seen.c.seq).where(tables.line_seen.c.line == line)
        return self._connection.execute(seen).first() is not None

    def _found(self, seq: int | None, line: str, wrong: str) -> None:
        self._report.add(What.STANDING, seq, f"the state of line {line} in line_state: {wrong}")

    def _unreadable(self, key: tuple[Any, ...], why: str) -> None:
        self._report.add(What.STANDING, None, f"the row {key} of line_state does not read: {why}")


class Rounds:
    """A line's rounds on record, as far as a state speaks of them."""

    def __init__(self, connection: Connection, line: str, stretch: Stretch | None) -> None:
        self._connection, self._line, self._open = connection, line, stretch

    def against(self, watch: Watch) -> Iterator[str]:
        """Go through what a state says that no round on record bears out."""
        if self._open is None or watch.last_at > self._open.last_at:
            last = "none" if self._open is None else self._open.last_at
            yield f"last_at is {watch.last_at}, the last round on record {last}"
            return
        since = min(at for at in (*_named(watch), watch.last_at))
        known = self._since(since)
        if not known or (known[0].first_at > since and known[0].number > 1):
            return  # those of that time are kept no longer
        for name, at, good in _instants(watch):
            if not any(_holds(stretch, at) and _fits(stretch, good=good) for stretch in known):
                yield f"{name} is {at}: no {'good' if good else 'bad'} round of that instant is on record"
        if watch.bad_since is not None and watch.bad_rounds != _count(
            known, watch.bad_since, watch.last_at, good=False
        ):
            yield f"bad_rounds is {watch.bad_rounds}, not as many as are on record since {watch.bad_since}"
        if watch.good_since is not None and watch.good_rounds > _count(
            known, watch.good_since, watch.last_at, good=True
        ):
            yield f"good_rounds is {watch.good_rounds}, more than are on record since {watch.good_since}"

    def _since(self, since: datetime) -> list[Stretch]:
        """Return the stretches from an instant on, by number; of the quiet, the open one alone."""
        if self._open is None or self._open.first_at <= since:
            return [] if self._open is None else [self._open]
        columns = tables.stretch.c
        query = select(tables.stretch).where(
            columns.target == Target.LINE.value, columns.subject == self._line, columns.last_at >= since
        )
        try:
            found = [Stretch(*row) for row in self._connection.execute(query.order_by(columns.number))]
        except (TypeError, ValueError, OverflowError):
            return []  # it is named where stretches are looked at
        return [*found, self._open]


def _spelled(row: Any, watch: Watch) -> Iterator[str]:
    if watch.last_at != row.last_at:
        yield f"last_at is {row.last_at}, its body says {watch.last_at}"
    if row.body is not None and quiet(watch):
        yield "body says no more than last_at: of a quiet line there is none"


def _told(line: str, heard: Testimony | None) -> Iterator[str]:
    for said in heard or ():
        if said is not None and said.line != line:
            yield f"heard holds what the device of {said.line} said"


def _against(watch: Watch, outage: OutageRow | None) -> Iterator[str]:
    since = None if outage is None else outage.first_failed_at
    if watch.down_since != since:
        told = "no outage lasts by the events" if outage is None else f"event {outage.seq} tells of {since}"
        yield f"down_since is {watch.down_since}, {told}"


def _own(watch: Watch) -> Iterator[str]:
    """Go through what `monitor.faults.outage.observe` never leaves."""
    down, restoring = watch.down_since is not None, watch.good_since is not None
    if (watch.bad_since is not None) != (watch.bad_rounds > 0) or restoring != (watch.good_rounds > 0):
        yield "a streak has a beginning and rounds, or neither"
    if down and watch.bad_since is not None:
        yield "it is down and yet has a streak that is not confirmed"
    if (watch.last_bad_at is not None or restoring) and not down:
        yield "last_bad_at and good_since are of a line that is down"
    if restoring and not watch.last_good:
        yield "a good streak ends with a good round"
    if watch.bad_since is not None and watch.last_good:
        yield "a bad streak ends with a bad round"


def _named(watch: Watch) -> Iterator[datetime]:
    yield from (at for at in (watch.bad_since, watch.last_bad_at, watch.good_since) if at is not None)


def _instants(watch: Watch) -> Iterator[tuple[str, datetime, bool]]:
    yield "last_at", watch.last_at, watch.last_good
    for name, at, good in (
        ("bad_since", watch.bad_since, False),
        ("last_bad_at", watch.last_bad_at, False),
        ("good_since", watch.good_since, True),
    ):
        if at is not None:
            yield name, at, good


def _holds(stretch: Stretch, at: datetime) -> bool:
    """Tell whether a stretch has a round of an instant."""
    if not stretch.first_at <= at <= stretch.last_at:
        return False
    return at == stretch.first_at or (stretch.step_s > 0 and not (at - stretch.first_at) % _step(stretch))


def _fits(stretch: Stretch, *, good: bool) -> bool:
    return stretch.outcome == (Outcome.GOOD if good else Outcome.BAD).value


def _count(stretches: list[Stretch], since: datetime, until: datetime, *, good: bool) -> int:
    """Return how many good or bad rounds there are from one instant to another, both included."""
    return sum(_between(each, since, until) for each in stretches if _fits(each, good=good))


def _between(stretch: Stretch, since: datetime, until: datetime) -> int:
    if stretch.step_s <= 0:
        return stretch.rounds if since <= stretch.first_at <= until else 0
    first = max(0, -((stretch.first_at - since) // _step(stretch)))
    last = min(stretch.rounds - 1, (until - stretch.first_at) // _step(stretch))
    return max(0, last - first + 1)


def _step(stretch: Stretch) -> timedelta:
    return timedelta(seconds=stretch.step_s)
