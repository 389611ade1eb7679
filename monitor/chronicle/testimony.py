"""What devices said around outages, as the entries of a history say it. Pure.

The record keeps the words that were weighed and spoke for a party, not all that were ever said. Where a device spoke
after an episode and for nobody, an entry without a word stands for it, lest what it said next be taken for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from monitor.chronicle.reach import Past, told
from monitor.faults.events import EpisodeRestored, Event, EvidenceFound
from monitor.faults.evidence import DeviceSaid
from monitor.sla.spelling import Json, spell_time

WORDS = ("sys_uptime_s", "engine_boots", "wan_oper", "wan_last_change_s")


def words(events: Iterable[Event], past: Past, since: Mapping[str, datetime]) -> Iterator[tuple[datetime, Json]]:
    """Go through what devices said around the faults that a history since then tells, line by line in its order."""
    unweighed: dict[str, list[datetime]] = defaultdict(list)
    last: dict[str, DeviceSaid] = {}
    for event in events:
        if not isinstance(event, EpisodeRestored | EvidenceFound) or not told(past.cases[event.no], since):
            continue
        line = past.cases[event.no].opened.line
        if isinstance(event, EpisodeRestored):
            unweighed[line].append(event.at)
        elif event.after is not None:
            before, after, earlier = event.before, event.after, unweighed.pop(line, [])[:-1]
            if before is not None and before != last.get(line):
                yield from ((at, _entry(DeviceSaid(line, at))) for at in earlier if at <= before.at)
                yield before.at, _entry(before)
            yield after.at, _entry(after)
            last[line] = after


def _entry(said: DeviceSaid) -> Json:
    facts = {name: value for name in WORDS if (value := getattr(said, name)) is not None}
    return {"line": said.line, "at": spell_time(said.at), "snmp": facts}
