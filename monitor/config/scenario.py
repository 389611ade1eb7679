"""A history to be judged, as ``replay.md`` writes it: YAML, JSON, or JSON Lines (the head in the first line).

`load` reads one file into a `Scenario`, or refuses it with every problem, each with line and column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path as FilePath
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from monitor.config.inventory import scenario_inventory
from monitor.config.policy import overridden
from monitor.config.problem import ConfigurationRefused, Path, Problem, did_you_mean
from monitor.config.quantities import parse_duration, parse_instant
from monitor.config.source import Document, Place, documents
from monitor.faults.actions import Acknowledge, Action, ClaimRestored, Notified, Report, Restore
from monitor.faults.events import Source
from monitor.faults.observation import Outcome, outcome_of
from monitor.inventory.model import Inventory
from monitor.policy import Policies

HEAD = ("about", "start", "end", "policy", "inventory", "timeline", "availability", "expect")
ROUND_KEYS = ("from", "to", "every", "at", "ping")
MEASURED = ("line", "reference")
LATER = {
    "exclude": "exclusions (section 7)",
    "revoke_exclusion": "exclusions (section 7)",
    "attribute": "the responsible party (section 8)",
    "maintenance": "planned maintenance (section 6)",
    "cancel_maintenance": "planned maintenance (section 6)",
}
PEOPLE = (Source.UNIT, Source.CARRIER, Source.CENTRE)
ONE_SECOND = timedelta(seconds=1)
AN_INSTANT = "a time is wanted, with its offset: 2026-09-01T00:00:00+08:00"
A_TIME = "a time is wanted, such as +1h30m or 2026-09-01T08:00:00+08:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Like rounds of one line or reference: ``count`` of them, at ``first`` and every ``every`` seconds after."""

    subject: str
    first: datetime
    every: int
    count: int
    outcome: Outcome
    sent: int
    received: int
    rtts: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A person's action, and where the file says so."""

    at: datetime
    action: Action
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A history: what was measured and done from ``start`` to ``end``, under which policy, and what is expected.

    ``rounds`` and ``taken`` are in the order of the file. ``period`` is that of the availability figures.
    """

    file: str
    start: datetime
    end: datetime
    zone: tzinfo
    policies: Policies
    policy_version: str
    inventory: Inventory
    rounds: tuple[Rounds, ...]
    taken: tuple[Taken, ...]
    period: tuple[datetime, datetime]
    expect: Mapping[str, Any] = field(default_factory=dict)


def load(path: FilePath, *, base: Policies, zone: ZoneInfo) -> Scenario:
    """Read one history; ``base`` are the policy versions that its ``policy`` key overrides.

    Raises:
        ConfigurationRefused: something in the file is wrong; all of it is named.
    """
    reader = _Reader(documents(path))
    scenario = reader.scenario(base, zone)
    if reader.problems or scenario is None:
        raise ConfigurationRefused(reader.problems)
    return scenario


class _Reader:
    """Reads the head and the entries of one file, keeping what is wrong."""

    def __init__(self, parts: Sequence[Document]) -> None:
        self.head = parts[0]
        self.problems: list[Problem] = [problem for part in parts for problem in part.problems]
        self.entries: list[tuple[Document, Path, object]] = []
        timeline = self.head.value.get("timeline", []) if isinstance(self.head.value, dict) else []
        if isinstance(timeline, list):
            self.entries = [(self.head, ("timeline", number), entry) for number, entry in enumerate(timeline)]
        else:
            self._wrong(self.head, ("timeline",), "a list of entries is wanted")
        self.entries += [(part, (), part.value) for part in parts[1:]]
        self.start: datetime | None = None
        self.inventory = Inventory()

    def scenario(self, base: Policies, zone: ZoneInfo) -> Scenario | None:
        head = self.head.value
        if not isinstance(head, dict):
            if not self.problems:
                self._wrong(self.head, (), "a history begins with start, end, inventory and timeline")
            return None
        self._known_keys(self.head, (), head, HEAD)
        self.start = self._instant(self.head, ("start",), head.get("start"), relative=False)
        end = self._instant(self.head, ("end",), head.get("end"))
        policies = self._policies(base, head)
        self.inventory, wrong = scenario_inventory(self.head, ("inventory",), zone=zone)
        self.problems += wrong
        if self.start is None or end is None:
            return None
        if end < self.start:
            self._wrong(self.head, ("end",), "the end lies before the start")
        rounds, taken = self._timeline()
        return Scenario(
            file=self.head.file,
            start=self.start,
            end=end,
            zone=zone,
            policies=policies,
            policy_version=policies.in_force(self.start).version,
            inventory=self.inventory,
            rounds=tuple(rounds),
            taken=tuple(taken),
            period=self._period(head, end),
            expect=self._expected(head),
        )

    def _policies(self, base: Policies, head: Mapping[str, Any]) -> Policies:
        if "policy" not in head:
            return base
        versions = [overridden(version, self.head, ("policy",)) for version in base.versions]
        self.problems += versions[0][1]
        return Policies(version for version, _ in versions)

    def _period(self, head: Mapping[str, Any], end: datetime) -> tuple[datetime, datetime]:
        begin = self.start or end
        given = head.get("availability")
        if given is None:
            return begin, end
        path = ("availability",)
        if not isinstance(given, dict):
            self._wrong(self.head, path, "from and to are wanted")
            return begin, end
        self._known_keys(self.head, path, given, ("from", "to"))
        if "from" in given:
            begin = self._instant(self.head, (*path, "from"), given["from"]) or begin
        if "to" in given:
            end = self._instant(self.head, (*path, "to"), given["to"]) or end
        if end < begin:
            self._wrong(self.head, path, "the period ends before it begins")
        return begin, end

    def _expected(self, head: Mapping[str, Any]) -> Mapping[str, Any]:
        expect = head.get("expect", {})
        if isinstance(expect, dict):
            return expect
        self._wrong(self.head, ("expect",), "a mapping of what is expected is wanted")
        return {}

    # -- entries -------------------------------------------------------------------------------------------------

    def _timeline(self) -> tuple[list[Rounds], list[Taken]]:
        rounds: list[Rounds] = []
        taken: list[Taken] = []
        for document, path, entry in self.entries:
            if not isinstance(entry, dict):
                self._wrong(document, path, "an entry is a mapping, such as {line: L1, at: +5m, ping: ok}")
            elif "action" in entry:
                action = self._action(document, path, entry)
                if action is not None:
                    taken.append(Taken(at=action.at, action=action, place=document.place(path)))
            else:
                rounds += self._rounds(document, path, entry)
        return rounds, taken

    def _rounds(self, document: Document, path: Path, entry: dict[str, Any]) -> list[Rounds]:
        measured = [key for key in MEASURED if key in entry]
        if len(measured) != 1:
            self._wrong(document, path, "an entry names one line, one reference, or an action")
            return []
        if "snmp" in entry:
            self._wrong(
                document, (*path, "snmp"), "SNMP facts are evidence (section 8), which this version does not judge yet"
            )
            return []
        self._known_keys(document, path, entry, (measured[0], *ROUND_KEYS))
        subjects = self._subjects(document, path, entry, measured[0])
        ping = self._ping(document, path, entry)
        when = self._when(document, path, entry)
        if ping is None or when is None:
            return []
        (first, every, count), (outcome, sent, received, rtts) = when, ping
        return [
            Rounds(
                subject=subject,
                first=first,
                every=every,
                count=count,
                outcome=outcome,
                sent=sent,
                received=received,
                rtts=rtts,
            )
            for subject in subjects
            if count > 0
        ]

    def _subjects(self, document: Document, path: Path, entry: dict[str, Any], kind: str) -> list[str]:
        named = entry[kind]
        known = self.inventory.lines if kind == "line" else self.inventory.references
        found = []
        for number, name in enumerate(named if isinstance(named, list) else [named]):
            where = (*path, kind, number) if isinstance(named, list) else (*path, kind)
            if isinstance(name, str | int) and str(name) in known:
                found.append(str(name))
            else:
                near = did_you_mean(str(name), tuple(known))
                self._wrong(document, where, f"there is no {kind} '{name}' in the inventory{near}")
        return found

    def _when(self, document: Document, path: Path, entry: dict[str, Any]) -> tuple[datetime, int, int] | None:
        if "at" in entry:
            for key in ("from", "to", "every"):
                if key in entry:
                    self._wrong(document, (*path, key), f"'at' is one round: leave out '{key}', or write from and to")
            at = self._instant(document, (*path, "at"), entry["at"])
            return None if at is None else (at, 1, 1)
        first = self._instant(document, (*path, "from"), entry.get("from"))
        end = self._instant(document, (*path, "to"), entry.get("to"))
        every = self._duration(document, (*path, "every"), entry.get("every", "60s"))
        if first is None or end is None or every is None:
            return None
        if end < first:
            self._wrong(document, (*path, "to"), "'to' lies before 'from'")
            return None
        return first, int(every.total_seconds()), -((first - end) // every)

    def _ping(
        self, document: Document, path: Path, entry: dict[str, Any]
    ) -> tuple[Outcome, int, int, tuple[float, ...]] | None:
        where = (*path, "ping")
        match entry.get("ping"):
            case "ok":
                return Outcome.GOOD, 1, 1, ()
            case "lost":
                return Outcome.BAD, 1, 0, ()
            case "error":
                return Outcome.ERROR, 0, 0, ()
            case dict() as counted:
                return self._counted(document, where, counted)
            case _:
                self._wrong(document, where, "ok, lost, error, or {sent: 3, received: 2, rtt_ms: [4.1, 5.0]} is wanted")
                return None

    def _counted(
        self, document: Document, path: Path, counted: dict[str, Any]
    ) -> tuple[Outcome, int, int, tuple[float, ...]] | None:
        self._known_keys(document, path, counted, ("sent", "received", "rtt_ms"))
        sent, received, rtts = counted.get("sent"), counted.get("received"), counted.get("rtt_ms", [])
        if not _whole(sent) or sent < 1:
            self._wrong(document, (*path, "sent"), "a whole number of echoes is wanted, 1 or more")
            return None
        if not _whole(received) or not 0 <= received <= sent:
            self._wrong(document, (*path, "received"), "a whole number is wanted, from 0 to what was sent")
            return None
        if not isinstance(rtts, list) or not all(_number(rtt) and rtt >= 0 for rtt in rtts):
            self._wrong(document, (*path, "rtt_ms"), "a list of milliseconds is wanted")
            return None
        if "rtt_ms" in counted and len(rtts) != received:
            self._wrong(document, (*path, "rtt_ms"), "one round-trip time an echo received is wanted")
            return None
        return outcome_of(sent=sent, received=received), sent, received, tuple(rtt / 1000 for rtt in rtts)

    # -- actions -------------------------------------------------------------------------------------------------

    def _action(self, document: Document, path: Path, entry: dict[str, Any]) -> Action | None:
        name = entry["action"]
        if name in LATER:
            self._wrong(
                document, (*path, "action"), f"'{name}' needs {LATER[name]}, which this version does not judge yet"
            )
            return None
        if name not in ACTIONS:
            near = did_you_mean(str(name), (*ACTIONS, *LATER))
            self._wrong(document, (*path, "action"), f"there is no action '{name}'{near}")
            return None
        keys, build = ACTIONS[name]
        self._known_keys(document, path, entry, ("at", "action", "line", *keys))
        at = self._instant(document, (*path, "at"), entry.get("at"))
        lines = self._subjects(document, path, {"line": entry.get("line")}, "line")
        by = self._by(document, path, entry) if "by" in keys else Source.CENTRE
        restored_at = at
        if "restored_at" in keys:
            restored_at = self._instant(document, (*path, "restored_at"), entry.get("restored_at"))
        if name == "restore" and by is not None and by is not Source.CENTRE:
            self._wrong(document, (*path, "by"), "only the centre may restore a fault by hand (section 4)")
            return None
        if at is None or by is None or restored_at is None or len(lines) != 1:
            return None
        action = build(at=at, line=lines[0], by=by)
        return replace(action, restored_at=restored_at) if isinstance(action, Restore) else action

    def _by(self, document: Document, path: Path, entry: dict[str, Any]) -> Source | None:
        by = entry.get("by")
        if by in PEOPLE:
            return Source(by)
        self._wrong(document, (*path, "by"), "unit, carrier or centre is wanted")
        return None

    # -- values --------------------------------------------------------------------------------------------------

    def _instant(self, document: Document, path: Path, given: object, *, relative: bool = True) -> datetime | None:
        wanted = A_TIME if relative else AN_INSTANT
        try:
            if relative and isinstance(given, str) and given.startswith("+"):
                at = None if self.start is None else self.start + parse_duration(given[1:])
            else:
                at = parse_instant(given) if isinstance(given, str) else None
                if at is None:
                    self._wrong(document, path, wanted)
        except (ValueError, OverflowError) as error:
            self._wrong(document, path, str(error))
            return None
        if at is not None and at.microsecond:
            self._wrong(document, path, "an instant is a whole second")
            return None
        return at

    def _duration(self, document: Document, path: Path, given: object) -> timedelta | None:
        try:
            duration = parse_duration(given if isinstance(given, str) else "")
        except ValueError as error:
            self._wrong(document, path, str(error))
            return None
        if duration < ONE_SECOND or duration % ONE_SECOND:
            self._wrong(document, path, "whole seconds are wanted, 1s or more")
            return None
        return duration

    def _known_keys(self, document: Document, path: Path, given: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in given:
            if key not in known:
                self._wrong(document, (*path, key), f"unknown key '{key}'{did_you_mean(key, known)}", key=True)

    def _wrong(self, document: Document, path: Path, message: str, *, key: bool = False) -> None:
        self.problems.append(document.problem(path, message, key=key))


def _restore(*, at: datetime, line: str, by: Source) -> Restore:
    return Restore(at=at, line=line, by=by, restored_at=at)


ACTIONS: dict[str, tuple[tuple[str, ...], Callable[..., Action]]] = {
    "report": (("by",), Report),
    "acknowledge": (("by",), Acknowledge),
    "claim_restored": (("by",), ClaimRestored),
    "notified": ((), Notified),
    "restore": (("by", "restored_at"), _restore),
}


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
