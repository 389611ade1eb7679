"""The rules of deploy/prometheus: each is tried both ways by promtool, and all of them by a real Prometheus."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from grafana.language import CONSOLE
from tests.grafana.county import County, served
from tests.needs import need
from tests.prometheus.servers import RULES, prometheus

TOP = Path(__file__).parent.parent.parent
FOLDER = TOP / "deploy" / "prometheus"
TRIALS = sorted((FOLDER / "tests").glob("*.yml"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
RUNBOOKS = f'{{{{ or $externalLabels.extranet_runbooks "{CONSOLE}/docs/zh/runbooks.html" }}}}'
MOST_OF_PROMETHEUS_2_42 = {"alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"}
Json = Any


def rules(kind: str) -> Iterator[Json]:
    """Go through the rules of a kind, ``alert`` or ``record``."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text("utf-8"))["groups"]:
            yield from (rule for rule in group["rules"] if kind in rule)


def promtool(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    program = need("promtool", package="prometheus")
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def metrics(expr: str) -> set[str]:
    found: set[str] = set()

    def note(part: promql_parser.Expr) -> bool:
        if isinstance(part, promql_parser.VectorSelector):
            found.add(part.name or "")
        return True

    promql_parser.walk(promql_parser.parse(expr), pre_visit=note)
    return found


def parts_of(alert: str, runbooks: Path) -> list[str]:
    """Return the bold first words of what the section of an alert lists."""
    sections = runbooks.read_text("utf-8").split("\n### ")
    section = next((each for each in sections if each.startswith(alert + "\n")), "")
    return re.findall(r"^- \*\*(.+)\*\*[:：]", section, re.MULTILINE)


def test_promtool_has_nothing_to_say_of_the_configuration() -> None:
    """The scrape configuration, the recording rules and the alert rules, by the promtool of Debian 12."""
    done = promtool("check", "config", "--lint=all", "--lint-fatal", "prometheus.yml")
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "FAILED" not in done.stdout + done.stderr


def test_every_rule_stands_its_trials() -> None:
    """What promtool is told to expect of each rule is what comes of it."""
    done = promtool("test", "rules", *(path.name for path in TRIALS), folder=FOLDER / "tests")
    assert 0 == done.returncode, done.stdout + done.stderr


def test_every_alert_is_tried_both_ways() -> None:
    """At least one history makes it fire, and at least one is kept from it."""
    tried: defaultdict[str, set[bool]] = defaultdict(set)
    for path in TRIALS:
        for trial in yaml.safe_load(path.read_text("utf-8"))["tests"]:
            for case in trial.get("alert_rule_test", ()):
                tried[case["alertname"]].add(bool(case["exp_alerts"]))
    assert {rule["alert"]: {True, False} for rule in rules("alert")} == tried


def test_everything_recorded_is_tried() -> None:
    text = (FOLDER / "tests" / "recording.yml").read_text("utf-8")
    used = {name for rule in (*rules("alert"), *rules("record")) for name in metrics(rule["expr"])}
    assert set() == {rule["record"] for rule in rules("record") if rule["record"] not in text} - used


def test_a_broken_rule_is_found_out(tmp_path: Path) -> None:
    """The trials see the difference of a minute in the limit, which is all they are for."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    for path in (*RULES, *TRIALS):
        text = path.read_text("utf-8").replace("vector(43200)", "vector(43260)")
        (tmp_path / path.relative_to(FOLDER)).write_text(text, encoding="utf-8")
    assert 1 == promtool("test", "rules", "faults.yml", folder=tmp_path / "tests").returncode


@pytest.mark.parametrize("rule", list(rules("alert")), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_is_in_both_languages_and_what_to_do(rule: Json) -> None:
    """Severity, what it is about, two texts in each language, and a section in the runbooks of each."""
    assert set(rule) <= MOST_OF_PROMETHEUS_2_42
    assert rule["labels"]["severity"] in {"page", "warning"}
    assert rule["labels"]["about"] in {"line", "carrier", "register", "monitor"}
    said = rule["annotations"]
    assert {"summary", "description", "summary_en", "description_en", "runbook_url"} == set(said)
    for name in ("summary", "description"):
        assert CHINESE.search(said[name])
        assert not CHINESE.search(said[f"{name}_en"])
    page, _, anchor = said["runbook_url"].partition("#")
    assert RUNBOOKS == page
    assert rule["alert"].lower() == anchor
    assert ["Means", "Look at", "Do"] == parts_of(rule["alert"], TOP / "docs" / "runbooks.md")
    assert ["含义", "看什么", "怎么办"] == parts_of(rule["alert"], TOP / "docs" / "zh" / "runbooks.md")


def test_rules_ask_for_metrics_that_are_on_the_page() -> None:
    """Or that other rules record; ``up`` is Prometheus' own."""
    page = asyncio.run(County().render()).decode()
    there = {sample.name for family in text_string_to_metric_families(page) for sample in family.samples}
    there |= {rule["record"] for rule in rules("record")} | {"up"}
    asked = {rule["expr"]: metrics(rule["expr"]) for rule in (*rules("alert"), *rules("record"))}
    assert {} == {expr: names - there for expr, names in asked.items() if names - there}


def test_a_real_prometheus_evaluates_them_over_a_page_of_the_monitor(tmp_path: Path) -> None:
    """Every rule is healthy, and of a county in which everything happens the right alerts fire, with names."""
    with served([County()]) as targets, prometheus(tmp_path, targets) as running:
        firing = {
            (one["metric"]["alertname"], one["metric"].get("line", one["metric"].get("carrier"))): one["metric"]
            for one in running.now('ALERTS{alertstate="firing"}')
        }
        assert 25 < len(running.rules())
    assert {("FaultOverdue", "mobile-1"), ("FaultNearLimit", "unicom-1"), ("IncidentOpen", "telecom")} <= firing.keys()
    assert ("FaultUnacknowledged", "mobile-1") in firing
    assert ("FaultUnacknowledged", "unicom-1") not in firing
    overdue = firing["FaultOverdue", "mobile-1"]
    assert ("移动", "0局") == (overdue["carrier_name"], overdue["unit_name"])
