"""Which milestone of a fault's clock is due (section 10 of the fault rules). Pure.

A milestone is a share of the limit (reminder), the limit (overdue), or a multiple of ``overdue_every`` beyond it
(overdue_repeat). Each is settled once: sent, or passed over because a newer one fell due at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.faults.events import MessageDue
from monitor.faults.fault import Fault, Status
from monitor.faults.terms import MessageKind
from monitor.policy import Policy
from monitor.sla.clock import elapsed, reached_at
from monitor.sla.exclusions import uncounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A reading of the clock at which a message falls due."""

    message: MessageKind
    amount: timedelta
    fraction: float | None = None
    repeat: int | None = None

    @property
    def name(self) -> str:
        """The name under which the fault keeps it as settled; the same as `MessageDue.milestone`."""
        number = self.fraction if self.fraction is not None else self.repeat
        return self.message.value if number is None else f"{self.message.value}:{number}"


def milestones(policy: Policy) -> Iterator[Milestone]:
    """Go through the milestones of a clock in ascending order, without end."""
    limit = policy.clock.limit
    for fraction in policy.reminders.fractions:
        yield Milestone(message=MessageKind.REMINDER, amount=limit * fraction, fraction=fraction)
    yield Milestone(message=MessageKind.OVERDUE, amount=limit)
    repeat = 0
    while True:
        repeat += 1
        amount = limit + repeat * policy.reminders.overdue_every
        yield Milestone(message=MessageKind.OVERDUE_REPEAT, amount=amount, repeat=repeat)


def next_due_at(fault: Fault, policy: Policy) -> datetime | None:
    """Return when the clock of an open fault reaches its next unsettled milestone; None if none is to come."""
    if fault.status is not Status.OPEN or not fault.party.answers:
        return None
    following = next(milestone for milestone in milestones(policy) if milestone.name not in fault.settled)
    return reached_at(fault, policy.clock, following.amount, uncounted(fault))


def fall_due(fault: Fault, policy: Policy, now: datetime) -> MessageDue | None:
    """Return the newest milestone reached by ``now`` and not yet settled, with those that it passes over."""
    if fault.status is not Status.OPEN or not fault.party.answers:
        return None
    left_out = uncounted(fault)
    reached = _unsettled(fault, policy, elapsed(fault, policy.clock, now, left_out))
    if not reached:
        return None
    newest = reached[-1]
    return MessageDue(
        at=now,
        message=newest.message,
        due_at=reached_at(fault, policy.clock, newest.amount, left_out) or now,
        no=fault.no,
        line=fault.line,
        carrier=fault.carrier,
        fraction=newest.fraction,
        repeat=newest.repeat,
        passed_over=tuple(milestone.name for milestone in reached[:-1]),
    )


def _unsettled(fault: Fault, policy: Policy, shown: timedelta) -> list[Milestone]:
    reached = []
    for milestone in milestones(policy):
        if milestone.amount > shown:
            break
        if milestone.name not in fault.settled:
            reached.append(milestone)
    return reached
