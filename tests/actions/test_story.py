"""``fault show`` tells everything on record of a fault, and every verdict that it had."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

from monitor.sla.spelling import spell_time
from tests.actions.conftest import MINUTE, Office, local

HOURS = timedelta(hours=1)


def now() -> datetime:
    return datetime.fromtimestamp(int(time.time()), UTC)


def test_a_story_holds_measurements_messages_actions_and_verdicts(office: Office) -> None:
    begin = now() - 14 * HOURS
    office.outage("L1", begin, bad=13 * 60, good=4)
    no = office.faults()[0].no
    office.done("fault", "acknowledge", no, "--by", "carrier", "--who", "李工")
    span = ("--from", local(begin), "--to", local(begin + 2 * HOURS), "--reason", "access_denied")
    office.done("fault", "exclude", no, *span, "--id", "x1", "--why", "door locked")
    office.done("fault", "revoke", "x1")
    office.done("fault", "rule", no, "--party", "unit")
    story = office.shown(no)

    assert ["fault_acknowledged", "exclusion_granted", "exclusion_revoked", "party_ruled"] == [
        action["kind"] for action in story["actions"]
    ]
    assert ("李工", "carrier") == (story["actions"][0]["who"], story["actions"][0]["by"])
    sent = [(message["message"], message["fraction"]) for message in story["messages"]]
    assert [("opened", None), ("reminder", 0.5), ("reminder", 0.75), ("overdue", None), ("restored", None)] == sent

    elapsed = int((13 * HOURS - 2 * MINUTE).total_seconds())  # discovered with the third bad round
    verdicts = story["verdicts"]
    assert [(1, "late", 0), (2, "on_time", 118 * 60), (3, "late", 0), (4, "exempt", 0)] == [
        (version["version"], version["verdict"], version["excluded_s"]) for version in verdicts
    ]
    assert [elapsed, elapsed - 118 * 60, elapsed, elapsed] == [version["elapsed_s"] for version in verdicts]
    assert [None, "exclusion_granted", "exclusion_revoked", "party_ruled"] == [
        version["ruling"] and version["ruling"]["kind"] for version in verdicts
    ]
    assert [version["to"] for version in verdicts[:-1]] == [version["from"] for version in verdicts[1:]]
    assert (None, "unit") == (verdicts[-1]["to"], verdicts[-1]["party"])
    assert ("exempt", "unit", elapsed) == (story["verdict"], story["party"], story["elapsed_s"])

    restored = spell_time(begin + 13 * HOURS)
    assert [{"from": spell_time(begin), "to": restored}] == story["measurements"]["outages"]
    assert [("bad", spell_time(begin), 780), ("good", restored, 4)] == [
        (each["outcome"], each["from"], each["rounds"]) for each in story["measurements"]["stretches"]
    ]
    assert [event["seq"] for event in story["events"]] == sorted(event["seq"] for event in story["events"])


def test_a_story_tells_the_incident_and_its_evidence(office: Office) -> None:
    for number, line in enumerate(("L1", "L2", "L3")):
        office.done("fault", "report", line, "--by", "unit", "--request", str(number))
    no = office.faults()[0].no
    story = office.shown(no)
    assert ["shared_upstream"] == story["evidence"]
    assert (1, "carrier") == (story["incident"], story["proposed_party"])
    assert [1, 1, 1] == [each["incident"] for each in json.loads(office.done("faults", "--json"))]
    assert {"incident_grouped", "evidence_found"} == {event["kind"] for event in story["evidence_events"]}


def test_a_line_names_its_open_fault_else_its_latest(office: Office) -> None:
    begin = now() - 5 * HOURS
    office.outage("L1", begin, bad=30, good=100)
    closed = office.faults()[0].no
    assert closed == office.shown("L1")["no"]
    office.done("fault", "report", "L1", "--by", "unit")
    opened = office.faults()[-1].no
    assert closed != opened == office.shown("L1")["no"]


def test_a_story_is_printed_for_people(office: Office) -> None:
    office.done("fault", "report", "L1", "--by", "unit", "--why", "no web pages")
    no = office.faults()[0].no
    office.done("fault", "rule", no, "--party", "unit", "--who", "duty")
    page = office.done("fault", "show", no)
    for wanted in (no, "Verdicts", "Timeline", "Measurements", "no web pages", "party ruled", "exempt", "who=duty"):
        assert wanted in page
