"""``monitor registers erase``: what the registers hold of a person, gone at that person's wish."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.acting import acting_for_centre, plain
from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput
from monitor.cli.shelf import entry_named, read_shelf, register_named

if TYPE_CHECKING:
    from monitor.cli.acting import Acting
    from monitor.faults.events import Event
    from monitor.registers.entries import Entry, Registers
    from monitor.registers.register import Register


@click.command()
@click.argument("register", callback=register_named)
@click.argument("name", metavar="ENTRY", callback=plain)
@click.option("--version", "versions", type=int, multiple=True, metavar="N", help="Only this version; again for more.")
@click.option("--yes", is_flag=True, help="Do not ask first, on a terminal.")
@acting_for_centre
def erase(register: Register, name: str, *, versions: tuple[int, ...], yes: bool, acting: Acting) -> None:
    """Erase the names, numbers, texts and files of an entry, at a person's wish.

    Days and decisions stay, and so does the chain of the ledger, which says what was erased when. Backups made before
    hold it still. An entry whose latest version is erased is a gap until it is entered anew.
    """
    from monitor.registers.actions import EraseRegister

    inventory = acting.configuration.inventory
    name = entry_named(name, register, read_shelf(acting.configuration), inventory).id
    question = acting.words["ask_erase"].format(register=register.id, entry=name)
    if not yes and sys.stdin.isatty() and not click.confirm(question):
        raise WrongInput("nothing is erased")
    acting.ask(EraseRegister(register=register.id, entry=name, versions=versions, **acting.said()))
    shelf = read_shelf(acting.configuration)
    left = _remove_files(entry_named(name, register, shelf, inventory), shelf.registers, acting)
    click.echo(f"{register.id} {name}: {acting.words['did_erase']}")
    for digest in left:
        click.echo(acting.words["reg_file_needed"].format(digest=digest))


def _remove_files(entry: Entry, registers: Registers, acting: Acting) -> list[str]:
    """Remove the files of versions that were erased; return those that something else on record names."""
    from monitor.store.attachments import Attachments
    from monitor.store.records import Records

    url, left = acting.configuration.settings.database.reveal(), []
    with database_told(), Records.of(url) as records:
        for digest in _of_erased(entry):
            if records.asked_with(digest) or not all(_erased(each, registers) for each in records.attached(digest)):
                left.append(digest)
            else:
                Attachments(url, acting.configuration.settings.attachments).remove(digest)
    return left


def _of_erased(entry: Entry) -> list[str]:
    erased = [each.attachment for each in entry.versions if each.erased_at is not None]
    return list(dict.fromkeys(digest for digest in erased if digest is not None))


def _erased(event: Event, registers: Registers) -> bool:
    """Tell whether an event that names a file is that of a version that was erased."""
    from monitor.faults.events import RegisterEntered

    entry = registers.named(event.register, event.entry) if isinstance(event, RegisterEntered) else None
    if entry is None or not isinstance(event, RegisterEntered):
        return False
    return any(each.number == event.version and each.erased_at is not None for each in entry.versions)
