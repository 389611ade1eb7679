"""What waits on a channel, and what goes next (section 10 of the fault rules; limits of ``messages-and-report.md``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.queue import HELD, MOST_TOGETHER, QUIET, Queue, Room
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind
from monitor.store.deliveries import Delivery, State
from tests.alerts.deliveries import after, delivery

OPENED, REMINDER, OVERDUE, RESTORED = (
    MessageKind.OPENED,
    MessageKind.REMINDER,
    MessageKind.OVERDUE,
    MessageKind.RESTORED,
)
UNBOUNDED = Room()


def queue(*deliveries: Delivery, groups: bool = True, incidents: dict[str, int] | None = None) -> Queue:
    """Return a queue in which these wait."""
    made = Queue(groups=groups, incident_of=standing(incidents or {}).get)
    made.put(deliveries)
    return made


def standing(numbers: dict[str, int]) -> dict[str, Incident]:
    """Return the incident of each fault that has one, by the numbers of their incidents."""
    faults: dict[int, list[str]] = defaultdict(list)
    for no, number in numbers.items():
        faults[number].append(no)
    return {no: incident(number, faults[number]) for no, number in numbers.items()}


def incident(number: int, faults: Iterable[str]) -> Incident:
    return Incident(number=number, carrier="unicom", node="n", first_failed_at=after(0), faults=tuple(faults))


def keys(picked: object) -> list[str]:
    """Return the keys of what was picked; nothing else may have been returned."""
    assert isinstance(picked, tuple), picked
    return [each.key for each in picked]


def deliver(waiting: Queue, picked: Sequence[Delivery], at: datetime) -> None:
    """Settle what was picked as delivered."""
    waiting.settle(picked, [replace(each, state=State.DELIVERED, ended_at=at) for each in picked])


def emptied(waiting: Queue, now: datetime, room: Room = UNBOUNDED) -> list[list[str]]:
    """Deliver what goes at an instant, and return the keys of each letter."""
    letters = []
    while isinstance(picked := waiting.next(now, room), tuple):
        letters.append(keys(picked))
        deliver(waiting, picked, now)
    return letters


def test_overdue_goes_before_reminders_before_the_rest() -> None:
    """Whatever came first: the most urgent one goes first, of one urgency the one due first."""
    waiting = queue(
        delivery(1, OPENED), delivery(2, RESTORED), delivery(3, REMINDER), delivery(4, OVERDUE), delivery(5, OVERDUE)
    )
    order = [["F4:overdue:4"], ["F5:overdue:5"], ["F3:reminder:3"], ["F1:opened:1"], ["F2:restored:2"]]
    assert order == emptied(waiting, after(1))


def test_what_the_monitor_says_of_itself_is_urgent() -> None:
    waiting = queue(delivery(1, OPENED), delivery(2, MessageKind.MONITOR_BLIND))
    assert [["monitor:monitor_blind:2"], ["F1:opened:1"]] == emptied(waiting, after(1))


def test_the_messages_of_one_fault_go_in_order() -> None:
    """An overdue behind an opened of its fault lends it its urgency; it does not overtake it."""
    waiting = queue(delivery(1, REMINDER), delivery(2, OPENED, fault="F9"), delivery(3, OVERDUE, fault="F9"))
    assert [["F9:opened:2"], ["F9:overdue:3"], ["F1:reminder:1"]] == emptied(waiting, after(1))


def test_while_one_of_a_fault_is_under_way_no_other_goes() -> None:
    waiting = queue(delivery(1, OPENED, fault="F9"), delivery(2, RESTORED, fault="F9"))
    picked = waiting.next(after(1), UNBOUNDED)
    assert ["F9:opened:1"] == keys(picked)
    assert waiting.next(after(1), UNBOUNDED) is None


def test_one_that_failed_waits_for_its_time_and_holds_back_only_its_fault() -> None:
    waiting = queue(delivery(1, OPENED, fault="F9"), delivery(2, RESTORED, fault="F9"), delivery(3, OPENED))
    picked = waiting.next(after(1), UNBOUNDED)
    assert isinstance(picked, tuple)
    waiting.settle(picked, [replace(picked[0], tries=1, next_at=after(60))])
    assert [["F3:opened:3"]] == emptied(waiting, after(1))
    assert waiting.next(after(1), UNBOUNDED) == after(60)
    assert [["F9:opened:1"], ["F9:restored:2"]] == emptied(waiting, after(60))


def test_one_that_is_to_go_later_says_when() -> None:
    waiting = queue(delivery(1, MessageKind.UNACKNOWLEDGED, due=1800))
    assert waiting.next(after(0), UNBOUNDED) == after(1800)
    assert [["F1:unacknowledged:1"]] == emptied(waiting, after(1800))


def test_an_incident_gathers_and_goes_as_one() -> None:
    """Section 9: messages are grouped. They go once none has come for a while."""
    incidents = {f"F{n}": 7 for n in range(1, 6)}
    waiting = queue(*(delivery(n, OPENED, due=n) for n in range(1, 6)), incidents=incidents)
    assert waiting.next(after(5), UNBOUNDED) == after(5) + QUIET
    assert [[f"F{n}:opened:{n}" for n in range(1, 6)]] == emptied(waiting, after(5) + QUIET)


def test_an_incident_that_goes_on_and_on_is_told_all_the_same() -> None:
    """However many more come: the first waits no longer than `HELD`."""
    count = int(HELD.total_seconds()) + 20
    incidents = {f"F{n}": 7 for n in range(count)}
    waiting = queue(*(delivery(n, OPENED, due=n) for n in range(count)), incidents=incidents)
    told = emptied(waiting, after(0) + HELD)
    assert [int(HELD.total_seconds()) + 1] == [len(letter) for letter in told]


def test_other_messages_do_not_wait_for_an_incident() -> None:
    incidents = {"F1": 7, "F2": 7}
    waiting = queue(delivery(1), delivery(2), delivery(3), incidents=incidents)
    assert [["F3:opened:3"]] == emptied(waiting, after(1))


def test_messages_of_different_incidents_kinds_and_fractions_stay_apart() -> None:
    incidents = {"F1": 1, "F2": 1, "F3": 2, "F4": 1, "F5": 1, "F6": 1}
    waiting = queue(
        delivery(1),
        delivery(2),
        delivery(3),
        delivery(4, REMINDER, fraction=0.5),
        delivery(5, REMINDER, fraction=0.5),
        delivery(6, REMINDER, fraction=0.75),
        incidents=incidents,
    )
    letters = sorted(emptied(waiting, after(60)))
    assert letters == [
        ["F1:opened:1", "F2:opened:2"],
        ["F3:opened:3"],
        ["F4:reminder:4", "F5:reminder:5"],
        ["F6:reminder:6"],
    ]


def test_an_incident_that_forms_late_takes_along_what_came_before_it() -> None:
    """What waits is grouped by what is known when it goes, not by what was known when it came."""
    incidents: dict[str, Incident] = {}
    waiting = Queue(groups=True, incident_of=incidents.get)
    waiting.put(delivery(n, OPENED, due=n) for n in range(1, 5))
    full = Room(0, 0)
    assert waiting.next(after(5), full) is None
    incidents |= dict.fromkeys(["F1", "F2", "F3", "F4"], incident(1, ["F3", "F1", "F2", "F4"]))
    assert waiting.next(after(6), Room(1, 1)) == after(4) + QUIET
    assert [["F1:opened:1", "F3:opened:3", "F2:opened:2", "F4:opened:4"]] == emptied(waiting, after(14), Room(1, 1))


def test_messages_come_while_an_incident_gathers() -> None:
    """Every one prolongs it, and all go as one."""
    waiting = queue(delivery(1, OPENED, due=0), incidents={f"F{n}": 7 for n in range(1, 4)})
    assert waiting.next(after(0), UNBOUNDED) == after(10)
    waiting.put([delivery(2, OPENED, due=8)])
    assert waiting.next(after(8), UNBOUNDED) == after(10)  # when the first is looked at again
    assert waiting.next(after(10), UNBOUNDED) == after(18)
    waiting.put([delivery(3, OPENED, due=17)])
    assert [["F1:opened:1", "F2:opened:2", "F3:opened:3"]] == emptied(waiting, after(27))


def test_an_incident_that_could_not_be_sent_goes_as_one_again() -> None:
    waiting = queue(*(delivery(n) for n in range(1, 4)), incidents={f"F{n}": 7 for n in range(1, 4)})
    picked = waiting.next(after(60), UNBOUNDED)
    assert isinstance(picked, tuple)
    waiting.settle(picked, [replace(each, tries=1, next_at=after(65)) for each in picked])
    assert waiting.next(after(61), UNBOUNDED) == after(65)
    assert [["F1:opened:1", "F2:opened:2", "F3:opened:3"]] == emptied(waiting, after(65))


def test_more_of_an_incident_than_one_letter_holds_follow_in_others() -> None:
    count = MOST_TOGETHER * 2 + 1
    waiting = queue(*(delivery(n) for n in range(count)), incidents={f"F{n}": 7 for n in range(count)})
    assert [MOST_TOGETHER, MOST_TOGETHER, 1] == [len(letter) for letter in emptied(waiting, after(60))]


def test_what_is_to_go_only_later_does_not_hurry_what_waits_before_it() -> None:
    """An escalation half an hour from now makes no reminder of a message that was just opened."""
    escalation = replace(delivery(1, MessageKind.UNACKNOWLEDGED, fault="F1"), since=after(1800), next_at=after(1800))
    waiting = queue(delivery(1, OPENED, fault="F1"), escalation, delivery(2, REMINDER))
    assert [["F2:reminder:2"], ["F1:opened:1"]] == emptied(waiting, after(1))


def test_an_incident_counts_as_one_letter() -> None:
    """Twenty of an incident and three others are four letters: where four may go, none but the incident is grouped."""
    incidents = {f"F{n}": 7 for n in range(20)}
    waiting = queue(*(delivery(n) for n in range(23)), incidents=incidents)
    assert [1, 1, 1, 20] == sorted(len(letter) for letter in emptied(waiting, after(60), Room(4, 4)))


def test_several_kinds_together_are_more_than_the_receiver_bears() -> None:
    """Nine where five may go: kinds are put together until the rest is not too many, though no kind is by itself."""
    waiting = queue(*(delivery(n, kind) for n, kind in enumerate([OPENED, RESTORED, MessageKind.RELAPSED] * 3)))
    assert [3, 3, 1, 1, 1] == [len(letter) for letter in emptied(waiting, after(0), Room(5, 5))]


def test_a_storm_of_single_faults_takes_no_incident_along() -> None:
    """An incident is a message of its own."""
    waiting = queue(*(delivery(n) for n in range(9)), incidents={"F1": 7, "F2": 7})
    letters = emptied(waiting, after(60), Room(2, 2))
    assert [["F0:opened:0", *(f"F{n}:opened:{n}" for n in range(3, 9))], ["F1:opened:1", "F2:opened:2"]] == letters


def test_what_leaves_its_channel_is_taken_back_but_for_what_is_under_way() -> None:
    waiting = queue(delivery(1, fault="F9"), delivery(2, OVERDUE, fault="F9"), delivery(3), delivery(4, due=99))
    picked = waiting.next(after(1), UNBOUNDED)
    assert ["F9:opened:1"] == keys(picked)
    assert ["F9:overdue:2", "F3:opened:3", "F4:opened:4"] == [each.key for each in waiting.withdraw()]
    assert isinstance(picked, tuple)
    deliver(waiting, picked, after(2))
    assert (0, None) == (len(waiting), waiting.next(after(99), UNBOUNDED))


def test_a_channel_for_programs_gets_each_by_itself() -> None:
    """A webhook is one POST a message."""
    waiting = queue(delivery(1), delivery(2), groups=False, incidents={"F1": 1, "F2": 1})
    assert [["F1:opened:1"], ["F2:opened:2"]] == emptied(waiting, after(0), Room(1, 1))


def test_more_than_the_receiver_bears_go_together() -> None:
    """Fewer than may go: each by itself. More: as one, and none is dropped."""
    few, many = (queue(*(delivery(n) for n in range(1, count + 1))) for count in (15, 16))
    assert [1] * 15 == [len(letter) for letter in emptied(few, after(0), Room(20, 15))]
    assert [16] == [len(letter) for letter in emptied(many, after(0), Room(20, 15))]


@pytest.mark.parametrize(
    ("kind", "left", "goes"),
    [(OPENED, 5, False), (OPENED, 6, True), (OVERDUE, 1, True), (OVERDUE, 0, False), (REMINDER, 5, False)],
)
def test_a_share_of_the_allowance_is_kept_for_what_is_urgent(kind: MessageKind, left: int, goes: bool) -> None:
    assert goes == isinstance(queue(delivery(1, kind)).next(after(0), Room(left, max(0, left - 5))), tuple)


def test_what_was_refused_together_is_tried_one_by_one() -> None:
    incidents = {"F1": 1, "F2": 1}
    waiting = queue(delivery(1), delivery(2), incidents=incidents)
    picked = waiting.next(after(60), UNBOUNDED)
    assert ["F1:opened:1", "F2:opened:2"] == keys(picked)
    assert isinstance(picked, tuple)
    waiting.part(picked)
    waiting.settle(picked, [replace(each, tries=1, next_at=after(65)) for each in picked])
    assert [["F1:opened:1"], ["F2:opened:2"]] == emptied(waiting, after(65))


def test_the_same_delivery_is_taken_once() -> None:
    waiting = queue(delivery(1), delivery(1))
    assert 1 == len(waiting)


KINDS = st.sampled_from([OPENED, REMINDER, OVERDUE, RESTORED, MessageKind.MONITOR_BLIND])
MESSAGES = st.lists(st.tuples(KINDS, st.integers(0, 9), st.integers(0, 120)), max_size=40)
FATES = st.lists(st.sampled_from(["delivered", "again", "refused"]), max_size=60)


@given(MESSAGES, FATES, st.booleans(), st.sampled_from([None, 1, 3, 20]))
def test_nothing_is_dropped_doubled_or_out_of_order(
    messages: list[tuple[MessageKind, int, int]], fates: list[str], groups: bool, bound: int | None
) -> None:
    """Whatever happens to letters: each message is delivered or given up once, those of a fault in their order."""
    made = [
        delivery(seq, kind, fault=f"F{fault}" if kind.of_a_fault else None, due=due)
        for seq, (kind, fault, due) in enumerate(sorted(messages, key=lambda each: each[2]), 1)
    ]
    waiting = queue(groups=groups, incidents={"F1": 1, "F2": 1, "F3": 1})
    ended, lots = carried(waiting, made, iter(fates), bound)
    assert sorted(each.key for each in made) == sorted(each.key for each in ended)
    assert 0 == len(waiting)
    by_fault: dict[str, list[int]] = defaultdict(list)
    for each in ended:
        by_fault[each.thread].append(each.message.seq)
    assert all(order == sorted(order) for order in by_fault.values())
    assert groups or all(len(letter) == 1 for letter in lots)


def carried(
    waiting: Queue, made: Iterable[Delivery], fates: Iterable[str], bound: int | None
) -> tuple[list[Delivery], list[Sequence[Delivery]]]:
    """Let messages come and letters go, second by second, until nothing waits."""
    coming, fate = sorted(made, key=lambda each: each.since), iter(fates)
    ended: list[Delivery] = []
    letters: list[Sequence[Delivery]] = []
    for second in range(1200):
        now = after(second)
        waiting.put(each for each in coming if each.since == now)
        room = Room() if bound is None else Room(bound, bound)
        while isinstance(picked := waiting.next(now, room), tuple):
            letters.append(picked)
            settled = [outcome(each, next(fate, "delivered"), now) for each in picked]
            waiting.settle(picked, settled)
            ended += (each for each in settled if each.ended_at is not None)
    return ended, letters


def outcome(sent: Delivery, fate: str, now: datetime) -> Delivery:
    """Return a delivery as a try leaves it."""
    if fate == "again":
        return replace(sent, tries=sent.tries + 1, next_at=now + timedelta(seconds=7))
    return replace(sent, state=State.DELIVERED if fate == "delivered" else State.FAILED, ended_at=now)
