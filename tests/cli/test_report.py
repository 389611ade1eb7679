"""``monitor report`` on the terminal: periods, formats, histories, lists; every error in one line with its cure."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.cli.report import formats_named
from monitor.reports.rendering import FORMATS
from tests.reports.months import LAST, Desk, desk_at

RESPONSIBILITY = Path(__file__).parent.parent / "scenarios" / "10-responsibility.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(tmp_path, f"sqlite:///{tmp_path}/var/monitor.db")


def test_a_history_is_reported_by_the_same_code_and_touches_no_database(desk: Desk) -> None:
    """The month in which it ends unless another is named; what is judged is what replay judges by the same policy."""
    command = ["replay", str(RESPONSIBILITY), "--json", "--policy", str(desk.folder / "policy.yaml")]
    replayed = json.loads(CliRunner().invoke(main, command).stdout)
    desk.done("report", "--history", str(RESPONSIBILITY), "--format", "json")
    found = json.loads((desk.out / "2026-09-report.json").read_text())
    assert [each["discovered_at"] for each in replayed["faults"]] == [each["discovered_at"] for each in found["faults"]]
    assert [each["verdict"] for each in replayed["faults"]] == [each["verdict"] for each in found["faults"]]
    assert found["position"] is None
    explained = json.loads(
        desk.done("report", "--history", str(RESPONSIBILITY), "--explain", "county.faults", "--json")
    )
    assert len(replayed["faults"]) == explained["value"] == len(explained["reasons"])
    assert () == desk.edition().made


def test_what_stands_behind_a_length_can_be_added_up_on_the_terminal(desk: Desk) -> None:
    """To the second: two units of it, as elsewhere, would hide an outage of half an hour in a month."""
    command = ("report", "--month", LAST.key, "--explain", "carrier:unicom.availability")
    told = json.loads(desk.done(*command, "--json"))["reasons"]
    lengths = re.findall(r"(\d+)h(\d+)m(\d+)s", desk.done(*command))
    shown = [3600 * int(hours) + 60 * int(minutes) + int(seconds) for hours, minutes, seconds in lengths]
    assert [value for each in told for value in (each["part"], each["whole"])] == shown
    assert any(each["part"] < each["whole"] for each in told)


@pytest.mark.parametrize(
    ("figure", "called"),
    [
        ("county.availability", "财政局"),
        ("carrier:unicom.availability", "财政局"),
        ("county.faults", "财政局"),
        ("carrier:unicom.rank", "联通"),
    ],
)
def test_what_stands_behind_a_figure_is_called_by_its_name_beside_its_id(desk: Desk, figure: str, called: str) -> None:
    """A unit and a carrier by their own names, a line and a fault by their unit's; programs get it besides."""
    command = ("report", "--month", LAST.key, "--explain", figure)
    reasons = json.loads(desk.done(*command, "--json"))["reasons"]
    assert called in [each["name"] for each in reasons]
    assert all({"kind", "id", "name", "part", "whole", "faults"} <= each.keys() for each in reasons)
    shown = desk.done(*command)
    for each in reasons:
        assert any(each["id"] in line and each["name"] in line for line in shown.splitlines())


def test_on_a_terminal_a_freeze_is_asked_for_first(desk: Desk) -> None:
    """It is for good, so the days of the period are named; with --yes nothing is asked."""
    question = f"({LAST.first} to {LAST.last}) is frozen for good"
    refused = _frozen_on_a_terminal(desk, "n")
    assert (2, "monitor: nothing is frozen\n", True) == (refused.returncode, refused.stderr, question in refused.stdout)
    assert () == desk.edition().made
    done = _frozen_on_a_terminal(desk, "y")
    assert (0, True) == (done.returncode, question in done.stdout), done.stderr
    assert desk.edition().frozen is not None
    again = _frozen_on_a_terminal(desk, "n", "--yes")
    assert (2, True, "") == (again.returncode, "is frozen: what is found later" in again.stderr, again.stdout)


def _frozen_on_a_terminal(desk: Desk, answer: str, *options: str) -> subprocess.CompletedProcess[str]:
    mine, its = os.openpty()
    os.write(mine, f"{answer}\n".encode())
    command = [sys.executable, "-m", "monitor", "report", "freeze", "--month", LAST.key, *options, "--config"]
    done = subprocess.run([*command, str(desk.folder)], stdin=its, capture_output=True, text=True, check=False)
    os.close(its)
    os.close(mine)
    return done


def test_a_history_that_is_refused_names_its_place(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("start: 2026-09-01\n")
    assert f"{broken}:1:1: end: a time is wanted" in desk.refused("report", "--history", str(broken))


def test_all_formats_may_be_named_as_such() -> None:
    """As the help calls what is meant when none is named."""
    assert [list(FORMATS), ["pdf"]] == [formats_named(None, None, named) for named in (" All ", "PDF,pdf")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--month", "2026-13"), "2026-13 names no period"),
        (("--month", "2026-W37"), "--month: write it as 2026-09"),
        (("--week", "2026-W54"), "there is no period 2026-W54"),
        (("--month", "2026-09", "--year", "2026"), "name one period"),
        (("--from", "2026-09-01"), "--from and --to belong together"),
        (("--from", "2026-09-02", "--to", "2026-09-01"), "the period ends before it begins"),
        (("--from", "2026-09-01", "--to", "2026-09-01"), "its end is not in it"),
        (("--from", "2026-09-01", "--to", "9999-12-31"), "is too long: there is no period before it"),
        (("--year", "0002"), "0002 is too early"),
        (("--format", "odt"), "'odt' is no format: there are pdf, docx, xlsx, html, json, and all"),
        (("--format", ","), "is no format"),
        (("--explain", "county.fautls"), "did you mean county.faults"),
        (("--explain", "county.faults", "--format", "pdf"), "writes no file: leave --format and --out"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(desk: Desk, options: tuple[str, ...], said: str) -> None:
    assert said in desk.refused("report", *options)


def test_nothing_drawn_up_is_nothing_to_verify(desk: Desk) -> None:
    """It says so, rather than nothing."""
    assert "no report" in desk.done("report", "verify").lower()
    assert [] == json.loads(desk.done("report", "verify", "--json"))


def test_brackets_in_a_name_are_a_name(desk: Desk) -> None:
    """What people write is shown as they wrote it, and is no markup of the terminal."""
    desk.done("report", "draw", "--month", LAST.key, "--who", "[/red]李[bold]")
    assert "[/red]李[bold]" in "".join(desk.done("report", "show", "--month", LAST.key).split())


@pytest.mark.parametrize("sign", ["\x1b", "\x7f", "\x9b"])
def test_a_text_with_signs_that_steer_a_terminal_is_refused(desk: Desk, tmp_path: Path, sign: str) -> None:
    """Those of one byte and those of the second half alike."""
    file = tmp_path / "asked.txt"
    file.write_text(f"整改{sign}[2J", encoding="utf-8")
    said = desk.refused("report", "text", "--month", LAST.key, "--next-orders", str(file))
    assert "holds control characters" in said


def test_a_text_in_another_encoding_is_refused_with_the_cure(desk: Desk, tmp_path: Path) -> None:
    """As Windows saves it in China where nothing is chosen; with a mark at its beginning UTF-8 is taken."""
    file = tmp_path / "asked.txt"
    text = ("report", "text", "--month", LAST.key, "--next-orders", str(file))
    for encoding in ("gbk", "utf-16"):
        file.write_text("各运营商须在9月底前整改。", encoding=encoding)
        assert f"{file} is no text in UTF-8: save it as plain text in that encoding" in desk.refused(*text)
    file.write_text("各运营商须在9月底前整改。", encoding="utf-8-sig")
    desk.done(*text)
    assert "各运营商须在9月底前整改。" == desk.edition().worded[-1].next_orders


def test_options_before_a_subcommand_are_refused_rather_than_forgotten(desk: Desk) -> None:
    result = CliRunner().invoke(main, ["report", "--month", "2026-09", "freeze", "--config", str(desk.folder)])
    assert (2, True) == (result.exit_code, "stand behind the subcommand" in result.output)


@pytest.mark.parametrize(("locale", "state", "drawn"), [("en", "draft", "drawn up"), ("zh_CN", "草稿", "生成草稿")])
def test_editions_are_listed_and_shown_in_both_languages(desk: Desk, locale: str, state: str, drawn: str) -> None:
    settings = desk.folder / "monitor.yaml"
    settings.write_text(settings.read_text().replace("locale: en", f"locale: {locale}"), encoding="utf-8")
    desk.done("report", "list")
    desk.done("report", "draw", "--month", LAST.key, "--who", "王伟")
    assert state in desk.done("report", "list")
    shown = desk.done("report", "show", "--month", LAST.key)
    assert all(word in shown for word in (drawn, "王伟", desk.edition().made[-1].figures))
    [listed] = json.loads(desk.done("report", "list", "--json"))
    assert listed == json.loads(desk.done("report", "show", "--month", LAST.key, "--json"))
    assert "there is no edition 2199-01 yet" in desk.refused("report", "show", "--month", "2199-01")
