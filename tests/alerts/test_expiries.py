"""The centre is told once of each guarantee and commitment that runs out, by day, whatever is started when."""

from __future__ import annotations

from datetime import datetime

import pytest

from monitor.alerts.expiries import Expiries
from monitor.faults.events import MessageDue
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory
from monitor.registers.entries import Registers
from tests.registers.papers import ZONE, at, county, line, paper, registers

COUNTY = county(line("l1"))
GUARANTEE = paper("carrier_guarantee", "c1", signed_on="2025-01-01", expires_on="2026-12-31")
SIXTY, THIRTY = (f"{days}/2026-12-31/carrier_guarantee/c1" for days in (60, 30))


def told(
    expiries: Expiries, when: str, entries: Registers | None = None, inventory: Inventory = COUNTY
) -> list[str | None]:
    messages = expiries.look(at(when), registers(GUARANTEE) if entries is None else entries, inventory, ZONE)
    assert all(message.message is MessageKind.REGISTER_EXPIRING for message in messages)
    return [message.subject for message in messages]


@pytest.mark.parametrize(("when", "expected"), [("2026-11-01 08:59", []), ("2026-11-01 09:00", [SIXTY])])
def test_it_is_told_by_day_and_not_at_midnight(when: str, expected: list[str]) -> None:
    assert expected == told(Expiries(), when)


def test_each_term_is_told_once_and_the_next_at_its_time() -> None:
    expiries = Expiries()
    assert [SIXTY] == told(expiries, "2026-11-01 09:00")
    for later in ("2026-11-01 09:01", "2026-11-02 10:00", "2026-11-30 23:59"):
        assert [] == told(expiries, later)
    assert [THIRTY] == told(expiries, "2026-12-01 09:30")


def test_a_restart_knows_by_the_ledger_what_was_told() -> None:
    assert [] == told(Expiries([SIXTY]), "2026-11-05 10:00")
    assert [THIRTY] == told(Expiries([SIXTY]), "2026-12-05 10:00"), "a term overtaken by the next is not told late"


def test_what_is_entered_during_the_day_is_told_that_day() -> None:
    expiries, entries = Expiries(), registers()
    assert [] == told(expiries, "2026-12-01 10:00", entries)
    entries.take(GUARANTEE)
    assert [THIRTY] == told(expiries, "2026-12-01 10:01", entries)


def test_a_carrier_that_joins_the_inventory_is_looked_at() -> None:
    expiries, entries = Expiries(), registers(GUARANTEE)
    assert [] == told(expiries, "2026-12-01 10:00", entries, county())
    assert [THIRTY] == told(expiries, "2026-12-01 10:01", entries, COUNTY)


def test_messages_of_one_instant_have_keys_of_their_own() -> None:
    other = paper("carrier_guarantee", "c2", signed_on="2025-01-01", expires_on="2026-12-31")
    inventory = county(line("l1"), line("l2", carrier="c2"))
    due: list[MessageDue] = Expiries().look(at("2026-12-01 10:00"), registers(GUARANTEE, other), inventory, ZONE)
    assert 2 == len({message.key for message in due}) == len(due)
    assert {datetime.fromisoformat("2026-12-01T02:00:00+00:00")} == {message.due_at for message in due}
