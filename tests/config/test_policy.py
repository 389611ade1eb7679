"""policy.yaml: the defaults, several versions, every error with its place, and the overrides of a scenario."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from monitor.config.policy import overriding, read_policies
from monitor.config.problem import Problem
from monitor.config.source import parse
from monitor.policy import ClockStart, Policies, Policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
# As config.md prints them.
DEFAULTS = """\
version: "2026-1"
effective_from: 2026-01-01T00:00:00+08:00
detection: {interval: 60s, fast_interval: 10s, packets: 3, confirm_rounds: 3, restore_rounds: 3, stale_after: 180s}
clock: {start: discovered, limit: 12h, observe_for: 60m, repeat_within: 24h}
incident: {within: 3m, min_lines: 3, min_share: 50%}
reminders: {fractions: [0.5, 0.75], overdue_every: 4h, ack_target: 30m}
degradation: {loss: 5%, rtt_factor: 3, for: 15m}
flapping: {relapses: 3, within: 6h}
availability: {count_blips: false, reference: 99.9%}
report: {draw_up_day: 1, freeze_day: 5, rank_min_lines: 5, rank_min_coverage: 95%}
"""


def policies(*texts: str) -> tuple[Policies, list[str]]:
    problems: list[Problem] = []
    documents = [parse(text, file=f"{number}.yaml") for number, text in enumerate(texts, start=1)]
    read = read_policies(documents, zone=SHANGHAI, problems=problems)
    return read, [str(problem) for problem in problems]


@pytest.mark.parametrize("text", ["", "{}", "detection:\nclock: {limit: null}\n", DEFAULTS])
def test_an_empty_file_and_the_printed_defaults_are_the_policy_of_the_rules(text: str) -> None:
    read, problems = policies(text)
    assert problems == []
    assert read.versions == (Policy(),)


def test_every_key_is_taken() -> None:
    text = """\
version: 7
effective_from: 2027-01-01
detection: {interval: 30s, fast_interval: 5s, packets: 5, confirm_rounds: 1, restore_rounds: 2, stale_after: 2m}
clock: {start: notified, limit: 6h, observe_for: 0s, repeat_within: 2d}
incident: {within: 1m, min_lines: 2, min_share: 33.3%}
reminders: {fractions: [], overdue_every: 1h, ack_target: 10m}
degradation: {loss: 1%, rtt_factor: 2.5, for: 5m}
flapping: {relapses: 2, within: 1h}
availability: {count_blips: true, reference: 99%}
report: {draw_up_day: 2, freeze_day: 8, rank_min_lines: 1, rank_min_coverage: 0%}
"""
    read, problems = policies(text)
    (policy,) = read.versions
    assert problems == []
    assert (policy.version, policy.effective_from) == ("7", datetime(2026, 12, 31, 16, tzinfo=UTC))
    assert (policy.detection.interval, policy.detection.stale_after) == (timedelta(seconds=30), timedelta(minutes=2))
    assert (policy.clock.start, policy.clock.observe_for) == (ClockStart.NOTIFIED, timedelta())
    assert (policy.incident.min_lines, policy.incident.min_share) == (2, Fraction(333, 1000))
    assert (policy.reminders.fractions, policy.reminders.ack_target) == ((), timedelta(minutes=10))
    assert (policy.degradation.rtt_factor, policy.degradation.lasting) == (Fraction(5, 2), timedelta(minutes=5))
    assert (policy.flapping.relapses, policy.availability.count_blips) == (2, True)
    assert (policy.report.freeze_day, policy.report.rank_min_coverage) == (8, Fraction(0))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("detecton: {}", "1:1: detecton: unknown key; did you mean 'detection'?"),
        ("detection: {packts: 3}", "1:13: detection.packts: unknown key; did you mean 'packets'?"),
        ("degradation: {fro: 3m}", "1:15: degradation.fro: unknown key; did you mean 'for'?"),
        ("clock: [12h]", "1:8: clock: a mapping is wanted here (key: value)"),
        ("clock: {limit: 12}", "1:16: clock.limit: a duration needs its unit: 12s, 12m, 12h or 12d"),
        ("clock: {limit: 12:30}", "1:16: clock.limit: a duration is wanted, such as 500ms, 90s, 5m, 12h, 1h30m or 3d"),
        ("clock: {limit: 0s}", "1:16: clock.limit: a duration above zero is wanted here"),
        ("clock: {start: found}", "1:16: clock.start: one of discovered, first_failed, notified is wanted here"),
        ("detection: {interval: 500ms}", "1:23: detection.interval: a duration in whole seconds is wanted here"),
        ("detection: {packets: 0}", "1:22: detection.packets: a whole number from 1 to 1000000 is wanted here"),
        ("detection: {packets: '3'}", "1:22: detection.packets: a whole number from 1 to 1000000 is wanted here"),
        ("detection: {confirm_rounds: no}", "1:29: detection.confirm_rounds: a whole number from 1 to 1000000 is "
         "wanted here"),
        ("detection: {stale_after: 60s}", "1:26: detection.stale_after: stale_after must be longer than interval: else "
         "every round would be a gap"),
        ("detection: {interval: 5m}", "1:23: detection.interval: stale_after must be longer than interval: else every "
         "round would be a gap"),
        ("detection: {fast_interval: 2m}", "1:28: detection.fast_interval: fast_interval must not be longer than "
         "interval"),
        ("report: {freeze_day: 2, draw_up_day: 3}", "1:22: report.freeze_day: freeze_day must not come before "
         "draw_up_day"),
        ("report: {freeze_day: 31}", "1:22: report.freeze_day: a whole number from 1 to 28 is wanted here"),
        ("incident: {min_share: 0.5}", "1:23: incident.min_share: a share is wanted, from 0% to 100%, with its sign: "
         "50% or 99.9%"),
        ("degradation: {loss: 0%}", "1:21: degradation.loss: a share above 0% is wanted here"),
        ("degradation: {rtt_factor: 1}", "1:27: degradation.rtt_factor: a number above 1 is wanted here, such as 3 or "
         "2.5"),
        ("reminders: {fractions: [0.75, 0.5]}", "1:24: reminders.fractions: a list of numbers is wanted here that "
         "ascend between 0 and 1: [0.5, 0.75]"),
        ("reminders: {fractions: [0.5, 1]}", "1:24: reminders.fractions: a list of numbers is wanted here that ascend "
         "between 0 and 1: [0.5, 0.75]"),
        ("availability: {count_blips: no}", "1:29: availability.count_blips: true or false is wanted here"),
        ("effective_from: 2026-01-01T00:00:00", "1:17: effective_from: this time has no offset from UTC: write +08:00 "
         "(or Z) after it"),
        ("version: ''", "1:10: version: text is wanted here, and this is empty"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_its_place_and_its_cure(text: str, problem: str) -> None:
    assert policies(text)[1] == [f"1.yaml:{problem}"]


def test_versions_stand_side_by_side() -> None:
    read, problems = policies(
        "version: a", "{version: b, effective_from: 2027-01-01T00:00:00+08:00, clock: {limit: 6h}}"
    )
    assert problems == []
    assert [policy.version for policy in read.versions] == ["a", "b"]
    assert read.in_force(datetime(2027, 1, 1, tzinfo=UTC)).clock.limit == timedelta(hours=6)


def test_versions_that_share_a_name_or_a_beginning_are_refused() -> None:
    beginning = "effective_from: 2027-01-01"
    assert policies("version: a", f"version: a\n{beginning}", f"version: c\n{beginning}")[1] == [
        "2.yaml:1:10: version: version a stands in 1.yaml too: give each its own name",
        "3.yaml:2:17: effective_from: the version in 2.yaml begins at the same instant: only one can be in force",
    ]


def test_overrides_change_what_they_name_and_nothing_else() -> None:
    document = parse("policy: {clock: {limit: 6h}, degradation: {for: 1h}}", file="s.yaml")
    problems: list[Problem] = []
    [policy] = overriding(Policies([Policy()]), document, "policy", problems=problems).versions
    assert problems == []
    assert policy.version == "2026-1+overrides"
    assert policy.clock.limit == timedelta(hours=6)
    assert policy.clock.observe_for == Policy().clock.observe_for
    assert (policy.degradation.lasting, policy.degradation.loss) == (timedelta(hours=1), Fraction(1, 20))
    assert policy.detection == Policy().detection


def test_wrong_overrides_are_named_where_they_stand() -> None:
    text = "start: x\npolicy:\n  clock: {limt: 6h}\n  detection: {interval: 10m, packets: x}\n"
    problems: list[Problem] = []
    overriding(Policies([Policy()]), parse(text, file="s.yaml"), "policy", problems=problems)
    assert [str(problem) for problem in sorted(problems)] == [
        "s.yaml:3:11: policy.clock.limt: unknown key; did you mean 'limit'?",
        "s.yaml:4:39: policy.detection.packets: a whole number from 1 to 1000000 is wanted here",
    ]


def test_a_list_of_versions_takes_the_place_of_the_base() -> None:
    """Each is whole and has its own beginning, as the files of a folder have."""
    text = """\
policy:
- {version: a, clock: {limit: 6h}}
- {version: b, effective_from: 2027-01-01T00:00:00+08:00, flapping: {relapses: 5}}
"""
    problems: list[Problem] = []
    read = overriding(Policies([Policy(version="base")]), parse(text, file="s.yaml"), "policy", problems=problems)
    assert problems == []
    assert [("a+overrides", timedelta(hours=6), 3), ("b+overrides", timedelta(hours=12), 5)] == [
        (each.version, each.clock.limit, each.flapping.relapses) for each in read.versions
    ]


def test_what_is_wrong_in_a_list_of_versions_is_named_where_it_stands() -> None:
    text = "policy:\n- {version: a, clock: {limt: 6h}}\n- {version: a, effective_from: 2027-01-01}\n- 5\n"
    problems: list[Problem] = []
    overriding(Policies([Policy()]), parse(text, file="s.yaml"), "policy", problems=problems)
    assert [
        "s.yaml:2:24: policy[0].clock.limt: unknown key; did you mean 'limit'?",
        "s.yaml:3:13: policy[1].version: version a stands in policy[0] too: give each its own name",
    ] == [str(problem) for problem in sorted(problems)[:2]]
    assert any(problem.line == 4 for problem in problems)
    problems.clear()
    overriding(Policies([Policy()]), parse("policy: []", file="s.yaml"), "policy", problems=problems)
    assert ["s.yaml:1:9: policy: a version is wanted, or leave the key away"] == [str(each) for each in problems]


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("", []),
        ("degradation: {for: 11m1s}", []),
        ("degradation: {for: 11m}", ["1.yaml:1:20: degradation.for: one round every 1m is too few in 11m; …11m"]),
        ("detection: {interval: 2m}", ["1.yaml:1:23: detection.interval: one round every 2m is too few in 15m; …22m"]),
        ("degradation: {for: 5m}\ndetection: {interval: 20s}", []),
    ],
)
def test_a_version_by_which_no_degradation_is_ever_told_is_warned_of(text: str, warned: list[str]) -> None:
    """Of fifteen parts of the time twelve must have a round: with eleven rounds in it none ever is (section 12)."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    read_policies([parse(text, file="1.yaml")], zone=SHANGHAI, problems=problems, warnings=warnings)
    shown = [
        str(each).replace("no degradation is ever told: ", "").replace("degradation.for wants more than ", "…")
        for each in warnings
    ]
    assert ([], warned) == (problems, shown)
