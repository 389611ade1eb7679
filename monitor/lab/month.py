"""Past months of the sample county as a history (``replay.md``): what was measured, and what people did about it.

The same county and months give the same history, to the second. Nothing in it says what is to be judged of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from monitor.config.inventory_text import inventory_json
from monitor.inventory.model import Line
from monitor.lab.county import County
from monitor.lab.folder import ZONE
from monitor.lab.mishaps import Cause, Mishap, by_line, draw
from monitor.sla.spans import Span

Json = Mapping[str, object]
EVERY, SOON, SOON_FOR = timedelta(minutes=2), timedelta(seconds=10), timedelta(minutes=1)
CALM = timedelta(minutes=30)  # after a line answered badly: asked as the policy asks, fewer rounds tell nothing
DRAWN_UP = timedelta(hours=8)  # after the last midnight: what is open then is open in the report
SETTLED = timedelta(days=1)  # after it: what outlasts the month is over, and nothing runs on when nobody watches
ROUND_TRIP = (2.0, 9.0)  # milliseconds
REBOOT = timedelta(seconds=40)  # how long an agent has been up when it is first asked after a power cut
UP_FOR = timedelta(days=40)  # and at the beginning
BOOTS = 4
ANNOUNCED = timedelta(days=2)
MORNING = time(9, 20)
MINUTE = timedelta(minutes=1)
OF_CARRIERS = (Cause.FIBRE_CUT, Cause.EQUIPMENT, Cause.NODE_CUT)


@dataclass(frozen=True, kw_only=True)
class Past:
    """Months that are over: from the first midnight to the morning on which they are looked back at."""

    county: County
    begin: datetime
    end: datetime
    mishaps: tuple[Mishap, ...]
    blind: tuple[Span, ...]


def past(county: County, first: date, months: int = 1, *, then: timedelta = DRAWN_UP) -> Past:
    """Draw months of a county that follow one another, from the first day of ``first``'s month, and ``then`` some."""
    midnights = [_midnight(first.replace(day=1), ahead) for ahead in range(months + 1)]
    drawn = [draw(county, begin, end) for begin, end in pairwise(midnights)]
    return Past(
        county=county,
        begin=midnights[0],
        end=midnights[-1] + then,
        mishaps=tuple(mishap for month in drawn for mishap in month.mishaps),
        blind=tuple(month.blind for month in drawn),
    )


def history(told: Past) -> Iterator[str]:
    """Go through the lines of the file: the head, then the entries."""
    writing = _Writing(told)
    for each in (writing.head(), *writing.entries()):
        yield json.dumps(each, ensure_ascii=False) + "\n"


class _Writing:
    """Writes one past down."""

    def __init__(self, told: Past) -> None:
        self._told = told
        self._chance = Random(f"{told.county.seed}/{told.begin:%Y-%m}/people")  # noqa: S311 - invented people
        self._planned = 0
        self._excluded = 0

    def head(self) -> Json:
        inventory = json.loads(inventory_json(self._told.county.inventory, zone=ZoneInfo(ZONE)))
        for entities in ("carriers", "units"):
            for entity in inventory[entities]:
                entity.pop("contacts", None)  # a history names no people
        return {
            "about": f"{self._told.county.name}: invented months, seed {self._told.county.seed}",
            "start": _iso(self._told.begin),
            "end": _iso(self._told.end),
            "inventory": inventory,
        }

    def entries(self) -> Iterator[Json]:
        inventory, mishaps = self._told.county.inventory, by_line(self._told.mishaps)
        for reference in inventory.references:
            for begin, end in self._seeing(self._told.begin, self._told.end):
                yield {"reference": reference, **_rounds(begin, end, EVERY), "ping": "ok"}
        for line in inventory.lines.values():
            yield from self._measured(line, mishaps.get(line.id, ()))
        for mishap in self._told.mishaps:
            yield from self._done(inventory.lines[mishap.line], mishap)

    # -- what was measured ---------------------------------------------------------------------------------------

    def _measured(self, line: Line, mishaps: Iterable[Mishap]) -> Iterator[Json]:
        since, booted, boots = self._told.begin, self._told.begin - UP_FOR, BOOTS
        well = {"sent": 3, "received": 3, "rtt_ms": [round(self._chance.uniform(*ROUND_TRIP), 1)] * 3}
        for mishap in mishaps:
            yield from self._asked(line, since, mishap.begins_at, well)
            if mishap.cause is Cause.DEGRADATION:
                lossy = {**well, "received": 2, "rtt_ms": [60.0] * 2}
                since = min(mishap.ends_at + CALM, self._told.end)
                yield from self._asked(line, mishap.begins_at, mishap.ends_at, lossy, every=MINUTE)
                yield from self._asked(line, mishap.ends_at, since, well, every=MINUTE)
                continue
            yield from self._asked_soon(line, mishap.begins_at, mishap.ends_at, "lost")
            since = min(self._next_round(mishap.ends_at), self._told.end)
            quick = min(since + SOON_FOR, self._told.end)
            yield from self._asked(line, since, quick, well, every=SOON)
            if mishap.cause is Cause.UNIT_POWER:
                booted, boots = since + SOON - REBOOT, boots + 1
            if line.snmp is not None and since + EVERY < self._told.end:
                yield self._said(line, since + SOON, booted, boots)
            since = quick
        yield from self._asked(line, since, self._told.end, well)

    def _asked_soon(self, line: Line, begin: datetime, end: datetime, ping: object) -> Iterator[Json]:
        """Ask every ten seconds at first, as for a line in trouble, then on its turn."""
        quick = min(begin + SOON_FOR, end)
        yield from self._asked(line, begin, quick, ping, every=SOON)
        yield from self._asked(line, quick, end, ping)

    def _asked(
        self, line: Line, begin: datetime, end: datetime, ping: object, *, every: timedelta = EVERY
    ) -> Iterator[Json]:
        for since, until in self._seeing(begin, min(end, self._told.end)):
            yield {"line": line.id, **_rounds(since, until, every), "ping": ping}

    def _seeing(self, begin: datetime, end: datetime) -> Iterator[Span]:
        """Leave out the time in which the monitor stood."""
        for dark, light in self._told.blind:
            if dark < end and light > begin:
                if begin < dark:
                    yield begin, dark
                begin = max(begin, light)
        if begin < end:
            yield begin, end

    def _next_round(self, at: datetime) -> datetime:
        """Return the first full minute from an instant on."""
        floor = at.replace(second=0)
        return floor if floor == at else floor + MINUTE

    def _said(self, line: Line, at: datetime, booted: datetime, boots: int) -> Json:
        facts = {"sys_uptime_s": int((at - booted).total_seconds()), "engine_boots": boots, "wan_oper": "up"}
        return {"line": line.id, "at": _iso(at), "snmp": facts}

    # -- what people did -----------------------------------------------------------------------------------------

    def _done(self, line: Line, mishap: Mishap) -> Iterator[Json]:
        for deed in self._deeds(line, mishap):
            if deed["at"] < _iso(self._told.end):  # type: ignore[operator]
                yield deed

    def _deeds(self, line: Line, mishap: Mishap) -> Iterator[Json]:
        begin, end = mishap.begins_at, mishap.ends_at
        match mishap.cause:
            case Cause.FIBRE_CUT | Cause.EQUIPMENT | Cause.NODE_CUT:
                yield from self._answered(line, begin, end)
            case Cause.UNIT_POWER:
                if self._chance.random() < 0.9:
                    yield self._ruled(line, end, "unit")
            case Cause.UNIT_LAN:
                yield _deed(begin + self._chance.randint(2, 8) * MINUTE, "report", line=line.id, by="unit")
                yield self._ruled(line, end, "unit")
            case Cause.MAINTENANCE:
                yield from self._approved(line, begin, end)
            case Cause.FORCE_MAJEURE:
                yield from self._answered(line, begin, end)
                yield from self._excluded_from(line, begin, end)
            case _:
                return

    def _answered(self, line: Line, begin: datetime, end: datetime) -> Iterator[Json]:
        if self._chance.random() < 0.9:
            yield _deed(begin + self._chance.randint(2, 25) * MINUTE, "acknowledge", line=line.id, by="carrier")
        if self._chance.random() < 0.5:
            yield _deed(end + MINUTE, "claim_restored", line=line.id, by="carrier")

    def _ruled(self, line: Line, after: datetime, party: str) -> Json:
        """Rule on the next morning."""
        return _deed(_next_morning(after), "attribute", line=line.id, party=party, by="centre")

    def _approved(self, line: Line, begin: datetime, end: datetime) -> Iterator[Json]:
        self._planned += 1
        window = {"from": _iso(begin - 15 * MINUTE), "to": _iso(end + 30 * MINUTE)}
        given = max(self._told.begin, begin - ANNOUNCED)
        name = f"M{begin:%Y%m}-{self._planned:02d}"
        yield {
            "at": _iso(given),
            "action": "maintenance",
            "id": name,
            "scope": {"line": line.id},
            **window,
            "by": "centre",
        }

    def _excluded_from(self, line: Line, begin: datetime, end: datetime) -> Iterator[Json]:
        """Stop the clock for as long as nobody could get there."""
        self._excluded += 1
        until = begin + (end - begin) * 0.6
        yield {
            "at": _iso(_next_morning(begin)),
            "action": "exclude",
            "line": line.id,
            "id": f"X{begin:%Y%m}-{self._excluded:02d}",
            "from": _iso(begin),
            "to": _iso(until.replace(second=0, microsecond=0)),
            "reason": "force_majeure",
            "by": "centre",
        }


def _deed(at: datetime, action: str, **keys: str) -> Json:
    return {"at": _iso(at), "action": action, **keys}


def _rounds(begin: datetime, end: datetime, every: timedelta) -> Json:
    return {"from": _iso(begin), "to": _iso(end), "every": f"{every.seconds}s"}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _next_morning(at: datetime) -> datetime:
    """Return the morning after an instant; the clock of the centre's office."""
    local = at.astimezone(ZoneInfo(ZONE))
    return datetime.combine(local.date() + timedelta(days=1), MORNING, tzinfo=ZoneInfo(ZONE))


def _midnight(first: date, ahead: int) -> datetime:
    years, month = divmod(first.month - 1 + ahead, 12)
    return datetime(first.year + years, month + 1, 1, tzinfo=ZoneInfo(ZONE))
