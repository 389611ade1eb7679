"""Which keys a mapping may have: pydantic checks them, and every error becomes a `Problem` with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails
from typing_extensions import is_typeddict

from monitor.config.fields import Surroundings, as_text
from monitor.config.problem import Path, Problem, unknown_key
from monitor.config.source import Document

Keys = TypeVar("Keys", bound=Mapping[str, Any])
Decorated = TypeVar("Decorated")
WRONG_KIND = {
    "dict_type": "a mapping is wanted here (key: value)",
    "list_type": "a list is wanted here, such as [a, b]",
    "tuple_type": "a list is wanted here, such as [a, b]",
}


def known_keys_only(keys: type[Decorated]) -> type[Decorated]:
    """Refuse any other key in a mapping."""
    return with_config({"extra": "forbid"})(keys)


def without_nulls(keys: object) -> Callable[[object], object]:
    """Return what drops the known keys that are given as null: they take their defaults."""
    known = frozenset(_keys_of(keys))

    def drop(value: object) -> object:
        if not isinstance(value, dict):
            return {} if value is None else value
        if None not in value.values():
            return value
        return {key: given for key, given in value.items() if given is not None or key not in known}

    return drop


def misnamed(document: Document, path: Path, name: str) -> Iterator[Problem]:
    """Name a name that could stand in no line: an empty one, or one with a control character."""
    try:
        as_text(name)
    except ValueError as error:
        yield document.problem(path, str(error), key=True)


class Schema(Generic[Keys]):
    """The keys of a mapping, and which of them are needed; made of a TypedDict all of whose keys may be absent."""

    def __init__(self, keys: type[Keys], *, needed: Sequence[str] = ()) -> None:
        """Prepare the checks, once."""
        self._keys = keys
        self._needed = tuple(needed)
        self._adapter: TypeAdapter[Keys] = TypeAdapter(keys)
        self._drop = without_nulls(keys)

    def read(
        self, document: Document, path: Path, value: object, *, within: Surroundings, problems: list[Problem]
    ) -> Keys:
        """Return what is right in a mapping, only the keys that are given; add what is wrong to the problems."""
        given: Any = self._drop(value)
        try:
            checked = self._adapter.validate_python(given, context=within)
        except ValidationError as refused:
            errors = refused.errors(include_url=False, include_input=False)
            problems += [self._problem(document, path, error) for error in errors]
            if not isinstance(given, dict):
                return self._adapter.validate_python({})
            wrong = {error["loc"][0] for error in errors}
            right = {key: value for key, value in given.items() if key not in wrong}
            checked = self._adapter.validate_python(right, context=within)
        for name in self._needed:
            if name not in given:
                problems.append(document.problem(path, f"{name} is missing"))
        return checked

    def _problem(self, document: Document, path: Path, error: ErrorDetails) -> Problem:
        below = error["loc"]
        if error["type"] == "extra_forbidden":
            known = list(_keys_below(self._keys, below[:-1]))
            message = unknown_key(str(below[-1]), known)
            return document.problem((*path, *below), message, key=True)
        if error["type"] == "missing":
            return document.problem((*path, *below[:-1]), f"{below[-1]} is missing")
        if error["type"] == "value_error":
            return document.problem((*path, *below), str(error["ctx"]["error"]))
        return document.problem((*path, *below), WRONG_KIND.get(error["type"], error["msg"]))


def _keys_of(keys: object) -> dict[str, Any]:
    return get_type_hints(keys, include_extras=True)


def _keys_below(keys: object, path: Sequence[str | int]) -> Mapping[str, Any]:
    """Return the keys of the mapping at a path below another."""
    for step in path:
        keys = _plain_type(keys)
        within = get_args(keys)  # of list[item] or dict[str, value]
        keys = within[0 if isinstance(step, int) else 1] if within else _keys_of(keys)[str(step)]
    keys = _plain_type(keys)
    return _keys_of(keys) if is_typeddict(keys) else {}


def _plain_type(keys: object) -> object:
    return get_args(keys)[0] if get_origin(keys) is Annotated else keys
