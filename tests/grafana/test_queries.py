"""Every query of the dashboards is understood by Prometheus, and answered from a page of the monitor."""

from __future__ import annotations

import math
import re

import promql_parser

from grafana.generate import BOARDS
from tests.grafana.boards import board, interpolated, queries
from tests.grafana.conftest import TIME, Scraped
from tests.prometheus.servers import wait_until

Names = set[str]


def metrics(expr: str) -> Names:
    """Return the names of the metrics that a query asks for."""
    found: Names = set()

    def note(part: promql_parser.Expr) -> bool:
        if isinstance(part, promql_parser.VectorSelector):
            found.add(part.name or "")
        return True

    promql_parser.walk(promql_parser.parse(interpolated(expr)), pre_visit=note)
    return found


def test_every_query_parses_and_asks_for_metrics_that_are_on_the_page(scraped: Scraped) -> None:
    """No panel waits for a metric that the monitor does not have, nor the rules record."""
    there = scraped.families() | {rule["name"] for rule in scraped.prometheus.rules() if rule["type"] == "recording"}
    asked = {query: metrics(query.expr) for query in queries()}
    assert {} == {str(query): names - there for query, names in asked.items() if names - there}
    assert all(asked.values()), "every query asks for something"


def test_every_panel_is_answered(scraped: Scraped) -> None:
    """A county in which everything is happening leaves no query of any panel empty."""
    empty = []
    for query in queries():
        expr = interpolated(query.expr, TIME)
        if query.instant:
            numbers = [float(one["value"][1]) for one in scraped.prometheus.now(expr)]
        else:
            found = scraped.prometheus.over(expr, seconds=2, step=1)
            numbers = [float(value) for one in found for _, value in one["values"]]
        if not [number for number in numbers if not math.isnan(number)]:
            empty.append(str(query))
    assert [] == empty


def test_both_languages_ask_the_same() -> None:
    assert [query.expr for query in queries("zh_CN")] == [query.expr for query in queries("en")]


def test_a_readers_choices_are_found_on_the_page(scraped: Scraped) -> None:
    """Each variable's query gives choices, and its regular expression finds a name and an identifier in each."""
    for name in BOARDS:
        for variable in board(name)["templating"]["list"]:
            if variable["type"] != "query":
                continue
            query = interpolated(variable["query"]["query"])
            if by_label := re.fullmatch(r"label_values\((.*), (\w+)\)", query):
                assert scraped.prometheus.now(f"count by ({by_label[2]}) ({by_label[1]})")
                continue
            inner = re.fullmatch(r"query_result\((.*)\)", query)
            assert inner
            pattern = re.compile(variable["regex"].strip("/").replace("(?<", "(?P<"))
            for one in scraped.prometheus.now(inner[1]):
                labels = ",".join(f'{label}="{value}"' for label, value in one["metric"].items())
                found = pattern.search(f"{{{labels}}} 1 1")  # as Grafana writes a result of query_result
                assert found
                assert one["metric"][variable["name"]] == found["value"]
                assert one["metric"][f"{variable['name']}_name"] == found["text"]


def test_the_duty_room_counts_what_is(scraped: Scraped) -> None:
    """Each large figure of the wall is the county's own; a line in maintenance is not down.

    Nobody is to acknowledge a fault that was ruled another party's.
    """
    asked = {
        "中断线路": 8,
        "已超时": 1,
        "未排除故障": 8,
        "未接单": 6,
        "群障": 1,
        "待确认": 1,
        "状态未知": 1,
        "计划检修": 1,
        "监测": 0,
    }
    found = {
        query.panel: [float(one["value"][1]) for one in scraped.prometheus.now(interpolated(query.expr, TIME))]
        for query in queries()
        if query.board == "duty-room"
        and query.panel in asked
        and query.instant
        and query.ref == "A"
        and "extranet_fault_deadline" not in query.expr
    }
    assert {name: [float(number)] for name, number in asked.items()} == found


def test_the_clocks_are_sorted_by_what_is_left(scraped: Scraped) -> None:
    """The fault whose limit comes first stands on top."""
    clocks = next(query for query in queries() if query.expr.startswith("sort("))
    found = scraped.prometheus.now(interpolated(clocks.expr, TIME))
    lines = [one["metric"]["line"] for one in found]
    assert ["mobile-1", "unicom-1"] == lines[:2]
    assert 7 == len(lines)


def test_a_fault_ruled_another_partys_stands_in_a_table_of_its_own(scraped: Scraped) -> None:
    """No clock, share, deadline or acknowledgement of it is shown, on the wall nor at its line."""
    apart, clocks = set(), []
    for query in queries():
        if not query.instant or "extranet_fault_" not in query.expr or query.expr.startswith("count"):
            continue
        lines = {one["metric"].get("line") for one in scraped.prometheus.now(interpolated(query.expr, TIME))}
        if "不计时限" in query.panel:
            apart |= lines
        elif query.board in ("duty-room", "line"):
            clocks.append(lines)
    assert {"unicom-5"} == apart
    assert 9 == len(clocks)
    assert all("mobile-1" in lines and "unicom-5" not in lines for lines in clocks)


def test_where_no_monitor_is_scraped_nothing_is_counted(scraped: Scraped) -> None:
    """A wall without data says so: a calm 0 would tell that all is well."""
    counts = [query for query in queries() if query.board == "duty-room" and query.expr.startswith("count(")]
    assert 7 == len(counts)
    for query in counts:
        expr = re.sub(r"\b(extranet|monitor)_(\w+)", r"\1_\2_of_nobody", interpolated(query.expr, TIME))
        assert [] == scraped.prometheus.now(expr), query


def test_a_blind_monitor_leaves_nothing_but_unknown_lines(scraped: Scraped) -> None:
    """The banner says so, no line is shown as up, and no fault's clock is lost. Last in this file: it stays blind."""
    every = next(query for query in queries() if query.panel == "状态未知")
    scraped.county.go_blind()
    running = scraped.prometheus
    wait_until("the blindness was scraped", lambda: running.now("monitor_blind")[0]["value"][1] == "1")
    in_maintenance = 1
    unknown = float(running.now(interpolated(every.expr))[0]["value"][1])
    assert len(scraped.county.inventory.lines) - in_maintenance == unknown
    clocks = next(query for query in queries() if query.expr.startswith("sort("))
    assert 7 == len(running.now(interpolated(clocks.expr, TIME)))
