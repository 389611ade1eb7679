"""How a fault was told: its messages by channel, and every try at them, for programs and for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from rich.table import Table
from rich.text import Text

from monitor.cli.tables import headed
from monitor.cli.times import local
from monitor.sla.spelling import spell_time
from monitor.store.deliveries import UNKNOWN, Attempt, Delivery, State

Words = Mapping[str, str]
STYLES = {State.WAITING: "yellow", State.DELIVERED: "green", State.FAILED: "bold red", State.UNWANTED: "dim"}


def spell_delivery(each: Delivery) -> dict[str, Any]:
    """Return a delivery for programs; ``with`` is the key of another message in whose letter it went."""
    return {
        "key": each.key,
        "kind": each.kind.value,
        "channel": each.channel,
        "to_carrier": each.to_carrier,
        "state": each.state.value,
        "since": spell_time(each.since),
        "ended_at": spell_time(each.ended_at),
        "tries": each.tries,
        "status": each.status,
        "with": carrier_of(each),
    }


def spell_attempt(each: Attempt) -> dict[str, Any]:
    """Return a try for programs: at the letter of this key, which stood for so many messages."""
    return {
        "at": spell_time(each.at),
        "channel": each.channel,
        "key": each.key,
        "number": each.number,
        "letters": each.letters,
        "outcome": each.fate,
        "status": each.status,
        "answer": each.answer,
        "took_s": round(each.took_s, 3),
    }


def delivery_table(deliveries: Iterable[Delivery], words: Words, zone: tzinfo) -> Table:
    """Return deliveries as a table, the oldest message first."""
    table = headed(words["deliveries"], words, "message", "channel", "delivery_state", "at", "tries", "details")
    for each in deliveries:
        table.add_row(
            words[f"message_{each.kind.value}"],
            each.channel,
            Text(words[f"delivery_{each.state.value}"], style=STYLES[each.state]),
            local(each.ended_at or each.next_at, zone),
            str(each.tries),
            Text(_details(each, words)),
        )
    return table


def say_attempt(each: Attempt, words: Words) -> str:
    """Say in one line what came of a try, and what the receiver answered."""
    fate, status = words[f"sent_{each.fate}"], "" if each.fate == UNKNOWN else each.status
    number = words["try_number"].format(number=each.number) if each.number > 1 else ""
    several = words["letters"].format(count=each.letters) if each.letters > 1 else ""
    return "  ".join(part for part in (each.channel, fate, status, number, several, each.answer) if part)


def carrier_of(each: Delivery) -> str | None:
    """Return the key of the other message in whose letter a delivery went; None where it went under its own."""
    return None if each.carried_by in (None, each.key) else each.carried_by


def _details(each: Delivery, words: Words) -> str:
    other = carrier_of(each)
    together = words["went_with"].format(other=other) if other else ""
    return "  ".join(part for part in (each.status or "", together) if part)
