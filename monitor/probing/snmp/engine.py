"""Ask whether an SNMPv3 engine is there at all, whatever it holds of users and keys (RFC 3414, section 4).

An agent that cannot decrypt a request, or whose engine id has changed, may stay silent to it. A discovery request
carries no user, no key and no engine id, so that every engine answers it with a report.
"""

from __future__ import annotations

import asyncio
import secrets

from monitor.probing.snmp.agent import Agent

# Both ids are positive INTEGERs of four octets.
LARGEST_ID = 2**31 - 1
SMALLEST_ID = 2**24


async def engine_answers(agent: Agent) -> bool:
    """Tell whether an engine answers discovery within the agent's timeout; asked once."""
    message_id = (SMALLEST_ID + secrets.randbelow(LARGEST_ID - SMALLEST_ID)).to_bytes(4)
    heard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    try:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Ear(heard, message_id), remote_addr=(agent.address, agent.port)
        )
    except OSError:
        return False
    try:
        transport.sendto(_discovery(message_id))
        async with asyncio.timeout(agent.timeout):
            return await heard
    except TimeoutError:
        return False
    finally:
        transport.close()


class _Ear(asyncio.DatagramProtocol):
    """Hears the report; the socket is connected, so that only the agent can send it."""

    def __init__(self, heard: asyncio.Future[bool], message_id: bytes) -> None:
        self._heard = heard
        self._message_id = message_id

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - asyncio's signature
        if self._message_id in data[:32] and not self._heard.done():
            self._heard.set_result(True)

    def error_received(self, exc: Exception) -> None:  # noqa: ARG002 - asyncio's signature
        if not self._heard.done():
            self._heard.set_result(False)


def _discovery(message_id: bytes) -> bytes:
    """Return a reportable GET of nothing, without user, key or engine id, in BER."""
    integer = b"\x02\x04" + message_id
    header = integer + b"\x02\x03\x00\xff\xe3" + b"\x04\x01\x04" + b"\x02\x01\x03"
    security = b"\x30\x0e" + b"\x04\x00" + b"\x02\x01\x00" * 2 + b"\x04\x00" * 3
    pdu = b"\xa0\x0e" + integer + b"\x02\x01\x00" * 2 + b"\x30\x00"
    scoped = b"\x04\x00" * 2 + pdu
    return _tagged(0x30, b"\x02\x01\x03" + _tagged(0x30, header) + _tagged(0x04, security) + _tagged(0x30, scoped))


def _tagged(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content
