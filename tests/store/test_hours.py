"""What a quick look at a page of hours passes, a slow one at each has nothing to say of."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.faults.observation import Observation, Outcome
from monitor.store import tables
from monitor.store.errors import Unreadable
from monitor.store.hour_checks import by_hour
from monitor.store.hour_figures import slips, sound
from monitor.store.instant import EPOCH, to_stored
from monitor.store.remembered import rollup_of
from monitor.store.rollups import HOUR, Rollups, columns
from monitor.store.stretches import Stretch, Target

T = datetime(2026, 9, 1, 4, tzinfo=UTC)
NAMES = [*tables.hourly.columns.keys()]
RTTS = st.lists(st.floats(min_value=1e-7, max_value=20), min_size=1, max_size=12)
WRONG: list[Any] = [None, "", "5", -1, 0, 1, 7, 10**18, -1.0, 0.0, 0.5, 20.0, float("inf"), float("nan"), b"x"]
HISTOGRAMS = ["[1,2]", "[1,2],[3,4]", "[1, 2]", "[1,2,3]", "[[1],2]", "[1.0,2]", "[-0,2]", "[1,2", "[5,1,-90,1]", "[]"]


def row_of(times: list[float], hour: datetime = T) -> dict[str, Any]:
    """Return the row of an hour with these round-trip times, as SQLite keeps it."""
    rollups = Rollups()
    for number, rtt in enumerate(times):
        rollups.add(Observation("l1", hour + timedelta(seconds=number), Outcome.GOOD, 1, 1, (rtt,)))
    running = rollups.take_running("l1")
    assert running is not None
    return columns(running) | {"hour": to_stored(hour, "sqlite")}


def said_of(row: dict[str, Any]) -> list[str]:
    """Return what a slow look says of a row."""
    read = SimpleNamespace(**row | {"hour": EPOCH + timedelta(microseconds=row["hour"])})
    try:
        return [*slips(read, rollup_of(read))]  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, Unreadable) as error:
        return [str(error)]


@pytest.mark.parametrize("at", [lambda at: to_stored(at, "sqlite"), lambda at: at], ids=["sqlite", "postgresql"])
def test_a_page_of_hours_as_they_were_written_is_sound(at: Any) -> None:
    rows = [row_of([0.002, 0.003, 0.01][: number + 1], T + number * HOUR) for number in range(3)]
    page = [list((row | {"hour": at(T + number * HOUR)}).values()) for number, row in enumerate(rows)]
    first = (T - EPOCH) // HOUR
    assert [first, first + 1, first + 2] == sound(page)
    assert None is sound([*page, list(row_of([0.002], T + timedelta(seconds=1)).values())])


@given(RTTS, st.sampled_from(NAMES[1:]), st.data())
def test_no_hour_is_sound_of_which_there_is_something_to_say(
    times: list[float], name: str, data: st.DataObject
) -> None:
    row, other = row_of(times), row_of(data.draw(RTTS))
    assert [] == said_of(row)
    assert sound([[*row.values()]]) is not None
    row[name] = data.draw(st.sampled_from([*WRONG, *HISTOGRAMS, other[name]]))
    assert sound([[*row.values()]]) is None or [] == said_of(row)


@given(
    st.integers(0, 7200), st.sampled_from([1, 7, 10, 60, 61, 600, 1800, 3599, 3600, 3601, 9000]), st.integers(1, 400)
)
def test_the_rounds_of_a_stretch_are_in_the_hours_of_their_instants(begin: int, step: int, rounds: int) -> None:
    first = T + timedelta(seconds=begin)
    last, step = first + timedelta(seconds=step * (rounds - 1)), step if rounds > 1 else 0
    stretch = Stretch(Target.LINE.value, "l1", 1, "good", first, last, step, rounds)
    found = Counter({hour: number for hours, number in by_hour(stretch) for hour in hours})
    assert Counter((at - EPOCH) // HOUR for at in stretch.instants()) == found
