"""The kinds of values that the files hold, as types that pydantic checks; every error is one plain sentence."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import PlainValidator, ValidationInfo

from monitor.config.composer import Spelled
from monitor.config.problem import did_you_mean
from monitor.config.quantities import parse_duration, parse_instant, parse_share
from monitor.config.secret import Secret, resolve

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
SECOND = timedelta(seconds=1)
LONGEST = timedelta(days=36_500)
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a value means depends on: variables, the folder relative paths begin at, the zone of a date alone."""

    environ: Mapping[str, str]
    folder: Path
    zone: tzinfo


def as_text(value: object) -> str:
    """Take text, or an unquoted number as it was written.

    Raises:
        ValueError: it is neither, is empty, or has a control character.
    """
    if isinstance(value, Spelled):
        return value.text
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bool):
        raise ValueError("text is wanted here: put it in quotes")  # noqa: TRY004 - pydantic collects ValueErrors
    if not isinstance(value, str):
        raise ValueError("text is wanted here")  # noqa: TRY004 - pydantic collects ValueErrors
    if CONTROL.search(value):
        raise ValueError("a control character is not allowed in this text: delete it")
    if not value.strip():
        raise ValueError("text is wanted here, and this is empty")
    return value


def as_flag(value: object) -> bool:
    """Take true or false.

    Raises:
        ValueError: it is another word, such as yes.
    """
    if isinstance(value, bool):
        return value
    raise ValueError("true or false is wanted here")


def as_count(least: int, most: int) -> Callable[[object], int]:
    """Return what takes a whole number between two, both included."""

    def count(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise ValueError(f"a whole number from {least} to {most} is wanted here")

    return count


def as_number(value: object) -> float:
    """Take a number above zero.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise ValueError("a number above 0 is wanted here, without a unit")


def as_factor(value: object) -> Fraction:
    """Take a number above 1, exactly as it was written.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 1:
        return Fraction(as_text(value))
    raise ValueError("a number above 1 is wanted here, such as 3 or 2.5")


def as_duration(least: timedelta, *, step: timedelta = SECOND) -> Callable[[object], timedelta]:
    """Return what takes a duration of at least so much, in whole steps."""

    def duration(value: object) -> timedelta:
        given = parse_duration(as_text(value))
        if given % step:
            raise ValueError("a duration in whole seconds is wanted here")
        if given < least:
            wanted = "above zero" if given == timedelta() else f"of at least {least.total_seconds():g} s"
            raise ValueError(f"a duration {wanted} is wanted here")
        if given > LONGEST:
            raise ValueError("a duration of at most 36500d is wanted here")
        return given

    return duration


def as_share(*, above_zero: bool = False) -> Callable[[object], Fraction]:
    """Return what takes a share, such as 50%."""

    def share(value: object) -> Fraction:
        given = parse_share(as_text(value))
        if above_zero and not given:
            raise ValueError("a share above 0% is wanted here")
        return given

    return share


def as_fractions(value: object) -> tuple[float, ...]:
    """Take a list of numbers that ascend between 0 and 1, both excluded.

    Raises:
        ValueError: it is none.
    """
    given = value if isinstance(value, list) else [None]
    numbers = tuple(item for item in given if isinstance(item, float) and 0 < item < 1)
    if len(numbers) < len(given) or any(a >= b for a, b in pairwise(numbers)):
        raise ValueError("a list of numbers is wanted here that ascend between 0 and 1: [0.5, 0.75]")
    return tuple(float(number) for number in numbers)


def as_choice(choices: type[Choice]) -> Callable[[object], Choice]:
    """Return what takes one of the words of an enumeration."""
    known = [str(choice) for choice in choices]

    def choice(value: object) -> Choice:
        word = str(value).lower() if isinstance(value, bool) else value
        text = word if isinstance(word, str) else str(word) if isinstance(word, int) else ""
        if text in known:
            return choices(text)
        raise ValueError(f"one of {', '.join(known)} is wanted here{did_you_mean(text, known)}")

    return choice


def as_address(value: object) -> str:
    """Take an IPv4 or IPv6 address of one machine, and write it the usual way.

    Raises:
        ValueError: it is none.
    """
    text = as_text(value)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        only = f": write it without the {text[text.index('/') :]}" if re.fullmatch(r"[0-9a-f.:]+/\d+", text) else ""
        raise ValueError(f"an IPv4 or IPv6 address is wanted here{only}") from None
    if address.is_unspecified or address.is_multicast or text == "255.255.255.255":
        raise ValueError("the address of one machine is wanted here, not a multicast or an unspecified one")
    return str(address)


def as_instant(value: object, info: ValidationInfo) -> datetime:
    """Take an instant with its offset, or a date alone, which means local midnight.

    Raises:
        ValueError: it is none.
    """
    return parse_instant(as_text(value), zone=_surroundings(info).zone)


def as_secret(value: object, info: ValidationInfo) -> Secret:
    """Take a reference to a secret, and fetch it.

    Raises:
        ValueError: it is no reference, or nothing is there.
    """
    here = _surroundings(info)
    return resolve(value, environ=here.environ, folder=here.folder)


def as_path(value: object, info: ValidationInfo) -> Path:
    """Take the path of a file that is there; a relative one begins at the folder.

    Raises:
        ValueError: there is no such file.
    """
    path = _surroundings(info).folder / as_text(value)
    if not path.is_file():
        raise ValueError("there is no such file (a relative path begins at the folder of the configuration)")
    return path


def _surroundings(info: ValidationInfo) -> Surroundings:
    context: Any = info.context
    if not isinstance(context, Surroundings):
        raise TypeError("this check needs its surroundings")
    return context


Text = Annotated[str, PlainValidator(as_text)]
Flag = Annotated[bool, PlainValidator(as_flag)]
Number = Annotated[float, PlainValidator(as_number)]
Factor = Annotated[Fraction, PlainValidator(as_factor)]
Duration = Annotated[timedelta, PlainValidator(as_duration(SECOND))]
AnyDuration = Annotated[timedelta, PlainValidator(as_duration(timedelta()))]
FineDuration = Annotated[timedelta, PlainValidator(as_duration(SECOND / 1000, step=SECOND / 1000))]
Share = Annotated[Fraction, PlainValidator(as_share())]
ShareAboveZero = Annotated[Fraction, PlainValidator(as_share(above_zero=True))]
Fractions = Annotated[tuple[float, ...], PlainValidator(as_fractions)]
Count = Annotated[int, PlainValidator(as_count(1, 1_000_000))]
Port = Annotated[int, PlainValidator(as_count(1, 65_535))]
MonthDay = Annotated[int, PlainValidator(as_count(1, 28))]
IpAddress = Annotated[str, PlainValidator(as_address)]
Instant = Annotated[datetime, PlainValidator(as_instant)]
SecretReference = Annotated[Secret, PlainValidator(as_secret)]
FilePath = Annotated[Path, PlainValidator(as_path)]
