"""A unit file of systemd, read as far as the tests need it."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"


class Unit:
    """What a unit file says: every value of each key, in order, whatever its section."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[str, list[str]] = defaultdict(list)
        for line in (UNITS / name).read_text(encoding="utf-8").splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                self.values[key].append(value)

    def one(self, key: str) -> str:
        """Return the only value of a key."""
        [value] = self.values[key]
        return value

    def yes(self, key: str) -> bool:
        """Tell whether a key is switched on."""
        return self.values.get(key) == ["yes"]


def calls(named: str) -> Iterator[str]:
    """Go through the system calls of a value of SystemCallFilter: names, and groups beginning with @."""
    for word in named.split():
        if not word.startswith("@"):
            yield word
            continue
        told = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True, capture_output=True, text=True)
        for line in told.stdout.splitlines()[1:]:
            if line.strip() and not line.strip().startswith("#"):
                yield from calls(line.strip())


def permitted_calls(unit: Unit) -> set[str]:
    """Return the system calls that a unit permits: those of its groups, less those it takes back."""
    permitted: set[str] = set()
    for value in unit.values["SystemCallFilter"]:
        if value.startswith("~"):
            permitted -= set(calls(value[1:]))
        else:
            permitted |= set(calls(value))
    return permitted
