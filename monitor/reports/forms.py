"""How values stand in a report's JSON, by their types: written, read back without loss, and said as a JSON Schema.

Times are ``YYYY-MM-DDTHH:MM:SS[.ffffff]Z``, days ``YYYY-MM-DD``, lengths of time seconds (their names end in ``_s``),
shares ``{"exact": "n/d", "percent": "99.98"}`` with the percent cut off after two decimals; terms stand by their names.
A field that is missing takes its default, so that a later version may add some; one that is not known is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import cache
from math import floor
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Json = Any
ONE_SECOND = timedelta(seconds=1)


class Misspelled(ValueError):
    """JSON is not what its type says; the text names the place in it."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the values of one type are written to JSON and read from it; ``schema`` says the same to others."""

    write: Callable[[Any], Json]
    read: Callable[[Json], Any]
    schema: Json


def canonical(tree: Json) -> str:
    """Return the text of a tree: the same value is always the same text. It has half a surrogate pair nowhere."""
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text.encode()
    return text


def percent(share: Fraction) -> str:
    """Return a share in percent, cut off after two decimals, never rounded up (section 11)."""
    hundredths = floor(share * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@cache
def form(hint: Any) -> Form:
    """Return the form of a type.

    Raises:
        TypeError: it has none.
    """
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _union(args)
    if origin is tuple:
        return _sequence(form(args[0])) if args[-1] is Ellipsis else _fixed(args)
    if origin is Mapping:
        return _mapping(args[0], form(args[1]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    if is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"{hint!r} has no form in JSON")


def definitions(hint: Any) -> dict[str, Json]:
    """Return the schemas of every dataclass and term that a type is made of, by name."""
    found: dict[str, Json] = {}
    _collect(hint, found)
    return dict(sorted(found.items()))


def _collect(hint: Any, found: dict[str, Json]) -> None:
    if is_dataclass(hint) or (isinstance(hint, type) and issubclass(hint, Enum)):
        kind: Any = hint
        if kind.__name__ in found:
            return
        found[kind.__name__] = _defined(kind)
        inner = get_type_hints(kind).values() if is_dataclass(kind) else ()
    else:
        inner = get_args(hint)
    for each in inner:
        _collect(each, found)


# -- records -----------------------------------------------------------------------------------------------------


def _record(kind: Any) -> Form:
    hints = get_type_hints(kind)
    own = {each.name: (_named(each.name, hints[each.name]), form(hints[each.name])) for each in fields(kind)}
    required = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}
    known = {name for name, _ in own.values()}

    def write(value: Any) -> Json:
        return {name: each.write(getattr(value, attribute)) for attribute, (name, each) in own.items()}

    def read(found: Json) -> Any:
        if not isinstance(found, dict):
            raise Misspelled("an object was expected")
        if not found.keys() <= known:
            raise Misspelled(f"unknown key {min(found.keys() - known)!r}")
        given = {attribute: each for attribute, each in own.items() if each[0] in found}
        if missing := required - given.keys():
            raise Misspelled(f"{own[min(missing)][0]} is missing")
        return kind(**{attribute: _within(name, each, found[name]) for attribute, (name, each) in given.items()})

    return Form(write, read, _ref(kind))


def _named(name: str, hint: Any) -> str:
    """Return what a field is called: a length of time says that it is in seconds."""
    return f"{name}_s" if timedelta in (hint, *get_args(hint)) and Fraction not in get_args(hint) else name


def _within(name: str, each: Form, found: Json) -> Any:
    try:
        return each.read(found)
    except Misspelled as error:
        raise Misspelled(f"{name}: {error}") from error


def _ref(kind: Any) -> Json:
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _defined(kind: Any) -> Json:
    """Return the schema of a dataclass or a term."""
    said = (kind.__doc__ or "").partition("\n")[0]
    if not is_dataclass(kind):
        return {"description": said, "enum": [each.value for each in kind]}
    hints = get_type_hints(kind)
    properties = {_named(field.name, hints[field.name]): form(hints[field.name]).schema for field in fields(kind)}
    return {
        "description": said,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


# -- compounds ---------------------------------------------------------------------------------------------------


def _union(args: tuple[Any, ...]) -> Form:
    if NoneType in args and len(args) == 2:
        inner = form(next(arg for arg in args if arg is not NoneType))
        return Form(
            lambda value: None if value is None else inner.write(value),
            lambda found: None if found is None else inner.read(found),
            {"anyOf": [inner.schema, {"type": "null"}]},
        )
    if set(args) == {int, Fraction, timedelta, NoneType}:
        return _VALUE
    raise TypeError(f"{args!r} has no form in JSON")


def _sequence(inner: Form) -> Form:
    def read(found: Json) -> Any:
        if not isinstance(found, list):
            raise Misspelled("a list was expected")
        return tuple(_within(str(place), inner, item) for place, item in enumerate(found))

    return Form(lambda value: [inner.write(item) for item in value], read, {"type": "array", "items": inner.schema})


def _fixed(args: tuple[Any, ...]) -> Form:
    """Return the form of a tuple of given length; that of a period has names."""
    if args == (datetime, datetime):
        return _PERIOD
    inner = [form(arg) for arg in args]

    def read(found: Json) -> Any:
        if not isinstance(found, list) or len(found) != len(inner):
            raise Misspelled(f"a list of {len(inner)} was expected")
        return tuple(_within(str(place), *each) for place, each in enumerate(zip(inner, found, strict=True)))

    return Form(
        lambda value: [each.write(item) for each, item in zip(inner, value, strict=True)],
        read,
        {"type": "array", "prefixItems": [each.schema for each in inner], "items": False, "minItems": len(inner)},
    )


def _mapping(key: Any, inner: Form) -> Form:
    """Return the form of a mapping by texts, days or terms; it is written in the order of its keys."""
    form_of_key = form(key)
    place = {term: number for number, term in enumerate(key)} if issubclass(key, Enum) else None

    def write(value: Mapping[Any, Any]) -> Json:
        ordered = sorted(value, key=None if place is None else place.__getitem__)
        return {form_of_key.write(each): inner.write(value[each]) for each in ordered}

    def read(found: Json) -> Any:
        if not isinstance(found, dict):
            raise Misspelled("an object was expected")
        return {_within(name, form_of_key, name): _within(name, inner, item) for name, item in found.items()}

    names = {"enum": [each.value for each in key]} if place is not None else form_of_key.schema
    return Form(write, read, {"type": "object", "propertyNames": names, "additionalProperties": inner.schema})


def _enum(kind: type[Enum]) -> Form:
    def read(found: Json) -> Enum:
        try:
            return kind(found)
        except ValueError as error:
            raise Misspelled(str(error)) from error

    return Form(lambda value: value.value, read, _ref(kind))


# -- plain values ------------------------------------------------------------------------------------------------


def _exactly(kind: type, name: str) -> Form:
    def read(found: Json) -> Any:
        if type(found) is not kind:
            raise Misspelled(f"{found!r} is not of type {kind.__name__}")
        return found

    return Form(lambda value: value, read, {"type": name})


def _read_float(found: Json) -> float:
    if type(found) not in (int, float):
        raise Misspelled(f"{found!r} is not a number")
    return float(found)


def _write_time(at: datetime) -> Json:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _read_time(found: Json) -> datetime:
    try:
        at = datetime.fromisoformat(found)
    except (ValueError, TypeError) as error:
        raise Misspelled(f"{found!r} is not a time") from error
    if at.tzinfo is None or _write_time(at) != found:
        raise Misspelled(f"{found!r} is not a time in UTC")
    return at


def _read_day(found: Json) -> date:
    try:
        return date.fromisoformat(found)
    except (ValueError, TypeError) as error:
        raise Misspelled(f"{found!r} is not a day") from error


def _write_length(length: timedelta) -> Json:
    """Return seconds, whole where they are.

    Raises:
        ValueError: it has a fraction of a second beside centuries, which no number of JSON holds exactly.
    """
    if not length % ONE_SECOND:
        return length // ONE_SECOND
    seconds = length.total_seconds()
    if timedelta(seconds=seconds) != length:
        raise ValueError(f"{length!r} is too long for its fraction of a second")
    return seconds


def _read_length(found: Json) -> timedelta:
    try:
        return timedelta(seconds=_read_float(found) if type(found) is float else _INT.read(found))
    except OverflowError as error:
        raise Misspelled(f"{found!r} seconds are too many") from error


def _write_share(share: Fraction) -> Json:
    return {"exact": f"{share.numerator}/{share.denominator}", "percent": percent(share)}


def _read_share(found: Json) -> Fraction:
    try:
        numerator, denominator = found["exact"].split("/")
        return Fraction(int(numerator), int(denominator))
    except (KeyError, TypeError, AttributeError, ValueError, ZeroDivisionError) as error:
        raise Misspelled(f"{found!r} is not a share") from error


def _write_value(value: int | Fraction | timedelta | None) -> Json:
    match value:
        case None:
            return None
        case timedelta():
            return {"seconds": _write_length(value)}
        case Fraction():
            return {"share": _write_share(value)}
        case int():
            return {"count": value}


def _read_value(found: Json) -> int | Fraction | timedelta | None:
    if found is None:
        return None
    match found:
        case {"count": count, **rest} if not rest:
            return _INT.read(count)  # type: ignore[no-any-return]
        case {"seconds": seconds, **rest} if not rest:
            return _read_length(seconds)
        case {"share": share, **rest} if not rest:
            return _read_share(share)
    raise Misspelled(f"{found!r} is no figure")


def _read_period(found: Json) -> tuple[datetime, datetime]:
    if not isinstance(found, dict) or found.keys() != {"from", "to"}:
        raise Misspelled("a period has from and to")
    return _read_time(found["from"]), _read_time(found["to"])


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


_INT = _exactly(int, "integer")
_TIME_SCHEMA = {"type": "string", "format": "date-time", "pattern": "Z$"}
_SHARE_SCHEMA = _object(
    exact={"type": "string", "pattern": "^-?[0-9]+/[1-9][0-9]*$"},
    percent={"type": "string", "pattern": "^-?[0-9]+[.][0-9]{2}$"},
)
_VALUE = Form(
    _write_value,
    _read_value,
    {
        "oneOf": [
            _object(count={"type": "integer"}),
            _object(seconds={"type": "number"}),
            _object(share=_SHARE_SCHEMA),
            {"type": "null"},
        ]
    },
)
_PERIOD = Form(
    lambda value: {"from": _write_time(value[0]), "to": _write_time(value[1])},
    _read_period,
    _object(**{"from": _TIME_SCHEMA, "to": _TIME_SCHEMA}),
)
_SIMPLE: dict[Any, Form] = {
    str: _exactly(str, "string"),
    bool: _exactly(bool, "boolean"),
    int: _INT,
    float: Form(float, _read_float, {"type": "number"}),
    datetime: Form(_write_time, _read_time, _TIME_SCHEMA),
    date: Form(date.isoformat, _read_day, {"type": "string", "format": "date"}),
    timedelta: Form(_write_length, _read_length, {"type": "number"}),
    Fraction: Form(_write_share, _read_share, _SHARE_SCHEMA),
}
