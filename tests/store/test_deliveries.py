"""Messages on their ways, as both databases keep them: what waits, what was given up, which try carried what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.faults.blindness import Sight
from monitor.faults.events import FaultOpened, MessageDue
from monitor.faults.terms import MessageKind, Source
from monitor.store.batch import Batch
from monitor.store.deliveries import (
    LONGEST_TRY,
    REMEMBERED,
    SHOWN_FOR,
    UNKNOWN,
    Attempt,
    Backlog,
    Delivery,
    State,
    Tried,
)
from monitor.store.projection import OutboxRow
from monitor.store.store import Store

BEGAN = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNDELIVERED = MessageKind.UNDELIVERED
ONE, TWO = "F20260901-0001", "F20260901-0002"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Two faults are open, and their messages are due."""
    with Store.open(url) as opened:
        events = [event for no in (ONE, TWO) for event in of_a_fault(no)]
        opened.commit(Batch(judged_at=BEGAN, sight=Sight(), numbered=None, events=tuple(events)))
        yield opened


def of_a_fault(no: str) -> tuple[FaultOpened, MessageDue]:
    line = f"l{no[-1]}"
    opened = FaultOpened(
        at=BEGAN,
        no=no,
        line=line,
        unit="u1",
        carrier="unicom",
        role="primary",
        node=None,
        source=Source.MONITOR,
        policy_version="2026-1",
        first_failed_at=BEGAN,
        detected_at=BEGAN,
        discovered_at=BEGAN,
        repeat_of=None,
    )
    due = MessageDue(at=BEGAN, due_at=BEGAN, message=MessageKind.OPENED, no=no, line=line, carrier="unicom")
    return opened, due


def on_its_way(message: OutboxRow, channel: str, later: timedelta = timedelta()) -> Delivery:
    at = BEGAN + later
    kind = MessageKind(message.kind)
    return Delivery(message=message, channel=channel, kind=kind, to_carrier=True, since=at, next_at=at)


def routed(store: Store, *channels: str, later: timedelta = timedelta()) -> dict[tuple[str, str], Delivery]:
    """Give both messages these ways; return the deliveries by fault and channel."""
    messages = store.unrouted(10)
    ways = [(each, tuple(on_its_way(each, channel, later) for channel in channels)) for each in messages]
    store.route(ways)
    return {(each.message.fault_no or "", each.channel): each for _, several in ways for each in several}


def tried(store: Store, number: int, key: str, *deliveries: Delivery, state: State = State.WAITING) -> None:
    """Try a letter of this key, which carries these; it was tried at a minute of its number."""
    at = BEGAN + number * MINUTE
    ended = None if state is State.WAITING else at
    after = tuple(replace(each, tries=number, carried_by=key, state=state, ended_at=ended) for each in deliveries)
    fate = "delivered" if state is State.DELIVERED else "again"
    attempt = Attempt(
        key=key,
        channel=deliveries[0].channel,
        number=number,
        at=at,
        took_s=0.1,
        letters=len(after),
        fate=fate,
        status="200",
        answer="",
    )
    store.mark_tried([Tried(deliveries=after, attempt=attempt)])


def tries(store: Store, no: str) -> list[tuple[str, str, int]]:
    return [(each.channel, each.key, each.number) for each in store.attempts_of(no)]


def test_every_try_that_carried_a_message_is_found_whoever_lent_its_key(store: Store) -> None:
    """At first both went as one, then each by itself; another channel's letter of the same key carried only its own."""
    ways = routed(store, "hook", "robot")
    one, two = f"{ONE}:opened", f"{TWO}:opened"
    tried(store, 1, one, ways[ONE, "robot"], ways[TWO, "robot"])
    tried(store, 2, two, ways[TWO, "robot"], state=State.DELIVERED)
    tried(store, 1, one, ways[ONE, "hook"], state=State.DELIVERED)
    assert [("hook", one, 1), ("robot", one, 1)] == tries(store, ONE)
    assert [("robot", one, 1), ("robot", two, 2)] == tries(store, TWO)
    assert [2, 1] == [each.letters for each in store.attempts_of(TWO)]


def test_what_was_marked_beside_a_letter_was_not_carried_by_it(store: Store) -> None:
    """A message that is not wanted any more keeps the key of its last letter, and none of the next one's."""
    ways = routed(store, "robot")
    one = f"{ONE}:opened"
    tried(store, 1, one, ways[ONE, "robot"], ways[TWO, "robot"])
    unwanted = replace(ways[TWO, "robot"], tries=1, carried_by=one, state=State.UNWANTED, ended_at=BEGAN)
    again = replace(ways[ONE, "robot"], tries=2, carried_by=one)
    attempt = replace(store.attempts_of(ONE)[0], number=2, letters=1)
    store.mark_tried([Tried(deliveries=(unwanted, again), attempt=attempt)])
    assert [("robot", one, 1)] == tries(store, TWO)
    assert [("robot", one, 1), ("robot", one, 2)] == tries(store, ONE)


def test_what_is_to_go_only_later_is_no_backlog_and_no_sign_of_a_stuck_outbox(store: Store) -> None:
    """A route that waits for its hours holds a message all night; nothing is wrong with that."""
    routed(store, "leader", later=timedelta(hours=9))
    assert (0, None) == (store.on_their_way().count, store.on_their_way().oldest_due_at)
    assert [] == store.backlogs(BEGAN + timedelta(hours=8))
    since = BEGAN + timedelta(hours=9)
    assert [Backlog("leader", 2, since, 0, None)] == store.backlogs(since)


def test_a_backlog_tells_what_waits_and_what_was_given_up_by_channel(store: Store) -> None:
    ways = routed(store, "hook", "mail", "robot")
    tried(store, 1, f"{ONE}:opened", ways[ONE, "hook"], state=State.FAILED)
    tried(store, 1, f"{ONE}:opened", ways[ONE, "mail"], ways[TWO, "mail"], state=State.DELIVERED)
    assert 2 == store.on_their_way().count
    assert [Backlog("hook", 1, BEGAN, 1, BEGAN), Backlog("robot", 2, BEGAN, 0, None)] == store.backlogs(BEGAN + MINUTE)
    later = BEGAN + MINUTE + SHOWN_FOR
    assert [("hook", 0), ("robot", 0)] == [(each.channel, each.failed) for each in store.backlogs(later)]


def test_what_was_given_up_last_is_found_with_the_alarms_of_it(store: Store) -> None:
    """However long the monitor did not run since; what is a week older was told of long ago."""
    assert ([], []) == store.given_up_last()
    ways = routed(store, "hook", "robot")
    old, new = ways[ONE, "hook"], ways[ONE, "robot"]
    tried(store, 1, old.key, old, state=State.FAILED)
    later = BEGAN + REMEMBERED + 2 * SHOWN_FOR
    alarms = [
        MessageDue(at=at, due_at=at, message=kind, subject="robot", detail=ONE)
        for at, kind in ((BEGAN, UNDELIVERED), (later, UNDELIVERED), (later, MessageKind.UNREACHED))
    ]
    store.commit(Batch(judged_at=later, sight=Sight(), numbered=None, events=tuple(alarms)))
    store.mark_tried([Tried(deliveries=(replace(new, tries=1, state=State.FAILED, ended_at=later),))])
    gave_up, told = store.given_up_last()
    assert ([("robot", new.key)], [alarms[1].key]) == ([(each.channel, each.key) for each in gave_up], [told[0].key])
    assert 1 == len(told)


def test_what_reached_no_carrier_last_is_found_with_the_alarms_of_it(store: Store) -> None:
    """What no route took, and what every channel to the carrier gave up; not what one of them may still deliver."""
    assert ([], []) == store.untaken_last([MessageKind.OPENED])
    one, two = store.unrouted(10)
    ways = [on_its_way(two, channel) for channel in ("hook", "robot")]
    store.route([(one, ()), (two, tuple(ways))])
    gave_up = [replace(each, tries=1, state=State.FAILED, ended_at=BEGAN) for each in ways]
    store.mark_tried([Tried(deliveries=(gave_up[0],))])
    assert ([one], []) == store.untaken_last([MessageKind.OPENED])
    store.mark_tried([Tried(deliveries=(gave_up[1],))])
    alarms = [
        MessageDue(at=BEGAN, due_at=BEGAN, message=kind, subject="unicom", detail=ONE)
        for kind in (MessageKind.UNREACHED, UNDELIVERED)
    ]
    store.commit(Batch(judged_at=BEGAN, sight=Sight(), numbered=None, events=tuple(alarms)))
    messages, told = store.untaken_last([MessageKind.OPENED])
    assert [two] == store.untaken_last([MessageKind.OVERDUE])[0]
    assert ([one, two], [alarms[0].key]) == (messages, [each.key for each in told])
    store.mark_tried([Tried(deliveries=(replace(gave_up[1], state=State.DELIVERED),))])
    assert [one] == store.untaken_last([MessageKind.OPENED])[0]


def test_a_try_of_before_tells_when_it_had_ended_and_what_was_asked_for(store: Store) -> None:
    """One of which nothing is known may have been under way for long."""
    ways = routed(store, "hook")
    for number, no in enumerate((ONE, TWO), 1):
        tried(store, number, ways[no, "hook"].key, ways[no, "hook"])
    asked, lost = store.attempts_of(ONE)[0], store.attempts_of(TWO)[0]
    store.mark_tried([Tried(deliveries=(), attempt=replace(asked, retry_after_s=600.0))])
    store.mark_tried([Tried(deliveries=(), attempt=replace(lost, fate=UNKNOWN, took_s=0.0))])
    ended = [("hook", asked.at + timedelta(seconds=0.1), 600.0), ("hook", lost.at + LONGEST_TRY, 0.0)]
    assert ended == sorted(store.tried_since(BEGAN), key=lambda each: each[1])
    assert ended[1:] == store.tried_since(BEGAN + 2 * MINUTE)
