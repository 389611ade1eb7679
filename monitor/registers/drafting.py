"""What people want entered, compared with what is on record: which entry it is, which version, whether it is news."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.faults.terms import Change
from monitor.registers.actions import Draft
from monitor.registers.definitions import REGISTERS
from monitor.registers.entries import Entry, Registers
from monitor.registers.register import FieldKind, Register
from monitor.registers.values import Value, spell
from monitor.wording.telephones import HIDDEN, mask

Kept = Mapping[str, Mapping[str, str]]  # what is kept apart, by digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An entry as somebody wants it to be from now on; ``entry`` None: found by its fields, or a new one."""

    register: str
    subject: str
    values: Mapping[str, Value]
    entry: str | None = None
    change: Change = Change.ENTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A draft but for its digest, and what it is to keep apart."""

    draft: Draft
    apart: Mapping[str, str]


class Masked(ValueError):
    """A telephone number was given masked that is not the one on record; ``field`` is its name."""

    def __init__(self, field: str) -> None:
        """Name the field."""
        super().__init__(f"{field}: this telephone number is masked and not the one on record: write it whole")
        self.field = field


class Planned(ValueError):
    """An entry is there twice among those wanted; ``new``: it has no id yet, and its fields are the same."""

    def __init__(self, entry: str, *, new: bool = False) -> None:
        """Name it."""
        super().__init__(f"the entry {entry} is there twice")
        self.entry, self.new = entry, new


class Unknown(ValueError):
    """There is no entry of an id given."""

    def __init__(self, entry: str) -> None:
        """Name it."""
        super().__init__(f"there is no entry {entry}: leave the id out for a new one")
        self.entry = entry


class Drafting:
    """Plans what is to be entered, one after another: each knows those planned before it."""

    def __init__(self, registers: Registers, kept: Kept) -> None:
        """Compare with these entries and what they keep apart."""
        self._registers, self._kept = registers, kept
        self._new: Counter[tuple[str, str]] = Counter()
        self._planned: set[tuple[str, str]] = set()
        self._keys: dict[tuple[object, ...], str] = {}

    def plan(self, wanted: Wanted) -> Plan | None:
        """Return what is to be entered, None where just that is on record.

        Raises:
            Masked: a telephone number is given masked, and not the one on record.
            Planned: the same entry was planned before.
            Unknown: there is no entry of the id given.
        """
        register = REGISTERS[wanted.register]
        entry = self.meant(wanted)
        if entry is None and wanted.entry is not None and register.several:
            raise Unknown(wanted.entry)
        name = entry.id if entry is not None else wanted.entry or self._fresh(wanted, register)
        if (register.id, name) in self._planned:
            raise Planned(name)
        self._planned.add((register.id, name))
        if entry is None and register.several:
            key = (register.id, wanted.subject, *(wanted.values.get(each) for each in register.several))
            if self._keys.setdefault(key, name) != name:
                raise Planned(self._keys[key], new=True)
        values = {key: value for key, value in self._whole(wanted, register, entry).items() if value is not False}
        if entry is not None and wanted.change is Change.ENTERED and values == self.values_of(entry):
            return None
        facts = {key: spell(value) for key, value in values.items() if not _apart(register, key)}
        draft = Draft(
            register=register.id,
            entry=name,
            version=1 if entry is None else len(entry.versions) + 1,
            subject=wanted.subject,
            change=wanted.change,
            facts=facts,
        )
        return Plan(draft=draft, apart={key: str(value) for key, value in values.items() if _apart(register, key)})

    def values_of(self, entry: Entry) -> dict[str, Value]:
        """Return what an entry says by its latest version, as far as it is there."""
        apart = {} if entry.latest.digest is None else self._kept.get(entry.latest.digest, {})
        return {**entry.latest.facts, **apart}

    def meant(self, wanted: Wanted) -> Entry | None:
        """Return the entry on record that is meant: the one named, the subject's only one, or one of the same key."""
        register = REGISTERS[wanted.register]
        if wanted.entry is not None or not register.several:
            return self._registers.named(register.id, wanted.entry or wanted.subject)
        key = [wanted.values.get(name) for name in register.several]
        for entry in self._registers.of(register.id, wanted.subject):
            values = self.values_of(entry)
            if not entry.is_withdrawn and key == [values.get(name) for name in register.several]:
                return entry
        return None

    def _fresh(self, wanted: Wanted, register: Register) -> str:
        """Return the id of a new entry: the subject's, numbered where it may have several."""
        if not register.several:
            return wanted.subject
        while True:
            self._new[register.id, wanted.subject] += 1
            name = f"{wanted.subject}-{self._new[register.id, wanted.subject]}"
            if self._registers.named(register.id, name) is None and (register.id, name) not in self._planned:
                return name

    def _whole(self, wanted: Wanted, register: Register, entry: Entry | None) -> dict[str, Value]:
        """Return the values with each masked telephone number replaced by the one on record that it shows."""
        known, whole = {} if entry is None else self.values_of(entry), dict(wanted.values)
        for name, value in wanted.values.items():
            if register.by_name[name].kind is FieldKind.PHONE and HIDDEN in str(value):
                before = known.get(name)
                if not isinstance(before, str) or mask(before) != value:
                    raise Masked(name)
                whole[name] = before
        return whole


def with_digest(plan: Plan, digest: str | None) -> Draft:
    """Return the draft of a plan, sealed."""
    return replace(plan.draft, digest=digest)


def _apart(register: Register, name: str) -> bool:
    return register.by_name[name].kind.kept_apart
