"""What is on record around a fault that tells whose it is: paths, ICMP errors, traps, device's words, node's lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.faults.events import EvidenceFound, IcmpHeard, PathTraced, TrapHeard
from monitor.faults.evidence import DeviceSaid
from monitor.faults.fault import Fault, Status
from monitor.faults.outage import Watch
from monitor.inventory.model import Inventory
from monitor.policy import Policy
from monitor.sla.history import Histories
from monitor.sla.spans import FOREVER, Span
from monitor.sla.survey import LineState
from monitor.store.ledger import Recorded
from monitor.store.records import Records

SHORTLY = timedelta(minutes=1)  # before the first failed round: what was gathered of a blip just before it
GATHERED = (PathTraced, IcmpHeard, TrapHeard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What the line's device said last before an episode, and first after it; None: nothing on record."""

    episode: int
    before: DeviceSaid | None
    after: DeviceSaid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """How another line on the fault's node was when it began: up, suspect or down ``since``, or unknown."""

    line: str
    unit: str
    state: LineState
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything of that. ``siblings`` is None where the inventory of that time is not on record."""

    events: tuple[Recorded, ...]
    spoken: tuple[Spoken, ...]
    siblings: tuple[Sibling, ...] | None

    def paths(self) -> list[PathTraced]:
        """Return the paths that were traced to the line, and beside them those to neighbours."""
        return [each.event for each in self.events if isinstance(each.event, PathTraced)]

    def icmp(self) -> list[IcmpHeard]:
        """Return what routers and hosts said."""
        return [each.event for each in self.events if isinstance(each.event, IcmpHeard)]

    def traps(self) -> list[TrapHeard]:
        """Return what the line's device said unasked."""
        return [each.event for each in self.events if isinstance(each.event, TrapHeard)]


def gathered(
    records: Records,
    fault: Fault,
    own: Iterable[Recorded],
    *,
    inventory: Inventory | None,
    histories: Histories,
    policy: Policy,
    now: datetime,
) -> Gathered:
    """Return what is on record around a fault, whose ``own`` events are given.

    ``inventory`` is that of its beginning; ``histories`` hold what is on record of all lines then.

    Raises:
        StoreError: the database cannot be read.
    """
    period = fault.episodes[0].first_failed_at - SHORTLY, fault.closed_at or FOREVER
    events = tuple(records.events(kinds=GATHERED, line=fault.line, period=period))
    siblings = None
    if inventory is not None:
        siblings = tuple(_siblings(fault, inventory, histories, records.watches(), policy, now))
    return Gathered(events=events, spoken=tuple(_spoken(records, fault, own)), siblings=siblings)


def _spoken(records: Records, fault: Fault, own: Iterable[Recorded]) -> Iterator[Spoken]:
    """Go through the words that were weighed, and those that wait for the end of an open episode."""
    for recorded in own:
        event = recorded.event
        if isinstance(event, EvidenceFound) and (event.before or event.after) is not None:
            yield Spoken(episode=event.episode, before=event.before, after=event.after)
    if fault.status is not Status.OPEN:
        return
    heard = records.heard(fault.line)
    if heard is not None and heard.before is not None and heard.before.at <= fault.episode.first_failed_at:
        yield Spoken(episode=len(fault.episodes), before=heard.before, after=None)


def _siblings(
    fault: Fault,
    inventory: Inventory,
    histories: Histories,
    watches: Mapping[str, Watch],
    policy: Policy,
    now: datetime,
) -> Iterator[Sibling]:
    """Go through the other lines on the fault's node, over the time in which they would make an incident with it."""
    begin = fault.episodes[0].first_failed_at
    span = begin, min(begin + policy.incident.within, max(begin, now))
    for line in inventory.lines.values():
        if fault.node is None or line.node != fault.node or line.id == fault.line or not line.in_service(begin):
            continue
        state, since = _state(line.id, span, histories, watches.get(line.id), policy.detection.stale_after)
        yield Sibling(line=line.id, unit=line.unit, state=state, since=since)


def _state(
    line: str, span: Span, histories: Histories, watch: Watch | None, stale_after: timedelta
) -> tuple[LineState, datetime | None]:
    begin, end = span
    down = [since for since, until in histories.outages.get(line, ()) if since <= end and until > begin]
    if down:
        return LineState.DOWN, down[0]
    if watch is not None and watch.bad_since is not None and watch.bad_since <= end:
        return LineState.SUSPECT, watch.bad_since
    first_seen = histories.first_seen.get(line)
    if watch is None or first_seen is None or first_seen > begin or begin - watch.last_at > stale_after:
        return LineState.UNKNOWN, None
    if any(since <= end and until > begin for since, until in histories.gaps.get(line, ())):
        return LineState.UNKNOWN, None
    return LineState.UP, None
