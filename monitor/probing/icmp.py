"""ICMP echoes on the wire: the packet, the kernel's filter for replies, and errors about echoes (RFC 792, RFC 4443).

The payload is chosen so that it adds nothing to the checksum: it holds a random cookie and its complement, the
complement of the sequence number, and zeros. One checksum therefore serves every echo of an id.
"""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct, error

from monitor.probing.echo_outcome import IcmpEvidence, IcmpKind

PACKET = Struct(">BBHHHQQH38x")
"""Type, code, checksum, id, sequence, cookie, ~cookie, ~sequence, zeros: 8 + 56 octets, as ping sends them."""

REPLY = Struct(">B3xHHQ")
"""What is read of a reply, or of an echo that an ICMP error quotes in full: type, id, sequence, cookie."""

_QUOTE = Struct(">B3xHH")  # what an ICMP error quotes of an echo at the least (RFC 792: 64 bits)

IPV4_HEADER = 20  # octets; echoes are sent without IP options, so replies have none

COOKIE_MASK = (1 << 64) - 1

_EXTENDED_ERROR = Struct("=IBBBxII")  # struct sock_extended_err of <linux/errqueue.h>
_ORIGIN_ICMP = (2, 3)  # SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6

_LOAD_BYTE, _LOAD_HALF, _AND, _JUMP_IF_EQUAL, _RETURN = 0x30, 0x28, 0x54, 0x15, 0x06
_INSTRUCTION = Struct("=HBBI")
_PROGRAM = Struct("@HP")  # struct sock_fprog
_TYPES_V4, _TYPES_V6 = Struct("=I"), Struct("=8I")  # struct icmp_filter, icmp6_filter: a set bit blocks
_SO_ATTACH_FILTER = 26
_SOL_RAW = 255
_ICMP_FILTER = 1  # ICMP6_FILTER likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """ICMP of one address family: the numbers in which the two differ."""

    name: str
    family: socket.AddressFamily
    address_size: int  # octets
    any_address: str
    request: int
    reply: int
    unreachable: int
    time_exceeded: int
    level: int
    recverr: int  # IP_RECVERR, IPV6_RECVERR
    sockaddr: Struct  # the address within a sockaddr


V4 = Protocol(
    name="IPv4",
    family=socket.AF_INET,
    address_size=4,
    any_address="0.0.0.0",  # noqa: S104 -- replies may come in by any interface
    request=8,
    reply=0,
    unreachable=3,
    time_exceeded=11,
    level=socket.IPPROTO_IP,
    recverr=11,
    sockaddr=Struct("4x4s"),
)
V6 = Protocol(
    name="IPv6",
    family=socket.AF_INET6,
    address_size=16,
    any_address="::",
    request=128,
    reply=129,
    unreachable=1,
    time_exceeded=3,
    level=socket.IPPROTO_IPV6,
    recverr=25,
    sockaddr=Struct("8x16s"),
)


def checksum(protocol: Protocol, ident: int) -> int:
    """Return the checksum of every echo request of an id (RFC 1071); the kernel itself fills in that of IPv6."""
    total = (protocol.request << 8) + ident
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def attach_filter(sock: socket.socket, protocol: Protocol, ident: int, mask: int) -> None:
    """Let only echo replies whose id under ``mask`` equals ``ident`` reach a raw socket (classic BPF, socket(7))."""
    program = _reply_filter(protocol, ident, mask)
    code = ctypes.create_string_buffer(b"".join(_INSTRUCTION.pack(*step) for step in program))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, _PROGRAM.pack(len(program), ctypes.addressof(code)))
    # The filter by type runs earlier, before the kernel copies a packet for this socket (raw(7); RFC 3542).
    if protocol.family == socket.AF_INET:
        sock.setsockopt(_SOL_RAW, _ICMP_FILTER, _TYPES_V4.pack(0xFFFFFFFF & ~(1 << protocol.reply)))
    else:
        blocked = [0xFFFFFFFF] * 8
        blocked[protocol.reply >> 5] &= ~(1 << (protocol.reply & 31))
        sock.setsockopt(socket.IPPROTO_ICMPV6, _ICMP_FILTER, _TYPES_V6.pack(*blocked))


def _reply_filter(protocol: Protocol, ident: int, mask: int) -> Sequence[tuple[int, int, int, int]]:
    # A raw IPv4 socket sees the IP header, here always without options; a raw IPv6 socket does not (RFC 3542).
    begin = IPV4_HEADER if protocol.family == socket.AF_INET else 0
    first_octet = 0x45 if begin else protocol.reply
    return (
        (_LOAD_BYTE, 0, 0, 0),
        (_JUMP_IF_EQUAL, 0, 6, first_octet),
        (_LOAD_BYTE, 0, 0, begin),
        (_JUMP_IF_EQUAL, 0, 4, protocol.reply),
        (_LOAD_HALF, 0, 0, begin + 4),
        (_AND, 0, 0, mask),
        (_JUMP_IF_EQUAL, 0, 1, ident),
        (_RETURN, 0, 0, 0xFFFF),
        (_RETURN, 0, 0, 0),
    )


@dataclass(frozen=True, slots=True)
class Quoted:
    """An echo as an ICMP error quotes it; ``cookie`` is None where the quotation stops short of it."""

    ident: int
    sequence: int
    cookie: int | None


def read_quoted(protocol: Protocol, quotation: bytes) -> Quoted | None:
    """Read which echo an ICMP error is about, or None where it is about something else."""
    try:
        kind, ident, sequence = _QUOTE.unpack_from(quotation)
    except error:
        return None
    if kind != protocol.request:
        return None
    cookie = REPLY.unpack_from(quotation)[3] if len(quotation) >= REPLY.size else None
    return Quoted(ident, sequence, cookie)


def read_evidence(protocol: Protocol, ancillary: Sequence[tuple[int, int, bytes]]) -> IcmpEvidence | None:
    """Read who reported what from an entry of a socket's error queue (ip(7), IP_RECVERR).

    None where it is not a report of unreachability or of an exceeded time to live.
    """
    for level, option, data in ancillary:
        if (level, option) != (protocol.level, protocol.recverr) or len(data) < _EXTENDED_ERROR.size:
            continue
        _, origin, kind, code, _, _ = _EXTENDED_ERROR.unpack_from(data)
        meaning = {protocol.unreachable: IcmpKind.UNREACHABLE, protocol.time_exceeded: IcmpKind.TIME_EXCEEDED}
        if origin in _ORIGIN_ICMP and kind in meaning:
            (sender,) = protocol.sockaddr.unpack_from(data, _EXTENDED_ERROR.size)
            return IcmpEvidence(kind=meaning[kind], code=code, sender=socket.inet_ntop(protocol.family, sender))
    return None
