"""``monitor registers import``, ``export`` and ``template``: the registers as workbooks, or folders of CSV files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.acting import acting_for_centre
from monitor.cli.archive import found_in, spelled, waiting
from monitor.cli.entering import enter, today
from monitor.cli.exits import WrongInput
from monitor.cli.garbage import uncollected
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.sheets import Target, as_workbook, force_option, written_whole
from monitor.cli.shelf import (
    Manner,
    full_option,
    put_on_record,
    read_shelf,
    register_named,
    who_option,
    why_option,
)

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from monitor.archive.register_reading import Planning
    from monitor.archive.words.words import Words
    from monitor.cli.acting import Acting
    from monitor.cli.sheets import Sheets
    from monitor.config.folder import Configuration
    from monitor.registers.drafting import Plan
    from monitor.registers.register import Register

WORKBOOK, TEMPLATE, FOLDER = Path("registers.xlsx"), Path("registers-template.xlsx"), Path("registers")
some = click.argument(
    "chosen",
    metavar="[REGISTER...]",
    nargs=-1,
    callback=lambda context, option, names: [register_named(context, option, name) for name in names],
)


@click.command(name="import")
@click.argument("source", type=click.Path(path_type=Path), metavar="FILE.xlsx|DIR")
@click.option("--yes", is_flag=True, help="Enter it; without, only the differences are shown.")
@json_option
@acting_for_centre
@uncollected()
def import_(source: Path, *, yes: bool, as_json: bool, acting: Acting) -> None:
    """Show what a workbook, or a folder of CSV files, would enter; enter it with --yes.

    It is entered whole or not at all: every error is named with sheet, row, column and cure. A sheet is named by its
    register; entries without a row stay as they are. A masked telephone number stays as it is.
    """
    from monitor.archive.content import named
    from monitor.archive.register_reading import Comparison, read_registers
    from monitor.registers.drafting import Drafting

    shelf, words = read_shelf(acting.configuration), _words(acting.configuration)
    against = Comparison(
        drafting=Drafting(shelf.registers, shelf.kept),
        inventory=acting.configuration.inventory,
        zone=acting.zone,
        today=today(acting),
    )
    with waiting(words, "reading") as status:
        planning = read_registers(found_in(source, words, status), against)
    _refuse(planning, words, origin=named(source), as_json=as_json)
    manner = Manner(loaded=acting.configuration, shelf=shelf, full=False)
    changes = [_change(plan, manner) for plan in planning.plans]
    if yes and planning.plans:
        enter(planning.plans, acting)
    if as_json:
        answer = {"problems": [], "changes": changes, "unchanged": planning.unchanged, "entered": yes}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(changes, planning, manner, words, yes=yes)


@click.command()
@some
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.xlsx|DIR", help=f"Default: {WORKBOOK}.")
@click.option("--csv", "as_csv", is_flag=True, help=f"Write a folder of CSV files; default: {FOLDER}.")
@full_option
@who_option
@why_option
@force_option
@config_option
def export(
    chosen: Sequence[Register],
    folder: Path,
    *,
    out: Path | None,
    as_csv: bool,
    full: bool,
    who: str | None,
    why: str | None,
    force: bool,
) -> None:
    """Write the entries of REGISTERs, or of all, as they stand; it is put on record who took them.

    What is written imports as what is on record already, telephone numbers masked or not.
    """
    from monitor.faults.terms import Medium

    loaded = configuration(folder)
    manner, words = Manner(loaded=loaded, shelf=read_shelf(loaded), full=full), _words(loaded)
    target = Target.of(out, as_csv=as_csv, workbook=WORKBOOK, folder=FOLDER)
    sheets = _filled(chosen, manner, words)
    content = None if target.as_csv else _drawn(sheets, words)
    target.refuse_existing(sheets, words, force=force)  # before it is put on record that anything was taken
    registers = [sheet.key for sheet, _ in sheets[: len(_chosen(chosen))]]
    entries = sum(len(rows) - 1 for _, rows in sheets[: len(registers)])
    put_on_record(loaded, registers, entries=entries, to=Medium.FILE, full=full, who=who, why=why)
    if content is None:
        target.write_folder(sheets[: len(registers)], words)
    else:
        written_whole(target.path, content)
    counts = words.screen["listed"].join(
        words.screen["count"].format(of=sheet.title(chinese=words.chinese), count=len(rows) - 1)
        for sheet, rows in sheets[: len(registers)]
    )
    click.echo(words.screen["exported"].format(file=target.path, counts=counts))


@click.command()
@some
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.xlsx", help=f"Default: {TEMPLATE}.")
@force_option
@config_option
def template(chosen: Sequence[Register], folder: Path, *, out: Path | None, force: bool) -> None:
    """Write an empty workbook of REGISTERs, or of all: headings, lists to choose from, and what goes in."""
    from monitor.inspection import Shelf
    from monitor.registers.entries import Registers

    loaded, target = configuration(folder), Target.workbook(out or TEMPLATE)
    manner, words = Manner(loaded=loaded, shelf=Shelf(registers=Registers(), kept={}), full=False), _words(loaded)
    sheets = _filled(chosen, manner, words)
    target.refuse_existing(sheets, words, force=force)
    written_whole(target.path, _drawn(sheets, words))
    click.echo(words.screen["template"].format(file=target.path))


def _words(loaded: Configuration) -> Words:
    from monitor.archive.words.registers import REGISTER_WORDS

    return REGISTER_WORDS[loaded.settings.locale.value]


# -- import --------------------------------------------------------------------------------------------------------


def _refuse(planning: Planning, words: Words, *, origin: str, as_json: bool) -> None:
    """Say what people should know; name everything wrong.

    Raises:
        WrongInput: anything is.
    """
    if as_json and planning.wrong:
        answer = {"problems": [spelled(finding, words) for finding in planning.wrong]}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    elif not as_json:
        for note in planning.notes:
            click.secho(words.note(note), dim=True)
        for finding in planning.wrong:
            click.echo(words.say(finding))
    if planning.wrong:
        count = len(planning.wrong)
        raise WrongInput(f"{origin}: {count} problem{'s' if count > 1 else ''}: nothing is entered")


def _change(plan: Plan, manner: Manner) -> dict[str, Any]:
    """Return what a plan changes, telephone numbers masked: each field as it was and as it will be."""
    from monitor.registers.definitions import REGISTERS
    from monitor.registers.values import show, spelled

    draft, register = plan.draft, REGISTERS[plan.draft.register]
    entry = manner.shelf.registers.named(draft.register, draft.entry)
    before = {} if entry is None else manner.values(entry.latest, register)
    said = {**draft.facts, **plan.apart}
    after = {
        each.name: show(
            each,
            spelled(each, said[each.name]),
            locale=manner.locale,
            zone=manner.loaded.settings.timezone,
            full=False,
        )
        for each in register.fields
        if each.name in said
    }
    secret = {} if entry is None or entry.latest.digest is None else manner.shelf.kept.get(entry.latest.digest, {})
    changed = [
        name
        for name in register.by_name
        if before.get(name) != after.get(name) or (name in plan.apart and secret.get(name) != plan.apart[name])
    ]
    return {
        "register": draft.register,
        "entry": draft.entry,
        "subject": draft.subject,
        "version": draft.version,
        "fields": {name: {"before": before.get(name), "after": after.get(name)} for name in changed},
    }


def _show(changes: Sequence[dict[str, Any]], planning: Planning, manner: Manner, words: Words, *, yes: bool) -> None:
    from monitor.cli.tables import print_rows

    if not changes:
        click.echo(words.screen["same"])
        return
    print_rows(_headed(manner), [_row(change, manner, words) for change in changes])
    new = sum(change["version"] == 1 for change in changes)
    click.echo(words.screen["in_all"].format(new=new, changed=len(changes) - new, unchanged=planning.unchanged))
    click.echo(words.screen["taken" if yes else "dry_run"])


def _headed(manner: Manner) -> Table:
    from monitor.cli.tables import headed
    from monitor.wording import WORDING

    return headed("", WORDING[manner.locale], "register", "reg_subject", "entry", "reg_version", "reg_says")


def _row(change: dict[str, Any], manner: Manner, words: Words) -> Sequence[Text]:
    from rich.text import Text

    from monitor.registers.definitions import REGISTERS

    register, screen = REGISTERS[change["register"]], words.screen
    says = []
    for name, values in change["fields"].items():
        heading = register.by_name[name].title.spoken(manner.locale)
        old, new = (values[key] or screen["nothing"] for key in ("before", "after"))
        text = screen["is"] if change["version"] == 1 else screen["from_to"]
        says.append(text.format(heading=heading, old=old, new=new))
    title, name = register.title.spoken(manner.locale), manner.name(register, change["subject"])
    return [Text(cell) for cell in (title, name, change["entry"], str(change["version"]), "\n".join(says))]


# -- export --------------------------------------------------------------------------------------------------------


def _chosen(chosen: Sequence[Register]) -> Sequence[Register]:
    from monitor.registers.definitions import DEFINED

    return tuple({each.id: each for each in chosen}.values()) if chosen else DEFINED


def _filled(chosen: Sequence[Register], manner: Manner, words: Words) -> Sheets:
    from monitor.archive.register_sheets import filled

    settings, shelf = manner.loaded.settings, manner.shelf
    return list(
        filled(
            _chosen(chosen),
            shelf.registers,
            shelf.kept,
            manner.loaded.inventory,
            zone=settings.timezone,
            chinese=words.chinese,
            full=manner.full,
        )
    )


def _drawn(sheets: Sheets, words: Words) -> bytes:
    from monitor.archive.register_sheets import SHEETS

    return as_workbook(sheets, words, explained=[sheet for sheet, _ in sheets if sheet.key in SHEETS])
