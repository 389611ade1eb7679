"""`Supervision` against the oracle: on every history both come to the same, to the second."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given

from monitor.faults.events import BlipSeen, IncidentGrouped, MessageDue
from monitor.faults.fault import Fault
from monitor.faults.incident import incidents_of
from monitor.faults.terms import Reason
from monitor.sla.availability import unit_figures
from monitor.sla.verdict import read
from tests.dice import thrown
from tests.histories import History, Judged, at, judge, since_start
from tests.supervision.oracle import Oracle
from tests.supervision.oracle_availability import Figures, Sets
from tests.supervision.oracle_cases import Case, Letter, Outbreak
from tests.supervision.oracle_rulings import Book, Cluster, excluded_of
from tests.supervision.rulings import every
from tests.supervision.sets import line_sets


def _second(instant: datetime | None) -> int | None:
    return None if instant is None else since_start(instant)


def as_case(fault: Fault) -> Case:
    """Return a judged fault in the oracle's words."""
    episodes = [
        Outbreak(
            first_failed=since_start(one.first_failed_at),
            detected=_second(one.detected_at),
            discovered=since_start(one.discovered_at),
            restored=_second(one.restored_at),
            last_bad=_second(one.last_bad_at),
            notified=_second(one.notified_at),
        )
        for one in fault.episodes
    ]
    return Case(
        number=fault.no,
        line=fault.line,
        source=fault.source.value,
        version=fault.policy_version,
        outbreaks=episodes,
        repeat_of=fault.repeat_of,
        acknowledged=_second(fault.acknowledged_at),
        claimed=_second(fault.claimed_at),
        closed=_second(fault.closed_at),
        flapping=fault.flapping,
        settled={name for name in fault.settled if name.startswith(("reminder", "overdue"))},
        party=fault.party.value,
        book=as_book(fault),
    )


def as_book(fault: Fault) -> Book:
    """Return what is left out of a fault's clock in the oracle's words."""
    granted = {one.id: (since_start(one.begins_at), since_start(one.ends_at), one.revoked) for one in fault.exclusions}
    book = Book(
        entries={name: (begin, end) for name, (begin, end, revoked) in granted.items() if not revoked},
        used=set(granted),
        back=0 if fault.counted_from is None else since_start(fault.counted_from),
    )
    book.reckon()
    return book


def as_letter(message: MessageDue) -> Letter:
    """Return a message in the oracle's words."""
    return Letter(
        at=since_start(message.at),
        line=message.line or "",
        name=message.milestone,
        due=since_start(message.due_at),
        passed=message.passed_over,
    )


def clocks(history: History, judged: Judged) -> list[tuple[float, float, int | None, str, float]]:
    """Return elapsed, its least, deadline, verdict and what was excluded of every fault at the end of the history."""
    rules = {policy.version: policy.clock for policy in history.policies.versions}
    readings = [read(fault, rules[fault.policy_version], at(history.end)) for fault in judged.faults().values()]
    return [
        (
            one.elapsed.total_seconds(),
            one.elapsed_min.total_seconds(),
            _second(one.deadline_at),
            one.verdict.value,
            one.excluded.total_seconds(),
        )
        for one in readings
    ]


def blips(judged: Judged) -> list[tuple[str, int, int, int]]:
    """Return line, first bad round, number of rounds and end of every blip."""
    return [
        (one.line, since_start(one.first_failed_at), one.rounds, since_start(one.at)) for one in judged.all(BlipSeen)
    ]


def availability(history: History, judged: Judged, *, blips: bool) -> dict[str, Figures]:
    """Return the seconds of every line and unit."""
    sets, figures = line_sets(history, judged, blips=blips), {}
    for line, of in sets.items():
        parts = (of.window, of.unknown, of.down, of.excluded, of.down - of.excluded)
        figures[line] = Figures(*(int(part.length.total_seconds()) for part in parts))
    for unit in history.inventory.units:
        one = unit_figures(sets[line.id] for line in history.inventory.lines.values() if line.unit == unit)
        figures[unit] = Figures(*(int(part.total_seconds()) for part in (one.window, one.unknown, one.down)))
    return figures


def clusters(judged: Judged) -> list[Cluster]:
    """Return the incidents in the oracle's words."""
    standing = incidents_of(judged.all(IncidentGrouped)).values()
    return [Cluster(one.number, one.carrier, one.node, one.faults) for one in standing]


@given(thrown(every))
def test_every_judgement_is_that_of_the_rules(history: History) -> None:
    """Faults, clocks, messages, blips, refusals, incidents and availability (sections 2 to 11)."""
    oracle, judged = Oracle(history).run(), judge(history)
    assert [as_case(fault) for fault in judged.faults().values()] == oracle.cases
    assert clocks(history, judged) == [(*oracle.clock(case), excluded_of(oracle, case)) for case in oracle.cases]
    together = sorted((one for one in oracle.incidents if one.faults), key=lambda one: one.number)
    assert clusters(judged) == together
    shared = {no for no, fault in judged.faults().items() if Reason.SHARED_UPSTREAM in fault.reasons}
    assert shared == {no for one in together for no in one.faults}
    assert sorted(as_letter(message) for message in judged.all(MessageDue)) == sorted(oracle.letters)
    assert blips(judged) == oracle.blips
    assert judged.refused == [history.actions[place] for place in oracle.refused]
    for count in (False, True):
        assert availability(history, judged, blips=count) == Sets(oracle, blips=count).all()
