"""Incidents live: a carrier's faults are grouped anew whenever one arrives (section 9 of the fault rules).

What is an incident depends on the faults alone, not on when each became known. An incident keeps the number that it
got when it formed as long as the anchor that it had is in one; numbers begin at 1 and are given once.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.faults.events import IncidentGrouped
from monitor.faults.fault import Fault
from monitor.faults.incident import Candidate, Group, Incident, Upstream, group
from monitor.inventory.model import Inventory
from monitor.policy import IncidentRule

REMEMBERED = timedelta(days=2)  # faults that began longer ago than this, and than any near them, group no more


class Grouping:
    """The faults that may still group, and the incidents they form."""

    def __init__(self, incidents: Iterable[Incident] = (), last: int = 0) -> None:
        """Go on from incidents formed before; ``last`` is the last number given."""
        self.incidents = {incident.number: incident for incident in incidents}
        self.last = max([last, *self.incidents])
        self._inside = {no: each.number for each in self.incidents.values() for no in each.faults}
        self._candidates: dict[str, list[Candidate]] = defaultdict(list)
        self._changed: set[str] = set()
        self._upstream = Upstream(Inventory())
        self._inventory = Inventory()

    def adopt(self, inventory: Inventory) -> None:
        """Go by another inventory from the next fault on."""
        self._inventory, self._upstream = inventory, Upstream(inventory)

    def arrive(self, fault: Fault, *, known: bool = False) -> None:
        """Take a fault that was opened; one ``known`` before brings no new grouping."""
        place = self._inventory.place.get(fault.line, len(self._inventory.lines))
        began_at = fault.episodes[0].first_failed_at
        insort(self._candidates[fault.carrier], Candidate(began_at, place, fault.no, fault.line))
        if not known:
            self._changed.add(fault.carrier)

    def of(self, no: str) -> Incident | None:
        """Return the incident that a fault is in."""
        number = self._inside.get(no)
        return None if number is None else self.incidents[number]

    def settle(
        self, at: datetime, rule_at: Callable[[datetime], IncidentRule]
    ) -> Iterator[tuple[tuple[str, ...], IncidentGrouped]]:
        """Group what arrived at an instant; tell what is other than before, with the faults that were in it."""
        if not self._changed:
            return
        before: list[Incident] = []
        groups: list[Group] = []
        for carrier in sorted(self._changed):
            self._forget(carrier, at)
            candidates = self._candidates[carrier]
            known = {candidate.no for candidate in candidates}
            before += (each for each in self.incidents.values() if each.carrier == carrier and each.faults[0] in known)
            groups += group(carrier, candidates, self._upstream, rule_at)
        self._changed.clear()
        yield from self._renew(at, before, sorted(groups, key=lambda formed: formed.members[0]))

    def _renew(
        self, at: datetime, before: Iterable[Incident], groups: Sequence[Group]
    ) -> Iterator[tuple[tuple[str, ...], IncidentGrouped]]:
        """Tell what is other than before; new ones are numbered in the order of their anchors."""
        kept = _heirs(before, groups)
        numbers = {incident.number for incident in kept.values()}
        for incident in before:
            if incident.number not in numbers:
                gone = self._tell(at, incident.number, incident.carrier, None, incident.first_failed_at, ())
                yield incident.faults, gone
        for formed in groups:
            anchor, old = formed.members[0], kept.get(formed.members[0].no)
            faults = tuple(member.no for member in formed.members)
            if old is None or (old.node, old.faults) != (formed.node, faults):
                told = self._tell(at, self._number(old), formed.carrier, formed.node, anchor.began_at, faults)
                yield (old.faults if old else ()), told

    def _number(self, old: Incident | None) -> int:
        if old is not None:
            return old.number
        self.last += 1
        return self.last

    def _tell(
        self, at: datetime, number: int, carrier: str, node: str | None, began_at: datetime, faults: tuple[str, ...]
    ) -> IncidentGrouped:
        self._inside = {no: inside for no, inside in self._inside.items() if inside != number}
        self._inside |= dict.fromkeys(faults, number)
        if faults:
            self.incidents[number] = Incident(
                number=number, carrier=carrier, node=node, first_failed_at=began_at, faults=faults
            )
        else:
            del self.incidents[number]
        return IncidentGrouped(
            at=at, incident=number, carrier=carrier, node=node, first_failed_at=began_at, faults=faults
        )

    def _forget(self, carrier: str, at: datetime) -> None:
        """Drop candidates too old to group with anything new, as long as nothing near them is younger."""
        candidates, horizon = self._candidates[carrier], at - REMEMBERED
        keep = 0
        while keep < len(candidates) and candidates[keep].began_at < horizon:
            keep += 1
        while (
            0 < keep < len(candidates) and candidates[keep].began_at - candidates[keep - 1].began_at <= REMEMBERED / 2
        ):
            keep -= 1
        del candidates[:keep]


def _heirs(before: Iterable[Incident], groups: Iterable[Group]) -> Mapping[str, Incident]:
    """Return which incident each group goes on, by its anchor: that of the same anchor, else the first one within."""
    within = {member.no: formed.members[0].no for formed in groups for member in formed.members}
    kept: dict[str, Incident] = {}
    for incident in sorted(before, key=lambda each: (within.get(each.faults[0]) != each.faults[0], each.number)):
        anchor = within.get(incident.faults[0])
        if anchor is not None:
            kept.setdefault(anchor, incident)
    return kept
