"""What a trap or an inform says, whichever message it came in; a trap that means nothing here is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.faults.terms import TrapKind
from monitor.probing.snmp.client import Value
from monitor.probing.snmp.devices import Devices, Signal
from monitor.probing.snmp.interface import DESCR, IF_TABLE, NAME, OPER
from monitor.probing.snmp.text import count, text

SNMP_TRAPS = "1.3.6.1.6.3.1.1.5"
STANDARD = {
    f"{SNMP_TRAPS}.1": TrapKind.COLD_START,
    f"{SNMP_TRAPS}.2": TrapKind.WARM_START,
    f"{SNMP_TRAPS}.3": TrapKind.LINK_DOWN,
    f"{SNMP_TRAPS}.4": TrapKind.LINK_UP,
    f"{SNMP_TRAPS}.5": TrapKind.AUTHENTICATION_FAILURE,
}
INDEX = f"{IF_TABLE}.1"
LARGEST_INDEX = 2**31 - 1  # InterfaceIndex of RFC 2863
LONGEST_NAME = 255  # octets of a DisplayString


class TrapOutcome(StrEnum):
    """What became of a datagram; the value is what ``monitor_traps_total`` counts it under."""

    ACCEPTED = "accepted"  # kept as evidence
    REPEATED = "repeated"  # the same of the same line again, or too many of it: believed, not kept once more
    UNLISTED = "unlisted"  # a trap that no file of devices knows
    DISCOVERY = "discovery"  # of SNMPv3: asked for the engine's id or time, before an inform
    UNKNOWN_SOURCE = "unknown_source"
    NO_PROFILE = "no_profile"  # its line names no SNMP profile: there is nothing to believe it by
    RATE_LIMITED = "rate_limited"
    TOO_LONG = "too_long"
    OVERFLOW = "overflow"  # dropped by the kernel, unread
    UNDECODABLE = "undecodable"
    NO_TRAP = "no_trap"  # SNMP, but a request
    WRONG_VERSION = "wrong_version"  # a community where the profile has a user, or the other way
    WRONG_COMMUNITY = "wrong_community"
    WRONG_USER = "wrong_user"  # name, keys or level are not those of the profile's user
    STALE = "stale"  # of SNMPv3: older than the time window, as one sent again by somebody else


@dataclass(frozen=True, slots=True)
class Notification:
    """A trap as it came: the OIDs by which it may be known, the likelier first, and its values by their OIDs."""

    oids: tuple[str, ...]
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """What a trap says. ``interface`` and ``index`` are the port's, ``word`` the vendor's name for the trap."""

    kind: TrapKind
    oid: str
    interface: str | None = None
    index: int | None = None
    word: str | None = None


def read_trap(told: Notification, devices: Devices) -> Trap | None:
    """Read a notification; None where it is neither a standard trap of interest nor in a file of devices."""
    for oid in told.oids:
        signal = next((each for each in devices.signals.get(oid, ()) if _carries(told.values, each)), None)
        kind = STANDARD.get(oid) if signal is None else signal.means
        if kind is not None:
            word = None if signal is None else signal.name
            return Trap(kind=kind, oid=oid, interface=_name(told.values), index=_index(told.values), word=word)
    return None


def _carries(values: Mapping[str, Value], signal: Signal) -> bool:
    return all(any(value == each.equals for _, value in _below(values, each.column)) for each in signal.only)


def _below(values: Mapping[str, Value], column: str) -> list[tuple[str, Value]]:
    """Return a column's values by their instances; agents may leave the instance out."""
    prefix = column + "."
    return [
        (oid.removeprefix(column).removeprefix("."), value)
        for oid, value in values.items()
        if oid == column or oid.startswith(prefix)
    ]


def _name(values: Mapping[str, Value]) -> str | None:
    """Return ifName, else ifDescr, where the trap carries one."""
    for column in (NAME, DESCR):
        for _, value in _below(values, column):
            name = text(value)
            if name:
                return name[:LONGEST_NAME]
    return None


def _index(values: Mapping[str, Value]) -> int | None:
    """Return ifIndex, else the instance of another column of the port."""
    found = [count(value) for _, value in _below(values, INDEX)]
    for column in (INDEX, OPER, DESCR, NAME):
        found += [int(instance) for instance, _ in _below(values, column) if instance.isdigit() and len(instance) < 11]
    return next((index for index in found if index and index <= LARGEST_INDEX), None)
