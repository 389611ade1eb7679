"""``monitor replay``: histories in, every judgement out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import words

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.config.problem import Problem
    from monitor.policy import Policies
    from monitor.replay import Difference, Judgement

FOUND, WRONG = 1, 2
OWN_POLICY = "its own policy comes before --policy; monitor export-history --without-policy leaves it out"
Json = dict[str, Any]


@dataclass(kw_only=True)
class Judged:
    """One file: its judgement and the object it comes to, or what is wrong with it."""

    file: Path
    output: Json = field(default_factory=dict)
    judgement: Judgement | None = None
    problems: Sequence[Problem] = ()
    differences: Sequence[Difference] = ()


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file, one a line.")
@click.option("--check", is_flag=True, help="Compare with what each file expects; exit 1 if anything differs.")
@click.option(
    "--policy",
    type=click.Path(exists=True, path_type=Path),
    help="Judge by this policy file (or folder of versions) instead of the built-in defaults.",
)
def replay(files: tuple[Path, ...], *, as_json: bool, check: bool, policy: Path | None) -> None:
    """Judge recorded or invented histories: FILES are YAML, JSON or JSON Lines, or folders of *.yaml."""
    from rich.console import Console

    from monitor.config.policy import OVERRIDDEN

    base = _policies(policy)
    console, errors = Console(), Console(stderr=True)
    code = 0
    for file in _files(files):
        judged = _judge(file, base)
        if as_json:
            click.echo(json.dumps(judged.output, ensure_ascii=False))
        for problem in judged.problems:
            _say(errors, str(problem), "red")
        if judged.problems:
            code = WRONG
            continue
        if policy is not None and judged.output["policy_version"].endswith(OVERRIDDEN):
            _say(errors, f"{file}: {OWN_POLICY}", "yellow")
        if not as_json and not check:
            _tell(judged, console)
        if check:
            _compare(judged, errors if as_json else console)
            code = code or (FOUND if judged.differences else 0)
    raise SystemExit(code)


def _files(named: Sequence[Path]) -> Iterator[Path]:
    for path in named:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.rglob("*.yaml"))
        if not found:
            raise click.BadParameter(f"the folder {path} holds no *.yaml", param_hint="FILES")
        yield from found


def _policies(path: Path | None) -> Policies:
    from zoneinfo import ZoneInfo

    from monitor.config.policy import read_policies
    from monitor.config.problem import ConfigurationRefused
    from monitor.config.settings import ZONE
    from monitor.config.source import read
    from monitor.policy import Policies, Policy

    if path is None:
        return Policies([Policy()])
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    problems: list[Problem] = []
    policies = read_policies([read(file) for file in files], zone=ZoneInfo(ZONE), problems=problems)
    if problems:
        raise _Refused(ConfigurationRefused(problems).problems)
    return policies


class _Refused(click.ClickException):
    """The policy file was refused: every problem in a line of its own."""

    exit_code = WRONG

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True, file=file)


def _judge(file: Path, base: Policies) -> Judged:
    from zoneinfo import ZoneInfo

    from monitor.config.problem import Problem
    from monitor.config.scenario import read_history
    from monitor.config.settings import ZONE
    from monitor.replay import as_json, differences, replay

    scenario, problems = read_history(file, base=base, zone=ZoneInfo(ZONE))
    if scenario is None:
        return _wrong(file, problems)
    judgement = replay(scenario)
    for refusal in judgement.refusals:
        place = refusal.taken.place
        problems.append(Problem(str(file), place.line, place.column, "", refusal.reason))
    if problems:
        return _wrong(file, sorted(problems, key=lambda problem: (problem.line, problem.column)))
    output = as_json(judgement)
    return Judged(file=file, output=output, judgement=judgement, differences=differences(scenario, output))


def _wrong(file: Path, problems: Sequence[Problem]) -> Judged:
    errors = [
        {
            "line": problem.line,
            "column": problem.column,
            "message": f"{problem.path}: {problem.message}" if problem.path else problem.message,
        }
        for problem in problems
    ]
    return Judged(file=file, output={"file": str(file), "errors": errors}, problems=problems)


def _compare(judged: Judged, console: Console) -> None:
    if not judged.differences:
        _say(console, f"{judged.file}: as expected", "green")
    for difference in judged.differences:
        _say(console, f"{judged.file}: {difference}", "red")


def _say(console: Console, text: str, style: str) -> None:
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _tell(judged: Judged, console: Console) -> None:
    """Print what a person wants to see of one file."""
    from rich.table import Table

    from monitor.wording import say_share

    output, said = judged.output, words()
    by = said["judged_by"].format(version=output["policy_version"])
    console.print(f"{judged.file}  {by}", style="bold", highlight=False)
    table = Table(*said["fault_columns"].split(","), title=said["faults_found"])
    for fault in output["faults"]:
        elapsed = f"{fault['elapsed_s']} s"
        table.add_row(
            fault["line"],
            said[fault["status"]],
            *(str(fault[key] or "—") for key in ("discovered_at", "restored_at", "deadline_at")),
            elapsed,
            said[fault["verdict"]],
        )
    console.print(table if output["faults"] else said["no_faults"])
    for blip in output["blips"]:
        told = said["blip_found"].format(line=blip["line"], since=blip["first_failed_at"], rounds=blip["rounds"])
        console.print(told, highlight=False, markup=False)
    messages = Table(*said["message_columns"].split(","), title=said["messages_due"])
    for message in output["messages"]:
        messages.add_row(message["at"], message["kind"], message["line"] or "—", str(message["fraction"] or "—"))
    if output["messages"]:
        console.print(messages)
    figures = Table(*said["availability_columns"].split(","), title=said["availability"])
    for line, found in output["availability"]["lines"].items():
        shown = [say_share(found[key]) for key in ("raw", "coverage")]
        figures.add_row(line, *(str(found[key]) for key in ("window_s", "unknown_s", "down_s")), *shown)
    console.print(figures)
