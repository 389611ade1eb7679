"""An action put in is done once, and its answer is in the transaction of its events: on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from monitor.cli.desk import attend
from monitor.faults.actions import (
    Acknowledge,
    Action,
    ActionRefused,
    Attribute,
    Exclude,
    LineAction,
    Note,
    Notified,
    Report,
)
from monitor.faults.blindness import Sight
from monitor.faults.events import ClockStepped, DaemonStarted, FaultAcknowledged, FaultNoted, FaultReported
from monitor.faults.terms import ExclusionReason, Party, Source
from monitor.store.batch import Batch
from monitor.store.database import writing_engine
from monitor.store.errors import StoreMissing
from monitor.store.inbox import Answer, Inbox, State, answered
from monitor.store.store import Store
from tests.actions.conftest import Office

T0 = datetime(2026, 9, 1, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def put(office: Office, name: str, action: Action) -> Answer:
    with Inbox(office.url) as inbox:
        return inbox.put(name, action)


def attended(office: Office, at: datetime) -> None:
    store = Store.open(office.url)
    attend(office.configuration, store, at)
    store.close()


def report(line: str = "L1", at: datetime = T0) -> Report:
    return Report(at=at, by=Source.UNIT, line=line, who="王科长", why="网页打不开", attachment="ab" * 32)


def test_an_action_waits_until_it_is_done_at_the_instant_judged(either_office: Office) -> None:
    assert put(either_office, "a", report()).state is State.PENDING
    attended(either_office, T0 + MINUTE)
    [reported] = either_office.events(FaultReported)
    assert (T0 + MINUTE, "王科长", "网页打不开", "ab" * 32) == (
        reported.at,
        reported.who,
        reported.why,
        reported.attachment,
    )
    assert put(either_office, "a", report()) == Answer(id="a", state=State.DONE, fault_no=reported.no)
    attended(either_office, T0 + 2 * MINUTE)
    assert [reported] == either_office.events(FaultReported)


def test_actions_are_done_in_the_order_asked_and_refused_by_their_rule(either_office: Office) -> None:
    put(either_office, "b", Acknowledge(at=T0 + MINUTE, by=Source.CARRIER, line="L1"))
    put(either_office, "a", report(at=T0 + 2 * MINUTE))
    put(either_office, "c", Acknowledge(at=T0 + 3 * MINUTE, by=Source.CARRIER, line="L1"))
    attended(either_office, T0 + 4 * MINUTE)
    with Inbox(either_office.url) as inbox:
        first, second, third = (inbox.answer(name) for name in "bac")
    assert first == Answer(id="b", state=State.REFUSED, text="line L1 has no fault yet; report one first")
    assert second is not None
    assert third is not None
    assert (State.DONE, State.DONE, second.fault_no) == (second.state, third.state, third.fault_no)
    assert 1 == len(either_office.events(FaultAcknowledged))


def test_an_id_is_of_one_action(either_office: Office) -> None:
    put(either_office, "a", report())
    with pytest.raises(ActionRefused, match="the id a was given to another action"):
        put(either_office, "a", report("L2"))
    assert put(either_office, "a", replace(report(), at=T0 + MINUTE)).state is State.PENDING
    with pytest.raises(ActionRefused, match="LineAction is nothing that is asked for"):
        put(either_office, "n", LineAction(at=T0, by=Source.CENTRE, line="L1"))
    with Inbox(either_office.url) as inbox:
        assert inbox.answer("nothing") is None


def test_a_commit_whose_answer_was_lost_is_made_again_without_doubling(either_office: Office) -> None:
    put(either_office, "a", report())
    store = Store.open(either_office.url)
    [asked] = store.asked()
    answer = Answer(id=asked.id, state=State.DONE)
    events = (ClockStepped(at=T0, seconds=1.0),)
    batch = Batch(judged_at=T0, sight=Sight(), numbered=None, events=events, answers=(answer,))
    before = store.head
    store.commit(batch)
    store.head = before  # as a writer that never heard of its success would go on
    store.commit(replace(batch, answers=(replace(answer, text="again"),)))
    store.close()
    assert list(events) == either_office.events(ClockStepped)
    assert answer == put(either_office, "a", report())


def test_events_and_answer_are_written_together_or_not_at_all(either_office: Office) -> None:
    put(either_office, "a", report())
    store = Store.open(either_office.url)
    answer = Answer(id="a", state=State.DONE)
    broken = FaultNoted(at=T0, no="F20260901-0001", by=Source.UNIT, text="of no fault")
    with pytest.raises(Exception, match="does not follow"):
        store.commit(Batch(judged_at=T0, sight=Sight(), numbered=None, events=(broken,), answers=(answer,)))
    assert ["a"] == [asked.id for asked in store.asked()]
    store.close()
    attended(either_office, T0)
    assert 1 == len(either_office.events(FaultReported))


def test_an_older_fault_of_its_line_is_ruled_on_by_its_number(either_office: Office) -> None:
    for day in range(2):
        at = T0 + timedelta(days=day)
        put(either_office, f"r{day}", report(at=at))
        attended(either_office, at)
        restored_by_hand(either_office, at + MINUTE)
        attended(either_office, at + timedelta(hours=3))
    older, newer = either_office.faults()
    now = T0 + timedelta(days=2)
    put(either_office, "rule", Attribute(at=now, by=Source.CENTRE, line="L1", no=older.no, party=Party.UNIT))
    excluding = Exclude(
        at=now,
        by=Source.CENTRE,
        line="L1",
        id="x",
        begins_at=T0,
        ends_at=T0 + MINUTE,
        reason=ExclusionReason.OTHER,
    )
    put(either_office, "x1", replace(excluding, at=now + MINUTE, no=older.no))
    attended(either_office, now + MINUTE)
    put(either_office, "x2", replace(excluding, no=newer.no))
    attended(either_office, now + 2 * MINUTE)
    ruled, untouched = either_office.faults()
    assert (older.no, Party.UNIT, ["x"]) == (ruled.no, ruled.party, [each.id for each in ruled.exclusions])
    assert newer == untouched
    with Inbox(either_office.url) as inbox:
        assert inbox.answer("rule") == Answer(id="rule", state=State.DONE, fault_no=older.no)
        taken = inbox.answer("x2")
    assert taken is not None
    assert taken.text == "there is an exclusion x already; give this one an id of its own (section 7)"
    with either_office.records() as records:
        assert () == records.verify().findings


def restored_by_hand(office: Office, at: datetime) -> None:
    from monitor.faults.actions import Restore

    put(office, f"restore {at}", Restore(at=at, by=Source.CENTRE, line="L1", restored_at=at))
    attended(office, at)


def test_a_number_must_be_of_a_fault_of_that_line(either_office: Office) -> None:
    put(either_office, "r", report())
    attended(either_office, T0)
    [fault] = either_office.faults()
    put(either_office, "n", Note(at=T0, by=Source.UNIT, line="L2", no=fault.no, text="?"))
    put(either_office, "m", Note(at=T0, by=Source.UNIT, line="L1", no="F20200101-0001", text="?"))
    put(either_office, "o", Report(at=T0, by=Source.UNIT, line="L1", no=fault.no))
    attended(either_office, T0 + MINUTE)
    with Inbox(either_office.url) as inbox:
        answers = [inbox.answer(name) for name in "nmo"]
    assert [
        f"there is no fault {fault.no} of line L2",
        "there is no fault F20200101-0001 of line L1",
        "a report is on a line, whatever its fault: it names no number (section 4)",
    ] == [answer and answer.text for answer in answers]


def test_a_slip_in_the_year_and_what_other_software_asked_for_are_refused_not_judged(either_office: Office) -> None:
    put(either_office, "r", report())
    attended(either_office, T0)
    far = datetime(9999, 12, 31, tzinfo=UTC)
    excluding = Exclude(
        at=T0, by=Source.CENTRE, line="L1", id="x", begins_at=T0, ends_at=far, reason=ExclusionReason.OTHER
    )
    put(either_office, "far", excluding)
    put(either_office, "odd", Note(at=T0, by=Source.UNIT, line="L1", text="?"))
    store = Store.open(either_office.url)
    with writing_engine(store.url).connect() as connection, connection.begin():
        connection.execute(text("UPDATE action SET body = '{\"action\":\"dance\"}' WHERE id = 'odd'"))
    store.close()
    attended(either_office, T0 + MINUTE)
    with Inbox(either_office.url) as inbox:
        answers = [inbox.answer(name) for name in ("far", "odd")]
    assert [
        "ends_at 9999-12-31 lies more than ten years off: look at its year",
        "action odd is of the unknown kind 'dance': other software asked for it",
    ] == [answer and answer.text for answer in answers]


def test_a_notice_of_an_earlier_episode_comes_late_by_the_inbox(either_office: Office) -> None:
    put(either_office, "r", report())
    attended(either_office, T0)
    restored_by_hand(either_office, T0 + 5 * MINUTE)
    put(either_office, "again", report(at=T0 + 10 * MINUTE))
    attended(either_office, T0 + 10 * MINUTE)
    [fault] = either_office.faults()
    late = Notified(at=T0, by=Source.CENTRE, line="L1", no=fault.no, via="unicom-sms", episode=1)
    for name, notice in (("m1", late), ("m3", replace(late, episode=3))):
        put(either_office, name, notice)
    attended(either_office, T0 + 12 * MINUTE)
    [fault] = either_office.faults()
    assert [T0 + 12 * MINUTE, None] == [episode.notified_at for episode in fault.episodes]
    with Inbox(either_office.url) as inbox:
        refused = inbox.answer("m3")
    assert refused is not None
    assert refused.text == f"fault {fault.no} has no episode 3: it has 2"
    with either_office.records() as records:
        assert () == records.verify().findings


def test_no_database_is_said(tmp_path: object) -> None:
    with pytest.raises(StoreMissing, match="monitor db upgrade"):
        Inbox(f"sqlite:///{tmp_path}/none.db")


def test_time_without_a_monitor_stays_known_as_such(office: Office) -> None:
    attended(office, T0)
    attended(office, T0 + timedelta(hours=1))
    starts = office.events(DaemonStarted)
    assert [None, T0] == [each.last_judged_at for each in starts]
    with office.records() as records:
        from monitor.store.projection import IntervalKind

        known = records.intervals(IntervalKind.STOPPED, (T0, T0 + timedelta(hours=9)))
        assert [(T0, T0 + timedelta(hours=1)), (T0 + timedelta(hours=1), None)] == [
            (each.begin_at, each.end_at) for each in known
        ]


def test_answering_needs_no_store() -> None:
    class Refusing:
        def recall(self, fault: object) -> None:
            raise AssertionError(fault)

        def act(self, action: Action) -> None:
            raise ActionRefused(f"not at {action.at:%H:%M}")

    from monitor.store.codec import action_json
    from monitor.store.inbox import Asked

    asked = Asked(id="a", asked_at=T0, body=action_json(report(), "report"))
    assert Answer(id="a", state=State.REFUSED, text="not at 04:01") == answered(asked, T0 + MINUTE, Refusing())
