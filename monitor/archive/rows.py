"""An inventory as the rows of the sheets: what each cell holds, in the language of the headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo

from monitor.archive.cells import fits, held_date, listed, plain
from monitor.archive.grid import Found, Grid
from monitor.archive.sheets import CONTACTS, OWNED_IN, SHEETS, Column, Sheet
from monitor.config.quantities import format_instant
from monitor.inventory.model import Carrier, Contact, Inventory, Unit
from monitor.wording.telephones import mask

Held = str | float | date | datetime | None
OWNERS = {section: kind for kind, section in OWNED_IN.items()}


def rows_of(sheet: Sheet, inventory: Inventory, *, zone: tzinfo, chinese: bool, full: bool) -> list[Sequence[Held]]:
    """Return the rows of a sheet below its headings, each a cell a column; without ``full`` telephones are masked."""
    if sheet is CONTACTS:
        entities = _contacts(inventory, full=full)
    else:
        entities = ({key: getattr(entity, key) for key in _keys(sheet)} for entity in _section(inventory, sheet))
    return [
        [held(column, keys[column.key], zone=zone, chinese=chinese) for column in sheet.columns] for keys in entities
    ]


def cells_of(sheet: Sheet, entity: object, *, zone: tzinfo, chinese: bool, masked: bool = False) -> Mapping[str, Held]:
    """Return the cells of one entity by key; of carriers and units the contacts too, one text.

    ``masked``: their telephone numbers as screens show them.
    """
    found = {
        column.key: held(column, getattr(entity, column.key), zone=zone, chinese=chinese) for column in sheet.columns
    }
    if isinstance(entity, Carrier | Unit):
        told = "；".join(
            _said(_masked(each) if masked else each, zone=zone, chinese=chinese) for each in entity.contacts
        )
        found["contacts"] = told or None
    return found


def held(column: Column, value: object, *, zone: tzinfo, chinese: bool) -> Held:
    """Return what a cell holds of a value; as text what a number's or a date's cell could not hold."""
    match value:
        case None | ():
            return None
        case datetime():
            return held_date(value, zone) or format_instant(value, zone=zone)
        case int() | float():
            return float(value) if fits(float(value)) else plain(float(value))
        case tuple():
            return listed(value)
        case _:
            text = str(value)
            return column.words.get(text, text) if chinese else text


def sheets_of(
    inventory: Inventory, *, zone: tzinfo, chinese: bool, full: bool
) -> Iterator[tuple[Sheet, list[Sequence[Held]]]]:
    """Go through the sheets and their rows, the headings first; without ``full`` telephone numbers are masked."""
    for sheet in SHEETS:
        headings: Sequence[Held] = [column.heading(chinese=chinese) for column in sheet.columns]
        yield sheet, [headings, *rows_of(sheet, inventory, zone=zone, chinese=chinese, full=full)]


def found_of(file: str, sheets: Iterable[tuple[Sheet, Sequence[Sequence[Held]]]], *, typed: bool) -> Found:
    """Return what a reader would find in a file of these rows."""
    return Found(
        file=file,
        grids=tuple(
            Grid(
                name=sheet.name,
                typed=typed,
                rows={
                    number: {place: cell for place, cell in enumerate(row, start=1) if cell is not None}
                    for number, row in enumerate(rows, start=1)
                },
            )
            for sheet, rows in sheets
        ),
    )


def _section(inventory: Inventory, sheet: Sheet) -> Iterator[object]:
    entities: Mapping[str, object] = getattr(inventory, sheet.key)
    yield from entities.values()


def _keys(sheet: Sheet) -> list[str]:
    return [column.key for column in sheet.columns]


def _contacts(inventory: Inventory, *, full: bool) -> Iterator[Mapping[str, object]]:
    sections: Mapping[str, Mapping[str, Carrier | Unit]] = {"carriers": inventory.carriers, "units": inventory.units}
    for section, entities in sections.items():
        for entity in entities.values():
            for contact in entity.contacts:
                shown = contact if full else _masked(contact)
                yield {"owner_kind": OWNERS[section], "owner": entity.id, **_person(shown)}


def _person(contact: Contact) -> Mapping[str, object]:
    return {"role": contact.role, "name": contact.name, "phone": contact.phone, "email": contact.email}


def _masked(contact: Contact) -> Contact:
    return contact if contact.phone is None else replace(contact, phone=mask(contact.phone))


def _said(contact: Contact, *, zone: tzinfo, chinese: bool) -> str:
    columns = {column.key: column for column in CONTACTS.columns}
    cells = (held(columns[key], value, zone=zone, chinese=chinese) for key, value in _person(contact).items())
    return " ".join(str(cell) for cell in cells if cell is not None)
