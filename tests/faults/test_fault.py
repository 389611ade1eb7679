"""The life of a fault as the fold of its events (section 4 of the fault rules)."""

from __future__ import annotations

import pytest

from monitor.faults.events import (
    EVENTS,
    EpisodeConfirmed,
    EpisodeRestored,
    EtaGiven,
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
from tests.histories import at, since_start

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
EXPECTED = EtaGiven(at=at(147), no=NO, by=Source.CARRIER, eta=at(3600))
NOTIFIED = FaultNotified(at=at(125), no=NO)
TOLD = MessageDue(at=at(120), due_at=at(120), message=MessageKind.OPENED, no=NO, line="L1", carrier="c1")

LIVES: dict[Status, tuple[FaultEvent, ...]] = {
    Status.OPEN: (),
    Status.RESTORED: (RESTORED,),
    Status.CLOSED: (RESTORED, CLOSED),
}


def notice(told: int, *, episode: int | None = None, delivered: int | None = None) -> FaultNotified:
    return FaultNotified(
        at=at(told), no=NO, episode=episode, notified_at=None if delivered is None else at(delivered), via="phone"
    )


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
        ("An open fault is expected to be repaired.", Status.OPEN, EXPECTED, Status.OPEN),
        ("A restored fault is not expected to be.", Status.RESTORED, EXPECTED, None),
        ("A closed fault is not expected to be.", Status.CLOSED, EXPECTED, None),
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


@pytest.mark.parametrize(
    ("rule", "events", "expected"),
    [
        ("A notice is of the running episode unless it says otherwise.", [notice(530)], [None, 530]),
        ("One of an earlier episode leaves the running one alone.", [notice(530, episode=1)], [530, None]),
        ("Named or not, the running one is the same.", [notice(530, episode=2), notice(540)], [None, 530]),
        ("Of two the earlier stays.", [notice(530, episode=1), notice(540, episode=1)], [530, None]),
        ("Earlier by when it was delivered.", [notice(530), notice(540, delivered=525)], [None, 525]),
        ("Of each episode.", [notice(530, episode=1, delivered=130), notice(540)], [130, 540]),
    ],
)
def test_a_notice_is_of_its_episode(rule: str, events: list[FaultNotified], expected: list[int | None]) -> None:
    """Section 4: the clock of an episode may count from its first delivered notice, and from no other's."""
    fault = lived(RESTORED, RELAPSED, *events)
    assert expected == [each.notified_at and since_start(each.notified_at) for each in fault.episodes], rule


@pytest.mark.parametrize("episode", [0, 2, -1])
def test_a_notice_of_no_episode_cannot_be(episode: int) -> None:
    """A ledger that tells of one was changed."""
    with pytest.raises(IllegalTransition, match=f"has no episode {episode}"):
        apply(lived(), notice(530, episode=episode))


def test_the_latest_eta_counts_over_relapses() -> None:
    """An ETA stands until another is given."""
    later = EtaGiven(at=at(530), no=NO, by=Source.CARRIER, eta=at(900))
    assert [None, at(3600), at(900)] == [
        lived(*events).eta for events in ((), (EXPECTED, RESTORED, RELAPSED), (EXPECTED, RESTORED, RELAPSED, later))
    ]


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
