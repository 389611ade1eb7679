"""Section 12: loss of 5 % or three times the usual round-trip time over fifteen minutes is a degradation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.faults.degradation import BUCKETS, Quality
from monitor.faults.events import DegradationBegan, DegradationEnded, Event, FaultOpened
from monitor.faults.observation import Observation, outcome_of
from monitor.faults.terms import Cause
from monitor.inventory.model import Carrier, Inventory, Line, Unit
from monitor.policy import DegradationRule, Policies, Policy
from monitor.supervision import Supervision

START = datetime(2026, 9, 1, tzinfo=UTC)
RULE = DegradationRule()
INVENTORY = Inventory(
    carriers={"c": Carrier(id="c", name="C", short_name="C")},
    units={"u": Unit(id="u", name="U", short_name="U")},
    lines={"L1": Line(id="L1", unit="u", carrier="c", address="192.0.2.1")},
)


def seen(minute: int, received: int, sent: int = 20, rtt: float = 0.01) -> Observation:
    at = START + timedelta(minutes=minute)
    return Observation("L1", at, outcome_of(sent=sent, received=received), sent, received, (rtt,) * received)


def judged(*rounds: Observation, usual: float | None = 0.01) -> Cause | None:
    """Take rounds a minute apart and judge what lies behind."""
    quality = Quality()
    if usual is not None:
        quality.remember([usual] * 24)
    for one in rounds:
        quality.take(one, RULE)
    return quality.judge(RULE) if quality.telling else None


CASES = [
    ("nothing lost and as quick as usual is well", [20] * 16, 0.01, 0.01, None),
    ("one echo in twenty lost is 5 %, which is degraded", [19] * 16, 0.01, 0.01, Cause.LOSS),
    ("less than 5 % lost is not", [20, 19] * 8, 0.01, 0.01, None),
    ("just under three times the usual time is not", [20] * 16, 0.0299, 0.01, None),
    ("more than three times the usual time is", [20] * 16, 0.031, 0.01, Cause.RTT),
    ("without a baseline no time is called slow", [20] * 16, 9.0, None, None),
    ("less than fifteen minutes says nothing", [10] * 15, 0.01, 0.01, None),
]


@pytest.mark.parametrize(("rule", "received", "rtt", "usual", "cause"), CASES, ids=[case[0] for case in CASES])
def test_the_quality_of_fifteen_minutes(
    rule: str, received: list[int], rtt: float, usual: float | None, cause: Cause | None
) -> None:
    assert cause is judged(*(seen(minute, each, rtt=rtt) for minute, each in enumerate(received)), usual=usual)


def test_a_gap_of_the_whole_time_forgets_what_was_before() -> None:
    quality = Quality()
    for minute in (*range(16), 60):
        quality.take(seen(minute, 10), RULE)
    assert not quality.telling


def test_the_baseline_is_the_median_of_hourly_means_of_seven_days() -> None:
    quality = Quality()
    quality.remember([1.0] * 100 + [0.01] * 100 + [0.5] * 68)
    assert 0.01 == pytest.approx(sorted([0.01] * 100 + [0.5] * 68)[84])
    assert quality.baseline == pytest.approx(0.01)


def run(received: list[int]) -> list[Event]:
    supervision = Supervision(INVENTORY, Policies([Policy()]), ZoneInfo("Asia/Shanghai"))
    events: list[Event] = []
    for minute, each in enumerate(received):
        one = seen(minute, each)
        events += supervision.step(one.at, lines=[one])
    return [event for event in events if isinstance(event, DegradationBegan | DegradationEnded | FaultOpened)]


def test_a_degradation_is_on_record_with_start_and_end_and_is_no_fault() -> None:
    began, ended = run([18] * 16 + [20] * 20)
    assert isinstance(began, DegradationBegan)
    assert isinstance(ended, DegradationEnded)
    assert (Cause.LOSS, START + timedelta(minutes=15), START) == (began.cause, began.at, began.began_at)
    assert START + timedelta(minutes=24) == ended.at  # from then on at most seven of the fifteen rounds lost two


def test_a_degradation_ends_where_the_line_fails() -> None:
    kinds = [type(event) for event in run([18] * 16 + [0] * 3)]
    assert [DegradationBegan, FaultOpened, DegradationEnded] == kinds


def test_the_window_holds_fifteen_buckets() -> None:
    quality = Quality()
    for minute in range(40):
        quality.take(seen(minute, 20), RULE)
    assert BUCKETS == len(quality.window)
    assert 20 * BUCKETS == quality.sent
