"""The faults of the county: opened, relapsed, restored, closed, and when each is to be looked at next (section 4)."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo

from monitor.alerts.due import fall_due, next_due_at
from monitor.editions.edition import Editions
from monitor.faults.blindness import Sight
from monitor.faults.degradation import Quality
from monitor.faults.events import (
    DegradationBegan,
    EpisodeConfirmed,
    EpisodeRestored,
    Event,
    EvidenceFound,
    EvidenceWithdrawn,
    FaultClosed,
    FaultEvent,
    FaultOpened,
    FaultRelapsed,
    MessageDue,
)
from monitor.faults.evidence import Testimony
from monitor.faults.fault import Fault, Status, apply, begin
from monitor.faults.outage import Ended, Watch
from monitor.faults.terms import MessageKind, Reason, Source
from monitor.inventory.model import Inventory, Line
from monitor.policy import Policies, Policy
from monitor.registers.entries import Registers
from monitor.sla.verdict import read
from monitor.supervision.grouping import Grouping
from monitor.supervision.standing import Standing
from monitor.supervision.windows import Windows

ONE_SECOND = timedelta(seconds=1)


class Casebook:
    """The faults that may still change, and the events not yet taken."""

    def __init__(self, zone: tzinfo, watches: Mapping[str, Watch], standing: Standing) -> None:
        """Go on from where another one stood; ``watches`` are those that judging moves on."""
        self.zone = zone
        self.faults: dict[str, Fault] = {}
        self.latest: dict[str, str] = {}
        self.held: set[str] = set()
        self.windows = Windows(standing.windows)
        self.registers = Registers(standing.entries)
        self.editions = Editions(standing.editions)
        self._events: list[Event] = []
        self.numbered = standing.numbered
        self.grouping = Grouping(standing.incidents, standing.last_incident)
        live = {fault.no for fault in standing.faults}
        self._recent = {fault.no: fault for fault in standing.recent if fault.no not in live}
        self._watches = watches
        self._wakes: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []

    def adopt(self, inventory: Inventory, policies: Policies) -> None:
        """Go on with another inventory and other policy versions."""
        self.inventory, self.policies = inventory, policies
        self.grouping.adopt(inventory)
        for line in self.latest:
            self.rewake(line)

    def resume(self, faults: Iterable[Fault]) -> None:
        """Take the faults of another run."""
        known = sorted(faults, key=lambda fault: (fault.discovered_at, fault.no))
        for fault in known:
            self._keep(fault)
        for fault in {fault.no: fault for fault in (*self._recent.values(), *known)}.values():
            self.grouping.arrive(fault, known=True)
        self.held = {line for line, watch in self._watches.items() if watch.down_since and not self._detected(line)}

    def standing(
        self,
        *,
        judged_at: datetime | None,
        watches: Mapping[str, Watch],
        sight: Sight,
        testimonies: Mapping[str, Testimony],
        qualities: Mapping[str, Quality],
        degraded: Mapping[str, DegradationBegan],
    ) -> Standing:
        """Return all that judging goes on from, with what others know."""
        return Standing(
            judged_at=judged_at,
            watches=dict(watches),
            sight=sight,
            faults=tuple(self.faults.values()),
            recent=tuple(self._recent.values()),
            numbered=self.numbered,
            windows=self.windows.all(),
            entries=self.registers.all(),
            editions=self.editions.all(),
            incidents=tuple(self.grouping.incidents.values()),
            last_incident=self.grouping.last,
            testimonies=dict(testimonies),
            qualities=qualities,
            degraded=dict(degraded),
        )

    def forget_before(self, at: datetime) -> None:
        """Drop closed faults that began before an instant and are not the latest of their line."""
        self._recent = {no: fault for no, fault in self._recent.items() if fault.episodes[0].first_failed_at >= at}

    def happened(self, event: Event) -> None:
        """Note an event that changes no fault."""
        self._events.append(event)
        self.windows.take(event)
        self.registers.take(event)
        self.editions.take(event)

    def take_events(self) -> list[Event]:
        """Return the events noted since the last call."""
        events, self._events = self._events, []
        return events

    def fault_numbered(self, no: str) -> Fault | None:
        """Return a fault by its number, if it may still change."""
        return self.faults.get(no) or self._recent.get(no)

    def recall(self, fault: Fault) -> None:
        """Take an older fault of its line back from the record, so that an action may concern it; known ones stay."""
        if self.fault_numbered(fault.no) is None:
            self._recent[fault.no] = fault

    def excluded_in(self, exclusion: str) -> Fault | None:
        """Return the fault that an exclusion of that id is of, if there is one."""
        known = (*self.faults.values(), *self._recent.values())
        return next((fault for fault in known if any(each.id == exclusion for each in fault.exclusions)), None)

    def watch(self, line: str) -> Watch | None:
        """Return what is known of a line."""
        return self._watches.get(line)

    def in_maintenance(self, line: str, at: datetime) -> bool:
        """Tell whether a line is inside an approved window."""
        known = self.inventory.lines.get(line)
        return known is not None and self.windows.over(known, at, self.inventory)

    def latest_fault(self, line: str) -> Fault | None:
        """Return the line's open fault, else its most recent one."""
        no = self.latest.get(line)
        return None if no is None else self.faults[no]

    def policy_of(self, fault: Fault) -> Policy:
        """Return the policy version that a fault is judged by."""
        return self.policies.named(fault.policy_version)

    def next_wake(self) -> datetime | None:
        """Return the next instant at which something falls due though nothing is measured."""
        while self._heap and self._wakes.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def confirmed(self, at: datetime, line: str, first_failed_at: datetime) -> None:
        """Take a confirmed outage: the episode reported is confirmed, or one begins, unless a window holds it."""
        fault = self.latest_fault(line)
        if fault is not None and fault.status is Status.OPEN:
            if fault.episode.detected_at is None:
                self.record(EpisodeConfirmed(at=at, no=fault.no, detected_at=at))
        elif self.in_maintenance(line, at):
            self.held.add(line)
        else:
            self.begin_episode(at, line, source=Source.MONITOR, first_failed_at=first_failed_at, detected_at=at)

    def still_down(self, at: datetime, line: str) -> None:
        """Take a bad round of an outage that a window held: the first at or after its end is its detection."""
        down_since = self._watches[line].down_since
        if down_since is not None:
            self.held.discard(line)
            self.confirmed(at, line, down_since)

    def ended(self, at: datetime, line: str, ended: Ended) -> None:
        """Take the measured end of an outage: the episode that it was ends."""
        self.held.discard(line)
        fault = self.latest_fault(line)
        if fault is not None and fault.status is Status.OPEN and fault.episode.detected_at is not None:
            self.end_episode(fault, at, Source.MONITOR, ended.last_bad_at, ended.restored_at)

    def _detected(self, line: str) -> bool:
        fault = self.latest_fault(line)
        return fault is not None and fault.status is Status.OPEN and fault.episode.detected_at is not None

    def begin_episode(
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
        policy = self.policies.in_force(at)
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
        self.grouping.arrive(fault)
        self.tell(self._message(fault, at, MessageKind.OPENED))

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
        fault = self.record(relapsed)
        self.tell(self._message(fault, at, MessageKind.RELAPSED, episode=len(fault.episodes)))

    def end_episode(
        self,
        fault: Fault,
        at: datetime,
        by: Source,
        last_bad_at: datetime,
        restored_at: datetime,
        *,
        who: str | None = None,
        why: str | None = None,
        attachment: str | None = None,
    ) -> Fault:
        """End the running episode, by measurement or by a person's word; return the fault after it."""
        ended = EpisodeRestored(
            at=at,
            no=fault.no,
            by=by,
            last_bad_at=last_bad_at,
            restored_at=restored_at,
            who=who,
            why=why,
            attachment=attachment,
        )
        fault = self.record(ended)
        self.tell(self._message(fault, at, MessageKind.RESTORED, episode=len(fault.episodes)))
        return fault

    def _close(self, fault: Fault, at: datetime) -> None:
        reading = read(fault, self.policy_of(fault).clock, at)
        self.record(
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
        last, count = self.numbered or (day, 0)
        day = max(day, last)  # another zone must not give the numbers of a day a second time
        self.numbered = (day, count + 1) if last == day else (day, 1)
        return f"F{day:%Y%m%d}-{self.numbered[1]:04d}"

    def settle(self, at: datetime) -> None:
        """Group what arrived, then let fall due whatever does at this instant, after all that was seen and done."""
        before: set[str] = set()
        after: set[str] = set()
        for old, grouped in self.grouping.settle(at, lambda began: self.policies.in_force(began).incident):
            self.happened(grouped)
            before.update(old)
            after.update(grouped.faults)
        self._upstream(at, after, before - after)
        while (wake := self.next_wake()) is not None and wake <= at:
            fault = self.faults[heapq.heappop(self._heap)[1]]
            del self._wakes[fault.no]
            if fault.status is Status.RESTORED:
                self._close(fault, at)
            elif (message := fall_due(fault, self.policy_of(fault), at)) is not None:
                self.tell(message)

    def _upstream(self, at: datetime, grouped: Iterable[str], left: Iterable[str]) -> None:
        """An incident speaks for the carrier in each of its faults, as long as it is in it."""
        reasons = (Reason.SHARED_UPSTREAM,)
        for no in sorted(grouped):
            fault = self.fault_numbered(no)
            if fault is not None and Reason.SHARED_UPSTREAM not in fault.reasons:
                self.record(EvidenceFound(at=at, no=no, episode=len(fault.episodes), reasons=reasons))
        for no in sorted(left):
            if self.fault_numbered(no) is not None:
                self.record(EvidenceWithdrawn(at=at, no=no, reasons=reasons))

    def _wake_at(self, fault: Fault) -> datetime | None:
        """When the fault is to be looked at next, if no round comes: a milestone, or the end of its observation."""
        watch = self._watches.get(fault.line)
        if fault.status is Status.OPEN:
            return None if watch is not None and watch.restoring else next_due_at(fault, self.policy_of(fault))
        if fault.status is Status.CLOSED:
            return None
        until = self._observed_until(fault)
        if watch is not None and watch.down_since is not None and watch.down_since < until:
            return None  # an outage that a window holds: a relapse at its end, or closed when it ends within
        if watch is not None and watch.bad_since is not None and watch.bad_since < until:
            return self._resolved_by(watch, until)
        return until

    def _resolved_by(self, watch: Watch, until: datetime) -> datetime:
        """When, from ``until`` on, a streak cannot go on any more by the version in force then."""
        wake = until
        while (stale := watch.last_at + self.policies.in_force(wake).detection.stale_after + ONE_SECOND) > wake:
            wake = stale
        return wake

    def _message(self, fault: Fault, at: datetime, kind: MessageKind, *, episode: int | None = None) -> MessageDue:
        return MessageDue(
            at=at, due_at=at, message=kind, no=fault.no, line=fault.line, carrier=fault.carrier, episode=episode
        )

    def tell(self, message: MessageDue) -> None:
        if message.no is None:
            self._events.append(message)
        else:
            self.record(message)

    def record(self, event: FaultEvent | MessageDue) -> Fault:
        before = self.fault_numbered(event.no or "")
        if before is None:
            raise KeyError(event.no)
        fault = apply(before, event)
        self._events.append(event)
        return self._keep(fault)

    def _keep(self, fault: Fault) -> Fault:
        if fault.no in self._recent and fault.no not in self.faults:
            self._recent[fault.no] = fault  # an older fault of its line: it may change, but nothing wakes for it
            return fault
        self.faults[fault.no] = fault
        latest = self.latest_fault(fault.line)
        if latest is None or fault.no == latest.no or fault.discovered_at >= latest.discovered_at:
            if latest is not None and latest.no != fault.no and latest.status is Status.CLOSED:
                self._recent[latest.no] = self.faults.pop(latest.no)
            self.latest[fault.line] = fault.no
        self.rewake(fault.line)
        return fault

    def rewake(self, line: str) -> None:
        fault = self.latest_fault(line)
        if fault is None:
            return
        wake = self._wake_at(fault)
        if wake is None:
            self._wakes.pop(fault.no, None)
        elif self._wakes.get(fault.no) != wake:
            self._wakes[fault.no] = wake
            heapq.heappush(self._heap, (wake, fault.no))
