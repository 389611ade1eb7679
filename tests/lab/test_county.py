"""The sample county has the figures of the domain, and is the same each time."""

from __future__ import annotations

import re
from collections import Counter
from ipaddress import ip_address, ip_network

import pytest

from monitor.inventory.model import Role, UnitKind
from monitor.lab.county import SEED, County, generate

SEEDS = (SEED, 1, 99)
DOCUMENTATION = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))


@pytest.fixture(params=SEEDS)
def county(request: pytest.FixtureRequest) -> County:
    return generate(request.param)


def test_it_has_102_units_of_three_kinds(county: County) -> None:
    kinds = Counter(unit.kind for unit in county.inventory.units.values())
    assert kinds == {UnitKind.TOWNSHIP: 18, UnitKind.DEPARTMENT: 60, UnitKind.VILLAGE: 24}


def test_it_has_122_lines_and_twenty_units_have_two_of_different_carriers(county: County) -> None:
    lines = county.inventory.lines.values()
    assert len(lines) == 122
    carriers: dict[str, set[str]] = {}
    for line in lines:
        carriers.setdefault(line.unit, set()).add(line.carrier)
    backups = Counter(county.inventory.units[line.unit].kind for line in lines if line.role is Role.BACKUP)
    assert backups == {UnitKind.TOWNSHIP: 12, UnitKind.DEPARTMENT: 8}
    assert sum(len(each) == 2 for each in carriers.values()) == 20


def test_the_carriers_have_45_33_and_22_percent_of_the_lines(county: County) -> None:
    dealt = Counter(line.carrier for line in county.inventory.lines.values())
    assert {"mobile": round(122 * 0.45), "unicom": round(122 * 0.33), "telecom": round(122 * 0.22)} == dealt


def test_each_carrier_has_one_core_and_four_aggregation_nodes_that_carry_its_lines(county: County) -> None:
    nodes = county.inventory.nodes
    for carrier in county.inventory.carriers:
        own = [node for node in nodes.values() if node.carrier == carrier]
        (core,) = [node for node in own if node.parent is None]
        assert [core.id] * 4 == [node.parent for node in own if node.parent is not None]
    for line in county.inventory.lines.values():
        node = nodes[line.node or ""]
        assert node.carrier == line.carrier
        assert node.parent is not None


def test_every_address_is_for_documentation_and_given_once(county: County) -> None:
    inventory = county.inventory
    addresses = [line.address for line in inventory.lines.values()]
    addresses += [node.address or "" for node in inventory.nodes.values()]
    addresses += [reference.address for reference in inventory.references.values()]
    assert len(set(addresses)) == len(addresses)
    assert all(any(ip_address(each) in network for network in DOCUMENTATION) for each in addresses)


def test_every_telephone_number_is_one_nobody_has(county: County) -> None:
    inventory = county.inventory
    people = [each for carrier in inventory.carriers.values() for each in carrier.contacts]
    people += [each for unit in inventory.units.values() for each in unit.contacts]
    phones = [each.phone or "" for each in people]
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"0000-6600\d{4}", phone) for phone in phones)


def test_types_and_bandwidths_are_those_of_the_kind(county: County) -> None:
    for line in county.inventory.lines.values():
        kind = county.inventory.units[line.unit].kind
        if kind is UnitKind.DEPARTMENT:
            assert (line.type in {"fibre", "PTN", "MSTP"}, line.bandwidth_mbps) == (True, 100)
        elif kind is UnitKind.TOWNSHIP:
            assert line.bandwidth_mbps == (100 if line.role is Role.PRIMARY else 50)
        else:
            assert (line.type in {"IPRAN", "PON"}, line.bandwidth_mbps) == (True, 20)


def test_two_fifths_of_the_village_lines_are_only_pinged(county: County) -> None:
    lines = county.inventory.lines.values()
    only_pinged = Counter(county.inventory.units[line.unit].kind for line in lines if line.snmp is None)
    assert {UnitKind.VILLAGE: round(24 * 0.4)} == only_pinged
    assert {line.id for line in lines if line.snmp is not None} == set(county.edges)


def test_the_ports_of_a_node_are_given_once(county: County) -> None:
    ports = [(line.node, line.port) for line in county.inventory.lines.values()]
    assert len(set(ports)) == len(ports)


def test_the_references_are_gateway_and_core(county: County) -> None:
    assert list(county.inventory.references) == ["gateway", "core"]


def test_the_same_seed_gives_the_same_county_and_another_seed_another() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)
