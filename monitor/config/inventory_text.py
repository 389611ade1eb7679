"""An inventory as ``inventory.yaml`` says it: each entity in a line of its own, as a person would type it.

What `monitor.config.inventory.read_inventory` reads of the text is the same inventory, in the same order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo

import yaml

from monitor.config.quantities import DAY, format_instant
from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Reference, Role, Unit, UnitKind

try:
    from yaml import CSafeDumper as Dumper
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeDumper as Dumper  # type: ignore[assignment]

LARGEST_WHOLE = 10**15  # a larger number is written as floating point
WIDEST = 2**30  # never folded
Keys = Mapping[str, object]


def inventory_yaml(inventory: Inventory, *, zone: tzinfo, comment: str = "") -> str:
    """Write an inventory as YAML, below a comment of whole lines."""
    return comment + "".join(_sections(inventory, zone))


def inventory_json(inventory: Inventory, *, zone: tzinfo) -> str:
    """Write an inventory as JSON."""
    sections = {name: list(entities) for name, entities in _spelled(inventory, zone)}
    return json.dumps(sections, ensure_ascii=False, indent=1, default=str) + "\n"


def _sections(inventory: Inventory, zone: tzinfo) -> Iterator[str]:
    for name, entities in _spelled(inventory, zone):
        lines = [f"  - {_flow(entity)}\n" for entity in entities]
        yield f"{name}:\n" if lines else f"{name}: []\n"
        yield from lines


def _spelled(inventory: Inventory, zone: tzinfo) -> Iterator[tuple[str, Iterable[Keys]]]:
    yield "carriers", map(_carrier, inventory.carriers.values())
    yield "nodes", map(_node, inventory.nodes.values())
    yield "units", map(_unit, inventory.units.values())
    yield "lines", (_line(line, zone) for line in inventory.lines.values())
    yield "references", map(_reference, inventory.references.values())


def _carrier(carrier: Carrier) -> Keys:
    return {"id": carrier.id, "name": carrier.name, **_short(carrier), **_contacts(carrier.contacts)}


def _node(node: Node) -> Keys:
    return _given({"id": node.id, "carrier": node.carrier, "name": node.name, "parent": node.parent,
                   "address": node.address})  # fmt: skip


def _unit(unit: Unit) -> Keys:
    kind = {} if unit.kind is UnitKind.OTHER else {"kind": unit.kind.value}
    return {"id": unit.id, "name": unit.name, **_short(unit), **kind, **_contacts(unit.contacts)}


def _line(line: Line, zone: tzinfo) -> Keys:
    return _given(
        {
            "id": line.id,
            "unit": line.unit,
            "carrier": line.carrier,
            "node": line.node,
            "role": None if line.role is Role.PRIMARY else line.role.value,
            "address": line.address,
            "type": line.type,
            "bandwidth_mbps": _number(line.bandwidth_mbps),
            "port": line.port,
            "domain": line.domain,
            "snmp": line.snmp,
            "wan": line.wan,
            "interfaces": list(line.interfaces) or None,
            "in_service_from": _instant(line.in_service_from, zone),
            "in_service_to": _instant(line.in_service_to, zone),
        }
    )


def _reference(reference: Reference) -> Keys:
    return {"id": reference.id, "address": reference.address}


def _short(named: Carrier | Unit) -> Keys:
    return {} if named.short_name == named.name else {"short_name": named.short_name}


def _contacts(contacts: Sequence[Contact]) -> Keys:
    spelled = [
        _given({"role": each.role, "name": each.name, "phone": each.phone, "email": each.email}) for each in contacts
    ]
    return {"contacts": spelled} if spelled else {}


def _number(number: float | None) -> float | int | None:
    if number is None or number >= LARGEST_WHOLE or number != int(number):
        return number
    return int(number)


def _instant(at: datetime | None, zone: tzinfo) -> date | str | None:
    """Return a date, which YAML writes without quotes, or the instant as text."""
    text = None if at is None else format_instant(at, zone=zone)
    return date.fromisoformat(text) if text is not None and DAY.fullmatch(text) else text


def _given(keys: Keys) -> Keys:
    return {key: value for key, value in keys.items() if value is not None}


def _flow(keys: Keys) -> str:
    text = yaml.dump(keys, Dumper=Dumper, default_flow_style=True, allow_unicode=True, sort_keys=False, width=WIDEST)
    return text.strip()
