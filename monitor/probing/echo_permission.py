"""The right to send ICMP echoes: which socket the machine permits, and how to obtain one (capabilities(7), icmp(7))."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

from icmplib import ICMPv4Socket, ICMPv6Socket
from icmplib.exceptions import ICMPSocketError, SocketPermissionError

from monitor.probing.icmp import V4, Protocol

Privileged = Literal["auto"] | bool

_KINDS = {V4.name: ICMPv4Socket}
_RANGE = Path("/proc/sys/net/ipv4/ping_group_range")


class EchoSocketUnavailable(Exception):
    """No ICMP socket of any family may be opened; the text names the exact cures, in one line."""


class FamilyMissing(Exception):
    """One family has no ICMP socket here; ``permission`` tells whether a right is all that is missing."""

    def __init__(self, family: str, reason: str, *, permission: bool) -> None:
        """Keep the reason for the message."""
        super().__init__(f"{family}: {reason}")
        self.permission = permission


def permitted_socket(protocol: Protocol, privileged: Privileged) -> ICMPv4Socket | ICMPv6Socket:
    """Open icmplib's socket for a family, a raw one rather than a ping socket.

    Raises:
        FamilyMissing: none is permitted, or the machine lacks the family.
    """
    open_kind = _KINDS.get(protocol.name, ICMPv6Socket)
    for raw in (True, False) if privileged == "auto" else (privileged,):
        try:
            return open_kind(privileged=raw)
        except SocketPermissionError:
            continue
        except ICMPSocketError as error:
            raise FamilyMissing(protocol.name, str(error), permission=False) from error
    raise FamilyMissing(protocol.name, "not permitted", permission=True)


def cures(privileged: Privileged) -> str:
    """Return what would permit this process its ICMP socket, as commands to copy."""
    interpreter = Path(sys.executable).resolve()
    raw = (
        f"sudo setcap cap_net_raw+ep {interpreter}, or AmbientCapabilities=CAP_NET_RAW in the systemd unit (raw socket)"
    )
    ping = f'sudo sysctl -w net.ipv4.ping_group_range="{_widened_range(os.getegid())}" (ping socket)'
    if privileged == "auto":
        return f"one of these is needed: {raw}; or {ping}"
    if privileged:
        return f"icmp.privileged is true, so this is needed: {raw}; or icmp.privileged: auto"
    return f"icmp.privileged is false, so this is needed: {ping}; or icmp.privileged: auto"


def _widened_range(group: int) -> str:
    try:
        low, high = (int(bound) for bound in _RANGE.read_text().split())
    except (OSError, ValueError):
        low, high = 1, 0
    if low > high:  # "1 0" is the kernel's way to say nobody
        return f"{group} {group}"
    return f"{min(low, group)} {max(high, group)}"
