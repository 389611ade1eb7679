"""The sockets under pysnmp: who is being asked, and only their replies let through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from math import ceil
from typing import Any

from pyasn1.codec.ber import decoder
from pyasn1.error import PyAsn1Error
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v1arch.asyncio import SnmpDispatcher
from pysnmp.hlapi.v1arch.asyncio.transport import Udp6TransportTarget, UdpTransportTarget
from pysnmp.proto import api
from pysnmp.proto.api import verdec

from monitor.probing.snmp.agent import Agent
from monitor.probing.snmp.failure import SnmpError, SnmpFailure

Place = tuple[str, int]


class Heard:
    """Who is being asked, and what became of it other than an answer."""

    def __init__(self) -> None:
        """Begin with nobody asked."""
        self._asked: Counter[Place] = Counter()
        self._garbled: set[Place] = set()
        self._unsent: dict[Place, str] = {}
        self.ipv4 = type("Gate4", (_Gate, udp.UdpAsyncioTransport), {"heard": self})
        self.ipv6 = type("Gate6", (_Gate, udp6.Udp6AsyncioTransport), {"heard": self})

    @contextmanager
    def asking(self, agent: Agent) -> Iterator[None]:
        """Let replies of an agent through, as long as the block lasts."""
        where = place(agent)
        self._asked[where] += 1
        try:
            yield
        finally:
            self._asked[where] -= 1
            if not self._asked[where]:
                del self._asked[where]
                self._garbled.discard(where)
                self._unsent.pop(where, None)

    def silence(self, agent: Agent) -> SnmpError:
        """Return why an agent asked gave no answer."""
        where = place(agent)
        if where in self._unsent:
            return SnmpError(SnmpFailure.UNSENT, agent, self._unsent[where])
        return SnmpError(SnmpFailure.MALFORMED if where in self._garbled else SnmpFailure.TIMEOUT, agent)

    def welcomes(self, where: Place) -> bool:
        """Tell whether a datagram from there may be an answer."""
        return where in self._asked

    def garbled(self, where: Place) -> None:
        """Note that bytes from there are no SNMP."""
        if where in self._asked:
            self._garbled.add(where)

    def unsent(self, where: Place, why: str) -> None:
        """Note that this machine refused to send there."""
        if where in self._asked:
            self._unsent[where] = why


class _Gate:
    """The part of a pysnmp transport that looks at addresses; mixed in before IPv4's and IPv6's."""

    heard: Heard
    transport: Any
    _writeQ: list[tuple[bytes, Any]]  # noqa: N815 - pysnmp's name
    _callback_function: Any
    _error: OSError | None = None

    def connection_made(self, transport: Any) -> None:
        """Send what waited for the socket, by the same way as everything after it."""
        self.transport = transport
        waiting, self._writeQ = self._writeQ, []
        for message, address in waiting:
            self.send_message(message, address)

    def send_message(self, message: bytes, address: tuple[Any, ...]) -> None:
        """Send, and note what the kernel says against it, which asyncio only tells `error_received`."""
        self._error = None
        super().send_message(message, address)  # type: ignore[misc] # of the class mixed with
        error: OSError | None = self._error
        if error is not None:
            self.heard.unsent((address[0], address[1]), str(error))

    def error_received(self, error: OSError) -> None:
        """Keep the kernel's objection for `send_message`."""
        self._error = error

    def datagram_received(self, datagram: bytes, address: tuple[Any, ...]) -> None:
        """Let a reply through when its sender is being asked; note it when it is no SNMP."""
        where = (address[0], address[1])
        if not self.heard.welcomes(where):
            return
        try:
            # At once, not from the event loop: what the decoder objects to is an answer of its kind.
            self._callback_function(self, address, datagram)
        except (PyAsn1Error, PySnmpError):
            self.heard.garbled(where)


def place(agent: Agent) -> Place:
    """Return address and port as the kernel writes them.

    Raises:
        SnmpError: ``UNSENT``, the address is neither IPv4 nor IPv6.
    """
    try:
        return str(ip_address(agent.address)), agent.port
    except ValueError:
        raise SnmpError(SnmpFailure.UNSENT, agent, "neither an IPv4 nor an IPv6 address") from None


def target(heard: Heard, agent: Agent) -> Any:
    """Return where pysnmp shall send to, in its terms; what comes back goes through the gate."""
    where = place(agent)
    return _Target6(heard, where, agent.timeout) if ":" in where[0] else _Target(heard, where, agent.timeout)


class _Target(UdpTransportTarget):  # type: ignore[misc] # pysnmp has no types
    """An IPv4 address without pysnmp's look-up by a thread, tried once: trying again is the client's."""

    def __init__(self, heard: Heard, where: Place, timeout: float) -> None:
        self.transport_address = where
        self.PROTO_TRANSPORT = heard.ipv4
        # pysnmp's own clock is to clear up after the event loop's, not to compete with it.
        super().__init__(timeout=ceil(timeout) + 1, retries=0)


class _Target6(Udp6TransportTarget):  # type: ignore[misc] # pysnmp has no types
    """The same for IPv6."""

    def __init__(self, heard: Heard, where: Place, timeout: float) -> None:
        self.transport_address = (*where, 0, 0)
        self.PROTO_TRANSPORT = heard.ipv6
        super().__init__(timeout=ceil(timeout) + 1, retries=0)


class Dispatcher(SnmpDispatcher):  # type: ignore[misc] # pysnmp has no types
    """pysnmp's dispatcher of v1 and v2c messages, which here matches replies by source as well as by request id."""

    def _recv_callback(self, _engine: Any, _domain: Any, address: Any, message: bytes) -> None:
        kind = api.PROTOCOL_MODULES.get(verdec.decode_message_version(message))
        if kind is None:
            return
        pdu = kind.apiMessage.get_pdu(decoder.decode(message, asn1Spec=kind.Message())[0])
        if not isinstance(pdu, kind.GetResponsePDU):
            return
        request = kind.apiPDU.get_request_id(pdu)
        pending = self._pendingReqs.get(request)
        if pending is None or pending["transportTarget"].transport_address[:2] != tuple(address[:2]):
            return
        del self._pendingReqs[request]
        self.transport_dispatcher.job_finished(id(self))
        pending["cbFun"](self, request, None, pdu, pending["cbCtx"])

    def close(self) -> None:
        """Close the sockets. pysnmp calls back what is pending with an argument too few: nothing is left pending."""
        self._pendingReqs.clear()
        super().close()
