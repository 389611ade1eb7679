"""The life of a fault as the fold of its events (section 4 of the fault rules)."""

from __future__ import annotations

import pytest

from monitor.faults.events import (
    EVENTS,
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
    MessageDue,
    RestorationClaimed,
)
from monitor.faults.fault import TRANSITIONS, Episode, Fault, IllegalTransition, Status, apply, begin
from monitor.faults.terms import MessageKind, Source
from tests.histories import at

NO = "F20260901-0001"
OPENED = FaultOpened(
    at=at(120),
    no=NO,
    line="L1",
    unit="u1",
    carrier="c1",
    role="primary",
    node=None,
    source=Source.MONITOR,
    policy_version="1",
    first_failed_at=at(0),
    detected_at=at(120),
    discovered_at=at(120),
    repeat_of=None,
)
CONFIRMED = EpisodeConfirmed(at=at(150), no=NO, detected_at=at(150))
RESTORED = EpisodeRestored(at=at(320), no=NO, by=Source.MONITOR, last_bad_at=at(190), restored_at=at(200))
RELAPSED = FaultRelapsed(
    at=at(520),
    no=NO,
    source=Source.MONITOR,
    first_failed_at=at(400),
    detected_at=at(520),
    discovered_at=at(520),
    flapping=True,
)
CLOSED = FaultClosed(at=at(3800), no=NO, closed_at=at(3800), carrier="c1", verdict="on_time", elapsed_s=80)
REPORTED = FaultReported(at=at(130), no=NO, by=Source.UNIT)
ACKNOWLEDGED = FaultAcknowledged(at=at(140), no=NO, by=Source.CARRIER)
CLAIMED = RestorationClaimed(at=at(145), no=NO, by=Source.CARRIER)
NOTIFIED = FaultNotified(at=at(125), no=NO)
TOLD = MessageDue(at=at(120), due_at=at(120), message=MessageKind.OPENED, no=NO, line="L1", carrier="c1")

LIVES: dict[Status, tuple[FaultEvent, ...]] = {
    Status.OPEN: (),
    Status.RESTORED: (RESTORED,),
    Status.CLOSED: (RESTORED, CLOSED),
}


def lived(*events: FaultEvent | MessageDue) -> Fault:
    fault = begin(OPENED)
    for event in events:
        fault = apply(fault, event)
    return fault


@pytest.mark.parametrize(
    ("rule", "status", "event", "expected"),
    [
        ("An open fault may be confirmed by the monitor.", Status.OPEN, CONFIRMED, Status.OPEN),
        ("A restored fault has nothing to confirm.", Status.RESTORED, CONFIRMED, None),
        ("A closed fault has nothing to confirm.", Status.CLOSED, CONFIRMED, None),
        ("An open fault is restored and goes under observation.", Status.OPEN, RESTORED, Status.RESTORED),
        ("A restored fault is not restored again.", Status.RESTORED, RESTORED, None),
        ("A closed fault is not restored again.", Status.CLOSED, RESTORED, None),
        ("An open fault cannot relapse.", Status.OPEN, RELAPSED, None),
        ("A fault under observation relapses.", Status.RESTORED, RELAPSED, Status.OPEN),
        ("A closed fault does not relapse.", Status.CLOSED, RELAPSED, None),
        ("An open fault is not closed.", Status.OPEN, CLOSED, None),
        ("A fault under observation is closed.", Status.RESTORED, CLOSED, Status.CLOSED),
        ("A closed fault is not closed again.", Status.CLOSED, CLOSED, None),
        *(
            (f"A {status} fault keeps what is said of it: {event.kind}.", status, event, status)
            for status in Status
            for event in (REPORTED, ACKNOWLEDGED, CLAIMED, NOTIFIED, TOLD)
        ),
    ],
)
def test_a_fault_goes_its_way(
    rule: str, status: Status, event: FaultEvent | MessageDue, expected: Status | None
) -> None:
    fault = lived(*LIVES[status])
    if expected is None:
        with pytest.raises(IllegalTransition, match=NO):
            apply(fault, event)
        return
    assert apply(fault, event).status == expected, rule


def test_every_event_of_a_fault_has_its_row() -> None:
    """What is not in the table cannot happen; what can happen is in it."""
    happening = {event for event in EVENTS.values() if issubclass(event, FaultEvent)}
    assert set(TRANSITIONS) == {*happening, MessageDue} - {FaultOpened}


def test_an_opening_event_begins_a_fault() -> None:
    """A confirmed outage opens a fault with episode 1; names stay those in force then."""
    first = Episode(first_failed_at=at(0), detected_at=at(120), discovered_at=at(120))
    expected = Fault(
        no=NO,
        line="L1",
        unit="u1",
        carrier="c1",
        role="primary",
        node=None,
        source=Source.MONITOR,
        policy_version="1",
        status=Status.OPEN,
        episodes=(first,),
    )
    assert begin(OPENED) == expected
    assert (begin(OPENED).episode, begin(OPENED).discovered_at) == (first, at(120))


def test_an_event_of_another_fault_is_refused() -> None:
    """An event happens to the fault of its number only."""
    with pytest.raises(IllegalTransition):
        apply(lived(), FaultReported(at=at(130), no="F20260901-0002", by=Source.UNIT))


def test_a_relapse_adds_an_episode_and_leaves_the_earlier_ones() -> None:
    """A relapse is the same fault, a new episode; discovered_at stays that of the first."""
    fault = lived(RESTORED, RELAPSED)
    assert fault.episodes == (
        Episode(
            first_failed_at=at(0),
            detected_at=at(120),
            discovered_at=at(120),
            restored_at=at(200),
            last_bad_at=at(190),
        ),
        Episode(first_failed_at=at(400), detected_at=at(520), discovered_at=at(520)),
    )
    assert (fault.discovered_at, fault.flapping) == (at(120), True)


def test_a_fault_once_flapping_stays_marked() -> None:
    """The mark is not taken back by a later, slower relapse."""
    slow = FaultRelapsed(
        at=at(9000),
        no=NO,
        source=Source.UNIT,
        first_failed_at=at(9000),
        detected_at=None,
        discovered_at=at(9000),
        flapping=False,
    )
    again = EpisodeRestored(at=at(700), no=NO, by=Source.MONITOR, last_bad_at=at(600), restored_at=at(610))
    assert lived(RESTORED, RELAPSED, again, slow).flapping is True


def test_the_first_acknowledgement_and_claim_count() -> None:
    """The first one is kept, over relapses too; a claim is recorded and stops nothing."""
    later = FaultAcknowledged(at=at(600), no=NO, by=Source.CARRIER)
    claimed = RestorationClaimed(at=at(610), no=NO, by=Source.CARRIER)
    fault = lived(ACKNOWLEDGED, CLAIMED, RESTORED, RELAPSED, later, claimed)
    assert (fault.acknowledged_at, fault.claimed_at, fault.status) == (at(140), at(145), Status.OPEN)


def test_the_first_notice_of_each_episode_counts() -> None:
    """An episode counts from its own first delivered notice."""
    second = FaultNotified(at=at(530), no=NO)
    third = FaultNotified(at=at(540), no=NO)
    fault = lived(NOTIFIED, RESTORED, RELAPSED, second, third)
    assert [episode.notified_at for episode in fault.episodes] == [at(125), at(530)]


def test_a_message_sent_or_passed_over_is_settled() -> None:
    """Each message once: what was overtaken is never sent either."""
    overdue = MessageDue(
        at=at(500), due_at=at(400), message=MessageKind.OVERDUE, no=NO, passed_over=("reminder:0.5", "reminder:0.75")
    )
    assert lived(TOLD, overdue).settled == {"opened", "overdue", "reminder:0.5", "reminder:0.75"}


def test_an_unknown_kind_of_event_is_refused() -> None:
    """An event that has no row changes nothing."""
    with pytest.raises(IllegalTransition):
        apply(lived(), OPENED)
    assert isinstance(OPENED, Event)
