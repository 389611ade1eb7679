"""What is gathered without being asked, as events of the line: traced paths, what routers said, traps (section 8).

And what devices say that they are (Art. 21).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from monitor.clock import instant
from monitor.faults.events import DeviceIdentified, Event, IcmpHeard, PathTraced, TrapHeard
from monitor.faults.outage import Watch
from monitor.inventory.model import Inventory, Line
from monitor.probing.assembly import Instant
from monitor.probing.echo import IcmpEvidence
from monitor.probing.paths import Paths
from monitor.probing.snmp.traps import Trap
from monitor.registers.identity import Identities, Identity
from monitor.supervision import Supervision


class Gathering:
    """Asks for evidence when a line becomes suspect, and brings in what was found."""

    def __init__(self, paths: Paths, identities: Identities | None = None) -> None:
        """Trace through these; ``identities`` are what is on record of devices."""
        self._paths = paths
        self._identities = identities or Identities()
        self._told: list[tuple[str, Identity, datetime]] = []
        self._icmp: list[tuple[str, IcmpEvidence]] = []
        self._heard: dict[str, set[IcmpEvidence]] = defaultdict(set)
        self._by_node: dict[str | None, list[Line]] = {}
        self._traps: list[tuple[str, Trap, datetime]] = []

    def adopt(self, inventory: Inventory) -> None:
        """Know the lines of another inventory by their nodes."""
        self._by_node = defaultdict(list)
        for line in inventory.lines.values():
            self._by_node[line.node].append(line)

    def hear(self, icmp: Iterable[tuple[str, IcmpEvidence]]) -> None:
        """Take what ICMP errors said of echoes to lines."""
        self._icmp += icmp

    def hear_trap(self, line: str, trap: Trap, heard_at: datetime) -> None:
        """Take what a line's device said unasked."""
        self._traps.append((line, trap, heard_at))

    def hear_devices(self, said: Mapping[str, tuple[Identity, datetime]]) -> None:
        """Take what devices said that they are, by line, and when."""
        self._told += ((line, identity, read_at) for line, (identity, read_at) in said.items())

    def gather(self, whole: Instant, supervision: Supervision) -> list[Event]:
        """Look at an instant that has been judged; return the evidence that came in since the last one."""
        at = instant(whole.second)
        for seen in whole.lines:
            watch, line = supervision.watches.get(seen.subject), supervision.inventory.lines.get(seen.subject)
            if watch is None or line is None or watch.last_at != at:
                continue
            if watch.last_good:
                self._heard.pop(line.id, None)
            elif _begins(watch, at):
                self._paths.suspect(line, self._neighbour(line, supervision), now=whole.second)
        return [
            *self._said(at, supervision),
            *self._trapped(at, supervision),
            *self._traced(at),
            *self._identified(at, supervision),
        ]

    def _neighbour(self, line: Line, supervision: Supervision) -> Line | None:
        """Return a line on the same node that answers."""
        if line.node is None:
            return None
        others = (each for each in self._by_node.get(line.node, ()) if each.id != line.id)
        return next((each for each in others if _healthy(supervision.watches.get(each.id))), None)

    def _said(self, at: datetime, supervision: Supervision) -> Iterator[IcmpHeard]:
        heard, self._icmp = self._icmp, []
        for line, evidence in heard:
            watch = supervision.watches.get(line)
            if watch is not None and not watch.last_good and evidence not in self._heard[line]:
                self._heard[line].add(evidence)
                yield IcmpHeard(at=at, line=line, said=evidence.kind.value, code=evidence.code, sender=evidence.sender)

    def _trapped(self, at: datetime, supervision: Supervision) -> Iterator[TrapHeard]:
        heard, self._traps = self._traps, []
        for line, trap, heard_at in heard:
            if line in supervision.inventory.lines:
                yield TrapHeard(
                    at=at,
                    line=line,
                    heard_at=heard_at,
                    said=trap.kind,
                    interface=trap.interface,
                    index=trap.index,
                    oid=trap.oid,
                    word=trap.word,
                )

    def _traced(self, at: datetime) -> Iterator[PathTraced]:
        for traced in self._paths.take():
            yield PathTraced(
                at=at, line=traced.line, neighbour=traced.neighbour, hops=traced.hops, failure=traced.failure
            )

    def _identified(self, at: datetime, supervision: Supervision) -> Iterator[DeviceIdentified]:
        told, self._told = self._told, []
        for line, identity, read_at in told:
            event = self._identities.hear(line, identity, read_at, at) if line in supervision.inventory.lines else None
            if event is not None:
                yield event


def _begins(watch: Watch, at: datetime) -> bool:
    return at in (watch.bad_since, watch.down_since)


def _healthy(watch: Watch | None) -> bool:
    return watch is not None and watch.last_good and watch.down_since is None
