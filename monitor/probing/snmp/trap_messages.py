"""Traps of SNMPv1 and traps and informs of SNMPv2c, as pysnmp decodes them.

A message may hold anything that its sender wishes: whatever the decoder makes of it ends in `UndecodableError`.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api
from pysnmp.proto.api import v1, v2c, verdec

from monitor.probing.snmp.pysnmp_value import plain
from monitor.probing.snmp.traps import SNMP_TRAPS, Notification

V3 = 3  # msgVersion of SNMPv3 (RFC 3412, section 6); v1 is 0, v2c is 1
SNMP_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
ENTERPRISE_SPECIFIC = 6  # of generic-trap (RFC 1157, section 4.1.6)


class UndecodableError(Exception):
    """The bytes are no message of SNMP, or none that pysnmp can read."""


@dataclass(frozen=True, slots=True)
class CommunityMessage:
    """A message of SNMPv1 or v2c. ``told`` is None where it is a request or an answer, no notification."""

    told: Notification | None
    _message: Any
    _kind: Any

    def bears(self, community: str) -> bool:
        """Tell whether it bears a community."""
        return hmac.compare_digest(bytes(self._kind.apiMessage.get_community(self._message)), community.encode())

    def answer(self) -> bytes | None:
        """Return what acknowledges an inform (RFC 3416, section 4.2.7); None for a trap."""
        asked = self._kind.apiMessage.get_pdu(self._message)
        if self._kind is not v2c or not isinstance(asked, v2c.InformRequestPDU):
            return None
        answer = v2c.apiMessage.get_response(self._message)
        v2c.apiPDU.set_varbinds(v2c.apiMessage.get_pdu(answer), v2c.apiPDU.get_varbinds(asked))
        return bytes(encoder.encode(answer))


def version_of(datagram: bytes) -> int:
    """Return the version number that a message begins with.

    Raises:
        UndecodableError: it begins with none.
    """
    try:
        return int(verdec.decode_message_version(datagram))
    except Exception as error:  # a decoder of hostile bytes may fail in any way
        raise UndecodableError(type(error).__name__) from None


def read_message(datagram: bytes) -> CommunityMessage:
    """Read a message of SNMPv1 or v2c.

    Raises:
        UndecodableError: it is none.
    """
    try:
        kind = api.PROTOCOL_MODULES[version_of(datagram)]
        message, _ = decoder.decode(datagram, asn1Spec=kind.Message())
        return CommunityMessage(_told(kind, kind.apiMessage.get_pdu(message)), message, kind)
    except UndecodableError:
        raise
    except Exception as error:
        raise UndecodableError(type(error).__name__) from None


def notified(rows: Any) -> Notification:
    """Return what the variables of an SNMPv2 trap or inform say, in pysnmp's types."""
    values = {str(oid): plain(value) for oid, value in rows}
    named = values.get(SNMP_TRAP_OID)
    return Notification((named,) if isinstance(named, str) else (), values)


def _told(kind: Any, pdu: Any) -> Notification | None:
    if kind is v2c:
        notifies = isinstance(pdu, v2c.SNMPv2TrapPDU | v2c.InformRequestPDU)
        return notified(v2c.apiPDU.get_varbinds(pdu)) if notifies else None
    if not isinstance(pdu, v1.TrapPDU):
        return None
    values = {str(oid): plain(value) for oid, value in v1.apiTrapPDU.get_varbinds(pdu)}
    return Notification(_known_by(pdu), values)


def _known_by(pdu: Any) -> tuple[str, ...]:
    """Return the OIDs of an SNMPv1 trap (RFC 3584, section 3.1).

    Of a vendor's own there are two: notifications defined without the zero before the last number lose it on the way.
    """
    generic = int(v1.apiTrapPDU.get_generic_trap(pdu))
    if generic != ENTERPRISE_SPECIFIC:
        return (f"{SNMP_TRAPS}.{generic + 1}",)
    enterprise, specific = str(v1.apiTrapPDU.get_enterprise(pdu)), int(v1.apiTrapPDU.get_specific_trap(pdu))
    return (f"{enterprise}.0.{specific}", f"{enterprise}.{specific}")
