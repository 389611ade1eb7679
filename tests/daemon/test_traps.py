"""A trap on the wire makes the daemon probe its line at once, is kept in the ledger, and opens nothing by itself."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.faults.events import FaultOpened, OutageConfirmed, TrapHeard
from monitor.faults.observation import Outcome
from monitor.faults.terms import TrapKind
from tests.daemon.county import COMMUNITY, FAST, INTERVAL, SETTINGS, County, assert_three_rounds, county
from tests.needs import need
from tests.traps.senders import IF_INDEX, IF_NAME, LINK_DOWN

SLOW = 20  # seconds of an interval long enough to tell a hint from a turn
POLICY = f"version: slow-1\ndetection: {{interval: {SLOW}s, fast_interval: {FAST}s, stale_after: 90s}}\n"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path) as made:
        settings = SETTINGS.format(folder=tmp_path).replace("9780}", "9780, traps: 198.51.100.2:162}")
        (tmp_path / "monitor.yaml").write_text(settings, encoding="utf-8")
        (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
        yield made


def say(here: County, *what: str, inform: bool = False, community: str = COMMUNITY) -> bool:
    """Let the first edge send a trap; tell whether it went out, of an inform whether it was answered."""
    program = need("snmpinform" if inform else "snmptrap", package="snmp")
    command = ["env", "MIBS=", program, "-v2c", "-c", community, "-r", "0", "-t", "30", "198.51.100.2", "", *what]
    return here.edge1.run(*command, check=False).returncode == 0


def mute(here: County, *, muted: bool) -> None:
    """Let the first edge leave echoes unanswered, though it can still send."""
    here.edge1.sysctl("net.ipv4.icmp_echo_ignore_all", str(int(muted)))


def between_turns() -> None:
    """Wait until the first line's own second is long over and its next is not near."""
    while not 4 <= time.time() % SLOW <= 6:
        time.sleep(0.1)


def traps(here: County) -> dict[str, float]:
    """Return how many traps came to which end."""
    return here.outcomes("monitor_traps_total")


def test_link_down_makes_a_line_be_probed_at_once_and_is_kept_as_evidence(here: County) -> None:
    """The first bad round comes soon after the trap, not at the line's next turn.

    Those after it come no sooner for all the traps that follow: what would be a blip without them is one with them.
    """
    here.start()
    here.until_page(line_up=1, L2_line_up=1)
    between_turns()
    mute(here, muted=True)
    assert say(here, LINK_DOWN, f"{IF_INDEX}.3", "i", "3", f"{IF_NAME}.3", "s", "GE0/0/1", inform=True)
    for _ in range(4):
        assert say(here, LINK_DOWN)
        time.sleep(0.5)
    here.until_page(line_up=0, fault_open=1, L2_fault_open=0)
    here.until(lambda: here.events(OutageConfirmed) != [], "the outage is in the ledger")
    [trap, _], [confirmed], [opened] = here.events(TrapHeard), here.events(OutageConfirmed), here.events(FaultOpened)
    assert (trap.line, trap.said, trap.interface, trap.index, trap.oid, trap.word) == (
        "L1",
        TrapKind.LINK_DOWN,
        "GE0/0/1",
        3,
        LINK_DOWN,
        None,
    )
    assert timedelta(0) <= confirmed.first_failed_at - trap.heard_at <= timedelta(seconds=SLOW - 10)
    assert_three_rounds(here, Outcome.BAD, confirmed.first_failed_at, confirmed.at)
    assert opened.first_failed_at == confirmed.first_failed_at
    assert {"accepted": 2, "repeated": 3} == traps(here)
    mute(here, muted=False)
    here.until_page(line_up=1, fault_open=0)
    here.stop()
    with here.records() as records:
        assert () == records.verify().findings
    assert replayed(here) == [(opened.line, opened.first_failed_at.isoformat().replace("+00:00", "Z"))]


def replayed(here: County) -> list[tuple[str, str]]:
    """Return line and first failure of the faults that a replay of the exported history gives."""
    file, environment = here.folder / "history.jsonl", {"MONITOR_SNMP_COMMUNITY": COMMUNITY}
    command = ["export-history", "--config", str(here.folder), "--from", "2026-01-01", "--out", str(file)]
    exported = CliRunner().invoke(main, command, env=environment)
    assert 0 == exported.exit_code, exported.output
    judged = json.loads(CliRunner().invoke(main, ["replay", "--json", str(file)]).stdout)
    return [(fault["line"], fault["episodes"][0]["first_failed_at"]) for fault in judged["faults"]]


def test_a_trap_of_a_line_that_answers_opens_nothing(here: County) -> None:
    """Whatever a device says, a line is judged by its rounds alone."""
    (here.folder / "policy.yaml").write_text(POLICY.replace(f"{SLOW}s", f"{INTERVAL}s"), encoding="utf-8")
    here.start()
    here.until_page(line_up=1, L2_line_up=1)
    for _ in range(3):
        assert say(here, LINK_DOWN)
    assert say(here, LINK_DOWN, community="guess")
    here.until(lambda: sum(traps(here).values()) == 4, "all four are counted")
    here.until(lambda: here.events(TrapHeard) != [], "one is kept")
    assert {"accepted": 1, "repeated": 2, "wrong_community": 1} == traps(here)
    assert here.page()["extranet_line_up L1"] == 1
    assert 1 == len(here.events(TrapHeard))
    assert [] == here.events(OutageConfirmed, FaultOpened)
    here.stop()


def test_a_reload_tells_the_receiver_who_may_speak(here: County) -> None:
    """A line that left the inventory is a stranger."""
    here.start()
    here.until_page(line_up=1)
    assert say(here, LINK_DOWN)
    here.until(lambda: traps(here).get("accepted") == 1, "the line is heard")
    inventory = here.folder / "inventory.yaml"
    inventory.write_text(inventory.read_text(encoding="utf-8").replace("192.0.2.2,", "192.0.2.3,"), encoding="utf-8")
    assert here.process is not None
    here.process.send_signal(signal.SIGHUP)
    here.until(lambda: "configuration reloaded: lines changed: 1" in here.log(), "the new inventory is taken")
    assert say(here, LINK_DOWN)
    here.until(lambda: traps(here).get("unknown_source") == 1, "the line is not heard any more")
    here.stop()
