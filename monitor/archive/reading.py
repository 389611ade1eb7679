"""The sheets of an archive read into an inventory: everything wrong is named at once, with sheet, row and column."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from monitor.archive.cells import BLANKS, read_cell
from monitor.archive.grid import Cells, Failed, Finding, Found, Grid, Merged, Page, said
from monitor.archive.masked import is_masked, kept_numbers
from monitor.archive.sheets import ABOUT, CONTACTS, LINES, OWNED_IN, SHEETS, Column, Sheet
from monitor.config.census import Census, Entry
from monitor.config.cross_checks import SINGULAR, cross_checked, ports_given_twice
from monitor.config.inventory import NEEDED, inventory_of
from monitor.config.problem import Said, Suggestions, nearest
from monitor.inventory.model import Carrier, Inventory, Role, Unit, UnitKind
from monitor.registers.definitions import DEFINED

ENUMS: Mapping[tuple[str, str], type[Role] | type[UnitKind]] = {("units", "kind"): UnitKind, ("lines", "role"): Role}
REGISTER_NAMES = frozenset(name for each in DEFINED for name in (each.title.zh_CN, each.id))
HEAD = 1  # the row of the headings
SEPARATED_OTHERWISE = re.compile(r"[\t;；|]")  # what stands in the one heading of a file of CSV without commas
NOTHING = Inventory()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What an archive says: as much as could be read of it, everything wrong, and what people should know."""

    inventory: Inventory
    wrong: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what is right of it by key, and whether nothing is wrong."""

    page: Page
    number: int
    keys: dict[str, Any]
    whole: bool

    def finding(self, key: str, word: str, **given: object) -> Finding:
        """Return a finding of one of its cells."""
        return self.page.problem((self.number, key), said(word, **given))


def read_archive(
    found: Found, *, zone: tzinfo, profiles: Collection[str] | None, present: Inventory | None = NOTHING
) -> Read:
    """Read an archive; ``profiles`` are the SNMP profiles that a line can name, None where any will do.

    A masked telephone number is the one that the same contact has in the ``present`` inventory, and wrong where it has
    none; with None, which inventory that would be is not known, it stays masked, and a note says so.
    """
    if other := of_other(found, own=(LINES.name, LINES.key), others=REGISTER_NAMES, word="book_of_registers"):
        return Read(inventory=Inventory(), wrong=(other,))
    wrong = list(found.wrong)
    grids = dict(assigned(found, wrong))
    readers = {key: Reader(found.file, sheet, grid, zone, wrong) for key, (sheet, grid) in grids.items()}
    missing = [] if found.wrong else [sheet for sheet in SHEETS if sheet.key not in grids]
    wrong += (_of_file(found, "missing_sheet", name=sheet.name, key=sheet.key) for sheet in missing)
    rows = {key: list(reader.rows()) for key, reader in readers.items()}
    unseen = () if present is not None else tuple(_unseen(readers, rows))
    if present is not None:
        rows[CONTACTS.key] = _unmasked(rows, present, wrong)
    census = _census(rows)
    # where a sheet is not whole, all that names it would only seem wrong
    if not found.wrong and not missing and all(reader.readable for reader in readers.values()):
        wrong += disagreements(census, profiles=profiles)
        wrong += _ownerless(rows, census)
        wrong += (readers[key].finding("empty_sheet") for key in NEEDED if not rows[key])
    order = {grid.name: place for place, (_, grid) in enumerate(grids.values(), start=1)}
    in_order = sorted(dict.fromkeys(wrong), key=lambda each: _place(each, order))
    notes = (*found.notes, *unseen, *_same_names(readers, census))
    return Read(inventory=inventory_of(census), wrong=tuple(in_order), notes=notes)


def disagreements(census: Census, *, profiles: Collection[str] | None) -> Iterator[Finding]:
    """Name everything that the entities of an archive do not agree on, ports too (Art. 21)."""
    named = _named(census)
    found: list[Finding] = []
    for problem in (*cross_checked(census, profiles=profiles), *ports_given_twice(census)):
        if not isinstance(problem, Finding):
            raise TypeError("the entities of an archive stand on pages")
        found.append(_with_id(problem, named))
    yield from _gathered(found)


def _gathered(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Name a profile that there is not once, with how many lines want it: what is missing stands elsewhere."""
    wanting = Counter(finding.message for finding in findings if _wants_profile(finding))
    told: set[str] = set()
    for finding in findings:
        message = finding.message
        if not isinstance(message, Said) or not _wants_profile(finding):
            yield finding
        elif message not in told:
            told.add(message)
            yield replace(finding, message=said(message.word, **{**message.given, "count": str(wanting[message])}))


def _wants_profile(finding: Finding) -> bool:
    return isinstance(finding.message, Said) and finding.message.word in ("unknown_profile", "no_profiles")


def _named(census: Census) -> Mapping[str, Mapping[str, set[str]]]:
    return {SINGULAR[section]: _by_name(entries) for section, entries in census.items()}


def _by_name(entries: Iterable[Entry]) -> Mapping[str, set[str]]:
    """Return the ids by the names, whole and short, that people may write in their place."""
    ids: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for key in ("name", "short_name"):
            if "id" in entry.keys and key in entry.keys:
                ids[entry.keys[key]].add(entry.keys["id"])
    return ids


def _with_id(finding: Finding, named: Mapping[str, Mapping[str, set[str]]]) -> Finding:
    """Say which id was meant where people wrote a name in its place."""
    message = finding.message
    if not isinstance(message, Said) or message.word != "dangling" or message.given["near"]:
        return finding
    meant = named[message.given["kind"]].get(message.given["found"], ())
    if len(meant) != 1:
        return finding
    return replace(finding, message=said("dangling", **{**message.given, "near": next(iter(meant))}))


def _place(finding: Finding, order: Mapping[str, int]) -> tuple[int, int, int]:
    return order.get(finding.sheet, 0), finding.line, finding.column


def _of_file(archive: Found, word: str, **given: object) -> Finding:
    return Page(archive.file).problem((), said(word, **given))


def of_other(found: Found, *, own: Collection[str], others: Collection[str], word: str) -> Finding | None:
    """Return that a file has sheets of another kind of book, and none of its own."""
    names = {grid.name.strip(BLANKS).casefold() for grid in found.grids}
    return _of_file(found, word) if names & {*others} and not names & {*own} else None


def assigned(
    found: Found, wrong: list[Finding], sheets: Sequence[Sheet] = SHEETS, ignored: Collection[str] = ABOUT
) -> Iterator[tuple[str, tuple[Sheet, Grid]]]:
    """Tell which sheet each grid is, in the order of the sheets; those of some names are ``ignored``."""
    known = {name.casefold(): sheet for sheet in sheets for name in (sheet.name, sheet.key)}
    by_key: dict[str, tuple[Sheet, Grid]] = {}
    for grid in found.grids:
        sheet = known.get(grid.name.strip(BLANKS).casefold())
        page = Page(found.file, sheet=grid.name)
        if sheet is not None and sheet.key in by_key:
            wrong.append(page.problem((), said("sheet_twice", found=by_key[sheet.key][1].name)))
        elif sheet is not None:
            by_key[sheet.key] = sheet, grid
        elif grid.name not in ignored and grid.rows:
            near = nearest(grid.name, [name for sheet in sheets for name in (sheet.name, sheet.key)])
            wrong.append(page.problem((), said("unknown_sheet", near=near or "")))
    yield from ((sheet.key, by_key[sheet.key]) for sheet in sheets if sheet.key in by_key)


def _census(rows: Mapping[str, Sequence[Row]]) -> Census:
    contacts = _contacts(rows)
    census: dict[str, list[Entry]] = {}
    for sheet in SHEETS:
        if sheet is not CONTACTS:
            census[sheet.key] = [_entry(sheet.key, row, contacts) for row in rows.get(sheet.key, ())]
    return census


def _entry(section: str, row: Row, contacts: Mapping[tuple[str, str], Sequence[Row]]) -> Entry:
    keys = {
        key: ENUMS[section, key](value) if (section, key) in ENUMS else value
        for key, value in row.keys.items()
        if value is not None
    }
    owned = contacts.get((section, keys.get("id", "")), ())
    if owned:
        keys["contacts"] = tuple(
            {key: contact.keys[key] for key in ("role", "name", "phone", "email") if contact.keys.get(key) is not None}
            for contact in owned
        )
    return Entry(row.page, (row.number,), keys, row.whole and all(contact.whole for contact in owned))


def _contacts(rows: Mapping[str, Sequence[Row]]) -> Mapping[tuple[str, str], Sequence[Row]]:
    """Return the contacts by section and id of their owner."""
    owned: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows.get(CONTACTS.key, ()):
        if all(row.keys.get(key) is not None for key in ("owner_kind", "owner", "role")):
            owned[OWNED_IN[row.keys["owner_kind"]], row.keys["owner"]].append(row)
    return owned


def _unmasked(rows: Mapping[str, Sequence[Row]], present: Inventory, wrong: list[Finding]) -> list[Row]:
    """Return the contacts with the whole number of each that is masked; name those of which there is none to keep.

    That a contact's owner is not there, or how its number is written, is named elsewhere.
    """
    named = {(each.sheet, each.line, each.column) for each in wrong}
    unmasked = {row.number: row for row in rows.get(CONTACTS.key, ())}
    owners = {section: {row.keys.get("id") for row in rows.get(section, ())} for section in OWNED_IN.values()}
    for (section, owner), owned in _contacts(rows).items():
        entities: Mapping[str, Carrier | Unit] = getattr(present, section)
        contacts = entities[owner].contacts if owner in entities else ()
        kept = kept_numbers([row.keys for row in owned], contacts)
        for place, row in enumerate(owned):
            if place in kept:
                unmasked[row.number] = replace(row, keys={**row.keys, "phone": kept[place]})
            elif is_masked(row.keys) and owner in owners[section]:
                finding = row.finding("phone", "masked", found=row.keys["phone"])
                wrong += [finding] if (finding.sheet, finding.line, finding.column) not in named else []
    return list(unmasked.values())


def _unseen(readers: Mapping[str, Reader], rows: Mapping[str, Sequence[Row]]) -> Iterator[Finding]:
    """Say how many numbers are masked, where it is not known what they are."""
    count = sum(is_masked(row.keys) for row in rows.get(CONTACTS.key, ()))
    if count:
        yield readers[CONTACTS.key].finding("masked_unseen", count=count)


def _same_names(readers: Mapping[str, Reader], census: Census) -> Iterator[Finding]:
    """Say which names are those of several carriers or units: a row was copied, and only its id changed."""
    for section in OWNED_IN.values():
        named: dict[str, list[str]] = defaultdict(list)
        for entry in census[section]:
            if "name" in entry.keys:
                named[entry.keys["name"]].append(entry.place)
        for name, places in named.items():
            if len(places) > 1:
                yield readers[section].finding("same_name", found=name, count=len(places), places=" ".join(places))


def _ownerless(rows: Mapping[str, Sequence[Row]], census: Census) -> Iterator[Finding]:
    """Name the contacts whose owner there is not."""
    named = _named(census)
    known = {section: {row.keys.get("id") for row in rows[section]} for section in OWNED_IN.values()}
    suggestions = {section: Suggestions(filter(None, ids)) for section, ids in known.items()}
    for row in rows[CONTACTS.key]:
        kind, owner = row.keys.get("owner_kind"), row.keys.get("owner")
        if kind is not None and owner is not None and owner not in known[OWNED_IN[kind]]:
            near = suggestions[OWNED_IN[kind]].nearest(owner) or ""
            yield _with_id(row.finding("owner", "dangling", kind=kind, found=owner, near=near), named)


class Reader:
    """Reads the rows of one sheet, adding what is wrong to the findings."""

    def __init__(self, file: str, sheet: Sheet, grid: Grid, zone: tzinfo, wrong: list[Finding]) -> None:
        """Read the headings of a sheet; dates are of ``zone``."""
        self._sheet, self._grid, self._zone, self._wrong = sheet, grid, zone, wrong
        self._spanned = dict(_spanned(grid))
        self._columns = self._headings(Page(file, sheet=grid.name))
        headings = {key: (number, str(grid.rows[HEAD][number])) for key, (number, _) in self._columns.items()}
        self._page = Page(file, sheet=grid.name, columns=headings)

    @property
    def readable(self) -> bool:
        """Tell whether all columns that are needed are there."""
        return all(column.key in self._columns for column in self._sheet.columns if column.needed)

    def finding(self, word: str, **given: object) -> Finding:
        """Return a finding of the whole sheet."""
        return self._page.problem((), said(word, **given))

    def rows(self) -> Iterator[Row]:
        """Read the rows that are not empty, one by one."""
        if not self._columns:
            return
        unheaded: set[int] = set()
        headed = {number for number, _ in self._columns.values()}
        heads = self._grid.rows.get(HEAD, {})
        for number, held in sorted(self._grid.rows.items()):
            unheaded |= {column for column in held if number > HEAD and column not in headed and column not in heads}
            if number > HEAD and (
                headed & held.keys() or any((number, each) in self._grid.uncomputed for each in headed)
            ):
                yield self._row(number, held)
        for column in sorted(unheaded):
            self._complain(
                Page(self._page.file, sheet=self._grid.name, columns={"": (column, "")}), (HEAD, ""), "unheaded"
            )

    def _row(self, number: int, held: Cells) -> Row:
        before, keys = len(self._wrong), dict[str, Any]()
        for key, (place, column) in self._columns.items():
            keys[key] = self._value((number, key), (number, place), column, held.get(place))
        return Row(self._page, number, keys, self.readable and len(self._wrong) == before)

    def _value(self, path: tuple[int, str], at: tuple[int, int], column: Column, held: object) -> object:
        if at in self._grid.uncomputed:
            self._complain(self._page, path, "uncomputed")
            return None
        merged = self._spanned.get(at)
        if merged is not None:
            if at == (merged.rows[0], merged.columns[0]):
                self._complain(self._page, path, "merged", found=merged.name)
            held = self._grid.rows.get(merged.rows[0], {}).get(merged.columns[0])
        if held is None:
            if column.needed and merged is None:
                heading = self._page.columns[column.key][1]
                self._complain(self._page, path, "missing", found=heading)
            return None
        if isinstance(held, Failed):
            self._complain(self._page, path, "error_cell", found=held)
            return None
        reading = read_cell(column, held, typed=self._grid.typed, zone=self._zone)
        self._wrong += (self._page.problem(path, each) for each in reading.wrong)
        return reading.value

    def _headings(self, page: Page) -> dict[str, tuple[int, Column]]:
        """Tell which column each heading is; by key, with its number."""
        heads = self._grid.rows.get(HEAD, {})
        known = {name.casefold(): column for column in self._sheet.columns for name in (column.name, column.key)}
        found = {number: known.get(str(held).strip(BLANKS).casefold()) for number, held in heads.items()}
        if not any(found.values()):
            if any(each.sheet == page.sheet for each in self._wrong):
                return {}  # it could not be read at all
            unseparated = not self._grid.typed and len(heads) == 1 and SEPARATED_OTHERWISE.search(str(heads.get(1, "")))
            word = "separator" if unseparated else "no_headings"
            first = self._sheet.columns[0]
            self._complain(page, (HEAD,), word, found=first.name, key=first.key)
            return {}
        columns: dict[str, tuple[int, Column]] = {}
        for number, column in sorted(found.items()):
            heading = str(heads[number])
            here = Page(page.file, sheet=page.sheet, columns={"": (number, heading)})
            if column is None:
                near = nearest(heading, [name for each in self._sheet.columns for name in (each.name, each.key)])
                self._complain(here, (HEAD, ""), "unknown_heading", found=heading, near=near or "")
            elif column.key in columns:
                self._complain(here, (HEAD, ""), "heading_twice", found=heading)
            else:
                columns[column.key] = number, column
        for column in self._sheet.columns:
            if column.needed and column.key not in columns:
                self._complain(page, (HEAD,), "missing_heading", found=column.name, key=column.key)
        for merged in self._grid.merged:
            if HEAD in merged.rows:
                self._complain(page, (HEAD,), "merged", found=merged.name)
        return columns

    def _complain(self, page: Page, path: tuple[int | str, ...], word: str, **given: object) -> None:
        self._wrong.append(page.problem(path, said(word, **given)))


def _spanned(grid: Grid) -> Iterator[tuple[tuple[int, int], Merged]]:
    """Go through the cells below the headings that a merged range covers, as far as there are rows and headings."""
    numbers, headed = sorted(number for number in grid.rows if number > HEAD), sorted(grid.rows.get(HEAD, {}))
    for merged in grid.merged:
        for row in _within(numbers, merged.rows):
            yield from (((row, column), merged) for column in _within(headed, merged.columns))


def _within(numbers: Sequence[int], span: range) -> Sequence[int]:
    """Return those of some sorted numbers that lie in a span."""
    return numbers[bisect_left(numbers, span.start) : bisect_left(numbers, span.stop)]
