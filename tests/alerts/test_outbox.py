"""Messages on their ways: at least once, in order, none waiting for another's channel, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.alerts.courier import SIDE_BY_SIDE
from monitor.alerts.letter import Fate, Letter, Outcome, Pace, Reply
from monitor.alerts.parcel import Parcel
from monitor.faults.events import FaultAcknowledged, PartyRuled
from monitor.faults.incident import Incident
from monitor.faults.terms import MessageKind, Party, Source
from monitor.store.deliveries import State
from monitor.store.records import Records
from monitor.store.store import Store
from tests.alerts.fakes import AGAIN, REFUSED, FakeSender, FakeWays
from tests.alerts.posting import BEGAN, Post, post, running, until
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures


async def test_a_message_goes_out_by_every_way_it_has(url: str) -> None:  # noqa: F811
    """It is delivered once by each channel, and on record so: attempt, state, and nothing waits any more."""
    robot, mail = FakeSender("robot"), FakeSender("mail")
    async with post(url, robot, mail) as at:
        no = at.fault()
        await until(lambda: 0 == at.store.on_their_way().count)
        key = f"{no}:opened"
        assert ([[key]], [[key]]) == (robot.carried(), mail.carried())
        assert [("mail", "opened", State.DELIVERED), ("robot", "opened", State.DELIVERED)] == at.states(no)
        attempts = at.store.attempts_of(no)
        assert [("mail", 1, "delivered", "200"), ("robot", 1, "delivered", "200")] == sorted(
            (each.channel, each.number, each.fate, each.status) for each in attempts
        )


async def test_that_the_carrier_was_told_is_asked_for_once(url: str) -> None:  # noqa: F811
    """The delivered notice goes into the inbox in the transaction that marks it: judging records it in the ledger."""
    robot = FakeSender("robot")
    async with post(url, robot) as at:
        no = at.fault()
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [f"notified:{no}:opened:robot"] == [each.id for each in at.store.asked()]


async def test_a_receivers_answer_takes_the_fault_on(url: str) -> None:  # noqa: F811
    """A webhook's reply is an acknowledgement by the carrier."""
    hook = FakeSender("hook", groups=False)
    reply = Reply(acknowledged_by="王工")
    hook.outcomes.append(Outcome(fate=Fate.DELIVERED, status="200", reply=reply))
    async with post(url, hook) as at:
        no = at.fault()
        await until(lambda: 0 == at.store.on_their_way().count)
        asked = {each.id: each.body for each in at.store.asked()}
        assert {f"notified:{no}:opened:hook", f"acknowledged:{no}:opened:hook"} == set(asked)
        assert "王工" in asked[f"acknowledged:{no}:opened:hook"]


async def test_what_failed_is_tried_again_under_the_same_key(url: str) -> None:  # noqa: F811
    robot = FakeSender("robot", outcomes=deque([AGAIN, AGAIN]))
    async with post(url, robot) as at:
        no = at.fault()
        for tries in (1, 2):
            await until(partial(at.tried, tries))
            await until(lambda: [State.WAITING] == [state for _, _, state in at.states(no)])
            at.pass_time(minutes=1)
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [[f"{no}:opened"]] * 3 == robot.carried()
        assert ["again", "again", "delivered"] == [each.fate for each in at.store.attempts_of(no)]


async def test_after_a_day_it_is_given_up_and_told(url: str) -> None:  # noqa: F811
    """24 h of trying, then failed: shown, and handed to whoever raises the alarm."""
    robot = FakeSender("robot", outcomes=deque([AGAIN, AGAIN]))
    async with post(url, robot) as at:
        no = at.fault()
        await until(lambda: 1 == len(at.tries))
        at.pass_time(hours=25)
        await until(lambda: 1 == len(at.outbox.gave_up))
        assert [("robot", "opened", State.FAILED)] == at.states(no)
        await until(lambda: 0 == at.store.on_their_way().count)


async def test_what_is_refused_is_given_up_at_once_and_holds_nothing_back(url: str) -> None:  # noqa: F811
    robot = FakeSender("robot", outcomes=deque([REFUSED]))
    async with post(url, robot) as at:
        no = at.fault()
        at.commit(at.due(no, MessageKind.OVERDUE))
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [("robot", "opened", State.FAILED), ("robot", "overdue", State.DELIVERED)] == at.states(no)
        assert [f"{no}:opened"] == [each.key for each in at.outbox.gave_up]


async def test_a_dead_channel_delays_no_other(url: str) -> None:  # noqa: F811
    """One channel hangs, another refuses connections: the third delivers all the same."""
    hanging = FakeSender("hanging", takes=60)
    barred = replace(AGAIN, unreachable=True)
    dead = FakeSender("dead", outcomes=deque([barred] * 50))
    alive = FakeSender("alive")
    async with post(url, hanging, dead, alive) as at:
        numbers = [at.fault() for _ in range(5)]
        await until(lambda: 5 == len(alive.sent))
        assert sorted(f"{no}:opened" for no in numbers) == sorted(key for [key] in alive.carried())
        assert len(dead.sent) <= SIDE_BY_SIDE  # then it rests: the others would fare no better


async def test_a_fault_that_was_taken_on_goes_no_further_up(url: str) -> None:  # noqa: F811
    """Escalation waits for ack_target, and is not wanted once the fault is acknowledged."""
    robot = FakeSender("robot")
    async with post(url, robot, escalate_after=timedelta(minutes=30)) as at:
        taken, left = at.fault(), at.fault()
        await until(lambda: 2 == len(robot.sent))
        at.commit(FaultAcknowledged(at=at.at, no=taken, by=Source.CARRIER))
        await until(lambda: 0 == at.store.on_their_way().count)  # what is not due yet does not wait
        at.pass_time(minutes=31)
        await until(lambda: 4 == len(at.states(taken) + at.states(left)) and 3 == len(robot.sent))
        await until(lambda: State.WAITING not in {state for no in (taken, left) for _, _, state in at.states(no)})
        assert ("robot", "unacknowledged", State.UNWANTED) in at.states(taken)
        assert ("robot", "unacknowledged", State.DELIVERED) in at.states(left)


async def test_reminders_go_only_to_a_carrier_that_answers(url: str) -> None:  # noqa: F811
    """Section 10: one that waits while the fault is ruled the unit's is not sent."""
    robot = FakeSender("robot", outcomes=deque([AGAIN]))
    async with post(url, robot) as at:
        no = at.fault()
        await until(lambda: 1 == len(at.tries))
        at.commit(at.due(no, MessageKind.REMINDER, fraction=0.5), PartyRuled(at=at.at, no=no, party=Party.UNIT))
        await until(lambda: 2 == len(at.states(no)))
        at.pass_time(minutes=5)
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [("robot", "opened", State.DELIVERED), ("robot", "reminder", State.UNWANTED)] == at.states(no)


async def test_an_incident_is_told_as_one(url: str) -> None:  # noqa: F811
    robot = FakeSender("robot")
    async with post(url, robot) as at:
        numbers = [f"F20260901-{n:04d}" for n in range(1, 6)]
        incident = Incident(number=1, carrier="unicom", node="n", first_failed_at=BEGAN, faults=tuple(numbers))
        at.incidents |= dict.fromkeys(numbers, incident)
        for _ in numbers:
            at.fault()
        await until(lambda: 5 == len([*at.outbox.waiting()]))
        at.pass_time(seconds=11)
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [[f"{no}:opened" for no in numbers]] == robot.carried()
        carried = {each.carried_by for no in numbers for each in at.store.deliveries_of(no)}
        assert {f"{numbers[0]}:opened"} == carried
        assert [5] == [each.letters for each in at.store.attempts_of(numbers[4])]


async def test_a_letter_holds_what_it_can_and_the_rest_follows(url: str) -> None:  # noqa: F811
    robot = FakeSender("robot", paces=(Pace(4, timedelta(minutes=1)),))
    async with post(url, robot, most_together=3) as at:
        at.barred = True
        numbers = [at.fault() for _ in range(7)]
        at.barred = False
        await until(lambda: 0 == at.store.on_their_way().count)
        assert sorted(f"{no}:opened" for no in numbers) == sorted(key for keys in robot.carried() for key in keys)
        assert [3, 3, 1] == [len(keys) for keys in robot.carried()]


async def test_while_the_database_does_not_answer_nothing_is_sent_twice(url: str) -> None:  # noqa: F811
    """What came of a letter is marked as soon as it can be; until then nothing else of its fault goes."""
    robot = FakeSender("robot", takes=0.2)
    async with post(url, robot) as at:
        no = at.fault()
        await until(lambda: 1 == len(robot.sent))
        at.barred = True
        await asyncio.sleep(0.5)
        assert 1 == len(robot.sent)
        at.barred = False
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [("robot", "opened", State.DELIVERED)] == at.states(no)
        assert 1 == len(robot.sent)


async def test_the_next_run_goes_on_from_the_record(url: str) -> None:  # noqa: F811
    """What waited is sent by the next run, what was delivered is not, and robots' paces hold across both."""
    pace = (Pace(3, timedelta(minutes=1)),)
    robot = FakeSender("robot", paces=pace, outcomes=deque([AGAIN]))
    async with post(url, robot) as at:
        first, second = at.fault(), at.fault()
        await until(lambda: 2 == len(at.tries))
        await until(lambda: [State.DELIVERED] == [state for _, _, state in at.states(second)])
    again = FakeSender("robot", paces=pace)
    store = Store.open(url)
    resumed = Post(store, FakeWays({"robot": again}), at=BEGAN + timedelta(seconds=30), number=2)
    async with running(resumed):
        await until(lambda: [[f"{first}:opened"]] == again.carried())
        third = resumed.fault()
        await until(lambda: [("robot", "opened", State.WAITING)] == resumed.states(third))
        await asyncio.sleep(0.1)
        assert 1 == len(again.sent)  # three went within the last minute


async def test_a_channel_that_left_gives_up_what_waits_for_it(url: str) -> None:  # noqa: F811
    robot, mail = FakeSender("robot", outcomes=deque([AGAIN])), FakeSender("mail")
    async with post(url, robot, mail) as at:
        no = at.fault()
        await until(lambda: 2 == len(at.tries))
        at.outbox.adopt(FakeWays({"mail": mail}))
        await until(lambda: [State.DELIVERED, State.FAILED] == [state for _, _, state in at.states(no)])
        assert robot.closed
        assert not mail.closed
        await until(lambda: [f"{no}:opened"] == [each.key for each in at.outbox.gave_up])


async def test_a_changed_channel_sends_what_the_old_one_has_under_way_no_second_time(url: str) -> None:  # noqa: F811
    """A reload doubles nothing, keeps each fault's order, and makes nobody wait for a receiver that is slow."""
    old, new, mail = FakeSender("robot", takes=1.0), FakeSender("robot"), FakeSender("mail")
    async with post(url, old, mail) as at:
        no = at.fault()
        await until(lambda: 1 == len(old.sent))
        at.outbox.adopt(FakeWays({"robot": new, "mail": mail}))
        at.commit(at.due(no, MessageKind.OVERDUE))
        other = at.fault()
        await until(lambda: (1, 3) == (len(new.sent), len(mail.sent)))
        assert ([[f"{other}:opened"]], False) == (new.carried(), old.closed)
        await until(lambda: 0 == at.store.on_their_way().count)
        assert ([[f"{no}:opened"]], [[f"{other}:opened"], [f"{no}:overdue"]]) == (old.carried(), new.carried())
        await until(lambda: old.closed)


async def test_a_letter_under_way_outlives_its_channel(url: str) -> None:  # noqa: F811
    """It is delivered though its channel was taken out meanwhile; what waits behind it is given up only then."""
    robot, mail = FakeSender("robot", takes=1.0), FakeSender("mail")
    async with post(url, robot, mail) as at:
        no = at.fault()
        await until(lambda: 1 == len(robot.sent))
        at.commit(at.due(no, MessageKind.OVERDUE))
        await until(lambda: 4 == len(at.states(no)))
        at.outbox.adopt(FakeWays({"mail": mail}))
        await until(lambda: 0 == at.store.on_their_way().count)
        fates = {(channel, kind): state for channel, kind, state in at.states(no)}
        assert (State.DELIVERED, State.FAILED) == (fates["robot", "opened"], fates["robot", "overdue"])
        assert [[f"{no}:opened"]] == robot.carried()


async def test_at_an_orderly_end_letters_under_way_arrive(url: str) -> None:  # noqa: F811
    """The next run does not send them again."""
    robot = FakeSender("robot", takes=0.3)
    async with post(url, robot) as at:
        no = at.fault()
        await until(lambda: 1 == len(robot.sent))
    with Records.of(url) as records:
        assert [State.DELIVERED] == [each.state for each in records.deliveries_of(no)]


async def test_a_message_that_no_route_takes_is_handed_to_whoever_raises_the_alarm(url: str) -> None:  # noqa: F811
    robot = FakeSender("robot")
    async with post(url, robot, choose=lambda message: ()) as at:
        no = at.fault()
        await until(lambda: 1 == len(at.outbox.untold))
        assert (0, []) == (at.store.on_their_way().count, at.states(no))


async def test_a_carrier_that_no_channel_reaches_is_known(url: str) -> None:  # noqa: F811
    """Once any channel took the message the carrier counts as told."""
    dead = FakeSender("dead", outcomes=deque([AGAIN] * 50))
    other = FakeSender("other", outcomes=deque([AGAIN]))
    async with post(url, dead, other) as at:
        no = at.fault()
        await until(lambda: 2 == len(at.tries))
        assert {} == at.outbox.unreached_since(at.at)
        at.pass_time(minutes=6)
        await until(lambda: 4 == len(at.tries))
        await until(lambda: {} == at.outbox.unreached_since(at.at - timedelta(minutes=5)))
        assert [no] == [each.message.fault_no for each in at.outbox.waiting()]


async def test_what_must_not_wait_for_the_database_is_told_past_it(url: str) -> None:  # noqa: F811
    """That the database fails is told while it does; when it can be written again the message counts as told."""
    robot = FakeSender("robot")
    async with post(url, robot) as at:
        at.fault()
        await until(lambda: 1 == len(robot.sent))
        robot.sent.clear()
        due = at.due(None, MessageKind.STORE_FAILING)
        at.barred = True
        await at.outbox.tell_at_once(due)
        assert [[due.key]] == robot.carried()
        at.barred = False
        at.commit(due)
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [[due.key]] == robot.carried()


async def test_an_alert_manager_hears_again_of_what_is_still_so(url: str) -> None:  # noqa: F811
    manager = FakeSender("manager", groups=False, keeps_active=True)
    async with post(url, manager) as at:
        no = at.fault()
        await until(lambda: 0 == at.store.on_their_way().count)
        await at.outbox._resend(at.outbox._couriers["manager"])
        assert [[f"{no}:opened"]] * 2 == manager.carried()


async def test_an_alert_manager_hears_again_of_blindness_until_the_monitor_sees(url: str) -> None:  # noqa: F811
    """Else an hour's blindness would be resolved there while nothing is judged."""
    manager = FakeSender("manager", groups=False, keeps_active=True)
    async with post(url, manager) as at:
        for kind, times in ((MessageKind.MONITOR_BLIND, 2), (MessageKind.MONITOR_SEES, 1)):
            due = at.due(None, kind)
            at.commit(due)
            await until(lambda: 0 == at.store.on_their_way().count)
            await at.outbox._resend(at.outbox._couriers["manager"])
            assert times == manager.carried().count([due.key])
            at.pass_time(minutes=1)


async def test_a_letter_that_cannot_be_written_is_tried_again(url: str) -> None:  # noqa: F811
    """A fault in a text holds up its message, not the courier."""
    robot = FakeSender("robot")
    async with post(url, robot) as at:
        ways, broken = at.ways, [True]

        def letter(parcel: Parcel, now: datetime) -> Letter:
            if broken.pop() if broken else False:
                raise ValueError("no such field")
            return FakeWays.letter(ways, parcel, now)

        ways.letter = letter  # type: ignore[method-assign]
        no = at.fault()
        await until(lambda: ["not written"] == [each.status for each in at.store.deliveries_of(no)])
        at.pass_time(minutes=1)
        await until(lambda: 0 == at.store.on_their_way().count)
        assert [[f"{no}:opened"]] == robot.carried()
