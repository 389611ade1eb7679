"""What the entities of an inventory must agree on: ids and addresses given once, and every name that of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from monitor.config.census import Census, Entry
from monitor.config.problem import Problem, Said, Suggestions, suggestion
from monitor.config.settings import COMMUNITY_VARIABLE

# section, key, the section that it names an id of
NAMES = (
    ("nodes", "carrier", "carriers"),
    ("nodes", "parent", "nodes"),
    ("lines", "unit", "units"),
    ("lines", "carrier", "carriers"),
    ("lines", "node", "nodes"),
)
SINGULAR = {"carriers": "carrier", "nodes": "node", "units": "unit", "lines": "line", "references": "reference"}
MESSAGES = {
    "id_twice": "the {kind} in {place} has this id: give each its own",
    "dangling": "there is no {kind} of this id{near}",
    "strange_carrier": "this node is carrier {other}'s, the {kind} carrier {own}'s",
    "circle": "the parents go in a circle: {circle}",
    "address_twice": "this is also the address of {kind} {id} in {place}: each has its own",
    "port_twice": "this is also the port of line {id} in {place}, on the same node: each has its own",
    "over_before_begun": "in_service_to must be later than in_service_from",
    "unknown_profile": "there is no SNMP profile of this name{near}",
    "no_profiles": "there is no SNMP profile of this name: name it under snmp.profiles in monitor.yaml, "
    f"or export {COMMUNITY_VARIABLE}",
}
ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def cross_checked(census: Census, *, profiles: Collection[str] | None) -> Iterator[Problem]:
    """Name every disagreement; ``profiles`` are the SNMP profiles that a line can name, None where any will do."""
    by_id = {section: {entry.keys["id"]: entry for entry in reversed(entries) if "id" in entry.keys}
             for section, entries in census.items()}  # fmt: skip
    for section, entries in census.items():
        yield from _ids_given_twice(section, entries, by_id[section])
    for section, key, named in NAMES:
        yield from _dangling(census[section], key, named, by_id[named])
    yield from _strange_carriers(census, by_id["nodes"], by_id["carriers"])
    yield from _circles(census["nodes"], by_id["nodes"])
    yield from _addresses_given_twice(census)
    yield from _service_ended_before_begun(census["lines"])
    if profiles is not None:
        yield from _unknown_profiles(census["lines"], profiles)


def _ids_given_twice(section: str, entries: Sequence[Entry], first: Mapping[str, Entry]) -> Iterator[Problem]:
    for entry in entries:
        earlier = first.get(entry.keys.get("id", ""), entry)
        if earlier is not entry:
            yield entry.problem("id", _said("id_twice", kind=SINGULAR[section], place=earlier.place))


def _dangling(entries: Sequence[Entry], key: str, section: str, known: Mapping[str, Entry]) -> Iterator[Problem]:
    suggestions = Suggestions(known)
    for entry in entries:
        name = entry.keys.get(key)
        if name is not None and name not in known:
            near = suggestions.nearest(name)
            yield entry.problem(key, _said("dangling", near=near, kind=SINGULAR[section], found=name))


def _strange_carriers(census: Census, nodes: Mapping[str, Entry], known: Collection[str]) -> Iterator[Problem]:
    """Name the nodes, of lines and above nodes, that are another carrier's; unknown carriers are named elsewhere."""
    for section, key in (("nodes", "parent"), ("lines", "node")):
        for entry in census[section]:
            node = nodes.get(entry.keys.get(key, ""))
            own, other = entry.keys.get("carrier"), node.keys.get("carrier") if node else None
            if own != other and own in known and other in known:
                message = _said("strange_carrier", kind=SINGULAR[section], other=str(other), own=str(own))
                yield entry.problem(key, message)


def _circles(entries: Sequence[Entry], nodes: Mapping[str, Entry]) -> Iterator[Problem]:
    """Name, at one node of each, the circles of parents."""
    finished: set[str] = set()
    for entry in entries:
        way: list[str] = []
        at = entry.keys.get("id")
        while at is not None and at in nodes and at not in finished and at not in way:
            way.append(at)
            at = nodes[at].keys.get("parent")
        if at in way:
            circle = " -> ".join([*way[way.index(at) :], at])
            yield nodes[at].problem("parent", _said("circle", circle=circle))
        finished.update(way)


def _addresses_given_twice(census: Census) -> Iterator[Problem]:
    """Name each line and reference whose address one before it has at the same time."""
    seen: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for section in ("lines", "references"):
        for entry in census[section]:
            address = entry.keys.get("address")
            if address is None:
                continue
            for other_section, other in seen[address]:
                if _overlap(_service(entry.keys), _service(other.keys)):
                    whose = {"kind": SINGULAR[other_section], "id": other.keys.get("id", ""), "place": other.place}
                    yield entry.problem("address", _said("address_twice", **whose))
                    break
            seen[address].append((section, entry))


def ports_given_twice(census: Census) -> Iterator[Problem]:
    """Name each line whose port on its node one before it has at the same time (Art. 21).

    Nothing is judged by a port, so that a configuration may run with this.
    """
    seen: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in census["lines"]:
        node, port = entry.keys.get("node"), entry.keys.get("port")
        if node is None or port is None:
            continue
        for other in seen[node, port]:
            if _overlap(_service(entry.keys), _service(other.keys)):
                yield entry.problem("port", _said("port_twice", id=other.keys.get("id", ""), place=other.place))
                break
        seen[node, port].append(entry)


def always_seen(census: Census) -> Iterator[Problem]:
    """Name each reference on this very machine: it answers whatever is cut, and the monitor is never blind."""
    for entry in census["references"]:
        address = entry.keys.get("address")
        if address is not None and ip_address(address).is_loopback:
            yield entry.problem("address", "this address is the monitor's own machine, which always answers: its own "
                                "blindness would be blamed on the lines; give the next gateway's")  # fmt: skip


def _service(keys: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return keys.get("in_service_from", ALWAYS[0]), keys.get("in_service_to", ALWAYS[1])


def _overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _service_ended_before_begun(lines: Sequence[Entry]) -> Iterator[Problem]:
    for entry in lines:
        begun, ended = _service(entry.keys)
        if begun >= ended:
            yield entry.problem("in_service_to", _said("over_before_begun"))


def _unknown_profiles(lines: Sequence[Entry], profiles: Collection[str]) -> Iterator[Problem]:
    suggestions = Suggestions(profiles)
    word = "unknown_profile" if profiles else "no_profiles"
    for entry in lines:
        name = entry.keys.get("snmp")
        if name is not None and name not in profiles:
            yield entry.problem("snmp", _said(word, near=suggestions.nearest(name), found=name))


def _said(word: str, *, near: str | None = None, **given: str) -> Said:
    message = MESSAGES[word].format(near=suggestion(near), **given)
    return Said(message, word=word, given={**given, "near": near or ""})
