"""The registers as sheets: a column a field, a row an entry; and the lists of units and carriers to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo

from monitor.archive.cells import held_date
from monitor.archive.rows import Held
from monitor.archive.sheets import ABOUT, CARRIERS, UNITS, Column, Kind, Sheet
from monitor.inventory.model import Inventory
from monitor.registers.definitions import DEFINED
from monitor.registers.entries import Entry, Registers
from monitor.registers.register import Field, FieldKind, Register, SubjectKind
from monitor.registers.values import Value, spelled
from monitor.wording.telephones import mask

ENTRY, YES, NO = "entry", "yes", "no"
KINDS: Mapping[FieldKind, Kind] = {
    FieldKind.TEXT: Kind.NAME,
    FieldKind.PHONE: Kind.CODE,
    FieldKind.DAY: Kind.DATE,
    FieldKind.INSTANT: Kind.INSTANT,
    FieldKind.FLAG: Kind.CHOICE,
    FieldKind.CHOICE: Kind.CHOICE,
    FieldKind.LINE: Kind.CODE,
}
WIDTHS = {FieldKind.TEXT: 26, FieldKind.PHONE: 18, FieldKind.DAY: 12, FieldKind.INSTANT: 18, FieldKind.LINE: 20}
LISTS = {
    SubjectKind.UNIT: Sheet(key=UNITS.key, name=UNITS.name, columns=UNITS.columns[:3]),
    SubjectKind.CARRIER: Sheet(key=CARRIERS.key, name=CARRIERS.name, columns=CARRIERS.columns[:3]),
}
IGNORED = (*ABOUT, *(name for sheet in LISTS.values() for name in (sheet.name, sheet.key)))
"""Sheets that are there to choose from and to read, and are not imported."""


def subject_columns(register: Register) -> tuple[Column, Column]:
    """Return the columns that say whose an entry is: by id, by name."""
    if register.subject is SubjectKind.UNIT:
        return Column(key="unit", name="单位编号", ids_of=UNITS.key, width=20), _name("unit_name", "单位名称")
    return Column(key="carrier", name="运营商编号", ids_of=CARRIERS.key, width=20), _name("carrier_name", "运营商名称")


def sheet_of(register: Register) -> Sheet:
    """Return the sheet of a register."""
    numbered = (Column(key=ENTRY, name="登记编号", width=20),) if register.several else ()
    fields = (_column(each) for each in register.fields)
    return Sheet(key=register.id, name=register.title.zh_CN, columns=(*subject_columns(register), *numbered, *fields))


def filled(
    registers: Iterable[Register],
    known: Registers,
    kept: Mapping[str, Mapping[str, str]],
    inventory: Inventory,
    *,
    zone: tzinfo,
    chinese: bool,
    full: bool,
) -> Iterator[tuple[Sheet, list[Sequence[Held]]]]:
    """Go through the sheets of registers with their entries as they stand, and the lists to choose from behind.

    Without ``full`` telephone numbers are masked. Withdrawn entries are left out.
    """
    wanted = tuple(registers)
    for register in wanted:
        sheet = SHEETS[register.id]
        rows = [
            _row(sheet, register, entry, kept, inventory, zone=zone, chinese=chinese, full=full)
            for entry in known.all()
            if entry.register == register.id and not entry.is_withdrawn
        ]
        yield sheet, [_headings(sheet, chinese=chinese), *rows]
    for kind in dict.fromkeys(register.subject for register in wanted):
        sheet, entities = LISTS[kind], (inventory.units if kind is SubjectKind.UNIT else inventory.carriers).values()
        listed: list[Sequence[Held]] = [(each.id, each.name, each.short_name) for each in entities]
        yield sheet, [_headings(sheet, chinese=chinese), *listed]


def _row(
    sheet: Sheet,
    register: Register,
    entry: Entry,
    kept: Mapping[str, Mapping[str, str]],
    inventory: Inventory,
    *,
    zone: tzinfo,
    chinese: bool,
    full: bool,
) -> Sequence[Held]:
    latest = entry.latest
    apart = {} if latest.digest is None else kept.get(latest.digest, {})
    subject, name = subject_columns(register)
    cells: dict[str, Held] = {
        subject.key: entry.subject,
        name.key: _short_name(entry.subject, register, inventory),
        ENTRY: entry.id,
    }
    for field in register.fields:
        value = latest.facts.get(field.name, spelled(field, apart[field.name]) if field.name in apart else None)
        cells[field.name] = _held(field, value, zone=zone, chinese=chinese, full=full)
    return [cells[column.key] for column in sheet.columns]


def _held(field: Field, value: Value | None, *, zone: tzinfo, chinese: bool, full: bool) -> Held:
    if value is None:
        return None
    if isinstance(value, bool):
        code = YES if value else NO
        return {YES: "是", NO: "否"}[code] if chinese else code
    if isinstance(value, datetime):
        return held_date(value, zone)
    if isinstance(value, date):
        return value
    if field.kind is FieldKind.CHOICE and chinese and value in field.choices:
        return field.choices[value].zh_CN
    return mask(value) if field.kind is FieldKind.PHONE and not full else value


def _short_name(subject: str, register: Register, inventory: Inventory) -> str | None:
    known = inventory.units.get(subject) if register.subject is SubjectKind.UNIT else inventory.carriers.get(subject)
    return None if known is None else known.short_name


def _headings(sheet: Sheet, *, chinese: bool) -> Sequence[Held]:
    return [column.heading(chinese=chinese) for column in sheet.columns]


def _column(field: Field) -> Column:
    words = {code: title.zh_CN for code, title in field.choices.items()}
    if field.kind is FieldKind.FLAG:
        words = {YES: "是", NO: "否"}
    return Column(
        key=field.name,
        name=field.title.zh_CN,
        kind=KINDS[field.kind],
        needed=field.needed,
        words=words,
        width=WIDTHS.get(field.kind, 12),
    )


def _name(key: str, name: str) -> Column:
    return Column(key=key, name=name, kind=Kind.NAME, width=20)


SHEETS = {register.id: sheet_of(register) for register in DEFINED}
