"""The values of fields: as people write them, as the ledger has them, as they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import pairwise
from unicodedata import normalize

from monitor.registers.register import Field, FieldKind, Register
from monitor.wording.telephones import HIDDEN, mask

Value = date | datetime | bool | str

DAY = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")
CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
PHONE = re.compile(r"[0-9+() ,;、/转#.-]*")
YES = ("是", "有", "yes", "y", "true", "1", "√")
NO = ("否", "无", "no", "n", "false", "0", "×")
FIRST_YEAR, LAST_YEAR = 1990, 2099
LONGEST = 200  # characters of a text
FEWEST_DIGITS = 3
SLIPS = {
    "year_far_off": "the year of {day} cannot be right",
    "still_to_come": "{day} lies in the future",
    "out_of_order": "{day} is before {other} {before}",
}
DAY_WANTED = "a date is wanted, such as 2026-09-01 or 2026年9月1日"
INSTANT_WANTED = "a time is wanted, such as 2026-09-01 13:05; a date alone means its midnight"


def read(field: Field, text: str, zone: tzinfo) -> Value:
    """Read what somebody wrote; times are local.

    Raises:
        ValueError: it is no value of the field; the message says what is wanted.
    """
    if field.kind is not FieldKind.TEXT:
        text = normalize("NFKC", text)  # full-width digits, colons and dashes, as Chinese keyboards give them
    text = text.strip()
    match field.kind:
        case FieldKind.DAY:
            return _day(text)
        case FieldKind.INSTANT:
            return _instant(text, zone)
        case FieldKind.FLAG:
            return _flag(text)
        case FieldKind.CHOICE:
            return _choice(field, text)
        case FieldKind.PHONE:
            return _phone(text)
        case _:
            return plain(text)


def spell(value: Value) -> str:
    """Write a value as the ledger has it: ``2026-09-01``, ``2026-09-01T05:05:00Z``, ``true``, or the text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if isinstance(value, date) else value


def spelled(field: Field | None, text: str) -> Value:
    """Read what `spell` wrote; of a field that no longer is one, the text itself.

    Raises:
        ValueError: it was not written so.
    """
    match None if field is None else field.kind:
        case FieldKind.DAY:
            return date.fromisoformat(text)
        case FieldKind.INSTANT:
            return datetime.fromisoformat(text)
        case FieldKind.FLAG:
            return text == "true"
        case _:
            return text


def show(field: Field, value: Value | None, *, locale: str, zone: tzinfo, full: bool = True) -> str:
    """Return a value for people; without ``full`` a telephone number is masked. Nothing shows as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ({True: "yes", False: "no"} if locale == "en" else {True: "是", False: "否"})[value]
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if field.kind is FieldKind.CHOICE and value in field.choices:
        return field.choices[value].spoken(locale)
    return value if full or field.kind is not FieldKind.PHONE else mask(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What cannot be of a value, by a word; ``day`` is the value's, ``other`` and ``before`` are of one before it."""

    word: str
    day: str
    other: str = ""
    before: str = ""

    def __str__(self) -> str:
        """Say it in English."""
        return SLIPS[self.word].format(day=self.day, other=self.other, before=self.before)


def slips(register: Register, values: Mapping[str, Value], today: date, zone: tzinfo) -> dict[str, Slip]:
    """Name what cannot be, by field: a year far off, a day that is still to come, days out of order."""
    found: dict[str, Slip] = {}
    for name, value in values.items():
        on = day_of(value, zone)
        if on is None:
            continue
        if not FIRST_YEAR <= on.year <= LAST_YEAR:
            found[name] = Slip(word="year_far_off", day=_shown(value, zone))
        elif on > today and not register.by_name[name].ahead:
            found[name] = Slip(word="still_to_come", day=_shown(value, zone))
    given = [(name, values[name]) for name in register.in_order if name in values]
    for (earlier, before), (later, after) in pairwise(given):
        if spell(after) < spell(before):
            slip = Slip(word="out_of_order", day=_shown(after, zone), other=earlier, before=_shown(before, zone))
            found.setdefault(later, slip)
    return found


def missing(register: Register, values: Mapping[str, Value], *, apart: bool = True) -> tuple[str, ...]:
    """Return the needed fields that have no value; without ``apart`` only those that the ledger itself holds."""
    needed = (each for each in register.fields if each.needed and (apart or not each.kind.kept_apart))
    return tuple(each.name for each in needed if each.name not in values)


def day_of(value: Value, zone: tzinfo) -> date | None:
    """Return the local day of a day or time; None for anything else."""
    if isinstance(value, datetime):
        return value.astimezone(zone).date()
    return value if isinstance(value, date) else None


def plain(text: str) -> str:
    """Return a text without space around it.

    Raises:
        ValueError: it is empty, too long, or holds what is no text.
    """
    text = " ".join(text.split())
    if not text:
        raise ValueError("it is empty")
    if not text.isprintable():
        raise ValueError("it holds control characters or broken ones")
    if len(text) > LONGEST:
        raise ValueError(f"at most {LONGEST} characters are kept; it has {len(text)}: attach a file instead")
    return text


def _day(text: str) -> date:
    found = DAY.fullmatch(text)
    if found is None:
        raise ValueError(DAY_WANTED)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no such day; {DAY_WANTED}") from None


def _instant(text: str, zone: tzinfo) -> datetime:
    if text.endswith("Z"):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(INSTANT_WANTED) from None
    day, _, clock = text.replace("T", " ").partition(" ")
    try:
        at = datetime.combine(_day(day), _clock(clock.strip()), zone)
    except ValueError:
        raise ValueError(INSTANT_WANTED) from None
    return at.astimezone(UTC)


def _clock(text: str) -> time:
    found = CLOCK.fullmatch(text)
    if found is None and text:
        raise ValueError(INSTANT_WANTED)
    if found is None:
        return time()
    hour, minute, second = (int(part or 0) for part in found.groups())
    return time(hour, minute, second)


def _flag(text: str) -> bool:
    word = text.casefold()
    if word in YES or word in NO:
        return word in YES
    raise ValueError("是 or 否 (yes or no) is wanted")


def _choice(field: Field, text: str) -> str:
    for code, title in field.choices.items():
        if text.casefold() in (code, title.zh_CN, title.en.casefold()):
            return code
    words = ", ".join(f"{title.zh_CN} ({code})" for code, title in field.choices.items())
    raise ValueError(f"one of {words} is wanted")


def _phone(text: str) -> str:
    text = plain(text)
    if HIDDEN in text:
        raise ValueError("this telephone number is masked: write it whole")
    if PHONE.fullmatch(text) is None or sum(letter.isdigit() for letter in text) < FEWEST_DIGITS:
        raise ValueError("a telephone number is wanted, such as 13800000000 or 0000-66000000")
    return text


def _shown(value: Value, zone: tzinfo) -> str:
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else spell(value)
