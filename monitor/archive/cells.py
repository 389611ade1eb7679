"""One cell, read as its column wants it. What is wrong is said with what it should be; nothing is mended in silence.

A wrong cell still gives a value where one can be told, so that what else is wrong of it is found in the same reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from math import isfinite

from monitor.archive.grid import Percent, said
from monitor.archive.sheets import Column, Kind
from monitor.config.fields import CONTROL, as_address
from monitor.config.problem import Said, nearest
from monitor.config.quantities import parse_instant, parse_local_instant

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
BLANKS = "\t\n\v\f\r \x85\xa0\u200b\u2028\u2029\u3000\ufeff"
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # what a copied page leaves in a text
SEPARATORS = re.compile(r"[、,;，；]")
CLOCK = r"(?:[ T]*(?<=[ T日])([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
TEXT_DATE = re.compile(
    r"(?:([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?|([0-9]{4})([0-9]{2})([0-9]{2}))" + CLOCK
)
SLASHED = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})" + CLOCK)
SHORTENED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,3}")  # as a spreadsheet shows a number too long for its cell
SOME_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was: no cell before this day is certain
DAY_ONE = datetime(1899, 12, 30)  # noqa: DTZ001 - what cells count their days from
LAST_NUMBER = 2_958_465  # 9999-12-31
DATE_PARTS = 3  # year, month and day
DIGITS = 15  # significant ones that a cell holds


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says, None where that cannot be told; and everything wrong with it."""

    value: object = None
    wrong: list[Said] = field(default_factory=list)


class Cell:
    """What a cell holds, to be read; ``typed`` and ``zone`` as in `read_cell`."""

    def __init__(self, column: Column, held: object, *, typed: bool, zone: tzinfo) -> None:
        """Read nothing yet."""
        self._column, self._held, self._typed, self._zone = column, held, typed, zone
        self.wrong: list[Said] = []

    def read(self) -> object:
        """Return what it says, None where that cannot be told."""
        return READERS[self._column.kind](self)

    # -- texts ---------------------------------------------------------------------------------------------------

    def name(self) -> str | None:
        """Read a text."""
        return self._clean(self._text())

    def code(self) -> str | None:
        """Read a text without full-width characters."""
        return self._clean(self._text(), narrow=True)

    def address(self) -> str | None:
        """Read an address of one machine, written the usual way."""
        text = self.code()
        if text is None:
            return None
        bare = text.split("/")[0].strip()
        try:
            address = as_address(bare)
        except ValueError as error:
            self._complain("no_host" if "one machine" in str(error) else "no_address", found=text)
            return None
        if bare != text:
            self._complain("prefix_length", found=text[len(bare) :].strip(), mended=address)
        return address

    def codes(self) -> tuple[str, ...]:
        """Read several codes: a line each where there is a line break, else separated."""
        text = self._text()
        if text is None or not text.strip(BLANKS):
            self._clean(text)
            return ()
        if "\n" in text:
            parts = [self._clean(part.removesuffix("\r"), narrow=True) for part in text.split("\n") if part]
        else:
            if text != text.strip(BLANKS):
                self._complain("blanks", mended=text.strip(BLANKS))
            parts = [
                self._clean(part.strip(BLANKS), narrow=True) for part in SEPARATORS.split(text) if part.strip(BLANKS)
            ]
        return tuple(part for part in parts if part)

    def choice(self) -> str | None:
        """Read one of the column's words, or its code."""
        text = self._clean(self._text(), narrow=True)
        if text is None:
            return None
        code = self._code_of(text)
        if code is None:
            words, former = self._column.words, self._column.former
            near = nearest(text, [*words.values(), *words, *former]) or ""
            near = words.get(former.get(near, ""), near)
            listed = {"words": "、".join(words.values()), "codes": ", ".join(words)}
            self._complain("no_word", found=text, near=near, **listed)
        return code

    def suggestion(self) -> str | None:
        """Read one of the column's words as its code, or any other text."""
        text = self.name()
        return None if text is None else self._code_of(text) or text

    def _code_of(self, text: str) -> str | None:
        found = (code for code, word in self._column.words.items() if text in (code, word))
        return next(found, self._column.former.get(text))

    def _text(self) -> str | None:
        match self._held:
            case str():
                return self._held
            case bool():
                self._complain("no_text", found=_shown(self._held))
                return None
            case int() | float():
                self._complain("number_for_text", mended=plain(self._held))
                return plain(self._held)
            case _:
                self._complain("no_text", found=str(self._held))
                return None

    def _clean(self, text: str | None, *, narrow: bool = False) -> str | None:
        """Return a text as it should be; say what had to be mended, all of it at once."""
        if text is None:
            return None
        bare = text.strip(BLANKS)
        whole = CONTROL.sub("", bare)
        seen = INVISIBLE.sub("", whole) if narrow else whole
        mended = seen.translate(FULL_WIDTH) if narrow else seen
        if not mended:
            self._complain("only_blanks")
            return None
        if bare != text:
            self._complain("blanks", mended=mended)
        elif whole != bare:
            self._complain("control", mended=mended)
        elif seen != whole:
            hidden = dict.fromkeys(f"U+{ord(letter):04X}" for letter in INVISIBLE.findall(whole))
            self._complain("invisible", found=" ".join(hidden), mended=mended)
        elif mended != whole:
            strange = "".join(dict.fromkeys(letter for letter in whole if ord(letter) in FULL_WIDTH))
            self._complain("full_width", found=strange, mended=mended)
        return mended

    def telephone(self) -> str | None:
        """Read a telephone number, or what stands for one: any text but a number of which digits are lost."""
        text = self.code()
        if text is not None and SHORTENED.fullmatch(text):
            self._complain("shortened", found=text)
        return text

    # -- numbers and dates ---------------------------------------------------------------------------------------

    def number(self) -> float | None:
        """Read a number above zero; as text only where a cell cannot hold it."""
        held = self._held
        if isinstance(held, int | float) and not isinstance(held, bool | Percent):
            if held > 0 and isfinite(held):
                return float(held)
            self._complain("no_number", found=plain(held))
            return None
        text = self.code() if isinstance(held, str) else None
        number = None if text is None else number_of(text)
        if number is None:
            if text is not None or not isinstance(held, str):
                some = SOME_NUMBER.search(text or "")
                self._complain(
                    "no_number", found=_shown(held) if text is None else text, mended=some[0] if some else ""
                )
            return None
        if self._typed and fits(number):
            self._complain("text_number", mended=plain(number))
        return number

    def instant(self) -> datetime | None:
        """Read a day or an instant of the zone, in UTC; as text only where a cell cannot hold it."""
        match self._held:
            case datetime() | date():
                return self._local(self._held)
            case bool():
                self._no_date(_shown(self._held))
            case int() | float() if 60 < self._held < LAST_NUMBER + 1:
                day = _whole(DAY_ONE + timedelta(days=float(self._held)))
                self._complain("number_date", found=plain(self._held), mended=_written(day))
                return self._local(day)
            case str():
                return self._written_date(self.code())
            case int() | float():
                self._no_date(plain(self._held))
            case _:
                self._no_date(str(self._held))
        return None

    def _local(self, day: date) -> datetime | None:
        """Return a cell's date as an instant, rounded to the second; a midnight is the day's beginning."""
        day = _whole(day) if isinstance(day, datetime) else day
        text = _written(day)
        if _day_of(day) >= FIRST_DAY:
            with suppress(ValueError):
                return parse_local_instant(text, zone=self._zone)
        self._no_date(text)
        return None

    def _written_date(self, text: str | None) -> datetime | None:
        if text is None:
            return None
        at = self._exact(text)
        kept = None if at is None else held_date(at, self._zone)
        if at is not None and (kept is None or not self._typed):
            return at
        day = kept or _day(TEXT_DATE.fullmatch(text))
        if day is None:
            self._no_date(text)
            return None
        self._complain("text_date", found=text, mended=_written(day))
        return at or self._local(day)

    def _exact(self, text: str) -> datetime | None:
        """Read a date or instant as `inventory.yaml` has it; in CSV as Excel writes it there too."""
        with suppress(ValueError):
            return parse_instant(text, zone=self._zone)
        if not self._typed:
            day = _day(SLASHED.fullmatch(text))
            with suppress(ValueError):
                return parse_local_instant(text if day is None else _written(day), zone=self._zone)
        return None

    def _no_date(self, found: str) -> None:
        self._complain("no_time" if self._column.kind is Kind.INSTANT else "no_date", found=found)

    def _complain(self, word: str, **given: object) -> None:
        self.wrong.append(said(word, **given))


READERS: dict[Kind, Callable[[Cell], object]] = {
    Kind.NAME: Cell.name,
    Kind.CODE: Cell.code,
    Kind.ADDRESS: Cell.address,
    Kind.NUMBER: Cell.number,
    Kind.PHONE: Cell.telephone,
    Kind.DATE: Cell.instant,
    Kind.INSTANT: Cell.instant,
    Kind.CHOICE: Cell.choice,
    Kind.SUGGESTION: Cell.suggestion,
    Kind.LIST: Cell.codes,
}


def read_cell(column: Column, held: object, *, typed: bool, zone: tzinfo) -> Reading:
    """Read what a cell holds, which is not empty: text, a number, a date, true or false, or a length of time.

    ``typed``: dates are dates and numbers numbers; else all is text. Dates are of ``zone``.
    """
    cell = Cell(column, held, typed=typed, zone=zone)
    return Reading(cell.read(), cell.wrong)


def held_date(at: datetime, zone: tzinfo) -> date | datetime | None:
    """Return what a typed cell holds of an instant: a date, or date and time of ``zone``; None where it cannot."""
    try:
        local = at.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return None
    if _day_of(local) < FIRST_DAY:
        return None
    kept: date | datetime = local.date() if local.time() == time() else local
    try:
        return kept if parse_local_instant(_written(kept), zone=zone) == at else None
    except ValueError:
        return None


def fits(number: float) -> bool:
    """Tell whether a cell holds a number exactly: it keeps 15 digits."""
    return float(f"{number:.{DIGITS}g}") == number


def number_of(text: str) -> float | None:
    """Return the number above zero that a text says, None where it says none."""
    if not re.fullmatch(r"[0-9][0-9.eE+-]*", text):
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number > 0 and isfinite(number) else None


def plain(number: float) -> str:
    """Write a number as it was typed: without ``.0``."""
    return str(int(number)) if abs(number) < 10**DIGITS and number == int(number) else repr(number)


def listed(parts: Sequence[str]) -> str:
    """Write several codes into one cell, so that they are read back the same."""
    if not any(SEPARATORS.search(part) or part != part.strip(BLANKS) for part in parts):
        return "、".join(parts)
    return "\n".join(parts) + ("\n" if len(parts) == 1 else "")


def _shown(held: object) -> str:
    """Return what a cell shows that holds no text."""
    return str(held).upper() if isinstance(held, bool) else str(held)


def _written(day: date) -> str:
    """Write a date, or date and time where it is no midnight, as `parse_local_instant` reads it."""
    if isinstance(day, datetime):
        return day.isoformat(" ") if day.time() != time() else day.date().isoformat()
    return day.isoformat()


def _day_of(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _whole(day: datetime) -> datetime:
    """Return a time rounded to the second."""
    rest, day = timedelta(seconds=round(day.microsecond / 1e6)), day.replace(microsecond=0)
    with suppress(OverflowError):  # after the last second of 9999
        day += rest
    return day


def _day(found: re.Match[str] | None) -> date | None:
    """Return the day that was found, with its time of day where that was found too; None where there is none."""
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part is not None]
    try:
        return date(*parts) if len(parts) == DATE_PARTS else datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None
