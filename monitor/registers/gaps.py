"""What the registers lack on a day, and what is worth a question (the duties of Art. 6, 13, 16, 17, 23 and 27).

A day is a local one. Judged is by what is known now: a paper signed before the day and entered after it closes the
gap of that day too.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from monitor.inventory.model import Inventory, Line, UnitKind
from monitor.registers.definitions import CONNECTION, COUNTED, DEFINED
from monitor.registers.entries import Entry, Registers, Version
from monitor.registers.identity import Replaced
from monitor.registers.register import Owed, Register, SubjectKind

MONTHS = 12  # after which a filing is too old, an exercise or restore test worth a question
ONE_DAY = timedelta(days=1)
AROUND = timedelta(days=30)  # a change of a LAN finished this near to what was seen explains it
OBLIGED = (UnitKind.DEPARTMENT, UnitKind.TOWNSHIP)  # to be connected (Art. 6); villages follow step by step


class GapKind(StrEnum):
    """What is wrong. The last two are hints: worth a question, no violation."""

    MISSING = "missing"
    EXPIRED = "expired"
    TOO_OLD = "too_old"
    ERASED = "erased"
    UNCONNECTED = "unconnected"
    NOT_EXERCISED = "not_exercised"
    NOT_FILED = "not_filed"

    @property
    def is_hint(self) -> bool:
        """Tell whether the regulation names no term for it, or nothing proves it."""
        return self in (GapKind.NOT_EXERCISED, GapKind.NOT_FILED)


FROM_BEST = (GapKind.ERASED, GapKind.TOO_OLD, GapKind.EXPIRED)
"""Of several entries that fail, the one that is named: the nearest to holding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is not as the regulation wants it, of a unit or carrier (``subject``) and maybe a line of it.

    ``since`` is the first day of it, where that is known: after the expiry, the twelve months, the coming into service.
    """

    register: str
    kind: GapKind
    subject: str
    line: str | None = None
    entry: str | None = None
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What gaps are judged from: the entries, who is in service, and devices that were replaced."""

    entries: Registers
    inventory: Inventory
    zone: tzinfo
    replaced: Sequence[Replaced] = ()


def gaps(ground: Ground, on: date, registers: Iterable[Register] = DEFINED) -> list[Gap]:
    """Return every gap and hint of a day, by register and in the order of the inventory."""
    judging = _Judging(ground, on)
    found = [gap for register in registers for gap in judging.of(register)]
    return [*found, *judging.unconnected()]


def counted(found: Iterable[Gap]) -> dict[str, int]:
    """Count gaps, without hints, by register; of none 0 (``extranet_register_gaps``)."""
    count = Counter(gap.register for gap in found if not gap.kind.is_hint)
    return {name: count[name] for name in COUNTED}


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def midnight(on: date, zone: tzinfo) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(on, time(), zone)


def serving(inventory: Inventory, on: date, zone: tzinfo) -> list[Line]:
    """Return the lines that are in service at any instant of a local day, in the order of the inventory."""
    begin, end = midnight(on, zone), midnight(on + ONE_DAY, zone)
    return [
        line
        for line in inventory.lines.values()
        if (line.in_service_from is None or line.in_service_from < end)
        and (line.in_service_to is None or line.in_service_to > begin)
    ]


class _Judging:
    """One day, judged register by register."""

    def __init__(self, ground: Ground, on: date) -> None:
        self._ground, self._on = ground, on
        self._end = midnight(on + ONE_DAY, ground.zone)
        self._lines = serving(ground.inventory, on, ground.zone)

    def of(self, register: Register) -> Iterator[Gap]:
        """Yield the gaps and hints of a register."""
        for subject, lines in self._serving(register.subject).items():
            known = self._ground.entries.of(register.id, subject)
            said = [(entry, version) for entry in known if (version := self._speaking(entry, register)) is not None]
            if register.owed is Owed.SUBJECT:
                yield from self._lacking(register, said, subject, lines)
            elif register.owed is Owed.LINE:
                for line in lines:
                    yield from self._lacking(register, said, subject, [line])
            if register.exercised is not None:
                yield from self._not_exercised(register, said)
        if register.explains is not None:
            yield from self._not_filed(register)

    def unconnected(self) -> Iterator[Gap]:
        """Yield the departments and townships of the inventory without a line in service (Art. 6)."""
        connected = {line.unit for line in self._lines}
        for unit in self._ground.inventory.units.values():
            if unit.kind in OBLIGED and unit.id not in connected:
                yield Gap(register=CONNECTION, kind=GapKind.UNCONNECTED, subject=unit.id)

    def _serving(self, kind: SubjectKind) -> Mapping[str, list[Line]]:
        """Return the units or carriers with lines in service, in the order of the inventory, and these lines."""
        inventory, of_units = self._ground.inventory, kind is SubjectKind.UNIT
        found: dict[str, list[Line]] = {name: [] for name in (inventory.units if of_units else inventory.carriers)}
        for line in self._lines:
            found[line.unit if of_units else line.carrier].append(line)
        return {name: lines for name, lines in found.items() if lines}

    def _speaking(self, entry: Entry, register: Register) -> Version | None:
        return entry.speaking(self._on, register, self._ground.zone)

    # -- what is owed ----------------------------------------------------------------------------------------------

    def _lacking(
        self, register: Register, said: Sequence[tuple[Entry, Version]], subject: str, lines: Sequence[Line]
    ) -> Iterator[Gap]:
        """Yield the one gap that there is where no entry holds."""
        line = lines[0] if register.owed is Owed.LINE else None
        failings: list[Gap] = []
        for entry, version in said:
            if not _speaks_for(version, register, line):
                continue
            failing = self._failing(register, entry, version)
            if failing is None:
                return
            failings.append(failing)
        yield min(failings, key=_from_best) if failings else self._nothing(register, subject, lines)

    def _failing(self, register: Register, entry: Entry, version: Version) -> Gap | None:
        """Return why a version does not hold, None where it does."""
        kind, until = GapKind.EXPIRED, _day(version, register.expires)
        if until is None:
            kind, until = GapKind.TOO_OLD, self._twelve_months(version, register.renewed)
        since = None
        if until is not None and until < self._on:
            since = until + ONE_DAY
        elif version.digest is not None and version.erased_at is not None and version.erased_at < self._end:
            kind, since = GapKind.ERASED, version.erased_at.astimezone(self._ground.zone).date()
        if since is None:
            return None
        return Gap(register=register.id, kind=kind, subject=entry.subject, entry=entry.id, since=since)

    def _twelve_months(self, version: Version, names: Iterable[str | None]) -> date | None:
        """Return the last of the twelve months after the latest of some days, as far as they are past; else None."""
        days = [day for name in names if (day := _day(version, name)) is not None and day <= self._on]
        return months_after(max(days), MONTHS) if days else None

    def _nothing(self, register: Register, subject: str, lines: Sequence[Line]) -> Gap:
        begun = [line.in_service_from for line in lines]
        known = [at for at in begun if at is not None]
        since = min(known).astimezone(self._ground.zone).date() if len(known) == len(begun) else None
        line = lines[0].id if register.owed is Owed.LINE else None
        return Gap(register=register.id, kind=GapKind.MISSING, subject=subject, line=line, since=since)

    # -- hints -----------------------------------------------------------------------------------------------------

    def _not_exercised(self, register: Register, said: Iterable[tuple[Entry, Version]]) -> Iterator[Gap]:
        """Yield the entries without an exercise or restore test in the twelve months before the day."""
        for entry, version in said:
            until = self._twelve_months(version, (register.exercised, register.begins))
            if until is not None and until >= self._on:
                continue
            yield Gap(
                register=register.id,
                kind=GapKind.NOT_EXERCISED,
                subject=entry.subject,
                entry=entry.id,
                since=None if until is None else until + ONE_DAY,
            )

    def _not_filed(self, register: Register) -> Iterator[Gap]:
        """Yield the devices that were others within the twelve months before the day, without a filing near it."""
        for each in self._ground.replaced:
            line = self._ground.inventory.lines.get(each.line)
            seen = each.at.astimezone(self._ground.zone).date()
            if line is None or not seen <= self._on <= months_after(seen, MONTHS):
                continue
            filed = self._ground.entries.of(register.id, line.unit)
            if not any(self._explains(entry, register, line, seen) for entry in filed):
                yield Gap(register=register.id, kind=GapKind.NOT_FILED, subject=line.unit, line=line.id, since=seen)

    def _explains(self, entry: Entry, register: Register, line: Line, seen: date) -> bool:
        version = self._speaking(entry, register)
        if version is None or not _speaks_for(version, register, line):
            return False
        finished = _day(version, register.explains)
        return finished is not None and abs(finished - seen) <= AROUND


def _speaks_for(version: Version, register: Register, line: Line | None) -> bool:
    """Tell whether a version is of the line meant (one that names none is of all), and was accepted."""
    if register.accepted is not None and version.facts.get(register.accepted[0]) != register.accepted[1]:
        return False
    named = None if register.line is None else version.facts.get(register.line)
    return line is None or named is None or named == line.id


def _day(version: Version, name: str | None) -> date | None:
    value = None if name is None else version.facts.get(name)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _from_best(gap: Gap) -> tuple[int, date]:
    return FROM_BEST.index(gap.kind), gap.since or date.min
