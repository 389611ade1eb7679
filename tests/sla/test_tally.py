"""Counts over the whole ledger (``extranet_faults_total`` and its kin)."""

from __future__ import annotations

import pytest

from monitor.sla.tally import Repairs, Tally
from tests.histories import history, judge, rounds


@pytest.mark.parametrize(
    ("rule", "seconds", "bucket"),
    [
        ("A repair of exactly 15 minutes lies in the first bucket.", 900, "900"),
        ("A second more, in the next.", 901, "1800"),
        ("Exactly the limit is within 12 h.", 43200, "43200"),
        ("A second over it is not.", 43201, "86400"),
        ("Anything over 48 h is in the last.", 172801, "+Inf"),
        ("No time at all is in the first.", 0, "900"),
    ],
)
def test_a_repair_falls_into_its_bucket(rule: str, seconds: float, bucket: str) -> None:
    """A histogram's buckets are closed above: ``le``."""
    repairs = Repairs()
    repairs.add(seconds)
    first = next(bound for bound, count in repairs.cumulative() if count == 1)
    assert (first, repairs.count, repairs.total) == (bucket, 1, seconds), rule


def test_faults_are_counted_when_opened_and_closed() -> None:
    """Opened by carrier and source; closed by the verdict at closing, with the repair time."""
    judged = judge(history(rounds("L1", "5o10x200o"), end=200 * 60))
    tally = Tally()
    tally.take(judged.events)
    repairs = tally.repairs["c1"]
    assert dict(tally.opened) == {("c1", "monitor"): 1}
    assert dict(tally.closed) == {("c1", "on_time"): 1}
    assert (repairs.count, repairs.total) == (1, 8 * 60)
