"""Whatever a file holds, reading it ends in problems, never in another exception."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from monitor.config.installation import read_installation
from monitor.config.inventory import read_inventory, scenario_inventory
from monitor.config.on_call import on_call_problems, on_call_warnings
from monitor.config.policy import overriding, read_policies
from monitor.config.problem import Problem
from monitor.config.reach import reach_problems, reach_warnings
from monitor.config.source import parse
from monitor.policy import Policies, Policy
from tests.config.written import INVENTORY

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDS = [
    "id",
    "name",
    "unit",
    "carrier",
    "node",
    "parent",
    "address",
    "contacts",
    "role",
    "in_service_to",
    "snmp",
    "from",
]
SECTIONS = ["carriers", "nodes", "units", "lines", "references", "other"]
RULES = ["version", "effective_from", "detection", "clock", "reminders", "degradation", "report", "availability"]
NUMBERS = [
    "interval",
    "stale_after",
    "limit",
    "start",
    "fractions",
    "loss",
    "rtt_factor",
    "for",
    "freeze_day",
    "count_blips",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["a", "b", "192.0.2.1", "::1", "2026-01-01", "9999-12-31", "1h", "50%", "no", "0s", "99999999d"])
    | st.text(max_size=6)
)


def values(keys: list[str]) -> st.SearchStrategy[object]:
    """Draw values nested as the files nest theirs, with their keys in any place."""
    return st.recursive(
        SCALARS,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(keys), below, max_size=4),
        max_leaves=10,
    )


@given(st.dictionaries(st.sampled_from(SECTIONS), st.lists(values(WORDS), max_size=4) | values(WORDS), max_size=4))
def test_no_inventory_crashes_the_reading(sections: object) -> None:
    problems: list[Problem] = []
    document = parse(json.dumps({"inventory": sections}), file="f")
    whole = parse(json.dumps(sections), file="f")
    read = read_inventory([whole], zone=SHANGHAI, profiles=["a"], problems=problems)
    lenient, others = scenario_inventory(document, ("inventory",), zone=SHANGHAI)
    for problem in (*problems, *others):
        assert problem.message
        assert (problem.line, problem.column) >= (1, 1)
    for line in (*read.lines.values(), *lenient.lines.values()):
        assert line.address
        assert all(at is None or at.tzinfo is UTC for at in (line.in_service_from, line.in_service_to))


@given(st.dictionaries(st.sampled_from(RULES), values(NUMBERS), max_size=4))
def test_no_policy_crashes_the_reading(rules: object) -> None:
    problems: list[Problem] = []
    read = read_policies([parse(json.dumps(rules), file="f")], zone=SHANGHAI, problems=problems)
    others: list[Problem] = []
    base, document = Policies([Policy()]), parse(json.dumps({"policy": rules}), file="f")
    [policy] = overriding(base, document, "policy", problems=others).versions
    assert len(problems) == len(others)
    if not problems:
        assert policy.detection == read.versions[0].detection
        assert policy.detection.stale_after > policy.detection.interval


TELLING = ["carrier", "unit_kinds", "kinds", "hours", "days", "channels", "wait", "name", "phone", "email", "dates",
           "a", "holidays", "workdays", "2027", "kind", "url", "roster", "host", "sender"]  # fmt: skip
SAID = st.sampled_from(["a", "all", "alarms", "opened", "overdue", "08:00-20:00", "20:00-08:00", "workdays", "mon",
                        "village", "2027-01-01", "2027-10-01", "138", "sms", "smtp", "http://h"])  # fmt: skip
ROUTE = st.fixed_dictionaries(
    {"kinds": SAID | st.lists(SAID, max_size=2), "channels": st.just(["a"])},
    optional={
        "carrier": SAID,
        "unit_kinds": st.just("village"),
        "hours": SAID,
        "days": SAID | st.lists(SAID, max_size=2),
        "wait": st.booleans(),
    },
)
SHIFT = st.fixed_dictionaries(
    {"phone": st.just("138")}, optional={"hours": SAID, "days": SAID, "dates": st.lists(SAID)}
)
YEAR = st.dictionaries(st.sampled_from(["holidays", "workdays"]), st.lists(SAID))
SHAPES = {
    "channels": st.just({"a": {"kind": "sms", "url": "http://h", "roster": "a"}}),
    "routes": st.lists(ROUTE, max_size=3),
    "rosters": st.dictionaries(st.just("a"), st.lists(SHIFT, max_size=3), min_size=1),
    "calendar": st.dictionaries(st.just("2027"), YEAR),
}
ANY = {name: shape | values(TELLING) for name, shape in SHAPES.items()}
SECTIONS_OF_TELLING = st.fixed_dictionaries({}, optional=ANY)


@given(SECTIONS_OF_TELLING)
def test_nothing_about_who_is_told_crashes_the_reading_or_the_checks(sections: object) -> None:
    """Whatever stands under channels, routes, rosters and calendar is read, and judged where it can be."""
    problems: list[Problem] = []
    document = parse(json.dumps(sections), file="f")
    read = read_installation(document, environ={}, folder=Path("/nowhere"), problems=problems)
    inventory = read_inventory([parse(INVENTORY, file="i")], zone=SHANGHAI, profiles=[], problems=problems)
    at = datetime(2027, 12, 31, 20, tzinfo=UTC)
    if read.telling_whole:
        problems += reach_problems(document, read.settings, inventory, at)
        problems += reach_warnings(document, read.settings, inventory, at)
        problems += on_call_problems(document, read.settings)
        problems += on_call_warnings(document, read.settings, at)
    for problem in problems:
        assert problem.message
        assert (problem.line, problem.column) >= (1, 1)
