"""What the record holds of a period, put together for its figures (section 11): the material of `monitor.sla.review`.

Inventory and policies are those on record at the period's end, so that what is entered later changes no figure of a
time that is over; the faults are as they stand now, so that a late ruling does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from monitor.config.adopted import inventory_of, policies_of
from monitor.config.folder import Configuration
from monitor.faults.events import ConfigurationAdopted, InventoryAdopted, PolicyAdopted
from monitor.inventory.adopted import Adopted, in_force, merged
from monitor.inventory.model import Inventory
from monitor.policy import Policies
from monitor.resumption import incidents_on_record, used_policies, windows
from monitor.sla.review import Material
from monitor.sla.spans import Span
from monitor.store.records import Records


def gather(records: Records, configuration: Configuration, period: Span, now: datetime) -> Material:
    """Read what the figures of a period rest on, as known at ``now``.

    What is not on record yet, before the daemon's first start, is taken from the configuration.

    Raises:
        StoreError: the database cannot be read.
    """
    last_seen = {line: watch.last_at for line, watch in records.watches().items()}
    faults = {fault.no: fault for fault in records.concerned(period)}
    incidents = [each for each in incidents_on_record(records).values() if not faults.keys().isdisjoint(each.faults)]
    others = {no for incident in incidents for no in incident.faults} - faults.keys()
    return Material(
        now=now,
        period=period,
        histories=records.histories(period),
        last_seen=last_seen,
        faults=(*faults.values(), *records.faults(nos=others)),
        inventory=inventory_of_period(records, configuration, period),
        policies=_policies(records, configuration, period[1]),
        windows=windows(records).all(),
        incidents=incidents,
        judged_at=records.judged_at(),
    )


def inventory_of_period(records: Records, configuration: Configuration, period: Span) -> Inventory:
    """Return the inventory at the period's end, and after it the lines that left during the period."""
    adopted = in_force(_adopted(records, InventoryAdopted, before=period[1]), period[0])
    zone = configuration.settings.timezone
    read = [Adopted(each.at, _read_inventory(records, each.what, zone)) for each in adopted]
    return merged(read, period[0]) if read else configuration.inventory


def _read_inventory(records: Records, digest: str, zone: tzinfo) -> Inventory:
    return inventory_of(records.configuration(digest) or "{}", zone=zone)


def _policies(records: Records, configuration: Configuration, end: datetime) -> Policies:
    """Return the versions side by side at the period's end; faults are read by any that was ever used."""
    adopted = _adopted(records, PolicyAdopted, before=end)
    versions = configuration.policies.versions
    if adopted:
        versions = policies_of(records.configuration(adopted[-1].what) or "[]")
    return Policies(versions, retired=(*configuration.policies.versions, *used_policies(records)))


def _adopted(records: Records, kind: type[ConfigurationAdopted], *, before: datetime) -> Sequence[Adopted[str]]:
    """Return the digests of what was adopted before an instant, in order."""
    events = (recorded.event for recorded in records.events(kinds=(kind,)))
    return [Adopted(each.at, each.digest) for each in events if isinstance(each, kind) and each.at < before]
