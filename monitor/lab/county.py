"""Generate the sample county 云岭县: the same seed gives the same county, whole.

18 townships, 60 departments and 24 villages or communities on 122 lines of three carriers. Addresses come from the
documentation ranges of RFC 5737 only, telephone numbers from 0000-6600xxxx, which nobody has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network
from itertools import chain, count
from random import Random

from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Reference, Role, Unit, UnitKind
from monitor.lab.names import AREAS, COUNTY, DEPARTMENTS, GIVEN, SURNAMES, TOWNSHIPS, VILLAGES

SEED = 2026
MONITOR = "203.0.113.253"
GATEWAY = "203.0.113.252"
CORE = "203.0.113.251"
CENTRE = "203.0.113.248/29"  # these three, inside the block of one carrier's area
PROFILE = "default"

TWO_LINE_TOWNSHIPS = 12
TWO_LINE_DEPARTMENTS = 8
PING_ONLY = 0.4  # of the villages' lines
FIRST_IN_SERVICE = datetime(2016, 3, 1, tzinfo=UTC) - timedelta(hours=8)
LAST_IN_SERVICE_DAYS = 3000
DUTY_NUMBER = 66000000


class Maker(StrEnum):
    """Who made an edge device."""

    HUAWEI = "huawei"
    H3C = "h3c"
    ZTE = "zte"
    RUIJIE = "ruijie"


PORTS = {
    Maker.HUAWEI: ("GigabitEthernet0/0/0", "GigabitEthernet0/0/1"),
    Maker.H3C: ("GigabitEthernet0/0", "GigabitEthernet0/1"),
    Maker.ZTE: ("gei-0/1", "gei-0/2"),
    Maker.RUIJIE: ("Gi0/0", "Gi0/1"),
}
"""The names of an edge device's WAN and LAN port as IF-MIB gives them: ifName, or ifDescr where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierShare:
    """A carrier's part of the county: ``lines`` of 122, in the /24 ``network``."""

    id: str
    name: str
    short_name: str
    lines: int
    network: IPv4Network

    @property
    def core(self) -> str:
        """The address of the carrier's core node."""
        return str(self.network[-2])

    def block(self, area: int) -> IPv4Network:
        """Return the addresses behind the aggregation node of an area; the first host is the node itself."""
        return tuple(self.network.subnets(prefixlen_diff=2))[area]


CARRIERS = (
    CarrierShare(
        id="mobile", name="中国移动云岭分公司", short_name="移动", lines=55, network=IPv4Network("192.0.2.0/24")
    ),
    CarrierShare(
        id="unicom", name="中国联通云岭分公司", short_name="联通", lines=40, network=IPv4Network("198.51.100.0/24")
    ),
    CarrierShare(
        id="telecom", name="中国电信云岭分公司", short_name="电信", lines=27, network=IPv4Network("203.0.113.0/24")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The device at the unit's end of a line that answers SNMP at the line's address."""

    line: str
    maker: Maker
    address: str
    name: str
    location: str
    bandwidth_mbps: float


@dataclass(frozen=True, kw_only=True)
class County:
    """The sample county: what the monitor is told of it, and the devices that answer SNMP, by line."""

    name: str
    seed: int
    inventory: Inventory
    edges: Mapping[str, Edge]

    def below(self, node: str) -> tuple[str, ...]:
        """Return the lines below a node, itself or by way of its children, in the order of the inventory."""
        nodes = self.inventory.nodes
        under = {node} | {name for name, child in nodes.items() if child.parent == node}
        return tuple(line.id for line in self.inventory.lines.values() if line.node in under)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A line before it has its carrier: whose it is, where, and what is rented."""

    unit: Unit
    area: int
    role: Role
    types: tuple[str, ...]
    bandwidth_mbps: float


class _People:
    """Invented names, and numbers of 0000-6600xxxx given out once each."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._numbers = count(DUTY_NUMBER + 1)

    def contact(self, role: str, *, email: str | None = None) -> Contact:
        """Invent a person in a role."""
        given = "".join(self._chance.choices(GIVEN, k=self._chance.choice((1, 2, 2))))
        name = self._chance.choice(SURNAMES) + given
        return Contact(role=role, name=name, phone=f"0000-{next(self._numbers)}", email=email)


def generate(seed: int = SEED) -> County:
    """Generate the county of a seed."""
    chance = Random(seed)  # noqa: S311 - an invented county, nothing secret
    people = _People(chance)
    carriers = tuple(_carrier(share, people) for share in CARRIERS)
    plans = tuple(_plans(chance, people))
    shares = _deal(plans, chance)
    lines = tuple(_lines(plans, shares, chance))
    inventory = Inventory(
        carriers={carrier.id: carrier for carrier in carriers},
        nodes={node.id: node for node in chain.from_iterable(map(_nodes, CARRIERS))},
        units={plan.unit.id: plan.unit for plan in plans},
        lines={line.id: line for line in lines},
        references={
            "gateway": Reference(id="gateway", address=GATEWAY),
            "core": Reference(id="core", address=CORE),
        },
    )
    return County(name=COUNTY, seed=seed, inventory=inventory, edges={edge.line: edge for edge in _edges(inventory)})


def maker_of(line: Line) -> Maker:
    """Tell who made the device that watches a WAN port of that name.

    Raises:
        KeyError: no device of the county has such a port.
    """
    return {ports[0]: maker for maker, ports in PORTS.items()}[line.wan or ""]


def _carrier(share: CarrierShare, people: _People) -> Carrier:
    contacts = (
        people.contact("dispatch", email=f"dispatch@{share.id}.example"),
        people.contact("supervisor", email=f"supervisor@{share.id}.example"),
    )
    return Carrier(id=share.id, name=share.name, short_name=share.short_name, contacts=contacts)


def _nodes(share: CarrierShare) -> Iterator[Node]:
    """Make a carrier's core and the aggregation node of each area below it."""
    core = f"{share.id}-core"
    yield Node(id=core, carrier=share.id, name=f"{share.short_name}核心", address=share.core)
    for place, area in enumerate(AREAS):
        yield Node(
            id=f"{share.id}-{area.id}",
            carrier=share.id,
            name=f"{share.short_name}{area.name}汇聚",
            parent=core,
            address=str(share.block(place)[1]),
        )


def _plans(chance: Random, people: _People) -> Iterator[_Plan]:
    """Plan every line: departments, townships, villages, each unit's primary line before its backup."""
    two_lines = {
        *(office.id for office in chance.sample(DEPARTMENTS, TWO_LINE_DEPARTMENTS)),
        *(place.id for place in chance.sample(TOWNSHIPS, TWO_LINE_TOWNSHIPS)),
    }
    for place, office in enumerate(DEPARTMENTS):
        unit = _unit(office.id, f"{COUNTY}{office.name}", office.short_name, UnitKind.DEPARTMENT, people)
        backup = 100 if unit.id in two_lines else None
        yield from _rented(unit, place % len(AREAS), ("fibre", "PTN", "MSTP"), primary_mbps=100, backup_mbps=backup)
    for place, town in enumerate(TOWNSHIPS):
        unit = _unit(town.id, f"{COUNTY}{town.name}人民政府", town.name, UnitKind.TOWNSHIP, people)
        backup = 50 if unit.id in two_lines else None
        yield from _rented(unit, place % len(AREAS), ("PTN", "OTN", "MSTP"), primary_mbps=100, backup_mbps=backup)
    for place, village in enumerate(VILLAGES):
        town_place = place % len(TOWNSHIPS)
        name = TOWNSHIPS[town_place].name + village.name
        unit = _unit(village.id, f"{COUNTY}{name}", village.name, UnitKind.VILLAGE, people)
        yield from _rented(unit, town_place % len(AREAS), ("IPRAN", "PON"), primary_mbps=20, backup_mbps=None)


def _unit(identifier: str, name: str, short_name: str, kind: UnitKind, people: _People) -> Unit:
    contacts = (people.contact("leader"), people.contact("network_admin", email=f"{identifier}@yunling.example"))
    return Unit(id=identifier, name=name, short_name=short_name, kind=kind, contacts=contacts)


def _rented(
    unit: Unit, area: int, types: tuple[str, ...], *, primary_mbps: float, backup_mbps: float | None
) -> Iterator[_Plan]:
    yield _Plan(unit, area, Role.PRIMARY, types, primary_mbps)
    if backup_mbps is not None:
        yield _Plan(unit, area, Role.BACKUP, types, backup_mbps)


def _deal(plans: Sequence[_Plan], chance: Random) -> tuple[CarrierShare, ...]:
    """Deal the lines to the carriers by their shares; the two lines of a unit never fall to one carrier."""
    left = {share: share.lines for share in CARRIERS}

    def take(*, other_than: CarrierShare | None = None) -> CarrierShare:
        open_shares = [share for share in CARRIERS if share is not other_than]
        (taken,) = chance.choices(open_shares, weights=[left[share] for share in open_shares])
        left[taken] -= 1
        return taken

    # Pairs first, while every carrier still has lines to give.
    dealt: dict[str, list[CarrierShare]] = {plan.unit.id: [] for plan in plans if plan.role is Role.BACKUP}
    for shares in dealt.values():
        shares.append(take())
        shares.append(take(other_than=shares[0]))
    return tuple(dealt[plan.unit.id].pop(0) if plan.unit.id in dealt else take() for plan in plans)


def _lines(plans: Sequence[_Plan], shares: Sequence[CarrierShare], chance: Random) -> Iterator[Line]:
    """Give each planned line its node, address, port, device and date."""
    places = {(share.id, area): count(1) for share in CARRIERS for area in range(len(AREAS))}
    villages = [plan.unit.id for plan in plans if plan.unit.kind is UnitKind.VILLAGE]
    ping_only = set(chance.sample(villages, round(len(villages) * PING_ONLY)))
    for plan, share in zip(plans, shares, strict=True):
        place = next(places[share.id, plan.area])
        measured = plan.unit.id not in ping_only
        ports = PORTS[chance.choices(tuple(Maker), weights=(4, 3, 2, 1))[0]]
        yield Line(
            id=f"{plan.unit.id}-{1 if plan.role is Role.PRIMARY else 2}",
            unit=plan.unit.id,
            carrier=share.id,
            node=f"{share.id}-{AREAS[plan.area].id}",
            role=plan.role,
            address=str(share.block(plan.area)[1 + place]),
            type=chance.choice(plan.types),
            bandwidth_mbps=plan.bandwidth_mbps,
            port=f"GE0/{place // 24}/{place % 24}",
            domain=f"{plan.unit.id}.yunling.example" if plan.unit.kind is UnitKind.DEPARTMENT else None,
            snmp=PROFILE if measured else None,
            wan=ports[0] if measured else None,
            interfaces=ports if measured else (),
            in_service_from=FIRST_IN_SERVICE + timedelta(days=chance.randrange(LAST_IN_SERVICE_DAYS)),
        )


def _edges(inventory: Inventory) -> Iterator[Edge]:
    for line in inventory.lines.values():
        if line.snmp is not None:
            yield Edge(
                line=line.id,
                maker=maker_of(line),
                address=line.address,
                name=line.id.upper(),
                location=inventory.units[line.unit].name,
                bandwidth_mbps=line.bandwidth_mbps or 0,
            )
