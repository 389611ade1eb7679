"""What the commands of the archive have in common: the folder, the zone and the words they go by, and reading files."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.exits import Missing, WrongInput
from monitor.cli.garbage import uncollected
from monitor.cli.options import config_option

if TYPE_CHECKING:
    from rich.status import Status

    from monitor.archive.grid import Finding, Found
    from monitor.archive.keeping import Kept
    from monitor.archive.reading import Read
    from monitor.archive.words.words import Words
    from monitor.config.problem import Problem
    from monitor.config.secret import Secret
    from monitor.inventory.model import Inventory

Command = TypeVar("Command", bound=Callable[..., Any])
SECTIONS = ("carriers", "nodes", "units", "lines", "references")


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The archive of one configuration folder.

    ``profiles`` are its SNMP profiles, and ``database`` is where its record is; None where that is not known.
    """

    folder: Path
    zone: tzinfo
    words: Words
    profiles: Collection[str] | None
    database: Secret | None

    @classmethod
    def of(cls, folder: Path, locale: str | None) -> Archive:
        """Take what ``monitor.yaml`` says, as far as it is right: `monitor check` names what is not."""
        from monitor.archive.words import WORDS
        from monitor.config.folder import installation_in, paths_of

        problems: list[Problem] = []
        installation = installation_in(folder, problems=problems)
        settings, broken = installation.settings, installation.document.broken
        misled = broken or any(problem.path.split(".")[0] == "database" for problem in problems)
        known = bool(paths_of(folder, "monitor")) and not broken
        return cls(
            folder=folder,
            zone=settings.timezone,
            words=WORDS[locale or settings.locale.value],
            profiles=installation.named_profiles if known else None,
            database=None if misled else settings.database,
        )

    def read(self, source: Path, present: Inventory | None) -> Read:
        """Read a workbook, or a folder of CSV files; masked telephone numbers are those of the ``present`` inventory.

        With None they stay masked.
        """
        with self.waiting("reading") as waiting:
            found = found_in(source, self.words, waiting)
            return self.read_found(found, present, profiles=self.profiles)

    def waiting(self, word: str) -> Status:
        """Show on a terminal that something takes its time."""
        return waiting(self.words, word)

    def read_found(self, found: Found, present: Inventory | None, *, profiles: Collection[str] | None) -> Read:
        """Read what was found."""
        from monitor.archive.reading import read_archive

        return read_archive(found, zone=self.zone, profiles=profiles, present=present)

    def kept(self) -> Kept:
        """Return the inventory that the folder has, an empty one where it has none.

        Raises:
            WrongInput: it is refused.
        """
        from monitor.archive.keeping import kept_in
        from monitor.config.problem import ConfigurationRefused

        try:
            return kept_in(self.folder, zone=self.zone)
        except ConfigurationRefused as refused:
            cure = f"(monitor check --config {self.folder} names everything: mend it, or move it away)"
            raise WrongInput(f"{refused.problems[0]} {cure}") from refused

    def known(self) -> Inventory | None:
        """Return the inventory that the folder has, None where it has none that can be read."""
        try:
            kept = self.kept()
        except WrongInput:
            return None
        return kept.inventory if kept.paths else None

    def put_on_record(self, *, rows: int, full: bool, who: str | None, why: str | None) -> bool:
        """Have it put on record that somebody takes the archive out, before it is; tell whether it is on record.

        Where there is no database yet, nothing can be, and only what is masked may be taken.

        Raises:
            Missing: the database is missing for what is ``full``, or nobody answers: then nothing is taken.
            WrongInput: the configuration is refused.
        """
        from monitor.cli.db import lacking_database
        from monitor.cli.options import configuration
        from monitor.cli.shelf import put_on_record
        from monitor.faults.terms import Medium
        from monitor.registers.actions import ACCESS_ARCHIVE

        lacking = None if self.database is None else lacking_database(self.database.reveal())
        if lacking is not None and full:
            cure = "whole telephone numbers are put on record before they are given; without --full they are masked"
            raise Missing(f"{lacking}; {cure}")
        if lacking is not None:
            return False
        loaded = configuration(self.folder)
        put_on_record(loaded, (ACCESS_ARCHIVE,), entries=rows, to=Medium.FILE, full=full, who=who, why=why)
        return True

    def counts(self, inventory: Inventory) -> str:
        """Say how many entities an inventory has: ``网络运营商3家、汇聚节点15个``."""
        from monitor.archive.sheets import SHEETS

        titles, screen = {sheet.key: sheet.title(chinese=self.words.chinese) for sheet in SHEETS}, self.words.screen
        return screen["listed"].join(
            screen[f"count_{name}"].format(of=titles[name], count=len(getattr(inventory, name))) for name in SECTIONS
        )

    def refuse(self, read: Read, *, origin: str, as_json: bool) -> None:
        """Say what people should know; name everything wrong.

        Raises:
            WrongInput: anything is.
        """
        if as_json and read.wrong:
            self.print_json(read)
        elif not as_json:
            for note in read.notes:
                click.secho(self.words.note(note), dim=True)
            for finding in read.wrong:
                click.echo(self.words.say(finding))
        if read.wrong:
            count = len(read.wrong)
            raise WrongInput(f"{origin}: {count} problem{'s' if count > 1 else ''}: nothing is taken")

    def print_json(self, read: Read, more: Mapping[str, object] | None = None) -> None:
        """Print what was read, and more, for programs."""
        answer = {
            "problems": [spelled(finding, self.words) for finding in read.wrong],
            "notes": [{"sheet": note.sheet, "note": self.words.note(note)} for note in read.notes],
            **(more or {}),
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def found_in(source: Path, words: Words, status: Status) -> Found:
    """Find what a workbook, or a folder of CSV files, holds; the status says how far it has come."""
    from rich.markup import escape

    from monitor.archive.separated import find_separated
    from monitor.archive.workbook import find_workbook

    def told(sheet: str, row: int) -> None:
        status.update(words.screen["reading_rows"].format(sheet=escape(sheet), row=row))

    return find_separated(source, told) if source.is_dir() else find_workbook(source, told)


def waiting(words: Words, word: str) -> Status:
    """Show on a terminal that something takes its time."""
    from rich.console import Console

    return Console(stderr=True).status(words.screen[word])


def spelled(finding: Finding, words: Words) -> Mapping[str, object]:
    """Return a finding for programs."""
    what, cure = words.explain(finding.message)
    return {
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.line or None,
        "column": finding.column or None,
        "heading": finding.heading,
        "place": finding.path,
        "problem": what,
        "cure": cure,
    }


def archive(command: Command) -> Command:
    """Give a command the options of the archive; it takes an `Archive` by the name ``archive``."""

    def called(*args: Any, folder: Path, locale: str | None, **options: Any) -> Any:
        with uncollected():
            return command(*args, archive=Archive.of(folder, locale), **options)

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__dict__.update(command.__dict__)
    said: Any = locale_option(config_option(called))
    result: Command = said
    return result


def joined(parts: Sequence[object]) -> str:
    """Write names for people's eyes."""
    return ", ".join(str(part) for part in parts)


locale_option = click.option(
    "--locale", type=click.Choice(["zh_CN", "en"]), help="Another language than the configured one."
)
