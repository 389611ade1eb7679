"""This month so far: availability of every line, coverage of every carrier, the month's faults by present rulings.

The material is kept in memory, folded from the same events as the ledger, and read from the store once at the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from monitor.faults.events import Event
from monitor.faults.fault import Fault
from monitor.faults.maintenance import Window
from monitor.faults.outage import Watch
from monitor.inventory.model import Inventory
from monitor.policy import Policies
from monitor.sla.availability import together
from monitor.sla.figures import discovered_in
from monitor.sla.history import Histories, concerns
from monitor.sla.review import Material, availability, lines_by_carrier
from monitor.sla.spans import Span, span
from monitor.sla.spelling import spell_share
from monitor.sla.verdict import read


@dataclass(frozen=True, slots=True)
class LineMonth:
    """A line's availability in this month so far; None where there is nothing to divide by."""

    raw: float | None
    assessed: float | None


@dataclass(frozen=True, slots=True)
class MonthFaults:
    """How many of this month's faults stand so by present rulings."""

    carrier: str
    party: str
    verdict: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """This month so far, as last computed."""

    lines: Mapping[str, LineMonth] = field(default_factory=dict)
    coverage: Mapping[str, float | None] = field(default_factory=dict)
    faults: tuple[MonthFaults, ...] = ()


def month_of(at: datetime, zone: tzinfo) -> Span:
    """Return the month around an instant, from local midnight to local midnight."""
    local = at.astimezone(zone)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.astimezone(at.tzinfo), following.astimezone(at.tzinfo)


class MonthSoFar:
    """Keeps the material of the running month up to date."""

    def __init__(self, zone: tzinfo) -> None:
        """Begin with nothing on record."""
        self._zone = zone
        self._histories = Histories()
        self._faults: dict[str, Fault] = {}
        self._period: Span | None = None

    def begin(self, at: datetime, histories: Histories, faults: Iterable[Fault]) -> None:
        """Go on from what the store has on record of the month around ``at``."""
        self._period = month_of(at, self._zone)
        self._histories = histories
        self._faults = {fault.no: fault for fault in faults}

    def take(self, at: datetime, events: Iterable[Event], fault_of: Callable[[str], Fault | None]) -> None:
        """Fold an instant's events in; ``fault_of`` knows the faults after them by number, older ones of a line too."""
        self._turn(at)
        self._histories.take(events)
        for no in {no for event in events if (no := getattr(event, "no", None)) is not None}:
            fault = fault_of(no)
            if fault is not None:
                self._faults[no] = fault

    def material(
        self,
        now: datetime,
        watches: Mapping[str, Watch],
        inventory: Inventory,
        policies: Policies,
        windows: tuple[Window, ...] = (),
    ) -> Material:
        """Copy what the figures of this month are computed from."""
        return Material(
            now=now,
            period=self._turn(now),
            histories=self._histories.copy(),
            faults=tuple(self._faults.values()),
            last_seen={line: watch.last_at for line, watch in watches.items()},
            inventory=inventory,
            policies=policies,
            windows=windows,
        )

    def _turn(self, at: datetime) -> Span:
        """Leave what is over behind when a month ends."""
        if self._period is None or at >= self._period[1]:
            self._period = month_of(at, self._zone)
            begin = self._period[0]
            self._histories.forget_before(begin)
            self._faults = {no: fault for no, fault in self._faults.items() if concerns(fault, self._period)}
        return self._period


def compute(material: Material) -> Month:
    """Compute the month's figures; for a thread of its own."""
    found = availability(material)
    carriers = lines_by_carrier(found.lines, material.inventory)
    return Month(
        lines={
            line: LineMonth(spell_share(figures.raw), spell_share(figures.assessed))
            for line, figures in found.lines.items()
        },
        coverage={carrier: spell_share(together(lines).coverage) for carrier, lines in carriers.items()},
        faults=_counted(material),
    )


def _counted(material: Material) -> tuple[MonthFaults, ...]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for fault in discovered_in(material.faults, span(*material.period)):
        rule = material.policies.named(fault.policy_version).clock
        counts[fault.carrier, fault.party.value, read(fault, rule, material.now).verdict.value] += 1
    return tuple(MonthFaults(*key, count) for key, count in sorted(counts.items()))
