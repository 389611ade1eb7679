"""What is on record of each line, from the ledger's events (section 11 of the fault rules)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.faults.actions import Report, Restore
from monitor.faults.fault import Exclusion, Fault
from monitor.faults.terms import ExclusionReason, Source
from monitor.inventory.model import Line
from monitor.sla.availability import LineHistory
from monitor.sla.history import Histories, by_line, concerns
from monitor.sla.spans import FOREVER, Spans, spans
from tests.histories import START, History, at, history, judge, rounds, since_start
from tests.sla.faults import HOUR, Ep, fault

LINE = Line(id="L1", unit="u1", carrier="c1", address="192.0.2.1")


def recorded(of: History, *, blips: bool = False) -> LineHistory:
    judged, record = judge(of), Histories()
    record.take(judged.events)
    watch = judged.supervision.watches.get("L1")
    faults = by_line(judged.faults().values()).get("L1", ())
    return record.of(LINE, last_seen_at=watch and watch.last_at, faults=faults, count_blips=blips)


def parts(these: Spans) -> list[tuple[int, int | None]]:
    return [(since_start(begin), None if end == FOREVER else since_start(end)) for begin, end in these]


@pytest.mark.parametrize(
    ("rule", "told", "blips", "expected"),
    [
        (
            "An outage is down from its first bad round to its first good one.",
            history(rounds("L1", "5o5x5o"), end=900),
            False,
            [(300, 600)],
        ),
        ("An outage that lasts has no end.", history(rounds("L1", "5o5x"), end=600), False, [(300, None)]),
        ("A blip is no down time.", history(rounds("L1", "5o2x5o"), end=720), False, []),
        ("Unless blips count.", history(rounds("L1", "5o2x5o"), end=720), True, [(300, 420)]),
        (
            "A streak dropped by a gap is none even if blips count.",
            history(rounds("L1", "5o2x9.5o"), end=1200),
            True,
            [],
        ),
        (
            "A reported fault is down though nothing was measured.",
            history(
                rounds("L1", "30o"),
                actions=[
                    Report(at=at(300), line="L1", by=Source.UNIT),
                    Restore(at=at(900), line="L1", by=Source.CENTRE, restored_at=at(840)),
                ],
                end=1500,
            ),
            False,
            [(300, 840)],
        ),
        (
            "A report before the outage: both are one down time.",
            history(rounds("L1", "10o10x10o"), actions=[Report(at=at(500), line="L1", by=Source.UNIT)], end=1740),
            False,
            [(500, 1200)],
        ),
    ],
)
def test_down_time(rule: str, told: History, blips: bool, expected: list[tuple[int, int | None]]) -> None:
    assert parts(recorded(told, blips=blips).down) == expected, rule


def test_first_round_last_round_and_gaps_are_kept() -> None:
    """What makes a line unknown: before the first, after the last, between rounds too far apart."""
    record = recorded(history(rounds("L1", "5o9.5o", begin=60), end=1200))
    expected = (60, 1140, [(60 + 4 * 60 + 60, 60 + 14 * 60)])
    assert record.first_seen_at is not None
    assert record.last_seen_at is not None
    assert (since_start(record.first_seen_at), since_start(record.last_seen_at), parts(record.gaps)) == expected


def test_a_month_that_is_over_is_forgotten_but_for_what_lasts() -> None:
    """What ended at or before the instant goes; an open outage stays, and can still end."""
    early = judge(history(rounds("L1", "5o5x5o9.5o2x3o5x"), end=3000)).events
    record = Histories()
    record.take(early)
    record.forget_before(at(2040))
    kept = record.of(LINE, last_seen_at=at(2340), faults=(), count_blips=True)
    assert (parts(kept.gaps), parts(kept.down)) == ([], [(2040, None)])


def test_faults_are_grouped_by_line() -> None:
    """Each line's faults together, in their order."""
    told = history(actions=[Report(at=at(5), line="L1", by=Source.UNIT)], end=60)
    faults: list[Fault] = list(judge(told).faults().values())
    assert by_line(faults) == {"L1": faults}


def test_nothing_on_record_is_an_empty_history() -> None:
    """A line that nobody measured yet."""
    assert Histories().of(LINE, last_seen_at=None, faults=(), count_blips=True) == LineHistory(down=spans(()))


@pytest.mark.parametrize(
    ("rule", "period", "expected"),
    [
        ("Before it: nothing.", (-10, 0), False),
        ("Down in it.", (0, 1), True),
        ("Not between its episodes.", (5, 8), False),
        ("Down in its second episode.", (9, 11), True),
        ("Over.", (12, 20), False),
        ("Over, but what was excluded of it reaches so far.", (20, 25), True),
        ("And no further.", (26, 30), False),
    ],
)
def test_the_periods_that_a_fault_concerns(rule: str, period: tuple[int, int], expected: bool) -> None:
    """Down for the hours 0 to 5 and 8 to 12; hours 21 to 26 are excluded."""
    out = Exclusion(id="x1", begins_at=START + 21 * HOUR, ends_at=START + 26 * HOUR, reason=ExclusionReason.OTHER)
    one = replace(fault(Ep(0, 0, 5), Ep(8, 8, 12)), exclusions=(out,))
    assert concerns(one, (START + period[0] * HOUR, START + period[1] * HOUR)) == expected, rule


def test_a_fault_concerns_the_period_of_its_discovery_though_it_took_no_time() -> None:
    """Reported and restored at one instant: counted there, and in no other."""
    at_once = fault(Ep(3, 3, 3))
    assert concerns(at_once, (START + 3 * HOUR, START + 4 * HOUR))
    assert not concerns(at_once, (START, START + 3 * HOUR))


def test_a_revoked_exclusion_reaches_nowhere() -> None:
    out = Exclusion(
        id="x1", begins_at=START + 21 * HOUR, ends_at=START + 26 * HOUR, reason=ExclusionReason.OTHER, revoked=True
    )
    assert not concerns(replace(fault(Ep(0, 0, 5)), exclusions=(out,)), (START + 20 * HOUR, START + 30 * HOUR))
