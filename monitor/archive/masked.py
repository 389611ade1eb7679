"""Telephone numbers that a file has masked, found again in the inventory: a masked number stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from monitor.inventory.model import Contact
from monitor.wording.telephones import HIDDEN, mask

Person = Mapping[str, Any]
"""A row of a contact: its ``role``, ``name``, ``phone`` and ``email``; what it does not say is missing or None."""


def is_masked(person: Person) -> bool:
    """Tell whether a row hides digits of its telephone number."""
    return HIDDEN in str(person.get("phone") or "")


def kept_numbers(people: Sequence[Person], contacts: Sequence[Contact]) -> Mapping[int, str]:
    """Return the whole number of each masked row of an owner by its place among its rows, as far as it can be told.

    The contact of the same role, name and address of mail has it, the first of them for the first row where there are
    several; else the only one of the owner's that shows such a number, or the only one of that name or role: so a name
    may be mended.
    """
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        rows[person.get("role"), person.get("name"), person.get("email")].append(place)
    same: dict[Hashable, list[Contact]] = defaultdict(list)
    showing: dict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        same[contact.role, contact.name, contact.email].append(contact)
        for shown in _shown(contact):
            showing[shown].append(contact)
    found: dict[int, str] = {}
    for who, places in rows.items():
        paired: Sequence[Contact | None] = same[who] if len(same[who]) == len(places) else [None] * len(places)
        for place, of_row in zip(places, paired, strict=True):
            if is_masked(people[place]):
                number = _number(people[place], of_row, showing)
                found |= {} if number is None else {place: number}
    return found


def _number(person: Person, contact: Contact | None, showing: Mapping[str, Sequence[Contact]]) -> str | None:
    """Return the number of the contact that is paired with a row, else of the only one that it can be."""
    shown = person["phone"]
    if contact is not None and shown in _shown(contact):
        return contact.phone
    candidates = showing.get(shown, ())
    of_name = [each for each in candidates if each.name == person.get("name")]
    of_role = [each for each in candidates if each.role == person.get("role")]
    of_both = [each for each in of_name if each in of_role]
    for meant in (candidates, of_name, of_both, of_role):
        numbers = {each.phone for each in meant}
        if len(numbers) == 1:
            return numbers.pop()
    return None


def _shown(contact: Contact) -> set[str]:
    """Return what files show of a contact's number: masked, or, where it has an asterisk of its own, itself."""
    return set() if contact.phone is None else {mask(contact.phone), contact.phone}
