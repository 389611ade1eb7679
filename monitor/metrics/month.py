"""This month so far: availability of every line, coverage of every carrier, the month's faults by present rulings.

The material is kept in memory, folded from the same events as the ledger, and read from the store once at the start.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from monitor.faults.events import Event
from monitor.faults.fault import Fault, Status
from monitor.faults.maintenance import Window
from monitor.faults.outage import Watch
from monitor.inventory.model import Inventory
from monitor.policy import Policies
from monitor.sla.availability import line_figures, line_spans
from monitor.sla.exclusions import maintenance_of
from monitor.sla.history import Histories, by_line
from monitor.sla.spans import Span, span
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A copy of all that a month is computed from: nothing in it moves on."""

    now: datetime
    period: Span
    histories: Histories
    faults: tuple[Fault, ...]
    watches: Mapping[str, Watch]
    inventory: Inventory
    policies: Policies
    windows: tuple[Window, ...] = ()


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

    def take(self, at: datetime, events: Iterable[Event], faults: Mapping[str, Fault]) -> None:
        """Fold an instant's events in; ``faults`` are those that judging holds after them."""
        self._turn(at)
        self._histories.take(events)
        for event in events:
            no = getattr(event, "no", None)
            if no is not None and no in faults:
                self._faults[no] = faults[no]

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
            watches=dict(watches),
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
            self._faults = {
                no: fault
                for no, fault in self._faults.items()
                if fault.status is Status.OPEN or (fault.episode.restored_at or begin) >= begin
            }
        return self._period


def compute(material: Material) -> Month:
    """Compute the month's figures; for a thread of its own."""
    period, policy = span(*material.period), material.policies.in_force(material.now)
    faults = by_line(material.faults)
    lines: dict[str, LineMonth] = {}
    known: dict[str, timedelta] = defaultdict(timedelta)
    window: dict[str, timedelta] = defaultdict(timedelta)
    for line in material.inventory.lines.values():
        watch = material.watches.get(line.id)
        history = material.histories.of(
            line,
            last_seen_at=None if watch is None else watch.last_at,
            faults=faults.get(line.id, ()),
            count_blips=policy.availability.count_blips,
            maintenance=maintenance_of(material.windows, line, material.inventory),
        )
        figures = line_figures(line_spans(history, period, material.now, rules=policy.detection))
        lines[line.id] = LineMonth(figures.raw, figures.assessed)
        window[line.carrier] += figures.window
        known[line.carrier] += figures.window - figures.unknown
    return Month(
        lines=lines,
        coverage={carrier: known[carrier] / window[carrier] if window[carrier] else None for carrier in window},
        faults=_counted(material),
    )


def _counted(material: Material) -> tuple[MonthFaults, ...]:
    begin, end = material.period
    counts: Counter[tuple[str, str, str]] = Counter()
    for fault in material.faults:
        if begin <= fault.discovered_at < end:
            rule = material.policies.named(fault.policy_version).clock
            counts[fault.carrier, fault.party.value, read(fault, rule, material.now).verdict.value] += 1
    return tuple(MonthFaults(*key, count) for key, count in sorted(counts.items()))
