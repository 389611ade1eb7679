"""How an archive is taken: what it changes is shown, the folder is checked with it, and only then it is written."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from monitor.cli.archive import Archive, joined
from monitor.cli.exits import Missing, WrongInput

if TYPE_CHECKING:
    from rich.text import Text

    from monitor.archive.differences import Difference, Differences
    from monitor.archive.keeping import Draft, Kept, Taken
    from monitor.archive.reading import Read
    from monitor.archive.rows import Held
    from monitor.config.folder import Configuration
    from monitor.config.secret import Secret
    from monitor.faults.fault import Fault
    from monitor.inventory.model import Inventory

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHOWN_OF = {"lines": frozenset({"node", "type", "port"})}
COLUMNS = ("change", "sheet", "id", "name", "content")
BETWEEN = 3  # blanks between two columns of a table
NARROWEST = 20  # columns of the terminal: what a content is packed into where the others leave none
COLOURS = {"new": "green", "changed": "yellow", "gone": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which NetBox is asked, and where its token is: in a variable of the environment or in a file."""

    address: str
    token_env: str | None = None
    token_file: str | None = None
    ca: Path | None = None
    centre: str | None = None

    def token(self) -> Secret | None:
        """Fetch the token, None where none is named.

        Raises:
            WrongInput: there is nothing where it is said to be.
        """
        from monitor.config.secret import resolve

        given = {"env": self.token_env, "file": self.token_file}
        reference = {kind: name for kind, name in given.items() if name is not None}
        if not reference:
            return None
        if len(reference) > 1:
            raise click.UsageError("name one of --token-env and --token-file")
        try:
            return resolve(reference, environ=os.environ, folder=Path())
        except ValueError as error:
            raise WrongInput(f"--token-{next(iter(reference))}: {error}") from error


@dataclass(frozen=True, slots=True)
class Names:
    """What a sheet is called, the headings of its keys, and the keys that are needed."""

    title: str
    headings: Mapping[str, str]
    needed: frozenset[str]


def ask_netbox(request: Request, present: Inventory, archive: Archive) -> Read:
    """Fetch everything from NetBox and read it.

    Raises:
        WrongInput: it is no NetBox, or does not accept the token.
        Missing: nothing answers.
    """
    from monitor.archive.netbox import Fetched, fetch, read_netbox
    from monitor.archive.netbox_client import Netbox, NetboxRefused, NetboxUnreached

    async def fetched() -> Fetched:
        async with Netbox(request.address, token=token, ca=request.ca) as netbox:
            return await fetch(netbox, request.address)

    token, parts = request.token(), urlsplit(request.address)
    if token is not None and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        click.echo(archive.words.screen["unencrypted"], err=True)
    try:
        with archive.waiting("reading"):
            return read_netbox(asyncio.run(fetched()), present, centre=request.centre, zone=archive.zone)
    except NetboxRefused as error:
        raise WrongInput(str(error)) from error
    except NetboxUnreached as error:
        raise Missing(str(error)) from error


def take_archive(archive: Archive, present: Kept, read: Read, *, origin: str, yes: bool, as_json: bool) -> None:
    """Show what an archive changes, and with ``yes`` take it; nothing is written where anything is wrong.

    Raises:
        WrongInput: something is wrong with it, or `monitor check` would refuse the folder with it.
    """
    from monitor.archive.differences import differences
    from monitor.archive.keeping import CannotKeep, draft, take
    from monitor.cli.desk import now

    archive.refuse(read, origin=origin, as_json=as_json)
    at = now().astimezone(archive.zone)
    comment = f"# Taken from {_plain(origin)} at {at:%Y-%m-%d %H:%M} by monitor inventory import.\n"
    try:
        with archive.waiting("comparing"):
            drafted = draft(present, read.inventory, zone=archive.zone, comment=comment)
            loaded = _checked(archive, drafted)
            found = differences(present.inventory, loaded.inventory, zone=archive.zone, chinese=archive.words.chinese)
            leaving, unasked = _leaving_with_faults(found, loaded)
        taken = take(drafted, at=at) if yes and found else None
    except CannotKeep as error:
        raise WrongInput(str(error)) from error
    if as_json:
        archive.print_json(read, _spelled(found, leaving, taken))
        return
    if not found:
        click.echo(archive.words.screen["same"])
        return
    _show(archive, found)
    for fault in leaving:
        click.secho(archive.words.screen["leaves_faulty"].format(line=fault.line, no=fault.no), fg="red")
    if unasked:
        click.secho(archive.words.screen["unasked"].format(why=unasked), fg="yellow")
    _tell(archive, taken)


def _plain(text: str) -> str:
    """Return a text that can stand in a comment."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _checked(archive: Archive, drafted: Draft) -> Configuration:
    """Read the whole folder as it would be.

    Raises:
        WrongInput: `monitor check` would refuse it.
    """
    from monitor.alerts.examining import examine
    from monitor.cli.desk import now
    from monitor.config.folder import load
    from monitor.config.problem import ConfigurationRefused

    try:
        return load(archive.folder, at=now(), examine=examine, inventory_files=drafted.documents)
    except ConfigurationRefused as refused:
        for problem in refused.problems:
            click.echo(str(problem))
        count = len(refused.problems)
        raise WrongInput(
            f"{count} problem{'s' if count > 1 else ''} of {archive.folder} with this archive: nothing is taken"
        ) from refused


def _leaving_with_faults(found: Differences, loaded: Configuration) -> tuple[Sequence[Fault], str]:
    """Return the open faults of lines that would leave; and why they are not known, where they are not."""
    from monitor.store.errors import StoreError, StoreMissing
    from monitor.store.records import Records

    gone = found.gone("lines")
    if not gone:
        return (), ""
    try:
        with Records.of(loaded.settings.database.reveal()) as records:
            return [fault for fault in records.faults(open_only=True) if fault.line in gone], ""
    except StoreMissing:
        return (), ""  # nothing was ever watched
    except StoreError as error:
        return (), str(error)


def _show(archive: Archive, found: Differences) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from monitor.cli.tables import print_rows

    screen = archive.words.screen
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in COLUMNS:
        table.add_column(screen[name], overflow="fold", no_wrap=name == "change")
    if found.found:
        sheets = {section: _sheet(archive, section) for section in {each.section for each in found.found}}
        print_rows(table, _rows(archive, found.found, sheets))
    for section in found.reordered:
        click.echo(screen["reordered"].format(sheet=_sheet(archive, section).title))
    if found.gone("lines"):
        click.echo(screen["gone_lines"])
    click.echo(screen["in_all"].format(**{change: _count(found, change) for change in COLOURS}))


def _rows(archive: Archive, found: Sequence[Difference], sheets: Mapping[str, Names]) -> Sequence[Sequence[Text]]:
    """Return a row for each, its content in lines of the width that the other columns leave."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text

    screen = archive.words.screen
    heads = [(screen[each.change.value], sheets[each.section].title, each.id, each.name) for each in found]
    names = tuple(screen[name] for name in COLUMNS[:-1])
    taken = (max(map(cell_len, column)) + BETWEEN for column in zip(names, *heads, strict=True))
    room = max(NARROWEST, Console().width - sum(taken) - BETWEEN)
    return [
        (
            Text(head[0], style=COLOURS[each.change.value]),
            *map(Text, head[1:]),
            Text(_content(archive, each, sheets[each.section], room)),
        )
        for each, head in zip(found, heads, strict=True)
    ]


def _sheet(archive: Archive, section: str) -> Names:
    from monitor.archive.sheets import CONTACTS, SHEETS

    chinese = archive.words.chinese
    sheet = next(sheet for sheet in SHEETS if sheet.key == section)
    headings = {column.key: column.heading(chinese=chinese) for column in sheet.columns}
    needed = frozenset(column.key for column in sheet.columns if column.needed)
    headings[CONTACTS.key] = CONTACTS.title(chinese=chinese)
    return Names(sheet.title(chinese=chinese), headings, needed)


def _content(archive: Archive, each: Difference, sheet: Names, room: int) -> str:
    """Say what of an entity is new or other; of a new one what is needed, and of a line where it runs."""
    screen = archive.words.screen
    said, shown = [], (sheet.needed | SHOWN_OF.get(each.section, frozenset())) - {"id", "name"}
    for value in each.values:
        old, new = (screen["nothing"] if held is None else _shown(held) for held in (value.old, value.new))
        if each.change.value == "changed":
            said.append(screen["from_to"].format(heading=sheet.headings[value.key], old=old, new=new))
        elif value.key in shown and value.new is not None:
            said.append(screen["is"].format(heading=sheet.headings[value.key], new=new))
    return "\n".join(said if each.change.value == "changed" else _packed(said, screen["listed"], room))


def _packed(parts: Sequence[str], separator: str, room: int) -> Sequence[str]:
    """Put parts together into lines of at most ``room`` columns, as far as they go in."""
    from rich.cells import cell_len

    lines: list[str] = []
    for part in parts:
        if lines and cell_len(together := f"{lines[-1]}{separator}{part}") <= room:
            lines[-1] = together
        else:
            lines.append(part)
    return lines


def _shown(held: Held) -> str:
    from monitor.archive.cells import plain

    return plain(held) if isinstance(held, float) else str(held)


def _count(found: Differences, change: str) -> int:
    return sum(1 for each in found.found if each.change.value == change)


def _tell(archive: Archive, taken: Taken | None) -> None:
    screen = archive.words.screen
    if taken is None:
        click.echo(screen["dry_run"])
        return
    click.echo(screen["taken"].format(files=joined(taken.written)))
    if taken.backup is not None:
        click.echo(screen["backup"].format(file=taken.backup))
    click.echo(screen["reload"])


def _spelled(found: Differences, leaving: Sequence[Fault], taken: Taken | None) -> Mapping[str, object]:
    return {
        "differences": [
            {
                "change": each.change.value,
                "section": each.section,
                "id": each.id,
                "name": each.name,
                "values": [{"key": value.key, "old": value.old, "new": value.new} for value in each.values],
            }
            for each in found.found
        ],
        "reordered": list(found.reordered),
        "leaving_with_open_fault": [{"line": fault.line, "no": fault.no} for fault in leaving],
        "taken": taken is not None,
        "written": [str(path) for path in taken.written] if taken else [],
        "backup": str(taken.backup) if taken and taken.backup else None,
    }
