"""What measuring an address by ICMP echoes came to: echoes, probe errors, evidence (fault-rules.md, section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class ProbeError(StrEnum):
    """Why echoes could not be sent, or not be read rightly: never the line's doing."""

    NO_ROUTE = "no_route"
    NO_PERMISSION = "no_permission"  # a local firewall or a broadcast address
    BUFFER_FULL = "buffer_full"  # of the socket or of the interface's queue, and it stayed full
    NO_SOCKET = "no_socket"  # the machine has no ICMP of this address family
    NOT_SENT = "not_sent"  # any other refusal of the kernel
    UNREADABLE = "unreadable"  # replies were dropped for want of room in the receive buffer


class IcmpKind(StrEnum):
    """What a router or host says became of an echo (RFC 792, RFC 4443)."""

    UNREACHABLE = "unreachable"
    TIME_EXCEEDED = "time_exceeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpEvidence:
    """An ICMP error about an echo to the address: evidence, never a reply. ``code`` is that of the protocol."""

    kind: IcmpKind
    code: int
    sender: str


class Echoes(NamedTuple):
    """The echoes of one round to one address; a tuple, for thousands are made in a second.

    ``at`` is the Unix time at which the first echo was sent, None where none could be. ``rtts`` holds the round-trip
    times in seconds, one a reply, in the order of sending. ``error`` is the last probe error met, if any.
    """

    address: str
    at: float | None
    sent: int
    received: int
    rtts: tuple[float, ...]
    error: ProbeError | None = None
    evidence: tuple[IcmpEvidence, ...] = ()

    @property
    def observed(self) -> bool:
        """Tell an observation from a probe error: what was sent counts, unless its replies could not be read."""
        return self.received > 0 or (self.sent > 0 and self.error is not ProbeError.UNREADABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoStats:
    """What an engine has counted since it was opened.

    ``late`` replies came after the timeout, ``foreign`` ones had the wrong source or cookie, or belong to nothing sent.
    ``icmp_errors`` could be laid to an echo, ``foreign_errors`` could not. ``overflows`` is the kernel's count of
    packets dropped for want of room in a receive buffer; some kernels count one twice.
    """

    sent: int = 0
    refused: int = 0
    received: int = 0
    late: int = 0
    duplicates: int = 0
    foreign: int = 0
    icmp_errors: int = 0
    foreign_errors: int = 0
    overflows: int = 0

    def __add__(self, other: EchoStats) -> EchoStats:
        """Add two counts, as of two sockets."""
        return EchoStats(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})
