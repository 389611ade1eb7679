"""Laws of telling: whatever receivers answer, and whenever all is killed (section 10; ``messages-and-report.md``)."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from monitor.alerts.letter import Fate
from monitor.alerts.retrying import MOST_ASKED_FOR
from monitor.faults.events import MessageDue
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import Delivery, State
from monitor.store.store import Store
from tests.alerts.desk import hasty
from tests.alerts.journeys import CENTRE, PACE, PACED, Journey, Receiver, Sent, Told, journey, lived
from tests.dice import thrown
from tests.driven import driven

A_DAY = 24 * 3600.0
A_MOMENT = 1e-5  # seconds, far below what instants on record and numbers of seconds differ by
SOME = settings(max_examples=max(10, settings().max_examples // 25))  # each some 50 letters over a database


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty database, to be copied."""
    path = tmp_path_factory.mktemp("laws")
    Store.open(f"sqlite:///{path}/empty.db").close()
    return path


@SOME
@given(thrown(journey))
def test_whatever_befalls_them_messages_are_told(folder: Path, story: Journey) -> None:
    """At least once, in order, in time, by the receiver's rules, or given up after a day and the centre told so."""
    shutil.copy(folder / "empty.db", folder / "monitor.db")
    store = hasty(Store.open(f"sqlite:///{folder}/monitor.db"))
    try:
        told = driven(lived(store, story))
        all_came_or_was_given_up(told)
        what_was_given_up_was_told_to_the_centre(told)
        for channel in told.receivers.values():
            twice_only_across_a_kill(channel)
            in_the_order_of_each_fault(told, channel)
            tried_again_later_each_time(channel)
        for robot in (PACED, ("hook",), ("mail",)):
            letters = [each for name in robot for each in told.receivers[name].letters]
            left_alone_as_long_as_it_asked(told, letters)
        no_window_holds_too_many([each for name in PACED for each in told.receivers[name].letters])
        nobody_waited_for_another(told)
        assert [] == told.overtaken, "overdue before reminders before the rest"
    finally:
        store.close()


def ended(told: Told) -> list[Delivery]:
    """Return every delivery of every fault's messages."""
    return [each for no in told.numbers.values() for each in told.store.deliveries_of(no)]


def all_came_or_was_given_up(told: Told) -> None:
    """Nothing waits; each message was taken by each channel, or given up: refused, or tried for a day."""
    assert 0 == told.store.on_their_way().count
    deliveries = {(each.channel, each.key): each for each in ended(told)}
    assert {(name, key) for name in told.receivers for key in told.due_at} == set(deliveries)
    for (name, key), each in deliveries.items():
        taken = {taken for taken, _ in told.receivers[name].taken()}
        assert each.ended_at is not None
        if each.state is State.DELIVERED:
            assert key in taken
        else:
            assert State.FAILED is each.state
            a_day_old = (each.ended_at - each.since).total_seconds() >= A_DAY
            assert a_day_old or refused(told.receivers[name], key), (name, key)


def refused(receiver: Receiver, key: str) -> bool:
    """Tell whether a receiver refused a message for good, by itself."""
    alone = [each for each in receiver.letters if each.keys == (key,) and each.outcome is not None]
    return any(each.outcome is not None and each.outcome.fate is Fate.REFUSED for each in alone)


def what_was_given_up_was_told_to_the_centre(told: Told) -> None:
    """By a message that names the channel and the fault, and that the centre took."""
    heard = {key for key, _ in told.receivers[CENTRE].taken()}
    alarms = [each.event for each in told.store.events(kinds=(MessageDue,)) if isinstance(each.event, MessageDue)]
    named = {
        (alarm.subject, no)
        for alarm in alarms
        if alarm.message is MessageKind.UNDELIVERED and alarm.key in heard
        for no in (alarm.detail or "").split(", ")
    }
    gave_up = {(each.channel, each.message.fault_no) for each in ended(told) if each.state is State.FAILED}
    assert gave_up <= named


def twice_only_across_a_kill(channel: Receiver) -> None:
    """A run sends nothing again that was taken from it; a key is all by which a message is known."""
    taken = channel.taken()
    assert len(taken) == len(set(taken)), channel.channel


def in_the_order_of_each_fault(told: Told, channel: Receiver) -> None:
    """One that comes again does so before the next of its fault."""
    order = {key: place for place, key in enumerate(told.due_at)}
    for no in told.numbers.values():
        places = [order[key] for key, _ in channel.taken() if key.startswith(f"{no}:")]
        assert places == sorted(places), (channel.channel, no)


def tried_again_later_each_time(channel: Receiver) -> None:
    """Within a run the pauses grow: 5 s, 10 s … up to ten minutes at least."""
    tries: dict[tuple[int, str], list[Sent]] = {}
    for letter in channel.letters:
        for key in letter.keys:
            tries.setdefault((letter.run, key), []).append(letter)
    for mine in tries.values():
        for number, (before, again) in enumerate(pairwise(mine)):
            assert before.ended is not None
            assert again.began - before.ended >= min(600.0, 5.0 * 2**number) - A_MOMENT, (channel.channel, mine)


def left_alone_as_long_as_it_asked(told: Told, letters: list[Sent]) -> None:
    """``Retry-After``, up to an hour: nothing begins meanwhile through any channel of that receiver, by any run."""
    for asked in letters:
        if asked.ended is None or asked.outcome is None or asked.outcome.retry_after is None:
            continue
        if told.lives[asked.run].ended == asked.ended:
            continue  # killed before it was on record
        until = asked.ended + min(asked.outcome.retry_after, MOST_ASKED_FOR).total_seconds()
        hurried = [each for each in letters if asked.ended < each.began < until - A_MOMENT]
        assert not hurried, (asked, hurried)


def no_window_holds_too_many(letters: list[Sent]) -> None:
    """The robot's pace, over both of its channels and every kill."""
    arrived = sorted(each.arrived for each in letters if each.arrived is not None)
    for first in arrived:
        within = [each for each in arrived if first <= each < first + PACE.within.total_seconds() - A_MOMENT]
        assert len(within) <= PACE.number, within


def nobody_waited_for_another(told: Told) -> None:
    """The channel that takes everything at once has each message within the first second of it that a run lives."""
    came = told.receivers[CENTRE]
    first: dict[str, float] = {}
    for letter in came.letters:
        for key in letter.keys:
            if letter.arrived is not None:
                first.setdefault(key, letter.arrived)
    for key, due in told.due_at.items():
        begins = [max(due, life.began) for life in told.lives if (life.ended or 0) >= max(due, life.began) + 1]
        assert first[key] <= min(begins) + 1, (key, due)
