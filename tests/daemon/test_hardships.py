"""The daemon among engines that fail, agents and scrapers that hang, a database that is stuck, clocks that are set."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers import base

from monitor.faults.events import (
    ClockStepped,
    DaemonStopped,
    FaultOpened,
    LineUnknown,
    MonitorBlind,
    MonitorSees,
    PolicyAdopted,
)
from monitor.store.errors import StoreUnavailable
from tests.daemon.inside import GATEWAY, INVENTORY, POLICY, SETTINGS, inside
from tests.probing.test_beat import StepsTime

LATER = "version: inside-2\neffective_from: 2099-01-01T00:00:00+08:00\n"


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "nothing-secret")


async def test_an_engine_that_fails_makes_the_monitor_blind_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A monitor that cannot send is blind (section 2); no line is blamed, and it goes on by itself."""
    async with inside(tmp_path) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        here.echo.failure = OSError("no buffer space")
        await here.until_page("monitor_blind", "", 1)
        assert None is (await here.page()).get(("extranet_line_up", "L2"))
        here.echo.failure = None
        await here.until_page("extranet_line_up", "L2", 1)
        await here.ended()
    assert 1 == len(here.events(MonitorBlind)) == len(here.events(MonitorSees))
    assert [] == here.events(FaultOpened)
    assert 1 == sum("could not be measured" in said.getMessage() for said in caplog.records)


async def test_the_end_is_in_time_though_a_poll_a_scrape_and_an_engine_hang(tmp_path: Path) -> None:
    async with inside(tmp_path) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        host, port = here.sockets["metrics"].getsockname()
        _, half_asked = await asyncio.open_connection(host, port)
        half_asked.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
        here.echo.hangs = True
        while not here.snmp.stuck:  # noqa: ASYNC110 - the poll tells nobody
            await asyncio.sleep(0.05)
        await here.ended()
        half_asked.close()
    assert 1 == len(here.events(DaemonStopped))


async def test_the_end_is_in_time_though_the_database_is_stuck_and_says_what_is_not_written(tmp_path: Path) -> None:
    async with inside(tmp_path) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        here.store.gate.clear()
        here.echo.silent = {"192.0.2.2"}
        await here.until_page("extranet_fault_open", "L2", 1)
        with pytest.raises(StoreUnavailable, match="does not answer"):
            await here.ended()


@pytest.mark.parametrize("step", [-3600.0, 3600.0], ids=["an hour back", "an hour forward"])
async def test_rounds_go_on_when_the_clock_is_set_and_judged_time_only_moves_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: float
) -> None:
    monkeypatch.setattr(base, "datetime", StepsTime)
    monkeypatch.setattr(StepsTime, "step", timedelta())
    async with inside(tmp_path) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        before = here.daemon.supervision.judged_at
        assert before is not None
        StepsTime.step, here.echo.step = timedelta(seconds=step), step
        here.echo.silent = {"192.0.2.2"}
        await here.until_page("extranet_fault_open", "L2", 1)
        after = here.daemon.supervision.judged_at
        assert after is not None
        jumped = step if step > 0 else 0
        assert timedelta(seconds=jumped) < after - before < timedelta(seconds=jumped + 60)
        await here.ended()
    assert [step] == [round(stepped.seconds) for stepped in here.events(ClockStepped)]
    assert (2 if step > 0 else 0) == len(here.events(LineUnknown))


async def test_of_two_reloads_the_newer_stays_and_each_is_on_record_once(tmp_path: Path) -> None:
    """There and back again while the database is slow: the ledger's last word is what is in force."""
    async with inside(tmp_path) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        folder = tmp_path / "policy"
        folder.mkdir()
        (tmp_path / "policy.yaml").rename(folder / "one.yaml")
        here.store.gate.clear()
        (folder / "two.yaml").write_text(LATER, encoding="utf-8")
        await here.daemon.reload()
        (folder / "two.yaml").unlink()
        await here.daemon.reload()
        here.store.gate.set()
        await here.ended()
    adopted = [event.versions for event in here.events(PolicyAdopted)]
    assert [("inside-1",), ("inside-1", "inside-2"), ("inside-1",)] == adopted


async def test_numbers_changed_under_a_version_that_judged_are_refused_and_the_old_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with inside(tmp_path) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        (tmp_path / "policy.yaml").write_text(POLICY.replace("4s", "6s"), encoding="utf-8")
        await here.daemon.reload()
        await here.until_page("monitor_config_last_reload_successful", "", 0)
        await here.ended()
    assert "inside-1: detection.stale_after was 4s, is 6s" in caplog.text


async def test_routes_that_leave_a_carrier_untold_are_refused_and_what_is_lacking_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At start and at each reload the log has every warning once; routes with an hour without a carrier are refused."""
    by_day = "{kinds: [all, alarms], days: workdays, hours: 08:00-20:00, channels: [hook]}"
    telling = "channels: {hook: {kind: webhook, url: 'http://127.0.0.1:9/'}}\nroutes: ["
    async with inside(tmp_path) as here:
        await here.until_page("extranet_line_up", "L2", 1)
        settings = tmp_path / "monitor.yaml"
        settings.write_text(f"{SETTINGS}{telling}{by_day}]\n", encoding="utf-8")
        await here.daemon.reload()
        await here.until_page("monitor_config_last_reload_successful", "", 0)
        kept = here.daemon.configuration.settings.routes
        settings.write_text(f"{SETTINGS}{telling}{by_day}, {{kinds: all, channels: [hook]}}]\n", encoding="utf-8")
        await here.daemon.reload()
        await here.until_page("monitor_config_last_reload_successful", "", 1)
        taken = here.daemon.configuration.settings.routes
        await here.ended()
    assert (0, 2) == (len(kept), len(taken))
    assert (
        "no route takes opened and overdue of carrier unicom (holidays 08:00-20:00; every day 20:00-08:00)"
        in caplog.text
    )
    assert 1 == caplog.text.count("no routes are given: nobody is told of a fault")
    assert 1 == caplog.text.count("public_url is not given")


async def test_a_line_that_leaves_with_an_open_fault_leaves_the_page_and_comes_back_with_it(tmp_path: Path) -> None:
    async with inside(tmp_path) as here:
        here.echo.silent = {"192.0.2.2"}
        await here.until_page("extranet_fault_open", "L2", 1)
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text("\n".join(line for line in INVENTORY.splitlines() if "L2" not in line), encoding="utf-8")
        await here.daemon.reload()
        assert [] == [name for name, line in await here.page() if line == "L2"]
        inventory.write_text(INVENTORY.replace("192.0.2.2", "192.0.2.3"), encoding="utf-8")
        await here.daemon.reload()
        await here.until_page("extranet_fault_open", "L2", 1)
        await here.until_page("extranet_fault_open", "L2", 0)
        await here.ended()
    assert 1 == len(here.events(FaultOpened))


async def test_references_removed_while_blind_end_the_blindness(tmp_path: Path) -> None:
    async with inside(tmp_path) as here:
        here.echo.silent = {GATEWAY}
        await here.until_page("monitor_blind", "", 1)
        text = "\n".join(line for line in INVENTORY.splitlines() if "references" not in line)
        (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
        await here.daemon.reload()
        await here.until_page("extranet_line_up", "L2", 1)
        await here.ended()
    assert 1 == len(here.events(MonitorSees))
