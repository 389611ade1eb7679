"""The county under supervision: one second at a time, in the order of the rules (Art. 4 and 26).

`Supervision.step` is the one reducer for live traffic and for replay. At one instant: people's actions, then the
references, then the lines, then what falls due. It reads no clock and does no I/O; what happened comes back as
events, in the order in which the ledger is to hold them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from monitor.alerts.due import fall_due, next_due_at
from monitor.faults.actions import Acknowledge, Action, ActionRefused, ClaimRestored, Notified, Report, Restore
from monitor.faults.blindness import Sight, look
from monitor.faults.events import (
    BlipSeen,
    EpisodeConfirmed,
    EpisodeRestored,
    Event,
    FaultAcknowledged,
    FaultClosed,
    FaultEvent,
    FaultNotified,
    FaultOpened,
    FaultRelapsed,
    FaultReported,
    LineFirstSeen,
    LineUnknown,
    MessageDue,
    MessageKind,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
    RestorationClaimed,
    Source,
)
from monitor.faults.fault import Fault, Status, apply, begin
from monitor.faults.observation import Observation, Outcome
from monitor.faults.outage import (
    Blip,
    Confirmed,
    Ended,
    Finding,
    FirstSeen,
    Gap,
    Watch,
    drop_streak,
    observe,
    streak_since,
)
from monitor.inventory.model import Inventory, Line
from monitor.policy import Policies, Policy
from monitor.sla.verdict import read

ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the judging of the next instant depends on: enough to go on after a restart.

    ``faults`` are the open ones, those under observation, and the latest of each line; ``numbered`` is the local
    date of the last fault number and how many were given on it.
    """

    judged_at: datetime | None = None
    watches: Mapping[str, Watch] = field(default_factory=dict)
    sight: Sight = field(default_factory=Sight)
    faults: Iterable[Fault] = ()
    numbered: tuple[date, int] | None = None


class Supervision:
    """The state of judging, moved on by `step`."""

    def __init__(
        self, inventory: Inventory, policies: Policies, zone: tzinfo, standing: Standing | None = None
    ) -> None:
        """Begin with an empty record, or go on from where another one stood."""
        standing = standing or Standing()
        self.zone = zone
        self.judged_at = standing.judged_at
        self.watches = dict(standing.watches)
        self.sight = standing.sight
        self.faults: dict[str, Fault] = {}
        self._latest: dict[str, str] = {}
        self._numbered = standing.numbered
        self._wakes: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._events: list[Event] = []
        self.adopt(inventory, policies)
        for fault in sorted(standing.faults, key=lambda fault: (fault.discovered_at, fault.no)):
            self._keep(fault)

    def adopt(self, inventory: Inventory, policies: Policies) -> None:
        """Go on with another inventory and other policy versions, from the next step."""
        self.inventory = inventory
        self.policies = policies
        self._adopted = True
        self._dated = {line.id: line for line in inventory.lines.values() if line.in_service_from or line.in_service_to}
        self._policy: Policy | None = None
        self._policy_until: datetime | None = None
        for line in self._latest:
            self._rewake(line)

    def standing(self) -> Standing:
        """Return all that judging goes on from."""
        return Standing(
            judged_at=self.judged_at,
            watches=dict(self.watches),
            sight=self.sight,
            faults=tuple(self.faults.values()),
            numbered=self._numbered,
        )

    @property
    def numbered(self) -> tuple[date, int] | None:
        """The local date of the last fault number, and how many were given on it."""
        return self._numbered

    def latest_fault(self, line: str) -> Fault | None:
        """Return the line's open fault, else its most recent one."""
        no = self._latest.get(line)
        return None if no is None else self.faults[no]

    def policy_of(self, fault: Fault) -> Policy:
        """Return the policy version that a fault is judged by."""
        return self.policies.named(fault.policy_version)

    def next_wake(self) -> datetime | None:
        """Return the next instant at which something falls due though nothing is measured."""
        while self._heap and self._wakes.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def step(
        self,
        at: datetime,
        *,
        references: Iterable[Observation] = (),
        lines: Iterable[Observation] = (),
    ) -> list[Event]:
        """Judge one instant, after any actions of it (`act`), and return what happened since the last call.

        ``references`` and ``lines`` are those of the inventory, in its order. ``at`` must not lie before the last
        instant judged.
        """
        self._move_on(at)
        references = tuple(references)
        if references or self._adopted:
            self._look(at, references)
        if not self.sight.blind:
            self._observe(at, lines)
        self._settle(at)
        events, self._events = self._events, []
        return events

    def act(self, action: Action) -> None:
        """Take a person's action at its instant; its events come with the next `step`.

        Raises:
            ActionRefused: it is not legal; nothing was changed.
        """
        if self.judged_at is not None and action.at < self.judged_at:
            raise ActionRefused(f"the time {action.at.isoformat()} has been judged already")
        match action:
            case Report():
                self._report(action)
            case Restore():
                self._restore(action)
            case Acknowledge():
                self._record(FaultAcknowledged(at=action.at, no=self._fault_of(action).no, by=action.by))
            case ClaimRestored():
                self._record(RestorationClaimed(at=action.at, no=self._fault_of(action).no, by=action.by))
            case Notified():
                self._record(FaultNotified(at=action.at, no=self._fault_of(action).no))
            case _:
                raise ActionRefused(f"{type(action).__name__} is not an action of this version")

    # -- rounds --------------------------------------------------------------------------------------------------

    def _move_on(self, at: datetime) -> None:
        if self.judged_at is not None and at < self.judged_at:
            raise ValueError(f"judged up to {self.judged_at.isoformat()}, cannot go back to {at.isoformat()}")
        self.judged_at = at
        self._policy_at(at)

    def _policy_at(self, at: datetime) -> Policy:
        if self._policy is None or (self._policy_until is not None and at >= self._policy_until):
            self._policy, self._policy_until = self.policies.in_force(at), self.policies.until(at)
        return self._policy

    def _look(self, at: datetime, rounds: Iterable[Observation]) -> None:
        self._adopted = False  # other references may be the end of a blindness, though none was measured
        before, self.sight = self.sight, look(self.sight, at, rounds, self.inventory.references)
        if self.sight.blind and not before.blind:
            self._events.append(MonitorBlind(at=at))
            self._tell(MessageDue(at=at, due_at=at, message=MessageKind.MONITOR_BLIND))
            for line, watch in self.watches.items():
                if watch.bad_since is not None:
                    self.watches[line] = drop_streak(watch)
                    self._rewake(line)
        elif before.blind_since is not None and not self.sight.blind:
            self._events.append(MonitorSees(at=at, blind_since=before.blind_since))
            self._tell(MessageDue(at=at, due_at=at, message=MessageKind.MONITOR_SEES))

    def _observe(self, at: datetime, lines: Iterable[Observation]) -> None:
        rules = self._policy_at(at).detection
        watches, latest, dated = self.watches, self._latest, self._dated
        for observation in lines:
            subject, outcome = observation.subject, observation.outcome
            if outcome is Outcome.ERROR or (subject in dated and not dated[subject].in_service(at)):
                continue
            before = watches.get(subject)
            watch, findings = observe(before, at, outcome is Outcome.GOOD, rules)
            watches[subject] = watch
            for finding in findings:
                self._find(at, subject, finding)
            if subject in latest and (findings or watch.bad_since or (before and before.last_good != watch.last_good)):
                self._rewake(subject)

    def _find(self, at: datetime, line: str, finding: Finding) -> None:
        match finding:
            case FirstSeen():
                self._events.append(LineFirstSeen(at=at, line=line))
            case Gap(begin=since):
                self._events.append(LineUnknown(at=at, line=line, unknown_from=since))
            case Blip(first_failed_at=first, rounds=rounds):
                self._events.append(BlipSeen(at=at, line=line, first_failed_at=first, rounds=rounds))
            case Confirmed(first_failed_at=first):
                self._events.append(OutageConfirmed(at=at, line=line, first_failed_at=first))
                self._confirmed(at, line, first)
            case Ended():
                self._ended(at, line, finding)

    # -- faults --------------------------------------------------------------------------------------------------

    def _confirmed(self, at: datetime, line: str, first_failed_at: datetime) -> None:
        fault = self.latest_fault(line)
        if fault is not None and fault.status is Status.OPEN:
            if fault.episode.detected_at is None:
                self._record(EpisodeConfirmed(at=at, no=fault.no, detected_at=at))
            return
        self._begin(at, line, source=Source.MONITOR, first_failed_at=first_failed_at, detected_at=at)

    def _ended(self, at: datetime, line: str, ended: Ended) -> None:
        self._events.append(
            OutageEnded(
                at=at,
                line=line,
                first_failed_at=ended.first_failed_at,
                last_bad_at=ended.last_bad_at,
                restored_at=ended.restored_at,
            )
        )
        fault = self.latest_fault(line)
        if fault is not None and fault.status is Status.OPEN and fault.episode.detected_at is not None:
            self._end_episode(fault, at, Source.MONITOR, ended.last_bad_at, ended.restored_at)

    def _begin(
        self, at: datetime, line: str, *, source: Source, first_failed_at: datetime, detected_at: datetime | None
    ) -> None:
        """Open a fault, or let the one under observation relapse."""
        fault = self.latest_fault(line)
        if fault is not None and fault.status is Status.RESTORED:
            if first_failed_at < self._observed_until(fault):
                self._relapse(fault, at, source=source, first_failed_at=first_failed_at, detected_at=detected_at)
                return
            self._close(fault, at)
        self._open(at, self.inventory.lines[line], source, first_failed_at, detected_at)

    def _open(
        self, at: datetime, line: Line, source: Source, first_failed_at: datetime, detected_at: datetime | None
    ) -> None:
        policy = self._policy_at(at)
        opened = FaultOpened(
            at=at,
            no=self._number(at),
            line=line.id,
            unit=line.unit,
            carrier=line.carrier,
            role=line.role.value,
            node=line.node,
            source=source,
            policy_version=policy.version,
            first_failed_at=first_failed_at,
            detected_at=detected_at,
            discovered_at=at,
            repeat_of=self._repeat_of(line.id, at, policy),
        )
        self._events.append(opened)
        fault = self._keep(begin(opened))
        self._tell(self._message(fault, at, MessageKind.OPENED))

    def _relapse(
        self, fault: Fault, at: datetime, *, source: Source, first_failed_at: datetime, detected_at: datetime | None
    ) -> None:
        relapsed = FaultRelapsed(
            at=at,
            no=fault.no,
            source=source,
            first_failed_at=first_failed_at,
            detected_at=detected_at,
            discovered_at=at,
            flapping=self._flapping(fault, at),
        )
        fault = self._record(relapsed)
        self._tell(self._message(fault, at, MessageKind.RELAPSED, episode=len(fault.episodes)))

    def _end_episode(
        self, fault: Fault, at: datetime, by: Source, last_bad_at: datetime, restored_at: datetime
    ) -> None:
        ended = EpisodeRestored(at=at, no=fault.no, by=by, last_bad_at=last_bad_at, restored_at=restored_at)
        fault = self._record(ended)
        self._tell(self._message(fault, at, MessageKind.RESTORED, episode=len(fault.episodes)))

    def _close(self, fault: Fault, at: datetime) -> None:
        reading = read(fault, self.policy_of(fault).clock, at)
        self._record(
            FaultClosed(
                at=at,
                no=fault.no,
                closed_at=self._observed_until(fault),
                carrier=fault.carrier,
                verdict=reading.verdict.value,
                elapsed_s=reading.elapsed.total_seconds(),
            )
        )

    def _observed_until(self, fault: Fault) -> datetime:
        restored_at = fault.episode.restored_at
        if restored_at is None:
            raise ValueError(f"fault {fault.no} is not restored")
        return restored_at + self.policy_of(fault).clock.observe_for

    def _repeat_of(self, line: str, at: datetime, policy: Policy) -> str | None:
        previous = self.latest_fault(line)
        if previous is None or previous.episode.restored_at is None:
            return None
        return previous.no if at - previous.episode.restored_at <= policy.clock.repeat_within else None

    def _flapping(self, fault: Fault, at: datetime) -> bool:
        rule = self.policy_of(fault).flapping
        relapses = [episode.discovered_at for episode in fault.episodes[1:]] + [at]
        return len(relapses) >= rule.relapses and at - relapses[-rule.relapses] <= rule.within

    def _number(self, at: datetime) -> str:
        day = at.astimezone(self.zone).date()
        last, count = self._numbered or (day, 0)
        self._numbered = (day, count + 1) if last == day else (day, 1)
        return f"F{day:%Y%m%d}-{self._numbered[1]:04d}"

    # -- people --------------------------------------------------------------------------------------------------

    def _fault_of(self, action: Action) -> Fault:
        fault = self.latest_fault(action.line)
        if fault is None:
            raise ActionRefused(f"line {action.line} has no fault yet; report one first")
        return fault

    def _report(self, action: Report) -> None:
        fault = self.latest_fault(action.line)
        if fault is None or fault.status is not Status.OPEN:
            if action.line not in self.inventory.lines:
                raise ActionRefused(f"there is no line {action.line} in the inventory")
            since = streak_since(self.watches.get(action.line), action.at, self._policy_at(action.at).detection)
            self._begin(action.at, action.line, source=action.by, first_failed_at=since or action.at, detected_at=None)
        self._record(FaultReported(at=action.at, no=self._fault_of(action).no, by=action.by))

    def _restore(self, action: Restore) -> None:
        fault = self._fault_of(action)
        if action.by is not Source.CENTRE:
            raise ActionRefused("only the centre may restore a fault by hand (section 4)")
        if fault.status is not Status.OPEN:
            raise ActionRefused(f"fault {fault.no} is {fault.status}: only an open one can be restored (section 4)")
        if fault.episode.detected_at is not None:
            raise ActionRefused(f"fault {fault.no} was confirmed by the monitor: it ends by measurement (section 4)")
        if not fault.episode.discovered_at <= action.restored_at <= action.at:
            raise ActionRefused("restored_at must lie between the fault's discovery and now (section 4)")
        self._end_episode(fault, action.at, action.by, action.restored_at, action.restored_at)

    # -- what falls due ------------------------------------------------------------------------------------------

    def _settle(self, at: datetime) -> None:
        while (wake := self.next_wake()) is not None and wake <= at:
            fault = self.faults[heapq.heappop(self._heap)[1]]
            del self._wakes[fault.no]
            if fault.status is Status.RESTORED:
                self._close(fault, at)
            elif (message := fall_due(fault, self.policy_of(fault), at)) is not None:
                self._tell(message)

    def _wake_at(self, fault: Fault) -> datetime | None:
        """When the fault is to be looked at next, if no round comes: a milestone, or the end of its observation."""
        watch = self.watches.get(fault.line)
        if fault.status is Status.OPEN:
            return None if watch is not None and watch.restoring else next_due_at(fault, self.policy_of(fault))
        if fault.status is Status.CLOSED:
            return None
        until = self._observed_until(fault)
        if watch is not None and watch.bad_since is not None and watch.bad_since < until:
            return max(until, self._stale_at(watch))
        return until

    def _stale_at(self, watch: Watch) -> datetime:
        """When a streak can no longer go on, also where another policy version comes into force meanwhile."""
        stale = watch.last_at
        for _ in range(2):
            stale = max(stale, watch.last_at + self.policies.in_force(stale).detection.stale_after + ONE_SECOND)
        return stale

    # -- the record ----------------------------------------------------------------------------------------------

    def _message(self, fault: Fault, at: datetime, kind: MessageKind, *, episode: int | None = None) -> MessageDue:
        return MessageDue(
            at=at, due_at=at, message=kind, no=fault.no, line=fault.line, carrier=fault.carrier, episode=episode
        )

    def _tell(self, message: MessageDue) -> None:
        if message.no is None:
            self._events.append(message)
        else:
            self._record(message)

    def _record(self, event: FaultEvent | MessageDue) -> Fault:
        fault = apply(self.faults[event.no or ""], event)
        self._events.append(event)
        return self._keep(fault)

    def _keep(self, fault: Fault) -> Fault:
        self.faults[fault.no] = fault
        latest = self.latest_fault(fault.line)
        if latest is None or fault.no == latest.no or fault.discovered_at >= latest.discovered_at:
            if latest is not None and latest.no != fault.no and latest.status is Status.CLOSED:
                del self.faults[latest.no]
            self._latest[fault.line] = fault.no
        self._rewake(fault.line)
        return fault

    def _rewake(self, line: str) -> None:
        fault = self.latest_fault(line)
        if fault is None:
            return
        wake = self._wake_at(fault)
        if wake is None:
            self._wakes.pop(fault.no, None)
        elif self._wakes.get(fault.no) != wake:
            self._wakes[fault.no] = wake
            heapq.heappush(self._heap, (wake, fault.no))
