"""What Grafana's own code makes of the dashboards, out of npm, since there is no Grafana here.

Their JSON holds to its types (``@grafana/schema``, by the TypeScript compiler); and what is shown of a county in which
everything happens is what should be (``@grafana/data``): transformations, units, thresholds and words.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from grafana.colours import BAD, GOOD, HALF, LATE, PALETTE, SEEN, UNKNOWN
from grafana.generate import BOARDS, COMMITTED
from tests.grafana.boards import board, interpolated, panels
from tests.grafana.conftest import CHECK, TIME, Npm, Scraped

SHOWN = ("stat", "bargauge", "table")
Json = Any


def test_the_lock_file_names_no_registry() -> None:
    """Whoever installs it asks the registry of his own."""
    assert '"resolved"' not in (CHECK / "package-lock.json").read_text("utf-8")


def test_every_dashboard_has_grafanas_types(npm: Npm) -> None:
    """No key that Grafana 11.6 does not know, no word that is none of its, none missing that it needs."""
    done = npm.run("check")
    assert 0 == done.returncode, done.stdout


def test_a_wrong_word_and_a_strange_key_are_found(npm: Npm, tmp_path: Path) -> None:
    """The compiler is not asked in vain."""
    text = (COMMITTED / "en" / "duty-room.json").read_text("utf-8")
    wrong = '"wideLayouts"'.join(text.replace('"background_solid"', '"loud"', 1).rsplit('"wideLayout"', 1))
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "one.json").write_text(wrong, encoding="utf-8")
    shutil.rmtree(npm.folder / "emitted", ignore_errors=True)
    done = npm.run("check", dashboards=tmp_path)
    assert 0 != done.returncode
    assert '"loud"' in done.stdout
    assert "wideLayouts" in done.stdout


class Display:
    """Every figure, bar and table as shown, by dashboard and title; of tables the last of a title."""

    def __init__(self, panels: dict[tuple[str, str, str], Json]) -> None:
        self._panels = panels

    def rows(self, name: str, title: str, kind: str = "table") -> list[list[str]]:
        """Return the texts of a table's rows, or a figure's names and texts."""
        found = self._panels[name, title, kind]["rows"]
        return [
            [cell["text"] for cell in row] if isinstance(row, list) else [row["title"], row["text"]] for row in found
        ]

    def header(self, name: str, title: str) -> list[str]:
        return list(self._panels[name, title, "table"]["header"])

    def colours(self, name: str, title: str, kind: str) -> list[str]:
        return [row["color"] for row in self._panels[name, title, kind]["rows"]]

    def column(self, name: str, title: str, column: str) -> list[tuple[str, str]]:
        """Return a column's texts and colours."""
        place = self.header(name, title).index(column)
        return [(row[place]["text"], row[place]["color"]) for row in self._panels[name, title, "table"]["rows"]]

    def headers(self) -> dict[tuple[str, str, str], list[str]]:
        return {key: panel["header"] for key, panel in self._panels.items() if "header" in panel}

    def figures(self) -> dict[tuple[str, str, str], Json]:
        return {key: panel["rows"] for key, panel in self._panels.items() if key[2] != "table"}


@pytest.fixture(scope="module")
def display(scraped: Scraped, npm: Npm) -> Display:
    at, asked = time.time(), {}
    for name in BOARDS:
        for panel in panels(board(name)):
            if panel["type"] not in SHOWN:
                continue
            results = []
            for target in panel["targets"]:
                expr = interpolated(target["expr"], TIME)
                found = (
                    scraped.prometheus.now(expr, at)
                    if target["instant"]
                    else scraped.prometheus.over(expr, seconds=2, step=1)
                )
                about = {"refId": target["refId"], "format": target["format"], "legend": target["legendFormat"]}
                results.append(about | {"result": found})
            asked[name, panel["title"], panel["type"]] = {"panel": panel, "results": results}
    done = npm.run("display", given=json.dumps(list(asked.values())))
    assert 0 == done.returncode, done.stderr
    return Display(dict(zip(asked, json.loads(done.stdout), strict=True)))


def test_the_open_faults_stand_in_one_row_each_the_next_deadline_first(display: Display) -> None:
    """Five answers become one row; names, role and yes and no are in words, shares cut, times local."""
    title = "未排除故障（计时限）"
    assert [
        "接入单位",
        "网络运营商",
        "线路",
        "主备",
        "剩余",
        "已用时限",
        "发现",
        "到期",
        "接单",
        "频繁闪断",
    ] == display.header("duty-room", title)
    rows = display.rows("duty-room", title)
    assert [
        ["0局", "移动", "mobile-1", "主用", "-0.9 小时", "107%"],
        ["8局", "联通", "unicom-1", "主用", "2.1 小时", "82%"],
    ] == [row[:6] for row in rows[:2]]
    assert ["2026/09/16 02:07:30", "2026/09/16 14:07:30", "已接单", "否"] == rows[1][6:]
    assert "是" == rows[-1][-1], "the flapping line, whose clock has the most left"
    assert 7 == len(rows)


def test_a_fault_that_is_the_units_is_named_without_a_clock(display: Display) -> None:
    """Whose, on which line and since when; it stands in no row of those under the limit."""
    title = "未排除故障（已认定为其他方责任，不计时限）"
    assert ["接入单位", "网络运营商", "线路", "主备", "发现"] == display.header("duty-room", title)
    assert [["12局", "联通", "unicom-5", "主用"]] == [row[:4] for row in display.rows("duty-room", title)]


def test_the_limit_used_changes_colour_at_50_75_and_100_percent(display: Display) -> None:
    used = display.column("duty-room", "未排除故障（计时限）", "已用时限")
    assert [("107%", BAD), ("82%", LATE), ("7%", GOOD)] == used[:3]


def test_the_clocks_on_the_wall_say_what_is_left_on_their_colours(display: Display) -> None:
    """Sorted by what is left; below zero and vermillion when over the limit."""
    title = "12小时计时：剩余，先到的在上"
    assert [["0局 · 移动", "-0.9 小时"], ["8局 · 联通", "2.1 小时"], ["16局 · 电信", "11.1 小时"]] == display.rows(
        "duty-room", title, "bargauge"
    )[:3]
    assert [BAD, LATE, GOOD] == display.colours("duty-room", title, "bargauge")[:3]


def test_lines_that_are_not_up_are_named_with_their_state(display: Display) -> None:
    states = display.column("duty-room", "不正常的线路", "状态")
    assert {
        ("中断", BAD),
        ("未知", UNKNOWN),
        ("待确认", LATE),
        ("计划检修", SEEN),
        ("劣化", HALF),
    } == set(states)
    assert [("中断", BAD)] * 8 == states[:8]


def test_the_banner_says_that_the_monitor_sees(display: Display) -> None:
    assert "监测正常" == display.rows("duty-room", "监测", "stat")[0][1]
    assert [GOOD] == display.colours("duty-room", "监测", "stat")


def test_the_carriers_stand_side_by_side(display: Display) -> None:
    """A carrier without a settled fault has no rate: a dash, neither 0 nor 100 %."""
    rows = {row[0]: row[1:] for row in display.rows("carriers", "对照")}
    assert {
        "移动": ["8", "1", "1", "1", "0", "50.00%", "0.8 小时"],
        "联通": ["8", "2", "2", "0", "0", "0.00%", "1.0 小时"],
        "电信": ["8", "5", "5", "0", "1", "—", "—"],
    } == {name: row[:7] for name, row in rows.items()}


def test_a_month_is_a_row_and_a_carrier_a_column(display: Display) -> None:
    """Out of one long table of times, carriers and figures."""
    header = display.header("carriers", "各月可用率（实测，线路平均）")
    assert ("月份", {"移动", "联通", "电信"}) == (header[0], set(header[1:]))
    ((month, *shares),) = display.rows("carriers", "各月可用率（实测，线路平均）")
    assert time.strftime("%Y-%m", time.gmtime(time.time() + 8 * 3600)) == month
    assert all(share.endswith("%") and len(share) == len("98.33%") for share in shares)


def test_the_registers_have_their_names(display: Display) -> None:
    """Every register is called as in the monitor's own lists, the one with most gaps first."""
    rows = display.rows("registers", "各台账缺项")
    assert {"管理员备案", "网络运行安全保障承诺书", "接入"} < {row[0] for row in rows}
    assert not [row[0] for row in rows if row[0].isascii()]
    counts = [int(row[1]) for row in rows]
    assert sorted(counts, reverse=True) == counts
    soon = {row[0]: row[2] for row in rows}
    assert ("0", "—") == (soon["网络运行安全保障承诺书"], soon["接入"]), "a connection does not expire"


def test_no_table_shows_a_label_that_nobody_asked_for(display: Display) -> None:
    """Neither time nor instance nor an identifier's raw name stands in a header."""
    assert [] == [key for key, header in display.headers().items() if any(name.isascii() for name in header)]


def test_every_figure_stands_on_a_colour_of_the_palette(display: Display) -> None:
    strange = {key: {row["color"] for row in rows} - PALETTE for key, rows in display.figures().items()}
    assert {} == {key: colours for key, colours in strange.items() if colours}
