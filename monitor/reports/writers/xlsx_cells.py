"""Typed cells of a workbook: a value to reckon with, and a format that shows what the report says.

A number is the printed one, already truncated: a spreadsheet would round 99.998 % up to a hundred. Lengths of time are
whole seconds, floored. What a spreadsheet cannot hold as a value stands as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from monitor.reports.document import Cell
from monitor.reports.writers.xml_text import held

NUMBER = re.compile(r"[0-9]+(?:\.([0-9]+))?")
SIGN = re.compile(r"[-−+]\s*$")
LONGEST = 32_767  # characters of a cell
LARGEST = 10**15  # what a cell holds with all of its digits
FIRST_DAY = date(1900, 3, 1)  # before it, Excel counts a day that never was
LENGTH, MINUTES, INSTANT, DAY = "[h]:mm:ss", "[h]:mm", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"


@dataclass(frozen=True, slots=True)
class Typed:
    """A value, and how it is shown; text has no ``pattern``. Lengths are in days, local times without their zone."""

    value: str | float | int | datetime | date
    pattern: str = ""


def typed(cell: Cell) -> Typed:
    """Return a cell of a workbook."""
    match cell.value:
        case timedelta() as length if length >= timedelta():
            return Typed(length // timedelta(seconds=1) / 86_400, MINUTES if cell.to_the_minute else LENGTH)
        case datetime() as instant if instant.date() >= FIRST_DAY:
            return Typed(instant.replace(tzinfo=None, microsecond=0), INSTANT)
        case date() as day if not isinstance(day, datetime) and day >= FIRST_DAY:
            return Typed(day, DAY)
        case (int() | Fraction()) as number if -LARGEST < number < LARGEST:
            return _number(cell.text, Fraction(number))
        case _:
            return Typed(fitting(cell.text))


def fitting(text: str) -> str:
    """Return a text as a cell can hold it."""
    whole = held(text)
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"


def _number(text: str, value: Fraction) -> Typed:
    """Return the number that is printed, where it is the value; else the value."""
    for found in NUMBER.finditer(text):
        places, after = len(found[1] or ""), text[found.end() :]
        share = after.lstrip().startswith("%")
        printed = Fraction(Decimal(found[0]))
        if any(
            abs(abs(value) * scale - printed) < Fraction(1, 10**places) for scale in ((100,) if share else (1, 100))
        ):
            number = (-printed if value < 0 else printed) / (100 if share else 1)
            pattern = _pattern(text[: found.start()], places, after, below=value < 0 and printed != 0)
            return Typed(int(number) if number.denominator == 1 else float(number), pattern)
    return Typed(int(value) if value.denominator == 1 else float(value), "General")


def _pattern(before: str, places: int, after: str, *, below: bool) -> str:
    """Return a number's format: what stands around it is shown as it is; below zero it has a sign of its own."""
    digits = "0" + ("." + "0" * places if places else "")
    tail = "%".join(_literal(part) for part in after.split("%", 1))
    shown = _literal(before) + digits + tail
    return f"{_literal(SIGN.sub('', before))}{digits}{tail};{shown}" if below else shown


def _literal(text: str) -> str:
    return "".join(_quoted(held(text)))


def _quoted(text: str) -> Iterator[str]:
    for part in re.split(r'(["\n])', text):
        if part == '"':
            yield '\\"'
        elif part and part != "\n":
            yield f'"{part}"'
