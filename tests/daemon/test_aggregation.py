"""What a node, a line, a power supply and a lossy link leave on record: real packets, real agents, the real daemon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.faults.events import (
    DegradationBegan,
    DegradationEnded,
    EvidenceFound,
    FaultOpened,
    IncidentGrouped,
    OutageConfirmed,
    PathTraced,
)
from monitor.faults.fault import Status
from monitor.faults.incident import incidents_of
from monitor.faults.terms import Cause
from tests.daemon.aggregation import BESIDE, CORE, LINES, NODE, Aggregation, aggregation
from tests.daemon.county import COMMUNITY

LIMIT = timedelta(hours=12)
LOSSY = """\
version: loss-1
detection: {interval: 1s, fast_interval: 1s, packets: 8, stale_after: 30s}
degradation: {loss: 5%, for: 15s}
"""


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SNMP_COMMUNITY", COMMUNITY)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Aggregation]:
    with aggregation(tmp_path) as made:
        yield made


def incident(here: Aggregation) -> tuple[str, ...]:
    """Return the faults of the only incident that ever was."""
    events = here.events(IncidentGrouped)
    assert {1} == {event.incident for event in events}, events
    [found] = incidents_of(events).values()
    assert ("unicom", "east") == (found.carrier, found.node)
    return found.faults


def test_a_cut_at_the_node_is_one_incident_with_five_clocks(here: Aggregation) -> None:
    here.start()
    here.until_sample("line_up", 1, *LINES, BESIDE)
    here.cut("node")
    here.until_sample("fault_open", 1, *LINES)
    here.until(lambda: 5 == len({no for event in here.events(IncidentGrouped) for no in event.faults}), "five in it")
    here.until(lambda: here.page()["extranet_incident_open"] == 1, "shown on the page")
    assert set(incident(here)) == {fault.no for fault in here.faults()}

    page = here.page()
    for fault in here.faults():
        assert page[f"extranet_fault_discovered_timestamp_seconds {fault.line}"] == fault.discovered_at.timestamp()
        due = (fault.discovered_at + LIMIT).timestamp()
        assert page[f"extranet_fault_deadline_timestamp_seconds {fault.line}"] == due
    for line in LINES:
        story = here.story(line)
        told = (story["evidence"], story["proposed_party"], story["incident"], story["verdict"])
        assert (["shared_upstream"], "carrier", 1, "running") == told
        assert instant(story["deadline_at"]) - instant(story["discovered_at"]) == LIMIT
        siblings = {each["line"]: each["state"] for each in story["gathered"]["siblings"]}
        assert {other: "down" for other in LINES if other != line} == siblings
    assert "联通 East, 5 lines, 5 still down" in here.told("status")
    assert (1, 0) == (here.sample("line_up", BESIDE), here.sample("fault_open", BESIDE))

    here.cut("L5")
    here.mend("node")
    here.until_sample("fault_open", 0, *LINES[:4])
    assert 1 == here.page()["extranet_incident_open"]
    here.until(lambda: "5 lines, 1 still down" in here.told("status"), "one line lingers")
    here.mend("L5")
    here.until_sample("fault_open", 0, *LINES)
    here.until(lambda: here.page()["extranet_incident_open"] == 0, "the incident ends with its last fault")
    here.until(lambda: {Status.RESTORED} == {fault.status for fault in here.faults()}, "all of it is on record")
    assert "still down" not in here.told("status")
    assert 5 == len(incident(here)) == len(here.faults())
    here.stop()
    with here.records() as records:
        assert () == records.verify().findings


def test_a_line_cut_speaks_for_the_carrier_with_the_path_to_show(here: Aggregation) -> None:
    watch_agents(here, "L1", "L2")
    here.cut("L2")
    here.until_sample("fault_open", 1, "L2")
    here.until(lambda: 2 == len(here.events(PathTraced)), "the ways to the line and to a neighbour were traced")
    during = here.story("L2")
    assert ([], "undetermined") == (during["evidence"], during["proposed_party"])
    [spoken] = during["gathered"]["device"]
    assert (1, None) == (spoken["episode"], spoken["after"])
    assert instant(spoken["before"]["at"]) <= instant(during["first_failed_at"])
    assert {(CORE, None), (NODE, "unreachable")} >= {(NODE, each["said"]) for each in during["gathered"]["icmp"]}
    paths = {path["neighbour"]: path for path in during["gathered"]["paths"]}
    [neighbour] = paths.keys() - {None}
    assert [CORE, NODE] == [hop["address"] for hop in paths[None]["hops"]]
    assert (NODE, 2) == (paths[None]["answered_last"]["address"], paths[None]["answered_last"]["distance"])
    assert [CORE, NODE] == [hop["address"] for hop in paths[neighbour]["hops"]][:2]
    assert [False, False, True] == [hop["reached"] for hop in paths[neighbour]["hops"]]

    here.mend("L2")
    here.until_sample("fault_open", 0, "L2")
    here.until(lambda: 1 == len(here.events(EvidenceFound)), "the device has spoken")
    after = here.story("L2")
    assert ("carrier", "carrier") == (after["proposed_party"], after["gathered"]["reasons"][0]["party"])
    assert "uptime_continuous" in after["evidence"]
    [spoken] = after["gathered"]["device"]
    assert spoken["before"]["engine_boots"] == spoken["after"]["engine_boots"]
    assert spoken["before"]["sys_uptime_s"] < spoken["after"]["sys_uptime_s"]
    page = here.told("fault", "show", after["no"])
    for wanted in (
        "proposed party: Carrier",
        "device ran on",
        f"to the line  {NODE} at hop 2 says unreachable",
        f"to its neighbour {neighbour}  reached 192.0.2.",
        f"boots {spoken['after']['engine_boots']}",
        "East",
        "up 4/4",
    ):
        assert wanted in page, page
    here.stop()


def test_a_power_loss_speaks_for_the_unit_though_the_daemon_is_killed_in_it(here: Aggregation) -> None:
    watch_agents(here, "L1")
    here.power("L1", on=False)
    here.until_sample("fault_open", 1, "L1")
    here.until(lambda: 1 == len(here.events(FaultOpened)), "the page may be a moment ahead of the ledger")
    here.kill()
    here.start()
    here.until_sample("fault_open", 1, "L1")
    here.power("L1", on=True)
    here.until_sample("fault_open", 0, "L1")
    here.until(lambda: 1 == len(here.events(EvidenceFound)), "the device has spoken")
    story = here.story("L1")
    assert ("agent_restarted", "unit") == (story["evidence"][0], story["proposed_party"])
    [spoken] = story["gathered"]["device"]
    before, after = spoken["before"], spoken["after"]
    assert before["engine_boots"] + 1 == after["engine_boots"]
    assert instant(before["at"]) <= instant(story["first_failed_at"]) < instant(after["at"])
    up_since = instant(after["at"]) - timedelta(seconds=after["sys_uptime_s"])
    assert instant(story["first_failed_at"]) < up_since
    page = here.told("fault", "show", story["no"])
    boots = f"boots {before['engine_boots']}", f"boots {after['engine_boots']}"
    for wanted in ("proposed party: Unit", "device restarted", "before", "after", "up for", *boots):
        assert wanted in page, page
    here.stop()


def test_a_tenth_of_the_packets_lost_is_a_degradation_and_no_fault(tmp_path: Path) -> None:
    with aggregation(tmp_path, LOSSY) as here:
        here.lose("L3", 10)
        here.start()
        here.until_sample("line_degraded", 1, "L3", patience=90)  # the rule wants 15 s; the machine may be busy
        here.until(lambda: here.events(DegradationBegan) != [], "the page may be a moment ahead of the ledger")
        assert 1 == here.sample("line_up", "L3")
        here.lose_nothing()
        here.until_sample("line_degraded", 0, "L3", patience=90)
        here.until(lambda: here.events(DegradationEnded) != [], "the page may be a moment ahead of the ledger")
        here.stop()
        began = here.events(DegradationBegan)
        assert {("L3", Cause.LOSS)} == {(event.line, event.cause) for event in began}
        assert all(event.at - event.began_at == timedelta(seconds=15) for event in began)
        ended = here.events(DegradationEnded)
        assert ["L3"] * len(began) == [event.line for event in ended]
        assert began[-1].at < ended[-1].at
        assert [] == here.events(FaultOpened, OutageConfirmed)
        assert [] == here.faults()


def watch_agents(here: Aggregation, *lines: str) -> None:
    """Start the daemon and wait until it has asked the agents of some lines a second time."""
    here.start()
    here.until_sample("line_up", 1, *LINES)
    here.until_sample("snmp_up", 1, *lines)
    first: dict[str, Any] = {line: here.sample("device_uptime_seconds", line) for line in lines}
    here.until(lambda: all(first[line] != here.sample("device_uptime_seconds", line) for line in lines), "asked again")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
