"""The letters to whoever owes a paper (Art. 13 to 27): a text each in a folder, and of a month once, by themselves.

On the day on which a month's report is drawn up the letters of that day lie beside it, in a folder that is there whole
or not at all: it is filled under another name, and what an end in between left of it is cleared away by the next try.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path

from monitor.config.folder import Configuration
from monitor.config.settings import Settings
from monitor.editions.edition import Editions
from monitor.inspection import Inspection, inspect
from monitor.registers.gaps import Gap
from monitor.registers.letters import Sender, by_owner, letter
from monitor.reports.periods import month
from monitor.store.records import Records
from monitor.wording import WORDING


class NotWritten(Exception):
    """The letters cannot be written; the text names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The letters that are to lie beside the report of a month (``2026-11``), as of a local day of the next."""

    edition: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many letters lie in which folder; no folder where nobody owes anything."""

    folder: Path
    letters: int


def wanted(editions: Editions, zone: tzinfo, now: datetime) -> Wanted | None:
    """Return the letters of the month that is over, once its report was drawn up; else None.

    They are of the day of the first drawing after it however late they are written: a stop in between changes nothing.
    """
    last = month(now.astimezone(zone).date(), zone).before()
    edition = editions.named(last.key)
    drawn = [each.at for each in (edition.made if edition else ()) if each.at >= last.span[1]]
    return Wanted(edition=last.key, on=min(drawn).astimezone(zone).date()) if drawn else None


def write_month(configuration: Configuration, letters: Wanted) -> Written:
    """Write a month's letters into their folder beside its report; those that lie there stay as they are.

    Raises:
        NotWritten: the folder cannot be written.
        StoreError: the database cannot be read.
    """
    settings = configuration.settings
    folder = settings.report.folder / f"{letters.edition}-letters"
    if folder.is_dir():
        return Written(folder=folder, letters=len(list(folder.glob("*.txt"))))
    with Records.of(settings.database.reveal()) as records:
        inspection = inspect(records, configuration, letters.on)
    found = [*inspection.gaps, *inspection.hints]
    if not found:
        return Written(folder=folder, letters=0)
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        count = _fill(part, found, inspection, settings)
        part.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        raise NotWritten(_why(error, folder)) from error
    return Written(folder=folder, letters=count)


def write(found: Iterable[Gap], inspection: Inspection, settings: Settings, folder: Path) -> int:
    """Write a letter to each unit or carrier that owes anything of what was found, over one of its name.

    Each is there whole or not at all. Returns how many they are.

    Raises:
        NotWritten: the folder cannot be written.
    """
    try:
        return _fill(folder, found, inspection, settings)
    except OSError as error:
        raise NotWritten(_why(error, folder)) from error


def _fill(folder: Path, found: Iterable[Gap], inspection: Inspection, settings: Settings) -> int:
    locale, on = settings.locale.value, inspection.on
    sender = Sender(county=settings.county, phone=settings.duty_phone, locale=locale, words=WORDING[locale])
    folder.mkdir(parents=True, exist_ok=True)
    owing, taken = by_owner(found), set[str]()
    for owner, owed in owing.items():
        path = folder / f"{_file_name(owner.id, taken)}-{on.isoformat()}.txt"
        _write(path, letter(owner, owed, on, inspection.inventory, sender))
    _sync(folder)
    return len(owing)


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _sync(folder: Path) -> None:
    """Have the names in a folder outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file_name(subject: str, taken: set[str]) -> str:
    """Return an id as the name of a file that is not ``taken``: whatever would lead elsewhere becomes a line."""
    plain = "".join("_" if letter in "/\\:" else letter for letter in subject).lstrip(".") or "_"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name.casefold())
    return name


def _why(error: OSError, folder: Path) -> str:
    return f"{error.filename or folder} cannot be written: {error.strerror}"
