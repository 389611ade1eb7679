"""Puts a history together: head, rounds and deeds as JSON Lines."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.chronicle.deeds import Deeds
from monitor.chronicle.gathering import Material, NothingJudged
from monitor.chronicle.reach import Past
from monitor.chronicle.rounds import begun_well, from_last_before, until
from monitor.chronicle.surroundings import Ruling, changes, tellable, versions
from monitor.chronicle.testimony import words
from monitor.config.adopted import policy_text
from monitor.faults.observation import Outcome
from monitor.inventory.adopted import merged
from monitor.inventory.model import Inventory, Line
from monitor.policy import Policies, Policy
from monitor.sla.spans import BEGINNING
from monitor.sla.spelling import Json, spell_time
from monitor.store.stretches import Stretch, Target

LOOKED_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=30))
SECOND = timedelta(seconds=1)
PINGS = {Outcome.GOOD.value: "ok", Outcome.BAD.value: "lost", Outcome.ERROR.value: "error"}
Rounds = dict[tuple[str, str], Sequence[Stretch]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """A history: its head, and its entries in the order of time. ``untold`` is what the format has no words for."""

    head: Json
    entries: tuple[Json, ...]
    untold: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Go through the lines of the file."""
        for each in (self.head, *self.entries):
            yield json.dumps(each, ensure_ascii=False) + "\n"


def write(material: Material, begin: datetime, *, with_policy: bool = True) -> Chronicle:
    """Write the history whose replay gives the faults, blips and figures from ``begin`` to the end of the material.

    1. Take every line watched in the period, and since when each is needed.
    2. Take the rounds of each from its last good one before that, and those of the references from the first of them.
    3. Take what people did to the faults that are told, and the windows that reach into it.
    4. Take what devices said around those faults, as far as it was weighed.

    Without a policy the file is judged by that of ``replay --policy``, or by the built-in numbers.

    Raises:
        NothingJudged: the period begins after all that is on record.
    """
    if begin >= material.end:
        raise NothingJudged(
            f"nothing was judged after {spell_time(begin)}: the record ends at {spell_time(material.end)}"
        )
    past = Past(material.events)
    inventory, since = _reach(material, past, begin)
    rounds = _rounds(material, past, inventory, since)
    deeds = Deeds(past, since)
    done = deeds.of(material.events, min([*since.values(), begin]))
    timed = [(deed.at, 0, deed.entry) for deed in done]
    timed += [(part.first_at, 1, entry) for parts in rounds.values() for part in parts for entry in _entries(part)]
    timed += [(at, 2, entry) for at, entry in words(material.events, past, since)]
    start = min([begin, *(at for at, _, _ in timed)])
    ruling = versions(material.policies, start, material.end)
    untold = (*deeds.untold, *_untold(material, past, inventory, since, rounds, start, ruling))
    head = _head(material, begin, start, inventory, ruling, untold, with_policy=with_policy)
    return Chronicle(
        head=head, entries=tuple(entry for _, _, entry in sorted(timed, key=lambda each: each[:2])), untold=untold
    )


def _reach(material: Material, past: Past, begin: datetime) -> tuple[Inventory, Mapping[str, datetime]]:
    """Return the inventory and since when its lines are needed, also those that left before the period."""
    inventory, since = merged(material.inventories, begin), dict[str, datetime]()
    while since.keys() != inventory.lines.keys():
        within = max(version.incident.within for each in material.policies for version in each.what.versions)
        since = past.reach(inventory.lines, begin, material.end, within=within)
        inventory = merged(material.inventories, min([begin, *since.values()]))
    return inventory, since


# -- rounds ------------------------------------------------------------------------------------------------------


def _rounds(material: Material, past: Past, inventory: Inventory, since: Mapping[str, datetime]) -> Rounds:
    """Return what is told of each line and reference, after looking back as far as need be."""
    earliest = min(since.values(), default=material.end)
    unheard = {line: past.blind | past.down(line) for line in inventory.lines}
    cut: Rounds = {}
    for back in (*LOOKED_BACK, None):
        known = _known(material, BEGINNING if back is None else earliest - back)
        cut = {
            (Target.LINE.value, name): begun_well(parts, line, since[name], unheard[name])
            for name, line in inventory.lines.items()
            if (parts := known.get((Target.LINE.value, name)))
        }
        start = min((parts[0].first_at for parts in cut.values()), default=earliest)
        for name in inventory.references:
            cut[Target.REFERENCE.value, name] = from_last_before(known.get((Target.REFERENCE.value, name), ()), start)
        if _far_enough(cut, past, since, start):
            break
    return {subject: kept for subject, parts in cut.items() if (kept := list(until(parts, material.end)))}


def _known(material: Material, since: datetime) -> Rounds:
    known: dict[tuple[str, str], list[Stretch]] = defaultdict(list)
    for stretch in material.stretches((since, material.end + SECOND)):
        known[stretch.target, stretch.subject].append(stretch)
    return {subject: sorted(parts, key=lambda part: part.number) for subject, parts in known.items()}


def _far_enough(cut: Rounds, past: Past, since: Mapping[str, datetime], start: datetime) -> bool:
    """Tell whether every line seen before begins well, and every reference is known from the start."""
    for line, at in since.items():
        if line in past.first_seen and past.first_seen[line] <= at:
            parts = cut.get((Target.LINE.value, line))
            if not parts or parts[0].outcome != Outcome.GOOD.value or parts[0].first_at > at:
                return False
    references = [parts for (target, _), parts in cut.items() if target == Target.REFERENCE.value]
    return all(parts and parts[0].first_at <= start for parts in references)


def _entries(rounds: Stretch) -> Iterator[Json]:
    subject, ping = {rounds.target: rounds.subject}, PINGS[rounds.outcome]
    if rounds.rounds == 1 or not rounds.step_s:
        for _ in range(rounds.rounds):
            yield {**subject, "at": spell_time(rounds.first_at), "ping": ping}
        return
    end = rounds.first_at + rounds.rounds * timedelta(seconds=rounds.step_s)
    span = {"from": spell_time(rounds.first_at), "to": spell_time(end)}
    yield {**subject, **span, "every": f"{rounds.step_s}s", "ping": ping}


# -- the head ----------------------------------------------------------------------------------------------------


def _head(
    material: Material,
    begin: datetime,
    start: datetime,
    inventory: Inventory,
    ruling: Ruling,
    untold: Sequence[str],
    *,
    with_policy: bool,
) -> Json:
    names = ", ".join(dict.fromkeys(policy.version for _, policy in ruling))
    about = [
        f"What is on record from {spell_time(begin)} to {spell_time(material.end)}, "
        f"and from {spell_time(start)} as far as that needs it; judged by policy {names}.",
        *(f"Not told: {each}." for each in untold),
    ]
    head: Json = {"about": " ".join(about), "start": spell_time(start), "end": spell_time(material.end)}
    if with_policy:
        head["policy"] = _policy(ruling)
    period = {"from": spell_time(begin), "to": spell_time(material.end)}
    return {**head, "inventory": _spelled(inventory), "availability": period}


def _policy(ruling: Ruling) -> Json | list[Json]:
    """Return every number of the policy as an override; of several versions each, with the instant it came in force."""
    if len(ruling) == 1 or not tellable(ruling):
        return _numbers(ruling[-1][1])
    return [{**_numbers(policy), "effective_from": spell_time(at)} for at, policy in ruling]


def _numbers(policy: Policy) -> Json:
    [numbers] = json.loads(policy_text(Policies([policy])))
    return {key: value for key, value in numbers.items() if key != "effective_from"}


def _spelled(inventory: Inventory) -> Json:
    """Return what judging needs of an inventory: no contacts, no ports, no SNMP."""
    return {
        "carriers": [{"id": each.id, "name": each.name} for each in inventory.carriers.values()],
        "nodes": [
            _given(id=each.id, carrier=each.carrier, name=each.name, parent=each.parent)
            for each in inventory.nodes.values()
        ],
        "units": [{"id": each.id, "name": each.name} for each in inventory.units.values()],
        "lines": [_line(line) for line in inventory.lines.values()],
        "references": [{"id": each.id, "address": each.address} for each in inventory.references.values()],
    }


def _line(line: Line) -> Json:
    return _given(
        id=line.id,
        unit=line.unit,
        carrier=line.carrier,
        node=line.node,
        role=line.role.value,
        address=line.address,
        in_service_from=spell_time(line.in_service_from),
        in_service_to=spell_time(line.in_service_to),
    )


def _given(**keys: object) -> Json:
    return {key: value for key, value in keys.items() if value is not None}


def _untold(
    material: Material,
    past: Past,
    inventory: Inventory,
    since: Mapping[str, datetime],
    rounds: Rounds,
    start: datetime,
    ruling: Ruling,
) -> Iterator[str]:
    """Name what is on record and cannot be said in a history, or is not on record any more."""
    if not tellable(ruling):
        last = ruling[-1][1].version
        yield f"that policy versions were in force in turn, one of them twice: {last} judges all of the history"
    yield from changes(material.inventories, start)
    for line in inventory.lines:
        first_seen, parts = past.first_seen.get(line), rounds.get((Target.LINE.value, line))
        if first_seen is not None and first_seen <= since[line] and (not parts or parts[0].first_at > since[line]):
            yield f"rounds of line {line} before {spell_time(parts[0].first_at if parts else material.end)}: not kept"
