"""Events and states as canonical JSON: the same value is always the same bytes.

Keys are sorted, nothing is padded, text is UTF-8, times are ``YYYY-MM-DDTHH:MM:SS[.ffffff]Z``, enums stand by
value, tuples as lists, sets as sorted lists, None as null. Reading goes by the type hints: a field that is missing
takes its default, so that a later version may add fields; one that is not known is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from monitor.faults.actions import Action
from monitor.faults.blindness import Sight
from monitor.faults.events import EVENTS, Event
from monitor.faults.evidence import Testimony
from monitor.faults.fault import Fault
from monitor.faults.outage import Watch
from monitor.store.errors import Unreadable

_REQUIRED = object()


class _Wrong(ValueError):
    """A value is not what its type hint says; the text names the place in it."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the values of one type are written to JSON and read from it."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def to_json(value: object) -> str:
    """Return the canonical JSON of a dataclass or named tuple.

    Raises:
        ValueError: it holds what JSON or UTF-8 cannot carry (a naive time, NaN, half a character).
    """
    kind: Any = type(value)
    return _canonical(_form(kind).write(value))


def event_json(event: Event) -> str:
    """Return the canonical JSON of an event; ``kind`` is one of its keys."""
    kind: Any = type(event)
    return _canonical(_form(kind).write(event) | {"kind": event.kind})


def event_of(body: str, seq: int) -> Event:
    """Return the event of a ledger row.

    Raises:
        Unreadable: the kind is unknown or the body malformed; the text names ``seq``.
    """
    place = f"event {seq} of the ledger"
    found = _parsed(body, place)
    kind = found.pop("kind", None)
    if kind not in EVENTS:
        raise Unreadable(f"{place} is of the unknown kind {kind!r}: newer software wrote it, or it was changed")
    event: Event = _read(EVENTS[kind], found, place)
    return event


def action_json(action: Action, name: str) -> str:
    """Return the canonical JSON of an action without its instant; ``action``, its name, is one of its keys."""
    kind: Any = type(action)
    tree = _form(kind).write(action)
    del tree["at"]
    return _canonical(tree | {"action": name})


def action_of(body: str, number: str, at: datetime, kinds: Mapping[str, type[Action]]) -> Action:
    """Return the action of a row of the inbox, at an instant; raises `Unreadable` naming ``number``."""
    place = f"action {number}"
    found = _parsed(body, place)
    name = found.pop("action", None)
    if name not in kinds:
        raise Unreadable(f"{place} is of the unknown kind {name!r}: other software asked for it")
    action: Action = _read(kinds[name], found | {"at": _write_time(at)}, place)
    return action


def fault_of(body: str, no: str) -> Fault:
    """Return the fault of a row; raises `Unreadable` naming ``no``."""
    place = f"fault {no}"
    fault: Fault = _read(Fault, _parsed(body, place), place)
    return fault


def watch_of(body: str, line: str) -> Watch:
    """Return what is known of a line; raises `Unreadable` naming ``line``."""
    place = f"the state of line {line}"
    watch: Watch = _read(Watch, _parsed(body, place), place)
    return watch


def heard_of(body: str, line: str) -> Testimony:
    """Return what a line's device said; raises `Unreadable` naming ``line``."""
    place = f"what the device of line {line} said"
    heard: Testimony = _read(Testimony, _parsed(body, place), place)
    return heard


def sight_of(body: str) -> Sight:
    """Return what the monitor sees; raises `Unreadable`."""
    sight: Sight = _read(Sight, _parsed(body, "the monitor's sight"), "the monitor's sight")
    return sight


def _canonical(tree: object) -> str:
    text = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    text.encode()  # half a surrogate pair has no bytes: better refused here than in the middle of a transaction
    return text


def _parsed(body: str, place: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable(f"{place} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise Unreadable(f"{place} is not a JSON object")
    return found


def _read(kind: type, found: dict[str, Any], place: str) -> Any:
    try:
        return _form(kind).read(found)
    except _Wrong as error:
        raise Unreadable(f"{place} is malformed: {error}") from error


# -- forms by type hint ------------------------------------------------------------------------------------------


@cache
def _form(hint: Any) -> Form:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _optional(_form(next(arg for arg in args if arg is not NoneType)))
    if origin is tuple:
        return _sequence(_form(args[0]), tuple, list)
    if origin is frozenset:
        return _sequence(_form(args[0]), frozenset, sorted)
    if origin is Mapping:
        return _mapping(_form(args[1]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    if is_dataclass(hint):
        defaults = {field.name: _default(field.default, field.default_factory) for field in fields(hint)}
        return _record(hint, defaults)
    if isinstance(hint, type) and issubclass(hint, tuple):
        known = getattr(hint, "_field_defaults", {})
        return _record(hint, {name: _constant(known.get(name, _REQUIRED)) for name in getattr(hint, "_fields", ())})
    raise TypeError(f"{hint!r} has no form in JSON")


def _constant(value: object) -> Callable[[], object]:
    return lambda: value


def _default(default: object, factory: Any) -> Callable[[], object]:
    if factory is not MISSING:
        made: Callable[[], object] = factory
        return made
    return _constant(_REQUIRED if default is MISSING else default)


def _record(kind: Any, defaults: dict[str, Callable[[], object]]) -> Form:
    hints = get_type_hints(kind)
    forms = {name: _form(hints[name]) for name in defaults}

    def write(value: Any) -> dict[str, Any]:
        return {name: form.write(getattr(value, name)) for name, form in forms.items()}

    def read(found: Any) -> Any:
        if not isinstance(found, dict):
            raise _Wrong("an object was expected")
        if not found.keys() <= forms.keys():
            raise _Wrong(f"unknown key {min(found.keys() - forms.keys())!r}")
        return kind(**{name: _field(name, form, found, defaults[name]) for name, form in forms.items()})

    return Form(write, read)


def _field(name: str, form: Form, found: dict[str, Any], default: Callable[[], object]) -> Any:
    if name not in found:
        value = default()
        if value is _REQUIRED:
            raise _Wrong(f"{name} is missing")
        return value
    try:
        return form.read(found[name])
    except _Wrong as error:
        raise _Wrong(f"{name}: {error}") from error


def _optional(form: Form) -> Form:
    return Form(
        lambda value: None if value is None else form.write(value),
        lambda found: None if found is None else form.read(found),
    )


def _sequence(form: Form, made: Callable[[Any], Any], ordered: Callable[[Any], list[Any]]) -> Form:
    def read(found: Any) -> Any:
        if not isinstance(found, list):
            raise _Wrong("a list was expected")
        return made(form.read(item) for item in found)

    return Form(lambda value: ordered(form.write(item) for item in value), read)


def _mapping(form: Form) -> Form:
    def read(found: Any) -> dict[str, Any]:
        if not isinstance(found, dict):
            raise _Wrong("an object was expected")
        return {key: form.read(item) for key, item in found.items()}

    return Form(lambda value: {key: form.write(item) for key, item in value.items()}, read)


def _enum(kind: type[Enum]) -> Form:
    def read(found: Any) -> Enum:
        try:
            return kind(found)
        except ValueError as error:
            raise _Wrong(str(error)) from error

    return Form(lambda value: value.value, read)


def _exactly(kind: type) -> Form:
    def read(found: Any) -> Any:
        if type(found) is not kind:
            raise _Wrong(f"{found!r} is not of type {kind.__name__}")
        return found

    return Form(lambda value: value, read)


def _write_time(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _read_time(found: Any) -> datetime:
    try:
        at = datetime.fromisoformat(found)
    except (ValueError, TypeError) as error:
        raise _Wrong(f"{found!r} is not a time") from error
    if _write_time(at.replace(tzinfo=at.tzinfo or UTC)) != found:
        raise _Wrong(f"{found!r} is not a time as the ledger writes it")
    return at


def _read_float(found: Any) -> float:
    if type(found) not in (int, float):
        raise _Wrong(f"{found!r} is not a number")
    return float(found)


_SIMPLE: dict[Any, Form] = {
    str: _exactly(str),
    bool: _exactly(bool),
    int: _exactly(int),
    float: Form(float, _read_float),
    datetime: Form(_write_time, _read_time),
}
