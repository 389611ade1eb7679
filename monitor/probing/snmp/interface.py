"""One interface of a device, from IF-MIB (RFC 2863), as far as the agent has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.probing.snmp.client import Value
from monitor.probing.snmp.text import count, text

IF_TABLE = "1.3.6.1.2.1.2.2.1"
IF_X_TABLE = "1.3.6.1.2.1.31.1.1.1"

DESCR, SPEED, ADMIN, OPER = f"{IF_TABLE}.2", f"{IF_TABLE}.5", f"{IF_TABLE}.7", f"{IF_TABLE}.8"
LAST_CHANGE = f"{IF_TABLE}.9"
IN_OCTETS, IN_DISCARDS, IN_ERRORS = f"{IF_TABLE}.10", f"{IF_TABLE}.13", f"{IF_TABLE}.14"
OUT_OCTETS, OUT_DISCARDS, OUT_ERRORS = f"{IF_TABLE}.16", f"{IF_TABLE}.19", f"{IF_TABLE}.20"
NAME, HIGH_SPEED, ALIAS = f"{IF_X_TABLE}.1", f"{IF_X_TABLE}.15", f"{IF_X_TABLE}.18"
HC_IN_OCTETS, HC_OUT_OCTETS = f"{IF_X_TABLE}.6", f"{IF_X_TABLE}.10"

# Walked to learn which indexes there are: most agents lack the column ifIndex, some have an index in one table only.
INDEX_COLUMNS = (DESCR, OPER, NAME, ALIAS, HC_IN_OCTETS)
# Asked for each index, whatever of it the agent has.
COLUMNS = (
    *(ADMIN, OPER, SPEED, HIGH_SPEED, LAST_CHANGE),
    *(HC_IN_OCTETS, HC_OUT_OCTETS, IN_OCTETS, OUT_OCTETS),
    *(IN_ERRORS, OUT_ERRORS, IN_DISCARDS, OUT_DISCARDS),
)
# The narrow counter beside each wide one: not polled where the wide one is there.
NARROW = {HC_IN_OCTETS: IN_OCTETS, HC_OUT_OCTETS: OUT_OCTETS}

LARGEST_GAUGE = 2**32 - 1
MEGABIT = 1_000_000
# Tbit/s. No single port is that fast; an ifHighSpeed of so much is in bit/s, or else a sum confirmed by ifSpeed.
FAST_MBPS = 1_000_000
IMPOSSIBLE_MBPS = 10_000_000


class State(StrEnum):
    """ifAdminStatus and ifOperStatus, as IF-MIB spells them."""

    UP = "up"
    DOWN = "down"
    TESTING = "testing"
    UNKNOWN = "unknown"
    DORMANT = "dormant"
    NOT_PRESENT = "notPresent"
    LOWER_LAYER_DOWN = "lowerLayerDown"


STATES = dict(enumerate(State, start=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """What an interface is called. ``index`` is the suffix of its OIDs; ``name`` is ifName, else ifDescr."""

    index: int
    name: str | None
    descr: str | None
    alias: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An interface at one instant; None for what the agent does not say.

    ``last_change_s`` is ifLastChange in seconds, raw. The octets are the 64-bit counters where the agent has them
    (``octet_bits`` 64), else the 32-bit ones (32).
    """

    index: int
    name: str | None
    descr: str | None
    alias: str | None
    admin: State | None
    oper: State | None
    speed_bps: int | None
    last_change_s: float | None
    in_octets: int | None
    out_octets: int | None
    in_octet_bits: int | None
    out_octet_bits: int | None
    in_errors: int | None
    out_errors: int | None
    in_discards: int | None
    out_discards: int | None


def interface(port: Port, values: Mapping[str, Value]) -> Interface:
    """Put an interface together from the values of its `COLUMNS`."""

    def asked(column: str) -> int | None:
        return count(values.get(f"{column}.{port.index}"))

    changed = asked(LAST_CHANGE)
    received, received_bits = _octets(asked(HC_IN_OCTETS), asked(IN_OCTETS))
    sent, sent_bits = _octets(asked(HC_OUT_OCTETS), asked(OUT_OCTETS))
    return Interface(
        index=port.index,
        name=port.name,
        descr=port.descr,
        alias=port.alias,
        admin=STATES.get(asked(ADMIN) or 0),
        oper=STATES.get(asked(OPER) or 0),
        speed_bps=speed_bps(low=asked(SPEED), high=asked(HIGH_SPEED)),
        last_change_s=None if changed is None else changed / 100,
        in_octets=received,
        out_octets=sent,
        in_octet_bits=received_bits,
        out_octet_bits=sent_bits,
        in_errors=asked(IN_ERRORS),
        out_errors=asked(OUT_ERRORS),
        in_discards=asked(IN_DISCARDS),
        out_discards=asked(OUT_DISCARDS),
    )


def speed_bps(*, low: int | None, high: int | None) -> int | None:
    """Return bit/s from ifSpeed (bit/s, stops at 2^32-1) and ifHighSpeed (Mbit/s, rounded); None for none.

    Zero, which RFC 2863 gives an interface without bandwidth, is none. Some agents put bit/s into ifHighSpeed.
    """
    stopped = low == LARGEST_GAUGE
    exact = None if stopped or not low else low
    if not high or high == LARGEST_GAUGE:
        return exact
    if high >= IMPOSSIBLE_MBPS or (high >= FAST_MBPS and not stopped):
        return high
    if exact is not None and abs(exact - high * MEGABIT) <= MEGABIT // 2:
        return exact
    return high * MEGABIT


def chosen(ports: Sequence[Port], wanted: Sequence[str]) -> tuple[tuple[Port, ...], tuple[str, ...]]:
    """Return the interfaces that names mean, in the order of the names, and the names that mean none.

    A name is ifName, ifDescr or its first word, ifAlias, or ``#`` and the index; in any case of letters. Where it is
    none of these, the letters before the first digit may be shortened (``GE0/0/1``), if that means one interface only.
    """
    found: dict[int, Port] = {}
    unknown = []
    for name in wanted:
        port = _named(ports, name.casefold())
        if port is None:
            unknown.append(name)
        else:
            found.setdefault(port.index, port)
    return tuple(found.values()), tuple(unknown)


def _named(ports: Sequence[Port], name: str) -> Port | None:
    for spelled in (_names, _looser_names):
        for port in ports:
            if name in spelled(port):
                return port
    shortened = [port for port in ports if any(_is_short_for(name, full) for full in _names(port))]
    return shortened[0] if len(shortened) == 1 else None


def _names(port: Port) -> set[str]:
    return {spelled.casefold() for spelled in (port.name, port.descr, f"#{port.index}") if spelled}


def _looser_names(port: Port) -> set[str]:
    first = (port.descr or "").split(" ")[0]
    return {spelled.casefold() for spelled in (port.alias, first) if spelled}


def _is_short_for(name: str, full: str) -> bool:
    """Tell whether a name is another with letters left out before the first digit, the first kept."""
    letters, rest = _parted(name)
    full_letters, full_rest = _parted(full)
    ahead = iter(full_letters)
    return (
        bool(letters) and rest == full_rest and letters[0] == full_letters[:1] and all(one in ahead for one in letters)
    )


def _parted(name: str) -> tuple[str, str]:
    place = next((place for place, character in enumerate(name) if character.isdigit()), len(name))
    return name[:place].rstrip(), name[place:]


def _octets(wide: int | None, narrow: int | None) -> tuple[int | None, int | None]:
    if wide is not None:
        return wide, 64
    return narrow, None if narrow is None else 32


def port(index: int, names: Mapping[str, Value]) -> Port:
    """Put together what an interface is called from the values of ifName, ifDescr and ifAlias."""
    name, descr, alias = (text(names.get(f"{column}.{index}")) for column in (NAME, DESCR, ALIAS))
    return Port(index=index, name=name or descr, descr=descr, alias=alias)
