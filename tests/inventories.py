"""Random inventories that `monitor check` takes, for laws about writing and reading them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from monitor.inventory.model import Carrier, Contact, Inventory, Line, Node, Reference, Role, Unit, UnitKind

SHANGHAI = ZoneInfo("Asia/Shanghai")  # before 1901 its offset was +08:05:43; it has had summer time
ODD = [
    "0123", "1e3", "no", "true", "null", "~", "12:30", "2026-01-01", "=1+1", "a,b", "a、b;c", "- x", "'", '"', "#",
    "财政局", "_x0041_", "@SUM(A1)", "１２", "中 国", "\u200b", "\ufeff", "\U0001f4e1", "x: y", "{a}", "100%",
    "#REF!",
]  # fmt: skip
LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])  # control characters, surrogates, ends of lines
SECONDS = (-62_000_000_000, 253_000_000_000)  # from the year 5 to the year 9987
DAYS = (-44_000, 47_000)  # from 1849 to 2098

any_text = st.one_of(st.sampled_from(ODD), st.text(LETTERS, min_size=1, max_size=12)).filter(str.strip)
instants = st.one_of(
    st.integers(*SECONDS).map(lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.integers(*DAYS).map(lambda days: (datetime(1970, 1, 1, tzinfo=SHANGHAI) + timedelta(days=days)).astimezone(UTC)),
)
machines = st.one_of(
    st.integers(1, 0xDFFF_FFFF).map(lambda number: str(ipaddress.IPv4Address(number))),
    st.integers(0x2000 << 112, 0x3FFF << 112).map(lambda number: str(ipaddress.IPv6Address(number))),
)
numbers = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


# for laws that write and read a whole inventory in every example
fewer = settings(max_examples=max(20, settings.default.max_examples // 5) if settings.default else 20)


@st.composite
def inventories(
    draw: st.DrawFn, names: st.SearchStrategy[str] = any_text, codes: st.SearchStrategy[str] = any_text
) -> Inventory:
    """Draw an inventory: ``codes`` are ids, ports, telephones and the like, ``names`` what people are called."""

    def ids(least: int, most: int) -> list[str]:
        return draw(st.lists(codes, min_size=least, max_size=most, unique=True))

    contacts = st.lists(
        st.builds(Contact, role=names, name=maybe(names), phone=maybe(codes), email=maybe(codes)), max_size=2
    ).map(tuple)
    carriers = {
        each: Carrier(id=each, name=draw(names), short_name=draw(names), contacts=draw(contacts)) for each in ids(1, 3)
    }
    units = {
        each: Unit(
            id=each,
            name=draw(names),
            short_name=draw(names),
            kind=draw(st.sampled_from(UnitKind)),
            contacts=draw(contacts),
        )
        for each in ids(1, 3)
    }
    nodes: dict[str, Node] = {}
    for each in ids(0, 4):
        carrier = draw(st.sampled_from(list(carriers)))
        above = [node.id for node in nodes.values() if node.carrier == carrier]
        nodes[each] = Node(
            id=each,
            carrier=carrier,
            name=draw(names),
            parent=draw(st.sampled_from([None, *above])),
            address=draw(maybe(machines)),
        )
    taken = draw(st.lists(machines, min_size=7, max_size=7, unique=True))
    lines = {each: _line(draw, each, taken.pop(), carriers, units, nodes, names, codes) for each in ids(1, 4)}
    references = {each: Reference(id=each, address=taken.pop()) for each in ids(0, 3)}
    ports: set[tuple[str | None, str | None]] = set()
    for line in lines.values():  # a port of a node belongs to one line
        if line.port is not None and line.node is not None and (line.node, line.port) in ports:
            object.__setattr__(line, "port", None)
        ports.add((line.node, line.port))
    return Inventory(carriers=carriers, nodes=nodes, units=units, lines=lines, references=references)


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), strategy)


def _line(
    draw: st.DrawFn,
    name: str,
    address: str,
    carriers: dict[str, Carrier],
    units: dict[str, Unit],
    nodes: dict[str, Node],
    names: st.SearchStrategy[str],
    codes: st.SearchStrategy[str],
) -> Line:
    carrier = draw(st.sampled_from(list(carriers)))
    below = [node.id for node in nodes.values() if node.carrier == carrier]
    return Line(
        id=name,
        unit=draw(st.sampled_from(list(units))),
        carrier=carrier,
        address=address,
        node=draw(st.sampled_from([None, *below])),
        role=draw(st.sampled_from(Role)),
        type=draw(maybe(names)),
        bandwidth_mbps=draw(st.one_of(st.none(), numbers, st.integers(1, 100_000).map(float))),
        port=draw(maybe(codes)),
        domain=draw(maybe(codes)),
        snmp=draw(maybe(codes)),
        wan=draw(maybe(codes)),
        interfaces=tuple(draw(st.lists(codes, max_size=3))),
        **_service(draw(st.lists(instants, max_size=2))),
    )


def _service(ends: Sequence[datetime]) -> dict[str, datetime | None]:
    match sorted(ends):
        case [begun, ended]:
            return {"in_service_from": begun, "in_service_to": max(ended, begun + timedelta(seconds=1))}
        case [begun]:
            return {"in_service_from": begun}
        case _:
            return {}
