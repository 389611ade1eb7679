"""A small county judged by the real rules for some hours: what the store is given in life, second by second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from monitor.faults.actions import Acknowledge, ClaimRestored, Notified, Report
from monitor.faults.events import (
    DaemonStarted,
    DaemonStopped,
    Event,
    PolicyAdopted,
)
from monitor.faults.observation import Observation, Outcome
from monitor.faults.terms import Source
from monitor.inventory.model import Carrier, Inventory, Line, Reference, Unit
from monitor.policy import Clock, Policies, Policy, Reminders
from monitor.store.batch import Batch
from monitor.store.chain import digest_of
from monitor.store.measurements import Measurements
from monitor.store.store import Store
from monitor.supervision import Supervision

START = datetime(2026, 9, 1, 3, 58, tzinfo=UTC)
STEP = timedelta(seconds=60)
ZONE = ZoneInfo("Asia/Shanghai")
TEXT = '[{"version": "2026-1"}]'


def inventory(lines: int) -> Inventory:
    """Return an inventory of so many lines, each of a unit of its own, and one reference."""
    return Inventory(
        carriers={name: Carrier(id=name, name=name, short_name=name) for name in ("unicom", "telecom")},
        units={f"u{n}": Unit(id=f"u{n}", name=f"单位 {n}", short_name=f"u{n}") for n in range(lines)},
        lines={
            f"l{n}": Line(
                id=f"l{n}", unit=f"u{n}", carrier="unicom" if n % 2 else "telecom", address=f"192.0.2.{n % 250}"
            )
            for n in range(lines)
        },
        references={"gateway": Reference(id="gateway", address="203.0.113.1")},
    )


def policies() -> Policies:
    """Return rules under which much happens within some hours."""
    clock = Clock(limit=timedelta(minutes=30), observe_for=timedelta(minutes=10))
    return Policies([Policy(clock=clock, reminders=Reminders(overdue_every=timedelta(minutes=10)))])


@dataclass
class County:
    """The county under supervision and what the daemon gathers for the store."""

    supervision: Supervision
    measurements: Measurements
    random: Random
    at: datetime = START

    @classmethod
    def fresh(cls, *, lines: int = 6, seed: int = 1) -> County:
        """Return a county that was never watched."""
        return cls(Supervision(inventory(lines), policies(), ZONE), Measurements(), Random(seed))

    def started(self) -> Batch:
        """Return the first batch of a daemon."""
        adopted = PolicyAdopted(at=self.at, digest=digest_of(TEXT), versions=("2026-1",))
        started = DaemonStarted(at=self.at, software="0.1.0", last_judged_at=self.supervision.judged_at)
        self.supervision.step(self.at)
        return self._batch([started, adopted], configurations=(TEXT,))

    def stopped(self) -> Batch:
        """Return the last batch of a daemon that ends in order."""
        batch = self._batch([DaemonStopped(at=self.at)])
        return replace(batch, measured=self.measurements.take(self.at, self.supervision.watches, whole=True))

    def batches(self, minutes: int) -> Iterator[Batch]:
        """Go on for some minutes, a batch a minute."""
        for _ in range(minutes):
            self.at += STEP
            yield self._minute()

    def eventful(self, store: Store) -> Batch:
        """Return the next batch in which something happens, not committed yet; those before it are."""
        batches = self.batches(500)
        batch = next(batches)
        while not batch.events:
            store.commit(batch)
            batch = next(batches)
        return batch

    def _minute(self) -> Batch:
        hour = int((self.at - START).total_seconds() // 3600)
        blind = 20 <= (self.at - START).total_seconds() // 60 % 97 < 24
        reference = self._round("gateway", Outcome.BAD if blind else Outcome.GOOD)
        lines = [self._round(line, self._outcome(line, hour)) for line in self.supervision.inventory.lines]
        if self.random.random() < 0.05:
            self._act()
        self.measurements.add_reference(reference)
        for observation in lines:
            self.measurements.add_line(observation)
        return self._batch(self.supervision.step(self.at, references=[reference], lines=lines))

    def _outcome(self, line: str, hour: int) -> Outcome:
        """Lines fail in long runs, now and then; a few rounds cannot be sent."""
        minute = int((self.at - START).total_seconds() // 60)
        down = Random(f"{line}/{minute // (7 + 5 * (hour % 3))}").random() < 0.25
        usual, other = (Outcome.BAD, Outcome.GOOD) if down else (Outcome.GOOD, Outcome.BAD)
        return self.random.choices((usual, other, Outcome.ERROR), (0.95, 0.02, 0.03))[0]

    def _round(self, subject: str, outcome: Outcome) -> Observation:
        if outcome is not Outcome.GOOD:
            return Observation(subject, self.at, outcome, sent=0 if outcome is Outcome.ERROR else 3)
        rtts = tuple(self.random.lognormvariate(-5.5, 0.4) for _ in range(3))
        return Observation(subject, self.at, outcome, 3, 3, rtts)

    def _act(self) -> None:
        line = self.random.choice(list(self.supervision.inventory.lines))
        self.supervision.act(Report(at=self.at, line=line, by=Source.UNIT))
        for action in (Acknowledge, ClaimRestored, Notified):
            self.supervision.act(action(at=self.at, line=line, by=Source.CARRIER))

    def _batch(self, events: list[Event], *, configurations: tuple[str, ...] = ()) -> Batch:
        standing = self.supervision.standing()
        return Batch(
            judged_at=self.at,
            sight=standing.sight,
            numbered=standing.numbered,
            events=tuple(events),
            measured=self.measurements.take(self.at, self.supervision.watches),
            configurations=configurations,
        )
