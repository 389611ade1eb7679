"""The way to an address, hop by hop (traceroute by ICMP echoes, over icmplib's sockets).

Blocking: run it in a thread. A raw socket is needed, since an unprivileged one does not hear the routers' answers.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from ipaddress import ip_address

from icmplib import ICMPReply, ICMPRequest, ICMPv4Socket, ICMPv6Socket
from icmplib.exceptions import ICMPError, ICMPSocketError, SocketPermissionError, TimeExceeded, TimeoutExceeded

MOST_HOPS = 30
SILENT_HOPS = 3


class PathUnavailable(Exception):
    """No path could be traced; the text says why, with the cure where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One hop: who answered (None: nobody), after how many milliseconds, and whether it is the target itself.

    ``refused``: it said that the target cannot be reached (RFC 792, RFC 4443); the path ends there.
    """

    distance: int
    address: str | None
    rtt_ms: float | None
    reached: bool = False
    refused: bool = False


def trace(address: str, *, timeout: float = 1.0, tries: int = 2) -> tuple[Hop, ...]:
    """Return the hops towards an IPv4 or IPv6 address, ending at the target, where one refused, or after three silent.

    Raises:
        PathUnavailable: the socket is not permitted, or the address cannot be sent to.
    """
    make = ICMPv6Socket if ip_address(address).version == 6 else ICMPv4Socket
    try:
        with make() as socket:
            return _hops(socket, address, timeout, tries)
    except SocketPermissionError:
        raise PathUnavailable(
            "tracing needs a raw socket: run as root, or give the Python interpreter CAP_NET_RAW"
        ) from None
    except ICMPSocketError as error:
        raise PathUnavailable(f"{address} cannot be traced: {error}") from error


def _hops(socket: ICMPv4Socket, address: str, timeout: float, tries: int) -> tuple[Hop, ...]:
    identity, hops, silent = secrets.randbelow(1 << 16), [], 0
    for distance in range(1, MOST_HOPS + 1):
        hop = _ask(socket, address, identity, distance, timeout, tries)
        hops.append(hop)
        silent = silent + 1 if hop.address is None else 0
        if hop.reached or hop.refused or silent == SILENT_HOPS:
            break
    return tuple(hops)


def _ask(socket: ICMPv4Socket, address: str, identity: int, distance: int, timeout: float, tries: int) -> Hop:
    for attempt in range(tries):
        sequence = distance * tries + attempt
        request = ICMPRequest(destination=address, id=identity, sequence=sequence, ttl=distance)
        socket.send(request)
        try:
            reply = socket.receive(request, timeout)
        except TimeoutExceeded:
            continue
        return _hop(reply, distance, (reply.time - request.time) * 1000, address)
    return Hop(distance=distance, address=None, rtt_ms=None)


def _hop(reply: ICMPReply, distance: int, rtt_ms: float, address: str) -> Hop:
    hop = Hop(distance=distance, address=reply.source, rtt_ms=round(rtt_ms, 3), reached=reply.source == address)
    try:
        reply.raise_for_status()
    except TimeExceeded:
        return replace(hop, reached=False)
    except ICMPError:  # unreachable, as a router or the target itself says
        return replace(hop, refused=True)
    return hop
