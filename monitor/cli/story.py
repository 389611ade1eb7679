"""The whole story of one fault, for programs and for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from enum import Enum
from heapq import merge
from itertools import chain
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli.deliveries import delivery_table, say_attempt, spell_attempt, spell_delivery
from monitor.cli.evidence import evidence_table, say_device, say_end, say_icmp, say_target, say_trap, spell_evidence
from monitor.cli.tables import COLOURS, fault_table, headed
from monitor.cli.times import local
from monitor.config.folder import Configuration
from monitor.faults.events import Event, IcmpHeard, PathTraced, TrapHeard
from monitor.faults.evidence import DeviceSaid
from monitor.faults.terms import MessageKind
from monitor.policy import Policies
from monitor.sla.spans import FOREVER, Span
from monitor.sla.spelling import spell_fault, spell_seconds, spell_time
from monitor.store.codec import event_json
from monitor.store.ledger import Recorded
from monitor.store.story import Story, Version
from monitor.wording import say_length

Json = dict[str, Any]
TOLD_APART = ("kind", "at", "no", "line", "unit", "carrier", "role", "node")  # the head of the page says these


def spell_story(found: Story) -> Json:
    """Return a story as one object: the fault of ``faults --json``, and beside it everything on record of it."""
    fault = found.fault
    return (
        {"no": fault.no, "unit": fault.unit, "carrier": fault.carrier, "role": fault.role, "eta": spell_time(fault.eta)}
        | spell_fault(fault, found.policy, found.now, repeat_of=found.repeat_of, incident=found.incident)
        | {
            "measurements": {
                "outages": [_span(span) for span in found.outages],
                "unknown": [_span(span) for span in found.unknown],
                "blips": [_span(span) for span in found.blips],
                "stretches": [
                    {
                        "outcome": stretch.outcome,
                        "from": spell_time(stretch.first_at),
                        "to": spell_time(stretch.last_at),
                        "every_s": stretch.step_s,
                        "rounds": stretch.rounds,
                    }
                    for stretch in found.stretches
                ],
            },
            "gathered": spell_evidence(found),
            "messages": _events(found.messages()),
            "deliveries": [spell_delivery(each) for each in found.deliveries],
            "attempts": [spell_attempt(each) for each in found.attempts],
            "actions": _events(found.actions()),
            "evidence_events": _events(found.evidence()),
            "verdicts": [_version(version) for version in found.versions],
            "events": _events(found.events),
        }
    )


def show_story(found: Story, loaded: Configuration, policies: Policies, console: Console) -> None:
    """Print a story: the fault, its verdicts, its evidence, its timeline, what was measured around it."""
    from monitor.wording import WORDING

    words, zone = WORDING[loaded.settings.locale.value], loaded.settings.timezone
    console.print(
        fault_table([found.fault], loaded, policies=policies, now=found.now, words=words, width=console.width)
    )
    console.print(_verdicts(found, words, zone))
    console.print(evidence_table(found, loaded, words))
    console.print(_timeline(found, words, zone))
    if found.deliveries:
        console.print(delivery_table(found.deliveries, words, zone))
    console.print(_measured(found, words, zone))


def _verdicts(found: Story, words: Mapping[str, str], zone: tzinfo) -> Table:
    table = headed(words["verdicts"], words, "version", "at", "ruling", "party", "elapsed", "excluded", "verdict")
    for version in found.versions:
        verdict = version.reading.verdict
        table.add_row(
            str(version.number),
            local(version.begins_at, zone),
            words[version.ruling.kind] if version.ruling else "—",
            words[version.fault.party.value],
            say_length(version.reading.elapsed, words),
            say_length(version.reading.excluded, words),
            Text(words[verdict.value], style=COLOURS[verdict]),
        )
    return table


def _timeline(found: Story, words: Mapping[str, str], zone: tzinfo) -> Table:
    """Return what happened and every try at telling of it, in the order of time."""
    table = headed(words["timeline"], words, "at", "what", "details")
    events = (
        (event.at, words.get(event.kind, event.kind), _details(event, words, zone))
        for event in (recorded.event for recorded in found.events)
    )
    tries = ((each.at, words["attempt"], say_attempt(each, words)) for each in found.attempts)
    for at, what, details in merge(events, tries, key=lambda row: row[0]):
        table.add_row(local(at, zone), what, Text(details))
    return table


def _measured(found: Story, words: Mapping[str, str], zone: tzinfo) -> Table:
    table = headed(words["measurements"], words, "from", "to", "what", "details")
    rows = [
        (stretch.first_at, stretch.last_at, stretch.outcome, words["rounds"].format(count=stretch.rounds))
        for stretch in found.stretches
    ]
    spans = (("outage", found.outages), ("unknown", found.unknown), ("blip", found.blips))
    rows += [(begin, end, what, "") for what, parts in spans for begin, end in parts]
    for begin, end, what, details in sorted(rows):
        table.add_row(local(begin, zone), "—" if end == FOREVER else local(end, zone), words[what], details)
    return table


def _details(event: Event, words: Mapping[str, str], zone: tzinfo) -> str:
    """Say what an event holds: every field that says something, the words of people first."""
    match event:
        case PathTraced():
            return f"{say_target(event, words)}  {say_end(event, words)}"
        case IcmpHeard():
            return say_icmp(event, words)
        case TrapHeard():
            return say_trap(event, words)
    names = chain.from_iterable(getattr(kind, "__slots__", ()) for kind in reversed(type(event).__mro__))
    told = [name for name in names if name not in TOLD_APART]
    first = [name for name in ("by", "who", "why", "text") if name in told]
    parts = []
    for name in (*first, *(name for name in told if name not in first)):
        value = getattr(event, name)
        if value is not None and value != ():
            parts.append(f"{name}={_said(value, words, zone)}")
    return "  ".join(parts)


def _said(value: object, words: Mapping[str, str], zone: tzinfo) -> str:
    match value:
        case datetime():
            return local(value, zone)
        case DeviceSaid():
            return say_device(value, words, zone)
        case MessageKind():
            return words.get(f"message_{value.value}", value.value)
        case Enum():
            return words.get(value.value, value.value)
        case tuple():
            return ",".join(_said(each, words, zone) for each in value)
        case _:
            return str(value)


def _span(span: Span) -> Json:
    begin, end = span
    return {"from": spell_time(begin), "to": None if end == FOREVER else spell_time(end)}


def _events(recorded: Iterable[Recorded]) -> list[Json]:
    return [{"seq": each.seq} | json.loads(event_json(each.event)) for each in recorded]


def _version(version: Version) -> Json:
    reading = version.reading
    return {
        "version": version.number,
        "from": spell_time(version.begins_at),
        "to": spell_time(version.ends_at),
        "ruling": None if version.ruling is None else json.loads(event_json(version.ruling)),
        "party": version.fault.party.value,
        "verdict": reading.verdict.value,
        "elapsed_s": spell_seconds(reading.elapsed),
        "elapsed_min_s": spell_seconds(reading.elapsed_min),
        "excluded_s": spell_seconds(reading.excluded),
        "deadline_at": spell_time(reading.deadline_at),
    }
