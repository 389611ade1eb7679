"""What one inventory has that another has not: new, changed and gone entities, each value old and new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from monitor.archive.rows import Held, cells_of
from monitor.archive.sheets import CONTACTS, SHEETS, Sheet
from monitor.inventory.model import Inventory


class Change(StrEnum):
    """What became of an entity."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is other than before: its key (``address``, ``contacts``), None where there was or is none."""

    key: str
    old: Held
    new: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What became of one entity of a section; a new one has all its values, one that is gone none."""

    change: Change
    section: str
    id: str
    name: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Everything that changes; ``reordered`` are sections whose entities stand in another order, which breaks ties."""

    found: tuple[Difference, ...] = ()
    reordered: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything changes."""
        return bool(self.found or self.reordered)

    def gone(self, section: str) -> tuple[str, ...]:
        """Return the ids that leave a section."""
        return tuple(each.id for each in self.found if each.section == section and each.change is Change.GONE)


def differences(old: Inventory, new: Inventory, *, zone: tzinfo, chinese: bool) -> Differences:
    """Compare two inventories; values are as the cells of the workbook hold them, in the language of its headings.

    Where a Chinese cell says the same of a word and of the code that it stands for, they are as the inventory has them.

    Telephone numbers are masked; two that look alike so are a difference all the same.
    """
    sections = [sheet for sheet in SHEETS if sheet is not CONTACTS]
    return Differences(
        found=tuple(each for sheet in sections for each in _of_sheet(sheet, old, new, zone, chinese)),
        reordered=tuple(sheet.key for sheet in sections if _reordered(_section(old, sheet), _section(new, sheet))),
    )


def _of_sheet(sheet: Sheet, old: Inventory, new: Inventory, zone: tzinfo, chinese: bool) -> Iterator[Difference]:
    before, after = _section(old, sheet), _section(new, sheet)
    for name, entity in after.items():
        if entity == before.get(name):
            continue
        yield Difference(
            change=Change.CHANGED if name in before else Change.NEW,
            section=sheet.key,
            id=name,
            name=_name(sheet, entity, new),
            values=_values(sheet, before.get(name), entity, zone, chinese)
            or _values(sheet, before.get(name), entity, zone, chinese=False),
        )
    for name, entity in before.items():
        if name not in after:
            yield Difference(change=Change.GONE, section=sheet.key, id=name, name=_name(sheet, entity, old))


def _values(sheet: Sheet, before: object, after: object, zone: tzinfo, chinese: bool) -> tuple[Value, ...]:
    cells, shown = _cells(sheet, after, zone, chinese)
    earlier, shown_before = ({}, {}) if before is None else _cells(sheet, before, zone, chinese)
    return tuple(
        Value(key, shown_before.get(key), shown[key]) for key, cell in cells.items() if cell != earlier.get(key)
    )


def _cells(sheet: Sheet, entity: object, zone: tzinfo, chinese: bool) -> tuple[Mapping[str, Held], Mapping[str, Held]]:
    """Return the cells of an entity, and the same as they are shown: telephone numbers masked."""
    whole, masked = (cells_of(sheet, entity, zone=zone, chinese=chinese, masked=hidden) for hidden in (False, True))
    return whole, masked


def _section(inventory: Inventory, sheet: Sheet) -> Mapping[str, object]:
    found: Mapping[str, object] = getattr(inventory, sheet.key)
    return found


def _name(sheet: Sheet, entity: object, inventory: Inventory) -> str:
    """Return what people call an entity: its own name, a line's unit."""
    if sheet.key == "lines":
        unit = inventory.units.get(getattr(entity, "unit", ""))
        return "" if unit is None else unit.short_name
    return str(getattr(entity, "name", ""))


def _reordered(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Tell whether those that stay stand in another order."""
    return [name for name in before if name in after] != [name for name in after if name in before]
