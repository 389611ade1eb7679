"""Going on after a stop or a crash: what is remembered and what is configured, put together before the first round.

A policy version that judged is never changed: the same name with other numbers is refused, and a version that left the
configuration stays known for the faults that it judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.alerts.examining import examine
from monitor.config.adopted import changed_versions, inventory_of, inventory_text, policies_of, policy_text
from monitor.config.folder import Configuration, reload
from monitor.faults.degradation import HOUR, HOURS, Quality
from monitor.faults.events import (
    ConfigurationAdopted,
    DaemonStarted,
    DegradationBegan,
    DegradationEnded,
    DeviceIdentified,
    Event,
    IncidentGrouped,
    InventoryAdopted,
    MaintenanceApproved,
    MaintenanceCancelled,
    PolicyAdopted,
    RegisterEntered,
    RegisterErased,
)
from monitor.faults.incident import Incident, incidents_of
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory
from monitor.metrics.month import MonthSoFar, month_of
from monitor.policy import Policies, Policy
from monitor.registers.entries import Registers, entered
from monitor.registers.identity import Identities, identities
from monitor.sla.spans import FOREVER
from monitor.sla.tally import Tally
from monitor.store.batch import Remembered
from monitor.store.chain import digest_of
from monitor.store.measurements import Measurements
from monitor.store.records import Records
from monitor.store.store import Store
from monitor.supervision import Standing, Supervision
from monitor.supervision.grouping import REMEMBERED
from monitor.supervision.windows import Windows

MOST_AHEAD = timedelta(seconds=2)


NOT_CHANGED = (
    "a version that has judged is not changed; "
    "give the new numbers a version and an effective_from of their own, beside it"
)


class CannotGoOn(Exception):
    """The remembered and the configured do not go together; the text names the cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """The policies that judging is to go by, and the events and texts that put a configuration on record.

    ``used`` are all policy versions ever adopted, this adoption's too; ``digests`` name what is in force after it.
    """

    policies: Policies
    events: tuple[ConfigurationAdopted, ...]
    texts: tuple[str, ...]
    used: tuple[Policy, ...]
    digests: frozenset[str]

    @property
    def sweep(self) -> timedelta:
        """In which time every line's state is to be written, so that a crash alone makes no gap of it."""
        return min(policy.detection.stale_after for policy in self.policies.versions) / 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """Everything that the daemon goes on from."""

    supervision: Supervision
    measurements: Measurements
    tally: Tally
    month: MonthSoFar
    identities: Identities
    reminded: frozenset[str]
    lettered: frozenset[str]
    adoption: Adoption
    started: DaemonStarted


def resume(configuration: Configuration, store: Store, now: datetime) -> Resumption:
    """Put together what is remembered and what is configured.

    Raises:
        CannotGoOn: the machine's clock is behind the ledger, or a policy version was changed after it judged.
        StoreError: the database cannot be read.
    """
    remembered = store.remembered()
    judged_at = remembered.judged_at
    if judged_at is not None and now < judged_at - MOST_AHEAD:
        raise CannotGoOn(
            f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, but the ledger was written until "
            f"{judged_at:%Y-%m-%d %H:%M:%S} UTC: set the clock right, or, if it was ahead before and is right now, "
            "start again after that time"
        )
    zone = configuration.settings.timezone
    adoption = adopt(configuration, now, used=used_policies(store), adopted=in_force(store))
    standing = standing_of(remembered, store, now)
    month = MonthSoFar(zone)
    period = month_of(now, zone)
    month.begin(now, store.histories(period), store.concerned(period))
    return Resumption(
        supervision=Supervision(configuration.inventory, adoption.policies, zone, standing),
        measurements=Measurements(remembered.resumed, remembered.watches, sweep=adoption.sweep),
        tally=store.tally(),
        month=month,
        identities=identities(recorded.event for recorded in store.events(kinds=(DeviceIdentified,))),
        reminded=store.subjects_told(MessageKind.REGISTER_EXPIRING),
        lettered=store.subjects_told(MessageKind.LETTERS_READY),
        adoption=adoption,
        started=DaemonStarted(at=now, software=__version__, last_judged_at=judged_at),
    )


def adopt(
    configuration: Configuration, now: datetime, *, used: tuple[Policy, ...], adopted: frozenset[str]
) -> Adoption:
    """Put a configuration on record, as far as it is not what stands there already (``adopted``: digests).

    Raises:
        CannotGoOn: a policy version was changed after it judged.
    """
    configured = configuration.policies
    changed = changed_versions(configured, (policy for policy in used if policy.effective_from <= now))
    if changed:
        raise CannotGoOn(f"policy version {changed[0]}: {NOT_CHANGED}")
    policies = Policies(configured.versions, retired=used)
    inventory = configuration.inventory
    texts = (policy_text(configured), inventory_text(inventory))
    digests = tuple(digest_of(text) for text in texts)
    events: tuple[ConfigurationAdopted, ...] = (
        PolicyAdopted(at=now, digest=digests[0], versions=tuple(policy.version for policy in configured.versions)),
        InventoryAdopted(at=now, digest=digests[1], lines=len(inventory.lines)),
    )
    new = [place for place, digest in enumerate(digests) if digest not in adopted]
    return Adoption(
        policies=policies,
        events=tuple(events[place] for place in new),
        texts=tuple(texts[place] for place in new),
        used=tuple({policy.version: policy for policy in (*used, *configured.versions)}.values()),
        digests=frozenset(digests),
    )


def read_again(configuration: Configuration, adoption: Adoption, now: datetime) -> tuple[Configuration, Adoption, str]:
    """Read a running configuration's folder again; return it, its adoption, and in words what has changed.

    ``adoption`` is that of the running one. The database is not asked: what was adopted a moment ago is not in it yet.

    Raises:
        ConfigurationRefused: it is wrong.
        CannotGoOn: a policy version was changed after it judged.
    """
    new, changes = reload(configuration, at=now, examine=examine)
    return new, adopt(new, now, used=adoption.used, adopted=adoption.digests), str(changes)


def standing_of(remembered: Remembered, records: Records, now: datetime) -> Standing:
    """Return all that judging goes on from, as the store has it.

    What was gathered of the last minutes' quality is not kept over a stop: a degradation needs its time anew.
    """
    return Standing(
        judged_at=remembered.judged_at,
        watches=remembered.watches,
        sight=remembered.sight,
        faults=remembered.faults,
        numbered=remembered.numbered,
        recent=records.faults(discovered=(now - REMEMBERED, FOREVER)),
        windows=windows(records).all(),
        entries=registers(records).all(),
        editions=records.editions().all(),
        incidents=tuple(incidents_on_record(records).values()),
        last_incident=_last_incident(records),
        testimonies=remembered.testimonies,
        qualities=_qualities(records, now),
        degraded=degradations(records),
    )


def windows(records: Records) -> Windows:
    """Return every maintenance window on record."""
    known = Windows()
    for recorded in records.events(kinds=(MaintenanceApproved, MaintenanceCancelled)):
        known.take(recorded.event)
    return known


def registers(records: Records) -> Registers:
    """Return every entry of the registers on record."""
    return entered(recorded.event for recorded in records.events(kinds=(RegisterEntered, RegisterErased)))


def used_policies(records: Records) -> tuple[Policy, ...]:
    """Return every policy version that was ever adopted, the latest of each name."""
    used: dict[str, Policy] = {}
    for recorded in records.events(kinds=(PolicyAdopted,)):
        text = records.configuration(recorded.event.digest) if isinstance(recorded.event, PolicyAdopted) else None
        used.update({policy.version: policy for policy in policies_of(text or "[]")})
    return tuple(used.values())


def changed_since_used(configuration: Configuration, records: Records, now: datetime) -> list[str]:
    """Say what differs from policy versions that have judged: with it the monitor would not go on (`adopt`)."""
    used = (policy for policy in used_policies(records) if policy.effective_from <= now)
    return changed_versions(configuration.policies, used)


def inventory_at(records: Records, at: datetime, zone: ZoneInfo) -> Inventory | None:
    """Return the inventory that was in force at an instant by the ledger, None where none was."""
    digest = None
    for recorded in records.events(kinds=(InventoryAdopted,)):
        if isinstance(recorded.event, InventoryAdopted) and recorded.event.at <= at:
            digest = recorded.event.digest
    text = None if digest is None else records.configuration(digest)
    return None if text is None else inventory_of(text, zone=zone)


def incidents_on_record(records: Records) -> dict[int, Incident]:
    """Return the incidents on record by number, as they stand."""
    return incidents_of(_grouped(records))


def degradations(records: Records) -> dict[str, DegradationBegan]:
    """Return how the degradations that are open by the ledger began, by line."""
    latest = (recorded.event for recorded in records.latest_of_lines((DegradationBegan, DegradationEnded)))
    return {event.line: event for event in latest if isinstance(event, DegradationBegan)}


def _last_incident(records: Records) -> int:
    return max((grouped.incident for grouped in _grouped(records)), default=0)


def _grouped(records: Records) -> list[IncidentGrouped]:
    events = (recorded.event for recorded in records.events(kinds=(IncidentGrouped,)))
    return [event for event in events if isinstance(event, IncidentGrouped)]


def _qualities(records: Records, now: datetime) -> dict[str, Quality]:
    """Return what is known of the lines' usual round-trip times; what was gathered of the last minutes is not kept."""
    known: dict[str, Quality] = {}
    for line, means in records.hourly_means((now - HOURS * HOUR, now)).items():
        known[line] = Quality()
        known[line].remember(means)
    return known


def in_force(records: Records) -> frozenset[str]:
    """Return the digests of what is in force by the ledger: the latest of each kind."""
    latest: dict[type[Event], str] = {}
    for recorded in records.events(kinds=(PolicyAdopted, InventoryAdopted)):
        if isinstance(recorded.event, ConfigurationAdopted):
            latest[type(recorded.event)] = recorded.event.digest
    return frozenset(latest.values())
