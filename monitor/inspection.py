"""What the registers say on a day, out of the record: gaps, hints and numbers (Art. 6 to 27), for screens and reports.

The inventory is the one on record at the day's end; the entries are as they stand now, so that a paper entered late
closes the gap of the days on which it held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.config.folder import Configuration
from monitor.faults.events import DeviceIdentified
from monitor.inventory.model import Inventory
from monitor.registers.entries import Registers
from monitor.registers.figures import Answers, Coverage, answers, coverage
from monitor.registers.gaps import MONTHS, Gap, Ground, gaps, midnight, months_after
from monitor.registers.identity import replacements
from monitor.resumption import registers
from monitor.retrospect import inventory_of_period
from monitor.store.records import Records

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """The registers on a day. ``answers`` are of the requests of the twelve months up to it."""

    on: date
    inventory: Inventory
    gaps: tuple[Gap, ...]
    hints: tuple[Gap, ...]
    coverage: tuple[Coverage, ...]
    answers: Answers


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The entries on record, and what they keep apart, by digest."""

    registers: Registers
    kept: Mapping[str, Mapping[str, str]]


def shelf(records: Records) -> Shelf:
    """Read the entries with all their versions, and of each version what is kept apart."""
    known = registers(records)
    digests = (version.digest for entry in known.all() for version in entry.versions)
    return Shelf(registers=known, kept=records.bodies(digest for digest in digests if digest is not None))


def inspect(records: Records, configuration: Configuration, on: date) -> Inspection:
    """Judge the registers on a local day.

    Raises:
        StoreError: the database cannot be read.
    """
    zone = configuration.settings.timezone
    end = midnight(on + ONE_DAY, zone)
    inventory = inventory_of_period(records, configuration, (midnight(on, zone), end))
    known = registers(records)
    identified = [recorded.event for recorded in records.events(kinds=(DeviceIdentified,))]
    ground = Ground(entries=known, inventory=inventory, zone=zone, replaced=replacements(identified))
    found = gaps(ground, on)
    return Inspection(
        on=on,
        inventory=inventory,
        gaps=tuple(gap for gap in found if not gap.kind.is_hint),
        hints=tuple(gap for gap in found if gap.kind.is_hint),
        coverage=tuple(coverage(inventory, on, zone)),
        answers=answers(known.all(), midnight(months_after(on + ONE_DAY, -MONTHS), zone), end),
    )
