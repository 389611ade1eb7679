"""From an ICMP echo on the wire to a clock on the page: the daemon in a network of namespaces, unchanged."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.faults.events import (
    DaemonStarted,
    DaemonStopped,
    FaultOpened,
    LineUnknown,
    MessageDue,
    MonitorBlind,
    MonitorSees,
    OutageConfirmed,
    OutageEnded,
)
from monitor.faults.observation import Outcome
from tests.daemon.county import COMMUNITY, INTERVAL, STALE, County, assert_three_rounds, county
from tests.needs import need

SNMPD = """\
agentaddress udp:192.0.2.2:161
rocommunity {community}
sysName edge-1
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path) as made:
        yield made


def with_agent(here: County) -> None:
    """Let Debian's snmpd answer at the first edge."""
    snmpd = need("snmpd")
    configuration = here.folder / "snmpd.conf"
    configuration.write_text(SNMPD.format(community=COMMUNITY), encoding="utf-8")
    here.edge1.start(snmpd, "-f", "-C", "-c", str(configuration), "-Lf", str(here.folder / "snmpd.log"), "-I", "-smux")


def cut(here: County, where: str, *, up: bool = False) -> None:
    """Cut the first line at the edge's side or at the router between, or mend it."""
    if where == "edge":
        here.edge1.link("router", up=up)
        if up:
            here.edge1.route("default", via="192.0.2.1")
    else:
        here.router.link("edge1", up=up)


def of_faults(here: County) -> list[MessageDue]:
    """Return the messages of faults that fell due; the monitor also tells of itself."""
    return [due for due in here.events(MessageDue) if due.no is not None]


@pytest.mark.parametrize("where", ["edge", "router"])
def test_a_cut_is_suspect_then_a_fault_survives_a_crash_and_its_end_is_back_dated(here: County, where: str) -> None:
    with_agent(here)
    here.start()
    here.until_page(line_up=1, L2_line_up=1, snmp_up=1, fault_open=0)
    assert here.page()["extranet_line_loss_ratio L1"] == 0.0
    assert here.page()["extranet_device_uptime_seconds L1"] >= 0

    cut(here, where)
    here.until(lambda: here.status().get("lines", {}).get("suspect") == 1, "suspect at the next round")
    here.until_page(line_up=0, fault_open=1, L2_line_up=1, L2_fault_open=0, snmp_up=0)
    here.until(lambda: len(here.events(MessageDue)) == 1, "the page may be a moment ahead of the ledger")
    [confirmed] = here.events(OutageConfirmed)
    assert "L1" == confirmed.line
    assert_three_rounds(here, Outcome.BAD, confirmed.first_failed_at, confirmed.at)
    [opened] = here.events(FaultOpened)
    [message] = here.events(MessageDue)
    assert ("opened", opened.no, opened.discovered_at) == (message.message, message.no, message.due_at)
    here.kill()
    time.sleep(1)
    here.start()
    here.until_page(line_up=0, fault_open=1)
    page = here.page()
    assert opened.discovered_at.timestamp() == page["extranet_fault_discovered_timestamp_seconds L1"]
    assert [opened] == here.events(FaultOpened)

    cut(here, where, up=True)
    here.until_page(line_up=1, fault_open=0)
    here.until(lambda: len(of_faults(here)) == 2, "the recovery is in the ledger")
    [ended] = here.events(OutageEnded)
    assert_three_rounds(here, Outcome.GOOD, ended.restored_at, ended.at)
    assert ended.last_bad_at < ended.restored_at
    [fault] = here.faults()
    assert ("restored", ended.restored_at) == (fault.status, fault.episode.restored_at)
    assert ["opened", "restored"] == [due.message for due in of_faults(here)]

    here.stop()
    with here.records() as records:
        assert () == records.verify().findings
    assert 2 == len(here.events(DaemonStarted))
    assert 1 == len(here.events(DaemonStopped))


def test_cutting_the_monitors_own_link_makes_it_blind_and_opens_nothing(here: County) -> None:
    here.start()
    here.until_page(line_up=1, L2_line_up=1, monitor_blind=0)
    here.monitor.link("router", up=False)
    here.until(lambda: here.status().get("blind") is True, "blind")
    page = here.page()
    assert [0, 0] == [page[f"extranet_line_known {line}"] for line in ("L1", "L2")]
    assert "extranet_line_up L1" not in page
    time.sleep(4)
    here.monitor.link("router", up=True)
    here.monitor.route("192.0.2.0/24", via="198.51.100.1")
    here.until_page(line_up=1, L2_line_up=1)
    here.until(lambda: here.events(MonitorSees) != [], "the page may be a moment ahead of the ledger")
    assert 1 == len(here.events(MonitorBlind)) == len(here.events(MonitorSees))
    assert [] == here.events(FaultOpened, OutageConfirmed)
    assert ["monitor_blind", "monitor_sees"] == [due.message for due in here.events(MessageDue)]
    here.stop()


def test_a_stop_longer_than_stale_after_is_known_as_unknown_time(here: County) -> None:
    here.start()
    here.until_page(line_up=1, L2_line_up=1)
    here.stop()
    time.sleep(STALE + 2)
    here.start()
    here.until(lambda: len(here.events(LineUnknown)) == 2, "both lines were unknown meanwhile")
    [_, again] = here.events(DaemonStarted)
    for gap in here.events(LineUnknown):
        assert gap.unknown_from <= again.last_judged_at + timedelta(seconds=INTERVAL)
        assert again.at <= gap.at
    here.stop()


def test_a_reload_takes_a_new_line_whole_or_keeps_the_old_and_says_so(here: County) -> None:
    import signal

    here.start()
    here.until_page(line_up=1, L2_line_up=1, monitor_config_last_reload_successful=1)
    assert here.process is not None
    inventory = here.folder / "inventory.yaml"
    sound = inventory.read_text(encoding="utf-8")
    inventory.write_text(sound.replace("carrier: unicom, address: 192.0.2.6", "carrier: unicon, address: 192.0.2.6"))
    here.process.send_signal(signal.SIGHUP)
    here.until_page(monitor_config_last_reload_successful=0, L2_line_up=1)
    assert "did you mean 'unicom'?" in here.log()
    inventory.write_text(sound.replace("{id: L2, unit: u2,", "{id: L3, unit: u2,"), encoding="utf-8")
    here.process.send_signal(signal.SIGHUP)
    here.until(lambda: here.page().get("extranet_line_up L3") == 1, "the new line is watched")
    page = here.page()
    assert 1 == page["monitor_config_last_reload_successful"]
    assert [] == [series for series in page if series.endswith(" L2")]
    here.stop()


def test_kill_at_any_moment_loses_no_recorded_event_and_doubles_none(here: County) -> None:
    chance = random.Random(7)
    kept: list[object] = []
    for turn in range(6):
        here.start()
        cut(here, "router", up=turn % 2 == 1)
        time.sleep(chance.uniform(0.5, 5.0))
        recorded = here.events()
        here.kill()
        with here.records() as records:
            assert () == records.verify().findings
        assert kept == recorded[: len(kept)]
        kept = here.events()
        assert recorded == kept[: len(recorded)]
    numbers = [event.no for event in kept if isinstance(event, FaultOpened)]
    assert len(numbers) == len(set(numbers))
    keys = [event.key for event in kept if isinstance(event, MessageDue)]
    assert len(keys) == len(set(keys))
    here.start()
    here.until_page(line_up=1, fault_open=0)
    here.stop()
