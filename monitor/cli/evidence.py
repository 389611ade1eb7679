"""The evidence of one fault, for programs and for a terminal: reasons, the device's words, its node's lines, paths."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta, tzinfo
from typing import Any

from rich.table import Table
from rich.text import Text

from monitor.cli.tables import headed
from monitor.cli.times import local
from monitor.config.folder import Configuration
from monitor.faults.events import EvidenceFound, HopSeen, IcmpHeard, IncidentGrouped, PathTraced, TrapHeard
from monitor.faults.evidence import PARTY_OF, DeviceSaid, port_changed_at, proposed
from monitor.faults.terms import Reason
from monitor.sla.spelling import spell_time
from monitor.sla.survey import LineState
from monitor.store.codec import event_json
from monitor.store.gathered import Sibling, Spoken
from monitor.store.story import Story
from monitor.wording import say_length

Json = dict[str, Any]
Words = Mapping[str, str]
ROW = tuple[str, str, str]  # what, for whom it speaks, details


def spell_evidence(found: Story) -> Json:
    """Return the evidence as one object; ``siblings`` is null where the inventory of that time is not on record."""
    gathered = found.gathered
    return {
        "reasons": [
            {"reason": reason.value, "party": PARTY_OF[reason].value, "episodes": _episodes(found, reason)}
            for reason in Reason
            if reason in found.fault.reasons
        ],
        "device": [
            {"episode": each.episode, "before": _word(each.before), "after": _word(each.after)}
            for each in gathered.spoken
        ],
        "siblings": None if gathered.siblings is None else [_sibling(each) for each in gathered.siblings],
        "paths": [json.loads(event_json(path)) | {"answered_last": _hop(path)} for path in gathered.paths()],
        "icmp": [json.loads(event_json(heard)) for heard in gathered.icmp()],
        "traps": [json.loads(event_json(heard)) for heard in gathered.traps()],
    }


def evidence_table(found: Story, loaded: Configuration, words: Words) -> Table:
    """Return the evidence as a table under the party that it proposes."""
    party = words[proposed(found.fault.reasons).value]
    table = headed(words["proposed"].format(party=party), words, "what", "speaks_for", "details")
    zone = loaded.settings.timezone
    for what, whom, details in (
        *_reasons(found, loaded, words),
        *(_device(each, found, words, zone) for each in found.gathered.spoken),
        *_node(found, loaded, words, zone),
        *((words["path_traced"], "", _path(path, words, zone)) for path in found.gathered.paths()),
        *((words["icmp_heard"], "", f"{local(e.at, zone)}  {say_icmp(e, words)}") for e in found.gathered.icmp()),
        *(
            (words["trap_heard"], "", f"{local(e.heard_at, zone)}  {say_trap(e, words)}")
            for e in found.gathered.traps()
        ),
    ):
        table.add_row(what, whom, Text(details))
    return table


def say_device(said: DeviceSaid, words: Words, zone: tzinfo) -> str:
    """Say what a device said of itself, and when: uptime, boots, its WAN port."""
    parts = [local(said.at, zone)]
    if said.sys_uptime_s is not None:
        parts.append(words["up_for"].format(length=say_length(timedelta(seconds=said.sys_uptime_s), words)))
    if said.engine_boots is not None:
        parts.append(words["boots"].format(count=said.engine_boots))
    if said.wan_oper is not None:
        parts.append(words["wan_oper"].format(state=said.wan_oper))
    changed_at = port_changed_at(said)
    if changed_at is not None:
        parts.append(words["wan_changed"].format(at=local(changed_at, zone)))
    return "  ".join(parts)


def say_target(path: PathTraced, words: Words) -> str:
    """Say where a path was traced to: the line itself, or a neighbour beside it."""
    return words["to_line"] if path.neighbour is None else words["to_neighbour"].format(line=path.neighbour)


def say_end(path: PathTraced, words: Words) -> str:
    """Say how a path ended: reached, refused, or who answered last."""
    if path.failure is not None:
        return words["path_failed"].format(why=path.failure)
    last = path.answered_last
    if last is None:
        return words["path_silent"]
    how = "path_refused" if last.refused else "path_reached" if last.reached else "path_lost"
    return words[how].format(address=last.address, distance=last.distance)


def say_icmp(heard: IcmpHeard, words: Words) -> str:
    """Say what a router or host said of echoes to the line."""
    return words["icmp_said"].format(
        sender=heard.sender, said=words.get(f"icmp_{heard.said}", heard.said), code=heard.code
    )


def say_trap(heard: TrapHeard, words: Words) -> str:
    """Say what a device said unasked: what it means, of which port, and the vendor's name for it."""
    number = None if heard.index is None else f"#{heard.index}"
    return "  ".join(each for each in (words[heard.said.value], heard.interface or number, heard.word) if each)


# -- rows of the table -------------------------------------------------------------------------------------------


def _reasons(found: Story, loaded: Configuration, words: Words) -> Iterator[ROW]:
    for reason in (each for each in Reason if each in found.fault.reasons):
        if reason is Reason.SHARED_UPSTREAM:
            details = _incident(found, loaded, words)
        else:
            numbers = ", ".join(str(episode) for episode in _episodes(found, reason))
            details = words["in_episode"].format(episode=numbers)
        yield words[reason.value], words[PARTY_OF[reason].value], details


def _incident(found: Story, loaded: Configuration, words: Words) -> str:
    grouped = [each.event for each in found.events if isinstance(each.event, IncidentGrouped)]
    latest = next((each for each in reversed(grouped) if each.incident == found.incident), None)
    if latest is None:
        return ""
    where = _carrier(latest.carrier, loaded) if latest.node is None else _node_name(latest.node, loaded)
    return words["in_incident"].format(number=latest.incident, where=where, faults=len(latest.faults))


def _device(spoken: Spoken, found: Story, words: Words, zone: tzinfo) -> ROW:
    episode = found.fault.episodes[spoken.episode - 1]
    lasted = (episode.restored_at or found.now) - episode.first_failed_at
    numbered = words["in_episode"].format(episode=spoken.episode)
    lines = [
        f"{numbered}  {words['outage_lasted'].format(length=say_length(lasted, words))}",
        *(
            f"{words[when]}  {words['not_on_record'] if said is None else say_device(said, words, zone)}"
            for when, said in (("said_before", spoken.before), ("said_after", spoken.after))
        ),
    ]
    return words["device_said"], "", "\n".join(lines)


def _node(found: Story, loaded: Configuration, words: Words, zone: tzinfo) -> Iterator[ROW]:
    node, siblings = found.fault.node, found.gathered.siblings
    if node is None:
        return
    name = _node_name(node, loaded)
    if siblings is None:
        yield words["siblings"], "", f"{name}  {words['not_on_record']}"
        return
    lines = [name]
    for state in LineState:
        told = [_named(each, zone) for each in siblings if each.state is state]
        if told:
            lines.append(f"{words[state.value]} {len(told)}/{len(siblings)}  {', '.join(told)}")
    yield words["siblings"], "", "\n".join(lines)


def _named(each: Sibling, zone: tzinfo) -> str:
    return each.line if each.since is None else f"{each.line} {local(each.since, zone)}"


def _path(path: PathTraced, words: Words, zone: tzinfo) -> str:
    head = f"{local(path.at, zone)}  {say_target(path, words)}  {say_end(path, words)}"
    hops = "  ".join(f"{hop.distance} {hop.address or '*'}{_rtt(hop)}" for hop in path.hops)
    return f"{head}\n{hops}" if hops else head


def _trap(heard: TrapHeard, words: Words, zone: tzinfo) -> str:
    return f"{local(heard.heard_at, zone)}  {say_trap(heard, words)}"


def _rtt(hop: HopSeen) -> str:
    return "" if hop.rtt_ms is None else f" {hop.rtt_ms:.1f} ms"


def _node_name(node: str, loaded: Configuration) -> str:
    known = loaded.inventory.nodes.get(node)
    return known.name if known is not None and known.name else node


def _carrier(carrier: str, loaded: Configuration) -> str:
    known = loaded.inventory.carriers.get(carrier)
    return known.short_name if known is not None else carrier


# -- spelled for programs ----------------------------------------------------------------------------------------


def _episodes(found: Story, reason: Reason) -> list[int]:
    told = (each.event for each in found.events if isinstance(each.event, EvidenceFound))
    return sorted({event.episode for event in told if reason in event.reasons})


def _word(said: DeviceSaid | None) -> Json | None:
    if said is None:
        return None
    return {
        "at": spell_time(said.at),
        "sys_uptime_s": said.sys_uptime_s,
        "engine_boots": said.engine_boots,
        "wan_oper": said.wan_oper,
        "wan_last_change_s": said.wan_last_change_s,
        "wan_changed_at": spell_time(port_changed_at(said)),
    }


def _sibling(each: Sibling) -> Json:
    return {"line": each.line, "unit": each.unit, "state": each.state.value, "since": spell_time(each.since)}


def _hop(path: PathTraced) -> Json | None:
    last = path.answered_last
    return None if last is None else {"address": last.address, "distance": last.distance}
