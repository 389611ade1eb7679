"""The echoes of one call to one address family: a few arrays, so that an echo costs no object of its own."""

from __future__ import annotations

import os
from array import array
from asyncio import Future
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import count, repeat

from monitor.probing.echo_outcome import Echoes, IcmpEvidence, ProbeError

Destination = tuple[str | int, ...]
"""A socket address: host and port, for IPv6 flow and scope besides."""

AWAITED, REFUSED = -1.0, -2.0
"""Stand for an RTT: nothing known yet; not sent, or an ICMP error says that no reply will come."""

_EVIDENCE_KEPT = 8  # different pieces of a target: a router that makes up senders must not fill the memory


class Volley:
    """``packets`` echoes to each of some targets. Echo ``wave * len(targets) + place`` has slot ``first`` + that.

    Args:
        targets: addresses in packed form, for comparison with the sources of replies.
        destinations: the same as socket addresses.
        dues: seconds after the start at which the first echo to each target is due, ascending.
        packets: echoes to each target.
        gap: least seconds between two echoes to one target.
        ended: set once every echo is settled, or the time for it is over.
    """

    __slots__ = (
        "cookies",
        "count",
        "cursors",
        "destinations",
        "drops",
        "dues",
        "ended",
        "errors",
        "evidence",
        "first",
        "gap",
        "monos",
        "over",
        "packets",
        "rtts",
        "started",
        "targets",
        "unsettled",
        "walls",
        "width",
    )

    def __init__(
        self,
        targets: Sequence[bytes],
        destinations: Sequence[Destination],
        dues: Sequence[float],
        *,
        packets: int,
        gap: float,
        ended: Future[None] | None = None,
    ) -> None:
        """Draw a cookie for every echo."""
        self.targets, self.destinations, self.dues = targets, destinations, dues
        self.packets, self.gap, self.ended = packets, gap, ended
        self.width = len(targets)
        self.count = self.width * packets
        self.cookies = array("Q", os.urandom(8 * self.count))
        self.walls = array("d", bytes(8 * self.count))  # Unix time of sending, 0 where not sent
        self.monos = array("d", bytes(8 * self.count))  # monotonic time of sending or of the attempt
        self.rtts = array("d", [AWAITED]) * self.count
        self.cursors = [0] * packets  # of each wave: the next target
        self.errors: dict[int, ProbeError] = {}
        self.evidence: dict[int, tuple[IcmpEvidence, ...]] = {}
        self.unsettled = self.count
        self.over = False
        self.first = 0
        self.started = 0.0
        self.drops = 0  # of the socket, before the first echo

    @property
    def all_sent(self) -> bool:
        """Tell whether every echo was sent or refused."""
        return self.cursors[-1] == self.width

    def due(self, wave: int, now: float) -> int:
        """Return before which target a wave may go on sending by ``now``."""
        if wave == 0:
            return bisect_right(self.dues, now - self.started)
        before = (wave - 1) * self.width
        sent = self.cursors[wave - 1]
        return bisect_right(self.monos, now - self.gap, before + self.cursors[wave], before + sent) - before

    def due_at(self) -> float:
        """Return the monotonic time at which the next echo is due; infinity when all are sent."""
        dues = []
        for wave, place in enumerate(self.cursors):
            if wave == 0 and place < self.width:
                dues.append(self.started + self.dues[place])
            elif wave and place < self.cursors[wave - 1]:
                dues.append(self.monos[(wave - 1) * self.width + place] + self.gap)
        return min(dues, default=float("inf"))

    def settle(self) -> None:
        """Count an echo as answered or refused; the volley ends with the last."""
        self.unsettled -= 1
        if not self.unsettled:
            self.end()

    def end(self) -> None:
        """Stop waiting for replies."""
        if self.ended and not self.ended.done():
            self.ended.set_result(None)

    def refuse(self, index: int, error: ProbeError) -> None:
        """Note that an echo could not be sent."""
        self.errors[index % self.width] = error
        self.rtts[index] = REFUSED
        self.walls[index] = 0.0
        self.settle()

    def lay(self, index: int, evidence: IcmpEvidence, *, proven: bool) -> None:
        """Lay an ICMP error to an echo; one proven by its cookie says that no reply will come."""
        kept = self.evidence.get(index % self.width, ())
        if evidence not in kept and len(kept) < _EVIDENCE_KEPT:
            self.evidence[index % self.width] = (*kept, evidence)
        if proven and self.rtts[index] == AWAITED:
            self.rtts[index] = REFUSED
            self.settle()

    def retire(self) -> None:
        """Forget what only a volley in flight needs; replies that still come are late, or doubles."""
        self.over = True
        self.walls = self.monos = array("d")

    def outcomes(self, addresses: Sequence[str], *, overflowed: bool) -> Iterator[Echoes]:
        """Return what came of each target, named by ``addresses``.

        ``overflowed``: the kernel dropped packets while replies were awaited.
        """
        waves = range(0, self.count, self.width)
        rtts = zip(*(self.rtts[wave : wave + self.width] for wave in waves), strict=True)
        if min(self.rtts) >= 0 and not self.evidence:  # as nearly always
            every = repeat(self.packets)
            return map(Echoes, addresses, self.walls, every, every, rtts)
        walls = zip(*(self.walls[wave : wave + self.width] for wave in waves), strict=True)
        return map(self._outcome, count(), addresses, walls, rtts, repeat(overflowed))

    def _outcome(
        self,
        place: int,
        address: str,
        walls: tuple[float, ...],
        rtts: tuple[float, ...],
        overflowed: bool,
    ) -> Echoes:
        walls = tuple(at for at in walls if at)
        rtts = tuple(rtt for rtt in rtts if rtt >= 0)
        error = self.errors.get(place)
        if overflowed and walls and not rtts:
            error = ProbeError.UNREADABLE
        at = walls[0] if walls else None
        return Echoes(address, at, len(walls), len(rtts), rtts, error, self.evidence.get(place, ()))


NOBODY = Volley((), (), (), packets=1, gap=0.0)
"""Holds the slots that nobody has."""
NOBODY.retire()
