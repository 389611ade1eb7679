"""What people do to a fault (section 4 of the fault rules, and what is legal by ``replay.md``). Minutes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.faults.actions import Acknowledge, Action, ActionRefused, ClaimRestored, Notified, Report, Restore
from monitor.faults.events import FaultOpened, FaultReported, OutageConfirmed
from monitor.faults.terms import Source
from monitor.policy import Clock, ClockStart, Policies, Policy
from monitor.sla.verdict import read
from monitor.supervision import Supervision
from tests.histories import ZONE, History, at, county, history, judge, rounds
from tests.supervision.outline import Ep, Seen, minute, outlines, told


def report(minute: float, *, by: Source = Source.UNIT) -> Report:
    return Report(at=at(int(minute * 60)), line="L1", by=by)


def restore(minute: float, *, to: float | None = None, by: Source = Source.CENTRE) -> Restore:
    restored = minute if to is None else to
    return Restore(at=at(int(minute * 60)), line="L1", by=by, restored_at=at(int(restored * 60)))


def line(pattern: str, *actions: Action, end: int, policy: Policy | None = None) -> History:
    """Return a history of one line with a round a minute."""
    return history(rounds("L1", pattern), actions=actions, policy=policy, end=end * 60)


@pytest.mark.parametrize(
    ("rule", "what", "expected"),
    [
        (
            "A report on a line with no open fault opens one at once; nothing measured, detected_at is empty.",
            line("", report(5), end=10),
            [Seen("open", [Ep(5, None, 5)])],
        ),
        (
            "A report on a good line does as well: first failed at the report.",
            line("10o", report(4.5), end=10),
            [Seen("open", [Ep(4.5, None, 4.5)])],
        ),
        (
            "Reported within a bad streak, the fault failed first at its beginning.",
            line("5o2x", report(6.5), end=7),
            [Seen("open", [Ep(5, None, 6.5)])],
        ),
        (
            "The streak's last round may be stale_after old.",
            line("5o2x", report(9), end=9),
            [Seen("open", [Ep(5, None, 9)])],
        ),
        (
            "Older, and the report's time counts.",
            line("5o2x", report(9 + 1 / 60), end=10),
            [Seen("open", [Ep(9 + 1 / 60, None, 9 + 1 / 60)])],
        ),
        (
            "At one instant the report comes before the round.",
            line("5ox", report(5), end=5),
            [Seen("open", [Ep(5, None, 5)])],
        ),
        (
            "Confirmed later, detected_at is filled in and the rest stays.",
            line("5o5x", report(6.5), end=10),
            [Seen("open", [Ep(5, 7, 6.5)])],
        ),
        (
            "Rounds end it as usual then.",
            line("5o5x3o", report(6.5), end=13),
            [Seen("restored", [Ep(5, 7, 6.5, 9, 10)])],
        ),
        (
            "Any later outage confirms it: at most one fault of a line is open.",
            line("10o3x", report(2), end=13),
            [Seen("open", [Ep(2, 12, 2)])],
        ),
        (
            "Good rounds do not end what was never confirmed.",
            line("5o2x30o", report(6.5), end=37),
            [Seen("open", [Ep(5, None, 6.5)])],
        ),
        (
            "Only a person's restore does; restored_at and last_bad_at agree.",
            line("5o2x30o", report(6.5), restore(20, to=15), end=37),
            [Seen("restored", [Ep(5, None, 6.5, 15, 15)])],
        ),
        (
            "The observation runs from the restoration that was named.",
            line("90o", report(5), restore(20, to=15), end=75),
            [Seen("closed", [Ep(5, None, 5, 15, 15)], 75)],
        ),
        (
            "Named so far back that it is over, the fault is closed at once.",
            line("90o", report(5), restore(80, to=10), end=80),
            [Seen("closed", [Ep(5, None, 5, 10, 10)], 70)],
        ),
        (
            "A report on an open fault is kept and moves nothing.",
            line("5o3x", report(10), end=12),
            [Seen("open", [Ep(5, 7, 7)])],
        ),
        (
            "A report before the observation ends starts a new episode.",
            line("5o3x60o", report(67.5), end=68),
            [Seen("open", [Ep(5, 7, 7, 7, 8), Ep(67.5, None, 67.5)])],
        ),
        (
            "A report at its end opens a new fault.",
            line("5o3x60o", report(68), end=68),
            [Seen("closed", [Ep(5, 7, 7, 7, 8)], 68), Seen("open", [Ep(68, None, 68)])],
        ),
        (
            "Reported after the end within a streak begun before it: a new episode of the fault that was held.",
            line("5o3x59o2x", report(69), end=69),
            [Seen("open", [Ep(5, 7, 7, 7, 8), Ep(67, None, 69)])],
        ),
        (
            "An outage under way when a person restores is a relapse, though it began before.",
            line("5o2xx", report(6.5), restore(6.75), end=7),
            [Seen("open", [Ep(5, None, 6.5, 6.75, 6.75), Ep(5, 7, 7)])],
        ),
    ],
)
def test_reports_and_restorations(rule: str, what: History, expected: list[Seen]) -> None:
    judged = judge(what)
    assert outlines(judged) == expected, rule
    assert judged.refused == [], rule


@pytest.mark.parametrize(
    ("rule", "what", "refused"),
    [
        ("Before any fault there is nothing to act on.", line("5o", restore(3), end=5), 1),
        (
            "Nothing to acknowledge, claim or notify either.",
            line(
                "5o",
                Acknowledge(at=at(60), line="L1", by=Source.CARRIER),
                ClaimRestored(at=at(60), line="L1", by=Source.CARRIER),
                Notified(at=at(60), line="L1", by=Source.CARRIER),
                end=5,
            ),
            3,
        ),
        ("A measured outage refuses a person's restore.", line("5o5x", restore(9), end=9), 1),
        ("Also once a reported one was confirmed.", line("5o5x", report(6), restore(9), end=9), 1),
        ("But not before it is: the action comes before the round.", line("5o5x", report(6), restore(7), end=7), 0),
        ("Only the centre restores: not the unit.", line("5o", report(3), restore(4, by=Source.UNIT), end=5), 1),
        ("Nor the carrier.", line("5o", report(3), restore(4, by=Source.CARRIER), end=5), 1),
        ("Not before the discovery.", line("5o", report(3), restore(4, to=2.9), end=5), 1),
        ("At the discovery it may be.", line("5o", report(3), restore(4, to=3), end=5), 0),
        ("Not in the future.", line("5o", report(3), restore(4, to=4.1), end=5), 1),
        ("Now it may be.", line("5o", report(3), restore(4, to=4), end=5), 0),
        ("A fault once restored is not restored again.", line("5o", report(3), restore(4), restore(5), end=5), 1),
        ("A closed one neither.", line("", report(3), restore(4), restore(70), end=70), 1),
        (
            "Restored and closed faults are still acknowledged, claimed, notified.",
            line(
                "",
                report(3),
                restore(4),
                Acknowledge(at=at(300), line="L1", by=Source.CARRIER),
                ClaimRestored(at=at(6000), line="L1", by=Source.CARRIER),
                Notified(at=at(6000), line="L1", by=Source.CARRIER),
                end=100,
            ),
            0,
        ),
    ],
)
def test_illegal_actions_are_refused_and_change_nothing(rule: str, what: History, refused: int) -> None:
    judged = judge(what)
    assert len(judged.refused) == refused, rule
    legal = tuple(action for action in what.actions if action not in judged.refused)
    assert judge(history(what.rounds, actions=legal, end=what.end)).events == judged.events, rule


def test_a_refusal_names_the_rule() -> None:
    """Bad input gets one clear error."""
    supervision = Supervision(county(), Policies([Policy()]), ZONE)
    with pytest.raises(ActionRefused, match="no fault yet"):
        supervision.act(restore(3))
    with pytest.raises(ActionRefused, match="no line L9 in the inventory"):
        supervision.act(Report(at=at(0), line="L9", by=Source.UNIT))
    supervision.step(at(600))
    supervision.act(report(10))  # in the instant judged last it may still come
    assert [one.kind for one in supervision.step(at(600))] == ["fault_opened", "message_due", "fault_reported"]
    with pytest.raises(ActionRefused, match="has been judged already"):
        supervision.act(report(9))
    assert supervision.step(at(600)) == []


def test_an_action_of_no_known_kind_is_refused() -> None:
    """Rules not yet built are refused with a clear error, not ignored."""
    supervision = Supervision(county(), Policies([Policy()]), ZONE)
    with pytest.raises(ActionRefused, match="not an action of this version"):
        supervision.act(Action(at=datetime(2026, 9, 2, tzinfo=UTC), by=Source.UNIT))


@pytest.mark.parametrize("by", [Source.UNIT, Source.CARRIER, Source.CENTRE])
def test_a_reported_fault_says_who_found_it(by: Source) -> None:
    """Its source is whoever reported it, also after the monitor confirms it."""
    (fault,) = judge(line("5o5x", report(6.5, by=by), end=10)).faults().values()
    assert fault.source == by


def test_every_report_is_kept() -> None:
    """Kept whether or not it moved anything, each with its reporter."""
    judged = judge(line("5o5x", report(6.5), report(8, by=Source.CARRIER), end=10))
    assert [(minute(one.at), one.by) for one in judged.all(FaultReported)] == [(6.5, Source.UNIT), (8, Source.CARRIER)]


def test_a_reported_outage_is_confirmed_once() -> None:
    """The outage is on record beside the fault; no second fault is opened by it."""
    judged = judge(line("5o5x", report(5.5), end=10))
    assert (len(judged.all(FaultOpened)), len(judged.all(OutageConfirmed))) == (1, 1)


def test_a_claim_is_recorded_and_stops_nothing() -> None:
    """A carrier's claim stands beside the measured time; the clock runs on."""
    claim = ClaimRestored(at=at(540), line="L1", by=Source.CARRIER)
    (fault,) = judge(line("5o9x", claim, end=14)).faults().values()
    assert (minute(fault.claimed_at), fault.status.value, fault.episode.restored_at) == (9, "open", None)
    assert read(fault, Clock(), at(840)).elapsed.total_seconds() == 7 * 60


def test_the_first_acknowledgement_is_kept_over_a_relapse() -> None:
    """``acknowledged_at``: the first one."""
    acts = [Acknowledge(at=at(60 * when), line="L1", by=Source.CARRIER) for when in (8, 9, 25)]
    (fault,) = judge(line("5o5x10o5x", *acts, end=26)).faults().values()
    assert (len(fault.episodes), minute(fault.acknowledged_at)) == (2, 8)


@pytest.mark.parametrize(
    ("rule", "notices", "elapsed", "deadline"),
    [
        ("Not notified: nothing counts, no deadline.", (), 0, None),
        ("From the first delivered notice of the episode.", (8, 9), 2, 728),
        ("Notified in the instant of the discovery, before its rounds: there is no fault yet.", (7,), 0, None),
        ("Notified when it was over: nothing of it counts.", (12,), 0, 732),
        ("Each episode needs its own.", (8, 41), 2 + 1, 759),
        ("A relapse not notified adds nothing, and the limit is not reached.", (8, 40), 2, None),
    ],
)
def test_the_clock_from_the_first_notice(
    rule: str, notices: tuple[int, ...], elapsed: int, deadline: int | None
) -> None:
    """``clock.start: notified``; down over [5, 10) and, with a notice of minute 40 or later, over [38, 42)."""
    policy = Policy(clock=Clock(start=ClockStart.NOTIFIED))
    acts = [Notified(at=at(60 * when), line="L1", by=Source.CENTRE) for when in notices]
    pattern = "5o5x28o4x10o" if len(notices) > 1 and notices[1] >= 40 else "5o5x28o"
    (fault,) = judge(line(pattern, *acts, end=50, policy=policy)).faults().values()
    reading = read(fault, policy.clock, at(3000))
    assert (reading.elapsed.total_seconds() / 60, minute(reading.deadline_at)) == (elapsed, deadline), rule


def test_opened_and_restored_are_told_at_once_for_a_report() -> None:
    """opened when the fault opens; restored at once for a person's restore, whenever it was."""
    assert told(judge(line("30o", report(5), restore(20, to=15), end=30))) == ["5 opened", "20 restored:1"]
