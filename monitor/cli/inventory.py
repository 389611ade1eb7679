"""``monitor inventory``: the access archive as a workbook, CSV files or NetBox has it (Art. 21)."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.archive import Archive, archive
from monitor.cli.exits import WrongInput
from monitor.cli.options import json_option
from monitor.cli.sheets import Target, as_workbook, force_option, written_whole
from monitor.cli.shelf import full_option, who_option, why_option

WORKBOOK = Path("archive.xlsx")
TEMPLATE = Path("archive-template.xlsx")
FOLDER = Path("archive")


@click.group()
def inventory() -> None:
    """Import, export and check the access archive: who is connected, over which lines, who answers (Art. 21)."""


@inventory.command(name="import")
@click.argument("source", type=click.Path(path_type=Path), metavar="[FILE.xlsx|DIR]", required=False)
@click.option("--netbox", metavar="URL", help="Take providers, sites, circuits and contacts from a NetBox instead.")
@click.option("--token-env", metavar="NAME", help="The environment variable that holds NetBox's token;")
@click.option("--token-file", metavar="PATH", help="or the file.")
@click.option("--ca", type=click.Path(path_type=Path), metavar="FILE", help="Who signed NetBox's certificate (PEM).")
@click.option("--centre", metavar="SLUG", help="The information centre's own site in NetBox.")
@click.option("--yes", is_flag=True, help="Take it; without, only the differences are shown.")
@json_option
@archive
def import_(
    source: Path | None,
    *,
    netbox: str | None,
    token_env: str | None,
    token_file: str | None,
    ca: Path | None,
    centre: str | None,
    yes: bool,
    as_json: bool,
    archive: Archive,
) -> None:
    """Show what a workbook, or a folder of CSV files, would change; take it with --yes.

    It is taken whole or not at all: every error is named with sheet, row, column and cure. A line that is not in it
    leaves the inventory; its history and past reports stay. A masked telephone number stays as it is.
    """
    from monitor.archive.content import named
    from monitor.cli.taking import Request, ask_netbox, take_archive

    if source is None and netbox is None:
        raise click.UsageError("name a workbook, a folder of CSV files, or --netbox URL")
    if source is not None and netbox is not None:
        raise click.UsageError(f"both {source} and --netbox are given, and one archive is taken: leave one of them out")
    present = archive.kept()
    if netbox is None:
        if source is None or any(given is not None for given in (token_env, token_file, ca, centre)):
            raise click.UsageError("--token-env, --token-file, --ca and --centre belong to --netbox")
        origin, read = named(source), archive.read(source, present.inventory)
    else:
        request = Request(address=netbox, token_env=token_env, token_file=token_file, ca=ca, centre=centre)
        origin, read = netbox, ask_netbox(request, present.inventory, archive)
    take_archive(archive, present, read, origin=origin, yes=yes, as_json=as_json)


@inventory.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="FILE.xlsx|DIR")
@json_option
@archive
def check(source: Path, *, as_json: bool, archive: Archive) -> None:
    """Name everything wrong with a workbook or a folder of CSV files, by itself.

    Exits 0 when nothing is, and 2 when it cannot be imported. Masked telephone numbers are looked up in the folder's
    inventory, where there is one.
    """
    from monitor.archive.content import named

    read = archive.read(source, archive.known())
    archive.refuse(read, origin=named(source), as_json=as_json)
    if as_json:
        archive.print_json(read)
    else:
        counts = archive.counts(read.inventory)
        click.echo(archive.words.screen["sound"].format(file=named(source), counts=counts))


@inventory.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.xlsx|DIR", help=f"Default: {WORKBOOK}.")
@click.option("--csv", "as_csv", is_flag=True, help=f"Write a folder of CSV files; default: {FOLDER}.")
@full_option
@who_option
@why_option
@force_option
@archive
def export(
    *,
    out: Path | None,
    as_csv: bool,
    full: bool,
    who: str | None,
    why: str | None,
    force: bool,
    archive: Archive,
) -> None:
    """Write the inventory as a workbook; it is put on record who took it.

    It imports as the same inventory, telephone numbers masked or not: of a masked one the inventory keeps its own.
    Before there is a database nothing can be put on record, and --full is refused.
    """
    from monitor.archive.rows import found_of, sheets_of

    kept, words = archive.kept(), archive.words
    if not kept.paths:
        raise WrongInput(
            f"{archive.folder} holds no inventory: name its folder with --config; monitor inventory template writes an "
            "empty workbook"
        )
    target = Target.of(out, as_csv=as_csv, workbook=WORKBOOK, folder=FOLDER)
    sheets = list(sheets_of(kept.inventory, zone=archive.zone, chinese=words.chinese, full=full))
    content = None if target.as_csv else as_workbook(sheets, words, profiles=archive.profiles or ())
    target.refuse_existing(sheets, words, force=force)  # before it is put on record that anything was taken
    recorded = archive.put_on_record(rows=sum(len(rows) - 1 for _, rows in sheets), full=full, who=who, why=why)
    if content is None:
        target.write_folder(sheets, words)
    else:
        written_whole(target.path, content)
    found = found_of(target.path.name, sheets, typed=not target.as_csv)
    for finding in archive.read_found(found, kept.inventory, profiles=None).wrong:
        # YAML permits what an archive should not hold
        click.echo(words.screen["refused_again"].format(finding=words.say(finding)), err=True)
    click.echo(words.screen["exported"].format(file=target.path, counts=archive.counts(kept.inventory)))
    if not full:
        click.echo(words.screen["numbers_masked"])
    if not recorded:
        click.echo(words.screen["unrecorded"], err=True)


@inventory.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.xlsx", help=f"Default: {TEMPLATE}.")
@force_option
@archive
def template(*, out: Path | None, force: bool, archive: Archive) -> None:
    """Write an empty workbook: headings, drop-down lists, and a sheet that says what goes in."""
    from monitor.archive.rows import sheets_of
    from monitor.inventory.model import Inventory

    target, words = Target.workbook(out or TEMPLATE), archive.words
    sheets = list(sheets_of(Inventory(), zone=archive.zone, chinese=words.chinese, full=True))
    target.refuse_existing(sheets, words, force=force)
    written_whole(target.path, as_workbook(sheets, words, profiles=archive.profiles or ()))
    click.echo(words.screen["template"].format(file=target.path))
