"""The terminal shows what the daemon's page says."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from monitor.lab.county import SEED, generate
from monitor.lab.page import OpenFault, Reading, fetch, read
from monitor.lab.play import acts, strokes
from monitor.lab.view import Teller, View, clock
from monitor.lab.words import EN, ZH, words

NOW = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
COUNTY = generate(SEED)
LABELS = '{{line="{0}",unit="{0}",carrier="c",role="primary"}}'


def page(*rows: tuple[str, str, float], blind: int = 0) -> str:
    samples = [f"{family}{LABELS.format(line)} {value}" for family, line, value in rows]
    return "\n".join(
        ["# HELP extranet_line_up Text.", "# TYPE extranet_line_up gauge", *samples, f"monitor_blind {blind}"]
    )


def test_each_line_is_counted_once() -> None:
    reading = read(
        page(
            ("extranet_line_known", "good", 1),
            ("extranet_line_up", "good", 1),
            ("extranet_line_loss_ratio", "good", 0.25),
            ("extranet_line_known", "shaky", 1),
            ("extranet_line_up", "shaky", 1),
            ("extranet_line_loss_ratio", "shaky", 1),
            ("extranet_line_known", "dead", 1),
            ("extranet_line_up", "dead", 0),
            ("extranet_line_loss_ratio", "dead", 1),
            ("extranet_line_known", "gone", 0),
        ),
        now=NOW,
    )
    assert (reading.up, reading.suspect, reading.down, reading.unknown, reading.lines) == (1, 1, 1, 1, 4)
    assert not reading.blind


def test_the_most_urgent_fault_comes_first() -> None:
    soon, late = NOW + timedelta(seconds=30), NOW - timedelta(seconds=5)
    reading = read(
        page(
            ("extranet_fault_open", "a", 1),
            ("extranet_fault_elapsed_seconds", "a", 150),
            ("extranet_fault_deadline_timestamp_seconds", "a", soon.timestamp()),
            ("extranet_fault_overdue", "a", 0),
            ("extranet_fault_open", "b", 1),
            ("extranet_fault_elapsed_seconds", "b", 185),
            ("extranet_fault_deadline_timestamp_seconds", "b", late.timestamp()),
            ("extranet_fault_overdue", "b", 1),
            ("extranet_fault_open", "c", 0),
            blind=1,
        ),
        now=NOW,
    )
    late_fault = OpenFault(line="b", elapsed_s=185, left_s=-5, overdue=True)
    assert (late_fault, OpenFault(line="a", elapsed_s=150, left_s=30, overdue=False)) == reading.faults
    assert reading.blind


def test_a_daemon_that_does_not_answer_yet_is_waited_for() -> None:
    assert fetch("http://127.0.0.1:1/metrics", now=NOW) is None


def reading(*faults: OpenFault, blind: bool = False) -> Reading:
    return Reading(up=122 - len(faults), suspect=0, down=len(faults), unknown=0, blind=blind, faults=faults)


def test_a_fault_is_told_when_it_opens_is_overdue_and_is_restored() -> None:
    teller = Teller(COUNTY, EN)
    running = OpenFault(line="finance-1", elapsed_s=10, left_s=170, overdue=False)
    late = OpenFault(line="finance-1", elapsed_s=190, left_s=-10, overdue=True)
    assert list(teller.changes(reading(), reading(running))) == ["Fault at 财政局·移动: the clock runs, 2:50 left"]
    assert list(teller.changes(reading(running), reading(running))) == []
    assert list(teller.changes(reading(running), reading(late))) == ["Overdue at 财政局·移动: the limit has passed"]
    assert list(teller.changes(reading(late), reading())) == ["Restored at 财政局·移动: the clock stands"]


def test_blindness_is_told_once() -> None:
    teller = Teller(COUNTY, EN)
    assert [EN.blind] == list(teller.changes(reading(), reading(blind=True)))
    assert list(teller.changes(reading(blind=True), reading(blind=True))) == []
    assert [EN.sees] == list(teller.changes(reading(blind=True), reading()))


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_stroke_of_the_play_is_one_line_with_nothing_left_to_fill_in(locale: str) -> None:
    teller = Teller(COUNTY, words(locale))
    for stroke, _ in zip(strokes(acts(COUNTY, seed=1)), range(40), strict=False):
        said = teller.stroke(stroke)
        assert said
        assert not set("{}\n") & set(said)


def test_into_a_file_go_plain_lines_and_a_count_only_when_it_changes() -> None:
    out = io.StringIO()
    console = Console(file=out, width=200)
    with View(console, Teller(COUNTY, ZH), ZH, ["云岭县"]) as view:
        for each in (
            None,
            reading(),
            reading(),
            reading(OpenFault(line="tax-1", elapsed_s=1, left_s=9, overdue=False)),
        ):
            view.show(each, now=NOW)
    lines = out.getvalue().splitlines()
    assert lines[0] == "云岭县"
    assert sum("线路 122" in line for line in lines) == 2
    assert sum("故障 税务局" in line for line in lines) == 1


def test_on_a_terminal_the_picture_holds_counts_clocks_and_happenings() -> None:
    out = io.StringIO()
    console = Console(file=out, width=100, height=40, force_terminal=True, color_system=None)
    late = OpenFault(line="tax-1", elapsed_s=190, left_s=-10, overdue=True)
    with View(console, Teller(COUNTY, EN), EN, ["heading"]) as view:
        view.show(reading(late), now=NOW)
        view.say("something", now=NOW)
    for part in ("heading", "122 lines", "税务局", "3:10", "overdue by 0:10", "something", EN.stop):
        assert part in out.getvalue()


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3723, "1:02:03")])
def test_a_span_is_written_as_a_clock_does(seconds: float, text: str) -> None:
    assert text == clock(seconds)
