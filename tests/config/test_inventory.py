"""inventory.yaml: what it may say, what its entities must agree on, and every error with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.config.inventory import read_inventory, scenario_inventory
from monitor.config.problem import Problem
from monitor.config.source import parse
from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Reference, Role, Unit, UnitKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
# As config.md prints it.
PRINTED = """\
carriers:
  - {id: unicom, name: 中国联通云岭分公司, short_name: 联通, contacts: [{role: dispatch, name: 值班, phone: 10010}]}
nodes:
  - {id: unicom-core, carrier: unicom}
  - {id: unicom-east, carrier: unicom, name: 东区汇聚, parent: unicom-core, address: null}
units:
  - {id: finance-bureau, name: 云岭县财政局, short_name: 财政局, kind: department, contacts: [{role: leader}]}
lines:
  - {id: finance-1, unit: finance-bureau, carrier: unicom, node: unicom-east, role: primary, address: 192.0.2.10,
     type: PTN, bandwidth_mbps: 100, port: GE0/0/7, domain: null, snmp: default, wan: GE0/0/0,
     interfaces: ["GE0/0/0", "GE0/0/1"],
     in_service_from: 2019-01-01, in_service_to: null}
references:
  - {id: gateway, address: 203.0.113.1}
"""
BASE = """\
carriers: [{id: a, name: A}, {id: b, name: B}]
nodes: [{id: n1, carrier: a}, {id: n2, carrier: b}]
units: [{id: u1, name: U}]
lines:
"""


def inventory(*texts: str, profiles: tuple[str, ...] | None = ("default",)) -> tuple[Inventory, list[str]]:
    problems: list[Problem] = []
    documents = [parse(text, file=f"{number}.yaml") for number, text in enumerate(texts, start=1)]
    read = read_inventory(documents, zone=SHANGHAI, profiles=profiles, problems=problems)
    return read, [str(problem) for problem in problems]


def test_every_key_is_taken() -> None:
    read, problems = inventory(PRINTED)
    assert problems == []
    contact = Contact(role="dispatch", name="值班", phone="10010")
    assert read.carriers == {
        "unicom": Carrier(id="unicom", name="中国联通云岭分公司", short_name="联通", contacts=(contact,))
    }
    assert read.nodes == {
        "unicom-core": Node(id="unicom-core", carrier="unicom", name="unicom-core"),
        "unicom-east": Node(id="unicom-east", carrier="unicom", name="东区汇聚", parent="unicom-core"),
    }
    assert read.units == {
        "finance-bureau": Unit(
            id="finance-bureau",
            name="云岭县财政局",
            short_name="财政局",
            kind=UnitKind.DEPARTMENT,
            contacts=(Contact(role="leader"),),
        )
    }
    assert read.lines == {
        "finance-1": Line(
            id="finance-1",
            unit="finance-bureau",
            carrier="unicom",
            node="unicom-east",
            role=Role.PRIMARY,
            address="192.0.2.10",
            type="PTN",
            bandwidth_mbps=100,
            port="GE0/0/7",
            snmp="default",
            wan="GE0/0/0",
            interfaces=("GE0/0/0", "GE0/0/1"),
            in_service_from=datetime(2018, 12, 31, 16, tzinfo=UTC),
        )
    }
    assert read.references == {"gateway": Reference(id="gateway", address="203.0.113.1")}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{id: L1, unit: u1, carrier: c, address: 192.0.2.1}", "29: lines[0].carrier: there is no carrier of this id"),
        ("{id: L1, unit: U1, carrier: a, address: 192.0.2.1}", "16: lines[0].unit: there is no unit of this id; did "
         "you mean 'u1'?"),
        ("{id: L1, unit: u1, carrier: A, address: 192.0.2.1}", "29: lines[0].carrier: there is no carrier of this id; "
         "did you mean 'a'?"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, node: n3}", "58: lines[0].node: there is no node of this "
         "id"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, node: n2}", "58: lines[0].node: this node is carrier b's, "
         "the line carrier a's"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, snmp: defalt}", "58: lines[0].snmp: there is no SNMP "
         "profile of this name; did you mean 'default'?"),
        ("{id: L1, unit: u1, carrier: a}", "1: lines[0]: address is missing"),
        ("{id: L1, unit: u1, carrier: a, address: null}", "1: lines[0]: address is missing"),
        ("{id: L1, unit: u1, carrier: a, adress: 192.0.2.1}", "32: lines[0].adress: unknown key; did you mean "
         "'address'?"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.300}", "41: lines[0].address: an IPv4 or IPv6 address is "
         "wanted here"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1/24}", "41: lines[0].address: an IPv4 or IPv6 address is "
         "wanted here: write it without the /24"),
        ("{id: L1, unit: u1, carrier: a, address: edge.example}", "41: lines[0].address: an IPv4 or IPv6 address is "
         "wanted here"),
        ("{id: L1, unit: u1, carrier: a, address: 224.0.0.1}", "41: lines[0].address: the address of one machine is "
         "wanted here, not a multicast or an unspecified one"),
        ("{id: L1, unit: u1, carrier: a, address: '::'}", "41: lines[0].address: the address of one machine is wanted "
         "here, not a multicast or an unspecified one"),
        ('{id: "L\\t1", unit: u1, carrier: a, address: 192.0.2.1}', "6: lines[0].id: a control character is not "
         "allowed in this text: delete it"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, role: main}", "58: lines[0].role: one of primary, backup "
         "is wanted here"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, bandwidth_mbps: 100M}", "68: lines[0].bandwidth_mbps: a "
         "number above 0 is wanted here, without a unit"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, interfaces: GE0}", "64: lines[0].interfaces: a list is "
         "wanted here, such as [a, b]"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, interfaces: [GE0, []]}", "70: lines[0].interfaces[1]: "
         "text is wanted here"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, in_service_from: 2026-02-30}", "69: "
         "lines[0].in_service_from: there is no such date"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, in_service_from: 2026-02-03T00:00:00}", "69: "
         "lines[0].in_service_from: this time has no offset from UTC: write +08:00 (or Z) after it"),
        ("{id: L1, unit: u1, carrier: a, address: 192.0.2.1, in_service_from: 2026-02-03, in_service_to: 2026-02-03}",
         "96: lines[0].in_service_to: in_service_to must be later than in_service_from"),
        ("L1", "1: lines[0]: a mapping is wanted here (key: value)"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_its_place_and_its_cure(line: str, problem: str) -> None:
    column, rest = problem.split(":", 1)
    expected = f"1.yaml:5:{int(column) + 2}:{rest}"
    assert expected in inventory(f"{BASE}- {line}\n")[1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("carriers: [{id: a, name: A}, {id: a, name: B}]", "1:35: carriers[1].id: the carrier in 1.yaml:1 has this id: "
         "give each its own"),
        ("carriers: [{id: a}]", "1:12: carriers[0]: name is missing"),
        ("carriers: [{id: a, name: A, contacts: [{name: x}]}]", "1:40: carriers[0].contacts[0]: role is missing"),
        ("carriers: [{id: a, name: A, contacts: [{role: x, fone: 1}]}]", "1:50: carriers[0].contacts[0].fone: unknown "
         "key; did you mean 'phone'?"),
        ("nodes: [{id: n, carrier: x}]", "1:26: nodes[0].carrier: there is no carrier of this id"),
        ("{carriers: [{id: x, name: X}], nodes: [{id: n, carrier: x, parent: m}]}", "1:68: nodes[0].parent: there is "
         "no node of this id"),
        ("{carriers: [{id: x, name: X}], nodes: [{id: n, carrier: x, parent: n}]}", "1:68: nodes[0].parent: the "
         "parents go in a circle: n -> n"),
        ("units: [{id: u, name: U, kind: vilage}]", "1:32: units[0].kind: one of department, township, village, other "
         "is wanted here; did you mean 'village'?"),
        ("lines: {id: a}", "1:8: lines: a list of lines is wanted here"),
        ("lnes: []", "1:1: lnes: unknown key; did you mean 'lines'?"),
        ("- a", "1:1: a mapping is wanted here, with the keys carriers, nodes, units, lines, references"),
        ("{carriers: [], units: [{id: u, name: U}]}", "1:2: carriers: there are no carriers: an inventory needs its "
         "carriers, units and lines"),
        ("", "1:1: lines: there are no lines: an inventory needs its carriers, units and lines"),
    ],
)  # fmt: skip
def test_a_wrong_inventory_is_named_with_its_place_and_its_cure(text: str, problem: str) -> None:
    assert f"1.yaml:{problem}" in inventory(text)[1]


def test_a_circle_of_parents_is_named_once() -> None:
    text = """\
carriers: [{id: a, name: A}]
units: [{id: u1, name: U}]
lines: [{id: L1, unit: u1, carrier: a, address: 192.0.2.1}]
nodes:
- {id: leaf, carrier: a, parent: x}
- {id: x, carrier: a, parent: y}
- {id: y, carrier: a, parent: x}
"""
    assert inventory(text)[1] == ["1.yaml:6:31: nodes[1].parent: the parents go in a circle: x -> y -> x"]


def test_an_address_given_twice_is_named_across_lines_references_and_files() -> None:
    first = f"{BASE}- {{id: L1, unit: u1, carrier: a, address: '2001:db8::1'}}\n"
    second = (
        "lines: [{id: L2, unit: u1, carrier: a, address: '2001:DB8:0::1'}]\n"
        "references: [{id: g, address: '2001:db8::1'}]\n"
    )
    assert inventory(first, second)[1] == [
        "2.yaml:1:49: lines[0].address: this is also the address of line L1 in 1.yaml:5: each has its own",
        "2.yaml:2:31: references[0].address: this is also the address of line L1 in 1.yaml:5: each has its own",
    ]


def test_a_line_that_left_may_hand_its_address_on() -> None:
    lines = (
        "- {id: L1, unit: u1, carrier: a, address: 192.0.2.1, in_service_to: 2026-05-01}\n"
        "- {id: L2, unit: u1, carrier: b, address: 192.0.2.1, in_service_from: 2026-05-01}\n"
    )
    read, problems = inventory(BASE + lines)
    assert problems == []
    assert list(read.lines) == ["L1", "L2"]


def test_all_errors_of_a_line_are_named_at_once_and_drag_no_others_in() -> None:
    text = (
        f"{BASE}- {{id: L1, unit: x1, carrier: c, node: n9, address: 1, role: no}}\n"
        "- {id: L1, unit: u1, carrier: a, address: 192.0.2.1}\n"
    )
    places = sorted(problem.split(": ")[0] + " " + problem.split(": ")[1] for problem in inventory(text)[1])
    assert places == [
        "1.yaml:5:18 lines[0].unit",
        "1.yaml:5:31 lines[0].carrier",
        "1.yaml:5:40 lines[0].node",
        "1.yaml:5:53 lines[0].address",
        "1.yaml:5:62 lines[0].role",
        "1.yaml:6:8 lines[1].id",
    ]


def test_a_file_that_cannot_be_read_drags_no_dangling_names_in() -> None:
    problems = inventory("carriers: [", "lines: [{id: L1, unit: u1, carrier: a, address: 192.0.2.1}]")[1]
    assert problems == ["1.yaml:2:1: a value is missing here"]


def test_files_are_read_in_their_order() -> None:
    lines = [
        "lines: [{id: Z, unit: u1, carrier: a, address: 192.0.2.9}]",
        "lines: [{id: A, unit: u1, carrier: a, address: 192.0.2.1}]",
    ]
    read, problems = inventory("carriers: [{id: a, name: A}]\nunits: [{id: u1, name: U}]", *lines)
    assert problems == []
    assert read.place == {"Z": 0, "A": 1}


@pytest.mark.parametrize("word", ["no", "0123", "12:30", "1.10", "7", "2026-01-01", "县 局", "a.b/c#d", "1e3"])
def test_an_id_is_the_text_that_was_written(word: str) -> None:
    text = f"{BASE}- {{id: {word}, unit: u1, carrier: a, address: 192.0.2.1}}\n"
    read, problems = inventory(text)
    assert problems == []
    assert list(read.lines) == [word]


def test_a_scenario_names_only_what_it_needs() -> None:
    text = """\
inventory:
  carriers: [{id: unicom}]
  nodes: [{id: agg1, carrier: unicom}]
  units: [{id: u1}, {id: u2, name: 教育局}]
  lines: [{id: L1, unit: u1, carrier: unicom, address: 192.0.2.1, snmp: anything}]
"""
    read, problems = scenario_inventory(parse(text, file="s.yaml"), ("inventory",), zone=SHANGHAI)
    assert problems == []
    assert read.carriers["unicom"] == Carrier(id="unicom", name="unicom", short_name="unicom")
    assert [unit.short_name for unit in read.units.values()] == ["u1", "教育局"]
    assert read.nodes["agg1"].name == "agg1"


def test_a_wrong_scenario_is_named_where_it_stands() -> None:
    text = "start: x\ninventory:\n  carriers: [{id: a}]\n  lines: [{id: L1, unit: u, carrier: b}]\n"
    problems = scenario_inventory(parse(text, file="s.yaml"), ("inventory",), zone=SHANGHAI)[1]
    assert [str(problem) for problem in sorted(problems)] == [
        "s.yaml:4:11: inventory.lines[0]: address is missing",
        "s.yaml:4:26: inventory.lines[0].unit: there is no unit of this id",
        "s.yaml:4:38: inventory.lines[0].carrier: there is no carrier of this id",
    ]


def test_a_scenario_without_an_inventory_is_told_so() -> None:
    problems = scenario_inventory(parse("start: x", file="s.yaml"), ("inventory",), zone=SHANGHAI)[1]
    assert [str(problem) for problem in problems] == [
        "s.yaml:1:1: inventory: an inventory is missing: carriers, units and lines"
    ]


def test_a_port_given_twice_on_a_node_is_warned_of_and_runs() -> None:
    """Nothing is judged by a port; one after the other, or on different nodes, lines may have the same."""
    lines = (
        "- {id: L1, unit: u1, carrier: a, node: n1, port: GE1, address: 192.0.2.1}\n"
        "- {id: L2, unit: u1, carrier: a, node: n1, port: GE1, address: 192.0.2.2}\n"
        "- {id: L3, unit: u1, carrier: b, node: n2, port: GE1, address: 192.0.2.3, in_service_to: 2026-05-01}\n"
        "- {id: L4, unit: u1, carrier: b, node: n2, port: GE1, address: 192.0.2.4, in_service_from: 2026-05-01}\n"
    )
    problems: list[Problem] = []
    warnings: list[Problem] = []
    document = parse(BASE + lines, file="1.yaml")
    read_inventory([document], zone=SHANGHAI, profiles=None, problems=problems, warnings=warnings)
    assert problems == []
    assert [str(warning) for warning in warnings] == [
        "1.yaml:6:50: lines[1].port: this is also the port of line L1 in 1.yaml:5, on the same node: each has its own"
    ]


def test_a_reference_on_this_machine_is_warned_of_and_runs() -> None:
    """It answers whatever is cut: the monitor would blame the lines for its own blindness."""
    text = BASE.replace("lines:", "references: [{id: r1, address: 127.0.0.1}, {id: r2, address: 192.0.2.9}]\nlines:")
    problems: list[Problem] = []
    warnings: list[Problem] = []
    document = parse(text + "- {id: L1, unit: u1, carrier: a, address: 192.0.2.1}\n", file="1.yaml")
    read_inventory([document], zone=SHANGHAI, profiles=None, problems=problems, warnings=warnings)
    assert problems == []
    [warning] = warnings
    assert warning.path == "references[0].address"
    assert "give the next gateway's" in warning.message
