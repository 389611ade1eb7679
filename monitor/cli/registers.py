"""``monitor registers``: who is connected, who answers for it, and what was signed (Art. 6 to 27)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.acting import plain
from monitor.cli.entering import add, withdraw
from monitor.cli.erasing import erase
from monitor.cli.exits import WrongInput
from monitor.cli.gaps import gaps
from monitor.cli.options import config_option, configuration, json_option
from monitor.cli.register_files import export, import_, template
from monitor.cli.shelf import (
    Manner,
    anyone_named,
    entry_named,
    put_on_record,
    read_shelf,
    register_named,
    why_option,
)
from monitor.cli.takings import taken

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.registers.entries import Entry
    from monitor.registers.register import Register

FULL = click.option("--full", is_flag=True, help="Telephone numbers whole, to call them: that is put on record.")
WHO = click.option("--who", metavar="NAME", callback=plain, help="Who looks (default: the login name).")


@click.group()
def registers() -> None:
    """Keep the registers of the regulation: filings, commitments, guarantees, plans, reviews, requests.

    A REGISTER is named by its id or its title, a unit or carrier by its id or its name. Entries are never overwritten:
    each change is a version of its own. Telephone numbers are masked unless --full asks for them, which is put on
    record.
    """


for command in (add, withdraw, erase, gaps, import_, export, template, taken):
    registers.add_command(command)


@registers.command(name="list")
@click.argument("register", required=False, callback=register_named)
@click.option("--unit", "subject", metavar="NAME", callback=plain, help="Only of this unit or carrier: its id or name.")
@click.option("--find", "words", metavar="TEXT", callback=plain, help="Only entries that say this in any version.")
@click.option("--withdrawn", is_flag=True, help="Also entries that were withdrawn.")
@FULL
@WHO
@why_option
@config_option
@json_option
def list_(
    register: Register | None,
    folder: Path,
    *,
    subject: str | None,
    words: str | None,
    withdrawn: bool,
    full: bool,
    who: str | None,
    why: str | None,
    as_json: bool,
) -> None:
    """List the entries of REGISTER as they stand, or, without it, how many each register holds."""
    loaded = configuration(folder)
    manner = Manner(loaded=loaded, shelf=read_shelf(loaded), full=full)
    entries = manner.shelf.registers.all()
    subject = anyone_named(subject, loaded.inventory, {entry.subject for entry in entries})
    found = [
        entry
        for entry in entries
        if (register is None or entry.register == register.id)
        and (subject is None or entry.subject == subject)
        and (withdrawn or not entry.is_withdrawn)
        and (words is None or _saying(entry, words, manner))
    ]
    if full:
        from monitor.faults.terms import Medium

        taken = dict.fromkeys(entry.register for entry in found)
        put_on_record(loaded, taken, entries=len(found), to=Medium.SCREEN, full=True, who=who, why=why)
    if as_json:
        click.echo(json.dumps([_spelled(entry, words, manner) for entry in found], ensure_ascii=False))
    elif register is None and subject is None and words is None:
        _count(found, manner)
    else:
        _show_all(found, words, manner)


@registers.command()
@click.argument("register", callback=register_named)
@click.argument("name", metavar="ENTRY", callback=plain)
@FULL
@WHO
@why_option
@config_option
@json_option
def show(
    register: Register,
    name: str,
    folder: Path,
    *,
    full: bool,
    who: str | None,
    why: str | None,
    as_json: bool,
) -> None:
    """Show every version of an entry: what it said, who entered it when and why, and whether its file is whole."""
    from monitor.faults.terms import Medium

    loaded = configuration(folder)
    manner = Manner(loaded=loaded, shelf=read_shelf(loaded), full=full)
    entry = entry_named(name, register, manner.shelf, loaded.inventory)
    if full:
        put_on_record(loaded, (register.id,), entries=1, to=Medium.SCREEN, full=True, who=who, why=why)
    if as_json:
        files = _files(entry, loaded)
        versions = [
            manner.spelled(version, register) | {"file": files.get(version.attachment or "")}
            for version in entry.versions
        ]
        head = {"register": register.id, "entry": entry.id, "subject": entry.subject, "withdrawn": entry.is_withdrawn}
        click.echo(json.dumps({**head, "versions": versions}, ensure_ascii=False))
    else:
        _show_versions(entry, register, manner)


def _saying(entry: Entry, words: str, manner: Manner) -> list[int]:
    """Return the numbers of the versions of an entry that say something, kept apart or not."""
    found = []
    for version in entry.versions:
        apart = {} if version.digest is None else manner.shelf.kept.get(version.digest, {})
        if any(words in str(value) for value in (*version.facts.values(), *apart.values())):
            found.append(version.number)
    return found


def _spelled(entry: Entry, words: str | None, manner: Manner) -> dict[str, Any]:
    from monitor.registers.definitions import REGISTERS

    register = REGISTERS.get(entry.register)
    if register is None:
        raise WrongInput(f"the register {entry.register} is not known to this version")
    head = {"register": entry.register, "entry": entry.id, "subject": entry.subject}
    name = {"name": manner.name(register, entry.subject), "withdrawn": entry.is_withdrawn}
    saying = {} if words is None else {"said_in": _saying(entry, words, manner)}
    return {**head, **name, **saying, **manner.spelled(entry.latest, register)}


def _count(found: list[Entry], manner: Manner) -> None:
    from rich.console import Console

    from monitor.cli.tables import headed
    from monitor.registers.definitions import DEFINED
    from monitor.wording import WORDING

    words = WORDING[manner.locale]
    table = headed("", words, "register", "reg_article", "reg_entries", "id")
    table.columns[-1].no_wrap = True  # it is what commands want, and is copied
    for register in DEFINED:
        count = sum(entry.register == register.id for entry in found)
        article = register.article.spoken(manner.locale)
        table.add_row(register.title.spoken(manner.locale), article, str(count), register.id)
    Console().print(table)


def _show_all(found: list[Entry], words: str | None, manner: Manner) -> None:
    from rich.console import Console

    from monitor.cli.tables import WIDE_FROM
    from monitor.registers.definitions import DEFINED
    from monitor.wording import WORDING

    console = Console()
    if not found:
        click.echo(WORDING[manner.locale]["reg_none"])
    for register in DEFINED:
        entries = [entry for entry in found if entry.register == register.id]
        if entries:
            saying = {} if words is None else {each.id: _saying(each, words, manner) for each in entries}
            console.print(_table(register, entries, saying, manner, wide=console.width >= WIDE_FROM))


def _table(
    register: Register, entries: list[Entry], saying: Mapping[str, list[int]], manner: Manner, *, wide: bool
) -> Any:
    """Return a column a field where there is room for them, else all fields in one.

    ``saying`` has the versions that say what was looked for: only the latest is shown, and it may say it no more.
    """
    from rich.text import Text

    from monitor.cli.tables import headed
    from monitor.cli.times import local
    from monitor.wording import WORDING

    words, zone = WORDING[manner.locale], manner.loaded.settings.timezone
    columns = ("reg_subject", "entry") if register.several else ("reg_subject",)
    table = headed(register.title.spoken(manner.locale), words, *columns)
    for title in [each.title.spoken(manner.locale) for each in register.fields] if wide else [words["reg_says"]]:
        table.add_column(title, overflow="fold")
    table.add_column(words["reg_entered"], overflow="fold")
    for entry in entries:
        said, latest = manner.values(entry.latest, register), entry.latest
        names = [manner.name(register, entry.subject), *([entry.id] if register.several else ())]
        values = [said.get(each.name, "—") for each in register.fields]
        if not wide:
            values = ["\n".join(_sayings(said, register, manner))]
        entered = f"{local(latest.at, zone)[:16]} v{latest.number}{_state(entry, words)}"
        if entry.id in saying:
            versions = words["listed"].join(f"v{number}" for number in saying[entry.id])
            entered += f"\n{words['reg_said_in'].format(versions=versions)}"
        table.add_row(*(Text(cell) for cell in (*names, *values, entered)))
    return table


def _sayings(said: dict[str, str], register: Register, manner: Manner) -> list[str]:
    return [f"{register.by_name[name].title.spoken(manner.locale)} {value}" for name, value in said.items()]


def _state(entry: Entry, words: Any) -> str:
    if entry.is_withdrawn:
        return f" {words['reg_withdrawn']}"
    return f" {words['reg_erased']}" if entry.latest.erased_at is not None else ""


def _show_versions(entry: Entry, register: Register, manner: Manner) -> None:
    from rich.console import Console
    from rich.text import Text

    from monitor.cli.tables import headed
    from monitor.cli.times import local
    from monitor.wording import WORDING

    words, zone = WORDING[manner.locale], manner.loaded.settings.timezone
    title = f"{register.title.spoken(manner.locale)}  {manner.name(register, entry.subject)}  {entry.id}"
    table = headed(title, words, "reg_version", "reg_entered", "reg_says", "reg_why")
    files = _files(entry, manner.loaded)
    for version in entry.versions:
        who = f"{local(version.at, zone)}\n{version.who or ''}\n{words[f'reg_{version.change.value}']}"
        says = _sayings(manner.values(version, register), register, manner)
        if version.erased_at is not None:
            says.append(words["reg_erased_at"].format(at=local(version.erased_at, zone)))
        why = [version.why or "", *_said_file(files.get(version.attachment or ""), words)]
        table.add_row(str(version.number), Text(who), Text("\n".join(says)), Text("\n".join(filter(None, why))))
    Console().print(table)


def _said_file(file: dict[str, str] | None, words: Any) -> Iterator[str]:
    if file is not None:
        yield f"{file['path']} ({words['reg_file_' + file['state']]})"


def _files(entry: Entry, loaded: Configuration) -> dict[str, dict[str, str]]:
    """Return where the files of an entry are, and whether each is as it was kept."""
    from monitor.store.attachments import Attachments

    attachments = Attachments(loaded.settings.database.reveal(), loaded.settings.attachments)
    digests = {version.attachment for version in entry.versions if version.attachment is not None}
    return {
        digest: {"path": str(attachments.path(digest)), "state": attachments.state(digest).value} for digest in digests
    }
