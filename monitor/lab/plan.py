"""Plan the county's network, and the repair and damage of every part of it, as text for ``ip -batch`` and ``nft``.

A tree of stations, each a network namespace with one address on its loopback and unnumbered links::

    core ─┬─ gateway ── monitor
          ├─ mobile-core ─┬─ mobile-east ──┐
          │               └─ … (4)        ─┤
          └─ …                             ├─ edges   (every line's address; one namespace for all of them)
             telecom-core ──── … (4)      ─┘

So a path trace to an edge device meets gateway, core, carrier core and aggregation node, each by its own address, and
the answers of a line come back by the way they went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.lab.county import CARRIERS, CENTRE, CORE, GATEWAY, MONITOR, County
from monitor.lab.damage import Damage
from monitor.lab.names import AREAS

EDGES = "edges"
UPLINK = "uplink"
SHARES = 1000  # nft draws a number below this for each packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A namespace of the plan; ``behind`` are the networks reached through it from its parent."""

    name: str
    address: str
    parent: str | None
    behind: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What to tell whom: lines for ``ip -batch``, and rules for ``nft``, by station."""

    ip: Mapping[str, list[str]] = field(default_factory=dict)
    nft: Mapping[str, str] = field(default_factory=dict)


class Plan:
    """The network of one county."""

    def __init__(self, county: County) -> None:
        """Lay out the stations, parents before their children."""
        self.lines = county.inventory.lines
        self.stations = {station.name: station for station in _stations()}
        self.aggregations = {
            f"{share.id}-{area.id}": str(share.block(place)) for share in CARRIERS for place, area in enumerate(AREAS)
        }

    @property
    def routers(self) -> tuple[str, ...]:
        """The stations that forward packets."""
        return tuple(name for name in self.stations if name != "monitor")

    @property
    def names(self) -> tuple[str, ...]:
        """Every namespace."""
        return (*self.stations, EDGES)

    def links(self) -> Iterator[tuple[str, str, str, str]]:
        """Return each link: upper station, its interface, lower station, its interface."""
        for station in self.stations.values():
            if station.parent is not None:
                yield station.parent, station.name, station.name, UPLINK
        for node in self.aggregations:
            yield node, EDGES, EDGES, node

    def setup(self) -> Mapping[str, list[str]]:
        """Return what ``ip`` is to do in each namespace once the links are there."""
        stations = {station.name: list(self._station(station)) for station in self.stations.values()}
        return {**stations, EDGES: list(self._edges())}

    def change(self, before: Damage, after: Damage) -> Change:
        """Return what turns one damage into another."""
        told: dict[str, list[str]] = {}

        def tell(station: str, *lines: str) -> None:
            told.setdefault(station, []).extend(lines)

        for line in sorted(after.cut ^ before.cut):
            verb = "add" if line in after.cut else "del"
            tell(self._node(line), f"route {verb} unreachable {self.lines[line].address}/32")
        for line in sorted(after.dark ^ before.dark):
            verb = "del" if line in after.dark else "add"
            tell(EDGES, f"addr {verb} {self.lines[line].address}/32 dev lo")
        for node in sorted(after.nodes ^ before.nodes):
            tell(self._parent(node), *self._link_to(node, up=node not in after.nodes))
        if before.blind != after.blind:
            tell(self._parent("monitor"), *self._link_to("monitor", up=not after.blind))
        return Change(ip=told, nft=dict(self._losses(before, after)))

    def _station(self, station: Station) -> Iterator[str]:
        yield "link set lo up"
        yield f"addr add {station.address}/32 dev lo"
        if station.parent is not None:
            yield f"link set {UPLINK} up"
            above = self.stations[station.parent].address
            yield f"route add default via {above} dev {UPLINK} onlink"
            if station.behind and station.name != "gateway":
                yield f"route add {CENTRE} via {above} dev {UPLINK} onlink"
        for child in self.stations.values():
            if child.parent == station.name:
                yield from self._link_to(child.name, up=True)
        if station.name in self.aggregations:
            yield f"link set {EDGES} up"
            yield f"route add {self.aggregations[station.name]} dev {EDGES}"
        # Without these a packet for a part that is cut off would circle between parent and child by their defaults.
        yield from (f"route add blackhole {network} metric 1000" for network in station.behind if "/32" not in network)

    def _link_to(self, child: str, *, up: bool) -> Iterator[str]:
        """Raise or cut the link to a child; the kernel forgets the routes of a link that is cut."""
        if not up:
            yield f"link set {child} down"
            return
        yield f"link set {child} up"
        station = self.stations[child]
        for network in (f"{station.address}/32", *station.behind):
            yield f"route replace {network} via {station.address} dev {child} onlink"

    def _edges(self) -> Iterator[str]:
        yield "link set lo up"
        yield from (f"addr add {line.address}/32 dev lo" for line in self.lines.values())
        for table, (node, network) in enumerate(self.aggregations.items(), start=1):
            yield f"link set {node} up"
            yield f"route add default via {self.stations[node].address} dev {node} onlink table {table}"
            yield f"rule add from {network} lookup {table}"

    def _losses(self, before: Damage, after: Damage) -> Iterator[tuple[str, str]]:
        """Return the rules of each aggregation node on whose lines the loss changed."""
        lines = before.loss.keys() | after.loss.keys()
        changed = {self._node(line) for line in lines if before.loss.get(line) != after.loss.get(line)}
        for node in sorted(changed):
            drops = "".join(
                f"    ip daddr {self.lines[line].address} numgen random mod {SHARES} < {round(share * SHARES)} drop\n"
                for line, share in sorted(after.loss.items())
                if self._node(line) == node
            )
            chain = f"  chain forward {{\n    type filter hook forward priority 0\n{drops}  }}\n"
            # Added first, so that the deletion finds one: the table is replaced whole, in one transaction.
            yield node, f"add table ip lab\ndelete table ip lab\ntable ip lab {{\n{chain}}}\n"

    def _node(self, line: str) -> str:
        node = self.lines[line].node
        if node is None:  # the generator gives every line its node
            raise ValueError(f"line {line} hangs on no node")
        return node

    def _parent(self, station: str) -> str:
        parent = self.stations[station].parent
        if parent is None:
            raise ValueError(f"{station} has nothing above it that could be cut")
        return parent


def _stations() -> Iterator[Station]:
    yield Station(name="core", address=CORE, parent=None, behind=())
    yield Station(name="gateway", address=GATEWAY, parent="core", behind=(f"{MONITOR}/32",))
    yield Station(name="monitor", address=MONITOR, parent="gateway", behind=())
    for share in CARRIERS:
        core = f"{share.id}-core"
        yield Station(name=core, address=share.core, parent="core", behind=(str(share.network),))
        for place, area in enumerate(AREAS):
            block = share.block(place)
            yield Station(name=f"{share.id}-{area.id}", address=str(block[1]), parent=core, behind=(str(block),))
