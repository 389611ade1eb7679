"""``monitor replay``: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).parent.parent / "scenarios"
HEAD = """\
start: 2026-09-01T00:00:00+08:00
end: +2h
inventory:
  carriers: [{id: unicom, name: 联通}]
  units: [{id: u1, name: 财政局}]
  lines: [{id: L1, unit: u1, carrier: unicom, address: 192.0.2.1}]
  references: [{id: R1, address: 192.0.2.254}]
"""


def monitor(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", "replay", *map(str, arguments)]
    english = os.environ | {"LC_ALL": "en_US.UTF-8"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=english)


def written(folder: Path, timeline: str, more: str = "", name: str = "case.yaml") -> Path:
    file = folder / name
    file.write_text(HEAD + "timeline:\n" + timeline + more, encoding="utf-8")
    return file


def test_check_ends_0_where_all_is_as_expected() -> None:
    done = monitor("--check", SCENARIOS / "01-deadline-boundary.yaml", SCENARIOS / "02-relapse.yaml")
    assert (0, "") == (done.returncode, done.stderr)
    assert 2 == done.stdout.count("as expected")


def test_check_names_each_difference_with_its_path_and_ends_1(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "  - {line: L1, from: +0s, to: +1h, ping: lost}\n",
        "expect: {faults: [{line: L1, verdict: late, discovered_at: +2m, verdit: late}], blips: [{line: L1}]}\n",
    )
    done = monitor("--check", file)
    assert 1 == done.returncode
    said = done.stdout.replace("\n", " ")
    assert "faults[0].verdict: expected late, found running" in said
    assert "faults[0].verdit: expected late, found no such key" in said
    assert "blips: expected 1 entries, found 0" in said
    assert "discovered_at" not in said


def test_a_folder_is_searched_and_each_file_is_one_line_of_json() -> None:
    done = monitor("--json", "--check", SCENARIOS)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (0, 12) == (done.returncode, len(lines))
    assert 12 == sum("faults" in line for line in lines)


SPAN = "from: +1m, to: +2m"
WRONG = [
    ("  - {line: L9, at: +5m, ping: ok}\n", 9, 12, "there is no line 'L9' in the inventory"),
    ("  - {line: R1, at: +5m, ping: ok}\n", 9, 12, "there is no line 'R1' in the inventory"),
    ("  - {at: +5m, action: report, by: unit}\n", 9, 5, "a line is wanted"),
    ("  - {at: +5m, action: report, line: [], by: unit}\n", 9, 37, "a line is wanted"),
    ("  - {line: L1, at: +5m, ping: ok, evry: 5s}\n", 9, 35, "unknown key 'evry'; did you mean 'every'?"),
    ("  - {line: L1, at: 2026-09-01T01:00:00, ping: ok}\n", 9, 20, "offset"),
    ("  - {line: L1, at: +500ms, ping: ok}\n", 9, 20, "whole second"),
    ("  - {line: L1, at: +99999999h, ping: ok}\n", 9, 20, "it lies after the year 9999"),
    ("  - {line: L1, at: +5m, ping: {sent: 3, received: 4}}\n", 9, 51, "from 0 to what was sent"),
    ("  - {line: L1, from: +5m, to: +1m, ping: ok}\n", 9, 31, "'to' lies before 'from'"),
    ("  - {at: +5m, action: acknowledge, line: L1, by: carrier}\n", 9, 5, "has no fault yet"),
    ("  - {at: +5m, action: repot, line: L1, by: unit}\n", 9, 23, "did you mean 'report'?"),
    ("  - {at: +5m, action: report, line: L1, by: mayor}\n", 9, 45, "unit, carrier or centre"),
    ("  - {line: L1, at: +5m, snmp: {sys_uptime_s: -1}}\n", 9, 46, "0 or more"),
    (
        "  - {at: +5m, action: exclude, line: L1, id: x, from: +1m, to: +2m, reason: rain, by: centre}\n",
        9,
        77,
        "force_majeure",
    ),
    ("  - {at: +5m, action: attribute, line: L1, party: unit, by: carrier}\n", 9, 61, "only the centre"),
    ("  - {at: +5m, action: revoke_exclusion, id: x9, by: centre}\n", 9, 5, "there is no exclusion x9"),
    (
        "  - {at: +5m, action: maintenance, id: m, scope: {node: n9}, from: +6m, to: +7m, by: centre}\n",
        9,
        57,
        "no node",
    ),
    (
        "  - {at: +5m, action: maintenance, id: m, scope: {line: L1}, from: +4m, to: +7m, by: centre}\n",
        9,
        5,
        "section 6",
    ),
]


@pytest.mark.parametrize(("timeline", "line", "column", "words"), WRONG)
def test_what_is_wrong_is_named_with_line_and_column(
    timeline: str, line: int, column: int, words: str, tmp_path: Path
) -> None:
    done = monitor("--json", written(tmp_path, timeline))
    [error] = json.loads(done.stdout)["errors"]
    assert (2, line, column) == (done.returncode, error["line"], error["column"])
    assert words in error["message"]


def test_every_error_of_a_file_is_named_and_other_files_are_still_judged(tmp_path: Path) -> None:
    bad = written(tmp_path, "  - {line: L8, at: +5m, ping: ok}\n  - {line: L9, at: +x, ping: so}\n", name="bad.yaml")
    good = written(tmp_path, "  - {line: L1, from: +0s, to: +2h, ping: ok}\n", name="good.yaml")
    done = monitor("--json", bad, good)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert 2 == done.returncode
    assert 4 == len(first["errors"])
    assert 7200 == second["availability"]["lines"]["L1"]["window_s"]


def test_what_the_rules_refuse_is_named_beside_what_does_not_read(tmp_path: Path) -> None:
    """In the order of the file; where the head is wrong nothing can be judged, and only that is named."""
    text = (
        "  - {at: +5m, action: acknowledge, line: L1, by: carrier}\n"
        "  - {line: L9, at: +5m, ping: ok}\n"
        "  - {at: +6m, action: exclude, line: L1, id: x, from: +1m, to: +1m, reason: other, by: centre}\n"
        "  - {line: L1, at: 2026-09-01T01:00:00, ping: ok}\n"
    )
    done = monitor("--json", written(tmp_path, text))
    errors = json.loads(done.stdout)["errors"]
    assert (2, [9, 10, 11, 12]) == (done.returncode, [error["line"] for error in errors])


def test_a_line_of_json_that_does_not_parse_is_named_once(tmp_path: Path) -> None:
    lines = [
        json.dumps({"start": "2026-09-01T00:00:00+08:00", "end": "+2h", "inventory": {"carriers": []}}),
        '{"at" "x"}',
    ]
    file = tmp_path / "h.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    errors = json.loads(monitor("--json", file).stdout)["errors"]
    assert [(2, 7)] == [(error["line"], error["column"]) for error in errors if error["line"] == 2]


def test_a_measured_outage_refuses_a_persons_restore(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "  - {line: L1, from: +0s, to: +1h, ping: lost}\n"
        "  - {at: +30m, action: restore, line: L1, restored_at: +20m, by: centre}\n",
    )
    done = monitor("--json", file)
    [error] = json.loads(done.stdout)["errors"]
    assert (2, 10) == (done.returncode, error["line"])
    assert "it ends by measurement (section 4)" in error["message"]


def test_json_lines_with_the_head_first_are_read_packed_or_not(tmp_path: Path) -> None:
    head = {
        "start": "2026-09-01T00:00:00+08:00",
        "end": "+2h",
        "inventory": {
            "carriers": [{"id": "c", "name": "C"}],
            "units": [{"id": "u", "name": "U"}],
            "lines": [{"id": "L1", "unit": "u", "carrier": "c", "address": "192.0.2.1"}],
        },
    }
    entries = [
        head,
        {"line": "L1", "from": "+0s", "to": "+1h", "ping": "ok"},
        {"line": "L1", "at": "+1h", "ping": "lost"},
    ]
    text = "\n".join(json.dumps(entry) for entry in entries)
    plain, packed = tmp_path / "h.jsonl", tmp_path / "h.jsonl.gz"
    plain.write_text(text, encoding="utf-8")
    packed.write_bytes(gzip.compress(text.encode()))
    done = monitor("--json", plain, packed)
    first, second = done.stdout.splitlines()
    assert (0, first) == (done.returncode, second)
    assert 1.0 == json.loads(first)["availability"]["lines"]["L1"]["raw"]


def test_another_policy_is_a_what_if(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: strict\nclock: {limit: 30m}\n", encoding="utf-8")
    file = written(
        tmp_path, "  - {line: L1, from: +0s, to: +1h, ping: lost}\n  - {line: L1, from: +1h, to: +2h, ping: ok}\n"
    )
    done = monitor("--json", "--policy", policy, file)
    judged = json.loads(done.stdout)
    assert ("strict", "late") == (judged["policy_version"], judged["faults"][0]["verdict"])


def test_a_policy_that_is_wrong_is_one_clear_error(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("clock: {limt: 30m}\n", encoding="utf-8")
    done = monitor("--policy", policy, SCENARIOS / "01-deadline-boundary.yaml")
    assert 2 == done.returncode
    assert f"{policy}:1:9: clock.limt" in done.stderr
    assert "did you mean 'limit'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_people_get_tables(tmp_path: Path) -> None:
    file = written(
        tmp_path, "  - {line: L1, from: +0s, to: +1h, ping: lost}\n  - {line: L1, from: +1h, to: +2h, ping: ok}\n"
    )
    done = monitor(file)
    assert 0 == done.returncode
    for words in ("on time", "opened", "Availability", "L1"):
        assert words in done.stdout
