"""What was in force, as a text kept beside the ledger: policy versions and inventory, without secrets and people.

The policies are written as ``policy.yaml`` writes them, so that what was in force years ago reads back today.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from monitor.config.inventory import scenario_inventory
from monitor.config.policy import read_policies
from monitor.config.problem import ConfigurationRefused, Problem
from monitor.config.quantities import format_duration, format_share
from monitor.config.settings import ZONE
from monitor.config.source import Document, parse
from monitor.inventory.model import Inventory
from monitor.policy import Policies, Policy

WRITTEN_AS = {"lasting": "for"}
PLAIN_NUMBERS = frozenset({"rtt_factor"})


def policy_text(policies: Policies) -> str:
    """Return the policy versions that stand side by side as canonical JSON."""
    return _canonical([_spelled(policy) for policy in policies.versions])


def inventory_text(inventory: Inventory) -> str:
    """Return an inventory as canonical JSON, each section in the order of the file.

    Contacts are left out: the ledger names the text by its digest for ever, and people's data must be erasable.
    """
    sections = (section.name for section in fields(inventory))
    return _canonical({name: [_watched(entity) for entity in getattr(inventory, name).values()] for name in sections})


def _watched(entity: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(entity).items() if key != "contacts"}


def policies_of(text: str) -> tuple[Policy, ...]:
    """Return the policy versions of a text written by `policy_text`.

    Raises:
        ConfigurationRefused: it was not.
    """
    problems: list[Problem] = []
    documents = [parse(json.dumps(version), file="adopted policy") for version in json.loads(text)]
    policies = read_policies(documents, zone=ZoneInfo(ZONE), problems=problems)
    if problems:
        raise ConfigurationRefused(problems)
    return policies.versions


def inventory_of(text: str, *, zone: tzinfo) -> Inventory:
    """Return the inventory of a text written by `inventory_text`; a date alone in it means midnight in ``zone``.

    Raises:
        ConfigurationRefused: it was not.
    """
    document = Document("adopted inventory", json.loads(text), text=text)
    inventory, problems = scenario_inventory(document, (), zone=zone)
    if problems:
        raise ConfigurationRefused(problems)
    return inventory


def changed_versions(policies: Policies, used: Iterable[Policy]) -> list[str]:
    """Return what differs from versions used before under the same names: a version once used is never changed."""
    before = {policy.version: _spelled(policy) for policy in used}
    return [
        f"{policy.version}: {path} was {old}, is {new}"
        for policy in policies.versions
        if policy.version in before
        for path, old, new in _differing("", before[policy.version], _spelled(policy))
    ]


def _differing(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[tuple[str, object, object]]:
    for key in new:
        below = f"{path}.{key}" if path else key
        if isinstance(new[key], Mapping) and isinstance(old.get(key), Mapping):
            yield from _differing(below, old[key], new[key])
        elif old.get(key) != new[key]:
            yield below, old.get(key), new[key]


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_value)


def _spelled(part: Any) -> dict[str, Any]:
    spelled: dict[str, Any] = {}
    for item in fields(part):
        value, name = getattr(part, item.name), WRITTEN_AS.get(item.name, item.name)
        if is_dataclass(value):
            spelled[name] = _spelled(value)
        elif item.name in PLAIN_NUMBERS:
            spelled[name] = float(value)
        else:
            spelled[name] = _value(value)
    return spelled


def _value(value: object) -> object:
    match value:
        case timedelta():
            return format_duration(value)
        case Fraction():
            return format_share(value)
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value
