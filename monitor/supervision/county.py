"""One second of the county, in the order of the rules (Art. 4 and 26).

`Supervision.step` is the one reducer for live traffic and for replay. At one instant: people's actions, then the
references, then the lines, then what falls due. It reads no clock and does no I/O; what happened comes back as
events, in the order in which the ledger is to hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo

from monitor.faults.actions import Action, ActionRefused, Restore
from monitor.faults.blindness import look
from monitor.faults.events import (
    BlipSeen,
    Event,
    LineFirstSeen,
    LineUnknown,
    MessageDue,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
)
from monitor.faults.evidence import DeviceSaid
from monitor.faults.fault import Fault, Status
from monitor.faults.incident import Incident
from monitor.faults.observation import Observation, Outcome
from monitor.faults.outage import Blip, Confirmed, Ended, Finding, FirstSeen, Gap, drop_streak, observe
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory
from monitor.policy import Policies, Policy
from monitor.supervision.casebook import Casebook
from monitor.supervision.people import act
from monitor.supervision.quality import Qualities
from monitor.supervision.standing import Standing
from monitor.supervision.testimony import Testimonies


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
        self.cases = Casebook(zone, self.watches, standing)
        self.testimonies = Testimonies(standing.testimonies)
        self.qualities = Qualities(standing.qualities, standing.degraded)
        self.adopt(inventory, policies)
        self.cases.resume(standing.faults)

    def adopt(self, inventory: Inventory, policies: Policies) -> None:
        """Go on with another inventory and other policy versions, from the next step."""
        self.inventory = inventory
        self.policies = policies
        self._adopted = True
        self._dated = {line.id: line for line in inventory.lines.values() if line.in_service_from or line.in_service_to}
        self._policy: Policy | None = None
        self._policy_until: datetime | None = None
        self.cases.adopt(inventory, policies)

    def standing(self) -> Standing:
        """Return all that judging goes on from."""
        return self.cases.standing(
            judged_at=self.judged_at,
            watches=self.watches,
            sight=self.sight,
            testimonies=self.testimonies.all(),
            qualities=self.qualities.all(),
            degraded=self.qualities.degraded,
        )

    @property
    def faults(self) -> Mapping[str, Fault]:
        """The open faults, those under observation, and the latest of each line, by number."""
        return self.cases.faults

    @property
    def numbered(self) -> tuple[date, int] | None:
        """The local date of the last fault number, and how many were given on it."""
        return self.cases.numbered

    def latest_fault(self, line: str) -> Fault | None:
        """Return the line's open fault, else its most recent one."""
        return self.cases.latest_fault(line)

    def policy_of(self, fault: Fault) -> Policy:
        """Return the policy version that a fault is judged by."""
        return self.cases.policy_of(fault)

    def next_wake(self) -> datetime | None:
        """Return the next instant at which something falls due though nothing is measured."""
        return self.cases.next_wake()

    def open_incidents(self) -> tuple[Incident, ...]:
        """Return the incidents of which some fault is open."""
        return tuple(
            incident
            for incident in self.cases.grouping.incidents.values()
            if any(no in self.faults and self.faults[no].status is Status.OPEN for no in incident.faults)
        )

    def step(
        self,
        at: datetime,
        *,
        references: Iterable[Observation] = (),
        lines: Iterable[Observation] = (),
        devices: Iterable[DeviceSaid] = (),
    ) -> list[Event]:
        """Judge one instant, after any actions of it (`act`), and return what happened since the last call.

        ``references`` and ``lines`` are those of the inventory, in its order; ``devices`` is what SNMP read of lines'
        devices. ``at`` must not lie before the last instant judged.
        """
        self._move_on(at)
        references = tuple(references)
        if references or self._adopted:
            self._look(at, references)
        if not self.sight.blind:
            self._observe(at, lines)
        for said in devices:
            self.testimonies.hear(at, said, self.watches.get(said.line), self.cases)
        self.cases.settle(at)
        return self.cases.take_events()

    def let_fall_due(self, *, before: datetime) -> list[Event]:
        """Let fall due, each at its own instant, whatever does before an instant though nothing is seen (section 10).

        Live judging and replay both go through it, ahead of the actions of that instant and its `step`.
        """
        events: list[Event] = []
        while (wake := self.next_wake()) is not None and wake < before:
            events += self.step(wake)
        return events

    def recall(self, fault: Fault) -> None:
        """Take an older fault of its line back from the record, so that an action may concern it; known ones stay."""
        self.cases.recall(fault)

    def act(self, action: Action) -> Fault | None:
        """Take a person's action at its instant; its events come with the next `step`.

        Returns the fault that it concerns, as it is after it; None where it concerns none.

        Raises:
            ActionRefused: it is not legal; nothing was changed.
        """
        if self.judged_at is not None and action.at < self.judged_at:
            raise ActionRefused(f"the time {action.at.isoformat()} has been judged already")
        fault = act(action, self.cases)
        if isinstance(action, Restore):
            self.testimonies.weigh(action.at, action.line, self.cases)
        return fault

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
            self.cases.happened(MonitorBlind(at=at))
            self.cases.happened(MessageDue(at=at, due_at=at, message=MessageKind.MONITOR_BLIND))
            for line, watch in self.watches.items():
                if watch.bad_since is not None:
                    self.watches[line] = drop_streak(watch)
                    self.cases.rewake(line)
        elif before.blind_since is not None and not self.sight.blind:
            self.cases.happened(MonitorSees(at=at, blind_since=before.blind_since))
            blind = str(int((at - before.blind_since).total_seconds()))
            self.cases.happened(MessageDue(at=at, due_at=at, message=MessageKind.MONITOR_SEES, detail=blind))

    def _observe(self, at: datetime, lines: Iterable[Observation]) -> None:
        policy = self._policy_at(at)
        rules, degradation, qualities = policy.detection, policy.degradation, self.qualities
        watches, cases, dated = self.watches, self.cases, self._dated
        latest, held = cases.latest, cases.held
        for observation in lines:
            subject, outcome = observation.subject, observation.outcome
            if outcome is Outcome.ERROR or (subject in dated and not dated[subject].in_service(at)):
                continue
            before = watches.get(subject)
            watch, findings = observe(before, at, outcome is Outcome.GOOD, rules)
            watches[subject] = watch
            for finding in findings:
                self._find(at, subject, finding)
            if watch.down_since is None:
                qualities.take(observation, degradation, cases)
            elif findings:
                qualities.drop(observation, cases)
            if subject in held and not watch.last_good:
                cases.still_down(at, subject)
            if subject in latest and (findings or watch.bad_since or (before and before.last_good != watch.last_good)):
                cases.rewake(subject)

    def _find(self, at: datetime, line: str, finding: Finding) -> None:
        match finding:
            case FirstSeen():
                self.cases.happened(LineFirstSeen(at=at, line=line))
            case Gap(begin=since):
                self.cases.happened(LineUnknown(at=at, line=line, unknown_from=since))
            case Blip(first_failed_at=first, rounds=rounds):
                self.cases.happened(BlipSeen(at=at, line=line, first_failed_at=first, rounds=rounds))
            case Confirmed(first_failed_at=first):
                self.cases.happened(OutageConfirmed(at=at, line=line, first_failed_at=first))
                self.cases.confirmed(at, line, first)
            case Ended():
                self._ended(at, line, finding)

    def _ended(self, at: datetime, line: str, ended: Ended) -> None:
        self.cases.happened(
            OutageEnded(
                at=at,
                line=line,
                first_failed_at=ended.first_failed_at,
                last_bad_at=ended.last_bad_at,
                restored_at=ended.restored_at,
            )
        )
        self.cases.ended(at, line, ended)
        self.testimonies.recovered(at, line, ended.restored_at, self.cases)
