"""What is watched: carriers, nodes, units, lines, references (the access archive, Art. 21 of the regulation).

Frozen values; an `Inventory` holds them in the order of the file, which is the order in which ties are broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class UnitKind(StrEnum):
    """What a connected unit is (Art. 6 and 28)."""

    DEPARTMENT = "department"
    TOWNSHIP = "township"
    VILLAGE = "village"
    OTHER = "other"


class Role(StrEnum):
    """What a line is to its unit."""

    PRIMARY = "primary"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person to call. ``role`` is free: dispatch, supervisor, leader, network_admin."""

    role: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A network operator that lines are rented from (Art. 26)."""

    id: str
    name: str
    short_name: str
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An aggregation node of a carrier; nodes form a tree by ``parent``."""

    id: str
    carrier: str
    name: str
    parent: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A connected unit (Art. 16)."""

    id: str
    name: str
    short_name: str
    kind: UnitKind = UnitKind.OTHER
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A rented line from a unit's edge device to the centre; it is probed at ``address``.

    ``snmp`` names a profile of ``monitor.yaml``, or is None where the device is only pinged. In service over
    ``[in_service_from, in_service_to)``, either end open where None.
    """

    id: str
    unit: str
    carrier: str
    address: str
    node: str | None = None
    role: Role = Role.PRIMARY
    type: str | None = None
    bandwidth_mbps: float | None = None
    port: str | None = None
    domain: str | None = None
    snmp: str | None = None
    wan: str | None = None
    interfaces: tuple[str, ...] = ()
    in_service_from: datetime | None = None
    in_service_to: datetime | None = None

    def in_service(self, at: datetime) -> bool:
        """Tell whether the line is in service at an instant."""
        begun = self.in_service_from is None or self.in_service_from <= at
        return begun and (self.in_service_to is None or at < self.in_service_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An address near the monitor that tells whether it can see at all (section 2)."""

    id: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Everything watched, each mapping in the order of the file."""

    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each line in the order of the file, from 0."""
        return {line: place for place, line in enumerate(self.lines)}
