"""From pysnmp's types to plain ones."""

from __future__ import annotations

from typing import Any

from pyasn1.type import univ
from pysnmp.proto import rfc1155, rfc1902, rfc1905

from monitor.probing.snmp.client import Value


def plain(value: Any) -> Value:
    """Return a value as `monitor.probing.snmp.client` lists them; what is of no type of SNMP is None."""
    if isinstance(value, univ.Null):  # noSuchObject, noSuchInstance and endOfMibView among them
        return None
    if isinstance(value, rfc1902.IpAddress | rfc1155.IpAddress):
        return ".".join(str(octet) for octet in bytes(value))
    if isinstance(value, univ.OctetString):
        return bytes(value)
    if isinstance(value, univ.ObjectIdentifier):
        return ".".join(str(part) for part in value)
    return int(value) if isinstance(value, univ.Integer) else None


def is_end(value: Any) -> bool:
    """Tell whether an agent says with a value that nothing comes after (RFC 3416, section 4.2.2)."""
    return isinstance(value, rfc1905.EndOfMibView)
