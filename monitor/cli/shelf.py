"""The registers as the command line knows them: by which words they are named, and how entries are shown."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.acting import login, plain
from monitor.cli.db import database_told
from monitor.cli.exits import WrongInput

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.faults.terms import Medium
    from monitor.inspection import Shelf
    from monitor.inventory.model import Carrier, Inventory, Unit
    from monitor.registers.entries import Entry, Version
    from monitor.registers.register import Field, Register

Json = dict[str, Any]
full_option = click.option("--full", is_flag=True, help="Telephone numbers whole, not masked.")
who_option = click.option("--who", metavar="NAME", callback=plain, help="Who takes it (default: the login name).")
why_option = click.option("--why", metavar="TEXT", callback=plain, help="For what, in one's own words.")


def register_named(_context: click.Context | None, option: click.Parameter | None, text: str | None) -> Register | None:
    """Return the register of an id or a title, in either language.

    Raises:
        click.BadParameter: there is none.
    """
    from monitor.config.problem import did_you_mean
    from monitor.registers.definitions import DEFINED, REGISTERS

    if text is None:
        return None
    word = text.strip().casefold()
    for register in DEFINED:
        if word.replace("-", "_") == register.id or word in (register.title.zh_CN, register.title.en.casefold()):
            return register
    near = did_you_mean(text, list(REGISTERS)) or f"; there are {', '.join(REGISTERS)}"
    raise click.BadParameter(f"there is no register {text!r}{near}", param=option)


def subject_named(text: str, register: Register, inventory: Inventory) -> str:
    """Return the id of the unit or carrier of an id or a name.

    Raises:
        WrongInput: there is none, or the name is of several.
    """
    return _named(text, _known(register, inventory), register.subject.value)


def anyone_named(text: str | None, inventory: Inventory, past: Iterable[str] = ()) -> str | None:
    """Return the id of a unit or carrier of an id or a name, or of one of the ``past``; None where none is wanted.

    Raises:
        WrongInput: there is none, or the name is of several.
    """
    if text is None or text in past:
        return text
    return _named(text, {**inventory.carriers, **inventory.units}, "unit or carrier")


def _named(text: str, known: Mapping[str, Unit | Carrier], what: str) -> str:
    from monitor.config.problem import did_you_mean

    if text in known:
        return text
    named = _ids_of(text, known)
    if len(named) == 1:
        return named[0]
    if named:
        raise WrongInput(f"several are called {text}: name one by its id: {', '.join(named)}")
    names = [*known, *(each.short_name for each in known.values())]
    near = did_you_mean(text, names) or "; name it by its id, its name or its short name"
    raise WrongInput(f"there is no {what} {text} in the inventory{near}")


def _ids_of(name: str, known: Mapping[str, Unit | Carrier]) -> list[str]:
    return [each.id for each in known.values() if name in (each.name, each.short_name)]


def field_named(text: str, register: Register) -> Field:
    """Return the field of a name or a title, in either language.

    Raises:
        WrongInput: the register has none of that name.
    """
    from monitor.config.problem import did_you_mean

    for each in register.fields:
        if text.casefold() in (each.name, each.title.zh_CN, each.title.en.casefold()):
            return each
    near = did_you_mean(text, list(register.by_name)) or f"; there are {', '.join(register.by_name)}"
    raise WrongInput(f"register {register.id} has no field {text!r}{near}")


def entry_named(name: str, register: Register, shelf: Shelf, inventory: Inventory) -> Entry:
    """Return the entry of an id, or the only one that a unit or carrier has, by the id or a name of that.

    Raises:
        WrongInput: there is none, or there are several.
    """
    from monitor.config.problem import did_you_mean

    entry = shelf.registers.named(register.id, name)
    if entry is not None:
        return entry
    owners = {name, *_ids_of(name, _known(register, inventory))}
    owned = [each for each in shelf.registers.all() if each.register == register.id and each.subject in owners]
    owned = [each for each in owned if not each.is_withdrawn] or owned
    if len(owned) == 1:
        return owned[0]
    if owned:
        ids = ", ".join(each.id for each in owned)
        raise WrongInput(f"{name} has several entries in register {register.id}: name one by its id: {ids}")
    known = [each.id for each in shelf.registers.all() if each.register == register.id]
    near = did_you_mean(name, known) or f"; monitor registers list {register.id} lists them"
    raise WrongInput(f"there is no entry {name} in register {register.id}{near}")


def _known(register: Register, inventory: Inventory) -> Mapping[str, Unit | Carrier]:
    """Return those whose entries a register has, by their ids."""
    from monitor.registers.register import SubjectKind

    return inventory.units if register.subject is SubjectKind.UNIT else inventory.carriers


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How entries are shown; ``full``: telephone numbers whole."""

    loaded: Configuration
    shelf: Shelf
    full: bool

    @property
    def locale(self) -> str:
        """The language."""
        return self.loaded.settings.locale.value

    def name(self, register: Register, subject: str) -> str:
        """Return the short name of a unit or carrier, its id where it left the inventory."""
        known = _known(register, self.loaded.inventory)
        return known[subject].short_name if subject in known else subject

    def values(self, version: Version, register: Register) -> dict[str, str]:
        """Return what a version says for people, by field; what was erased or never said is not among it."""
        from monitor.registers.values import show

        apart = {} if version.digest is None else self.shelf.kept.get(version.digest, {})
        said = {**version.facts, **apart}
        zone = self.loaded.settings.timezone
        return {
            each.name: show(each, said[each.name], locale=self.locale, zone=zone, full=self.full)
            for each in register.fields
            if each.name in said
        }

    def spelled(self, version: Version, register: Register) -> Json:
        """Return a version as an object."""
        from monitor.registers.values import show, spell
        from monitor.sla.spelling import spell_time

        apart = {} if version.digest is None else self.shelf.kept.get(version.digest, {})
        zone = self.loaded.settings.timezone
        values = {name: spell(value) for name, value in version.facts.items()}
        values |= {
            name: show(register.by_name[name], text, locale=self.locale, zone=zone, full=self.full)
            for name, text in apart.items()
            if name in register.by_name
        }
        return {
            "version": version.number,
            "change": version.change.value,
            "entered_at": spell_time(version.at),
            "who": version.who,
            "why": version.why,
            "attachment": version.attachment,
            "digest": version.digest,
            "erased_at": spell_time(version.erased_at),
            "values": values,
        }


def put_on_record(
    loaded: Configuration,
    registers: Iterable[str],
    *,
    entries: int,
    to: Medium,
    full: bool,
    who: str | None = None,
    why: str | None = None,
) -> None:
    """Have it put on record that somebody takes entries out, before they are.

    Raises:
        Missing: there is no database, or nobody answers: then nothing is taken.
    """
    from monitor.cli.desk import Desk, now
    from monitor.faults.terms import Source
    from monitor.registers.actions import TakeRegister

    taken = TakeRegister(
        at=now(),
        by=Source.CENTRE,
        who=who or login(),
        why=why,
        registers=tuple(registers),
        entries=entries,
        to=to,
        full=full,
    )
    Desk(loaded).ask(uuid.uuid4().hex, taken)


def read_shelf(loaded: Configuration) -> Shelf:
    """Read the entries on record.

    Raises:
        Missing: there is no database, or it cannot be read.
    """
    from monitor.inspection import shelf
    from monitor.store.records import Records

    with database_told(), Records.of(loaded.settings.database.reveal()) as records:
        return shelf(records)
