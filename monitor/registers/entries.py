"""The entries of the registers with all their versions, folded from the ledger: nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from monitor.faults.events import Event, RegisterEntered, RegisterErased
from monitor.faults.terms import Change
from monitor.registers.definitions import REGISTERS
from monitor.registers.register import Register
from monitor.registers.values import Value, day_of, spelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What somebody entered at ``at``. ``facts`` are what the ledger holds of it, by field.

    The rest is kept apart under ``digest``, until ``erased_at``.
    """

    number: int
    at: datetime
    change: Change
    facts: Mapping[str, Value]
    digest: str | None = None
    who: str | None = None
    why: str | None = None
    attachment: str | None = None
    erased_at: datetime | None = None

    def is_erased(self, end: datetime) -> bool:
        """Tell whether what it kept apart was erased before an instant."""
        return self.erased_at is not None and self.erased_at < end


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry with every version that it had, the oldest first."""

    register: str
    id: str
    subject: str
    versions: tuple[Version, ...]

    @property
    def latest(self) -> Version:
        """The version that was entered last."""
        return self.versions[-1]

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether the entry was taken back: then it counts for no day."""
        return self.latest.change is Change.WITHDRAWN

    def counted(self) -> list[Version]:
        """Return the versions that count, the oldest first: none that was corrected, none before a withdrawal."""
        found: list[Version] = []
        for version in self.versions:
            if version.change is Change.WITHDRAWN:
                found.clear()
                continue
            if version.change is Change.CORRECTED and found:
                found.pop()
            found.append(version)
        return found

    def speaking(self, on: date, register: Register, zone: tzinfo) -> Version | None:
        """Return the version that speaks of a day: the last entered of those that begin on it or before; or None."""
        begun = [each for each in self.counted() if _begins(each, register, zone) <= on]
        return begun[-1] if begun else None


class Registers:
    """Every entry, moved on by events. ``revision`` moves with them: what was computed before is of another state."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Go on from entries made before."""
        self._entries: dict[tuple[str, str], Entry] = {}
        self._of: dict[tuple[str, str], dict[str, Entry]] = {}
        self.revision = 0
        for entry in entries:
            self._keep(entry)

    def all(self) -> tuple[Entry, ...]:
        """Return every entry, in the order in which they began; those withdrawn too."""
        return tuple(self._entries.values())

    def of(self, register: str, subject: str) -> tuple[Entry, ...]:
        """Return the entries of a unit or carrier in a register; those withdrawn too."""
        return tuple(self._of.get((register, subject), {}).values())

    def named(self, register: str, name: str) -> Entry | None:
        """Return the entry of that id, if there is one."""
        return self._entries.get((register, name))

    def copy(self) -> Registers:
        """Return the same entries, which do not move on."""
        copied = Registers()
        copied._entries = self._entries.copy()
        copied._of = {key: entries.copy() for key, entries in self._of.items()}
        copied.revision = self.revision
        return copied

    def take(self, event: Event) -> None:
        """Fold an event in."""
        match event:
            case RegisterEntered():
                self._keep(_entered(self.named(event.register, event.entry), event))
            case RegisterErased():
                before = self.named(event.register, event.entry)
                if before is not None:
                    self._keep(_erased(before, event))
            case _:
                return
        self.revision += 1

    def _keep(self, entry: Entry) -> None:
        self._entries[entry.register, entry.id] = entry
        self._of.setdefault((entry.register, entry.subject), {})[entry.id] = entry


def facts_of(register: str, facts: Mapping[str, str]) -> dict[str, Value]:
    """Return the values of an event's facts; of a register or field that no longer is one, the texts."""
    known = REGISTERS.get(register)
    return {name: spelled(known.by_name.get(name) if known else None, text) for name, text in facts.items()}


def entered(events: Iterable[Event]) -> Registers:
    """Return the entries that events make, from nothing."""
    registers = Registers()
    for event in events:
        registers.take(event)
    return registers


def _entered(before: Entry | None, event: RegisterEntered) -> Entry:
    version = Version(
        number=event.version,
        at=event.at,
        change=event.change,
        facts=facts_of(event.register, event.facts),
        digest=event.digest,
        who=event.who,
        why=event.why,
        attachment=event.attachment,
    )
    earlier = () if before is None else before.versions
    return Entry(register=event.register, id=event.entry, subject=event.subject, versions=(*earlier, version))


def _erased(before: Entry, event: RegisterErased) -> Entry:
    versions = (
        replace(each, erased_at=each.erased_at or event.at) if each.number in event.versions else each
        for each in before.versions
    )
    return replace(before, versions=tuple(versions))


def _begins(version: Version, register: Register, zone: tzinfo) -> date:
    """Return the day from which a version speaks: from ever, where its register names none."""
    value = None if register.begins is None else version.facts.get(register.begins)
    return (None if value is None else day_of(value, zone)) or date.min
