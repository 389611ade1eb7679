"""The ways of one configuration: which channels a message takes, and which of them tell the carrier."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.alerts.ways import ConfiguredWays
from monitor.config.folder import load
from tests.alerts.deliveries import after, message
from tests.config.written import write

CHANNELS = "channels: {robot: {kind: console}, boss: {kind: console}, centre: {kind: console}}\nroutes:\n"
ALL = "  - {kinds: all, channels: [robot]}\n"


@pytest.mark.parametrize(
    ("rule", "routes", "theirs"),
    [
        ("No route names it: wherever its faults go.", ALL, {"robot"}),
        ("Those that name it; the centre's is not its own.",
         "  - {carrier: [unicom, mobile], kinds: all, channels: [robot]}\n"
         "  - {kinds: [opened, overdue, alarms], channels: [centre]}\n", {"robot"}),
        ("One that names it for the escalation alone adds its boss to the others.",
         f"{ALL}  - {{carrier: unicom, kinds: [unacknowledged], channels: [boss]}}\n", {"robot", "boss"}),
        ("One that names it for what is overdue alone does too.",
         f"{ALL}  - {{carrier: unicom, kinds: [overdue], channels: [boss]}}\n", {"robot"}),
        ("Another carrier's is not its own.",
         "  - {carrier: unicom, kinds: all, channels: [robot]}\n  - {carrier: mobile, kinds: all, channels: [boss]}\n",
         {"robot"}),
    ],
)  # fmt: skip
def test_which_channels_tell_the_carrier(tmp_path: Path, rule: str, routes: str, theirs: set[str]) -> None:
    """These get links, count as notices, and when none of them delivers somebody must telephone."""
    configuration = load(write(tmp_path, monitor=CHANNELS + routes))
    ways = ConfiguredWays(configuration, configuration.policies, now=lambda: after(0), simulated=False)
    found = ways.deliveries(message(1), None, after(0))
    assert theirs == {each.channel for each in found if each.to_carrier}, rule
