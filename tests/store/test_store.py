"""What the store promises, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from monitor.faults.blindness import Sight
from monitor.faults.events import (
    ClockStepped,
    DaemonStarted,
    DegradationBegan,
    DegradationEnded,
    Event,
    ExclusionGranted,
    FaultOpened,
    MonitorSees,
)
from monitor.faults.fault import Status
from monitor.faults.terms import ExclusionReason
from monitor.resumption import degradations, standing_of
from monitor.sla.history import Histories, concerns
from monitor.sla.tally import Tally
from monitor.store.batch import Batch, Remembered
from monitor.store.chain import Head
from monitor.store.database import writing_engine
from monitor.store.errors import LedgerConflict, StoreError, StoreInUse, StoreMissing
from monitor.store.measurements import Measurements
from monitor.store.projection import IntervalKind
from monitor.store.records import Records
from monitor.store.store import Store
from monitor.supervision import Supervision
from tests.store.county import START, ZONE, County, inventory, policies

EVER = (START - timedelta(days=1), START + timedelta(days=30))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A new database, open for writing."""
    store = Store.open(url)
    yield store
    store.close()


def played(store: Store, minutes: int = 400, *, seed: int = 1) -> tuple[County, list[Event]]:
    """Watch a county for some hours; return it with all that happened."""
    county = County.fresh(seed=seed)
    events: list[Event] = []
    for batch in (county.started(), *county.batches(minutes)):
        store.commit(batch)
        events += batch.events
    return county, events


def test_a_new_database_remembers_nothing(store: Store) -> None:
    assert Remembered() == store.remembered()


def test_what_was_committed_is_read_back_in_order(store: Store) -> None:
    _, events = played(store)
    recorded = list(store.events())
    assert events == [item.event for item in recorded]
    assert list(range(1, len(events) + 1)) == [item.seq for item in recorded]
    assert len({type(event) for event in events}) >= 17


def test_judging_goes_on_from_the_store_as_if_it_had_never_stopped(store: Store) -> None:
    county, _ = played(store, 200)
    store.commit(
        replace(
            next(county.batches(1)),
            measured=county.measurements.take(county.at, county.supervision.watches, whole=True),
        )
    )
    remembered = store.remembered()
    again = Supervision(inventory(6), policies(), ZONE, standing_of(remembered, store, county.at))
    resumed = County(
        again, Measurements(remembered.resumed, remembered.watches), county.random.__class__(), at=county.at
    )
    resumed.random.setstate(county.random.getstate())
    expected = [undegraded(batch.events) for batch in county.batches(200)]
    assert expected == [undegraded(batch.events) for batch in resumed.batches(200)]


def test_the_degradations_that_are_open_are_found_in_the_ledger(store: Store) -> None:
    """At every instant those that judging has in memory, with their causes and beginnings."""
    county, found = County.fresh(), []
    store.commit(county.started())
    for batch in county.batches(200):
        store.commit(batch)
        if any(isinstance(event, DegradationBegan | DegradationEnded) for event in batch.events):
            found.append(degradations(store))
            assert county.supervision.qualities.degraded == found[-1]
    assert any(before.keys() - after.keys() for before, after in pairwise(found)), "none ended"


def undegraded(events: Iterable[Event]) -> list[Event]:
    """Leave out degradations: what was gathered of the last minutes' quality is not kept over a stop."""
    return [event for event in events if not isinstance(event, DegradationBegan | DegradationEnded)]


def test_after_a_crash_the_state_of_every_line_is_at_most_a_sweep_old(store: Store) -> None:
    county, _ = played(store, 100)
    remembered = store.remembered()
    assert county.supervision.judged_at == remembered.judged_at
    for line, watch in county.supervision.watches.items():
        assert watch.last_at - remembered.watches[line].last_at <= timedelta(seconds=60)
        assert watch.down_since == remembered.watches[line].down_since


def test_the_live_faults_are_remembered_and_no_other(store: Store) -> None:
    county, events = played(store, 900)
    assert set(county.supervision.faults.values()) == set(store.remembered().faults)
    assert len(store.faults()) == sum(isinstance(event, FaultOpened) for event in events)
    assert len(store.remembered().faults) < len(store.faults())


def test_faults_are_found_by_what_is_asked(store: Store) -> None:
    played(store, 500)
    everyone = store.faults()
    assert sorted(everyone, key=lambda fault: (fault.discovered_at, fault.no)) == everyone
    assert [fault for fault in everyone if fault.status is Status.OPEN] == store.faults(open_only=True)
    some = everyone[2:5]
    period = (some[0].discovered_at, some[-1].discovered_at)
    assert [fault for fault in everyone if period[0] <= fault.discovered_at < period[1]] == store.faults(
        discovered=period
    )
    assert some == store.faults(nos=[fault.no for fault in reversed(some)])


def test_the_faults_that_figures_of_a_period_rest_on_are_found(store: Store) -> None:
    """Down or discovered in it, or with an exclusion in it, however long ago they were."""
    county, _ = played(store, 500)
    everyone = store.faults()
    period = (everyone[4].discovered_at, everyone[9].discovered_at)
    assert [fault for fault in everyone if concerns(fault, period)] == store.concerned(period)
    assert everyone[0] not in store.concerned(period)
    excluded = ExclusionGranted(
        at=county.at,
        no=everyone[0].no,
        id="x1",
        begins_at=everyone[0].discovered_at,
        ends_at=period[0] + timedelta(seconds=1),
        reason=ExclusionReason.OTHER,
    )
    store.commit(Batch(judged_at=county.at, sight=Sight(), numbered=None, events=(excluded,)))
    assert store.faults()[0] == store.concerned(period)[0]


def test_the_events_of_one_fault_are_found(store: Store) -> None:
    _, events = played(store, 300)
    no = store.faults()[0].no
    assert [event for event in events if getattr(event, "no", None) == no] == [
        item.event for item in store.events(fault_no=no)
    ]


def test_histories_and_counts_are_those_of_the_events(store: Store) -> None:
    _, events = played(store, 700)
    known, tally = Histories(), Tally()
    known.take(events)
    tally.take(events)
    found = store.histories(EVER)
    assert known.first_seen == found.first_seen
    for name in ("gaps", "outages", "blips"):
        kept = {line: parts for line, parts in getattr(known, name).items() if parts}
        assert kept == {line: sorted(parts) for line, parts in getattr(found, name).items()}
    assert tally == store.tally()


def test_only_what_touches_the_period_is_in_its_histories(store: Store) -> None:
    county, events = played(store, 700)
    period = (START + timedelta(hours=2), START + timedelta(hours=3))
    known, found = Histories(), store.histories(period)
    known.take(events)
    for name in ("outages", "blips"):
        expected = {
            line: [part for part in parts if part[0] < period[1] and part[1] > period[0]]
            for line, parts in getattr(known, name).items()
        }
        assert {line: parts for line, parts in expected.items() if parts} == getattr(found, name)
    assert county.at > period[1]


def test_blind_and_stopped_times_are_on_record(store: Store) -> None:
    county, events = played(store, 150)
    store.commit(county.stopped())
    end = county.at
    county.at += timedelta(minutes=30)
    store.commit(county.started())
    [stopped] = store.intervals(IntervalKind.STOPPED, EVER)
    assert (end, county.at) == (stopped.begin_at, stopped.end_at)
    sees = [(event.blind_since, event.at) for event in events if isinstance(event, MonitorSees)]
    assert sees
    assert sees == [(blind.begin_at, blind.end_at) for blind in store.intervals(IntervalKind.BLIND, EVER)]


def test_a_crash_is_a_stop_since_the_last_heartbeat(store: Store) -> None:
    county, _ = played(store, 10)
    last = county.at
    county.at += timedelta(minutes=5)
    store.commit(county.started())
    [stopped] = store.intervals(IntervalKind.STOPPED, EVER)
    assert (last, county.at) == (stopped.begin_at, stopped.end_at)


def test_rounds_are_on_record_to_the_second(store: Store) -> None:
    county = County.fresh()
    seen: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
    store.commit(county.started())
    for batch in county.batches(200):
        store.commit(batch)
    last = county.measurements.take(county.at, county.supervision.watches, whole=True)
    store.commit(replace(_empty(county.at), measured=last))
    for stretch in sorted(store.stretches(EVER), key=lambda one: one.number):
        seen.setdefault((stretch.target, stretch.subject), []).extend(
            (at, stretch.outcome) for at in stretch.instants()
        )
    assert {("line", f"l{n}") for n in range(6)} | {("reference", "gateway")} == set(seen)
    instants = [START + timedelta(minutes=minute) for minute in range(1, 201)]
    for subject, found in seen.items():
        assert instants == [at for at, _ in found], subject
    hours = store.hours(EVER, "l0")
    outcomes = [outcome for _, outcome in seen["line", "l0"]]
    assert (outcomes.count("good"), outcomes.count("bad"), outcomes.count("error")) == (
        sum(hour.good for hour in hours),
        sum(hour.bad for hour in hours),
        sum(hour.error for hour in hours),
    )


def test_messages_wait_in_the_outbox(store: Store) -> None:
    _, events = played(store, 300)
    keys = {event.key for event in events if event.kind == "message_due"}  # type: ignore[attr-defined]
    pending = store.on_their_way()
    assert len(keys) == pending.count
    assert min(event.at for event in events if event.kind == "message_due") == pending.oldest_due_at


def test_a_batch_committed_twice_is_there_once(store: Store) -> None:
    county, _ = played(store, 60)
    batch = county.eventful(store)
    before = store.head
    after = store.commit(batch)
    store.head = before  # the answer to the commit was lost
    assert after == store.commit(batch)
    assert not store.verify().findings


def test_events_behind_a_batch_whose_answer_was_lost_are_added(store: Store) -> None:
    county, _ = played(store, 60)
    first = county.eventful(store)
    before = store.head
    store.commit(first)
    store.head = before
    more = ClockStepped(at=first.judged_at, seconds=3.0)
    store.commit(replace(first, events=(*first.events, more)))
    assert before.seq + len(first.events) + 1 == store.head.seq
    assert more == list(store.events())[-1].event
    assert not store.verify().findings


def test_a_writer_that_was_left_behind_is_refused(store: Store) -> None:
    county, _ = played(store, 30)
    store.head = Head(store.head.seq - 1, "0" * 64)
    with pytest.raises(LedgerConflict, match="where this writer left it"):
        store.commit(next(county.batches(1)))


def test_an_event_that_cannot_be_leaves_nothing_behind(store: Store) -> None:
    played(store, 30)
    before, kept = store.head, len(list(store.events()))
    batch = _empty(START + timedelta(hours=9))
    wrong = (ClockStepped(at=batch.judged_at, seconds=1.0), MonitorSees(at=batch.judged_at, blind_since=START))
    with pytest.raises(LedgerConflict, match="never blind"):
        store.commit(replace(batch, events=wrong))
    assert (before, kept) == (store.head, len(list(store.events())))
    assert store.judged_at() != batch.judged_at


def test_a_configuration_that_was_adopted_is_kept(store: Store) -> None:
    county = County.fresh()
    batch = county.started()
    store.commit(batch)
    adopted = batch.events[1]
    assert batch.configurations[0] == store.configuration(adopted.digest)  # type: ignore[attr-defined]
    assert store.configuration("0" * 64) is None
    with pytest.raises(LedgerConflict, match="configuration"):
        store.commit(replace(county.started(), configurations=("another",)))


def test_rounds_and_rollups_are_forgotten_after_their_time(store: Store) -> None:
    county, _ = played(store, 400)
    before = START + timedelta(hours=3)
    while store.forget_rounds(before) or store.forget_rollups(before):
        pass
    assert all(stretch.last_at >= before for stretch in store.stretches(EVER))
    assert {hour.hour for hour in store.hours(EVER)} == {
        hour for hour in (START.replace(minute=0) + timedelta(hours=n) for n in range(8)) if before <= hour <= county.at
    }
    assert not store.verify().findings


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET hash = hash",
        "DELETE FROM event WHERE seq = 3",
        "INSERT INTO event SELECT 10000, at, kind, fault_no, line, body, hash FROM event WHERE seq = 1",
        "INSERT INTO event SELECT 1, at, kind, fault_no, line, body, hash FROM event WHERE seq = 2",
    ],
)
def test_the_database_itself_refuses_to_change_the_ledger(store: Store, url: str, statement: str) -> None:
    played(store, 10)
    with (
        pytest.raises(DBAPIError, match="the ledger"),
        writing_engine(store.url).connect() as connection,
        connection.begin(),
    ):
        connection.execute(text(statement))
    assert not store.verify().findings


def test_a_second_writer_is_refused_and_readers_are_not(store: Store, url: str) -> None:
    played(store, 10)
    with pytest.raises(StoreInUse, match="another monitor writes to"):
        Store.open(url)
    with Records.of(url) as records:
        assert store.head.seq == len(list(records.events()))
    store.close()
    second = Store.open(url)
    assert store.head == second.head
    second.close()


def test_a_reader_sees_one_state_while_the_daemon_writes(store: Store, url: str) -> None:
    county, _ = played(store, 20)
    done = threading.Event()
    problems: list[str] = []

    def read() -> None:
        with Records.of(url) as records:
            while not done.is_set():
                verification = records.verify()
                problems.extend(finding.text for finding in verification.findings)

    reader = threading.Thread(target=read)
    reader.start()
    for batch in county.batches(150):
        store.commit(batch)
    done.set()
    reader.join()
    assert problems == []


def test_a_reader_of_nothing_is_told_so(url: str) -> None:
    with pytest.raises(StoreMissing, match="db upgrade"):
        Records.of(url)
    with pytest.raises(StoreMissing, match="db upgrade"):
        Store.open(url, upgrade=False)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("mysql://root@localhost/monitor", "mysql is not supported"),
        ("var/monitor.db", "must be given as"),
    ],
)
def test_an_address_of_no_database_is_refused(address: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint):
        Store.open(address)


def test_a_naive_time_is_never_stored(store: Store) -> None:
    naive = datetime(2026, 9, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        store.commit(replace(_empty(START), events=(DaemonStarted(at=naive, software="1", last_judged_at=None),)))


def _empty(at: datetime) -> Batch:
    return Batch(judged_at=at, sight=Sight(), numbered=None)
