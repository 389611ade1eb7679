"""Routes of ``monitor.yaml``: which message goes which ways, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, ValidatorFunctionWrapHandler, WrapValidator
from typing_extensions import TypedDict

from monitor.config.fields import Flag, Surroundings, Text, as_choice, as_text
from monitor.config.hours import ALWAYS, DayKind, Hours, Span, as_span
from monitor.config.problem import Path, Problem, did_you_mean
from monitor.config.schema import Schema, known_keys_only
from monitor.config.source import Document
from monitor.faults.terms import MessageKind
from monitor.inventory.model import UnitKind

KIND_WORDS: Mapping[str, tuple[MessageKind, ...]] = {
    **{kind.value: (kind,) for kind in MessageKind},
    "all": tuple(kind for kind in MessageKind if kind.of_a_fault),
    "alarms": tuple(kind for kind in MessageKind if not kind.of_a_fault),
}
# What a carrier must be told of at every hour: that its clock runs, and that it ran out.
URGENT = (MessageKind.OPENED, MessageKind.OVERDUE)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message is about, as far as routes ask.

    ``carrier`` and ``unit_kind`` are those of the fault. An alarm has neither, but that a carrier is unreached names
    it. A fault's ``unit_kind`` is None where its line left the inventory: then every route for units takes it.
    """

    kind: MessageKind
    carrier: str | None = None
    unit_kind: UnitKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which kinds of messages go which ways, and when; ``carriers`` or ``unit_kinds`` empty: of all.

    With ``wait``, what falls due outside its hours goes when they begin, whoever else was told meanwhile.
    """

    kinds: tuple[MessageKind, ...]
    channels: tuple[str, ...]
    carriers: tuple[str, ...] = ()
    unit_kinds: tuple[UnitKind, ...] = ()
    hours: Hours = ALWAYS
    wait: bool = False

    def takes(self, matter: Matter) -> bool:
        """Tell whether it takes a message, whatever the hour."""
        if matter.kind not in self.kinds or (self.carriers and matter.carrier not in self.carriers):
            return False
        unknown = matter.kind.of_a_fault and matter.unit_kind is None
        return unknown or not self.unit_kinds or matter.unit_kind in self.unit_kinds


def as_kinds(value: object) -> tuple[MessageKind, ...]:
    """Take a kind of message, or the word for many: all of a fault's, or the alarms.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str) and value in KIND_WORDS:
        return KIND_WORDS[value]
    near = did_you_mean(value, list(KIND_WORDS)) if isinstance(value, str) else ""
    raise ValueError(f"one of {', '.join(KIND_WORDS)} is wanted here{near}")


def or_one(check: Callable[[object], Any]) -> WrapValidator:
    """Return what takes one thing where a list of such is expected."""

    def one_or_list(value: object, as_list: ValidatorFunctionWrapHandler) -> Any:
        return as_list(value) if isinstance(value, list) else (check(value),)

    return WrapValidator(one_or_list)


as_unit_kind, as_day = as_choice(UnitKind), as_choice(DayKind)
Texts = Annotated[tuple[Text, ...], or_one(as_text)]
UnitKinds = Annotated[tuple[Annotated[UnitKind, PlainValidator(as_unit_kind)], ...], or_one(as_unit_kind)]
Kinds = Annotated[tuple[Annotated[tuple[MessageKind, ...], PlainValidator(as_kinds)], ...], or_one(as_kinds)]
Spans = Annotated[tuple[Annotated[Span, PlainValidator(as_span)], ...], or_one(as_span)]
Days = Annotated[tuple[Annotated[DayKind, PlainValidator(as_day)], ...], or_one(as_day)]


@known_keys_only
class RouteKeys(TypedDict, total=False):
    """A route."""

    carrier: Texts
    unit_kinds: UnitKinds
    kinds: Kinds
    hours: Spans
    days: Days
    channels: tuple[Text, ...]
    wait: Flag


ROUTE = Schema(RouteKeys, needed=("kinds", "channels"))


def read_routes(
    document: Document, path: Path, value: object, *, within: Surroundings, problems: list[Problem]
) -> tuple[Route, ...]:
    """Read the list of routes; a wrong one is left out."""
    if not isinstance(value, list):
        problems.append(document.problem(path, "a list of routes is wanted here"))
        return ()
    routes = []
    for number, given in enumerate(value):
        wrong: list[Problem] = []
        keys = ROUTE.read(document, (*path, number), given, within=within, problems=wrong)
        wrong += empty_lists(document, (*path, number), keys)
        problems += wrong
        if not wrong:
            routes.append(_route(keys))
    return tuple(routes)


def empty_lists(document: Document, path: Path, keys: Mapping[str, Any]) -> list[Problem]:
    """Return the lists given that name nothing."""
    cure = {"kinds": "name at least one", "channels": "name at least one"}
    return [
        document.problem((*path, name), f"{name} is empty: {cure.get(name, 'name at least one, or leave it out')}")
        for name, value in keys.items()
        if value == ()
    ]


def hours_of(spans: tuple[Span, ...] | None, days: tuple[DayKind, ...], **dates: Any) -> Hours:
    """Put hours together; no spans: the whole day."""
    return Hours(spans=spans or ALWAYS.spans, days=frozenset(days), **dates)


def _route(keys: RouteKeys) -> Route:
    kinds = dict.fromkeys(kind for kinds in keys["kinds"] for kind in kinds)
    return Route(
        kinds=tuple(kinds),
        channels=tuple(dict.fromkeys(keys["channels"])),
        carriers=keys.get("carrier", ()),
        unit_kinds=keys.get("unit_kinds", ()),
        hours=hours_of(keys.get("hours"), keys.get("days", ())),
        wait=keys.get("wait", False),
    )


def dangling_channels(document: Document, value: Mapping[str, object]) -> list[Problem]:
    """Return the routes' channels that ``monitor.yaml`` does not define."""
    defined = value.get("channels")
    known = [str(name) for name in defined] if isinstance(defined, dict) else []
    return [
        document.problem(path, f"there is no channel of this name{did_you_mean(name, known)}")
        for path, name in names_given(value, "channels")
        if name not in known
    ]


def dangling_carriers(document: Document, value: Mapping[str, object], known: list[str]) -> list[Problem]:
    """Return the routes' carriers that the inventory does not define."""
    return [
        document.problem(path, f"there is no carrier of this id{did_you_mean(name, known)}")
        for path, name in names_given(value, "carrier")
        if name not in known
    ]


def names_given(value: Mapping[str, object], key: str) -> list[tuple[Path, str]]:
    """Return every name that the routes give under a key, and where; what is no name is left out."""
    routes = value.get("routes")
    found: list[tuple[Path, object]] = []
    for number, route in enumerate(routes if isinstance(routes, list) else []):
        given = route.get(key) if isinstance(route, dict) else None
        at: Path = ("routes", number, key)
        found += (
            [((*at, place), name) for place, name in enumerate(given)] if isinstance(given, list) else [(at, given)]
        )
    return [(path, name) for path, given in found if (name := name_given(given)) is not None]


def name_given(value: object) -> str | None:
    """Return a name as it was written, a number too; None for what is none."""
    try:
        return as_text(value)
    except ValueError:
        return None
