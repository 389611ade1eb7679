"""The pure rooms import nothing but each other and the parts of the standard library that neither act nor look."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import monitor

HOUSE = Path(monitor.__file__).parent
REPORTS = (
    "amendments",
    "beside",
    "degradations",
    "document",
    "drawing_up",
    "due",
    "explaining",
    "figures",
    "forms",
    "grounds",
    "leaving_out",
    "periods",
    "ranking",
    "scopes",
    "spelling",
    "timelines",
    "told",
    "unbroken",
)
PURE = (
    *("policy.py", "supervision", "inventory", "faults", "sla", "registers", "editions", "alerts/due.py"),
    *(f"reports/{name}.py" for name in REPORTS),
    "reports/composing",
)
# They read the configuration's values, and so are not pure, but time comes in as an argument.
ASKING_NO_CLOCK = (
    "alerts/expiries.py",
    "alerts/routing.py",
    "alerts/roster.py",
    "alerts/telling.py",
    "config/hours.py",
    "config/coverage.py",
    "config/reach.py",
    "config/on_call.py",
    "config/workdays.py",
)
HARMLESS = {
    "__future__",
    "array",
    "bisect",
    "calendar",
    "collections",
    "collections.abc",
    "dataclasses",
    "copy",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "itertools",
    "json",
    "math",
    "re",
    "statistics",
    "types",
    "typing",
    "unicodedata",
    "zoneinfo",
}
PURE_MODULES = (
    "monitor.policy",
    "monitor.inventory",
    "monitor.faults",
    "monitor.sla",
    "monitor.registers",
    "monitor.editions",
    "monitor.wording",
    "monitor.alerts.due",
    "monitor.supervision",
    *(f"monitor.reports.{name}" for name in REPORTS),
    "monitor.reports.composing",
)
CLOCKS = {"now", "utcnow", "today"}


def pure_files() -> list[Path]:
    found = [file for part in PURE for file in sorted((HOUSE / part).rglob("*.py") or ())]
    return found + [HOUSE / part for part in PURE if part.endswith(".py")]


def imports(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("file", pure_files(), ids=lambda file: str(file.relative_to(HOUSE)))
def test_a_pure_room_imports_nothing_that_acts(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    strange = {name for name in imports(tree) if name not in HARMLESS and not name.startswith(PURE_MODULES)}
    assert set() == strange


@pytest.mark.parametrize(
    "file",
    [*pure_files(), *(HOUSE / name for name in ASKING_NO_CLOCK)],
    ids=lambda file: str(file.relative_to(HOUSE)),
)
def test_a_pure_room_asks_no_clock(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    asked = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in CLOCKS
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
    }
    assert set() == asked


def test_the_pure_rooms_are_there() -> None:
    assert {"clock.py", "outage.py", "due.py", "county.py", "model.py"} <= {file.name for file in pure_files()}
