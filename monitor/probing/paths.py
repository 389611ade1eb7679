"""The ways to lines in trouble, traced without being asked: evidence of where a path ends (section 8).

At suspicion the way to the line and to a healthy neighbour on its node are traced, in threads, at most eight at once,
one line a node and minute. Where no raw socket is permitted, the evidence says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from monitor.faults.events import HopSeen
from monitor.inventory.model import Line
from monitor.probing.path import Hop, trace

AT_ONCE = 8
EVERY = 60  # seconds for a node


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A way that was traced on behalf of a line in trouble: to it, or to a healthy ``neighbour`` (a line's id)."""

    line: str
    neighbour: str | None
    hops: tuple[HopSeen, ...] = ()
    failure: str | None = None


class Paths:
    """Traces in threads, which end with the process; what was found waits until it is taken."""

    def __init__(self, tracer: Callable[[str], tuple[Hop, ...]] = trace) -> None:
        """Trace by icmplib's sockets, or by whatever a test gives."""
        self._trace = tracer
        self._asked: dict[str, int] = {}
        self._under_way = 0
        self._found: SimpleQueue[Traced] = SimpleQueue()

    def suspect(self, line: Line, neighbour: Line | None, *, now: int) -> bool:
        """Trace the ways to a suspect line and to a healthy neighbour; not where its node was asked lately."""
        node = line.node or line.id
        if now - self._asked.get(node, now - EVERY) < EVERY or self._under_way > AT_ONCE - 2:
            return False
        self._asked[node] = now
        self._begin(line, line, None)
        if neighbour is not None:
            self._begin(line, neighbour, neighbour.id)
        return True

    def take(self) -> list[Traced]:
        """Return what was found since the last call."""
        found = []
        while not self._found.empty():
            found.append(self._found.get())
            self._under_way -= 1
        return found

    def _begin(self, line: Line, target: Line, neighbour: str | None) -> None:
        self._under_way += 1
        work = (line.id, target.address, neighbour)
        Thread(target=self._run, args=work, name=f"path to {target.id}", daemon=True).start()

    def _run(self, line: str, address: str, neighbour: str | None) -> None:
        try:
            hops = self._trace(address)
        except Exception as error:  # whatever it is, it is the evidence's failure and not the daemon's
            self._found.put(Traced(line=line, neighbour=neighbour, failure=str(error) or type(error).__name__))
            return
        self._found.put(Traced(line=line, neighbour=neighbour, hops=tuple(_seen(hop) for hop in hops)))


def _seen(hop: Hop) -> HopSeen:
    return HopSeen(
        distance=hop.distance, address=hop.address, rtt_ms=hop.rtt_ms, reached=hop.reached, refused=hop.refused
    )
