"""``monitor status`` beside the daemon: which lines are degraded now (section 12), as the ledger has it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.faults.events import DegradationBegan, FaultReported
from monitor.faults.observation import Observation, outcome_of
from monitor.store.batch import Batch
from monitor.store.measurements import Measurements
from monitor.store.store import Store
from monitor.supervision import Supervision
from tests.actions.conftest import MINUTE, ZONE, Office, office_at

RULE = 15 * MINUTE  # the policy's degradation.for
LOSSY, WELL = [2] * 16, [3] * 20  # echoes answered of three, a minute apart


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A place over a new database."""
    return office_at(tmp_path, f"sqlite:///{tmp_path}/var/monitor.db")


def watched(office: Office, received: list[int], *, ago: timedelta = timedelta()) -> None:
    """Have the monitor see rounds of L1 until some time ago."""
    supervision = Supervision(office.configuration.inventory, office.configuration.policies, ZONE)
    measurements, events = Measurements(), []
    last = datetime.fromtimestamp(int(time.time()), UTC) - ago
    for before, each in zip(range(len(received) - 1, -1, -1), received, strict=True):
        at, rtts = last - before * MINUTE, (0.01,) * each
        seen = Observation("L1", at, outcome_of(sent=3, received=each), 3, each, rtts)
        measurements.add_line(seen)
        events += supervision.step(at, lines=[seen])
    store = Store.open(office.url)
    measured = measurements.take(last, supervision.watches, whole=True)
    sight, numbered = supervision.sight, supervision.numbered
    store.commit(Batch(judged_at=last, sight=sight, numbered=numbered, events=tuple(events), measured=measured))
    store.close()


def since(office: Office) -> str:
    """Return when the only degradation on record began, as it is said."""
    [began] = office.events(DegradationBegan)
    assert RULE == began.at - began.began_at
    return f"{began.began_at.astimezone(ZONE):%m-%d %H:%M:%S}"


CASES = [
    ("well all the time", WELL, timedelta(), None),
    ("lossy for fifteen minutes", LOSSY, timedelta(), "Degraded: 财政局 L1 (联通), loss, since {since}."),
    ("well again", LOSSY + WELL, timedelta(), None),
    ("and then down, which is a fault", LOSSY + [0] * 3, timedelta(), None),
    ("not seen any more", LOSSY, MINUTE * 60, "Degraded: 财政局 L1 (联通), loss, since {since}, now unknown."),
]


@pytest.mark.parametrize(("rule", "received", "ago", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_line_stands_below_the_open_faults_while_it_is_degraded(
    office: Office, rule: str, received: list[int], ago: timedelta, said: str | None
) -> None:
    """With unit, carrier, by what and since when; nothing of it where none is, and nothing in the fixed object."""
    watched(office, received, ago=ago)
    shown = " ".join(office.done("status").split())
    if said is None:
        assert "Degraded" not in shown, rule
    else:
        assert shown.endswith(said.format(since=since(office))), rule
    assert {"lines", "faults", "blind", "last_round_at"} == set(json.loads(office.done("status", "--json")))


def test_an_officer_raises_a_fault_from_a_degradation(office: Office) -> None:
    """The line answers all the while, so nothing measured opens one; the degradation stands beside it."""
    watched(office, LOSSY, ago=MINUTE)  # so long silent that no daemon is waited for
    assert [] == office.faults()
    office.done("fault", "report", "L1", "--by", "centre", "--why", "unusable by loss")
    [reported] = office.events(FaultReported)
    [fault] = office.faults()
    assert (fault.no, "L1", "unusable by loss") == (reported.no, fault.line, reported.why)
    shown = office.done("status")
    assert shown.index(fault.no) < shown.index("Degraded: ")
