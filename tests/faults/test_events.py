"""What the ledger can hold: kinds by which events are stored, keys by which messages are sent once (section 10)."""

from __future__ import annotations

import pytest

from monitor.faults import events
from monitor.faults.events import EVENTS, Event, MessageDue
from monitor.faults.terms import MessageKind
from tests.histories import at


def every() -> set[type[Event]]:
    """Return every event that can happen: those of the room itself that others do not only build upon."""
    kinds = {one for one in vars(events).values() if isinstance(one, type) and issubclass(one, Event)}
    return {one for one in kinds if hasattr(one, "kind")}


def test_every_event_is_stored_under_a_kind_of_its_own() -> None:
    """The ledger reads back what it wrote: no event is left out, no kind stands for two."""
    stored = every()
    assert set(EVENTS.items()) == {(event.kind, event) for event in stored}
    assert len(EVENTS) == len(stored)


@pytest.mark.parametrize(
    ("rule", "message", "milestone", "key"),
    [
        (
            "opened: once a fault.",
            MessageDue(at=at(5), due_at=at(5), message=MessageKind.OPENED, no="F1"),
            "opened",
            "F1:opened",
        ),
        (
            "overdue: once a fault.",
            MessageDue(at=at(5), due_at=at(5), message=MessageKind.OVERDUE, no="F1"),
            "overdue",
            "F1:overdue",
        ),
        (
            "reminder: once a fraction and fault.",
            MessageDue(at=at(5), due_at=at(5), message=MessageKind.REMINDER, no="F1", fraction=0.5),
            "reminder:0.5",
            "F1:reminder:0.5",
        ),
        (
            "overdue_repeat: each multiple once a fault.",
            MessageDue(at=at(5), due_at=at(5), message=MessageKind.OVERDUE_REPEAT, no="F1", repeat=2),
            "overdue_repeat:2",
            "F1:overdue_repeat:2",
        ),
        (
            "restored: once an episode.",
            MessageDue(at=at(5), due_at=at(5), message=MessageKind.RESTORED, no="F1", episode=1),
            "restored:1",
            "F1:restored:1",
        ),
        (
            "relapsed: once an episode.",
            MessageDue(at=at(5), due_at=at(5), message=MessageKind.RELAPSED, no="F1", episode=2),
            "relapsed:2",
            "F1:relapsed:2",
        ),
        (
            "monitor_blind: once a blindness, which begins at its instant.",
            MessageDue(at=at(5), due_at=at(5), message=MessageKind.MONITOR_BLIND),
            "monitor_blind",
            f"monitor:{int(at(5).timestamp())}:monitor_blind",
        ),
    ],
)
def test_a_message_has_one_name_and_one_key(rule: str, message: MessageDue, milestone: str, key: str) -> None:
    assert (message.milestone, message.key) == (milestone, key), rule
