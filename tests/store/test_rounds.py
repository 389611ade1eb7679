"""Stretches and roll-ups hold every round that was added, and only those."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.faults.observation import Observation, Outcome
from monitor.faults.outage import Watch
from monitor.store.measurements import LineState, Measured, Measurements, Resumed
from monitor.store.rollups import Rollup, Rollups, buckets_json, buckets_of
from monitor.store.stretches import Stretch, Stretches, Target

T = datetime(2026, 9, 1, 4, tzinfo=UTC)
OUTCOMES = st.sampled_from(Outcome)
GAPS = st.sampled_from([10, 60, 60, 60, 60, 61, 3600])
RTTS = st.lists(st.floats(min_value=1e-7, max_value=20), max_size=4).map(tuple)


def rounds(subject: str, steps: list[tuple[int, Outcome]]) -> list[Observation]:
    """Return rounds, each so many seconds after the one before."""
    at, made = T, []
    for gap, outcome in steps:
        at += timedelta(seconds=gap)
        made.append(Observation(subject, at, outcome))
    return made


def expanded(stretches: list[Stretch]) -> list[tuple[datetime, str]]:
    return [(at, stretch.outcome) for stretch in stretches for at in stretch.instants()]


def everything(stretches: Stretches, subject: str) -> list[Stretch]:
    last = stretches.take_open(subject)
    return [*stretches.take_closed(), *([] if last is None else [last])]


@given(st.lists(st.tuples(GAPS | st.just(0), OUTCOMES), min_size=1, max_size=60))
def test_stretches_expand_to_exactly_the_rounds_added(steps: list[tuple[int, Outcome]]) -> None:
    stretches, made = Stretches(Target.LINE), rounds("l1", steps)
    for observation in made:
        stretches.add(observation)
    found = everything(stretches, "l1")
    assert [(round_.at, round_.outcome.value) for round_ in made] == expanded(found)
    assert list(range(1, len(found) + 1)) == [stretch.number for stretch in found]


@given(st.lists(st.tuples(GAPS, OUTCOMES), min_size=2, max_size=40), st.data())
def test_stretches_go_on_where_another_run_left_them(steps: list[tuple[int, Outcome]], data: st.DataObject) -> None:
    made = rounds("l1", steps)
    cut = data.draw(st.integers(1, len(made) - 1))
    first = Stretches(Target.LINE)
    for observation in made[:cut]:
        first.add(observation)
    stored = {stretch.number: stretch for stretch in everything(first, "l1")}
    second = Stretches(Target.LINE, [stored[max(stored)]])
    for observation in made[cut:]:
        second.add(observation)
    stored |= {stretch.number: stretch for stretch in everything(second, "l1")}
    whole = Stretches(Target.LINE)
    for observation in made:
        whole.add(observation)
    assert everything(whole, "l1") == [stored[number] for number in sorted(stored)]


def test_a_day_of_even_rounds_is_one_stretch() -> None:
    stretches = Stretches(Target.LINE)
    for observation in rounds("l1", [(60, Outcome.GOOD)] * 1440):
        stretches.add(observation)
    [stretch] = everything(stretches, "l1")
    assert (T + timedelta(minutes=1), T + timedelta(days=1), 60, 1440) == stretch[4:]


def test_a_round_between_two_seconds_is_refused() -> None:
    with pytest.raises(ValueError, match="whole second"):
        Stretches(Target.LINE).add(Observation("l1", T + timedelta(microseconds=1), Outcome.GOOD))


def rollup(observations: list[Observation]) -> Rollup:
    rollups = Rollups()
    for observation in observations:
        rollups.add(observation)
    found = rollups.take_running("l1")
    assert found is not None
    return found


OBSERVATIONS = st.lists(
    st.builds(
        lambda outcome, rtts: Observation("l1", T, outcome, 4, len(rtts), rtts if outcome is Outcome.GOOD else ()),
        OUTCOMES,
        RTTS,
    ),
    min_size=1,
    max_size=30,
)


@given(OBSERVATIONS, OBSERVATIONS)
def test_two_parts_of_an_hour_merge_to_the_whole(one: list[Observation], other: list[Observation]) -> None:
    merged, whole = rollup(one).merged(rollup(other)), rollup(one + other)
    assert pytest.approx(whole.rtt_sum) == merged.rtt_sum
    names = [name for name in Rollup.__slots__ if name != "rtt_sum"]
    assert [getattr(whole, name) for name in names] == [getattr(merged, name) for name in names]


@given(st.lists(st.floats(min_value=1e-6, max_value=20), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_is_within_a_twentieth_of_the_true_one(times: list[float], share: float) -> None:
    found = rollup([Observation("l1", T, Outcome.GOOD, 1, 1, (time,)) for time in times]).quantile(share)
    rank = max(1, -int(-share * len(times) // 1))
    assert pytest.approx(sorted(times)[rank - 1], rel=0.05) == found


def test_an_hour_counts_its_rounds_and_no_other() -> None:
    rollups = Rollups()
    for minute in range(55, 65):
        rollups.add(Observation("l1", T + timedelta(minutes=minute), Outcome.GOOD, 3, 2, (0.004, 0.006)))
    rollups.add(Observation("l1", T + timedelta(minutes=65), Outcome.BAD, 3))
    rollups.add(Observation("l1", T + timedelta(minutes=66), Outcome.ERROR))
    [first] = rollups.take_finished()
    second = rollups.take_running("l1")
    assert second is not None
    assert (first.hour, first.good, first.bad, first.error, first.sent, first.received) == (T, 5, 0, 0, 15, 10)
    assert (T + timedelta(hours=1), 5, 1, 1, 18, 10) == (
        second.hour,
        second.good,
        second.bad,
        second.error,
        second.sent,
        second.received,
    )
    assert (first.rtt_min, first.rtt_max) == (0.004, 0.006)
    assert pytest.approx(0.005) == first.rtt_mean


def test_an_hour_without_an_answer_has_no_times() -> None:
    found = rollup([Observation("l1", T, Outcome.BAD, 3)])
    assert (found.rtt_min, found.rtt_mean, found.rtt_max, found.quantile(0.5)) == (None, None, None, None)


@given(st.dictionaries(st.integers(-160, 40), st.integers(1, 10**6)))
def test_a_histogram_comes_back_from_its_text(counts: dict[int, int]) -> None:
    buckets = tuple(sorted(counts.items()))
    assert buckets == buckets_of(buckets_json(buckets))


# -- what is written when ----------------------------------------------------------------------------------------


def test_a_quiet_line_is_written_once_a_minute_and_one_in_trouble_at_once() -> None:
    lines = [f"l{n:02}" for n in range(20)]
    measurements = Measurements()
    watches: dict[str, Watch] = {}
    writes: dict[str, int] = dict.fromkeys(lines, 0)
    for second in range(121):
        at = T + timedelta(seconds=second)
        for line in lines:
            bad = line == "l07" and second > 60
            measurements.add_line(Observation(line, at, Outcome.BAD if bad else Outcome.GOOD, 1))
            watches[line] = Watch(at, False, at, second) if bad else Watch(at, True)
        for stretch in measurements.take(at, watches).open:
            writes[stretch.subject] += 1
    assert {3} == {writes[line] for line in lines if line != "l07"}  # at its first round, and once in each minute
    assert 60 <= writes["l07"] <= 63


def test_nothing_is_left_behind_at_an_orderly_end() -> None:
    measurements = Measurements()
    watches = {"l1": Watch(T + timedelta(minutes=3), True)}
    for minute in range(4):
        measurements.add_line(Observation("l1", T + timedelta(minutes=minute), Outcome.GOOD, 1, 1, (0.01,)))
        measurements.take(T, watches)
    last = measurements.take(T + timedelta(minutes=3), watches, whole=True)
    assert [stretch.rounds for stretch in last.open] == [4]
    assert [hour.good for hour in last.hours] == [4]
    assert (LineState("l1", watches["l1"]),) == last.states


def test_a_streak_dropped_without_a_round_is_written() -> None:
    measurements = Measurements()
    measurements.add_line(Observation("l1", T, Outcome.BAD, 1))
    measurements.take(T, {"l1": Watch(T, False, T, 1)})
    dropped = Watch(T, False)
    taken = measurements.take(T, {"l1": dropped})
    assert (LineState("l1", dropped),) == taken.states


def test_measuring_goes_on_from_another_run() -> None:
    first = Measurements()
    first.add_line(Observation("l1", T, Outcome.GOOD, 1, 1, (0.01,)))
    first.add_reference(Observation("r1", T, Outcome.GOOD, 1, 1, (0.01,)))
    left = first.take(T, {}, whole=True)
    second = Measurements(Resumed(left.open, left.hours))
    at = T + timedelta(minutes=1)
    second.add_line(Observation("l1", at, Outcome.GOOD, 1, 1, (0.02,)))
    second.add_reference(Observation("r1", at, Outcome.GOOD, 1, 1, (0.01,)))
    taken: Measured = second.take(at, {}, whole=True)
    assert {("line", "l1", 2), ("reference", "r1", 2)} == {(one.target, one.subject, one.rounds) for one in taken.open}
    assert [(hour.good, hour.rtt_min, hour.rtt_max) for hour in taken.hours] == [(2, 0.01, 0.02)]
