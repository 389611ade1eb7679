"""A history to be judged, as ``replay.md`` writes it: YAML, JSON, or JSON Lines (the head in the first line).

`load` reads one file into a `Scenario`, or refuses it with every problem, each with line and column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

from monitor.config.inventory import scenario_inventory
from monitor.config.policy import overriding
from monitor.config.problem import ConfigurationRefused, Path, Problem
from monitor.config.source import Document, documents
from monitor.config.timeline import Rounds, Taken, Timeline
from monitor.faults.evidence import DeviceSaid
from monitor.inventory.model import Inventory
from monitor.policy import Policies

HEAD = ("about", "start", "end", "policy", "inventory", "timeline", "availability", "expect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A history: what was measured and done from ``start`` to ``end``, under which policy, and what is expected.

    ``rounds``, what devices ``said`` and actions ``taken`` are in the order of the file. ``period`` is that of the
    availability figures.
    """

    file: str
    start: datetime
    end: datetime
    zone: tzinfo
    policies: Policies
    policy_version: str
    inventory: Inventory
    rounds: tuple[Rounds, ...]
    said: tuple[DeviceSaid, ...]
    taken: tuple[Taken, ...]
    period: tuple[datetime, datetime]
    expect: Mapping[str, Any] = field(default_factory=dict)


def load(path: FilePath, *, base: Policies, zone: ZoneInfo) -> Scenario:
    """Read one history; ``base`` are the policy versions that its ``policy`` key overrides or replaces.

    Raises:
        ConfigurationRefused: something in the file is wrong; all of it is named.
    """
    scenario, problems = read_history(path, base=base, zone=zone)
    if problems or scenario is None:
        raise ConfigurationRefused(problems)
    return scenario


def read_history(path: FilePath, *, base: Policies, zone: ZoneInfo) -> tuple[Scenario | None, list[Problem]]:
    """Read one history as far as it can be, and all that is wrong; None where what is wrong is not in its entries.

    So that actions that the rules refuse can be named beside entries that do not read.
    """
    reader = _Reader(documents(path))
    scenario = reader.scenario(base, zone)
    return (scenario if reader.begun else None), reader.problems


class _Reader(Timeline):
    """Reads the head and the entries of one file, keeping what is wrong."""

    def __init__(self, parts: Sequence[Document]) -> None:
        super().__init__([problem for part in parts for problem in part.problems])
        self.head, self.begun = parts[0], False
        self.entries: list[tuple[Document, Path, object]] = []
        timeline = self.head.value.get("timeline", []) if isinstance(self.head.value, dict) else []
        if isinstance(timeline, list):
            self.entries = [(self.head, ("timeline", number), entry) for number, entry in enumerate(timeline)]
        else:
            self.wrong(self.head, ("timeline",), "a list of entries is wanted")
        self.entries += [(part, (), part.value) for part in parts[1:]]

    def scenario(self, base: Policies, zone: ZoneInfo) -> Scenario | None:
        head = self.head.value
        if not isinstance(head, dict):
            if not self.problems:
                self.wrong(self.head, (), "a history begins with start, end, inventory and timeline")
            return None
        self.known_keys(self.head, (), head, HEAD)
        self.start = self.instant(self.head, ("start",), head.get("start"), relative=False)
        end = self.instant(self.head, ("end",), head.get("end"))
        policies = self._policies(base, head)
        self.inventory, wrong = scenario_inventory(self.head, ("inventory",), zone=zone)
        self.problems += wrong
        if self.start is None or end is None:
            return None
        if end < self.start:
            self.wrong(self.head, ("end",), "the end lies before the start")
        self.begun = not self.problems
        entries = self.read(self.entries)
        return Scenario(
            file=self.head.file,
            start=self.start,
            end=end,
            zone=zone,
            policies=policies,
            policy_version=policies.in_force(self.start).version,
            inventory=self.inventory,
            rounds=entries.rounds,
            said=entries.said,
            taken=entries.taken,
            period=self._period(head, end),
            expect=self._expected(head),
        )

    def _policies(self, base: Policies, head: Mapping[str, Any]) -> Policies:
        if "policy" not in head:
            return base
        return overriding(base, self.head, "policy", problems=self.problems)

    def _period(self, head: Mapping[str, Any], end: datetime) -> tuple[datetime, datetime]:
        begin = self.start or end
        given = head.get("availability")
        if given is None:
            return begin, end
        path = ("availability",)
        if not isinstance(given, dict):
            self.wrong(self.head, path, "from and to are wanted")
            return begin, end
        self.known_keys(self.head, path, given, ("from", "to"))
        if "from" in given:
            begin = self.instant(self.head, (*path, "from"), given["from"]) or begin
        if "to" in given:
            end = self.instant(self.head, (*path, "to"), given["to"]) or end
        if end < begin:
            self.wrong(self.head, path, "the period ends before it begins")
        return begin, end

    def _expected(self, head: Mapping[str, Any]) -> Mapping[str, Any]:
        expect = head.get("expect", {})
        if isinstance(expect, dict):
            return expect
        self.wrong(self.head, ("expect",), "a mapping of what is expected is wanted")
        return {}
