"""What a unit or carrier owes, as a text ready to be sent each month.

No telephone number but the duty room's is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from monitor.inventory.model import Carrier, Inventory, Unit
from monitor.registers.definitions import APPLY, ARTICLE_6, CONNECTED, REGISTERS
from monitor.registers.gaps import Gap
from monitor.registers.register import SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes, and in which language."""

    county: str
    phone: str
    locale: str
    words: Mapping[str, str]


class Owner(NamedTuple):
    """Whose a gap is: a unit and a carrier may have the same id."""

    id: str
    kind: SubjectKind

    @classmethod
    def of(cls, gap: Gap) -> Owner:
        """Return whose a gap is."""
        register = REGISTERS.get(gap.register)
        return cls(gap.subject, SubjectKind.UNIT if register is None else register.subject)

    def known(self, inventory: Inventory) -> Unit | Carrier | None:
        """Return the unit or carrier, None where it left the inventory."""
        return inventory.units.get(self.id) if self.kind is SubjectKind.UNIT else inventory.carriers.get(self.id)


def by_owner(found: Iterable[Gap]) -> dict[Owner, list[Gap]]:
    """Return gaps and hints by whose they are, in their order."""
    sorted_out: dict[Owner, list[Gap]] = {}
    for gap in found:
        sorted_out.setdefault(Owner.of(gap), []).append(gap)
    return sorted_out


def letter(owner: Owner, owed: Sequence[Gap], on: date, inventory: Inventory, sender: Sender) -> str:
    """Write what a unit or carrier owes on a day; hints stand apart, as questions."""
    words = sender.words
    known = owner.known(inventory)
    gaps, hints = ([gap for gap in owed if gap.kind.is_hint is hint] for hint in (False, True))
    parts = [words["letter_to"].format(name=known.name if known else owner.id)]
    if gaps:
        parts.append(words["letter_owed"].format(on=said_day(on, words)))
        parts.append("\n".join(_item(number, gap, sender) for number, gap in enumerate(gaps, 1)))
    if hints:
        parts.append(words["letter_asked" if not gaps else "letter_also_asked"].format(on=said_day(on, words)))
        parts.append("\n".join(_item(number, gap, sender) for number, gap in enumerate(hints, 1)))
    parts.append(words["letter_end"].format(phone=sender.phone))
    parts.append(words["letter_from"].format(county=sender.county, on=said_day(on, words)))
    return "\n\n".join(parts) + "\n"


def said_gap(gap: Gap, words: Mapping[str, str]) -> str:
    """Say what is wrong: ``没有记录``, ``已于2026-09-30到期``."""
    since = None if gap.since is None else gap.since.isoformat()
    own = (
        f"gap_{gap.kind.value}_{gap.register}"  # a refused review is on record; a plan is exercised, a backup restored
    )
    key = own if own in words else f"gap_{gap.kind.value}"
    return words[key].format(since=since) if since is not None or "{since}" not in words[key] else words[f"{key}_ever"]


def said_which(gap: Gap, words: Mapping[str, str]) -> str:
    """Say which line or entry a gap is of where one has several, else nothing: ``线路finance-1``."""
    if gap.line is not None:
        return words["gap_line"].format(line=gap.line)
    return words["gap_entry"].format(entry=gap.entry) if gap.entry not in (None, gap.subject) else ""


def said_register(gap: Gap, locale: str) -> str:
    """Name the register of a gap."""
    register = REGISTERS.get(gap.register)
    return (CONNECTED if register is None else register.title).spoken(locale)


def said_day(on: date, words: Mapping[str, str]) -> str:
    """Say a day: ``2026年9月1日``, ``2026-09-01``."""
    return words["whole_day"].format(year=on.year, month=on.month, day=on.day)


def _item(number: int, gap: Gap, sender: Sender) -> str:
    words, register = sender.words, REGISTERS.get(gap.register)
    article, cure = (ARTICLE_6, APPLY) if register is None else (register.article, register.cure)
    which = said_which(gap, words)
    return words["letter_item"].format(
        number=number,
        title=said_register(gap, sender.locale),
        article=article.spoken(sender.locale),
        which=which and words["letter_which"].format(which=which),
        gap=said_gap(gap, words),
        cure=cure.spoken(sender.locale),
    )
