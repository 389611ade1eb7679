"""Hand-made agents over UDP: one that answers from a table as the RFCs say, and means to make it misbehave."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api, rfc1902, rfc1905

from monitor.probing.snmp.agent import Agent, Community, Version
from monitor.probing.snmp.rows import numbers

TOO_BIG, NO_SUCH_NAME, GENERAL_ERROR = 1, 2, 5
VERSIONS = {0: Version.V1, 1: Version.V2C}
Row = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: ``kind`` is get, next or bulk."""

    kind: str
    version: int
    request_id: int
    oids: tuple[str, ...]
    repetitions: int

    def answer(self, rows: Iterable[Row], *, status: int = 0, request_id: int | None = None) -> bytes:
        """Return the answer with these rows, or with another request id than that asked for."""
        kind = api.PROTOCOL_MODULES[self.version]
        pdu = kind.GetResponsePDU()
        kind.apiPDU.set_defaults(pdu)
        kind.apiPDU.set_request_id(pdu, self.request_id if request_id is None else request_id)
        kind.apiPDU.set_varbinds(pdu, [(rfc1902.ObjectName(oid), value) for oid, value in rows])
        kind.apiPDU.set_error_status(pdu, status)
        message = kind.Message()
        kind.apiMessage.set_defaults(message)
        kind.apiMessage.set_community(message, "public")
        kind.apiMessage.set_pdu(message, pdu)
        return bytes(encoder.encode(message))

    def error(self, status: int) -> bytes:
        """Return the answer that repeats what was asked and says it failed."""
        return self.answer([(oid, rfc1902.Null("")) for oid in self.oids], status=status)


def request(datagram: bytes) -> Request:
    """Read a request."""
    version = int(api.decodeMessageVersion(datagram))
    kind = api.PROTOCOL_MODULES[version]
    pdu = kind.apiMessage.get_pdu(decoder.decode(datagram, asn1Spec=kind.Message())[0])
    oids = tuple(str(oid) for oid, _ in kind.apiPDU.get_varbinds(pdu))
    name, repetitions = "get", 0
    if isinstance(pdu, kind.GetNextRequestPDU):
        name = "next"
    elif version == 1 and isinstance(pdu, kind.GetBulkRequestPDU):
        name, repetitions = "bulk", int(kind.apiBulkPDU.get_max_repetitions(pdu))
    return Request(name, version, int(kind.apiPDU.get_request_id(pdu)), oids, repetitions)


Handler = Callable[[Request], Sequence[bytes]]


@dataclass(slots=True)
class Running:
    """An agent that is listening; ``asked`` grows with each request."""

    port: int
    asked: list[Request] = field(default_factory=list)

    def agent(self, *, version: Version = Version.V2C, timeout: float = 10.0, retries: int = 1) -> Agent:
        """Return how to ask it; with patience, for a busy machine must not make a second request of one."""
        credentials = Community(community="public", version=version)
        return Agent(address="127.0.0.1", port=self.port, credentials=credentials, timeout=timeout, retries=retries)


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, handler: Handler, asked: list[Request], *, elsewhere: bool) -> None:
        self._handler = handler
        self._asked = asked
        self._elsewhere = elsewhere

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._asked.append(request(data))
        for answer in self._handler(self._asked[-1]):
            if self._elsewhere:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                    other.bind(("127.0.0.99", self._transport.get_extra_info("sockname")[1]))
                    other.sendto(answer, addr)
            else:
                self._transport.sendto(answer, addr)


@asynccontextmanager
async def running(handler: Handler, *, elsewhere: bool = False) -> AsyncIterator[Running]:
    """Run an agent on the loopback; with ``elsewhere`` its answers come from another address, the port the same."""
    asked: list[Request] = []
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Protocol(handler, asked, elsewhere=elsewhere), local_addr=("127.0.0.1", 0)
    )
    try:
        yield Running(transport.get_extra_info("sockname")[1], asked)
    finally:
        transport.close()


@dataclass(slots=True)
class Table:
    """An agent that answers from a table as RFC 1157 and RFC 3416 say; the table may change while it runs."""

    rows: dict[str, Any]
    largest_request: int = 1000
    knows_bulk: bool = True

    def __call__(self, asked: Request) -> Sequence[bytes]:
        """Answer a request."""
        if len(asked.oids) > self.largest_request or (asked.kind == "bulk" and not self.knows_bulk):
            return [asked.answer([], status=TOO_BIG)]
        if asked.kind == "bulk":
            return [asked.answer(self._after(asked.oids[0], asked.repetitions))]
        rows = [self._row(oid) if asked.kind == "get" else self._after(oid, 1)[0] for oid in asked.oids]
        if asked.version == 0 and any(_is_missing(value) for _, value in rows):
            return [asked.error(NO_SUCH_NAME)]
        return [asked.answer(rows)]

    def _row(self, oid: str) -> Row:
        return oid, self.rows.get(oid, rfc1905.noSuchInstance)

    def _after(self, oid: str, limit: int) -> list[Row]:
        later = sorted((one for one in self.rows if numbers(one) > numbers(oid)), key=numbers)[:limit]
        return [(one, self.rows[one]) for one in later] or [(oid, rfc1905.endOfMibView)]


def _is_missing(value: Any) -> bool:
    return value is rfc1905.noSuchInstance or value is rfc1905.endOfMibView


def texts(rows: Mapping[str, str | bytes]) -> dict[str, Any]:
    """Return rows of octet strings."""
    return {oid: rfc1902.OctetString(value) for oid, value in rows.items()}
