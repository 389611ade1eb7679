"""Reads from the database what a history may need, as it stood at one instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.config.adopted import inventory_of, policies_of
from monitor.faults.events import (
    EpisodeRestored,
    Event,
    EvidenceFound,
    ExclusionGranted,
    ExclusionRevoked,
    FaultAcknowledged,
    FaultClosed,
    FaultNotified,
    FaultOpened,
    FaultRelapsed,
    FaultReported,
    InventoryAdopted,
    LineFirstSeen,
    MaintenanceApproved,
    MaintenanceCancelled,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
    PartyRuled,
    PolicyAdopted,
    ReportKept,
    RestorationClaimed,
)
from monitor.inventory.adopted import Adopted
from monitor.inventory.model import Inventory
from monitor.policy import Policies
from monitor.sla.spans import Span
from monitor.store.records import Records
from monitor.store.stretches import Stretch

TELLING: tuple[type[Event], ...] = (
    MonitorBlind,
    MonitorSees,
    LineFirstSeen,
    OutageConfirmed,
    OutageEnded,
    MaintenanceApproved,
    MaintenanceCancelled,
    ReportKept,
    FaultOpened,
    FaultReported,
    EpisodeRestored,
    FaultRelapsed,
    FaultClosed,
    FaultAcknowledged,
    RestorationClaimed,
    FaultNotified,
    ExclusionGranted,
    ExclusionRevoked,
    PartyRuled,
    EvidenceFound,
)


class NothingJudged(Exception):
    """The record holds nothing of the period that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is on record up to ``end``, the last instant asked for or judged.

    ``events`` are those of `TELLING` in the order of the ledger; ``stretches`` returns the rounds that touch a period.
    """

    end: datetime
    zone: ZoneInfo
    events: tuple[Event, ...]
    inventories: tuple[Adopted[Inventory], ...]
    policies: tuple[Adopted[Policies], ...]
    stretches: Callable[[Span], Iterator[Stretch]]


def gather(records: Records, *, end: datetime | None, zone: ZoneInfo) -> Material:
    """Read what happened up to ``end``, or up to the last instant judged where that is earlier or None is given.

    Raises:
        NothingJudged: nothing is on record up to then.
        StoreError: the database cannot be read.
    """
    judged_at = records.judged_at()  # read first: what comes in meanwhile lies behind it
    if judged_at is None:
        raise NothingJudged("nothing was judged yet: the database is new")
    until = judged_at if end is None else min(judged_at, end)
    inventories: list[Adopted[Inventory]] = []
    policies: list[Adopted[Policies]] = []
    for recorded in records.events(kinds=(PolicyAdopted, InventoryAdopted)):
        event = recorded.event
        if event.at > until or not isinstance(event, PolicyAdopted | InventoryAdopted):
            continue
        text = records.configuration(event.digest) or "{}"
        if isinstance(event, PolicyAdopted):
            policies.append(Adopted(event.at, Policies(policies_of(text))))
        else:
            inventories.append(Adopted(event.at, inventory_of(text, zone=zone)))
    if not inventories or not policies:
        began = min((one.event.at for one in records.events(kinds=(PolicyAdopted, InventoryAdopted))), default=None)
        since = "" if began is None else f": the record begins at {began:%Y-%m-%dT%H:%M:%SZ}"
        raise NothingJudged(f"nothing was watched yet at {until:%Y-%m-%dT%H:%M:%SZ}{since}")
    return Material(
        end=until,
        zone=zone,
        events=tuple(one.event for one in records.events(kinds=TELLING) if one.event.at <= until),
        inventories=tuple(inventories),
        policies=tuple(policies),
        stretches=records.stretches,
    )
