"""The entries of a history: rounds, what devices said, and people's actions, each read with its place.

`Timeline` reads entries and keeps every problem; `monitor.config.scenario` reads the head of the file around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeGuard, TypeVar

from monitor.config.problem import Path, Problem, did_you_mean
from monitor.config.quantities import parse_duration, parse_instant
from monitor.config.source import Document, Place
from monitor.faults.actions import (
    Acknowledge,
    Action,
    Attribute,
    CancelMaintenance,
    ClaimRestored,
    Exclude,
    Maintain,
    Notified,
    Report,
    Restore,
    RevokeExclusion,
)
from monitor.faults.evidence import DeviceSaid
from monitor.faults.observation import Outcome, outcome_of
from monitor.faults.terms import ExclusionReason, Party, Scope, Source
from monitor.inventory.model import Inventory

ROUND_KEYS = ("from", "to", "every", "at", "ping")
MEASURED = ("line", "reference")
SNMP_KEYS = ("sys_uptime_s", "engine_boots", "wan_oper", "wan_last_change_s")
PEOPLE = (Source.UNIT, Source.CARRIER, Source.CENTRE)
PARTIES = tuple(Party)
ONE_SECOND = timedelta(seconds=1)
AN_INSTANT = "a time is wanted, with its offset: 2026-09-01T00:00:00+08:00"
A_TIME = "a time is wanted, such as +1h30m or 2026-09-01T08:00:00+08:00"
Choice = TypeVar("Choice", bound=StrEnum)


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
class Entries:
    """All entries of a file, each kind in the order of the file."""

    rounds: tuple[Rounds, ...]
    said: tuple[DeviceSaid, ...]
    taken: tuple[Taken, ...]


class Timeline:
    """Reads entries, keeping what is wrong; ``start`` and ``inventory`` are what they refer to."""

    def __init__(self, problems: list[Problem]) -> None:
        """Add what is wrong to these problems."""
        self.problems = problems
        self.start: datetime | None = None
        self.inventory = Inventory()

    def read(self, entries: Sequence[tuple[Document, Path, object]]) -> Entries:
        """Read entries, each given with its document and the path in it."""
        rounds: list[Rounds] = []
        said: list[DeviceSaid] = []
        taken: list[Taken] = []
        for document, path, entry in entries:
            if not isinstance(entry, dict):
                if not document.broken:  # what does not even parse is named already
                    self.wrong(document, path, "an entry is a mapping, such as {line: L1, at: +5m, ping: ok}")
            elif "action" in entry:
                action = self._action(document, path, entry)
                if action is not None:
                    taken.append(Taken(at=action.at, action=action, place=document.place(path)))
            elif "snmp" in entry:
                said += self._said(document, path, entry)
            else:
                rounds += self._rounds(document, path, entry)
        return Entries(rounds=tuple(rounds), said=tuple(said), taken=tuple(taken))

    # -- rounds --------------------------------------------------------------------------------------------------

    def _rounds(self, document: Document, path: Path, entry: dict[str, Any]) -> list[Rounds]:
        measured = [key for key in MEASURED if key in entry]
        if len(measured) != 1:
            self.wrong(document, path, "an entry names one line, one reference, or an action")
            return []
        self.known_keys(document, path, entry, (measured[0], *ROUND_KEYS))
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
        if named in (None, []):
            self.wrong(document, (*path, kind), f"a {kind} is wanted, by its id")
            return []
        known = self.inventory.lines if kind == "line" else self.inventory.references
        found = []
        for number, name in enumerate(named if isinstance(named, list) else [named]):
            where = (*path, kind, number) if isinstance(named, list) else (*path, kind)
            if isinstance(name, str | int) and str(name) in known:
                found.append(str(name))
            else:
                near = did_you_mean(str(name), tuple(known))
                self.wrong(document, where, f"there is no {kind} '{name}' in the inventory{near}")
        return found

    def _when(self, document: Document, path: Path, entry: dict[str, Any]) -> tuple[datetime, int, int] | None:
        if "at" in entry:
            for key in ("from", "to", "every"):
                if key in entry:
                    self.wrong(document, (*path, key), f"'at' is one round: leave out '{key}', or write from and to")
            at = self.instant(document, (*path, "at"), entry["at"])
            return None if at is None else (at, 1, 1)
        first = self.instant(document, (*path, "from"), entry.get("from"))
        end = self.instant(document, (*path, "to"), entry.get("to"))
        every = self._duration(document, (*path, "every"), entry.get("every", "60s"))
        if first is None or end is None or every is None:
            return None
        if end < first:
            self.wrong(document, (*path, "to"), "'to' lies before 'from'")
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
                self.wrong(document, where, "ok, lost, error, or {sent: 3, received: 2, rtt_ms: [4.1, 5.0]} is wanted")
                return None

    def _counted(
        self, document: Document, path: Path, counted: dict[str, Any]
    ) -> tuple[Outcome, int, int, tuple[float, ...]] | None:
        self.known_keys(document, path, counted, ("sent", "received", "rtt_ms"))
        sent, received, rtts = counted.get("sent"), counted.get("received"), counted.get("rtt_ms", [])
        if not _whole(sent) or sent < 1:
            self.wrong(document, (*path, "sent"), "a whole number of echoes is wanted, 1 or more")
            return None
        if not _whole(received) or not 0 <= received <= sent:
            self.wrong(document, (*path, "received"), "a whole number is wanted, from 0 to what was sent")
            return None
        if not isinstance(rtts, list) or not all(_number(rtt) and rtt >= 0 for rtt in rtts):
            self.wrong(document, (*path, "rtt_ms"), "a list of milliseconds is wanted")
            return None
        if "rtt_ms" in counted and len(rtts) != received:
            self.wrong(document, (*path, "rtt_ms"), "one round-trip time an echo received is wanted")
            return None
        return outcome_of(sent=sent, received=received), sent, received, tuple(rtt / 1000 for rtt in rtts)

    def _said(self, document: Document, path: Path, entry: dict[str, Any]) -> list[DeviceSaid]:
        self.known_keys(document, path, entry, ("line", "at", "snmp"))
        at = self.instant(document, (*path, "at"), entry.get("at"))
        lines = self._subjects(document, path, {"line": entry.get("line")}, "line")
        facts, where = entry["snmp"], (*path, "snmp")
        if not isinstance(facts, dict):
            self.wrong(document, where, "a mapping such as {sys_uptime_s: 35, engine_boots: 4} is wanted")
            return []
        self.known_keys(document, where, facts, SNMP_KEYS)
        for key in ("sys_uptime_s", "wan_last_change_s", "engine_boots"):
            value = facts.get(key)
            if value is not None and not (_number(value) and value >= 0 and (key != "engine_boots" or _whole(value))):
                self.wrong(document, (*where, key), "a number is wanted, 0 or more")
                return []
        return [] if at is None else [DeviceSaid(line, at, **facts) for line in lines if facts.keys() <= set(SNMP_KEYS)]

    # -- actions -------------------------------------------------------------------------------------------------

    def _action(self, document: Document, path: Path, entry: dict[str, Any]) -> Action | None:
        name = entry["action"]
        if name not in ACTIONS:
            near = did_you_mean(str(name), tuple(ACTIONS))
            self.wrong(document, (*path, "action"), f"there is no action '{name}'{near}")
            return None
        keys, build, centre = ACTIONS[name]
        self.known_keys(document, path, entry, ("at", "action", *keys))
        values: dict[str, Any] = {"at": self.instant(document, (*path, "at"), entry.get("at")), "by": Source.CENTRE}
        for key in keys:
            read = READERS[key]
            values |= read(self, document, path, entry)
        if centre and values["by"] in (Source.UNIT, Source.CARRIER):
            self.wrong(document, (*path, "by"), f"only the centre may do this: '{name}' is by: centre")
            return None
        return None if None in values.values() else build(**values)

    def _line(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        found = self._subjects(document, path, {"line": entry.get("line")}, "line")
        if len(found) > 1:
            self.wrong(document, (*path, "line"), "an action is on one line")
        return {"line": found[0] if len(found) == 1 else None}

    def _by(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        by = self._choice(document, (*path, "by"), entry.get("by"), Source, PEOPLE)
        return {"by": by}

    def _reason(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        given = entry.get("reason")
        return {"reason": self._choice(document, (*path, "reason"), given, ExclusionReason, tuple(ExclusionReason))}

    def _party(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        return {"party": self._choice(document, (*path, "party"), entry.get("party"), Party, PARTIES)}

    def _id(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        given = entry.get("id")
        if isinstance(given, str | int) and not isinstance(given, bool) and str(given):
            return {"id": str(given)}
        self.wrong(document, (*path, "id"), "an id is wanted, by which it can be named later")
        return {"id": None}

    def _begins(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        return {"begins_at": self.instant(document, (*path, "from"), entry.get("from"))}

    def _ends(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        return {"ends_at": self.instant(document, (*path, "to"), entry.get("to"))}

    def _restored(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        return {"restored_at": self.instant(document, (*path, "restored_at"), entry.get("restored_at"))}

    def _scope(self, document: Document, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        given, where = entry.get("scope"), (*path, "scope")
        known = {"line": self.inventory.lines, "node": self.inventory.nodes, "carrier": self.inventory.carriers}
        nothing: dict[str, Any] = {"scope": None, "subject": None}
        if not isinstance(given, dict) or len(given) != 1 or not given.keys() <= known.keys():
            self.wrong(document, where, "one of {line: …}, {node: …} or {carrier: …} is wanted")
            return nothing
        [(kind, subject)] = given.items()
        if subject is None:
            self.wrong(document, (*where, kind), f"a {kind} is wanted, by its id")
            return nothing
        if str(subject) not in known[kind]:
            near = did_you_mean(str(subject), tuple(known[kind]))
            self.wrong(document, (*where, kind), f"there is no {kind} '{subject}' in the inventory{near}")
            return nothing
        return {"scope": Scope(kind), "subject": str(subject)}

    def _choice(
        self, document: Document, path: Path, given: object, kind: type[Choice], allowed: Sequence[Choice]
    ) -> Choice | None:
        if isinstance(given, str) and given in allowed:
            return kind(given)
        words = [choice.value for choice in allowed]
        self.wrong(document, path, f"{', '.join(words[:-1])} or {words[-1]} is wanted{did_you_mean(str(given), words)}")
        return None

    # -- values --------------------------------------------------------------------------------------------------

    def instant(self, document: Document, path: Path, given: object, *, relative: bool = True) -> datetime | None:
        wanted = A_TIME if relative else AN_INSTANT
        try:
            if relative and isinstance(given, str) and given.startswith("+"):
                at = None if self.start is None else self.start + parse_duration(given[1:])
            else:
                at = parse_instant(given) if isinstance(given, str) else None
                if at is None:
                    self.wrong(document, path, wanted)
        except OverflowError:
            self.wrong(document, path, "there is no such time: it lies after the year 9999")
            return None
        except ValueError as error:
            self.wrong(document, path, str(error))
            return None
        if at is not None and at.microsecond:
            self.wrong(document, path, "an instant is a whole second")
            return None
        return at

    def _duration(self, document: Document, path: Path, given: object) -> timedelta | None:
        try:
            duration = parse_duration(given if isinstance(given, str) else "")
        except ValueError as error:
            self.wrong(document, path, str(error))
            return None
        if duration < ONE_SECOND or duration % ONE_SECOND:
            self.wrong(document, path, "whole seconds are wanted, 1s or more")
            return None
        return duration

    def known_keys(self, document: Document, path: Path, given: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in given:
            if key not in known:
                self.wrong(document, (*path, key), f"unknown key '{key}'{did_you_mean(key, known)}", key=True)

    def wrong(self, document: Document, path: Path, message: str, *, key: bool = False) -> None:
        self.problems.append(document.problem(path, message, key=key))


Reader = Callable[[Timeline, Document, Path, dict[str, Any]], dict[str, Any]]
READERS: dict[str, Reader] = {
    "line": Timeline._line,
    "by": Timeline._by,
    "id": Timeline._id,
    "from": Timeline._begins,
    "to": Timeline._ends,
    "reason": Timeline._reason,
    "party": Timeline._party,
    "scope": Timeline._scope,
    "restored_at": Timeline._restored,
}
# name: its keys beside at and action, what it is, and whether only the centre may do it
ACTIONS: dict[str, tuple[tuple[str, ...], Callable[..., Action], bool]] = {
    "report": (("line", "by"), Report, False),
    "acknowledge": (("line", "by"), Acknowledge, False),
    "claim_restored": (("line", "by"), ClaimRestored, False),
    "notified": (("line",), Notified, False),
    "restore": (("line", "by", "restored_at"), Restore, True),
    "exclude": (("line", "by", "id", "from", "to", "reason"), Exclude, True),
    "revoke_exclusion": (("by", "id"), RevokeExclusion, True),
    "attribute": (("line", "by", "party"), Attribute, True),
    "maintenance": (("by", "id", "scope", "from", "to"), Maintain, True),
    "cancel_maintenance": (("by", "id"), CancelMaintenance, True),
}


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
