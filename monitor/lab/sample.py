"""The county's archive as a clerk hands it in: two lines have been given the address of another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from zoneinfo import ZoneInfo

from monitor.archive.drawing import drawn
from monitor.archive.rows import sheets_of
from monitor.archive.words import WORDS
from monitor.inventory.model import Inventory
from monitor.lab.county import PROFILE

SLIPS = 2


@dataclass(frozen=True, slots=True)
class Slip:
    """A line that was given the address of another, which stands above it."""

    line: str
    other: str


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An archive to import, and the list of what is wrong with it, in the archive's order."""

    inventory: Inventory
    slips: tuple[Slip, ...]

    def workbook(self, *, locale: str, zone: ZoneInfo) -> bytes:
        """Return it as a workbook."""
        words = WORDS[locale]
        sheets = sheets_of(self.inventory, zone=zone, chinese=words.chinese, full=True)
        return drawn(sheets, legend=words.legend, profiles=(PROFILE,))


def hand_in(inventory: Inventory, *, seed: int) -> Sample:
    """Hand an inventory in with two slips on purpose: the same seed makes the same."""
    chance = Random(f"{seed}/sample")  # noqa: S311 - an invented county
    names = tuple(inventory.lines)
    places = sorted(chance.sample(range(len(names)), 2 * SLIPS))
    slips = tuple(Slip(names[place], names[other]) for other, place in zip(places[:SLIPS], places[SLIPS:], strict=True))
    lines = dict(inventory.lines)
    for slip in slips:
        lines[slip.line] = replace(lines[slip.line], address=inventory.lines[slip.other].address)
    return Sample(inventory=replace(inventory, lines=lines), slips=slips)
