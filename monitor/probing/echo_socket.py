"""One socket for the ICMP echoes to all targets of an address family, raw or ping, and what the kernel does for it.

The kernel filters replies by id, stamps their arrival, and keeps ICMP errors in a queue of the socket (IP_RECVERR) by
which a full local queue shows as well. An echo has a slot: its sequence number, and above it which id of the socket it
went out with. Slots go to volleys in blocks, so that a reply finds its volley by two look-ups.
"""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Callable, Iterable
from struct import Struct

from icmplib import ICMPv4Socket, ICMPv6Socket

from monitor.probing.echo_inbox import BATCH, Inbox, Packet
from monitor.probing.echo_outcome import EchoStats, ProbeError
from monitor.probing.echo_volley import AWAITED, NOBODY, Destination, Volley
from monitor.probing.icmp import (
    COOKIE_MASK,
    IPV4_HEADER,
    PACKET,
    REPLY,
    Protocol,
    attach_filter,
    checksum,
    read_evidence,
    read_quoted,
)

SEQUENCES = 1 << 16
BLOCK_BITS = 4  # 16 slots are given out together
RAW_IDS = 4  # 262,144 echoes at once; a ping socket has but one id
STEP_TOLERANCE = 0.001  # seconds by which wall and monotonic clock may part before the wall clock has stepped
FULL = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM})
RESENDS = 8

_REASONS = {
    errno.ENETUNREACH: ProbeError.NO_ROUTE,
    errno.EHOSTUNREACH: ProbeError.NO_ROUTE,
    errno.EINVAL: ProbeError.NO_ROUTE,  # a blackhole route, or a link-local address without its interface
    errno.ENETDOWN: ProbeError.NO_ROUTE,
    errno.EADDRNOTAVAIL: ProbeError.NO_ROUTE,
    errno.ENODEV: ProbeError.NO_ROUTE,
    errno.EPERM: ProbeError.NO_PERMISSION,
    errno.EACCES: ProbeError.NO_PERMISSION,
}
_BUFFER = 4 << 20
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE, _SO_TIMESTAMPNS, _SO_MEMINFO = 32, 33, 35, 55
_MEMINFO = Struct("=9I")  # the last is the count of dropped packets
_ERROR_ANCILLARY = 512

Clock = Callable[[], float]
Ancillary = list[tuple[int, int, bytes]]


class EchoSocket:
    """Sends echoes and reads replies and errors; nothing here waits.

    Args:
        opened: icmplib's socket of ``protocol``, raw (privileged) or ping.
        wall, monotonic: clocks, in seconds; the wall clock is that of the kernel's stamps (CLOCK_REALTIME).
        timeout: seconds after which a reply is late.
    """

    def __init__(
        self, opened: ICMPv4Socket | ICMPv6Socket, protocol: Protocol, *, wall: Clock, monotonic: Clock, timeout: float
    ) -> None:
        """Set the socket up: not blocking, large buffers, stamps, error queue, filter."""
        self._opened, self.protocol = opened, protocol
        self.raw = bool(opened.is_privileged)
        self.sock: socket.socket = opened.sock
        self._wall, self._monotonic, self._timeout = wall, monotonic, timeout
        opened.blocking = False
        _enlarge(self.sock)
        self.sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.sock.setsockopt(protocol.level, protocol.recverr, 1)
        self._ids = RAW_IDS if self.raw else 1
        self._base = self._take_id()
        self._checksums = [checksum(protocol, self._base + turn) for turn in range(self._ids)]
        self._slots = self._ids * SEQUENCES
        self._table = [NOBODY] * (self._slots >> BLOCK_BITS)
        self._next = secrets.randbelow(len(self._table))
        ip_header = IPV4_HEADER if self.raw and protocol.family == socket.AF_INET else 0
        self._inbox = Inbox(self.sock, protocol, ip_header=ip_header)
        self._shortest = ip_header + REPLY.size
        self._sent = self._refused = self._received = self._late = self._duplicates = self._foreign = 0
        self._icmp_errors = self._foreign_errors = 0
        self._full_since: float | None = None

    def _take_id(self) -> int:
        if self.raw:
            base = secrets.randbelow(SEQUENCES // RAW_IDS) * RAW_IDS
            attach_filter(self.sock, self.protocol, base, (SEQUENCES - 1) ^ (RAW_IDS - 1))
            return base
        self.sock.bind((self.protocol.any_address, 0))  # the kernel chooses the id, and writes it into every echo
        return int(self.sock.getsockname()[1])

    @property
    def stats(self) -> EchoStats:
        """Return the counts so far."""
        return EchoStats(
            sent=self._sent - self._refused,
            refused=self._refused,
            received=self._received,
            late=self._late,
            duplicates=self._duplicates,
            foreign=self._foreign,
            icmp_errors=self._icmp_errors,
            foreign_errors=self._foreign_errors,
            overflows=self.drops(),
        )

    @property
    def capacity(self) -> int:
        """Return how many replies the receive buffer surely holds, at 1 KiB each with the kernel's own part."""
        return self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >> 10

    def drops(self) -> int:
        """Return how many packets the kernel has dropped because the receive buffer was full."""
        return int(_MEMINFO.unpack(self.sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size))[-1])

    def admit(self, volley: Volley) -> bool:
        """Give a volley its slots; False while too many echoes are in flight.

        Raises:
            ValueError: it has more echoes than there are slots.
        """
        wanted = (volley.count - 1 >> BLOCK_BITS) + 1
        size = len(self._table)
        if wanted > size:
            raise ValueError(f"{volley.count} echoes in one call, at most {self._slots} are possible: measure in parts")
        run = 0
        for step in range(size + wanted):
            block = (self._next + step) % size
            run = 1 if block == 0 else run + 1  # a volley's slots do not wrap around
            if not self._table[block].over:
                run = 0
            if run == wanted:
                self._hand_over(volley, block + 1 - wanted, block + 1)
                return True
        return False

    def _hand_over(self, volley: Volley, first: int, end: int) -> None:
        self._table[first:end] = [volley] * (end - first)
        self._next = end % len(self._table)
        volley.first = first << BLOCK_BITS
        volley.drops = self.drops()

    def send(self, volley: Volley, *, now: float, budget: int, patience: float) -> int:
        """Send the echoes of a volley that are due, at most ``budget``; return how many were tried.

        Later waves go first: they are the ones whose targets have waited. A full local queue ends the turn, and is a
        probe error once it has stayed full for ``patience`` seconds.
        """
        tried = 0
        for wave in range(volley.packets - 1, -1, -1):
            tried += self._send_wave(volley, wave, now, budget - tried, patience)
        return tried

    def _send_wave(self, volley: Volley, wave: int, now: float, budget: int, patience: float) -> int:
        # The hot path, one pass an echo: locals rather than attributes, no call that is not the kernel's or a clock's.
        wall, monotonic, sendto, pack = self._wall, self._monotonic, self.sock.sendto, PACKET.pack
        request, base, checksums = self.protocol.request, self._base, self._checksums
        walls, monos, cookies, destinations = volley.walls, volley.monos, volley.cookies, volley.destinations
        place = begin = volley.cursors[wave]
        index = wave * volley.width + begin
        slot = volley.first + index
        for place in range(begin, min(begin + budget, volley.due(wave, now))):
            turn, sequence, cookie = slot >> 16, slot & 0xFFFF, cookies[index]
            packet = pack(
                request, 0, checksums[turn], base + turn, sequence, cookie, cookie ^ COOKIE_MASK, sequence ^ 0xFFFF
            )
            walls[index] = wall()
            monos[index] = monotonic()
            try:
                sendto(packet, destinations[place])
            except OSError as failure:
                if not self._send_again(packet, volley, index, failure, patience):
                    break
            else:
                self._full_since = None
            index += 1
            slot += 1
        tried = index - wave * volley.width - begin
        volley.cursors[wave] += tried
        self._sent += tried
        return tried

    def _send_again(self, packet: bytes, volley: Volley, index: int, failure: OSError, patience: float) -> bool:
        """Deal with a refusal; False when the local queue is full and the echo is to wait."""
        error = self._second_answer(packet, volley.destinations[index % volley.width], failure)
        if error is not ProbeError.BUFFER_FULL:
            self._full_since = None
        elif self._bears_being_full(patience):
            volley.walls[index] = 0.0
            return False
        if error is not None:
            self._refused += 1
            volley.refuse(index, error)
        return True

    @property
    def full(self) -> bool:
        """Tell whether the last echo found the local queue full."""
        return self._full_since is not None

    def _bears_being_full(self, patience: float) -> bool:
        now = self._monotonic()
        if self._full_since is None:
            self._full_since = now
        return now - self._full_since < patience

    def _second_answer(self, packet: bytes, destination: Destination, failure: OSError) -> ProbeError | None:
        # With IP_RECVERR an error about one target comes back from the next call for another: empty the queue of
        # errors and send again. Only an error that repeats itself with the queue empty is about this target.
        for _ in range(RESENDS):
            if failure.errno in FULL:
                return ProbeError.BUFFER_FULL
            queued = self.read_errors()
            try:
                self.sock.sendto(packet, destination)
            except OSError as again:
                repeated = again.errno == failure.errno and not queued
                failure = again
                if repeated:
                    break
            else:
                return None
        return _REASONS.get(failure.errno or 0, ProbeError.NOT_SENT)

    def read(self, limit: int) -> bool:
        """Read up to ``limit`` packets; tell whether the socket was emptied.

        A reply counts when source, id, sequence and cookie are those of an echo in flight.
        """
        for _ in range(0, limit, BATCH):
            try:
                count, packets = self._inbox.receive()
            except OSError:  # an ICMP error, told once on the way
                self.read_errors()
                continue
            self._match(packets)
            if count < BATCH:
                if not count:
                    self.read_errors()
                return True
        return False

    def _match(self, packets: Iterable[Packet]) -> None:
        # As hot as sending, hence the locals and the one long condition.
        table, base, slots, timeout = self._table, self._base, self._slots, self._timeout
        monotonic, shortest, wanted = self._monotonic, self._shortest, self.protocol.reply
        apart = self._wall() - monotonic()
        for (size,), (source, seconds, nanoseconds), (kind, ident, sequence, cookie) in packets:
            slot = (ident - base) << 16 | sequence
            volley = table[slot >> BLOCK_BITS] if 0 <= slot < slots else NOBODY
            index = slot - volley.first
            if (
                not 0 <= index < volley.count
                or volley.cookies[index] != cookie
                or volley.targets[index % volley.width] != source
                or kind != wanted
                or size < shortest
            ):
                self._foreign += 1
                continue
            known = volley.rtts[index]
            if known >= 0 or volley.over:
                self._count_again(known)
                continue
            # The kernel's stamp leaves out how long the loop let the reply lie. But the wall clock may have stepped
            # since the sending: then it and the monotonic clock are further apart now, and only the latter counts.
            sent, begun = volley.walls[index], volley.monos[index]
            rtt, elapsed = seconds - sent + nanoseconds * 1e-9, monotonic() - begun
            if not (0 <= rtt <= elapsed + STEP_TOLERANCE and -STEP_TOLERANCE < apart - sent + begun < STEP_TOLERANCE):
                rtt = elapsed
            if rtt > timeout:
                self._late += 1
                continue
            self._received += 1
            volley.rtts[index] = rtt
            if known == AWAITED:
                volley.unsettled -= 1
                if not volley.unsettled:
                    volley.end()

    def _count_again(self, rtt: float) -> None:
        if rtt >= 0:
            self._duplicates += 1
        else:
            self._late += 1

    def read_errors(self) -> int:
        """Empty the queue of ICMP errors, laying each to its echo; return how many there were."""
        for count in range(self.capacity):
            try:
                quotation, ancillary, _, destination = self.sock.recvmsg(512, _ERROR_ANCILLARY, socket.MSG_ERRQUEUE)
            except OSError:
                return count
            self._lay(quotation, ancillary, socket.inet_pton(self.protocol.family, destination[0]))
        return self.capacity

    def _lay(self, quotation: bytes, ancillary: Ancillary, destination: bytes) -> None:
        quoted = read_quoted(self.protocol, quotation)
        evidence = read_evidence(self.protocol, ancillary)
        slot = (quoted.ident - self._base) << 16 | quoted.sequence if quoted else -1
        volley = self._table[slot >> BLOCK_BITS] if 0 <= slot < self._slots else NOBODY
        index = slot - volley.first
        if (
            quoted is None
            or evidence is None
            or not 0 <= index < volley.count
            or volley.targets[index % volley.width] != destination
            or quoted.cookie not in (None, volley.cookies[index])
        ):
            self._foreign_errors += 1
            return
        self._icmp_errors += 1
        if not volley.over and volley.walls[index]:
            volley.lay(index, evidence, proven=quoted.cookie is not None)

    def close(self) -> None:
        """Close the socket."""
        self._inbox.close()
        self._opened.close()


def _enlarge(sock: socket.socket) -> None:
    # Echoes to a dead neighbour stay in the send buffer for as long as the kernel looks for its hardware address: many
    # of them must not keep the live from their echoes.
    for force, plain in ((_SO_RCVBUFFORCE, socket.SO_RCVBUF), (_SO_SNDBUFFORCE, socket.SO_SNDBUF)):
        try:
            sock.setsockopt(socket.SOL_SOCKET, force, _BUFFER)
        except PermissionError:  # without CAP_NET_ADMIN: as much as net.core.rmem_max and wmem_max allow
            sock.setsockopt(socket.SOL_SOCKET, plain, _BUFFER)
