"""Laws that hold over every history (sections 2 to 11 of the fault rules)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings

from monitor.faults.actions import Action
from monitor.faults.events import (
    Event,
    FaultClosed,
    FaultEvent,
    FaultOpened,
    FaultRelapsed,
    IncidentGrouped,
    MaintenanceApproved,
    MessageDue,
    OutageConfirmed,
)
from monitor.faults.fault import Fault, Status, apply, begin
from monitor.faults.incident import incidents_of
from monitor.faults.terms import MessageKind
from monitor.policy import Policies
from monitor.sla.availability import LineSpans, line_figures, unit_figures
from monitor.sla.clock import elapsed, elapsed_min, reached_at
from monitor.sla.exclusions import Maintenance, uncounted
from monitor.supervision.windows import Windows
from tests.dice import thrown
from tests.histories import History, Judged, at, instants, judge
from tests.supervision.rulings import every
from tests.supervision.sets import line_sets

EVERY = thrown(every)
CLOCKED = (MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.OVERDUE_REPEAT)


@given(thrown(lambda dice: (every(dice), instants(dice), instants(dice))))
def test_judging_at_once_equals_judging_in_pieces(drawn: tuple[History, set[int], set[int]]) -> None:
    """Further steps at any instants, and a restart after any of them, change no event."""
    history, also, restarts = drawn
    assert judge(history, also=also | restarts, restarts=restarts).events == judge(history).events


@settings(max_examples=settings().max_examples // 4)  # nine hundred restarts each
@given(EVERY)
def test_judging_every_second_anew_equals_judging_at_once(history: History) -> None:
    """The hardest case of it: a step and a restart in every second."""
    short = replace(history, end=min(history.end, 900))
    every = range(short.end + 1)
    assert judge(short, also=every, restarts=every).events == judge(short).events


@given(EVERY)
def test_the_order_of_lines_within_an_instant_changes_the_order_only(history: History) -> None:
    """Lines are judged each by itself; only numbers are given in the order in which they come."""
    placed = list(history.inventory.lines)
    turned = {line: -place for place, line in enumerate(placed)}
    rounds = sorted(history.rounds, key=lambda one: (one.at, turned.get(one.subject, -len(placed))))
    usual, other = judge(history), judge(replace(history, rounds=tuple(rounds)))
    assert Counter(unnumbered(usual)) == Counter(unnumbered(other))


def unnumbered(judged: Judged) -> list[Event]:
    """Return the events with the line in place of the number of its fault and of the one it repeats."""
    lines = {fault.no: f"{fault.line} {fault.discovered_at}" for fault in judged.faults().values()}
    return [renumbered(event, lines) for event in judged.events]


def renumbered(event: Event, lines: dict[str, str]) -> Event:
    no = getattr(event, "no", None)
    if no is not None:
        event = replace(event, no=lines[no])  # type: ignore[call-arg]
    if isinstance(event, IncidentGrouped):
        event = replace(event, faults=tuple(lines[no] for no in event.faults))
    if isinstance(event, FaultOpened) and event.repeat_of is not None:
        event = replace(event, repeat_of=lines[event.repeat_of])
    return event


@given(EVERY)
def test_the_record_is_sound(history: History) -> None:
    """The laws below of what is on record."""
    judged = judge(history)
    assert_times_never_decrease(judged)
    assert_supervision_holds_the_fold(judged)
    assert_each_message_is_due_once(judged)
    assert_messages_fall_due_within_an_episode(judged)
    assert_episodes_are_in_order(judged)
    assert_every_outage_belongs_to_a_fault(judged)
    assert_no_fault_begins_inside_a_window(judged)
    assert_a_fault_is_in_one_incident_at_most(judged)


def assert_times_never_decrease(judged: Judged) -> None:
    """The ledger is in the order of judged time."""
    times = [event.at for event in judged.events]
    assert times == sorted(times)


def assert_supervision_holds_the_fold(judged: Judged) -> None:
    """A fault is the fold of its events: supervision holds the latest of every line, no more, no less."""
    latest: dict[str, Fault] = {fault.line: fault for fault in judged.faults().values()}
    assert judged.supervision.faults == {fault.no: fault for fault in latest.values()}
    assert {line: judged.supervision.latest_fault(line) for line in latest} == latest


def assert_each_message_is_due_once(judged: Judged) -> None:
    """No key twice, nothing both sent and passed over, nothing sent before it is due."""
    messages = judged.all(MessageDue)
    keys = [message.key for message in messages]
    passed = [f"{message.no}:{name}" for message in messages for name in message.passed_over]
    assert len(set(keys + passed)) == len(keys + passed)
    assert all(message.due_at <= message.at for message in messages)


def assert_messages_fall_due_within_an_episode(judged: Judged) -> None:
    """Event by event: one fault of a line stands at a time; reminders and overdue only of an open, measured episode."""
    faults: dict[str, Fault] = {}
    standing: dict[str, str] = {}
    for event in judged.events:
        if isinstance(event, MessageDue) and event.message in CLOCKED:
            fault = faults[event.no or ""]
            assert fault.status is Status.OPEN
            assert fault.party.answers
            assert fault.episode.discovered_at <= event.at
        if isinstance(event, FaultOpened):
            assert event.line not in standing
            faults[event.no] = begin(event)
            standing[event.line] = event.no
        elif isinstance(event, FaultEvent | MessageDue) and event.no is not None:
            faults[event.no] = apply(faults[event.no], event)
            if isinstance(event, FaultClosed):
                del standing[faults[event.no].line]


def assert_episodes_are_in_order(judged: Judged) -> None:
    """Failed, discovered, detected; last bad before restored; a later episode is discovered after the one before."""
    for fault in judged.faults().values():
        for one in fault.episodes:
            assert one.first_failed_at <= one.discovered_at <= (one.detected_at or one.discovered_at)
            assert (one.restored_at is None) == (one.last_bad_at is None)
            if one.restored_at is not None and one.last_bad_at is not None:
                assert one.last_bad_at <= one.restored_at >= one.discovered_at
        for one, after in pairwise(fault.episodes):
            assert one.restored_at is not None
            assert one.restored_at <= after.discovered_at


def assert_every_outage_belongs_to_a_fault(judged: Judged) -> None:
    """An outage opens a fault, is a relapse, or confirms a reported one: at once, unless a window holds it."""
    if judged.all(MaintenanceApproved):
        return
    episodes = [(fault.line, one.detected_at) for fault in judged.faults().values() for one in fault.episodes]
    detected = Counter(one for one in episodes if one[1] is not None)
    assert Counter((one.line, one.at) for one in judged.all(OutageConfirmed)) == detected


def assert_no_fault_begins_inside_a_window(judged: Judged) -> None:
    """Inside a window no fault opens and none relapses (section 6), from its approval on: a report may come before it.

    What people do in one second counts in the order in which they did it.
    """
    faults, inventory, windows = judged.faults(), judged.supervision.inventory, Windows()
    for event in judged.events:
        windows.take(event)
        if isinstance(event, FaultOpened | FaultRelapsed):
            line = inventory.lines[faults[event.no].line]
            assert event.at not in Maintenance(windows.all(), inventory).of(line)


def assert_a_fault_is_in_one_incident_at_most(judged: Judged) -> None:
    """Faults of one carrier, each in one incident; what was told of incidents is what stands (section 9)."""
    faults, standing = judged.faults(), incidents_of(judged.all(IncidentGrouped))
    assert standing == dict(sorted(judged.supervision.cases.grouping.incidents.items()))
    members = [no for incident in standing.values() for no in incident.faults]
    assert len(members) == len(set(members))
    for incident in standing.values():
        assert {faults[no].carrier for no in incident.faults} == {incident.carrier}
        assert incident.first_failed_at == min(faults[no].episodes[0].first_failed_at for no in incident.faults)


@given(thrown(lambda dice: (every(dice), dice.up_to(3600))))
def test_the_clock_runs_forward_and_reaches_its_deadline_there(drawn: tuple[History, int]) -> None:
    """Elapsed never decreases with now; at the deadline of an open fault it shows the limit, a second before it not."""
    history, later = drawn
    second = timedelta(seconds=1)
    for fault in judge(history).faults().values():
        rule = history.policies.named(fault.policy_version).clock
        now = at(history.end)
        out = uncounted(fault)
        assert elapsed(fault, rule, now, out) <= elapsed(fault, rule, now + timedelta(seconds=later), out)
        assert elapsed_min(fault, rule, now, out) <= elapsed(fault, rule, now, out)
        due = reached_at(fault, rule, rule.limit, out)
        if due is not None and fault.status is Status.OPEN and due > now:
            assert elapsed(fault, rule, due, out) >= rule.limit > elapsed(fault, rule, due - second, out)


@given(thrown(lambda dice: (every(dice), dice.one_of((False, True)), instants(dice))))
def test_availability_is_sound(drawn: tuple[History, bool, set[int]]) -> None:
    """The two laws below of every line and unit."""
    history, blips, midnights = drawn
    judged = judge(history)
    assert_figures_lie_between_their_bounds(history, judged, blips=blips)
    assert_parts_sum_to_the_whole(history, judged, midnights)


def assert_figures_lie_between_their_bounds(history: History, judged: Judged, *, blips: bool) -> None:
    """The bounds take all unknown time as down, and as up; without any they meet."""
    for of in line_sets(history, judged, blips=blips).values():
        figures = line_figures(of)
        assert not (of.down | of.excluded) & of.unknown  # unknown is never down, nor assessed
        assert of.known.length + figures.unknown == figures.window
        if figures.raw_low is None or figures.raw_high is None:
            assert figures.window == timedelta()
            continue
        assert 0 <= figures.raw_low <= figures.raw_high <= 1
        if figures.raw is not None:
            assert figures.raw_low <= figures.raw <= figures.raw_high
        if not figures.unknown:
            assert figures.raw_low == figures.raw == figures.raw_high


def assert_parts_sum_to_the_whole(history: History, judged: Judged, midnights: set[int]) -> None:
    """Downtime is split at midnight; nothing is lost or counted twice."""
    whole = line_sets(history, judged, blips=True)
    edges = [0, *sorted({one for one in midnights if 0 < one < history.end}), history.end]
    pieces = [line_sets(history, judged, blips=True, period=period) for period in pairwise(edges)]
    for line, of in whole.items():
        columns = zip(*(lengths(one[line]) for one in pieces), strict=True)
        assert lengths(of) == [sum(column, timedelta()) for column in columns]
    for unit in history.inventory.units:
        owned = [line.id for line in history.inventory.lines.values() if line.unit == unit]
        sums = [unit_figures(one[line] for line in owned) for one in pieces]
        total = unit_figures(whole[line] for line in owned)
        assert total.window == sum((one.window for one in sums), timedelta())
        assert total.unknown == sum((one.unknown for one in sums), timedelta())
        assert total.down == sum((one.down for one in sums), timedelta())


def lengths(of: LineSpans) -> list[timedelta]:
    """Return how long each interval set is."""
    return [part.length for part in (of.window, of.unknown, of.down, of.known, of.excluded, of.down - of.excluded)]


@given(EVERY)
def test_a_refused_action_changes_nothing(history: History) -> None:
    """The history without what was refused gives the very same events."""
    judged = judge(history)
    refused: list[Action] = list(judged.refused)
    legal = tuple(action for action in history.actions if not any(action is one for one in refused))
    assert judge(replace(history, actions=legal)).events == judged.events


@given(EVERY)
def test_a_later_version_changes_nothing_before_it_is_in_force(history: History) -> None:
    """What was judged before another version came into force is as it would be without it."""
    first, *others = history.policies.versions
    if not others:
        return
    alone = judge(replace(history, policies=Policies([first]))).events
    both = judge(history).events
    begins = others[0].effective_from
    assert [one for one in both if one.at < begins] == [one for one in alone if one.at < begins]
