"""What the monitor tells the centre of itself, each once until it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.alerts.alarms import Alarms, Patience, Sighting, oldest_on, unheard, unknown_lines, untold
from monitor.faults.outage import Watch
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Carrier, Inventory, Line, Unit
from monitor.policy import Detection
from monitor.store.deliveries import Delivery, State
from monitor.store.projection import OutboxRow
from tests.alerts.deliveries import after, delivery, message

NOTHING = Sighting(at=after(0))


def told(alarms: Alarms, seen: Sighting, second: float = 0) -> list[tuple[MessageKind, str | None, str | None]]:
    """Return kind, subject and detail of what is told; where a second is given, what is seen is seen then."""
    seen = replace(seen, at=after(second)) if second else seen
    return [(each.message, each.subject, each.detail) for each in alarms.look(seen)]


def test_where_all_is_well_nothing_is_told() -> None:
    assert [] == told(Alarms(Patience()), NOTHING)


def test_a_line_newly_unknown_is_told_once_until_it_is_known_again() -> None:
    """Section 1: a withdrawn route or a wrong address would otherwise hide a dead line."""
    alarms = Alarms(Patience())
    one, two = replace(NOTHING, unknown=("l1",)), replace(NOTHING, unknown=("l1", "l2"))
    unknown = MessageKind.LINES_UNKNOWN
    assert [(unknown, None, "l1")] == told(alarms, one)
    assert [] == told(alarms, one, 5)
    assert [(unknown, None, "l2")] == told(alarms, two, 10)
    assert [] == told(alarms, NOTHING, 15)
    assert [(unknown, None, "l1, l2")] == told(alarms, two, 20)


def test_of_many_lines_some_are_named_and_the_rest_is_counted() -> None:
    many = replace(NOTHING, unknown=tuple(f"l{n}" for n in range(50_000)))
    named = ", ".join(f"l{n}" for n in range(20))
    assert [(MessageKind.LINES_UNKNOWN, None, f"{named}, +49980")] == told(Alarms(Patience()), many)


def test_of_a_carrier_that_no_channel_reaches_each_fault_is_told_once() -> None:
    """The duty officer is told to telephone."""
    alarms, kind = Alarms(Patience()), MessageKind.UNREACHED
    assert [(kind, "unicom", "F1")] == told(alarms, replace(NOTHING, unreached={"unicom": ["F1"]}))
    assert [(kind, "unicom", "F2")] == told(alarms, replace(NOTHING, unreached={"unicom": ["F1", "F2"]}), 5)
    assert [] == told(alarms, replace(NOTHING, unreached={"unicom": ["F1", "F2"]}), 10)


def test_of_a_carrier_of_whose_faults_nobody_would_be_told_it_is_told_once() -> None:
    """A roster ended: before the first fault that it would have been for."""
    alarms, kind = Alarms(Patience()), MessageKind.UNREACHED
    mute = replace(NOTHING, mute=("unicom",))
    assert [(kind, "unicom", None)] == told(alarms, mute)
    assert [] == told(alarms, mute, 5)
    assert [(kind, "mobile", None)] == told(alarms, replace(mute, mute=("unicom", "mobile")), 10)
    assert [] == told(alarms, NOTHING, 15)
    assert [(kind, "unicom", None)] == told(alarms, mute, 20)


def test_two_of_a_kind_and_subject_are_told_at_two_instants() -> None:
    """Else the second would have the key of the first, and be lost: judged time may stand still between two looks."""
    alarms, kind = Alarms(Patience()), MessageKind.UNDELIVERED
    one, two, three = (replace(NOTHING, gave_up=(delivery(seq),)) for seq in (1, 2, 3))
    other = replace(two, gave_up=(delivery(2), delivery(4, channel="mail")))
    assert [(kind, "robot", "F1")] == told(alarms, one)
    assert [(kind, "mail", "F4")] == told(alarms, other)
    assert [] == told(alarms, three)
    assert [(kind, "robot", "F2")] == told(alarms, NOTHING, 5)
    assert [(kind, "robot", "F3")] == told(alarms, NOTHING, 10)
    assert [] == told(alarms, NOTHING, 15)


def test_what_is_held_back_falls_due_when_it_is_told() -> None:
    alarms, later = Alarms(Patience()), after(5)
    for seq in (1, 2):
        alarms.look(replace(NOTHING, gave_up=(delivery(seq),)))
    assert [(later, later)] == [(each.at, each.due_at) for each in alarms.look(replace(NOTHING, at=later))]


def gave_up(seq: int, at: float, **more: Any) -> Delivery:
    """Return a message that was given up at a second."""
    return replace(delivery(seq, **more), state=State.FAILED, ended_at=after(at))


def alarm_of(channel: str, names: str, at: float) -> OutboxRow:
    """Return an alarm that names what a channel gave up."""
    return replace(message(99, MessageKind.UNDELIVERED, due=at), subject=channel, detail=names)


@pytest.mark.parametrize(
    ("case", "alarms", "left"),
    [
        ("Killed before the look at what was given up.", [], ["F1:opened:1"]),
        ("Told of.", [alarm_of("robot", "F7, F1", 105)], []),
        ("Judged time was a little behind.", [alarm_of("robot", "F1", 95)], []),
        ("It told of an earlier message of the fault.", [alarm_of("robot", "F1", 30)], ["F1:opened:1"]),
        ("It named too many to name them all.", [alarm_of("robot", "F7, +2", 105)], []),
        ("It told of another fault.", [alarm_of("robot", "F7, F11", 105)], ["F1:opened:1"]),
        ("It told of another channel.", [alarm_of("mail", "F1", 105)], ["F1:opened:1"]),
        ("A later one told of it.", [alarm_of("robot", "F1", 30), alarm_of("robot", "F1", 101)], []),
    ],
)
def test_what_was_given_up_is_untold_until_an_alarm_names_it(
    case: str, alarms: list[OutboxRow], left: list[str]
) -> None:
    """Of a run that was killed the next one tells what that did not come to; that an alarm was lost, nobody."""
    lost = gave_up(2, 100, kind=MessageKind.UNDELIVERED)
    assert left == [each.key for each in untold([gave_up(1, 100), lost], alarms)], case


def raised(seq: int, names: str, carrier: str = "unicom") -> OutboxRow:
    """Return the alarm that nobody reaches a carrier, at a place in the ledger."""
    return replace(message(seq, MessageKind.UNREACHED), subject=carrier, detail=names)


@pytest.mark.parametrize(
    ("case", "alarms", "left"),
    [
        ("Killed before the look at what no route took.", [], ["F5:opened:5"]),
        ("Told of.", [raised(6, "F7, F5")], []),
        ("It told of an earlier message of the fault.", [raised(4, "F5")], ["F5:opened:5"]),
        ("It named too many to name them all.", [raised(6, "F7, +2")], []),
        ("It told of another fault.", [raised(6, "F7, F55")], ["F5:opened:5"]),
        ("It told of another carrier's.", [raised(6, "F5", "telecom")], ["F5:opened:5"]),
        ("A later one told of it.", [raised(4, "F5"), raised(9, "F5")], []),
    ],
)
def test_what_reached_no_carrier_is_unheard_until_an_alarm_behind_it_names_it(
    case: str, alarms: list[OutboxRow], left: list[str]
) -> None:
    """As of what was given up, the next run tells what one that was killed did not come to."""
    assert left == [each.key for each in unheard([message(5)], alarms)], case


def test_what_a_channel_gave_up_is_told_by_channel() -> None:
    lost = (delivery(1), delivery(2), delivery(3, channel="mail"), delivery(4, MessageKind.MONITOR_BLIND))
    assert [
        (MessageKind.UNDELIVERED, "robot", "F1, F2, monitor_blind"),
        (MessageKind.UNDELIVERED, "mail", "F3"),
    ] == told(Alarms(Patience()), replace(NOTHING, gave_up=lost))


def test_that_a_word_of_this_was_given_up_is_not_told_again() -> None:
    """Else a channel to the centre that refuses everything would be told of itself for ever."""
    assert [] == told(Alarms(Patience()), replace(NOTHING, gave_up=(delivery(1, MessageKind.UNDELIVERED),)))


def test_a_stuck_outbox_is_that_of_the_channel_whose_message_was_due_first() -> None:
    """One that is to go only at another hour does not wait yet."""
    leader = replace(delivery(1, channel="leader"), since=after(60))
    waiting = [delivery(2, channel="mail", due=20), leader, delivery(3, channel="robot", due=10)]
    assert ("robot", None) == (oldest_on(waiting), oldest_on([leader]))


def test_an_outbox_that_does_not_empty_is_told_once() -> None:
    alarms = Alarms(Patience())
    late = replace(NOTHING, at=after(0) + Patience().stuck, oldest_due_at=after(0), oldest_on="robot")
    assert [] == told(alarms, replace(late, at=late.at - timedelta(seconds=1)))
    assert [(MessageKind.OUTBOX_STUCK, "robot", "900")] == told(alarms, late)
    assert [] == told(alarms, late)
    assert [] == told(alarms, NOTHING)
    assert [(MessageKind.OUTBOX_STUCK, "robot", "900")] == told(alarms, late)


@pytest.mark.parametrize(
    ("rule", "last_at", "sees_since", "now", "unknown"),
    [
        ("Known lately: no.", 900, 0, 1000, False),
        ("Not for over stale_after: yes.", 819, 0, 1000, True),
        ("For just stale_after: not yet.", 820, 0, 1000, False),
        ("Never seen, the monitor runs for long: yes.", None, 0, 1000, True),
        ("Never seen, the monitor has just begun: not yet.", None, 900, 1000, False),
        ("The monitor was blind until a moment ago: not yet.", 500, 900, 1000, False),
    ],
)
def test_a_line_is_unknown_only_to_a_monitor_that_sees(
    rule: str, last_at: float | None, sees_since: float, now: float, unknown: bool
) -> None:
    watches = {} if last_at is None else {"l1": Watch(after(last_at), True)}
    found = unknown_lines(county(), watches, Detection(), now=after(now), sees_since=after(sees_since))
    assert (("l1",) if unknown else ()) == found, rule


def test_a_line_is_watched_only_in_service() -> None:
    joined = county(Line(id="l1", unit="u", carrier="c", address="192.0.2.1", in_service_from=after(900)))
    assert () == unknown_lines(joined, {}, Detection(), now=after(1000), sees_since=after(0))
    assert ("l1",) == unknown_lines(joined, {}, Detection(), now=after(1081), sees_since=after(0))


def county(line: Line | None = None) -> Inventory:
    """Return an inventory of one line."""
    line = line or Line(id="l1", unit="u", carrier="c", address="192.0.2.1")
    return Inventory(
        carriers={"c": Carrier(id="c", name="c", short_name="c")},
        units={"u": Unit(id="u", name="u", short_name="u")},
        lines={"l1": line},
    )
