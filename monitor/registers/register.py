"""What a register is: its fields, whose its entries are, how long they hold, and who owes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class Title(NamedTuple):
    """A name for people, in Chinese and English."""

    zh_CN: str  # noqa: N815 - the name of the locale
    en: str

    def spoken(self, locale: str) -> str:
        """Return it in a language."""
        return self.en if locale == "en" else self.zh_CN


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    PHONE = "phone"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"
    CHOICE = "choice"
    LINE = "line"

    @property
    def kept_apart(self) -> bool:
        """Tell whether it may say something of a person, and so is kept beside the ledger, where it can be erased."""
        return self in (FieldKind.TEXT, FieldKind.PHONE)


class SubjectKind(StrEnum):
    """Whose the entries of a register are."""

    UNIT = "unit"
    CARRIER = "carrier"


class Owed(StrEnum):
    """For what an entry must be there on every day on which it is in service."""

    NOTHING = "nothing"
    SUBJECT = "subject"
    LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a register. ``ahead``: its day may lie in the future. ``choices`` are codes with their names."""

    name: str
    title: Title
    kind: FieldKind
    needed: bool = True
    ahead: bool = False
    choices: Mapping[str, Title] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register, by what the regulation wants of it; ``cure`` is what is asked of whoever owes an entry.

    ``begins`` names the day from which an entry speaks; None: from ever. ``several`` names the fields that tell the
    entries of one subject apart; empty: a subject has one entry. ``in_order`` names days of which none is before the
    one named before it.

    An entry holds up to and with the day ``expires``; up to 12 months after the latest day of ``renewed``; only while
    ``accepted`` (a field and its value) is so. ``exercised`` names the day of the last exercise or restore test: one
    older than 12 months is worth a question, since the regulation names no term for it. ``explains`` names the day of
    a change that explains why a line's device is another one.
    """

    id: str
    title: Title
    article: Title
    cure: Title
    subject: SubjectKind
    fields: tuple[Field, ...]
    owed: Owed = Owed.NOTHING
    begins: str | None = None
    several: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()
    expires: str | None = None
    renewed: tuple[str, ...] = ()
    accepted: tuple[str, str] | None = None
    exercised: str | None = None
    explains: str | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {each.name: each for each in self.fields}

    @cached_property
    def line(self) -> str | None:
        """The name of the field that names a line, where there is one."""
        return next((each.name for each in self.fields if each.kind is FieldKind.LINE), None)


def text(name: str, zh: str, en: str, *, needed: bool = True) -> Field:
    """Return a field for a name or a few words."""
    return Field(name=name, title=Title(zh, en), kind=FieldKind.TEXT, needed=needed)


def phone(name: str, zh: str, en: str, *, needed: bool = True) -> Field:
    """Return a field for a telephone number."""
    return Field(name=name, title=Title(zh, en), kind=FieldKind.PHONE, needed=needed)


def day(name: str, zh: str, en: str, *, needed: bool = True, ahead: bool = False) -> Field:
    """Return a field for a day."""
    return Field(name=name, title=Title(zh, en), kind=FieldKind.DAY, needed=needed, ahead=ahead)


def instant(name: str, zh: str, en: str, *, needed: bool = True) -> Field:
    """Return a field for a local time."""
    return Field(name=name, title=Title(zh, en), kind=FieldKind.INSTANT, needed=needed)


def flag(name: str, zh: str, en: str) -> Field:
    """Return a field for yes or no; empty is no."""
    return Field(name=name, title=Title(zh, en), kind=FieldKind.FLAG, needed=False)


def choice(name: str, zh: str, en: str, **choices: Title) -> Field:
    """Return a field for one of several words."""
    return Field(name=name, title=Title(zh, en), kind=FieldKind.CHOICE, choices=choices)


def line(name: str, zh: str, en: str) -> Field:
    """Return a field for a line of the unit; empty is all of them."""
    return Field(name=name, title=Title(zh, en), kind=FieldKind.LINE, needed=False)
