"""Exclusions and responsible parties (sections 7 and 8 of the fault rules). In hours; the limit is 12 h."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from monitor.alerts.due import fall_due, next_due_at
from monitor.faults.events import ExclusionGranted, ExclusionRevoked, FaultEvent, PartyRuled
from monitor.faults.fault import Fault, apply
from monitor.faults.terms import ExclusionReason, Party
from monitor.policy import Clock, ClockStart, Policy
from monitor.sla.verdict import Verdict, read
from tests.histories import START
from tests.sla.faults import HOUR, Ep, fault, hours

NO = fault(Ep(0, 0)).no


def left_out(begin: float, end: float, name: str = "x") -> ExclusionGranted:
    begins, ends = START + begin * HOUR, START + end * HOUR
    return ExclusionGranted(
        at=START, no=NO, id=name, begins_at=begins, ends_at=ends, reason=ExclusionReason.ACCESS_DENIED
    )


def revoked(name: str = "x") -> ExclusionRevoked:
    return ExclusionRevoked(at=START, no=NO, id=name)


def ruled(party: Party, when: float = 0) -> PartyRuled:
    return PartyRuled(at=START + when * HOUR, no=NO, party=party)


def after(events: Sequence[FaultEvent], *episodes: Ep) -> Fault:
    """Return a fault of these episodes after rulings."""
    found = fault(*episodes)
    for event in events:
        found = apply(found, event)
    return found


def shown(
    events: Sequence[FaultEvent], *episodes: Ep, start: ClockStart = ClockStart.DISCOVERED
) -> tuple[float, float, float, float | None, Verdict]:
    """Return elapsed, its least, excluded and deadline in hours and the verdict at hour 40."""
    reading = read(after(events, *episodes), Clock(start=start), START + 40 * HOUR)
    lengths = (reading.elapsed, reading.elapsed_min, reading.excluded)
    most, least, out = (length / HOUR for length in lengths)
    return most, least, out, hours(reading.deadline_at), reading.verdict


ENDED = Ep(0, 1, restored=16, last_bad=15)  # 15 hours at most, 14 at least


@pytest.mark.parametrize(
    ("rule", "events", "expected"),
    [
        ("Nothing excluded.", [], (15, 14, 0, 13, Verdict.LATE)),
        ("The deadline moves by what is excluded before it.", [left_out(4, 6)], (13, 12, 2, 15, Verdict.DISPUTABLE)),
        ("Enough, and it is on time.", [left_out(4, 7)], (12, 11, 3, 16, Verdict.ON_TIME)),
        ("Only what lies in the episode counts.", [left_out(-9, 2)], (14, 13, 1, 14, Verdict.LATE)),
        ("After the restoration it excludes nothing.", [left_out(17, 30)], (15, 14, 0, 13, Verdict.LATE)),
        (
            "Where the deadline lies within, it is what is left after it.",
            [left_out(12, 20)],
            (11, 11, 4, 21, Verdict.ON_TIME),
        ),
        ("One that begins at the deadline does not move it.", [left_out(13, 20)], (12, 12, 3, 13, Verdict.ON_TIME)),
        (
            "Those that overlap count once.",
            [left_out(4, 6, "x"), left_out(5, 7, "y")],
            (12, 11, 3, 16, Verdict.ON_TIME),
        ),
        ("The whole of it.", [left_out(-1, 99)], (0, 0, 15, 111, Verdict.ON_TIME)),
        ("Over the last bad round: the least goes without it too.", [left_out(14, 16)], (13, 13, 2, 13, Verdict.LATE)),
        ("Revoked: exactly as before.", [left_out(4, 7), revoked()], (15, 14, 0, 13, Verdict.LATE)),
        ("Revoked twice as well.", [left_out(4, 7), revoked(), revoked()], (15, 14, 0, 13, Verdict.LATE)),
        (
            "Of two only the one named is revoked.",
            [left_out(4, 6, "x"), left_out(5, 7, "y"), revoked("x")],
            (13, 12, 2, 15, Verdict.DISPUTABLE),
        ),
    ],
)  # fmt: skip
def test_excluded_time_is_left_out(rule: str, events: list[FaultEvent], expected: tuple[object, ...]) -> None:
    assert shown(events, ENDED) == expected, rule


def test_exclusions_over_two_episodes() -> None:
    """The good time between them is in no sum; the deadline counts on in the second."""
    episodes = (Ep(0, 0, restored=6), Ep(6.5, 7, restored=14))
    assert shown([], *episodes) == (13, 13, 0, 13, Verdict.LATE)
    assert shown([left_out(5, 8)], *episodes) == (11, 11, 2, 15, Verdict.ON_TIME)


def test_what_is_excluded_is_counted_from_the_clocks_start() -> None:
    """``excluded_s``: of the episodes from their start as ``clock.start`` says."""
    assert shown([left_out(0, 3)], ENDED, start=ClockStart.FIRST_FAILED)[2] == 3
    assert shown([left_out(0, 3)], ENDED)[2] == 2
    assert shown([left_out(0, 3)], ENDED, start=ClockStart.NOTIFIED)[2:4] == (0, None)


@pytest.mark.parametrize(
    ("rule", "events", "expected"),
    [
        ("The carrier's: as undetermined.", [ruled(Party.CARRIER, 5)], (15, 14, 0, 13, Verdict.LATE)),
        *(
            (f"The {party}'s: exempt, its clock is kept.", [ruled(party, 5)], (15, 14, 0, 13, Verdict.EXEMPT))
            for party in (Party.UNIT, Party.CENTRE, Party.THIRD_PARTY)
        ),
        (
            "Back to the carrier: counted from that decision.",
            [ruled(Party.UNIT, 5), ruled(Party.CARRIER, 9)],
            (7, 6, 0, 21, Verdict.ON_TIME),
        ),
        (
            "Back to undetermined: the same.",
            [ruled(Party.UNIT, 5), ruled(Party.UNDETERMINED, 9)],
            (7, 6, 0, 21, Verdict.ON_TIME),
        ),
        (
            "From one other party to another: not yet.",
            [ruled(Party.UNIT, 5), ruled(Party.CENTRE, 7), ruled(Party.CARRIER, 9)],
            (7, 6, 0, 21, Verdict.ON_TIME),
        ),
        (
            "The carrier's once more changes nothing.",
            [ruled(Party.UNIT, 5), ruled(Party.CARRIER, 9), ruled(Party.UNDETERMINED, 11)],
            (7, 6, 0, 21, Verdict.ON_TIME),
        ),
        (
            "Away and back again: from the latest return.",
            [ruled(Party.UNIT, 5), ruled(Party.CARRIER, 9), ruled(Party.UNIT, 10), ruled(Party.CARRIER, 12)],
            (4, 3, 0, 24, Verdict.ON_TIME),
        ),
        (
            "Back after the restoration: nothing counts.",
            [ruled(Party.UNIT, 5), ruled(Party.CARRIER, 20)],
            (0, 0, 0, 32, Verdict.ON_TIME),
        ),
        (
            "Exclusions are taken from what is left, and shown whole.",
            [ruled(Party.UNIT, 5), ruled(Party.CARRIER, 9), left_out(8, 10)],
            (6, 5, 2, 22, Verdict.ON_TIME),
        ),
    ],
)  # fmt: skip
def test_the_party_decides_whether_and_from_when_the_clock_counts(
    rule: str, events: list[FaultEvent], expected: tuple[object, ...]
) -> None:
    assert shown(events, ENDED) == expected, rule


@pytest.mark.parametrize(
    ("rule", "events", "due"),
    [
        ("Undetermined: reminded.", [], 6),
        ("The carrier's: reminded.", [ruled(Party.CARRIER, 1)], 6),
        ("Another's: not.", [ruled(Party.THIRD_PARTY, 1)], None),
        ("Back: half of the limit after the decision.", [ruled(Party.UNIT, 1), ruled(Party.CARRIER, 5)], 11),
        ("An exclusion puts it off.", [left_out(2, 5)], 9),
        ("Revoked, it is due as before.", [left_out(2, 5), revoked()], 6),
    ],
)
def test_milestones_follow_rulings(rule: str, events: list[FaultEvent], due: float | None) -> None:
    waiting, policy = after(events, Ep(0, 0)), Policy()
    assert hours(next_due_at(waiting, policy)) == due, rule
    before = START + (due or 99) * HOUR - timedelta(seconds=1)
    assert fall_due(waiting, policy, before) is None, rule
    if due is not None:
        message = fall_due(waiting, policy, START + due * HOUR)
        assert message is not None, rule
        assert message.milestone == "reminder:0.5", rule
