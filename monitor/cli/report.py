"""``monitor report``: the report of a period, its editions, and what stands behind every figure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.db import database_told
from monitor.cli.editions import draw, freeze, list_, send, show, text, verify
from monitor.cli.exits import Missing, WrongInput
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.period import period_named, period_options
from monitor.cli.press import publisher, publishing_told

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.reports.figures import Figures
    from monitor.reports.periods import Period

LOWEST = 15  # niceness
TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)


def formats_named(_context: click.Context | None, option: click.Parameter | None, text: str | None) -> list[str] | None:
    """Read formats separated by commas; None where none are named."""
    if text is None:
        return None
    from monitor.reports.rendering import FORMATS

    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    strange = [name for name in names if name not in (*FORMATS, "all")]
    if strange or not names:
        what = strange[0] if strange else text
        raise click.BadParameter(f"{what!r} is no format: there are {', '.join(FORMATS)}, and all", param=option)
    return list(FORMATS if "all" in names else dict.fromkeys(names))


@click.group(invoke_without_command=True)
@period_options
@config_option
@click.option(
    "--format", "formats", callback=formats_named, metavar="A,B", help="pdf, docx, xlsx, html, json. [default: all]"
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Default: report.folder.")
@click.option("--explain", "key", metavar="KEY", help="List what stands behind a figure, as carrier:unicom.missed.")
@click.option("--history", type=TEXT, metavar="FILE", help="Draw it from a history in the format of replay.")
@json_option
@click.pass_context
def report(
    context: click.Context,
    *,
    named: Sequence[str | None],
    folder: Path,
    formats: list[str] | None,
    out: Path | None,
    key: str | None,
    history: Path | None,
    as_json: bool,
) -> None:
    """Write the report of a period: last month's unless one is named.

    A frozen edition's files are the ones that were kept; any other is drawn up as it stands now, marked as a draft, and
    nothing of it is put on record.
    """
    if context.invoked_subcommand is not None:
        if any((*named, formats, out, key, history, as_json)):
            raise click.UsageError("options stand behind the subcommand: monitor report freeze --month 2026-09")
        return
    if key is not None and (formats or out):
        raise click.UsageError(
            "--explain lists what stands behind a figure and writes no file: leave --format and --out"
        )
    loaded = configuration(folder)
    if history is not None:
        from monitor.cli.history import figures_of_history

        period, figures = figures_of_history(history, named, loaded)
        _tell(loaded, period, figures, key=key, formats=formats, out=out, as_json=as_json)
        return
    period = period_named(named, loaded.settings.timezone)
    with database_told(), publishing_told():
        _of_the_record(loaded, period, key=key, formats=formats, out=out, as_json=as_json)


def _of_the_record(
    loaded: Configuration,
    period: Period,
    *,
    key: str | None,
    formats: list[str] | None,
    out: Path | None,
    as_json: bool,
) -> None:
    with publisher(loaded) as making:
        edition = making.edition(period.key)
        frozen = edition.frozen
        if frozen is None or key is not None:
            figures = making.figures(period) if frozen is None else making.published(edition)
            _tell(loaded, period, figures, key=key, formats=formats, out=out, as_json=as_json)
            return
        files = making.kept(frozen)
        wanted = {name: files[name] for name in formats or files if name in files}
        lacking = sorted(set(formats or ()) - files.keys())
        if lacking:
            raise WrongInput(f"edition {period.key} was frozen without {', '.join(lacking)}: it has {', '.join(files)}")
        _say_paths(making.put(wanted, period, out or loaded.settings.report.folder), as_json=as_json)


def _tell(
    loaded: Configuration,
    period: Period,
    figures: Figures,
    *,
    key: str | None,
    formats: list[str] | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Explain a figure, or write the files of a draft."""
    from monitor.cli.explaining import tell_explanation

    if key is not None:
        tell_explanation(figures, key, loaded, as_json=as_json)
        return
    with publishing_told(), publisher(loaded) as making:
        files = making.files(figures, period, draft=True, formats=formats)
        _say_paths(making.put(files, period, out or loaded.settings.report.folder), as_json=as_json)


def _say_paths(paths: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([str(path) for path in paths], ensure_ascii=False))
        return
    for path in paths:
        click.echo(f"{path}")


@report.command(hidden=True)
@config_option
def due(folder: Path) -> None:
    """Do what is due by the policy's days: the daemon runs this, at the lowest priority, and reads what it prints."""
    import os

    from monitor.cli.due import do_what_is_due

    os.nice(LOWEST)
    loaded = configuration(folder)
    with database_told():
        if not do_what_is_due(loaded):
            raise Missing("not everything that is due of the reports was done")


for command in (draw, freeze, list_, show, text, send, verify):
    report.add_command(command)
