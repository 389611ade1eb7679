"""The county as it stands at an instant: each line's state, the open faults with their clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.faults.events import DegradationBegan
from monitor.faults.fault import Fault, Status
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window
from monitor.faults.outage import Watch
from monitor.inventory.model import Inventory
from monitor.policy import Detection, Policies
from monitor.sla.spelling import Json, spell_time
from monitor.sla.verdict import Reading, Verdict, read


class LineState(StrEnum):
    """What is known of a line now. Maintenance is shown for a line inside an approved window."""

    UP = "up"
    SUSPECT = "suspect"
    DOWN = "down"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFault:
    """An open fault and what its clock shows. ``left`` is None while there is no deadline, negative when overdue."""

    fault: Fault
    reading: Reading
    left: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An incident of which some fault is open; its lines, and those still down. Two faults may be of one line."""

    incident: Incident
    lines: tuple[str, ...]
    down: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The county at ``now``: the states of the lines in service, the open faults, oldest first.

    ``degraded`` are the lines in service of which a degradation is open (section 12), oldest first. It says what was
    judged last: a line may be degraded and unknown.
    """

    now: datetime
    states: Mapping[str, LineState]
    faults: tuple[OpenFault, ...]
    blind_since: datetime | None
    last_round_at: datetime | None
    incidents: tuple[OpenIncident, ...] = ()
    degraded: Mapping[str, DegradationBegan] = field(default_factory=dict)

    @property
    def counts(self) -> Mapping[LineState, int]:
        """How many lines are in each state."""
        found = Counter(self.states.values())
        return {state: found[state] for state in LineState}

    @property
    def overdue(self) -> int:
        """How many open faults are over their limit."""
        return sum(1 for entry in self.faults if entry.reading.verdict is Verdict.OVERDUE)

    def spelled(self) -> Json:
        """Return the object of ``monitor status --json``."""
        return {
            "lines": {"total": len(self.states), **{state.value: count for state, count in self.counts.items()}},
            "faults": {"open": len(self.faults), "overdue": self.overdue},
            "blind": self.blind_since is not None,
            "last_round_at": spell_time(self.last_round_at),
        }


def line_state(watch: Watch | None, now: datetime, rules: Detection, *, blind: bool) -> LineState:
    """Return the state of a line: unknown unless observed within ``stale_after`` by a monitor that can see."""
    if watch is None or blind or now - watch.last_at > rules.stale_after:
        return LineState.UNKNOWN
    if watch.down_since is not None:
        return LineState.DOWN
    return LineState.UP if watch.bad_since is None else LineState.SUSPECT


def survey(
    inventory: Inventory,
    policies: Policies,
    *,
    watches: Mapping[str, Watch],
    blind_since: datetime | None,
    faults: Iterable[Fault],
    now: datetime,
    windows: Iterable[Window] = (),
    incidents: Iterable[Incident] = (),
    degradations: Iterable[DegradationBegan] = (),
) -> Survey:
    """Take stock at ``now``; of the faults only the open ones count, of the incidents those with an open fault.

    Among ``faults`` are those of such incidents, so that their lines can be told. ``degradations`` are the open ones.
    """
    faults = tuple(faults)
    holding = tuple(window for window in windows if window.holds(now))
    rules = policies.in_force(now).detection
    serving = dict.fromkeys(line.id for line in inventory.lines.values() if line.in_service(now))
    opened = [_clocked(fault, policies, now) for fault in faults if fault.status is Status.OPEN]
    return Survey(
        now=now,
        states={
            line: LineState.MAINTENANCE
            if any(window.covers(inventory.lines[line], inventory) for window in holding)
            else line_state(watches.get(line), now, rules, blind=blind_since is not None)
            for line in serving
        },
        incidents=open_incidents(incidents, faults),
        degraded={each.line: each for each in sorted(degradations, key=_began) if each.line in serving},
        faults=tuple(sorted(opened, key=lambda entry: (entry.fault.discovered_at, entry.fault.no))),
        blind_since=blind_since,
        last_round_at=max((watch.last_at for watch in watches.values()), default=None),
    )


def open_incidents(incidents: Iterable[Incident], faults: Iterable[Fault]) -> tuple[OpenIncident, ...]:
    """Return the incidents that one of the faults that are open is in."""
    known = {fault.no: fault for fault in faults}
    standing = []
    for each in incidents:
        mine = [known[no] for no in each.faults if no in known]
        down = [fault.line for fault in mine if fault.status is Status.OPEN]
        if down:
            lines = dict.fromkeys(fault.line for fault in mine)
            standing.append(OpenIncident(incident=each, lines=tuple(lines), down=tuple(dict.fromkeys(down))))
    return tuple(standing)


def _began(degradation: DegradationBegan) -> tuple[datetime, str]:
    return degradation.began_at, degradation.line


def _clocked(fault: Fault, policies: Policies, now: datetime) -> OpenFault:
    reading = read(fault, policies.named(fault.policy_version).clock, now)
    left = None if reading.deadline_at is None else reading.deadline_at - now
    return OpenFault(fault=fault, reading=reading, left=left)
