"""Evidence gathered without being asked: paths, what routers said, and what devices said unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from monitor.faults.events.event import Event
from monitor.faults.terms import TrapKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HopSeen:
    """One hop of a traced path: who answered (None: nobody), after how many milliseconds, whether it is the target.

    ``refused``: it said that the target cannot be reached; the path ends there.
    """

    distance: int
    address: str | None
    rtt_ms: float | None
    reached: bool
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTraced(Event):
    """The way to a suspect line was traced, or, beside it, to a healthy ``neighbour`` on its node (a line's id)."""

    kind: ClassVar[str] = "path_traced"
    line: str
    neighbour: str | None
    hops: tuple[HopSeen, ...]
    failure: str | None

    @property
    def answered_last(self) -> HopSeen | None:
        """The last hop that answered: the target's where it was reached; None where nobody did."""
        return next((hop for hop in reversed(self.hops) if hop.address is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpHeard(Event):
    """A router or host said of an echo to the line that it could not be delivered (RFC 792, RFC 4443)."""

    kind: ClassVar[str] = "icmp_heard"
    line: str
    said: str
    code: int
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapHeard(Event):
    """The line's device sent a trap or an inform, which came in at ``heard_at``: evidence, never a fault by itself.

    ``interface`` and ``index`` are the port's that it speaks of, None where it names none. ``oid`` is the trap's
    (snmpTrapOID; of SNMPv1 by RFC 3584, section 3.1), ``word`` the vendor's name for it, None for the standard ones.
    """

    kind: ClassVar[str] = "trap_heard"
    line: str
    heard_at: datetime
    said: TrapKind
    interface: str | None
    index: int | None
    oid: str
    word: str | None
