"""Sheets of registers read into what is to be entered: everything wrong is named, with sheet, row and column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from typing import Any

from monitor.archive.grid import Finding, Found, Page, said
from monitor.archive.reading import REGISTER_NAMES, Reader, Row, assigned, of_other
from monitor.archive.register_sheets import ENTRY, IGNORED, SHEETS, YES, subject_columns
from monitor.archive.sheets import LINES
from monitor.config.problem import Said, nearest
from monitor.inventory.model import Carrier, Inventory, Unit
from monitor.registers.definitions import REGISTERS
from monitor.registers.drafting import Drafting, Masked, Plan, Planned, Unknown, Wanted
from monitor.registers.entries import Entry
from monitor.registers.register import Field, FieldKind, Register, SubjectKind
from monitor.registers.values import LONGEST, Value, read, slips
from monitor.wording.telephones import HIDDEN, mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What a file wants entered: the plans, how many rows say what is on record, everything wrong, what to know."""

    plans: tuple[Plan, ...]
    unchanged: int
    wrong: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What rows are compared with: what is on record, who there is, and which day it is."""

    drafting: Drafting
    inventory: Inventory
    zone: tzinfo
    today: date


def read_registers(found: Found, against: Comparison) -> Planning:
    """Read the sheets of registers that a file has; a row that is wrong is planned for nothing.

    Registers without a sheet, and entries without a row, stay as they are.
    """
    lines = (LINES.name, LINES.key)
    if other := of_other(found, own=REGISTER_NAMES, others=lines, word="book_of_archive"):
        return Planning(plans=(), unchanged=0, wrong=(other,))
    wrong = list(found.wrong)
    plans: list[Plan | None] = []
    places: dict[str, int] = {}
    for name, (sheet, grid) in assigned(found, wrong, tuple(SHEETS.values()), IGNORED):
        places[grid.name] = len(places)
        rows = list(Reader(found.file, sheet, grid, against.zone, wrong).rows())
        for row in rows:
            reading = _Reading(row, REGISTERS[name], against)
            if reading.is_what_is_left() and (of_row := _of_row(row, wrong)) is not None:
                wrong = [each for each in wrong if each not in of_row]
                plans.append(None)
                continue
            plans += reading.planned()
            wrong += reading.wrong
    if not places and not wrong:
        wrong.append(Page(found.file).problem((), said("no_register")))
    in_order = sorted(dict.fromkeys(wrong), key=lambda each: (places.get(each.sheet, -1), each.line, each.column))
    return Planning(
        plans=tuple(plan for plan in plans if plan is not None),
        unchanged=sum(plan is None for plan in plans),
        wrong=tuple(in_order),
        notes=found.notes,
    )


def _of_row(row: Row, wrong: Sequence[Finding]) -> Collection[Finding] | None:
    """Return what is wrong with a row where that is only what it lacks; None where it is anything else."""
    place = row.finding("", "missing")
    found = [each for each in wrong if (each.sheet, each.line) == (place.sheet, place.line)]
    lacking = all(isinstance(each.message, Said) and each.message.word == "missing" for each in found)
    return found if lacking else None


class _Reading:
    """Reads one row as an entry of its register."""

    def __init__(self, row: Row, register: Register, against: Comparison) -> None:
        self._row, self._register, self._against = row, register, against
        self.wrong: list[Finding] = []

    def is_what_is_left(self) -> bool:
        """Tell whether the row says what is on record of who or which line left, or of persons that were erased.

        Such an entry cannot be entered as it stands; an export has its row all the same.
        """
        subject, name = subject_columns(self._register)
        id, drafting = self._row.keys.get(subject.key), self._against.drafting
        if id is None or self._row.keys.get(name.key) not in (None, *self._names(id)):
            return False
        wanted = Wanted(register=self._register.id, subject=id, values={}, entry=self._row.keys.get(ENTRY))
        entry = drafting.meant(wanted)
        if entry is None or entry.subject != id or self._stands(entry):
            return False
        said = drafting.values_of(entry)
        return all(
            _is_same(field, self._row.keys[field.name], said.get(field.name), self._against.zone)
            for field in self._register.fields
            if field.name in self._row.keys
        )

    def _stands(self, entry: Entry) -> bool:
        """Tell whether an entry could be entered as it is: all that it names is there."""
        inventory, line = self._against.inventory, entry.latest.facts.get(self._register.line or "")
        there = inventory.lines.get(str(line))
        of_line = line is None or (there is not None and there.unit == entry.subject)
        return of_line and entry.subject in self._known() and entry.latest.erased_at is None

    def planned(self) -> Iterator[Plan | None]:
        """Yield what the row wants entered, None where it is on record; nothing where anything is wrong with it."""
        subject, against, register = self._subject(), self._against, self._register
        values, name = dict(self._values(subject)), self._row.keys.get(ENTRY)
        wanted = Wanted(register=register.id, subject=subject or "", values=values, entry=name)
        entry = against.drafting.meant(wanted)
        if entry is not None and subject is not None and entry.subject != subject:
            self._complain(ENTRY, "entry_of_another", found=entry.id, other=entry.subject)
        whole = {**self._kept(entry), **values}
        for field, slip in slips(register, whole, against.today, against.zone).items():
            _, other = self._row.page.columns.get(slip.other, (0, slip.other))
            self._complain(field, slip.word, found=slip.day, other=other, before=slip.before)
        if subject is not None and self._row.whole and not self.wrong:
            yield from self._plan(replace(wanted, values=whole))

    def _plan(self, wanted: Wanted) -> Iterator[Plan | None]:
        try:
            yield self._against.drafting.plan(wanted)
        except Masked as masked:
            self._complain(masked.field, "masked")
        except Planned as planned:
            word = "row_twice" if planned.new else "entry_twice"
            self._complain(subject_columns(self._register)[0].key, word, found=planned.entry)
        except Unknown as unknown:
            self._complain(ENTRY, "no_entry", found=unknown.entry)

    def _kept(self, entry: Entry | None) -> dict[str, Value]:
        """Return what stays of an entry because the sheet has no column for it."""
        known = {} if entry is None else self._against.drafting.values_of(entry)
        return {name: value for name, value in known.items() if name not in self._row.keys}

    def _subject(self) -> str | None:
        """Return whose entry it is: by id or by name, which must agree where both are given."""
        by_id, by_name = subject_columns(self._register)
        id, name = self._row.keys.get(by_id.key), self._row.keys.get(by_name.key)
        known, kind = self._known(), self._register.subject.value
        if id is None and name is None:
            if self._row.whole:
                self._complain(by_id.key, "no_subject", kind=kind)
            return None
        if id is not None:
            if id not in known:
                near = next(iter(self._named(id)), None) or nearest(id, list(known)) or ""
                self._complain(by_id.key, "dangling", kind=kind, found=id, near=near)
                return None
            if name is not None and id not in self._named(name):
                self._complain(by_name.key, "name_of_another", found=name, other=known[id].short_name)
                return None
            return str(id)
        named = self._named(str(name))
        if len(named) == 1:
            return named[0]
        if named:
            self._complain(by_name.key, "name_of_several", kind=kind, found=name, ids="、".join(named))
        else:
            near = nearest(str(name), [each.short_name for each in known.values()]) or ""
            self._complain(by_name.key, "unknown_name", kind=kind, found=name, near=near)
        return None

    def _known(self) -> Mapping[str, Unit | Carrier]:
        inventory = self._against.inventory
        return inventory.units if self._register.subject is SubjectKind.UNIT else inventory.carriers

    def _names(self, id: str) -> Sequence[str]:
        known = self._known().get(id)
        return () if known is None else (known.name, known.short_name)

    def _named(self, name: str) -> Sequence[str]:
        return [each.id for each in self._known().values() if name in (each.name, each.short_name)]

    def _values(self, subject: str | None) -> Iterator[tuple[str, Value]]:
        for field in self._register.fields:
            cell = self._row.keys.get(field.name)
            value = None if cell is None else self._value(field, cell, subject)
            if value is not None:
                yield field.name, value

    def _value(self, field: Field, cell: Any, subject: str | None) -> Value | None:
        match field.kind:
            case FieldKind.DAY:
                return self._day(field, cell)
            case FieldKind.FLAG:
                return bool(cell == YES)
            case FieldKind.LINE:
                return self._line(field, str(cell), subject)
            case FieldKind.PHONE if HIDDEN not in str(cell):
                return self._read(field, str(cell), "no_phone")
            case FieldKind.TEXT:
                return self._read(field, str(cell), "too_long", most=LONGEST)
            case _:
                given: Value = cell
                return given

    def _day(self, field: Field, cell: datetime) -> date:
        local = cell.astimezone(self._against.zone)
        if local.time() != time():
            self._complain(field.name, "day_alone", found=f"{local:%Y-%m-%d %H:%M}", mended=f"{local:%Y-%m-%d}")
        return local.date()

    def _line(self, field: Field, name: str, subject: str | None) -> str | None:
        line = self._against.inventory.lines.get(name)
        if line is not None and line.unit == subject:
            return name
        if line is not None and subject is not None:
            self._complain(field.name, "line_of_another", found=name, other=line.unit)
        elif line is None:
            near = nearest(name, list(self._against.inventory.lines)) or ""
            self._complain(field.name, "dangling", kind="line", found=name, near=near)
        return None

    def _read(self, field: Field, text: str, word: str, **given: object) -> Value | None:
        try:
            return read(field, text, self._against.zone)
        except ValueError:
            self._complain(field.name, word, found=text[:20], **given)
            return None

    def _complain(self, key: str, word: str, **given: object) -> None:
        self.wrong.append(self._row.finding(key, word, **given))


def _is_same(field: Field, cell: Any, value: Value | None, zone: tzinfo) -> bool:
    """Tell whether a cell says what is on record, a telephone number masked or whole."""
    match field.kind:
        case FieldKind.FLAG:
            return (cell == YES) is bool(value)
        case FieldKind.DAY if cell is not None and isinstance(value, date):
            return bool(cell == datetime.combine(value, time(), zone))
        case FieldKind.PHONE if value is not None:
            return cell in (value, mask(str(value)))
        case _:
            return bool(cell == value)
