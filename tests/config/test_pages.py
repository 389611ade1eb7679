"""docs/configuration.md and its Chinese page: every key that the readers take, what it may be, and its default."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Required, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from typing_extensions import is_typeddict

from monitor.config import channels, installation, inventory, policy, profiles, rosters, routes, workdays
from monitor.config.adopted import policy_text
from monitor.config.fields import Surroundings
from monitor.config.folder import AT_START_ONLY, SNMP_AT_START_ONLY, load
from monitor.config.installation import read_installation
from monitor.config.problem import Problem
from monitor.config.quantities import format_duration, format_instant
from monitor.config.rosters import Shift
from monitor.config.routes import Route
from monitor.config.schema import Schema
from monitor.config.secret import Secret
from monitor.config.settings import ZONE, Channel, ChannelKind, HeartbeatSettings, Settings, SnmpProfile, SnmpVersion
from monitor.config.source import parse
from monitor.config.workdays import Workdays
from monitor.inventory.model import Inventory
from monitor.policy import Policies, Policy
from tests.config.written import write
from tests.receivers.certificates import authority_file

DOCS = Path(__file__).parents[2] / "docs"
SPAN = re.compile(r"`([^`]+)`")
BLOCK = re.compile(r"^```yaml\n# (\w+)\.yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECRET = "https://secret.example/send"  # an address too, and long enough for a key
BOUNDS = re.compile(r"one of (.+?) is wanted here|a whole number from (\d+) to (\d+) is wanted here")
# What the readers read one by one stands below these keys.
BELOW: Mapping[str, tuple[str, Schema[Any]]] = {
    "snmp": ("snmp.", installation.SNMP),
    "snmp.profiles": ("snmp.profiles.NAME.", profiles.PROFILE),
    "channels": ("channels.NAME.", channels.CHANNEL),
    "routes": ("routes[].", routes.ROUTE),
    "rosters": ("rosters.NAME[].", rosters.SHIFT),
    "calendar": ("calendar.YEAR.", workdays.YEAR_SCHEMA),
}
# What such an entry is when nothing is given but what is needed.
ENTRIES: Mapping[str, object] = {
    "snmp.profiles.NAME.": SnmpProfile(name="", version=SnmpVersion.V2C),
    "channels.NAME.": Channel(name="", kind=ChannelKind.CONSOLE),
    "routes[].": Route(kinds=(), channels=()),
    "rosters.NAME[].": Shift(),
    "calendar.YEAR.": Workdays(),
    "heartbeat.": HeartbeatSettings(url=Secret("")),
}
KEPT_AS = {  # under another name, or as a part of something else
    "snmp.profiles.NAME.version": "nothing",
    "routes[].carrier": "carriers",
    "routes[].hours": "hours.first",
    "rosters.NAME[].hours": "hours.first",
    "rosters.NAME[].dates": "hours.first",
    "routes[].days": "hours.days",
    "rosters.NAME[].days": "hours.days",
    "calendar.YEAR.holidays": "overrides",
    "calendar.YEAR.workdays": "overrides",
}
SMALLEST = """\
carriers: [{id: id, name: name, contacts: [{role: role}]}]
nodes: [{id: id, carrier: id}]
units: [{id: id, name: name, contacts: [{role: role}]}]
lines: [{id: id, unit: id, carrier: id, address: 192.0.2.1}]
references: [{id: id, address: 192.0.2.2}]
"""


class Told(NamedTuple):
    """What a page calls its columns, and its words for no default, a needed key, and when a change is taken."""

    file: str
    key: str
    takes: str
    default: str
    change: str
    none: str
    needed: str
    reload: str
    restart: str


ENGLISH = Told("configuration.md", "key", "takes", "default", "change", "none", "needed", "reload", "restart")
CHINESE = Told("zh/configuration.md", "配置项", "取值", "默认值", "生效", "无", "必填", "重读", "重启")
pages = pytest.mark.parametrize("told", [ENGLISH, CHINESE], ids=["english", "chinese"])


@dataclass(frozen=True)
class Key:
    """A key that a reader takes; ``schema`` and ``below`` say which, and where in its mapping."""

    path: str
    schema: Schema[Any]
    below: tuple[str, ...]
    needed: bool


def accepted() -> dict[str, Key]:
    """Return every key that the readers take, by its dotted path."""
    found = [*_of_schema("", installation.INSTALLATION), *_of_schema("", policy.POLICY)]
    for section, schema in inventory.STRICT.items():
        found += _of_schema(f"{section}[].", schema)
    paths = [key.path for key in found]
    assert sorted(set(paths)) == sorted(paths)
    return {key.path: key for key in found}


def _of_schema(prefix: str, schema: Schema[Any]) -> Iterator[Key]:
    yield from _of_keys(prefix, schema, schema._keys, (), schema._needed)


def _of_keys(
    prefix: str, schema: Schema[Any], keys: Any, above: tuple[str, ...], needed: tuple[str, ...]
) -> Iterator[Key]:
    for name, given in get_type_hints(keys, include_extras=True).items():
        required = get_origin(given) is Required
        kind, path = _plain(given), f"{prefix}{name}"
        items = [_plain(each) for each in get_args(kind) if is_typeddict(_plain(each))]
        if kind is Any:
            yield from _of_schema(*BELOW[path])  # read one by one: it must stand there
        elif is_typeddict(kind):
            yield from _of_keys(f"{path}.", schema, kind, (*above, name), ())
        elif items:
            yield from _of_keys(f"{path}[].", schema, items[0], (*above, name, "[]"), ())
        else:
            yield Key(path, schema, (*above, name), required or name in needed)


def _plain(kind: Any) -> Any:
    return _plain(get_args(kind)[0]) if get_origin(kind) in (Annotated, Required) else kind


def defaults() -> dict[str, str | None]:
    """Return what each key is when it is left out, as the files write it; None for nothing."""
    settings = read_installation(parse("", file="m"), environ={}, folder=Path(), problems=[]).settings
    numbers = json.loads(policy_text(Policies([Policy()])))[0]
    numbers["effective_from"] = format_instant(Policy().effective_from, zone=ZoneInfo(ZONE))
    watched = inventory.read_inventory([parse(SMALLEST, file="i")], zone=ZoneInfo(ZONE), profiles=(), problems=[])
    return {key.path: _spelled(_default(key, settings, numbers, watched)) for key in accepted().values()}


def _default(key: Key, settings: Settings, numbers: Mapping[str, Any], watched: Inventory) -> object:
    if key.schema is policy.POLICY:
        return reduce(lambda part, step: part[step], key.below, numbers)
    section, _, name = key.path.partition("[].")
    if key.schema in inventory.STRICT.values():
        entity = next(iter(getattr(watched, section).values()))
        return _at(entity.contacts[0] if "contacts" in name else entity, name.rpartition(".")[2])
    prefix = next((prefix for prefix in ENTRIES if key.path.startswith(prefix)), "")
    return _at(ENTRIES.get(prefix, settings), KEPT_AS.get(key.path, key.path.removeprefix(prefix)))


def _at(part: object, path: str) -> object:
    return reduce(lambda part, step: getattr(part, step, None), path.split("."), part)


def _spelled(value: object) -> str | None:
    match value:
        case None | () | "":
            return None
        case bool():
            return str(value).lower()
        case Secret():
            return value.reveal()
        case timedelta():
            return format_duration(value)
        case float():
            return f"{value:g}"
        case list():
            return json.dumps(value)
        case _:
            return str(value) if not isinstance(value, Sized) or value else None


def rows(told: Told) -> dict[str, dict[str, str]]:
    """Return the rows of a page's tables of keys, by key: each cell by the heading of its column."""
    found: dict[str, dict[str, str]] = {}
    headings: list[str] = []
    for line in (DOCS / told.file).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if not cells or told.key in cells:
            headings = cells
        elif told.key in headings and not set(line) <= set("|-"):
            row = dict(zip(headings, cells, strict=True))
            for key in SPAN.findall(row[told.key]):
                assert key not in found, f"{key} stands there twice"
                found[key] = row
    return found


@pages
def test_every_key_stands_on_the_page_and_no_other(told: Told) -> None:
    """What the readers take stands on the page, and what they refuse does not."""
    assert sorted(accepted()) == sorted(rows(told))


@pages
def test_every_default_is_what_the_readers_take(told: Told) -> None:
    """A key's cell begins with what it is when left out, or says that it is nothing, or that it must be given."""
    shown, wrong = rows(told), []
    known = defaults()
    for path, key in accepted().items():
        cell, default = shown[path][told.default], known[path]
        first = SPAN.match(cell)
        said = first[1] if first else told.needed if cell.startswith(told.needed) else cell[: len(told.none)]
        wanted = told.needed if key.needed else told.none if default is None else default
        wrong += [f"{path}: {cell!r}, and the readers take {wanted!r}"] if said != wanted else []
    assert [] == wrong


@pages
def test_every_choice_and_bound_stands_beside_its_key(told: Told) -> None:
    """What words or whole numbers a key may be, as the readers say when they refuse another, stands in its row."""
    shown, wrong, found = rows(told), [], 0
    for path, key in accepted().items():
        refused = BOUNDS.search(refusal(key))
        takes = shown[path][told.takes]
        if refused is None:
            continue
        found += 1
        if refused[1] is None:
            wrong += [] if {refused[2], refused[3]} <= {*re.findall(r"\d+", takes)} else [f"{path}: {refused[0]}"]
        else:
            lacking = {*refused[1].split(", ")} - {*SPAN.findall(" ".join(shown[path].values()))}
            wrong += [f"{path}: {lacking}"] if lacking else []
    assert [] == wrong
    assert 20 < found


def refusal(key: Key) -> str:
    """Return what the readers say of a value that is no value."""
    problems: list[Problem] = []
    value: object = "?"
    for step in reversed(key.below):
        value = [value] if step == "[]" else {step: value}
    within = Surroundings(environ={}, folder=Path(), zone=ZoneInfo(ZONE))
    key.schema.read(parse("", file="x"), (), value, within=within, problems=problems)
    return " ".join(problem.message for problem in problems)


@pages
def test_the_page_says_which_changes_want_a_restart(told: Told) -> None:
    """A key whose change a reload leaves for the next start says so, and no other does."""
    at_start = (*AT_START_ONLY, *(f"snmp.{name}" for name in SNMP_AT_START_ONLY))
    wanted = {path for path in accepted() if path in at_start or path.split(".")[0] in at_start}
    assert wanted == {path for path, row in rows(told).items() if row.get(told.change, told.reload) == told.restart}
    assert {told.reload, told.restart} == {row.get(told.change, told.reload) for row in rows(told).values()}


@pages
def test_the_examples_run_and_show_every_key(told: Told, tmp_path: Path) -> None:
    """The page's examples are a configuration that is accepted, with every key in it."""
    texts = dict.fromkeys(("monitor", "policy", "inventory"), "")
    for name, text in BLOCK.findall((DOCS / told.file).read_text(encoding="utf-8")):
        texts[name] += text
    folder = write(tmp_path / "config", **texts)
    named = {*re.findall(r"\{(env|file): ([^}]+)\}", texts["monitor"])}
    (folder / "secrets").mkdir()
    for kind, name in named:
        if kind == "file":
            (folder / name).write_text(SECRET, encoding="utf-8")
    (folder / "devices.yaml").write_text("devices: []\n", encoding="utf-8")
    authority_file(folder, "county-ca")
    load(folder, environ=dict.fromkeys((name for kind, name in named if kind == "env"), SECRET))
    shown = {path for text in texts.values() for path in _paths("", parse(text, file="x").value)}
    assert [] == sorted(accepted().keys() - shown)


def _paths(prefix: str, value: object) -> Iterator[str]:
    """Go through the paths of what a file says, names and years as the page has them."""
    if prefix in accepted():
        yield prefix
    elif isinstance(value, dict):
        for name, below in value.items():
            step = {"calendar": "YEAR"}.get(prefix, "NAME" if prefix in BELOW and prefix != "snmp" else name)
            yield from _paths(f"{prefix}.{step}".lstrip("."), below)
    elif isinstance(value, list):
        for item in value:
            yield from _paths(f"{prefix}[]", item)
