"""What a delivered letter says for people."""

from __future__ import annotations

import pytest

from monitor.alerts.letter import Reply
from monitor.alerts.notices import notices
from monitor.faults.actions import Acknowledge, GiveEta, Notified
from monitor.faults.terms import MessageKind, Source
from tests.alerts.deliveries import after, delivery

REPLY = Reply(acknowledged_by="王工", eta=after(3600))


@pytest.mark.parametrize(
    ("rule", "kind", "to_carrier", "said"),
    [
        ("Its carrier's machine answers for it.", MessageKind.OPENED, True,
         [(Notified, Source.CENTRE), (Acknowledge, Source.CARRIER), (GiveEta, Source.CARRIER)]),
        ("The centre's answers for the centre, and no carrier was told.", MessageKind.OPENED, False,
         [(Acknowledge, Source.CENTRE), (GiveEta, Source.CENTRE)]),
        ("A restoration is no notice.", MessageKind.RESTORED, True,
         [(Acknowledge, Source.CARRIER), (GiveEta, Source.CARRIER)]),
        ("An alarm is of no fault.", MessageKind.MONITOR_BLIND, False, []),
    ],
)  # fmt: skip
def test_who_answers_is_who_the_channel_tells(
    rule: str, kind: MessageKind, to_carrier: bool, said: list[tuple[type, Source]]
) -> None:
    """A carrier is never said to have taken a fault on because a program of the centre's answered."""
    found = [action for _, action in notices(delivery(1, kind, to_carrier=to_carrier), REPLY, after(5))]
    assert said == [(type(action), action.by) for action in found], rule
