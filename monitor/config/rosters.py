"""Duty rosters of ``monitor.yaml``: who is on call, when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import PlainValidator
from typing_extensions import TypedDict

from monitor.config.fields import Surroundings, Text, as_text
from monitor.config.hours import ALWAYS, Hours, as_dates
from monitor.config.problem import Path, Problem, did_you_mean
from monitor.config.routes import Days, Spans, empty_lists, hours_of, name_given
from monitor.config.schema import Schema, known_keys_only, misnamed
from monitor.config.source import Document

PHONE = re.compile(r"\+?[0-9](?:[ ()-]*[0-9]){2,19}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Somebody on call in some hours."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    hours: Hours = ALWAYS


@dataclass(frozen=True, slots=True)
class Roster:
    """The shifts of one duty; all that hold at an instant are on call."""

    name: str
    shifts: tuple[Shift, ...]


def as_phone(value: object) -> str:
    """Take a telephone number.

    Raises:
        ValueError: it is none.
    """
    text = as_text(value)
    if PHONE.fullmatch(text) is None:
        raise ValueError("a telephone number is wanted here: digits, perhaps with + before them, spaces and hyphens")
    return text


def as_email(value: object) -> str:
    """Take an address of mail.

    Raises:
        ValueError: it is none.
    """
    text = as_text(value)
    if EMAIL.fullmatch(text) is None:
        raise ValueError("an address of mail is wanted here, such as duty@mail.example")
    return text


@known_keys_only
class ShiftKeys(TypedDict, total=False):
    """A shift."""

    name: Text
    phone: Annotated[str, PlainValidator(as_phone)]
    email: Annotated[str, PlainValidator(as_email)]
    hours: Spans
    days: Days
    dates: Annotated[tuple[date | None, date | None], PlainValidator(as_dates)]


SHIFT = Schema(ShiftKeys)


def read_rosters(
    document: Document, path: Path, value: object, *, within: Surroundings, problems: list[Problem]
) -> dict[str, Roster]:
    """Read the mapping of rosters by name; one with a wrong shift is left out."""
    if not isinstance(value, dict):
        problems.append(document.problem(path, "a mapping of rosters by their names is wanted here"))
        return {}
    rosters = {}
    for name, given in value.items():
        wrong = list(misnamed(document, (*path, name), name))
        shifts = _shifts(document, (*path, name), given, within=within, problems=wrong)
        problems += wrong
        if not wrong:
            rosters[name] = Roster(name, tuple(shifts))
    return rosters


def _shifts(
    document: Document, path: Path, value: object, *, within: Surroundings, problems: list[Problem]
) -> list[Shift]:
    if not isinstance(value, list) or not value:
        problems.append(document.problem(path, "a list of shifts is wanted here, at least one"))
        return []
    shifts = []
    for number, given in enumerate(value):
        at = (*path, number)
        keys = SHIFT.read(document, at, given, within=within, problems=problems)
        problems += empty_lists(document, at, keys)
        if isinstance(given, dict) and given.get("phone") is None and given.get("email") is None:
            problems.append(document.problem(at, "phone or email is missing: nobody can be reached here"))
        shifts.append(_shift(keys))
    return shifts


def _shift(keys: ShiftKeys) -> Shift:
    first, until = keys.get("dates", (None, None))
    hours = hours_of(keys.get("hours"), keys.get("days", ()), first=first, until=until)
    return Shift(name=keys.get("name"), phone=keys.get("phone"), email=keys.get("email"), hours=hours)


def dangling_rosters(document: Document, value: Mapping[str, Any]) -> list[Problem]:
    """Return the channels' rosters that ``monitor.yaml`` does not define."""
    defined, channels = value.get("rosters"), value.get("channels")
    known = [str(name) for name in defined] if isinstance(defined, dict) else []
    named = channels.items() if isinstance(channels, dict) else ()
    given = ((name, name_given(keys.get("roster"))) for name, keys in named if isinstance(keys, dict))
    return [
        document.problem(("channels", name, "roster"), f"there is no roster of this name{did_you_mean(roster, known)}")
        for name, roster in given
        if roster is not None and roster not in known
    ]
