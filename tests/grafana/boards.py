"""The committed dashboards as they stand, their panels and queries, and what Grafana makes of its variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grafana.generate import BOARDS, COMMITTED

Json = Any
RATE, RANGE = "30s", "3600s"
VARIABLES = {
    "$__rate_interval": RATE,
    "$__range": RANGE,
    "$limit": "12",
    "$carrier": ".*",
    "$kind": ".*",
    "$unit": ".*",
    "$line": ".*",
}
VARIABLE = re.compile(r"\$(?:\w+|\{[^}]+\})")


@dataclass(frozen=True)
class Query:
    """A query of a panel; ``instant`` or over the panel's time. Printed, it says where it stands."""

    board: str
    panel: str
    ref: str
    expr: str
    instant: bool

    def __str__(self) -> str:
        return f"{self.board}: {self.panel} {self.ref}: {self.expr}"


def board(name: str, locale: str = "zh_CN") -> Json:
    """Return a dashboard as committed."""
    return json.loads((COMMITTED / locale / f"{name}.json").read_text("utf-8"))


def panels(of: Json) -> list[Json]:
    """Return the panels of a dashboard."""
    return [panel for panel in of["panels"] if panel["type"] != "row"]


def queries(locale: str = "zh_CN") -> Iterator[Query]:
    """Go through every query of every panel, and those of the annotations."""
    for name in BOARDS:
        of = board(name, locale)
        for panel in panels(of):
            for target in panel["targets"]:
                yield Query(name, panel["title"], target["refId"], target["expr"], target.get("instant", False))
        for annotation in of["annotations"].get("list", ()):
            yield Query(name, annotation["name"], "annotation", annotation["target"]["expr"], instant=False)


def interpolated(expr: str, now: float | None = None) -> str:
    """Return a query with its variables replaced, all of everything chosen; ``now`` is what its clock shows."""
    if now is not None:
        expr = expr.replace("time()", f"{now:.0f}")
    replaced = VARIABLE.sub(lambda found: VARIABLES.get(found[0], found[0]), expr)
    assert "$" not in replaced, f"a variable that Grafana would not know: {expr}"
    return replaced
