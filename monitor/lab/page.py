"""Read the daemon's own metrics page, as Prometheus would: what the terminal shows is what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
LINE = re.compile(r'(?:^|,)line="([^"\\]*)"')
WANTED = frozenset(
    {
        "extranet_line_known",
        "extranet_line_up",
        "extranet_line_loss_ratio",
        "extranet_fault_open",
        "extranet_fault_elapsed_seconds",
        "extranet_fault_deadline_timestamp_seconds",
        "extranet_fault_overdue",
        "monitor_blind",
    }
)
PATIENCE = 2.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFault:
    """An open fault's clock at one reading; ``left_s`` is below zero once it is overdue, None without a deadline."""

    line: str
    elapsed_s: float
    left_s: float | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The county at one reading of the page; the lines are counted once each. Faults: the least time left first."""

    up: int
    suspect: int
    down: int
    unknown: int
    blind: bool
    faults: tuple[OpenFault, ...]

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return self.up + self.suspect + self.down + self.unknown


def fetch(url: str, *, now: datetime) -> Reading | None:
    """Return what the page says now, or None while the daemon does not answer."""
    try:
        answer = httpx.get(url, timeout=PATIENCE, trust_env=False)
        answer.raise_for_status()
    except httpx.HTTPError:
        return None
    return read(answer.text, now=now)


def read(text: str, *, now: datetime) -> Reading:
    """Read a page in Prometheus' text format."""
    families = _families(text)
    known = families["extranet_line_known"]
    up, loss = families["extranet_line_up"], families["extranet_line_loss_ratio"]
    seen = [line for line, value in known.items() if value == 1]
    down = sum(1 for line in seen if up.get(line) == 0)
    suspect = sum(1 for line in seen if up.get(line) == 1 and loss.get(line) == 1)
    return Reading(
        up=len(seen) - down - suspect,
        suspect=suspect,
        down=down,
        unknown=len(known) - len(seen),
        blind=families["monitor_blind"].get("") == 1,
        faults=tuple(sorted(_faults(families, now), key=_urgency)),
    )


def _families(text: str) -> Mapping[str, dict[str, float]]:
    """Return the wanted families' values by line; those without a line stand under the empty name."""
    families: dict[str, dict[str, float]] = {name: {} for name in WANTED}
    for row in text.splitlines():
        sample = SAMPLE.match(row)
        if sample is not None and sample[1] in families:
            line = LINE.search(sample[2] or "")
            families[sample[1]][line[1] if line else ""] = float(sample[3])
    return families


def _faults(families: Mapping[str, Mapping[str, float]], now: datetime) -> Iterator[OpenFault]:
    deadlines = families["extranet_fault_deadline_timestamp_seconds"]
    for line, is_open in families["extranet_fault_open"].items():
        if is_open == 1:
            deadline = deadlines.get(line)
            yield OpenFault(
                line=line,
                elapsed_s=families["extranet_fault_elapsed_seconds"].get(line, 0.0),
                left_s=None if deadline is None else deadline - now.timestamp(),
                overdue=families["extranet_fault_overdue"].get(line) == 1,
            )


def _urgency(fault: OpenFault) -> tuple[float, str]:
    return (float("inf") if fault.left_s is None else fault.left_s, fault.line)
