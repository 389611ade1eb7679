"""Whether a message still says what is to be said when its turn comes (section 10 of the fault rules). Pure."""

from __future__ import annotations

from monitor.faults.fault import Fault, Status
from monitor.faults.terms import MessageKind

HELD_TO_THE_LIMIT = (MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.OVERDUE_REPEAT)


def why_unwanted(kind: MessageKind, fault: Fault | None) -> str | None:
    """Return why a message is not to be sent after all, None where it is.

    Reminders and overdue go out only while the carrier answers; that nobody took the fault on, only while so.
    """
    if fault is None:
        return None
    if kind in HELD_TO_THE_LIMIT and not fault.party.answers:
        return f"party {fault.party}"
    if kind is not MessageKind.UNACKNOWLEDGED:
        return None
    if fault.acknowledged_at is not None:
        return "acknowledged"
    return None if fault.status is Status.OPEN and fault.party.answers else fault.status.value
