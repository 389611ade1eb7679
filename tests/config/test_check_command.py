"""``monitor check`` and the command line around it, as a shell sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monitor import __version__
from monitor.cli import main
from monitor.cli.exits import Found, Missing, WrongInput
from monitor.cli.options import configuration
from tests.config.written import INVENTORY, write


def monitor(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_good_configuration_is_counted_and_warned_of(tmp_path: Path) -> None:
    done = monitor("check", "--config", str(write(tmp_path)))
    assert done.returncode == 0
    assert done.stderr == ""
    warning, summary = done.stdout.splitlines()
    assert warning == f"{tmp_path}/monitor.yaml:1:1: routes: no routes are given: nobody is told of a fault (a warning)"
    assert summary == (
        f"{tmp_path} can run: 2 carriers, 2 nodes, 2 units, 2 lines, 1 references, 1 policy versions, "
        "0 SNMP profiles, 0 channels, 0 routes, 0 rosters"
    )


def test_every_problem_stands_in_a_line_of_its_own_and_the_exit_is_2(tmp_path: Path) -> None:
    folder = write(tmp_path, monitor="conty: x\nlocale: fr\n", inventory=INVENTORY.replace("unit: u2", "unit: u7"))
    done = monitor("check", "--config", str(folder))
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        f"{tmp_path}/inventory.yaml:6:20: lines[1].unit: there is no unit of this id",
        f"{tmp_path}/monitor.yaml:1:1: conty: unknown key; did you mean 'county'?",
        f"{tmp_path}/monitor.yaml:2:9: locale: one of zh_CN, en is wanted here",
    ]
    assert done.stderr == "monitor: 3 problems: this configuration is refused\n"


def test_json_tells_programs_the_same(tmp_path: Path) -> None:
    good = json.loads(monitor("check", "--json", "--config", str(write(tmp_path))).stdout)
    assert (good["problems"], good["found"]["lines"], good["found"]["policy_versions"]) == ([], 2, 1)
    assert [warning["path"] for warning in good["warnings"]] == ["routes"]
    refused = monitor("check", "--json", "--config", str(write(tmp_path, monitor="conty: x")))
    assert refused.returncode == 2
    assert json.loads(refused.stdout) == {
        "problems": [
            {
                "file": f"{tmp_path}/monitor.yaml",
                "line": 1,
                "column": 1,
                "path": "conty",
                "message": "unknown key; did you mean 'county'?",
            }
        ],
        "warnings": [],
        "found": None,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "monitor: there is no command 'chek'; did you mean 'check'?\n"),
        (["nothing-like-it"], "monitor: there is no command 'nothing-like-it'; monitor --help lists them\n"),
        (["check", "--config"], "monitor: Option '--config' requires an argument.\n"),
        (["check", "--config", "none"], "monitor: 1 problem: this configuration is refused\n"),
    ],
)
def test_wrong_input_is_told_in_one_line_and_the_exit_is_2(arguments: list[str], said: str) -> None:
    done = monitor(*arguments)
    assert (done.returncode, done.stderr) == (2, said)


def test_an_unknown_option_is_told_a_near_one() -> None:
    done = monitor("check", "--confg", "x")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Did you mean" in done.stderr
    assert "'--config'" in done.stderr


def test_help_and_version_need_no_command() -> None:
    assert monitor("--version").stdout == f"monitor {__version__}\n"
    shown = monitor("--help")
    assert shown.returncode == 0
    assert "Name everything wrong with the configuration." in shown.stdout


def test_help_imports_nothing_heavy() -> None:
    script = "import sys; from monitor.cli import main\ntry: main(['--help'])\nfinally: print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert loaded.isdisjoint({"pydantic", "yaml", "sqlalchemy", "pysnmp", "rich", "asyncio", "uvicorn", "starlette"})


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Found("a fault"), 1, "monitor: a fault\n"),
        (WrongInput("bad"), 2, "monitor: bad\n"),
        (WrongInput("a:1:1: x\nb:1:1: y"), 2, "a:1:1: x\nb:1:1: y\n"),
        (Missing("no right to ICMP"), 3, "monitor: no right to ICMP\n"),
        (FileNotFoundError(2, "No such file or directory", "/x"), 3, "monitor: /x: No such file or directory\n"),
        (KeyboardInterrupt(), 130, "monitor: interrupted\n"),
        (ZeroDivisionError("x"), 70, "monitor: a mistake of the program itself: ZeroDivisionError: x "
         "(MONITOR_TRACEBACK=1 in the environment shows where)\n"),
    ],
)  # fmt: skip
def test_an_ending_is_one_line_and_its_code(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def ending() -> None:
        raise error

    monkeypatch.setattr(type(main), "get_command", lambda *_: ending)
    with pytest.raises(SystemExit) as left:
        main(["check"])
    assert left.value.code == code
    assert capsys.readouterr().err.lstrip() == said


def test_a_file_of_devices_is_checked_whole(tmp_path: Path) -> None:
    """A start would be refused by it, at night, long after the check."""
    write(tmp_path, monitor="snmp: {devices: own.yaml}\n")
    (tmp_path / "own.yaml").write_text("devices:\n  - name: ours\n    prefx: [1.3.6]\n", encoding="utf-8")
    answer = CliRunner().invoke(main, ["check", "--config", str(tmp_path)])
    assert 2 == answer.exit_code
    assert [
        "own.yaml:2:5: devices.0.prefixes: Field required",
        "own.yaml:3:5: devices.0.prefx: unknown key; known are name, prefixes, cpu, memory, temperature, traps",
    ] == [line.removeprefix(f"{tmp_path}/") for line in answer.stdout.splitlines()]


def test_a_reader_that_leaves_ends_the_command_quietly(tmp_path: Path) -> None:
    lines = "".join(f"key{number}: x\n" for number in range(5_000))
    write(tmp_path, monitor=lines)
    command = [sys.executable, "-m", "monitor", "check", "--config", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
        assert process.wait(timeout=60) == 141


def test_a_table_that_nobody_reads_is_no_finding() -> None:
    """Exit code 1 says that a check found something: rich gives it too where the reader of its table has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    scenario = Path(__file__).parents[1] / "scenarios" / "11-blips-and-streaks.yaml"
    command = [sys.executable, "-m", "monitor", "replay", str(scenario)]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (141, "") == (ended.returncode, ended.stderr)


def test_a_command_that_needs_the_configuration_names_the_first_problem(tmp_path: Path) -> None:
    folder = write(tmp_path, monitor="conty: x\nlocale: fr\n")
    with pytest.raises(WrongInput) as caught:
        configuration(folder)
    assert caught.value.exit_code == 2
    assert caught.value.message == (
        f"{folder}/monitor.yaml:1:1: conty: unknown key; did you mean 'county'? "
        f"(and 1 more: monitor check --config {folder})"
    )
    assert configuration(write(tmp_path)).folder == folder
