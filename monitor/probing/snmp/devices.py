"""Which device keeps its load, memory and temperature where, and what its traps mean: ``devices.yaml`` and its like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from monitor.config.problem import Problem
from monitor.faults.terms import TrapKind

BUILT_IN = Path(__file__).with_name("devices.yaml")


class DevicesError(Exception):
    """A file of devices cannot be used; ``problems`` names all that is wrong in it, the text the first of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep what is wrong."""
        self.problems = tuple(problems)
        more = len(self.problems) - 1
        super().__init__(f"{self.problems[0]}" + (f" (and {more} more)" if more else ""))


def _oid(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"1(\.(0|[1-9][0-9]*)){2,127}", value):
        raise ValueError("an OID is numbers between dots and begins with 1: 1.3.6.1.4.1.9")
    return value


def _oids(value: object) -> tuple[str, ...]:
    return tuple(_oid(one) for one in value) if isinstance(value, list) else (_oid(value),)


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Oid = Annotated[str, BeforeValidator(_oid)]


class _Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Filter(_Keys):
    """Only rows with a certain number or OID in a column."""

    column: Oid
    equals: int | str = Field(alias="is")


class Source(_Keys):
    """Where figures are, and how they are read; see ``devices.yaml`` for the meaning of each key."""

    value: Annotated[tuple[str, ...], BeforeValidator(_oids)] = ()
    used: Oid | None = None
    free: Oid | None = None
    total: Oid | None = None
    of: Annotated[int, Field(gt=0)] = 100
    idle: bool = False
    divide_by: Annotated[int, Field(gt=0)] = 1
    precision: Oid | None = None
    zero: Literal["figure", "absent"] = "figure"
    only: Filter | None = None

    @model_validator(mode="after")
    def _is_read_in_one_way(self) -> Source:
        parts = [part for part in (self.used, self.free, self.total) if part is not None]
        if bool(self.value) == bool(parts) or (parts and len(parts) != 2):
            raise ValueError("give value alone, or two of used, free and total")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values make the figures, those of a pair in the order used, free, total."""
        return self.value or tuple(part for part in (self.used, self.free, self.total) if part is not None)


class Signal(_Keys):
    """A trap of a vendor's own: what it means, and what it must carry to mean that (all of ``only``)."""

    oid: Oid
    means: Annotated[TrapKind, Field(strict=False)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    only: Annotated[tuple[Filter, ...], BeforeValidator(_listed), Field(strict=False)] = ()


class Device(_Keys):
    """The sources of one kind of device, and the traps that are its vendor's."""

    name: Annotated[str, Field(min_length=1)]
    prefixes: Annotated[tuple[Oid, ...], Field(min_length=1, strict=False)]
    cpu: Annotated[tuple[Source, ...], Field(strict=False)] = ()
    memory: Annotated[tuple[Source, ...], Field(strict=False)] = ()
    temperature: Annotated[tuple[Source, ...], Field(strict=False)] = ()
    traps: Annotated[tuple[Signal, ...], Field(strict=False)] = ()


class _File(_Keys):
    devices: Annotated[tuple[Device, ...], Field(strict=False)]


@dataclass(frozen=True, slots=True)
class Devices:
    """All kinds of device known, by prefix of sysObjectID, and all vendors' traps, by their OIDs."""

    by_prefix: dict[str, Device]
    signals: dict[str, tuple[Signal, ...]]

    def of(self, sys_object_id: str | None) -> Device | None:
        """Return the kind with the longest prefix of an identity; None where there is none."""
        parts = (sys_object_id or "1.3.6.1").split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((self.by_prefix[prefix] for prefix in prefixes if prefix in self.by_prefix), None)


def load_devices(extensions: Iterable[Path] = ()) -> Devices:
    """Return the kinds built in, extended by files of the same format; a later file counts before an earlier one.

    Raises:
        DevicesError: a file cannot be read, or something in it is wrong.
    """
    by_prefix: dict[str, Device] = {}
    signals: dict[str, tuple[Signal, ...]] = {}
    for path in (BUILT_IN, *extensions):
        devices = _read(path).devices
        for device in devices:
            by_prefix.update(dict.fromkeys(device.prefixes, device))
        signals.update(_by_oid(signal for device in devices for signal in device.traps))
    return Devices(by_prefix, signals)


def _by_oid(signals: Iterable[Signal]) -> dict[str, tuple[Signal, ...]]:
    found: dict[str, tuple[Signal, ...]] = {}
    for signal in signals:
        found[signal.oid] = (*found.get(signal.oid, ()), signal)
    return found


def _read(path: Path) -> _File:
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DevicesError([Problem(str(path), 1, 1, "", f"the file cannot be read: {why}")]) from None
    try:
        node = yaml.compose(written, Loader=yaml.SafeLoader)
        content = yaml.safe_load(written)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        said = " ".join(str(getattr(error, "problem", None) or error).split())
        raise DevicesError([Problem(str(path), line, column, "", f"this is no YAML: {said}")]) from None
    try:
        return _File.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise DevicesError([_problem(path, node, each) for each in found]) from None


def _problem(path: Path, node: yaml.Node | None, error: ErrorDetails) -> Problem:
    """Tell a thing that is wrong, with its line and column."""
    place = [part for part in error["loc"] if part not in ("str", "int")]
    unknown_key = error["type"] == "extra_forbidden"
    message = error["msg"].removeprefix("Value error, ")
    if unknown_key:
        message = f"unknown key; known are {', '.join(_known(place))}"
    dotted = ".".join(str(part) for part in place) or "the file"
    return Problem(str(path), *_mark(node, place, at_key=unknown_key), dotted, message)


def _known(place: Sequence[Any]) -> Iterable[str]:
    model: type[BaseModel] = _File
    if "only" in place[:-1]:
        model = Filter
    elif "traps" in place[:-1]:
        model = Signal
    elif any(part in ("cpu", "memory", "temperature") for part in place[:-1]):
        model = Source
    elif len(place) > 1:
        model = Device
    return (field.alias or name for name, field in model.model_fields.items())


def _mark(node: yaml.Node | None, place: Sequence[Any], *, at_key: bool) -> tuple[int, int]:
    """Return line and column, from 1, of the node that a path leads to, or of the last on the way that is there."""
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), (node, node))
            node = found[0 if at_key and part == place[-1] else 1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
    return (1, 1) if node is None else (node.start_mark.line + 1, node.start_mark.column + 1)
