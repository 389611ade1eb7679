"""What a scrape shows is what judging accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.clock import Clock
from monitor.config.folder import load
from monitor.faults.observation import Observation, Outcome
from monitor.metrics.figures import Figures
from monitor.metrics.month import MonthSoFar
from monitor.metrics.own import OwnMetrics
from monitor.metrics.page import Latest
from monitor.metrics.scrape import Scrape
from monitor.probing.assembly import Instant
from monitor.sla.tally import Tally
from monitor.supervision import Supervision

NOW = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
INVENTORY = """\
carriers: [{id: unicom, name: 联通}]
units: [{id: u1, name: 财政局}]
lines: [{id: L1, unit: u1, carrier: unicom, address: 192.0.2.1}]
references: [{id: gateway, address: 203.0.113.1}]
"""
GOOD, BAD, ERROR = Outcome.GOOD, Outcome.BAD, Outcome.ERROR


class Watching:
    """Rounds of a line and a reference, judged and shown second by second."""

    def __init__(self, folder: Path) -> None:
        (folder / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")
        for name in ("monitor", "policy"):
            (folder / f"{name}.yaml").touch()
        self.configuration, self.own = load(folder), OwnMetrics("1.2.3")
        zone = self.configuration.settings.timezone
        self.supervision = Supervision(self.configuration.inventory, self.configuration.policies, zone)
        figures = Figures(Tally(), MonthSoFar(zone))
        clock = Clock(NOW.timestamp, lambda: 0.0)
        self.scrape = Scrape(self.configuration, self.supervision, own=self.own, figures=figures, clock=clock)
        self.at = NOW

    def saw(self, gateway: Outcome, line: Outcome) -> Latest | None:
        """Judge and show one second; return the latest round shown of the line."""
        self.at += timedelta(seconds=1)
        seen = [
            Observation(name, self.at, outcome, 3, 3 if outcome is GOOD else 0, (0.001,) if outcome is GOOD else ())
            for name, outcome in (("gateway", gateway), ("L1", line))
        ]
        self.supervision.step(self.at, references=seen[:1], lines=seen[1:])
        self.scrape.take(Instant(int(self.at.timestamp()), seen[:1], seen[1:]))
        return self.scrape.latest.get("L1")


def test_a_round_that_a_blind_monitor_discarded_is_not_shown(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    assert Latest(0.0, 0.001) == watching.saw(GOOD, GOOD)
    assert Latest(0.0, 0.001) == watching.saw(BAD, BAD)
    assert 1 == watching.own.registry.get_sample_value("monitor_blind")
    assert Latest(1.0, None) == watching.saw(GOOD, BAD)
    assert 0 == watching.own.registry.get_sample_value("monitor_blind")


def test_a_probe_error_is_counted_and_shows_nothing_of_the_line(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    assert None is watching.saw(GOOD, ERROR)
    labels = {"kind": "icmp", "reason": "unknown"}
    assert 1 == watching.own.registry.get_sample_value("monitor_probe_errors_total", labels)


def test_what_leaves_the_inventory_is_forgotten(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    watching.saw(GOOD, GOOD)
    (tmp_path / "inventory.yaml").write_text(INVENTORY.replace("id: L1", "id: L2"), encoding="utf-8")
    watching.scrape.adopt(load(tmp_path))
    assert {} == watching.scrape.latest
