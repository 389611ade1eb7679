"""Read many ICMP packets from a socket by one call of the kernel (recvmmsg(2)): half the price of one call a packet."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
from collections.abc import Iterator
from struct import Struct, calcsize

from monitor.probing.icmp import REPLY, Protocol

BATCH = 64
_NAME = 32  # room for a sockaddr_in6
_CONTROL = 64  # room for the stamp of arrival
_PACKET = 128
_RECORD = _NAME + _CONTROL + _PACKET
_LONG = "q" if calcsize("@l") == 8 else "i"

Packet = tuple[tuple[int], tuple[bytes, int, int], tuple[int, int, int, int]]
"""Size; source, stamp in seconds and nanoseconds (Unix time); type, id, sequence, cookie."""


class _Span(ctypes.Structure):  # struct iovec
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):  # struct mmsghdr
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint),
        ("spans", ctypes.c_void_p),
        ("span_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("_", ctypes.c_int if calcsize("@l") == 8 else ctypes.c_int * 0),  # struct msghdr ends aligned to a word
        ("size", ctypes.c_uint),
    )


_SIZE = Struct(f"={_Header.size.offset}xI{ctypes.sizeof(_Header) - _Header.size.offset - 4}x")
_recvmmsg = ctypes.CDLL(None, use_errno=True).recvmmsg
_recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)


class Inbox:
    """Memory for `BATCH` packets, laid out so that whole batches are unpacked at once.

    Args:
        sock: a socket that stamps arrivals (SO_TIMESTAMPNS) and asks for nothing else to be told beside packets.
        ip_header: octets of IP header before the ICMP header.
    """

    def __init__(self, sock: socket.socket, protocol: Protocol, *, ip_header: int) -> None:
        """Lay out the memory."""
        self._descriptor = sock.fileno()
        self._memory = bytearray(_RECORD * BATCH)
        self._pinned = (ctypes.c_char * len(self._memory)).from_buffer(self._memory)
        start = ctypes.addressof(self._pinned)
        records = [start + place * _RECORD for place in range(BATCH)]
        self._spans = (_Span * BATCH)(*[_Span(record + _NAME + _CONTROL, _PACKET) for record in records])
        spans = ctypes.addressof(self._spans)
        self._headers = (_Header * BATCH)(
            *[
                _Header(record, _NAME, spans + place * ctypes.sizeof(_Span), 1, record + _NAME, _CONTROL)
                for place, record in enumerate(records)
            ]
        )
        self._fresh = bytes(self._headers)  # the kernel overwrites the lengths
        self._header_octets = memoryview(self._headers).cast("B")
        self._octets = memoryview(self._memory)
        origin = protocol.sockaddr.format + f"{_NAME - protocol.sockaddr.size}x"
        stamp = f"{socket.CMSG_LEN(0)}x{_LONG}{_LONG}"
        head = Struct(f"={origin}{stamp}")
        self._origins = Struct(f"{head.format}{_RECORD - head.size}x")
        before = _NAME + _CONTROL + ip_header
        self._replies = Struct(f">{before}x{REPLY.format[1:]}{_RECORD - before - REPLY.size}x")

    def receive(self) -> tuple[int, Iterator[Packet]]:
        """Return how many packets there were, at most `BATCH`, and the packets; they are good until the next call.

        Raises:
            OSError: an ICMP error waits in the socket's queue of errors.
        """
        self._header_octets[:] = self._fresh
        count: int = _recvmmsg(self._descriptor, ctypes.addressof(self._headers), BATCH, socket.MSG_DONTWAIT, None)
        if count < 0:
            number = ctypes.get_errno()
            if number not in (errno.EAGAIN, errno.EINTR):
                raise OSError(number, os.strerror(number))
            count = 0
        octets = self._octets[: count * _RECORD]
        sizes = _SIZE.iter_unpack(self._header_octets[: count * ctypes.sizeof(_Header)])
        return count, zip(sizes, self._origins.iter_unpack(octets), self._replies.iter_unpack(octets), strict=True)

    def close(self) -> None:
        """Read no more: the socket's number may soon be another's."""
        self._descriptor = -1
