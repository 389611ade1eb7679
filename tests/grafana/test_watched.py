"""What the dashboards ask for, a running daemon has: on the sample county, with everything happening in it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from tests.grafana.boards import interpolated, queries
from tests.grafana.test_queries import metrics
from tests.grafana.watched import Watched, watched


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watched(tmp_path_factory.mktemp("watched")) as found:
        yield found


def test_everything_has_happened(county: Watched) -> None:
    """Every state of a line and of a fault is there, else an empty panel would prove nothing."""
    cast, running = county.cast, county.prometheus
    happened = {
        "extranet_line_up == 0": cast.overdue,
        "extranet_line_known == 0": cast.nowhere,
        "extranet_line_maintenance == 1": cast.maintained,
        "extranet_line_degraded == 1": cast.lossy,
        "extranet_fault_overdue == 1": cast.overdue,
        "extranet_fault_exempt == 1": cast.exempt,
        "extranet_fault_acknowledged == 1": cast.acknowledged,
        "extranet_fault_flapping == 1": cast.flapping,
        "extranet_snmp_up == 0": cast.dark,
        "extranet_interface_up == 1": cast.lossy,
    }
    lately = {expr: running.now(f"({expr}) or last_over_time(({expr})[5m:1s])") for expr in happened}
    seen = {expr: {one["metric"].get("line") for one in found} for expr, found in lately.items()}
    assert [] == [expr for expr, line in happened.items() if line not in seen[expr]]
    for expr in ("extranet_incident_open > 0", "extranet_faults_closed_total > 0", "extranet_register_gaps > 0"):
        assert running.now(expr), expr


def test_no_query_names_a_metric_that_the_daemon_does_not_have(county: Watched) -> None:
    """On its own page, or by a recording rule over it; nothing else is excused."""
    running = county.prometheus
    recorded = {rule["name"] for rule in running.rules() if rule["type"] == "recording"}
    there = county.names | recorded
    assert {} == {str(query): lacking for query in queries() if (lacking := metrics(query.expr) - there)}


def test_every_panel_shows_something_of_the_daemon(county: Watched) -> None:
    """No query errs, and none is empty."""
    running = county.prometheus
    empty = []
    for query in queries():
        expr = interpolated(query.expr)
        if query.instant:
            numbers = [float(one["value"][1]) for one in running.now(expr)]
        else:
            numbers = [float(value) for one in running.over(expr, seconds=2, step=1) for _, value in one["values"]]
        if not [number for number in numbers if not math.isnan(number)]:
            empty.append(str(query))
    assert [] == empty


def test_every_rule_is_healthy(county: Watched) -> None:
    """Recording and alerting rules are evaluated over the daemon's own series without an error."""
    running = county.prometheus
    assert {"ok"} == {rule["health"] for rule in running.rules()}
