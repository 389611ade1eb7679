"""``inventory.yaml`` and ``inventory/*.yaml``, read into an `Inventory` in the order of the files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Annotated, Any, Required

from pydantic import BeforeValidator, PlainValidator
from typing_extensions import TypedDict

from monitor.config.census import Census, Root, take_census
from monitor.config.cross_checks import always_seen, cross_checked, ports_given_twice
from monitor.config.fields import Instant, IpAddress, Number, Text, as_choice
from monitor.config.problem import Path, Problem
from monitor.config.schema import Schema, known_keys_only, without_nulls
from monitor.config.source import Document
from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Reference, Role, Unit, UnitKind

NEEDED = ("carriers", "units", "lines")


@known_keys_only
class ContactKeys(TypedDict, total=False):
    """A contact."""

    role: Required[Text]
    name: Text
    phone: Text
    email: Text


Contacts = tuple[Annotated[ContactKeys, BeforeValidator(without_nulls(ContactKeys))], ...]


@known_keys_only
class CarrierKeys(TypedDict, total=False):
    """A carrier."""

    id: Text
    name: Text
    short_name: Text
    contacts: Contacts


@known_keys_only
class NodeKeys(TypedDict, total=False):
    """A node."""

    id: Text
    carrier: Text
    name: Text
    parent: Text
    address: IpAddress


@known_keys_only
class UnitKeys(TypedDict, total=False):
    """A unit."""

    id: Text
    name: Text
    short_name: Text
    kind: Annotated[UnitKind, PlainValidator(as_choice(UnitKind))]
    contacts: Contacts


@known_keys_only
class LineKeys(TypedDict, total=False):
    """A line."""

    id: Text
    unit: Text
    carrier: Text
    node: Text
    role: Annotated[Role, PlainValidator(as_choice(Role))]
    address: IpAddress
    type: Text
    bandwidth_mbps: Number
    port: Text
    domain: Text
    snmp: Text
    wan: Text
    interfaces: tuple[Text, ...]
    in_service_from: Instant
    in_service_to: Instant


@known_keys_only
class ReferenceKeys(TypedDict, total=False):
    """A reference."""

    id: Text
    address: IpAddress


STRICT: Mapping[str, Schema[Any]] = {
    "carriers": Schema(CarrierKeys, needed=("id", "name")),
    "nodes": Schema(NodeKeys, needed=("id", "carrier")),
    "units": Schema(UnitKeys, needed=("id", "name")),
    "lines": Schema(LineKeys, needed=("id", "unit", "carrier", "address")),
    "references": Schema(ReferenceKeys, needed=("id", "address")),
}
# A scenario names only what it needs: whoever has no name goes by the id.
LENIENT: Mapping[str, Schema[Any]] = {
    **STRICT,
    "carriers": Schema(CarrierKeys, needed=("id",)),
    "units": Schema(UnitKeys, needed=("id",)),
}


def read_inventory(
    documents: Sequence[Document],
    *,
    zone: tzinfo,
    profiles: Collection[str] | None,
    problems: list[Problem],
    warnings: list[Problem] | None = None,
) -> Inventory:
    """Read the inventory from its files; ``profiles`` are the SNMP profiles that a line can name, None: any.

    What is wrong is added to the problems; the result then holds as much as could be read. What can run but should
    not stay is added to the warnings.
    """
    roots: list[Root] = []
    for document in documents:
        problems += document.problems
        if document.value is not None:
            roots.append((document, (), document.value))
    census = take_census(roots, STRICT, zone=zone, problems=problems)
    if not any(document.broken for document in documents):
        problems += cross_checked(census, profiles=profiles)
        problems += _empty_sections(documents, census)
    if warnings is not None:
        warnings += [*ports_given_twice(census), *always_seen(census)]
    return inventory_of(census)


def scenario_inventory(document: Document, path: Path, *, zone: tzinfo) -> tuple[Inventory, list[Problem]]:
    """Read the inventory of a scenario, the fields needed only, from a place in its document; and what is wrong."""
    value = document.value
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return Inventory(), [document.problem(path, "an inventory is missing: carriers, units and lines")]
    problems: list[Problem] = []
    census = take_census([(document, path, value)], LENIENT, zone=zone, problems=problems)
    problems += cross_checked(census, profiles=None)
    return inventory_of(census), problems


def _empty_sections(documents: Sequence[Document], census: Census) -> Iterator[Problem]:
    for section in NEEDED:
        written = any(isinstance(item.value, dict) and item.value.get(section) for item in documents)
        if not census[section] and not written and documents:
            message = f"there are no {section}: an inventory needs its carriers, units and lines"
            yield documents[0].problem((section,), message, key=True)


def inventory_of(census: Census) -> Inventory:
    """Make the entities of what is wholly right."""
    whole = {section: [entry.keys for entry in entries if entry.whole] for section, entries in census.items()}
    return Inventory(
        carriers={keys["id"]: Carrier(**_named(keys)) for keys in whole["carriers"]},
        nodes={keys["id"]: Node(**{"name": keys["id"], **keys}) for keys in whole["nodes"]},
        units={keys["id"]: Unit(**_named(keys)) for keys in whole["units"]},
        lines={keys["id"]: Line(**keys) for keys in whole["lines"]},
        references={keys["id"]: Reference(**keys) for keys in whole["references"]},
    )


def _named(keys: Mapping[str, Any]) -> dict[str, Any]:
    name = keys.get("name", keys["id"])
    contacts = tuple(Contact(**contact) for contact in keys.get("contacts", ()))
    return {"short_name": name, **keys, "name": name, "contacts": contacts}
