"""The registers under a running daemon: entered through its inbox, shown on its page, told of once over a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from monitor.cli import main
from monitor.faults.events import DeviceIdentified, Event, MessageDue, RegisterEntered
from monitor.faults.terms import MessageKind
from monitor.probing.snmp.agent import Agent
from monitor.probing.snmp.client import Value
from monitor.probing.snmp.facts import SYS_OBJECT_ID
from monitor.store.records import Records
from monitor.web.serving import url_of
from tests.daemon.inside import Inside, StuckSnmp, inside

NOW = datetime.now(UTC)
AFTERNOON = f"Etc/GMT{NOW.hour - 13:+d}"  # a zone in which it is one o'clock: centres are told by day
TODAY = NOW.astimezone(ZoneInfo(AFTERNOON)).date()
SETTINGS = f"timezone: {AFTERNOON}\n"
PHONE = "13812345678"


class SayingSnmp(StuckSnmp):
    """Devices that say what they are, and nothing else."""

    name = "saying"
    said = "1.3.6.1.4.1.2011.1"

    async def get(self, agent: Agent, oids: Sequence[str]) -> Mapping[str, Value]:
        return {oid: self.said if oid == SYS_OBJECT_ID else None for oid in oids}

    async def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "nothing-secret")
    monkeypatch.setattr("tests.daemon.inside.StuckSnmp", SayingSnmp)


async def called(here: Inside, *arguments: str) -> str:
    """Call the command line beside the daemon, as another process would."""
    command = ["registers", *arguments, "--config", str(here.folder)]
    result = await asyncio.to_thread(CliRunner().invoke, main, command)
    assert result.exit_code == 0, result.output
    return result.output


async def counted(here: Inside) -> dict[str, float]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(url_of(here.sockets["metrics"], "/metrics"), timeout=10)
    return {
        sample.labels["register"]: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "extranet_register_gaps"
    }


def guarantee(days: int) -> tuple[str, ...]:
    signed, until = TODAY - timedelta(days=30), TODAY + timedelta(days=days)
    return (
        "add", "carrier_guarantee", "unicom", f"signed_on={signed}", f"expires_on={until}", "contact=调度",
        f"contact_phone={PHONE}",
    )  # fmt: skip


def on_record(here: Inside, *kinds: type[Event]) -> list[Any]:
    with Records.of(here.database) as records:
        return [recorded.event for recorded in records.events(kinds=kinds)]


def reminders(here: Inside) -> list[str | None]:
    return [each.subject for each in on_record(here, MessageDue) if each.message is MessageKind.REGISTER_EXPIRING]


async def test_what_is_entered_is_on_the_page_at_once_and_told_of_once_over_restarts(tmp_path: Path) -> None:
    until = TODAY + timedelta(days=25)
    expected = [f"30/{until}/carrier_guarantee/unicom"]
    async with inside(tmp_path, SETTINGS) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        before = await counted(here)
        assert "v1" in await called(here, *guarantee(25))
        after = await counted(here)
        assert (1, 0) == (before["carrier_guarantee"], after["carrier_guarantee"])
        assert {"admin_filing": 2, "confidentiality_commitment": 2, "emergency_plan": 2, "access_review": 2} == {
            name: count for name, count in after.items() if count
        }
        async with asyncio.timeout(20):
            while reminders(here) != expected:  # noqa: ASYNC110 - the sweep tells nobody
                await asyncio.sleep(0.2)
        await here.ended()
    async with inside(tmp_path, SETTINGS) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        assert 0 == (await counted(here))["carrier_guarantee"]
        await asyncio.sleep(6)  # longer than from one sweep to the next
        assert expected == reminders(here), "told once, whatever is started again"
        await called(here, *guarantee(5))
        async with asyncio.timeout(20):
            while len(reminders(here)) < 2:  # noqa: ASYNC110 - the sweep tells nobody
                await asyncio.sleep(0.2)
        await here.ended()
    assert [*expected, f"7/{TODAY + timedelta(days=5)}/carrier_guarantee/unicom"] == reminders(here)
    assert [1, 2] == [event.version for event in on_record(here, RegisterEntered)]
    with Records.of(here.database) as records:
        assert () == records.verify().findings
        assert all(PHONE not in str(recorded.event) for recorded in records.events())


async def test_what_devices_say_they_are_is_on_record_once_and_a_change_is_a_hint(tmp_path: Path) -> None:
    async with inside(tmp_path, SETTINGS) as here:
        async with asyncio.timeout(20):
            while not on_record(here, DeviceIdentified):  # noqa: ASYNC110 - the commit tells nobody
                await asyncio.sleep(0.2)
        assert "no gaps" not in await called(here, "gaps")
        await here.ended()
    async with inside(tmp_path, SETTINGS) as here:
        await here.until_page("extranet_snmp_up", "L1", 1)
        SayingSnmp.said = "1.3.6.1.4.1.3902.2"
        try:
            async with asyncio.timeout(20):
                while len(on_record(here, DeviceIdentified)) < 2:  # noqa: ASYNC110 - the commit tells nobody
                    await asyncio.sleep(0.2)
        finally:
            SayingSnmp.said = "1.3.6.1.4.1.2011.1"
        await here.ended()
    assert ["1.3.6.1.4.1.2011.1", "1.3.6.1.4.1.3902.2"] == [
        event.object_id for event in on_record(here, DeviceIdentified)[:2]
    ]
    said = await called(here, "gaps", "--json")
    assert '"hints": [{"register": "lan_change_filing", "kind": "not_filed", "subject": "u1"' in said
